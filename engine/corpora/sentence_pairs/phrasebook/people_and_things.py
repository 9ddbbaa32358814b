"""Patterns about people and their things: owning, places, amounts, needs and feelings."""

from random import Random

from .adjectives import COLOURS, FEELINGS, suiting
from .choices import (
    ONLY_WOMEN,
    choose_adjectives,
    choose_noun,
    choose_relative,
    choose_singular,
    choose_subject,
    choose_third_person,
    choose_worker,
    do,
)
from .collocations import CONTAINERS, CONTENTS
from .english import be_form, english_clause, is_third_singular
from .french import ETRE, after_de, elide, french_clause
from .grammar_types import NOTHING, Pair, Phrase, Tense, together
from .nouns import ADULTS, CLOTHES, DRINKS, MASS_FOODS, NOUNS, PAIRS_WORN, PORTABLE, VEHICLES, WORN_IN_PAIRS
from .patterns import pattern, sentence
from .phrases import NAMES, NUMBERS, THEY, THEY_FEMININE, belonging_to, noun_phrase, owner_determiner
from .settings import SPOTS, fixed
from .verbs import VERBS


@pattern
def owning(rng: Random) -> Pair:
    """Return "This is my sister's coat." and "The fisherman's boat is blue." """
    owner = rng.choice([choose_relative(rng, ("my", "your", "our")), choose_worker(rng), rng.choice(NAMES)])
    noun = choose_noun(rng, CLOTHES, PAIRS_WORN, VEHICLES, "house umbrella bag guitar key dog suitcase")
    noun = NOUNS["boat"] if noun.en in {"bus", "train", "plane"} else noun
    noun = NOUNS["shirt"] if noun.en in ONLY_WOMEN and owner.gender == "m" else noun
    is_plural = noun.kind == "clothing" and noun.en in WORN_IN_PAIRS or noun.en == "key"
    thing = belonging_to(noun, owner, is_plural=is_plural)
    colours = suiting(noun.kind, COLOURS)
    if colours and rng.random() < 0.55:
        colour = rng.choice(colours)
        return sentence(
            f"{thing.en} {'are' if is_plural else 'is'} {colour.en}",
            f"{thing.fr} {'sont' if is_plural else 'est'} {colour.agree(thing.gender, is_plural)}",
        )
    opening = Pair("these are", "ce sont") if is_plural else Pair("this is", "c'est")
    return sentence(*together(opening, thing))


@pattern
def where_things_are(rng: Random) -> Pair:
    """Return "Your keys are on the table." """
    noun = choose_noun(
        rng, "key umbrella book bag glasses phone glove shoe hat letter scarf newspaper map ticket cup box cat dog"
    )
    is_plural = noun.en == "-" or rng.random() < 0.35
    thing = noun_phrase(
        rng.choice(["your", "my", "his", "her", "the", "our"]),
        noun,
        *choose_adjectives(rng, noun, 0.3),
        is_plural=is_plural,
    )
    place, negation = rng.choice(SPOTS), rng.random() < 0.25
    if noun.en == "box" and "box" in place.en:
        place = SPOTS[0]
    english = ("aren't" if negation else "are") if is_plural else ("isn't" if negation else "is")
    french = "sont" if is_plural else "est"
    return sentence(
        f"{thing.en} {english} {place.en}", f"{thing.fr} {f'ne {french} pas' if negation else french} {place.fr}"
    )


QUANTITIES = [
    Pair("a lot of", "beaucoup"),
    Pair("too much", "trop"),
    Pair("enough", "assez"),
    Pair("a little", "un peu"),
]


