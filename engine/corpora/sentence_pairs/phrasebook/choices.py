"""Random choices that several patterns share: subjects, objects, people seen in a picture."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from random import Random

from .adjectives import AFTER, BEFORE, BY_ENGLISH, COLOURS, suiting
from .collocations import CONTAINERS, CONTENTS, Activity, Doing
from .english import english_clause
from .french import elide, french_clause
from .grammar_types import Adjective, Noun, Pair, Phrase, Tense, together
from .nouns import ADULTS, CLOTHES, FAMILY, NOUNS, YOUNG
from .phrases import HE, NAMES, PRONOUNS, SHE, THEY, WE, YOU, I, noun_phrase, owner_determiner
from .settings import FUTURE_TIMES, PAST_TIMES, RECENT, SOON
from .verbs import VERBS

ONLY_WOMEN = {"dress", "skirt"}


def choose_noun(rng: Random, *groups: Mapping[str, Noun] | str) -> Noun:
    """Return one of the nouns of all groups; a group that is a text names its nouns between blanks."""
    tables = [map(NOUNS.__getitem__, group.split()) if isinstance(group, str) else group.values() for group in groups]
    return rng.choice([noun for nouns in tables for noun in nouns])


def choose_relative(rng: Random, determiners: Collection[str] = ("my", "your", "our", "his", "her")) -> Phrase:
    """Return a member of the family or a friend: "my brother", "your sisters"."""
    noun = choose_noun(rng, FAMILY)
    is_plural = noun.en_plural != "-" and rng.random() < 0.25
    return noun_phrase(rng.choice(list(determiners)), noun, is_plural=is_plural)


def choose_worker(rng: Random) -> Phrase:
    """Return somebody known by what they do: "the fisherman", now and then "the fishermen"."""
    noun = choose_noun(rng, ADULTS)
    return noun_phrase("the", noun, is_plural=rng.random() < 0.15)


def choose_third_person(rng: Random) -> Phrase:
    """Return a subject in the third person that is not a pronoun."""
    draw = rng.random()
    if draw < 0.5:
        return choose_relative(rng, ("my", "your", "our"))
    return rng.choice(NAMES) if draw < 0.75 else choose_worker(rng)


def choose_subject(rng: Random) -> Phrase:
    """Return a subject of any person; half of them are pronouns."""
    return rng.choice(PRONOUNS) if rng.random() < 0.5 else choose_third_person(rng)


def choose_singular(rng: Random) -> Phrase:
    """Return one person: a pronoun, a name or a relative."""
    singular_relative = noun_phrase(rng.choice(["my", "your", "our"]), choose_noun(rng, FAMILY))
    return rng.choice([I, YOU, HE, SHE, rng.choice(NAMES), singular_relative, singular_relative])


def choose_pronoun(rng: Random) -> Phrase:
    """Return one of the six personal pronouns."""
    return rng.choice([I, YOU, HE, SHE, WE, THEY])


def choose_adjectives(rng: Random, noun: Noun, probability: float = 0.4) -> list[Adjective]:
    """Return no adjective, one, or one before and a colour after the noun."""
    if rng.random() > probability:
        return []
    before, after = suiting(noun.kind, BEFORE), suiting(noun.kind, COLOURS + AFTER)
    if before and after and rng.random() < 0.2:
        colours = suiting(noun.kind, COLOURS)
        return [rng.choice(before), *([rng.choice(colours)] if colours else [])]
    return [rng.choice(before + after)] if before + after else []


def choose_object(
    rng: Random,
    doing: Doing,
    subject: Phrase,
    determiners: Collection[str] = ("a", "the", "this", "the"),
    adjective_probability: float = 0.4,
) -> Phrase:
    """Return an object of `doing`; own things take the possessive of the subject."""
    noun = NOUNS[rng.choice(doing.nouns)]
    determiner = owner_determiner(subject) if doing.is_own else rng.choice(list(determiners))
    is_plural = noun.en == "-" or noun.en_plural != "-" and determiner != "a" and rng.random() < 0.2
    return noun_phrase(determiner, noun, *choose_adjectives(rng, noun, adjective_probability), is_plural=is_plural)


# Done over days rather than minutes, so that "last year" and "next month" make sense with them.
LONG_TERM = set("repair paint write sell buy visit build knit plant find lose receive see".split())


def choose_past_time(rng: Random, verb_key: str) -> Pair:
    """Return a time in the past that suits the verb."""
    times = PAST_TIMES if verb_key in LONG_TERM else [time for time in PAST_TIMES if time.en in RECENT]
    return rng.choice(times)


def choose_future_time(rng: Random, verb_key: str) -> Pair:
    """Return a time in the future that suits the verb."""
    times = FUTURE_TIMES if verb_key in LONG_TERM else [time for time in FUTURE_TIMES if time.en in SOON]
    return rng.choice(times)


def act(
    subject: Phrase, activity: Activity, tense: Tense = Tense.PROGRESSIVE, negation: str = "", is_short: bool = True
) -> Pair:
    """Return the clause in which `subject` does `activity`."""
    return do(subject, activity.verb, Pair(activity.en, activity.fr), tense, negation, is_short)


def do(
    subject: Phrase, verb_key: str, thing: Pair | Phrase, tense: Tense, negation: str = "", is_short: bool = True
) -> Pair:
    """Return the clause "subject verb thing"."""
    verb = VERBS[verb_key]
    return Pair(
        english_clause(subject, verb.en, thing.en, tense, negation, is_short),
        french_clause(subject, verb.fr, thing.fr, tense, negation),
    )


def dressed(rng: Random, is_female: bool, is_plural: bool = False) -> Pair:
    """Return "in a red coat / en manteau rouge"."""
    names = [name for name in CLOTHES if name not in ONLY_WOMEN | {"hat", "scarf"} or is_female and name in ONLY_WOMEN]
    garment, colour = NOUNS[rng.choice(names)], rng.choice(COLOURS)
    english = noun_phrase("bare" if is_plural else "a", garment, colour, is_plural=is_plural).en
    return Pair(f"in {english}", f"en {garment.fr} {colour.agree(garment.gender, False)}")


def describe(person: Phrase, look: Pair) -> Phrase:
    """Return "a man" with "in a red coat" after it."""
    return replace(person, **together(person, look)._asdict())


def choose_container(rng: Random) -> Pair:
    """Return a full container: "a basket of apples"."""
    container = rng.choice(CONTAINERS)
    noun = NOUNS[rng.choice(CONTENTS[container.en])]
    content = noun.form(noun.en_plural != "-" and container.en != "a piece of")
    return Pair(f"{container.en} {content.en}", elide(f"{container.fr} de {content.fr}"))


def looks(rng: Random, noun: Noun) -> Pair:
    """Return how a person can be recognised: clothes, hair, something carried."""
    things = [
        dressed(rng, noun.gender == "f"),
        dressed(rng, noun.gender == "f"),
        dressed(rng, noun.gender == "f"),
        Pair("with long hair", "aux cheveux longs"),
        Pair("with short hair", "aux cheveux courts"),
        Pair("with glasses", "à lunettes"),
        Pair("with an umbrella", "avec un parapluie"),
        Pair("with a big hat", "avec un grand chapeau"),
        Pair("with a heavy bag", "avec un sac lourd"),
        Pair("with a yellow scarf", "avec une écharpe jaune"),
    ]
    if noun.gender == "m" and noun.kind == "person":
        things.append(Pair("with a white beard", "à la barbe blanche"))
    return rng.choice(things)


def choose_seen_person(rng: Random) -> Phrase:
    """Return somebody in a picture: "an old fisherman with a white beard"."""
    noun = choose_noun(rng, ADULTS, YOUNG, YOUNG, "man woman man woman")
    adjectives = [rng.choice(suiting(noun.kind, [BY_ENGLISH["old"], BY_ENGLISH["young"], BY_ENGLISH["little"]]))]
    person = noun_phrase("a", noun, *(adjectives if rng.random() < 0.4 else []))
    if rng.random() < 0.65:
        look = looks(rng, noun)
        person = describe(person, look)
    return person


def choose_seen_group(rng: Random) -> Phrase:
    """Return two to five people in a picture: "three young women in black dresses"."""
    noun = choose_noun(rng, ADULTS, YOUNG, YOUNG, "man woman")
    adjectives = [BY_ENGLISH["young"]] if rng.random() < 0.25 else []
    group = noun_phrase(rng.choice(["two", "two", "three", "four", "five"]), noun, *adjectives)
    if rng.random() < 0.35:
        clothes = dressed(rng, noun.gender == "f", is_plural=True)
        group = describe(group, clothes)
    return group
