"""Patterns of plain statements: the tenses, negation, likes and preferences."""

from random import Random

from .choices import (
    choose_adjectives,
    choose_future_time,
    choose_noun,
    choose_object,
    choose_past_time,
    choose_subject,
    choose_third_person,
    do,
)
from .collocations import DOINGS, PAST_DOINGS
from .english import english_clause
from .french import after_a, french_clause
from .grammar_types import NOTHING, Pair, Phrase, Tense, together
from .nouns import DRINKS, FOODS, MASS_FOODS, NOUNS, PORTABLE, VEHICLES
from .patterns import pattern, sentence
from .phrases import noun_phrase
from .settings import DESTINATIONS, HABITS, INDOORS, NOW, PAST_TIMES, RECENT, fixed
from .verbs import VERBS

EATEN = [name for name in MASS_FOODS if name not in {"salt", "butter"}] + ["apple", "egg", "orange", "tomato", "cherry"]
CONSUMED = {"eat": EATEN, "drink": list(DRINKS)}


def _consumable(rng: Random, determiner: str) -> tuple[str, Phrase]:
    """Return "eat" or "drink" and something to eat or drink."""
    verb = rng.choice(["eat", "drink"])
    noun = NOUNS[rng.choice(CONSUMED[verb])]
    return verb, noun_phrase(determiner, noun, is_plural=noun.en_plural != "-")


@pattern
def doing_something(rng: Random) -> Pair:
    """Return "She is reading a long letter." """
    subject, doing = choose_subject(rng), rng.choice(DOINGS)
    return sentence(
        *do(subject, doing.verb, choose_object(rng, doing, subject), Tense.PROGRESSIVE, is_short=rng.random() < 0.5)
    )


@pattern
def doing_something_now(rng: Random) -> Pair:
    """Return "My uncle is repairing the clock this morning." """
    subject, doing, time = choose_subject(rng), rng.choice(DOINGS), rng.choice(NOW)
    clause = do(subject, doing.verb, choose_object(rng, doing, subject, adjective_probability=0.2), Tense.PROGRESSIVE)
    return sentence(*together(clause, time))


@pattern
def habit(rng: Random) -> Pair:
    """Return "My uncle drinks coffee every morning." """
    subject, time = choose_subject(rng), rng.choice(HABITS)
    verb, thing = _consumable(rng, "bare")
    clause = do(subject, verb, thing, Tense.PRESENT)
    return sentence(*together(clause, time))


@pattern
def often(rng: Random) -> Pair:
    """Return "She often sings in the kitchen." """
    adverb = rng.choice(
        [Pair("often", "souvent"), Pair("always", "toujours"), Pair("sometimes", "parfois"), Pair("rarely", "rarement")]
    )
    subject, place = choose_subject(rng), rng.choice(INDOORS)
    verb = VERBS[rng.choice(["sing", "sleep", "work", "dance", "have lunch", "have dinner", "study", "read", "wait"])]
    return sentence(
        english_clause(subject, verb.en, place.en, adverb=adverb.en),
        french_clause(subject, verb.fr, place.fr, adverb=adverb.fr),
    )


@pattern
def past_with_object(rng: Random) -> Pair:
    """Return "We bought an old boat last week." """
    subject, doing = choose_subject(rng), rng.choice(PAST_DOINGS)
    time = choose_past_time(rng, doing.verb)
    clause = do(subject, doing.verb, choose_object(rng, doing, subject), Tense.PAST)
    return sentence(*together(clause, time))


@pattern
def past_with_etre(rng: Random) -> Pair:
    """Return "My sisters went to the market yesterday." """
    subject, time = rng.choice([choose_subject(rng), choose_third_person(rng)]), rng.choice(PAST_TIMES)
    verb = VERBS[rng.choice(["go", "go", "go", "come back", "leave", "arrive", "stay", "fall", "come home", "go out"])]
    place = {
        "go": rng.choice(DESTINATIONS),
        "come back": Pair("from the market", "du marché"),
        "stay": rng.choice(
            [Pair("at home", "à la maison"), Pair("in the garden", "dans le jardin"), Pair("at the hotel", "à l'hôtel")]
        ),
        "fall": rng.choice(fixed("in the street", "on the stairs")),
        "go out": Pair("with a friend", "avec un ami"),
    }.get(" ".join(filter(None, (verb.en.base, verb.en.particle))), NOTHING)
    if verb.en.base == "stay" and time.en.endswith("ago"):
        time = Pair("yesterday", "hier")
    elif verb.en.particle in {"back", "out", "home"}:
        time = rng.choice([time for time in PAST_TIMES if time.en in RECENT])
    return sentence(
        f"{english_clause(subject, verb.en, place.en, Tense.PAST)} {time.en}",
        f"{french_clause(subject, verb.fr, place.fr, Tense.PAST)} {time.fr}",
    )


