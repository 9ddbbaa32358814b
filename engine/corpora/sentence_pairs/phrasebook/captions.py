"""Patterns in the style of picture captions: who is doing what, where."""

from dataclasses import replace
from random import Random

from .adjectives import BEFORE, COLOURS, suiting
from .choices import (
    ONLY_WOMEN,
    act,
    choose_adjectives,
    choose_container,
    choose_noun,
    choose_object,
    choose_seen_group,
    choose_seen_person,
    choose_worker,
    describe,
    do,
)
from .collocations import ANIMAL_ACTIVITIES, ANYWHERE, DOINGS, INSIDE, OUTSIDE, Activity
from .english import english_clause
from .french import after_de, french_clause
from .grammar_types import Noun, Pair, Phrase, Tense, together
from .nouns import ADULTS, ANIMALS, BUILDINGS, CLOTHES, DRINKS, FOODS, MASS_FOODS, NOUNS, VEHICLES, YOUNG
from .patterns import pattern, sentence
from .phrases import noun_phrase, owner_determiner
from .settings import ANIMAL_PLACES, INDOORS, OUTDOORS, SPOTS, fixed
from .verbs import VERBS


def _scene(rng: Random) -> tuple[Activity, Pair]:
    """Return an activity and a place that suits it."""
    if rng.random() < 0.6:
        return rng.choice(OUTSIDE + ANYWHERE), rng.choice(OUTDOORS)
    return rng.choice(INSIDE + ANYWHERE), rng.choice(INDOORS)


def _animal(rng: Random, determiner: str = "a", is_plural: bool = False) -> Phrase:
    noun = choose_noun(rng, ANIMALS)
    return noun_phrase(determiner, noun, *choose_adjectives(rng, noun, 0.7), is_plural=is_plural)


def _dressed_person(rng: Random) -> tuple[Noun, str]:
    """Return somebody and the name of a garment to wear."""
    noun = choose_noun(rng, ADULTS, YOUNG)
    return noun, rng.choice([name for name in CLOTHES if name not in ONLY_WOMEN or noun.gender == "f"])


@pattern
def person_in_a_place(rng: Random) -> Pair:
    """Return "A woman in a red coat is reading a book in the park." """
    activity, place = _scene(rng)
    return sentence(*together(act(choose_seen_person(rng), activity), place))


@pattern
def group_in_a_place(rng: Random) -> Pair:
    """Return "Two boys are playing football on the beach." """
    activity, place = _scene(rng)
    return sentence(*together(act(choose_seen_group(rng), activity), place))


@pattern
def crowd_in_a_place(rng: Random) -> Pair:
    """Return "A group of tourists is waiting at the station." """
    noun = choose_noun(rng, ADULTS, YOUNG, "child")
    many = noun_phrase("bare", noun, is_plural=True)
    crowd = rng.choice(
        [
            Phrase(f"a group of {many.en}", f"un groupe {after_de(many.fr)}", "m"),
            Phrase("some people", "des gens", "m", is_plural=True),
            Phrase(f"several {many.en}", f"plusieurs {noun.fr_plural}", noun.gender, is_plural=True),
        ]
    )
    activity, place = _scene(rng)
    return sentence(*together(act(crowd, activity), place))


@pattern
def person_who(rng: Random) -> Pair:
    """Return "A man who is wearing a black hat is singing in the street." """
    noun, name = _dressed_person(rng)
    garment = noun_phrase("a", name, rng.choice(COLOURS))
    person = describe(noun_phrase("a", noun), Pair(f"who is wearing {garment.en}", f"qui porte {garment.fr}"))
    activity, place = _scene(rng)
    return sentence(*together(act(person, activity), place))


@pattern
def person_wearing(rng: Random) -> Pair:
    """Return "The waitress is wearing a long dress and white shoes." """
    noun, name = _dressed_person(rng)
    looks = suiting("clothing", BEFORE + COLOURS)
    garment = noun_phrase("a", name, rng.choice(looks))
    shoes = noun_phrase("bare", rng.choice(["shoe", "boot", "glove"]), rng.choice(looks), is_plural=True)
    both = Pair(f"{garment.en} and {shoes.en}", f"{garment.fr} et {shoes.fr}")
    return sentence(*do(noun_phrase("the", noun), "wear", both, Tense.PROGRESSIVE))


@pattern
def animal_in_a_place(rng: Random) -> Pair:
    """Return "A small white dog is sleeping under the table." """
    place = rng.choice(SPOTS) if rng.random() < 0.2 else rng.choice(ANIMAL_PLACES)
    small = choose_noun(rng, "dog cat rabbit hen")
    subject = noun_phrase("a", small, *choose_adjectives(rng, small, 0.7)) if place in SPOTS else _animal(rng)
    activity = Activity("sleep") if place in SPOTS else rng.choice(ANIMAL_ACTIVITIES)
    return sentence(*together(act(subject, activity), place))


@pattern
def animals_in_a_place(rng: Random) -> Pair:
    """Return "Three old horses are running in a field." """
    clause = act(
        _animal(rng, rng.choice(["two", "three", "four", "six", "the"]), is_plural=True), rng.choice(ANIMAL_ACTIVITIES)
    )
    place = rng.choice(ANIMAL_PLACES)
    return sentence(*together(clause, place))


@pattern
def walking_an_animal(rng: Random) -> Pair:
    """Return "An old man is walking his dog by the sea." """
    walker = choose_seen_person(rng)
    dog = noun_phrase(
        owner_determiner(walker), "dog", *choose_adjectives(rng, NOUNS["dog"]), is_plural=rng.random() < 0.2
    )
    place = rng.choice(OUTDOORS)
    return sentence(*together(do(walker, "walk#dog", dog, Tense.PROGRESSIVE), place))


