"""Patterns in the style of picture captions: who is doing what, where."""

from dataclasses import replace
from random import Random

from .adjectives import BEFORE, COLOURS, suiting
from .choices import act, choose_adjectives, choose_object, choose_seen_group, choose_seen_person, choose_worker, do
from .collocations import ANIMAL_ACTIVITIES, ANYWHERE, CONTAINERS, CONTENTS, DOINGS, INSIDE, OUTSIDE, Activity
from .english import english_clause
from .french import after_de, french_clause
from .grammar_types import Pair, Phrase, Tense
from .nouns import ADULTS, ANIMALS, BUILDINGS, CLOTHES, DRINKS, FOODS, MASS_FOODS, NOUNS, VEHICLES, YOUNG
from .patterns import pattern, sentence
from .phrases import noun_phrase, owner_determiner
from .settings import ANIMAL_PLACES, INDOORS, OUTDOORS, SPOTS
from .verbs import VERBS


def _scene(rng: Random) -> tuple[Activity, Pair]:
    """Return an activity and a place that suits it."""
    if rng.random() < 0.6:
        return rng.choice(OUTSIDE + ANYWHERE), rng.choice(OUTDOORS)
    return rng.choice(INSIDE + ANYWHERE), rng.choice(INDOORS)


def _animal(rng: Random, determiner: str = "a", is_plural: bool = False) -> Phrase:
    noun = rng.choice(list(ANIMALS.values()))
    return noun_phrase(determiner, noun, *choose_adjectives(rng, noun, 0.7), is_plural=is_plural)


@pattern
def person_in_a_place(rng: Random) -> Pair:
    """Return "A woman in a red coat is reading a book in the park." """
    activity, place = _scene(rng)
    clause = act(choose_seen_person(rng), activity)
    return sentence(f"{clause.en} {place.en}", f"{clause.fr} {place.fr}")


@pattern
def group_in_a_place(rng: Random) -> Pair:
    """Return "Two boys are playing football on the beach." """
    activity, place = _scene(rng)
    clause = act(choose_seen_group(rng), activity)
    return sentence(f"{clause.en} {place.en}", f"{clause.fr} {place.fr}")


@pattern
def crowd_in_a_place(rng: Random) -> Pair:
    """Return "A group of tourists is waiting at the station." """
    noun = rng.choice([*ADULTS.values(), *YOUNG.values(), NOUNS["child"]])
    many = noun_phrase("bare", noun, is_plural=True)
    members = after_de(noun_phrase("bare", noun, is_plural=True).fr)
    crowd = rng.choice(
        [
            Phrase(f"a group of {many.en}", f"un groupe {members}", "m"),
            Phrase("some people", "des gens", "m", is_plural=True),
            Phrase(f"several {many.en}", f"plusieurs {noun.fr_plural}", noun.gender, is_plural=True),
        ]
    )
    activity, place = _scene(rng)
    clause = act(crowd, activity)
    return sentence(f"{clause.en} {place.en}", f"{clause.fr} {place.fr}")


@pattern
def person_who(rng: Random) -> Pair:
    """Return "A man who is wearing a black hat is singing in the street." """
    noun = rng.choice([*ADULTS.values(), *YOUNG.values()])
    name = rng.choice([name for name in CLOTHES if name not in {"dress", "skirt"} or noun.gender == "f"])
    garment = noun_phrase("a", name, rng.choice(COLOURS))
    person = noun_phrase("a", noun)
    person = replace(person, en=f"{person.en} who is wearing {garment.en}", fr=f"{person.fr} qui porte {garment.fr}")
    activity, place = _scene(rng)
    clause = act(person, activity)
    return sentence(f"{clause.en} {place.en}", f"{clause.fr} {place.fr}")


@pattern
def person_wearing(rng: Random) -> Pair:
    """Return "The waitress is wearing a long dress and white shoes." """
    noun = rng.choice([*ADULTS.values(), *YOUNG.values()])
    name = rng.choice([name for name in CLOTHES if name not in {"dress", "skirt"} or noun.gender == "f"])
    garment = noun_phrase("a", name, rng.choice(suiting("clothing", BEFORE + COLOURS)))
    shoes = noun_phrase(
        "bare", rng.choice(["shoe", "boot", "glove"]), rng.choice(suiting("clothing", BEFORE + COLOURS)), is_plural=True
    )
    subject = noun_phrase("the", noun)
    clause = do(subject, "wear", Pair(f"{garment.en} and {shoes.en}", f"{garment.fr} et {shoes.fr}"), Tense.PROGRESSIVE)
    return sentence(*clause)


@pattern
def animal_in_a_place(rng: Random) -> Pair:
    """Return "A small white dog is sleeping under the table." """
    place = rng.choice(SPOTS) if rng.random() < 0.2 else rng.choice(ANIMAL_PLACES)
    small = rng.choice([NOUNS["dog"], NOUNS["cat"], NOUNS["rabbit"], NOUNS["hen"]])
    subject = noun_phrase("a", small, *choose_adjectives(rng, small, 0.7)) if place in SPOTS else _animal(rng)
    activity = Activity("sleep") if place in SPOTS else rng.choice(ANIMAL_ACTIVITIES)
    clause = act(subject, activity)
    return sentence(f"{clause.en} {place.en}", f"{clause.fr} {place.fr}")


