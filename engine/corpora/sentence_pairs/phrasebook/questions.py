"""Patterns of questions: est-ce que, inversion, when and where."""

from random import Random

from .choices import (
    choose_adjectives,
    choose_future_time,
    choose_noun,
    choose_object,
    choose_past_time,
    choose_relative,
    choose_third_person,
)
from .collocations import DOINGS, PAST_DOINGS
from .english import be_form, english_question
from .french import ETRE, french_clause, french_inversion
from .grammar_types import NOTHING, Pair, Phrase, Tense, together
from .nouns import CLOTHES, DRINKS, FOODS, MASS_FOODS, PAIRS_WORN, PORTABLE, VEHICLES, WORN_IN_PAIRS
from .patterns import pattern, question
from .phrases import HE, SHE, THEY, WE, YOU, YOU_POLITE, noun_phrase
from .settings import DESTINATIONS, FUTURE_TIMES, PAST_TIMES
from .verbs import VERBS, Verb


def est_ce_que(subject: Phrase, verb: Verb, thing: Pair | Phrase, tense: Tense, opening: Pair = NOTHING) -> Pair:
    """Return the question with do-support or *be* in English and *est-ce que* in French."""
    return question(
        f"{opening.en} {english_question(subject, verb.en, thing.en, tense)}",
        f"{opening.fr} est-ce que {french_clause(subject, verb.fr, thing.fr, tense)}",
    )


def choose_asked_about(rng: Random) -> Phrase:
    """Return somebody in the third person to ask about."""
    return rng.choice([HE, SHE, THEY, choose_relative(rng, ("your", "your", "my")), choose_third_person(rng)])


@pattern
def is_it_so(rng: Random) -> Pair:
    """Return "Is your brother repairing the car?" """
    subject, doing = choose_asked_about(rng), rng.choice(DOINGS)
    thing = choose_object(rng, doing, subject, ("the", "a", "this"), 0.25)
    return est_ce_que(subject, VERBS[doing.verb], thing, Tense.PROGRESSIVE)


@pattern
def was_it_so(rng: Random) -> Pair:
    """Return "Did Emma find her keys yesterday?" """
    subject, doing = rng.choice([choose_asked_about(rng), YOU]), rng.choice(PAST_DOINGS)
    thing = choose_object(rng, doing, subject, ("the", "a", "this"), 0.25)
    time = rng.choice([NOTHING, choose_past_time(rng, doing.verb)])
    return est_ce_que(subject, VERBS[doing.verb], together(thing, time), Tense.PAST)


@pattern
def will_it_be_so(rng: Random) -> Pair:
    """Return "Are they going to sell the house next month?" """
    subject, doing = rng.choice([choose_asked_about(rng), WE]), rng.choice(DOINGS)
    time = choose_future_time(rng, doing.verb)
    thing = choose_object(rng, doing, subject, ("the", "a", "this"), 0.1)
    return est_ce_que(subject, VERBS[doing.verb], together(thing, time), Tense.FUTURE)


@pattern
def do_people_like(rng: Random) -> Pair:
    """Return "Do you like cheese?" and "Does your sister drink coffee?" """
    subject = rng.choice([YOU, YOU, choose_asked_about(rng), choose_asked_about(rng)])
    if rng.random() < 0.6:
        noun = choose_noun(rng, MASS_FOODS, DRINKS, FOODS, "cat dog")
        return est_ce_que(
            subject, VERBS["like"], noun_phrase("generic", noun, is_plural=noun.en_plural != "-"), Tense.PRESENT
        )
    verb, nouns = rng.choice([("drink", DRINKS), ("want", DRINKS), ("want", MASS_FOODS)])
    return est_ce_que(subject, VERBS[verb], noun_phrase("bare", choose_noun(rng, nouns)), Tense.PRESENT)


@pattern
def do_you_have(rng: Random) -> Pair:
    """Return "Do you have a dog?" with inversion: "As-tu un chien ?" """
    subject, address = rng.choice(
        [
            (YOU, NOTHING),
            (YOU, NOTHING),
            (YOU_POLITE, Pair(", sir", ", monsieur")),
            (YOU_POLITE, Pair(", madam", ", madame")),
        ]
    )
    if rng.random() < 0.35:
        noun = choose_noun(rng, MASS_FOODS, DRINKS)
        thing = noun_phrase("some", noun)
        english = thing.en.replace("some", "any", 1)
    else:
        noun = choose_noun(rng, PORTABLE, VEHICLES, "dog cat garden map ticket newspaper")
        thing = noun_phrase("a", noun, *choose_adjectives(rng, noun, 0.2))
        english = thing.en
    return question(
        f"do {subject.en} have {english}{address.en}",
        f"{french_inversion(subject, VERBS['have'].fr, thing.fr)}{address.fr}",
    )


@pattern
def have_they_done_it(rng: Random) -> Pair:
    """Return "What time did she leave?" and similar with inversion: "À quelle heure est-elle partie ?" """
    subject = rng.choice([YOU, HE, SHE, THEY])
    opening = rng.choice(
        [Pair("what time", "à quelle heure"), Pair("when", "quand"), Pair("why", "pourquoi"), Pair("how", "comment")]
    )
    verb = VERBS[rng.choice(["leave", "arrive", "come back", "come home", "go out", "sleep", "work"])]
    if opening.en == "how":
        verb = VERBS[rng.choice(["sleep", "arrive", "come back"])]
    if opening.en == "what time" and verb.en.base in {"sleep", "work"}:
        verb = VERBS["leave"]
    time = rng.choice([NOTHING, *PAST_TIMES[:2]]) if opening.en != "when" else NOTHING
    return question(
        f"{opening.en} {english_question(subject, verb.en, time.en, Tense.PAST)}",
        f"{opening.fr} {french_inversion(subject, verb.fr, time.fr, Tense.PAST)}",
    )


@pattern
def where_is(rng: Random) -> Pair:
    """Return "Where is my brother?" """
    if rng.random() < 0.35:
        subject = choose_relative(rng)
    else:
        noun = choose_noun(rng, PORTABLE, CLOTHES, PAIRS_WORN, "ticket newspaper dog cat book hotel")
        is_plural = noun.en in WORN_IN_PAIRS or rng.random() < 0.15
        subject = noun_phrase(
            rng.choice(["my", "your", "the", "his", "our"]),
            noun,
            *choose_adjectives(rng, noun, 0.35),
            is_plural=is_plural,
        )
    return question(f"where {be_form(subject)} {subject.en}", f"où {ETRE.finite(subject)} {subject.fr}")


@pattern
def where_are_they_going(rng: Random) -> Pair:
    """Return "Where is she going this evening?" and "Is he going to the market?" """
    subject, time = rng.choice([YOU, HE, SHE, THEY, WE]), rng.choice(FUTURE_TIMES[:7])
    if rng.random() < 0.3:
        verb = VERBS[rng.choice(["go", "work", "have lunch", "have dinner", "sleep"])]
        time = time if verb.en.base == "go" else FUTURE_TIMES[0]
        return question(
            f"where {english_question(subject, verb.en, time.en, Tense.PROGRESSIVE)}",
            f"où {french_inversion(subject, verb.fr, time.fr)}",
        )
    place = rng.choice(DESTINATIONS)
    return question(
        english_question(subject, VERBS["go"].en, f"{place.en} {time.en}", Tense.PROGRESSIVE),
        french_inversion(subject, VERBS["go"].fr, f"{place.fr} {time.fr}"),
    )