@pattern
def there_is(rng: Random) -> Pair:
    """Return "There is a red bicycle in front of the church." """
    noun = choose_noun(rng, VEHICLES, ANIMALS, "bench tree flower")
    noun = NOUNS["boat"] if noun.en in {"plane", "train", "bus"} else noun
    number = rng.choice(["a", "a", "two", "three", "several"])
    adjectives = choose_adjectives(rng, noun)
    thing = noun_phrase("two" if number == "several" else number, noun, *adjectives)
    place = rng.choice(OUTDOORS)
    if number == "several":
        thing = replace(thing, en=thing.en.replace("two", "several", 1), fr=thing.fr.replace("deux", "plusieurs", 1))
    verb = "are" if thing.is_plural else "is"
    return sentence(f"there {verb} {thing.en} {place.en}", f"il y a {thing.fr} {place.fr}")


@pattern
def there_is_no(rng: Random) -> Pair:
    """Return "There isn't any milk on the table." """
    noun = choose_noun(rng, MASS_FOODS, DRINKS, FOODS, "plate cup")
    is_plural = noun.en_plural != "-"
    thing = noun_phrase("not any", noun, is_plural=is_plural)
    elsewhere = [Pair("in the shop", "dans le magasin"), Pair("in this house", "dans cette maison")]
    place = rng.choice(fixed("on the table", "in the box", "in the basket", "in the kitchen") + elsewhere)
    return sentence(
        f"there {'aren' if is_plural else 'isn'}'t {thing.en} {place.en}", f"il n'y a pas {thing.fr} {place.fr}"
    )


@pattern
def picture_without_a_verb(rng: Random) -> Pair:
    """Return "An old man with a white beard on a bench." """
    person = choose_seen_person(rng)
    place = rng.choice(OUTDOORS + INDOORS)
    return sentence(*together(person, place))


@pattern
def carrying_a_container(rng: Random) -> Pair:
    """Return "The fisherman is carrying a basket of apples." """
    full = choose_container(rng)
    subject = rng.choice([choose_worker(rng), choose_seen_person(rng), choose_seen_group(rng)])
    verb = rng.choice(["carry", "bring", "buy", "prepare" if full.en.startswith("a cup of") else "want"])
    tense = Tense.PRESENT if verb == "want" else Tense.PROGRESSIVE
    return sentence(*do(subject, verb, full, tense))


@pattern
def person_with_a_thing(rng: Random) -> Pair:
    """Return "Two young women are painting a blue door." """
    subject = rng.choice([choose_seen_person(rng), choose_seen_group(rng)])
    doing = rng.choice(DOINGS)
    return sentence(*do(subject, doing.verb, choose_object(rng, doing, subject, ("a", "a", "the")), Tense.PROGRESSIVE))


@pattern
def two_at_once(rng: Random) -> Pair:
    """Return "A girl is singing while her brother is playing the piano." """
    noun = choose_noun(rng, ADULTS, YOUNG)
    first = noun_phrase("a", noun)
    other = noun_phrase(owner_determiner(first), rng.choice(["brother", "sister", "friend", "father", "mother", "dog"]))
    activities = ANIMAL_ACTIVITIES[:6] if other.en.endswith("dog") else ANYWHERE + INSIDE
    clauses = act(first, rng.choice(ANYWHERE + INSIDE + OUTSIDE)), act(other, rng.choice(activities))
    return sentence(f"{clauses[0].en} while {clauses[1].en}", f"{clauses[0].fr} pendant que {clauses[1].fr}")


@pattern
def the_one_that(rng: Random) -> Pair:
    """Return "The cat that is sleeping on the chair is black." """
    noun = choose_noun(rng, "dog cat horse goat rabbit hen donkey sheep cow duck")
    subject = noun_phrase("the", noun, is_plural=rng.random() < 0.3)
    verb = VERBS[rng.choice(["sleep", "run", "eat", "drink", "rest"])]
    place, colour = rng.choice(ANIMAL_PLACES), rng.choice(suiting("animal", COLOURS))
    relative = Phrase(f"{subject.en} that", f"{subject.fr} qui", subject.gender, subject.is_plural)
    be, etre = ("are", "sont") if subject.is_plural else ("is", "est")
    return sentence(
        f"{english_clause(relative, verb.en, place.en, Tense.PROGRESSIVE)} {be} {colour.en}",
        f"{french_clause(relative, verb.fr, place.fr)} {etre} {colour.agree(subject.gender, subject.is_plural)}",
    )


@pattern
def building_with_an_adjective(rng: Random) -> Pair:
    """Return "A small boat near an old lighthouse." """
    first, second = choose_noun(rng, VEHICLES, "tree bench"), choose_noun(rng, BUILDINGS)
    first = NOUNS["lorry"] if first.en in {"plane", "train"} else first
    second = NOUNS["castle"] if second.en in {"kitchen", "room", "street", "island", "village"} else second
    one = noun_phrase("a", first, *choose_adjectives(rng, first, 0.8))
    other = noun_phrase("a", second, *choose_adjectives(rng, second, 0.8))
    where = rng.choice(["near", "in front of", "behind", "next to"])
    preposition = {
        "near": f"près {after_de(other.fr)}",
        "in front of": f"devant {other.fr}",
        "behind": f"derrière {other.fr}",
        "next to": f"à côté {after_de(other.fr)}",
    }[where]
    return sentence(f"{one.en} {where} {other.en}", f"{one.fr} {preposition}")