@pattern
def animals_in_a_place(rng: Random) -> Pair:
    """Return "Three old horses are running in a field." """
    clause = act(
        _animal(rng, rng.choice(["two", "three", "four", "six", "the"]), is_plural=True), rng.choice(ANIMAL_ACTIVITIES)
    )
    place = rng.choice(ANIMAL_PLACES)
    return sentence(f"{clause.en} {place.en}", f"{clause.fr} {place.fr}")


@pattern
def walking_an_animal(rng: Random) -> Pair:
    """Return "An old man is walking his dog by the sea." """
    walker = choose_seen_person(rng)
    dog = noun_phrase(
        owner_determiner(walker), "dog", *choose_adjectives(rng, NOUNS["dog"]), is_plural=rng.random() < 0.2
    )
    place = rng.choice(OUTDOORS)
    clause = do(walker, "walk#dog", dog, Tense.PROGRESSIVE)
    return sentence(f"{clause.en} {place.en}", f"{clause.fr} {place.fr}")


@pattern
def there_is(rng: Random) -> Pair:
    """Return "There is a red bicycle in front of the church." """
    noun = rng.choice([*VEHICLES.values(), *ANIMALS.values(), NOUNS["bench"], NOUNS["tree"], NOUNS["flower"]])
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
    noun = rng.choice([*MASS_FOODS.values(), *DRINKS.values(), *FOODS.values(), NOUNS["plate"], NOUNS["cup"]])
    is_plural = noun.en_plural != "-"
    thing = noun_phrase("not any", noun, is_plural=is_plural)
    place = rng.choice(
        [
            SPOTS[0],
            SPOTS[4],
            SPOTS[9],
            Pair("in the kitchen", "dans la cuisine"),
            Pair("in the shop", "dans le magasin"),
            Pair("in this house", "dans cette maison"),
        ]
    )
    return sentence(
        f"there {'aren' if is_plural else 'isn'}'t {thing.en} {place.en}", f"il n'y a pas {thing.fr} {place.fr}"
    )


@pattern
def picture_without_a_verb(rng: Random) -> Pair:
    """Return "An old man with a white beard on a bench." """
    person = choose_seen_person(rng)
    place = rng.choice(OUTDOORS + INDOORS)
    return sentence(f"{person.en} {place.en}", f"{person.fr} {place.fr}")


@pattern
def carrying_a_container(rng: Random) -> Pair:
    """Return "The fisherman is carrying a basket of apples." """
    container = rng.choice(CONTAINERS)
    noun = NOUNS[rng.choice(CONTENTS[container.en])]
    is_plural = noun.en_plural != "-" and container.en != "a piece of"
    content = noun_phrase("bare", noun, is_plural=is_plural)
    english = f"{container.en} {content.en if is_plural else noun.en}"
    french = f"{container.fr} de {noun.fr_plural if is_plural else noun.fr}"
    subject = rng.choice([choose_worker(rng), choose_seen_person(rng), choose_seen_group(rng)])
    verb = rng.choice(["carry", "bring", "buy", "prepare" if container.en == "a cup of" else "want"])
    tense = Tense.PRESENT if verb == "want" else Tense.PROGRESSIVE
    return sentence(*do(subject, verb, Pair(english, french), tense))


@pattern
def person_with_a_thing(rng: Random) -> Pair:
    """Return "Two young women are painting a blue door." """
    subject = rng.choice([choose_seen_person(rng), choose_seen_group(rng)])
    doing = rng.choice(DOINGS)
    return sentence(*do(subject, doing.verb, choose_object(rng, doing, subject, ("a", "a", "the")), Tense.PROGRESSIVE))


@pattern
def two_at_once(rng: Random) -> Pair:
    """Return "A girl is singing while her brother is playing the piano." """
    noun = rng.choice([*ADULTS.values(), *YOUNG.values()])
    first = noun_phrase("a", noun)
    other = noun_phrase(owner_determiner(first), rng.choice(["brother", "sister", "friend", "father", "mother", "dog"]))
    activities = ANIMAL_ACTIVITIES[:6] if other.en.endswith("dog") else ANYWHERE + INSIDE
    clauses = act(first, rng.choice(ANYWHERE + INSIDE + OUTSIDE)), act(other, rng.choice(activities))
    return sentence(f"{clauses[0].en} while {clauses[1].en}", f"{clauses[0].fr} pendant que {clauses[1].fr}")


@pattern
def the_one_that(rng: Random) -> Pair:
    """Return "The cat that is sleeping on the chair is black." """
    noun = rng.choice(
        [
            NOUNS["dog"],
            NOUNS["cat"],
            NOUNS["horse"],
            NOUNS["goat"],
            NOUNS["rabbit"],
            NOUNS["hen"],
            NOUNS["donkey"],
            NOUNS["sheep"],
            NOUNS["cow"],
            NOUNS["duck"],
        ]
    )
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
    first, second = (
        rng.choice([*VEHICLES.values(), NOUNS["tree"], NOUNS["bench"]]),
        rng.choice(list(BUILDINGS.values())),
    )
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
