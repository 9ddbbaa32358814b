"""Patterns of everyday talk: wishes, skills, duties, requests, orders, shops."""

from collections.abc import Sequence
from random import Random

from .choices import choose_adjectives, choose_container, choose_noun, choose_object, choose_subject, do
from .collocations import DOINGS, INFINITIVES, Doing
from .english import is_third_singular
from .french import french_clause, french_inversion
from .grammar_types import NOTHING, Pair, Phrase, Tense, together
from .nouns import CLOTHES, DRINKS, MASS_FOODS
from .patterns import pattern, question, sentence
from .phrases import WE, YOU, I, noun_phrase
from .settings import DESTINATIONS, FUTURE_TIMES
from .verbs import VERBS

POLITE = Pair("please", "s'il vous plaît")
FAMILIAR = Pair("please", "s'il te plaît")
GREETINGS = [
    Pair(f"good {time}, {address}", f"{bon}, {adresse}")
    for time, bon in (("morning", "bonjour"), ("evening", "bonsoir"))
    for address, adresse in (("sir", "monsieur"), ("madam", "madame"))
]


# Asked of people; building a bridge or selling a hotel is not asked for with "please".
FAVOURS = [doing for doing in DOINGS if doing.verb not in {"build", "sell", "visit", "eat"}]
# French infinitives that stay the same after a negation (no indefinite object that would become *de*).
NEGATABLE = [action for action in INFINITIVES if not {"un", "des", "pain", "vélo"} & set(action.fr.split())]


def _infinitive(
    rng: Random, subject: Phrase, doings: Sequence[Doing] = tuple(DOINGS), is_negated: bool = False
) -> Pair:
    """Return something to do, in the infinitive: "close the door / fermer la porte"."""
    if rng.random() < 0.35:
        return rng.choice(NEGATABLE if is_negated else INFINITIVES)
    if rng.random() < 0.25:
        place = rng.choice(DESTINATIONS)
        return Pair(f"go {place.en}", f"aller {place.fr}")
    doing = rng.choice(doings)
    determiners = ("the", "this") if is_negated else ("the", "a", "this")
    thing, verb = choose_object(rng, doing, subject, determiners, 0.2), VERBS[doing.verb]
    return Pair(f"{verb.en.base} {verb.en.particle} {thing.en}", f"{verb.fr.infinitive} {thing.fr}")


@pattern
def wishing(rng: Random) -> Pair:
    """Return "I want to buy a new hat." and "She doesn't want to sing." """
    subject, negation = choose_subject(rng), rng.choice(["", "", "not"])
    action = _infinitive(rng, subject, is_negated=bool(negation))
    return sentence(*do(subject, "want", Pair(f"to {action.en}", action.fr), Tense.PRESENT, negation))


@pattern
def knowing_how(rng: Random) -> Pair:
    """Return "My sister can swim." and "He can't swim.", a skill: savoir."""
    subject, negation = choose_subject(rng), rng.choice(["", "not"])
    skill = rng.choice(NEGATABLE if negation else INFINITIVES)
    very_well = negation == "" and rng.random() < 0.3
    can = "can't" if negation else "can"
    return sentence(
        f"{subject.en} {can} {skill.en}{' very well' if very_well else ''}",
        french_clause(
            subject, VERBS["know how"].fr, f"{'très bien ' if very_well else ''}{skill.fr}", negation=negation
        ),
    )


@pattern
def obligation(rng: Random) -> Pair:
    """Return "You must close the door." """
    subject = choose_subject(rng)
    action = _infinitive(rng, subject)
    if rng.random() < 0.5:
        english = f"{subject.en} must {action.en}"
    else:
        english = f"{subject.en} {'has' if is_third_singular(subject) else 'have'} to {action.en}"
    return sentence(english, french_clause(subject, VERBS["have to"].fr, action.fr))


@pattern
def request(rng: Random) -> Pair:
    """Return "Can you open the window, please?" """
    action = _infinitive(rng, YOU, FAVOURS)
    if rng.random() < 0.25:
        asker, french = rng.choice([(I, "est-ce que je peux"), (WE, "est-ce que nous pouvons")])
        action = _infinitive(rng, asker, FAVOURS)
        return question(f"can {asker.en} {action.en}, please", f"{french} {action.fr}, s'il te plaît")
    end = rng.choice([FAMILIAR, NOTHING])
    english, french = f"can you {action.en}", french_inversion(YOU, VERBS["be able"].fr, action.fr)
    return question(f"{english}, {end.en}", f"{french}, {end.fr}") if end.en else question(english, french)


@pattern
def order(rng: Random) -> Pair:
    """Return "Close the door, please." and "Don't open that box!" """
    doing = rng.choice(FAVOURS)
    thing, verb = choose_object(rng, doing, YOU, ("the", "this", "the"), 0.3), VERBS[doing.verb]
    if rng.random() < 0.4:
        return sentence(
            f"don't {verb.en.base} {verb.en.particle} {thing.en}", f"ne {verb.fr.imperative()} pas {thing.fr}", "!"
        )
    return sentence(
        f"{verb.en.base} {verb.en.particle} {thing.en}, {FAMILIAR.en}",
        f"{verb.fr.imperative()} {thing.fr}, {FAMILIAR.fr}",
    )


@pattern
def suggestion(rng: Random) -> Pair:
    """Return "Let's go to the beach tomorrow." """
    time = rng.choice([NOTHING, *FUTURE_TIMES])
    if rng.random() < 0.6:
        place = rng.choice(DESTINATIONS)
        return sentence(f"let's go {place.en} {time.en}", f"allons {place.fr} {time.fr}")
    doing = rng.choice([doing for doing in DOINGS if not doing.is_own])
    verb, thing = VERBS[doing.verb], choose_object(rng, doing, WE, ("the", "a", "this"), 0.2)
    return sentence(
        f"let's {verb.en.base} {verb.en.particle} {thing.en} {time.en}", f"{verb.fr.finite(WE)} {thing.fr} {time.fr}"
    )


@pattern
def ordering_in_a_shop(rng: Random) -> Pair:
    """Return "Good morning, sir. I would like a cup of tea, please." """
    greeting = rng.choice(GREETINGS)
    draw = rng.random()
    if draw < 0.5:
        thing: Pair | Phrase = choose_container(rng)
    elif draw < 0.75:
        thing = noun_phrase("some", choose_noun(rng, MASS_FOODS, DRINKS))
    else:
        noun = choose_noun(rng, CLOTHES, "ticket map umbrella room")
        thing = noun_phrase("a", noun, *choose_adjectives(rng, noun, 0.5))
    first = sentence(*greeting)
    wish = sentence(f"I would like {thing.en}, please", f"je voudrais {thing.fr}, {POLITE.fr}")
    return together(first, wish)
