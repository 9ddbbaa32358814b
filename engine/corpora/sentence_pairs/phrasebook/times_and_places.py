"""Patterns of everyday talk about the clock, the calendar, the weather, countries and visits."""

from random import Random

from .choices import choose_pronoun, choose_relative, choose_subject, do
from .english import english_clause, possessive, subject_with_be
from .french import ETRE, after_de, french_clause
from .grammar_types import NOTHING, Pair, Tense, together
from .patterns import pattern, sentence
from .phrases import NAMES, noun_phrase
from .settings import (
    CHEZ,
    CLOCK_TIMES,
    FUTURE_TIMES,
    HABITS,
    MONTHS,
    ORDINALS,
    PAST_TIMES,
    REGIONS,
    WEATHER,
    WEEKDAYS,
    fixed,
)
from .verbs import VERBS

TOWNS = [region for region in REGIONS if region.fr_in.startswith("à ")]


@pattern
def time_of_departure(rng: Random) -> Pair:
    """Return "The train leaves at a quarter past nine." """
    time = rng.choice(CLOCK_TIMES)
    if rng.random() < 0.15:
        clock = Pair("it's noon", "il est midi") if time.en == "noon" else Pair(f"it's {time.en}", f"il est {time.fr}")
        return sentence(*clock)
    subject = noun_phrase("the", rng.choice(["train", "bus", "boat", "plane"]))
    verb = VERBS[rng.choice(["leave", "arrive"])]
    town = rng.choice([NOTHING, *(Pair(f"for {town.en}", f"pour {town.fr_in.removeprefix('à ')}") for town in TOWNS)])
    town = town if verb.en.base == "leave" else NOTHING
    return sentence(
        f"{subject.en} {verb.en.third} {town.en} at {time.en}",
        f"{french_clause(subject, verb.fr, town.fr)} à {time.fr}",
    )


USUAL_HOURS = {
    "get up": ("five", "six", "seven", "eight"),
    "wake up": ("five", "six", "seven", "eight"),
    "get dressed": ("six", "seven", "eight"),
    "have lunch": ("noon", "one"),
    "have dinner": ("six", "seven", "eight", "nine"),
    "go to bed": ("eight", "nine", "ten o'clock", "past ten"),
}


@pattern
def routine(rng: Random) -> Pair:
    """Return "I get up at seven o'clock every day." and "She woke up at half past six yesterday." """
    subject, name = choose_subject(rng), rng.choice(list(USUAL_HOURS))
    verb = VERBS[name]
    time = rng.choice([time for time in CLOCK_TIMES if any(hour in time.en for hour in USUAL_HOURS[name])])
    tense, frame = rng.choice(
        [
            (Tense.PRESENT, rng.choice([NOTHING, *HABITS[:1], *HABITS[4:6]])),
            (Tense.PAST, rng.choice(fixed("yesterday", "this morning"))),
            (Tense.FUTURE, Pair("tomorrow", "demain")),
        ][: 2 if name == "go to bed" else 3]
    )
    if verb.en.base == "have" or verb.en.particle == "to bed":
        frame = Pair("yesterday", "hier") if frame.en == "this morning" else frame
    return sentence(
        english_clause(subject, verb.en, f"at {time.en} {frame.en}", tense),
        french_clause(subject, verb.fr, f"à {time.fr} {frame.fr}", tense),
    )


@pattern
def calendar(rng: Random) -> Pair:
    """Return "My birthday is on the fifth of May." and "We work on Saturdays." """
    (month, french_month), (ordinal, french_day) = rng.choice(MONTHS), rng.choice(ORDINALS)
    (day, french_weekday) = rng.choice(WEEKDAYS)
    relative = choose_relative(rng, ("my", "your"))
    date = Pair(f"the {ordinal} of {month}", f"le {french_day} {french_month}")
    draw = rng.random()
    if draw < 0.3:
        owner = rng.choice([relative, rng.choice(NAMES)])
        birthday = Pair(f"{possessive(owner.en, owner.is_plural)} birthday", f"l'anniversaire {after_de(owner.fr)}")
        if owner.is_plural:
            birthday = Pair("my birthday", "mon anniversaire")
        return sentence(f"{birthday.en} is on {date.en}", f"{birthday.fr} est {date.fr}")
    if draw < 0.5:
        return sentence(
            f"today is {day}, {date.en}", f"aujourd'hui, nous sommes le {french_weekday} {date.fr.removeprefix('le ')}"
        )
    subject = choose_subject(rng)
    verb = VERBS[rng.choice(["leave", "arrive", "come back"])]
    if draw < 0.75:
        return sentence(
            f"{english_clause(subject, verb.en, '', Tense.PROGRESSIVE)} on {date.en}",
            french_clause(subject, verb.fr, date.fr),
        )
    verb, negation = VERBS[rng.choice(["work", "have lunch", "study", "cook"])], rng.choice(["", "not"])
    place = rng.choice(fixed("", "at home"))
    return sentence(
        english_clause(subject, verb.en, f"{place.en} on {day}s", negation=negation),
        french_clause(subject, verb.fr, f"{place.fr} le {french_weekday}", negation=negation),
    )


