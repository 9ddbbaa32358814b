"""What goes with what: verbs with the objects and complements that make sense after them."""

from dataclasses import dataclass

from .grammar_types import Pair


@dataclass(frozen=True)
class Doing:
    """A transitive verb (key of VERBS) and its objects; with `is_own` they belong to the subject (her keys)."""

    verb: str
    nouns: tuple[str, ...]
    is_own: bool = False


def _doings(rows: str, is_own: bool = False) -> list[Doing]:
    """Return one Doing per line "verb: noun, noun"."""
    doings = []
    for row in rows.strip().splitlines():
        verb, _, nouns = row.partition(":")
        doings.append(Doing(verb, tuple(noun.strip() for noun in nouns.split(",")), is_own))
    return doings


# Usable in every tense.
DOINGS = _doings("""
repair: car, bicycle, boat, clock, lamp, chair, computer, net, lorry
wash: car, shirt, dress, plate, cup, window, coat, skirt
paint: house, door, boat, bridge, lighthouse, gate, window, chair
draw: horse, tree, boat, lighthouse, flower, church, bird, donkey, island
read: book, letter, newspaper, story, poem
write: letter, story, poem, song, book
sell: car, boat, house, bicycle, guitar, horse, hotel, shop
buy: book, hat, coat, dress, car, bicycle, umbrella, lamp, guitar, present, newspaper, scarf
clean: kitchen, room, window, boat, car, table
carry: bag, box, basket, suitcase, chair, ladder
visit: castle, museum, lighthouse, church, garden, island, village, school
close: door, window, gate, box, suitcase
open: door, window, gate, box, letter, suitcase, bottle
build: house, bridge, boat, hotel, school
choose: book, dress, hat, coat, present, cake, film
watch: bird, film, train, boat, seagull
look at: map, photo, lighthouse, clock, castle
feed: cat, dog, horse, hen, rabbit, duck, goat, donkey
push: car, bicycle, boat
listen to: song, story
prepare: cake, sandwich
plant: tree, flower
knit: scarf, jumper
eat: apple, pear, orange, sandwich, cake, tomato, egg, banana, biscuit
""") + _doings(
    """
look for: key, bag, umbrella, phone, glasses, hat, scarf, suitcase, bicycle, ticket
""",
    is_own=True,
)

# Things that happen once: natural in the past.
PAST_DOINGS = (
    DOINGS
    + _doings("""
break: cup, plate, window, bottle, lamp, chair, clock
receive: letter, present, photo, book
see: heron, lighthouse, boat, seagull, film, castle, plane
hear: song, bell, bird, story
take: train, bus, plane
""")
    + _doings(
        """
find: key, bag, umbrella, phone, glasses, hat, scarf, glove, ticket
lose: key, bag, umbrella, phone, glasses, hat, scarf, glove, ticket
forget: key, bag, umbrella, phone, glasses, book, ticket
keep: ticket, letter, photo
""",
        is_own=True,
    )
)

# Verbs of giving: what is given (see patterns with lui, leur, à quelqu'un).
GIVING = ["give", "show", "lend", "send", "bring"]
GIVEN = {
    "give": ["apple", "book", "flower", "key", "present", "letter", "orange", "umbrella"],
    "show": ["map", "photo", "letter", "garden", "lighthouse", "boat", "room"],
    "lend": ["bicycle", "book", "umbrella", "car", "guitar", "ladder", "coat"],
    "send": ["letter", "photo", "present", "book", "box", "map"],
    "bring": ["chair", "newspaper", "cake", "basket", "sandwich", "bottle", "plate"],
}


@dataclass(frozen=True)
class Activity:
    """Something people are seen doing: a verb and its fixed complement in both languages."""

    verb: str
    en: str = ""
    fr: str = ""


ANYWHERE = [
    Activity("play", "the guitar", "de la guitare"),
    Activity("play", "the violin", "du violon"),
    Activity("play", "chess", "aux échecs"),
    Activity("play", "cards", "aux cartes"),
    Activity("read", "a book", "un livre"),
    Activity("read", "the newspaper", "le journal"),
    Activity("read", "a long letter", "une longue lettre"),
    Activity("write", "a letter", "une lettre"),
    Activity("eat", "a sandwich", "un sandwich"),
    Activity("eat", "an orange", "une orange"),
    Activity("drink", "a cup of coffee", "une tasse de café"),
    Activity("drink", "a glass of water", "un verre d'eau"),
    Activity("take", "photos", "des photos"),
    Activity("listen to", "music", "de la musique"),
    Activity("talk", "with a friend", "avec un ami"),
    Activity("look at", "a map", "une carte"),
    Activity("sing", "a song", "une chanson"),
    Activity("draw", "a horse", "un cheval"),
    Activity("sing"),
    Activity("dance"),
    Activity("rest"),
    Activity("laugh"),
    Activity("sleep"),
    Activity("work"),
    Activity("knit", "a scarf", "une écharpe"),
    Activity("hold", "a baby", "un bébé"),
]
OUTSIDE = [
    Activity("play", "football", "au football"),
    Activity("play", "with a ball", "avec un ballon"),
    Activity("ride", "a bicycle", "du vélo"),
    Activity("walk"),
    Activity("run"),
    Activity("jump"),
    Activity("play", "with a kite", "avec un cerf-volant"),
    Activity("eat", "an ice cream", "une glace"),
    Activity("wait for", "the bus", "le bus"),
    Activity("sell", "flowers", "des fleurs"),
    Activity("sell", "fish", "du poisson"),
    Activity("pick", "flowers", "des fleurs"),
    Activity("feed", "the birds", "les oiseaux"),
    Activity("repair", "a net", "un filet"),
    Activity("carry", "a big basket", "un grand panier"),
    Activity("push", "a bicycle", "un vélo"),
    Activity("throw", "a ball", "un ballon"),
    Activity("stroke", "a dog", "un chien"),
    Activity("paint", "a boat", "un bateau"),
    Activity("watch", "the boats", "les bateaux"),
]
INSIDE = [
    Activity("sweep", "the floor", "le sol"),
    Activity("wait"),
    Activity("study"),
    Activity("have lunch"),
    Activity("drink", "some tea", "du thé"),
    Activity("eat", "some soup", "de la soupe"),
    Activity("cry"),
    Activity("smile"),
]
ANIMAL_ACTIVITIES = [
    Activity("sleep"),
    Activity("run"),
    Activity("eat"),
    Activity("drink"),
    Activity("rest"),
    Activity("wait"),
    Activity("play"),
]

