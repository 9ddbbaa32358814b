"""Patterns of questions with what, why, who, how many, how much and which."""

from random import Random

from .choices import act, choose_adjectives, choose_noun, choose_object, choose_relative, choose_third_person
from .collocations import ANYWHERE, INSIDE, OUTSIDE, PAST_DOINGS
from .english import be_form, english_question
from .french import ETRE, elide, french_clause, french_inversion
from .grammar_types import NOTHING, Pair, Phrase, Tense, together
from .nouns import CLOTHES, FOODS, NOUNS, PAIRS_WORN, VEHICLES, WORN_IN_PAIRS
from .patterns import pattern, question, sentence
from .phrases import HE, NUMBERS, SHE, THEY, YOU, noun_phrase, pronoun_for
from .questions import choose_asked_about, est_ce_que
from .settings import CHEZ, INDOORS, REGIONS, fixed
from .verbs import VERBS

ASKED_ABOUT = "eat, drink, read, write, look for, draw, repair, buy, sell, carry, prepare, paint, watch, build"


@pattern
def what_are_they_doing(rng: Random) -> Pair:
    """Return "What is the baby eating?" with qu'est-ce que: "Qu'est-ce que le bébé mange ?" """
    little_one = noun_phrase("the", rng.choice(["child", "baby"]))
    subject = rng.choice([YOU, choose_asked_about(rng), choose_asked_about(rng), little_one])
    verb = VERBS[rng.choice(ASKED_ABOUT.split(", "))]
    if subject.en in {"the child", "the baby"}:
        verb = VERBS[rng.choice(["eat", "drink", "watch", "look for"])]
    tense = rng.choice([Tense.PROGRESSIVE, Tense.PAST, Tense.FUTURE])
    place = rng.choice(fixed("", "in the kitchen", "at the market", "in the garden"))
    return question(
        f"what {english_question(subject, verb.en, place.en, tense)}",
        f"qu'est-ce que {french_clause(subject, verb.fr, place.fr, tense)}",
    )


@pattern
def why_question(rng: Random) -> Pair:
    """Return "Why is the baby crying?" """
    subject = rng.choice([YOU, choose_asked_about(rng), noun_phrase("the", rng.choice(["child", "baby", "dog"]))])
    activities = [activity for activity in ANYWHERE + INSIDE + OUTSIDE if not activity.en]
    if subject.en == "the dog":
        activities = [activity for activity in activities if activity.verb in {"run", "jump", "sleep", "wait"}]
    activity = rng.choice(activities)
    verb, place = VERBS[activity.verb], rng.choice([NOTHING, NOTHING, *INDOORS[:4]])
    return est_ce_que(subject, verb, place, Tense.PROGRESSIVE, Pair("why", "pourquoi"))


@pattern
def who_question(rng: Random) -> Pair:
    """Return "Who broke the lamp?" and "Who is singing in the kitchen?" """
    who = Phrase("who", "qui", "m")
    if rng.random() < 0.6:
        doing = rng.choice([doing for doing in PAST_DOINGS if not doing.is_own])
        thing = choose_object(rng, doing, who, ("the", "this", "my", "your"), 0.2)
        verb = VERBS[doing.verb]
        return question(
            f"who {verb.en.past} {verb.en.particle} {thing.en}", french_clause(who, verb.fr, thing.fr, Tense.PAST)
        )
    clause = act(who, rng.choice(ANYWHERE), is_short=False)
    place = rng.choice(INDOORS)
    return question(*together(clause, place))


@pattern
def how_many(rng: Random) -> Pair:
    """Return "How many brothers do you have?" and "How many apples did she buy?" """
    subject = rng.choice([YOU, HE, SHE, THEY])
    names = rng.choice(
        [
            "brother sister aunt daughter son friend cat dog hen horse book bicycle hat boat".split(),
            ["apple", "egg", "orange", "cake", "tomato", "pear", "cherry", "carrot", "flower", "hen"],
            ["letter", "photo", "present", "book", "newspaper"],
        ]
    )
    noun = NOUNS[rng.choice(names)]
    opening = Pair(f"how many {noun.en_plural}", elide(f"combien de {noun.fr_plural}"))
    verb, tense = (
        ("have", Tense.PRESENT)
        if "brother" in names
        else (rng.choice(["buy", "sell", "choose"] if "apple" in names else ["receive", "find"]), Tense.PAST)
    )
    if tense is Tense.PRESENT:
        return question(
            f"{opening.en} {english_question(subject, VERBS[verb].en)}",
            f"{opening.fr} {french_inversion(subject, VERBS[verb].fr)}",
        )
    agreement = noun_phrase("the", noun, is_plural=True)
    french = french_clause(subject, VERBS[verb].fr, "", tense, preceding_object=agreement)
    return question(
        f"{opening.en} {english_question(subject, VERBS[verb].en, '', tense)}", f"{opening.fr} est-ce que {french}"
    )