@pattern
def weather(rng: Random) -> Pair:
    """Return "It's raining in Paris this morning." and the same in the past and the future."""
    kind, region = rng.choice(WEATHER), rng.choice(REGIONS)
    forms, time = rng.choice(
        [
            (kind.present, rng.choice(fixed("", "today", "this morning"))),
            (kind.past, rng.choice(fixed("yesterday", "last week", "on Monday"))),
            (kind.future, rng.choice(fixed("tomorrow", "tonight", "this weekend"))),
        ]
    )
    place = rng.choice([Pair(f"in {region.en}", region.fr_in), Pair(f"in {region.en}", region.fr_in), NOTHING])
    return sentence(*together(forms, place, time))


OUTINGS = [
    ("stay", Pair("in the garden", "dans le jardin")),
    ("walk", Pair("by the sea", "au bord de la mer")),
    ("have lunch", Pair("by the river", "au bord de la rivière")),
    ("have lunch", Pair("in the garden", "dans le jardin")),
    ("swim", Pair("in the river", "dans la rivière")),
]
SHELTER = [
    ("stay", Pair("at home", "à la maison")),
    ("take", Pair("the bus", "le bus")),
    ("take", Pair("the car", "la voiture")),
    ("play", Pair("cards", "aux cartes")),
    ("make", Pair("soup", "de la soupe")),
    ("have dinner", Pair("at home", "à la maison")),
]


@pattern
def if_the_weather(rng: Random) -> Pair:
    """Return "If it rains tomorrow, we're going to stay at home." """
    kind, subject = rng.choice(WEATHER), choose_subject(rng)
    time = rng.choice(fixed("", "tomorrow", "this evening", "this weekend"))
    verb, plan = rng.choice(OUTINGS if kind.present.en in {"it's hot", "the weather is nice"} else SHELTER)
    clause = do(subject, verb, plan, Tense.FUTURE)
    return sentence(
        f"{kind.condition.en} {time.en}, {clause.en}".replace(" ,", ","),
        f"{kind.condition.fr} {time.fr}, {clause.fr}".replace(" ,", ","),
    )


@pattern
def countries(rng: Random) -> Pair:
    """Return "I live in Canada." and "They come from the United States." """
    subject, region, draw = choose_subject(rng), rng.choice(REGIONS), rng.random()
    if draw < 0.35:
        return sentence(
            *do(subject, "live", Pair(f"in {region.en}", region.fr_in), Tense.PRESENT, rng.choice(["", "", "not"]))
        )
    if draw < 0.6:
        return sentence(*do(subject, "come", Pair(f"from {region.en}", region.fr_from), Tense.PRESENT))
    if draw < 0.85:
        month = rng.choice(MONTHS)
        return sentence(
            *do(
                subject, "go", Pair(f"to {region.en} in {month[0]}", f"{region.fr_in} en {month[1]}"), Tense.PROGRESSIVE
            )
        )
    time = rng.choice(
        [time for time in PAST_TIMES if time.en in {"last summer", "last year", "last week", "a month ago"}]
    )
    region = rng.choice([region for region in REGIONS if region not in TOWNS])
    return sentence(*do(subject, "travel", Pair(f"in {region.en} {time.en}", f"{region.fr_in} {time.fr}"), Tense.PAST))


@pattern
def chez(rng: Random) -> Pair:
    """Return "We're having dinner at my grandmother's house." """
    place = rng.choice(CHEZ)
    subject = choose_pronoun(rng) if " house" in place.en else choose_subject(rng)
    at, french = f"at {place.en}", f"chez {place.fr}"
    draw = rng.random()
    if draw < 0.35:
        time = rng.choice(fixed("", "today", "this morning"))
        return sentence(
            f"{subject_with_be(subject, '', rng.random() < 0.5)} {at} {time.en}",
            french_clause(subject, ETRE, f"{french} {time.fr}"),
        )
    if draw < 0.7:
        time = rng.choice(FUTURE_TIMES)
        return sentence(*do(subject, "go", Pair(f"to {place.en} {time.en}", f"{french} {time.fr}"), Tense.PROGRESSIVE))
    if " house" not in place.en:
        return sentence(*do(subject, "wait", Pair(at, french), rng.choice([Tense.PROGRESSIVE, Tense.PAST])))
    verb, tense = rng.choice(["have dinner", "have lunch", "sleep"]), rng.choice([Tense.PROGRESSIVE, Tense.PAST])
    return sentence(*do(subject, verb, Pair(at, french), tense))