# What fits in what: "a basket of apples / un panier de pommes".
CONTAINERS = [
    Pair("a basket of", "un panier"),
    Pair("a glass of", "un verre"),
    Pair("a cup of", "une tasse"),
    Pair("a bottle of", "une bouteille"),
    Pair("a box of", "une boîte"),
    Pair("a plate of", "une assiette"),
    Pair("a piece of", "un morceau"),
    Pair("a kilo of", "un kilo"),
    Pair("a litre of", "un litre"),
]
CONTENTS = {
    "a basket of": ["apple", "pear", "cherry", "orange", "egg", "flower", "onion"],
    "a glass of": ["water", "milk", "wine", "orange juice", "apple juice", "beer"],
    "a cup of": ["tea", "coffee", "chocolate"],
    "a bottle of": ["water", "wine", "milk", "apple juice"],
    "a box of": ["biscuit", "egg"],
    "a plate of": ["rice", "ham", "cheese", "biscuit", "fish"],
    "a piece of": ["bread", "cheese", "cake", "chocolate"],
    "a kilo of": ["apple", "orange", "carrot", "tomato", "rice", "onion", "pear", "cherry"],
    "a litre of": ["milk", "water", "apple juice"],
}

# Infinitive complements that need no object of their own: "to swim / nager".
INFINITIVES = [
    Pair("swim", "nager"),
    Pair("dance", "danser"),
    Pair("sing", "chanter"),
    Pair("cook", "cuisiner"),
    Pair("play the piano", "jouer du piano"),
    Pair("play chess", "jouer aux échecs"),
    Pair("drive a lorry", "conduire un camion"),
    Pair("speak French", "parler français"),
    Pair("ride a bicycle", "faire du vélo"),
    Pair("repair an engine", "réparer un moteur"),
    Pair("draw animals", "dessiner des animaux"),
    Pair("read a map", "lire une carte"),
    Pair("play the guitar", "jouer de la guitare"),
    Pair("play tennis", "jouer au tennis"),
    Pair("make bread", "faire du pain"),
    Pair("write a poem", "écrire un poème"),
]

GAMES = [
    Pair("the piano", "du piano"),
    Pair("the violin", "du violon"),
    Pair("the guitar", "de la guitare"),
    Pair("the trumpet", "de la trompette"),
    Pair("the flute", "de la flûte"),
    Pair("the accordion", "de l'accordéon"),
    Pair("the harp", "de la harpe"),
    Pair("the drums", "de la batterie"),
    Pair("football", "au football"),
    Pair("tennis", "au tennis"),
    Pair("rugby", "au rugby"),
    Pair("basketball", "au basket"),
    Pair("chess", "aux échecs"),
    Pair("cards", "aux cartes"),
    Pair("golf", "au golf"),
]

# English noun after "has a sore" or "'s ... hurts" / French after "avoir mal".
PAINS = [
    Pair("head", "à la tête"),
    Pair("back", "au dos"),
    Pair("knee", "au genou"),
    Pair("foot", "au pied"),
    Pair("hand", "à la main"),
    Pair("arm", "au bras"),
    Pair("leg", "à la jambe"),
    Pair("stomach", "au ventre"),
    Pair("throat", "à la gorge"),
    Pair("ear", "à l'oreille"),
    Pair("shoulder", "à l'épaule"),
    Pair("eye", "à l'œil"),
]

# English after *be* / French after *avoir*.
HAVING = [
    Pair("hungry", "faim"),
    Pair("thirsty", "soif"),
    Pair("cold", "froid"),
    Pair("hot", "chaud"),
    Pair("sleepy", "sommeil"),
    Pair("afraid", "peur"),
    Pair("right", "raison"),
    Pair("wrong", "tort"),
    Pair("lucky", "de la chance"),
]