@pattern
def amounts(rng: Random) -> Pair:
    """Return "My mother bought two bottles of milk." and "There isn't enough bread." """
    subject, quantity = choose_subject(rng), rng.choice(QUANTITIES)
    noun = choose_noun(rng, MASS_FOODS, DRINKS)
    if rng.random() < 0.5:
        verb, tense = rng.choice([("buy", Tense.PAST), ("have", Tense.PRESENT), ("want", Tense.PRESENT)])
        verb = "have" if verb == "want" and quantity.en in {"too much", "enough"} else verb
        tense = Tense.PAST if verb == "buy" else Tense.PRESENT
        thing = Pair(f"{quantity.en} {noun.en}", elide(f"{quantity.fr} de {noun.fr}"))
        return sentence(*do(subject, verb, thing, tense))
    container = rng.choice(CONTAINERS[:5])
    noun = NOUNS[rng.choice(CONTENTS[container.en])]
    content = noun.form(noun.en_plural != "-")
    number = NUMBERS[rng.choice([2, 3, 4])]
    first, _, last = container.en.removeprefix("a ").partition(" ")
    plural = {"glass": "glasses", "box": "boxes"}.get(first, first + "s")
    english = f"{number[0]} {plural} {last} {content.en}"
    french = elide(f"{number[1]} {container.fr.split()[1]}s de {content.fr}")
    verb = rng.choice(["buy", "bring", "want"])
    tense = Tense.PRESENT if verb == "want" else Tense.PAST
    return sentence(*do(subject, verb, Pair(english, french), tense))


@pattern
def needing(rng: Random) -> Pair:
    """Return "I need an umbrella." and "They need water." """
    subject = choose_subject(rng)
    if rng.random() < 0.5:
        thing = noun_phrase("bare", choose_noun(rng, MASS_FOODS, DRINKS))
    else:
        noun = choose_noun(rng, PORTABLE, CLOTHES, VEHICLES)
        thing = noun_phrase(rng.choice(["a", owner_determiner(subject)]), noun, *choose_adjectives(rng, noun, 0.25))
    english = f"{subject.en} {'needs' if is_third_singular(subject) else 'need'} {thing.en}"
    return sentence(english, french_clause(subject, VERBS["have"].fr, f"besoin {after_de(thing.fr)}"))


WOMEN = {name: noun for name, noun in ADULTS.items() if noun.gender == "f"}
REASONS = {
    "tired": ["work", "travel", "dance"],
    "happy": ["sing", "dance", "arrive"],
    "late": ["sleep", "wait"],
    "angry": ["wait"],
    "sad": ["lose"],
}
A_LOT = Pair("a lot", "")
TAILS = {"wait": Pair("for an hour", "pendant une heure"), "arrive": Pair("early", "tôt")}


@pattern
def they_feminine(rng: Random) -> Pair:
    """Return "The girls are tired because they worked a lot.", where *they* is elles or ils."""
    noun = choose_noun(rng, WOMEN, "girl girl boy sister aunt daughter brother friend sailor")
    people = noun_phrase("my" if noun.kind == "family" else "the", noun, is_plural=True)
    they = THEY_FEMININE if noun.gender == "f" else THEY
    feeling = rng.choice([feeling for feeling in FEELINGS if feeling.en in REASONS])
    reason = rng.choice(REASONS[feeling.en])
    extra: Pair | Phrase = TAILS.get(reason, A_LOT)
    if reason == "lose":
        extra = noun_phrase("their", rng.choice(["dog", "cat", "bag", "book", "letter", "photo"]))
    verb = VERBS[reason]
    if extra is A_LOT:
        french = elide(f"{they.fr} ont beaucoup {verb.fr.participle}")
    else:
        french = french_clause(they, verb.fr, extra.fr, Tense.PAST)
    because = english_clause(they, verb.en, extra.en, Tense.PAST)
    return sentence(
        f"{people.en} are {feeling.en} because {because}",
        f"{people.fr} sont {feeling.agree(people.gender, True)} parce que {french}",
    )


@pattern
def singular_feeling(rng: Random) -> Pair:
    """Return "My aunt is very tired today." """
    subject, feeling = rng.choice([choose_singular(rng), choose_third_person(rng)]), rng.choice(FEELINGS)
    negation = rng.random() < 0.3
    very = feeling.en not in {"late", "ready"} and not negation and rng.random() < 0.4
    time = rng.choice(fixed("", "today", "this morning"))
    time = NOTHING if feeling.en in {"kind", "shy"} else time
    verb = be_form(subject)
    english_not = " not" if negation else ""
    form = feeling.agree(subject.gender, subject.is_plural)
    return sentence(
        f"{subject.en} {verb}{english_not} {'very ' if very else ''}{feeling.en} {time.en}",
        french_clause(subject, ETRE, f"{'très ' if very else ''}{form} {time.fr}", negation="not" if negation else ""),
    )
