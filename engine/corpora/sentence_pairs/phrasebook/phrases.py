"""Noun phrases in both languages: determiners, adjectives in their place, possessives, pronouns."""

from .english import possessive, with_article
from .french import after_de, elide, starts_with_vowel_sound
from .grammar_types import Adjective, Noun, Pair, Phrase
from .nouns import NOUNS

I = Phrase("I", "je", "m", person=1, is_pronoun=True)  # noqa: E741 - the English word
YOU = Phrase("you", "tu", "m", person=2, is_pronoun=True)
HE = Phrase("he", "il", "m", is_pronoun=True)
SHE = Phrase("she", "elle", "f", is_pronoun=True)
WE = Phrase("we", "nous", "m", is_plural=True, person=1, is_pronoun=True)
THEY = Phrase("they", "ils", "m", is_plural=True, is_pronoun=True)
THEY_FEMININE = Phrase("they", "elles", "f", is_plural=True, is_pronoun=True)
YOU_POLITE = Phrase("you", "vous", "m", is_plural=True, person=2, is_pronoun=True)
PRONOUNS = [I, YOU, HE, SHE, WE, THEY]

NAMES = [
    Phrase("Alice", "Alice", "f"),
    Phrase("Emma", "Emma", "f"),
    Phrase("Julie", "Julie", "f"),
    Phrase("Clara", "Clara", "f"),
    Phrase("Paul", "Paul", "m"),
    Phrase("Louis", "Louis", "m"),
    Phrase("Antoine", "Antoine", "m"),
    Phrase("Martin", "Martin", "m"),
]

NUMBERS = {
    2: ("two", "deux"),
    3: ("three", "trois"),
    4: ("four", "quatre"),
    5: ("five", "cinq"),
    6: ("six", "six"),
    7: ("seven", "sept"),
    8: ("eight", "huit"),
    9: ("nine", "neuf"),
    10: ("ten", "dix"),
    11: ("eleven", "onze"),
    12: ("twelve", "douze"),
    13: ("thirteen", "treize"),
    14: ("fourteen", "quatorze"),
    15: ("fifteen", "quinze"),
    16: ("sixteen", "seize"),
    17: ("seventeen", "dix-sept"),
    18: ("eighteen", "dix-huit"),
    20: ("twenty", "vingt"),
    30: ("thirty", "trente"),
    40: ("forty", "quarante"),
    50: ("fifty", "cinquante"),
    60: ("sixty", "soixante"),
    70: ("seventy", "soixante-dix"),
    80: ("eighty", "quatre-vingts"),
    90: ("ninety", "quatre-vingt-dix"),
    100: ("a hundred", "cent"),
}
NUMBER_WORDS = dict(NUMBERS.values())

# Masculine, feminine, feminine before a vowel sound, plural.
FRENCH_DETERMINERS = {
    "a": ("un", "une", "une", "des"),
    "bare": ("du", "de la", "de l'", "des"),
    "some": ("du", "de la", "de l'", "des"),
    "the": ("le", "la", "la", "les"),
    "generic": ("le", "la", "la", "les"),
    "this": ("ce", "cette", "cette", "ces"),
    "my": ("mon", "ma", "mon", "mes"),
    "your": ("ton", "ta", "ton", "tes"),
    "his": ("son", "sa", "son", "ses"),
    "her": ("son", "sa", "son", "ses"),
    "our": ("notre", "notre", "notre", "nos"),
    "their": ("leur", "leur", "leur", "leurs"),
    "your (polite)": ("votre", "votre", "votre", "vos"),
    "not a": ("de", "de", "de", "de"),
    "not any": ("de", "de", "de", "de"),
}
ENGLISH_DETERMINERS = {"bare": "", "generic": "", "not any": "any", "your (polite)": "your"}