@pattern
def near_future(rng: Random) -> Pair:
    """Return "I'm going to write a letter tomorrow." """
    subject, doing = choose_subject(rng), rng.choice(DOINGS)
    time = choose_future_time(rng, doing.verb)
    clause = do(
        subject,
        doing.verb,
        choose_object(rng, doing, subject, adjective_probability=0.2),
        Tense.FUTURE,
        is_short=rng.random() < 0.6,
    )
    return sentence(*together(clause, time))


@pattern
def not_now(rng: Random) -> Pair:
    """Return "The baker isn't repairing this clock." """
    subject, doing = choose_subject(rng), rng.choice(DOINGS)
    thing = choose_object(rng, doing, subject, ("the", "this", "this"), 0.3)
    return sentence(*do(subject, doing.verb, thing, Tense.PROGRESSIVE, "not"))


@pattern
def not_in_the_past(rng: Random) -> Pair:
    """Return "He didn't find his keys." """
    subject, doing = choose_subject(rng), rng.choice(PAST_DOINGS)
    thing = choose_object(rng, doing, subject, ("the", "this"), 0.3)
    return sentence(*do(subject, doing.verb, thing, Tense.PAST, "not"))


@pattern
def not_in_the_future(rng: Random) -> Pair:
    """Return "They aren't going to sell the house." """
    subject, doing = choose_subject(rng), rng.choice(DOINGS)
    thing = choose_object(rng, doing, subject, ("the", "this"), 0.3)
    return sentence(*do(subject, doing.verb, thing, Tense.FUTURE, "not"))


@pattern
def not_having_any(rng: Random) -> Pair:
    """Return "She doesn't have a car." and "We don't drink wine." """
    subject = choose_subject(rng)
    if rng.random() < 0.35:
        verb, thing = _consumable(rng, "not any")
        return sentence(*do(subject, verb, thing, Tense.PRESENT, "not"))
    verb = rng.choice(["have", "have", "want"])
    if rng.random() < 0.6:
        noun = choose_noun(rng, PORTABLE, VEHICLES, "dog cat garden house")
        adjectives = choose_adjectives(rng, noun, 0.15)
        return sentence(*do(subject, verb, noun_phrase("not a", noun, *adjectives), Tense.PRESENT, "not"))
    thing = _consumable(rng, "not any")[1]
    return sentence(*do(subject, verb, thing, Tense.PRESENT, "not"))


@pattern
def never_or_no_longer(rng: Random) -> Pair:
    """Return "He never eats meat." and "Paul no longer drinks coffee." """
    subject, negation = choose_subject(rng), rng.choice(["never", "no longer"])
    verb, thing = _consumable(rng, "not any")
    return sentence(*do(subject, verb, Pair(thing.en.removeprefix("any "), thing.fr), Tense.PRESENT, negation))


@pattern
def liking(rng: Random) -> Pair:
    """Return "My brother likes cheese." and "I don't like this soup." """
    subject, verb = choose_subject(rng), rng.choice(["like", "hate", "like"])
    negation = rng.choice(["", "not"]) if verb == "like" else ""
    if rng.random() < 0.35:
        noun = choose_noun(rng, "soup house song film cake dress coat island cheese story hotel wine museum poem")
        return sentence(*do(subject, verb, noun_phrase("this", noun), Tense.PRESENT, negation))
    noun = choose_noun(rng, MASS_FOODS, DRINKS, FOODS, "cat dog horse flower museum train")
    return sentence(
        *do(subject, verb, noun_phrase("generic", noun, is_plural=noun.en_plural != "-"), Tense.PRESENT, negation)
    )


@pattern
def preferring(rng: Random) -> Pair:
    """Return "She prefers tea to coffee." """
    group = rng.choice(
        [
            [*DRINKS.values()],
            [MASS_FOODS[name] for name in EATEN if name in MASS_FOODS],
            [*FOODS.values()],
            [NOUNS[name] for name in ("cat", "dog", "horse", "rabbit", "goat", "sheep")],
            [NOUNS[name] for name in ("train", "plane", "car", "bus", "boat", "bicycle")],
        ]
    )
    first, second = (noun_phrase("generic", noun, is_plural=noun.en_plural != "-") for noun in rng.sample(group, 2))
    thing = Pair(f"{first.en} to {second.en}", f"{first.fr} {after_a(second.fr)}")
    return sentence(*do(choose_subject(rng), "prefer", thing, Tense.PRESENT))
