"""Patterns with object pronouns and giving: le, la, les, lui, leur, to somebody."""

from random import Random

from .choices import (
    choose_adjectives,
    choose_noun,
    choose_past_time,
    choose_pronoun,
    choose_relative,
    choose_subject,
    choose_third_person,
    do,
)
from .collocations import GIVEN, GIVING
from .english import be_form, english_clause
from .french import ETRE, after_a, french_clause
from .grammar_types import Pair, Tense, together
from .nouns import ADULTS, FAMILY, NOUNS
from .patterns import pattern, question, sentence
from .phrases import HE, NAMES, SHE, THEY, WE, I, noun_phrase, object_pronoun_for, owner_determiner
from .settings import HABITS
from .verbs import VERBS

MISLAID = (
    "key glove phone ticket umbrella map glasses bag letter lamp hat scarf newspaper ladder box photo basket shoe boot "
    "book"
)


@pattern
def cannot_find_it(rng: Random) -> Pair:
    """Return "Where is the key? I can't find it." """
    noun = choose_noun(rng, MISLAID)
    is_plural = noun.en == "-" or rng.random() < 0.3
    thing = noun_phrase(rng.choice(["the", "my", "your", "our", "my"]), noun, is_plural=is_plural)
    pronoun = object_pronoun_for(thing)
    finder = rng.choice([I, I, WE, HE, SHE])
    where = question(f"where {be_form(thing)} {thing.en}", f"où {ETRE.finite(thing)} {thing.fr}")
    english, verb, negation = rng.choice(
        [("can't find", "find", "not"), (f"{be_form(finder)} looking for", "look for", "")]
    )
    french = french_clause(finder, VERBS[verb].fr, negation=negation, clitic=pronoun.fr)
    return together(where, sentence(f"{finder.en} {english} {pronoun.en}", french))


@pattern
def did_it_already(rng: Random) -> Pair:
    """Return "The letters? I read them yesterday." with the participle agreeing: "Je les ai lues hier." """
    verb_key, names = rng.choice(
        [
            ("read", ["letter", "book", "newspaper", "story", "poem"]),
            ("close", ["door", "window", "gate", "box"]),
            ("open", ["door", "window", "box", "letter"]),
            ("sell", ["car", "house", "boat", "bicycle", "hen"]),
            ("write", ["letter", "poem", "story"]),
            ("find", ["key", "glasses", "ticket", "scarf"]),
            ("wash", ["shirt", "plate", "car", "cup"]),
            ("repair", ["lamp", "clock", "bicycle", "net"]),
            ("lose", ["key", "map", "glove"]),
            ("buy", ["lamp", "boat", "umbrella"]),
            ("paint", ["gate", "chair", "window", "door"]),
        ]
    )
    noun = NOUNS[rng.choice(names)]
    thing = noun_phrase("the", noun, is_plural=noun.en == "-" or rng.random() < 0.5)
    verb, pronoun = VERBS[verb_key], object_pronoun_for(thing)
    subject = rng.choice([choose_pronoun(rng), choose_third_person(rng)])
    time = choose_past_time(rng, verb_key)
    return together(
        sentence(thing.en, thing.fr, "?"),
        sentence(
            f"{english_clause(subject, verb.en, pronoun.en, Tense.PAST)} {time.en}",
            french_clause(subject, verb.fr, time.fr, Tense.PAST, clitic=pronoun.fr, preceding_object=thing),
        ),
    )


@pattern
def knowing_somebody(rng: Random) -> Pair:
    """Return "I know your sister. I see her every day." """
    person = choose_relative(rng, ("your", "your", "his"))
    pronoun = (
        Pair("them", "les") if person.is_plural else Pair("her", "la") if person.gender == "f" else Pair("him", "le")
    )
    knower, time = rng.choice([I, WE, THEY]), rng.choice(HABITS)
    verb = VERBS[rng.choice(["see", "help", "invite", "call"])]
    return together(
        sentence(*do(knower, "know", person, Tense.PRESENT)),
        sentence(
            english_clause(knower, verb.en, f"{pronoun.en} {time.en}"),
            french_clause(knower, verb.fr, time.fr, clitic=pronoun.fr),
        ),
    )


RECEIVERS = [
    (1, Pair("me", "me")),
    (2, Pair("you", "te")),
    (3, Pair("him", "lui")),
    (3, Pair("us", "nous")),
    (3, Pair("them", "leur")),
]


@pattern
def giving_to_a_pronoun(rng: Random) -> Pair:
    """Return "She gives him an apple." """
    verb_key = rng.choice(GIVING)
    subject = rng.choice([choose_pronoun(rng), choose_third_person(rng)])
    receivers = [
        pronoun
        for person, pronoun in RECEIVERS
        if person != subject.person
        and (subject != WE or pronoun.en != "us")
        and (subject.person == 3 or pronoun.en != "us" or subject.person == 2)
    ]
    receiver, noun = rng.choice(receivers), NOUNS[rng.choice(GIVEN[verb_key])]
    verb, tense = VERBS[verb_key], rng.choice([Tense.PROGRESSIVE, Tense.PAST, Tense.FUTURE])
    thing = noun_phrase(rng.choice(["a", "a", "the"]), noun, *choose_adjectives(rng, noun, 0.2))
    return sentence(
        english_clause(subject, verb.en, f"{receiver.en} {thing.en}", tense),
        french_clause(subject, verb.fr, thing.fr, tense, clitic=receiver.fr),
    )


@pattern
def giving_to_somebody(rng: Random) -> Pair:
    """Return "He is giving the letter to the teacher." """
    verb_key = rng.choice(GIVING)
    subject, noun = choose_subject(rng), NOUNS[rng.choice(GIVEN[verb_key])]
    receiver = rng.choice(
        [
            noun_phrase("the", choose_noun(rng, ADULTS), is_plural=rng.random() < 0.2),
            noun_phrase("the", "child", is_plural=rng.random() < 0.5),
            rng.choice(NAMES),
            noun_phrase(owner_determiner(subject), choose_noun(rng, FAMILY)),
        ]
    )
    thing = noun_phrase(rng.choice(["a", "the", "this"]), noun, *choose_adjectives(rng, noun, 0.2))
    if receiver in (subject,):
        receiver = noun_phrase("the", "child")
    tense = rng.choice([Tense.PROGRESSIVE, Tense.PAST, Tense.FUTURE])
    return sentence(
        *do(subject, verb_key, Pair(f"{thing.en} to {receiver.en}", f"{thing.fr} {after_a(receiver.fr)}"), tense)
    )
