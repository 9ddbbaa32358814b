"""English surface rules: a or an, agreement, do-support and short forms."""

from dataclasses import dataclass

from .grammar_types import Phrase, Tense

A_BEFORE_VOWEL_LETTER = ("uni", "use", "euro", "one")
SHORT_BE = {"I": "I'm", "you": "you're", "he": "he's", "she": "she's", "it": "it's", "we": "we're", "they": "they're"}


@dataclass(frozen=True)
class EnglishVerb:
    """One verb with its five forms; `particle` follows every form ("look at", "have lunch")."""

    base: str
    third: str
    past: str
    participle: str
    ing: str
    particle: str = ""


def with_article(text: str) -> str:
    """Return `text` after *a* or *an*."""
    takes_an = text[0].lower() in "aeiou" and not text.startswith(A_BEFORE_VOWEL_LETTER) or text.startswith("hour")
    return f"{'an' if takes_an else 'a'} {text}"


def is_third_singular(subject: Phrase) -> bool:
    """Return whether the verb takes its -s form."""
    return subject.person == 3 and not subject.is_plural


def be_form(subject: Phrase) -> str:
    """Return am, is or are."""
    if is_third_singular(subject):
        return "is"
    return "am" if subject.en == "I" else "are"


def _words(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def subject_with_be(subject: Phrase, negation: str = "", is_short: bool = False) -> str:
    """Return the subject and its form of *be*, negated and shortened as asked ("she isn't", "I'm not")."""
    form = be_form(subject)
    if negation == "not" and is_short and subject.en != "I":
        return f"{subject.en} {form}n't"
    opening = SHORT_BE[subject.en] if is_short and subject.en in SHORT_BE else f"{subject.en} {form}"
    return _words(opening, negation)


def english_clause(
    subject: Phrase,
    verb: EnglishVerb,
    rest: str = "",
    tense: Tense = Tense.PRESENT,
    negation: str = "",
    is_short: bool = True,
    adverb: str = "",
) -> str:
    """Return a declarative clause; `negation` is "", "not", "never" or "no longer", `adverb` a word like *often*."""
    adverb = _words(negation if negation != "not" else "", adverb)
    if tense in {Tense.PROGRESSIVE, Tense.FUTURE}:
        form = verb.ing if tense is Tense.PROGRESSIVE else f"going to {verb.base}"
        return _words(subject_with_be(subject, negation, is_short), form, verb.particle, rest)
    if negation == "not":
        auxiliary = do_form(subject, tense)
        return _words(subject.en, f"{auxiliary}n't" if is_short else f"{auxiliary} not", verb.base, verb.particle, rest)
    return _words(subject.en, adverb, finite_form(subject, verb, tense), verb.particle, rest)


def finite_form(subject: Phrase, verb: EnglishVerb, tense: Tense) -> str:
    """Return the simple present or simple past form."""
    if tense is Tense.PAST:
        return verb.past
    return verb.third if is_third_singular(subject) else verb.base


def do_form(subject: Phrase, tense: Tense) -> str:
    """Return do, does or did."""
    if tense is Tense.PAST:
        return "did"
    return "does" if is_third_singular(subject) else "do"


def english_question(subject: Phrase, verb: EnglishVerb, rest: str = "", tense: Tense = Tense.PRESENT) -> str:
    """Return the words of a question in their order, without a question word or question mark."""
    if tense in {Tense.PROGRESSIVE, Tense.FUTURE}:
        form = verb.ing if tense is Tense.PROGRESSIVE else f"going to {verb.base}"
        return _words(be_form(subject), subject.en, form, verb.particle, rest)
    return _words(do_form(subject, tense), subject.en, verb.base, verb.particle, rest)


def possessive(owner: str, is_plural: bool = False) -> str:
    """Return the owner with 's, or a bare apostrophe after a plural in -s."""
    return f"{owner}'" if is_plural and owner.endswith("s") else f"{owner}'s"