def _french_determiner(determiner: str, gender: str, is_plural: bool, following: str, has_adjective_first: bool) -> str:
    """Return the determiner in the form wanted by `following`, ready to be joined with a space and elided."""
    if determiner in NUMBER_WORDS:
        return NUMBER_WORDS[determiner]
    masculine, feminine, feminine_vowel, plural = FRENCH_DETERMINERS[determiner]
    if is_plural:
        return "de" if plural == "des" and has_adjective_first else plural
    if starts_with_vowel_sound(following):
        if masculine in {"du", "ce"}:
            return "de l'" if masculine == "du" else ("cet" if gender == "m" else "cette")
        return masculine if gender == "m" else feminine_vowel
    return masculine if gender == "m" else feminine


def noun_phrase(determiner: str, noun: Noun | str, *adjectives: Adjective, is_plural: bool = False) -> Phrase:
    """Return a noun phrase.

    `determiner` is a key of FRENCH_DETERMINERS or an English number word ("two": plural). "generic" is bare in
    English and definite in French (cats / les chats); "not a" and "not any" follow a negation (a car / de voiture).
    """
    noun = NOUNS[noun] if isinstance(noun, str) else noun
    is_plural = is_plural or determiner in NUMBER_WORDS
    before = [adjective for adjective in adjectives if adjective.is_before_noun]
    after = [adjective.agree(noun.gender, is_plural) for adjective in adjectives if not adjective.is_before_noun]
    french = " ".join([noun.fr_plural if is_plural else noun.fr, *after])
    for adjective in reversed(before):
        form = adjective.agree(noun.gender, is_plural)
        if adjective.fr_vowel and noun.gender == "m" and not is_plural and starts_with_vowel_sound(french):
            form = adjective.fr_vowel
        french = f"{form} {french}"
    article = _french_determiner(determiner, noun.gender, is_plural, french, bool(before))
    french = elide(f"{article}{french}" if article.endswith("'") else f"{article} {french}")

    english = " ".join([*(adjective.en for adjective in adjectives), noun.en_plural if is_plural else noun.en])
    return Phrase(_english_determined(determiner, english, is_plural), french, noun.gender, is_plural)


def _english_determined(determiner: str, core: str, is_plural: bool) -> str:
    """Return the English core with its determiner."""
    if determiner in {"a", "not a"}:
        return f"some {core}" if is_plural else with_article(core)
    if determiner == "this":
        return f"{'these' if is_plural else 'this'} {core}"
    return f"{ENGLISH_DETERMINERS.get(determiner, determiner)} {core}".strip()


def owner_determiner(subject: Phrase) -> str:
    """Return the possessive determiner that refers back to `subject` (my, your, his, her, our, their)."""
    if subject.person == 1:
        return "our" if subject.is_plural else "my"
    if subject.person == 2:
        return "your (polite)" if subject.is_plural else "your"
    if subject.is_plural:
        return "their"
    return "his" if subject.gender == "m" else "her"


def belonging_to(owned: Noun | str, owner: Phrase, *adjectives: Adjective, is_plural: bool = False) -> Phrase:
    """Return "my sister's coat / le manteau de ma sœur"."""
    bare = noun_phrase("bare", owned, *adjectives, is_plural=is_plural)
    definite = noun_phrase("the", owned, *adjectives, is_plural=is_plural)
    return Phrase(
        f"{possessive(owner.en, owner.is_plural)} {bare.en}",
        f"{definite.fr} {after_de(owner.fr)}",
        definite.gender,
        is_plural,
    )


def pronoun_for(phrase: Phrase) -> Phrase:
    """Return the personal pronoun (he, she, they) that takes up a phrase about people."""
    if phrase.is_plural:
        return THEY_FEMININE if phrase.gender == "f" else THEY
    return SHE if phrase.gender == "f" else HE


def object_pronoun_for(phrase: Phrase) -> Pair:
    """Return the direct-object pronoun for a thing: it / le, it / la, them / les."""
    if phrase.is_plural:
        return Pair("them", "les")
    return Pair("it", "la" if phrase.gender == "f" else "le")
