"""French surface rules: elision, contraction, agreement of participles, verb groups and questions.

Everything here works on plain strings in which nothing has been elided yet ("je ai", "le homme");
`elide` is applied to each noun phrase and once more to the finished sentence.
"""

import re
from dataclasses import dataclass

from .grammar_types import Phrase, Tense

# Words whose written h blocks elision ("le héron", "le haut"). Every other h in the lexicon is silent.
ASPIRATED = {"harpe", "haut", "haute", "hauts", "hautes", "héron", "hérons", "huit"}
# Words that start with a written vowel and still refuse elision ("le onze juin").
NOT_ELIDING = {"onze", "oui"}
VOWELS = "aàâeéèêëiîïoôuùûœæ"

REFLEXIVE_PRONOUNS = {
    (1, False): "me",
    (2, False): "te",
    (3, False): "se",
    (1, True): "nous",
    (2, True): "vous",
    (3, True): "se",
}
NEGATION_WORDS = {"not": "pas", "never": "jamais", "no longer": "plus"}
PERSON_INDEX = {(1, False): 0, (2, False): 1, (3, False): 2, (1, True): 3, (2, True): 4, (3, True): 5}

_ELIDABLE = re.compile(
    r"(?<![\w'-])(je|me|te|se|le|la|de|ne|que|lorsque|puisque|jusque) (?=([^\W\d_]+))", re.IGNORECASE
)
_CE_BEFORE_BE = re.compile(r"(?<![\w'-])(c)e (?=est\b|était\b)", re.IGNORECASE)
_SI_BEFORE_IL = re.compile(r"(?<![\w'-])(s)i (?=ils?\b)", re.IGNORECASE)


def starts_with_vowel_sound(text: str) -> bool:
    """Return whether elision and liaison forms (l', bel, mon amie) are used before `text`."""
    word = re.split(r"[^\w]", text.lower(), maxsplit=1)[0]
    if word in ASPIRATED or word in NOT_ELIDING:
        return False
    return word[:1] in VOWELS or word[:1] == "h" or word in {"y", "yeux"}


def elide(text: str) -> str:
    """Return `text` with je, le, de, que, ... shortened before a vowel sound, and c'est, s'il."""

    def shorten(match: re.Match[str]) -> str:
        return match[1][:-1] + "'" if starts_with_vowel_sound(match[2]) else match[0]

    text = _ELIDABLE.sub(shorten, text)
    return _SI_BEFORE_IL.sub(r"\1'", _CE_BEFORE_BE.sub(r"\1'", text))


def after_de(phrase: str) -> str:
    """Return `phrase` introduced by *de*: du, des, de la, de l', d'; a partitive or plural *des* disappears."""
    first, _, rest = phrase.partition(" ")
    if first == "le":
        return f"du {rest}"
    if first == "les":
        return f"des {rest}"
    if first in {"du", "des"}:
        return elide(f"de {rest}")
    if phrase.startswith(("de la ", "de l'")):
        return elide("de " + re.sub(r"^de (la |l')", "", phrase))
    return elide(f"de {phrase}")


def after_a(phrase: str) -> str:
    """Return `phrase` introduced by *à*: au, aux, à la, à l'."""
    first, _, rest = phrase.partition(" ")
    contraction = {"le": "au", "les": "aux"}.get(first)
    return f"{contraction} {rest}" if contraction else f"à {phrase}"


@dataclass(frozen=True)
class FrenchVerb:
    """One verb with its written forms; `present` is je, tu, il, nous, vous, ils."""

    infinitive: str
    present: tuple[str, str, str, str, str, str]
    participle: str
    uses_etre: bool = False
    is_reflexive: bool = False

    def finite(self, subject: Phrase) -> str:
        """Return the present form that agrees with `subject`."""
        return self.present[PERSON_INDEX[subject.person, subject.is_plural]]

    def imperative(self) -> str:
        """Return the familiar singular imperative: no -s for verbs in -er and those conjugated like them."""
        form = self.present[1]
        drops_s = self.infinitive.endswith("er") or self.infinitive in {"ouvrir", "cueillir", "offrir"}
        return form.removesuffix("s") if drops_s else form


AVOIR = FrenchVerb("avoir", ("ai", "as", "a", "avons", "avez", "ont"), "eu")
ETRE = FrenchVerb("être", ("suis", "es", "est", "sommes", "êtes", "sont"), "été")
ALLER = FrenchVerb("aller", ("vais", "vas", "va", "allons", "allez", "vont"), "allé", uses_etre=True)


def agree_participle(participle: str, controller: Phrase) -> str:
    """Return the past participle with the gender and number of `controller` (allé, allée, allés, allées)."""
    form = participle + ("e" if controller.gender == "f" else "")
    return form + "s" if controller.is_plural and not form.endswith("s") else form


def _words(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def french_clause(
    subject: Phrase,
    verb: FrenchVerb,
    rest: str = "",
    tense: Tense = Tense.PRESENT,
    negation: str = "",
    clitic: str = "",
    preceding_object: Phrase | None = None,
    adverb: str = "",
) -> str:
    """Return a declarative clause.

    `clitic` is an object pronoun (le, lui, y, en); `preceding_object` is the direct object placed before the verb,
    with which a participle used with avoir agrees; `adverb` follows the conjugated verb ("chante souvent").
    """
    if verb.is_reflexive:
        clitic = _words(REFLEXIVE_PRONOUNS[subject.person, subject.is_plural], clitic)
    ne = "ne" if negation else ""
    pas = _words(NEGATION_WORDS.get(negation, ""), adverb)
    if tense is Tense.FUTURE:
        return _words(subject.fr, ne, ALLER.finite(subject), pas, clitic, verb.infinitive, rest)
    if tense is Tense.PAST:
        auxiliary = ETRE if verb.uses_etre or verb.is_reflexive else AVOIR
        controller = subject if auxiliary is ETRE else preceding_object
        participle = agree_participle(verb.participle, controller) if controller else verb.participle
        return _words(subject.fr, ne, clitic, auxiliary.finite(subject), pas, participle, rest)
    return _words(subject.fr, ne, clitic, verb.finite(subject), pas, rest)


def french_inversion(subject: Phrase, verb: FrenchVerb, rest: str = "", tense: Tense = Tense.PRESENT) -> str:
    """Return a question with the pronoun after the conjugated verb ("as-tu", "va-t-elle", "a-t-il vu")."""
    finite_verb = {Tense.PAST: ETRE if verb.uses_etre else AVOIR, Tense.FUTURE: ALLER}.get(tense, verb)
    tail = {
        Tense.PAST: agree_participle(verb.participle, subject) if verb.uses_etre else verb.participle,
        Tense.FUTURE: verb.infinitive,
    }.get(tense, "")
    form = finite_verb.finite(subject)
    link = "-t-" if form[-1] in "aec" and subject.fr[0] in "ie" else "-"
    return _words(form + link + subject.fr, tail, rest)
