"""Places, times and weather: fixed bilingual expressions with their prepositions."""

from dataclasses import dataclass

from .grammar_types import NOTHING, Pair

EXPRESSIONS: dict[str, Pair] = {"": NOTHING}  # by their English


def _pairs(rows: str) -> list[Pair]:
    """Return one pair per line "English / French", and keep them in EXPRESSIONS."""
    pairs = [Pair(*(side.strip() for side in row.split("/"))) for row in rows.strip().splitlines()]
    EXPRESSIONS.update((pair.en, pair) for pair in pairs)
    return pairs


def fixed(*english: str) -> list[Pair]:
    """Return the expressions of this file with these English texts; "" stands for none."""
    return [EXPRESSIONS[text] for text in english]


OUTDOORS = _pairs("""
in the park / dans le parc
on the beach / sur la plage
in the street / dans la rue
in the garden / dans le jardin
in a field / dans un champ
in the forest / dans la forêt
by the river / au bord de la rivière
by the sea / au bord de la mer
in the snow / dans la neige
in front of the church / devant l'église
near the lighthouse / près du phare
behind the house / derrière la maison
under a big tree / sous un grand arbre
in the sun / au soleil
at the harbour / au port
in the village square / sur la place du village
near the old bridge / près du vieux pont
in front of the school / devant l'école
next to the fountain / à côté de la fontaine
in the rain / sous la pluie
""")

# Where farm animals, birds, dogs and cats are met.
ANIMAL_PLACES = [place for place in OUTDOORS if not place.en.startswith("in front of") and "square" not in place.en]

INDOORS = _pairs("""
in the kitchen / dans la cuisine
in the living room / dans le salon
at the station / à la gare
in a café / dans un café
at the library / à la bibliothèque
at home / à la maison
at school / à l'école
in the hotel / à l'hôtel
on the train / dans le train
by the window / près de la fenêtre
at the market / au marché
in the bakery / dans la boulangerie
""")

# Where things and animals can be: any of them makes sense for a cat, a key or a book.
SPOTS = _pairs("""
on the table / sur la table
under the table / sous la table
on the chair / sur la chaise
under the bench / sous le banc
in the box / dans la boîte
behind the door / derrière la porte
on the sofa / sur le canapé
next to the window / à côté de la fenêtre
near the fireplace / près de la cheminée
in the basket / dans le panier
on the stairs / dans l'escalier
between the two chairs / entre les deux chaises
in front of the door / devant la porte
under the bed / sous le lit
""")

# English destination / French destination.
DESTINATIONS = _pairs("""
to the park / au parc
to the beach / à la plage
to the market / au marché
to school / à l'école
to the station / à la gare
to the library / à la bibliothèque
to the cinema / au cinéma
to the harbour / au port
to the museum / au musée
to the hospital / à l'hôpital
to the swimming pool / à la piscine
to the bakery / à la boulangerie
to the restaurant / au restaurant
to the island / sur l'île
to the mountains / à la montagne
to the seaside / au bord de la mer
""")

CHEZ = _pairs("""
the doctor's / le médecin
the dentist's / le dentiste
the hairdresser's / le coiffeur
the baker's / le boulanger
the butcher's / le boucher
my grandmother's house / ma grand-mère
my parents' house / mes parents
my uncle's house / mon oncle
your friend's house / ton ami
our neighbours' house / nos voisins
Alice's house / Alice
the teacher's house / le professeur
""")


@dataclass(frozen=True)
class Region:
    """A town or country with its three French prepositions: in or to, and from."""

    en: str
    fr_in: str
    fr_from: str


REGIONS = [
    Region("France", "en France", "de France"),
    Region("Italy", "en Italie", "d'Italie"),
    Region("England", "en Angleterre", "d'Angleterre"),
    Region("Ireland", "en Irlande", "d'Irlande"),
    Region("Spain", "en Espagne", "d'Espagne"),
    Region("Germany", "en Allemagne", "d'Allemagne"),
    Region("Belgium", "en Belgique", "de Belgique"),
    Region("Scotland", "en Écosse", "d'Écosse"),
    Region("Canada", "au Canada", "du Canada"),
    Region("Japan", "au Japon", "du Japon"),
    Region("Portugal", "au Portugal", "du Portugal"),
    Region("Morocco", "au Maroc", "du Maroc"),
    Region("the United States", "aux États-Unis", "des États-Unis"),
    Region("the Netherlands", "aux Pays-Bas", "des Pays-Bas"),
    Region("Paris", "à Paris", "de Paris"),
    Region("London", "à Londres", "de Londres"),
    Region("Brussels", "à Bruxelles", "de Bruxelles"),
    Region("Saltmarsh", "à Saltmarsh", "de Saltmarsh"),
]

NOW = _pairs("""
now / maintenant
today / aujourd'hui
this morning / ce matin
this evening / ce soir
""")