@pattern
def how_much(rng: Random) -> Pair:
    """Return "How much do these shoes cost?" and "This hat costs twenty euros." """
    noun = choose_noun(rng, CLOTHES, PAIRS_WORN, VEHICLES, "lamp book umbrella guitar flower basket cake chair")
    noun = NOUNS["bicycle"] if noun.kind == "vehicle" else noun
    is_plural = noun.en in WORN_IN_PAIRS or rng.random() < 0.3
    thing = noun_phrase("this", noun, *choose_adjectives(rng, noun, 0.5), is_plural=is_plural)
    if rng.random() < 0.4:
        return question(
            f"how much {english_question(thing, VERBS['cost'].en)}",
            f"combien {VERBS['cost'].fr.finite(thing)} {thing.fr}",
        )
    price = NUMBERS[rng.choice([5, 8, 10, 11, 12, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100])]
    return sentence(
        f"{thing.en} {'cost' if is_plural else 'costs'} {price[0]} euros",
        f"{thing.fr} {VERBS['cost'].fr.finite(thing)} {price[1]} euros",
    )


@pattern
def which(rng: Random) -> Pair:
    """Return "Which train are you taking?" and "What colour is your car?" """
    if rng.random() < 0.4:
        noun = choose_noun(rng, CLOTHES, PAIRS_WORN, "car bicycle boat house umbrella door bag cat horse")
        is_plural = noun.en in WORN_IN_PAIRS
        thing = noun_phrase(rng.choice(["your", "his", "their", "our", "the"]), noun, is_plural=is_plural)
        return question(
            f"what colour {be_form(thing)} {thing.en}", f"de quelle couleur {ETRE.finite(thing)} {thing.fr}"
        )
    verb_key, names = rng.choice(
        [
            ("take", ["train", "bus", "car", "bicycle", "boat"]),
            ("choose", ["book", "dress", "hat", "cake", "film", "coat", "orange"]),
            ("read", ["book", "letter", "story", "newspaper", "poem"]),
            ("visit", ["castle", "island", "museum", "church", "school"]),
            ("repair", ["clock", "bicycle", "car", "lamp"]),
        ]
    )
    subject, noun = rng.choice([YOU, HE, SHE, THEY]), NOUNS[rng.choice(names)]
    quel = {"m": ("quel", "quels"), "f": ("quelle", "quelles")}[noun.gender]
    is_plural = rng.random() < 0.25
    french_noun = f"{quel[is_plural]} {noun.fr_plural if is_plural else noun.fr}"
    english_noun = f"which {noun.en_plural if is_plural else noun.en}"
    verb = VERBS[verb_key]
    return question(
        f"{english_noun} {english_question(subject, verb.en, '', Tense.PROGRESSIVE)}",
        f"{french_noun} {french_inversion(subject, verb.fr)}",
    )


@pattern
def one_of_them(rng: Random) -> Pair:
    """Return "Do you have any apples? Yes, I have three." with *en*: "As-tu des pommes ? Oui, j'en ai trois." """
    noun = choose_noun(rng, FOODS, "key ticket chair cat book brother sister umbrella basket")
    things = noun_phrase("bare", noun, is_plural=True)
    asked = question(f"do you have any {things.en}", f"as-tu {things.fr}")
    number = NUMBERS[rng.choice([2, 3, 4, 5, 6, 8, 10, 12])]
    answer = rng.choice(
        [
            sentence(f"yes, I have {number[0]}", f"oui, j'en ai {number[1]}"),
            sentence(f"yes, I have {number[0]}", f"oui, j'en ai {number[1]}"),
            sentence("no, I don't have any", "non, je n'en ai pas"),
        ]
    )
    return together(asked, answer)


@pattern
def is_somebody_there(rng: Random) -> Pair:
    """Return "Is your sister at the doctor's?" with inversion after a noun: "Ta sœur est-elle chez le médecin ?" """
    person = rng.choice([choose_relative(rng, ("your", "my", "our")), choose_third_person(rng)])
    pronoun = pronoun_for(person)
    chez = rng.choice(CHEZ[:5])
    region = rng.choice(REGIONS)
    place = rng.choice(
        [Pair(f"at {chez.en}", f"chez {chez.fr}"), rng.choice(INDOORS), Pair(f"in {region.en}", region.fr_in)]
    )
    return question(
        f"{be_form(person)} {person.en} {place.en}", f"{person.fr} {french_inversion(pronoun, ETRE, place.fr)}"
    )