PAST_TIMES = _pairs("""
yesterday / hier
last night / hier soir
last week / la semaine dernière
last summer / l'été dernier
two days ago / il y a deux jours
on Monday / lundi
yesterday morning / hier matin
last Saturday / samedi dernier
a month ago / il y a un mois
last year / l'année dernière
an hour ago / il y a une heure
""")

FUTURE_TIMES = _pairs("""
tomorrow / demain
tonight / ce soir
next week / la semaine prochaine
next summer / l'été prochain
in an hour / dans une heure
this weekend / ce week-end
tomorrow morning / demain matin
next Sunday / dimanche prochain
in two days / dans deux jours
next month / le mois prochain
""")

# The times close enough for things done in minutes.
RECENT = {"yesterday", "last night", "on Monday", "yesterday morning", "last Saturday", "an hour ago", "two days ago"}
SOON = {"tomorrow", "tonight", "in an hour", "this weekend", "tomorrow morning", "next Sunday"}

HABITS = _pairs("""
every day / tous les jours
every morning / tous les matins
every evening / tous les soirs
every week / toutes les semaines
on Sundays / le dimanche
on Saturdays / le samedi
in the evening / le soir
in summer / en été
in winter / en hiver
in spring / au printemps
twice a week / deux fois par semaine
""")

WEEKDAYS = [
    ("Monday", "lundi"),
    ("Tuesday", "mardi"),
    ("Wednesday", "mercredi"),
    ("Thursday", "jeudi"),
    ("Friday", "vendredi"),
    ("Saturday", "samedi"),
    ("Sunday", "dimanche"),
]

MONTHS = [
    ("January", "janvier"),
    ("February", "février"),
    ("March", "mars"),
    ("April", "avril"),
    ("May", "mai"),
    ("June", "juin"),
    ("July", "juillet"),
    ("August", "août"),
    ("September", "septembre"),
    ("October", "octobre"),
    ("November", "novembre"),
    ("December", "décembre"),
]

ORDINALS = [
    ("first", "premier"),
    ("second", "deux"),
    ("third", "trois"),
    ("fourth", "quatre"),
    ("fifth", "cinq"),
    ("sixth", "six"),
    ("seventh", "sept"),
    ("eighth", "huit"),
    ("ninth", "neuf"),
    ("tenth", "dix"),
    ("eleventh", "onze"),
    ("twelfth", "douze"),
    ("fifteenth", "quinze"),
    ("twentieth", "vingt"),
]

HOURS = [
    ("one", "une heure"),
    ("two", "deux heures"),
    ("three", "trois heures"),
    ("four", "quatre heures"),
    ("five", "cinq heures"),
    ("six", "six heures"),
    ("seven", "sept heures"),
    ("eight", "huit heures"),
    ("nine", "neuf heures"),
    ("ten", "dix heures"),
    ("eleven", "onze heures"),
]


def clock_times() -> list[Pair]:
    """Return the clock times in use: full, half and quarter hours, noon and midnight, without *at*."""
    times = [Pair("noon", "midi"), Pair("midnight", "minuit")]
    for english, french in HOURS:
        times += [
            Pair(f"{english} o'clock", french),
            Pair(f"half past {english}", f"{french} et demie"),
            Pair(f"a quarter past {english}", f"{french} et quart"),
            Pair(f"a quarter to {english}", f"{french} moins le quart"),
            Pair(f"ten past {english}", f"{french} dix"),
            Pair(f"twenty past {english}", f"{french} vingt"),
        ]
    return times


CLOCK_TIMES = clock_times()


@dataclass(frozen=True)
class Weather:
    """One kind of weather at present, in the past, in the near future and after *if*."""

    present: Pair
    past: Pair
    future: Pair
    condition: Pair


WEATHER = [
    Weather(*_pairs(row.replace("; ", "\n")))
    for row in """
it's raining / il pleut; it rained / il a plu; it's going to rain / il va pleuvoir; if it rains / si il pleut
it's snowing / il neige; it snowed / il a neigé; it's going to snow / il va neiger; if it snows / si il neige
it's cold / il fait froid; it was cold / il a fait froid; it's going to be cold / il va faire froid; \
if it's cold / si il fait froid
it's hot / il fait chaud; it was hot / il a fait chaud; it's going to be hot / il va faire chaud; \
if it's hot / si il fait chaud
the weather is nice / il fait beau; the weather was nice / il a fait beau; \
the weather is going to be nice / il va faire beau; if the weather is nice / si il fait beau
it's windy / il y a du vent; it was windy / il y a eu du vent; it's going to be windy / il va y avoir du vent; \
if it's windy / si il y a du vent
it's foggy / il y a du brouillard; it was foggy / il y a eu du brouillard; \
it's going to be foggy / il va y avoir du brouillard; if it's foggy / si il y a du brouillard
""".strip().splitlines()  # noqa: E501 - one kind per row
]
