"""Patterns that describe and compare: work, age, health, opinions, comparatives, superlatives, relative clauses."""

from random import Random

from .adjectives import COMPARED, FEELINGS
from .choices import choose_object, choose_pronoun, choose_singular, choose_subject, choose_third_person, do
from .collocations import GAMES, HAVING, PAINS, PAST_DOINGS
from .english import be_form, english_clause, finite_form, is_third_singular, possessive
from .french import AVOIR, ETRE, french_clause, french_inversion, starts_with_vowel_sound
from .grammar_types import NOTHING, Pair, Phrase, Tense, together
from .nouns import NOUNS, PROFESSIONS
from .patterns import pattern, question, sentence
from .phrases import HE, NUMBERS, SHE, THEY, YOU, noun_phrase, owner_determiner
from .settings import DESTINATIONS, HABITS, REGIONS, WEATHER, fixed
from .verbs import VERBS

# What is sensibly compared with what.
LARGE = ["house", "church", "hotel", "school", "museum", "castle", "shop", "garden"]
COSTLY = ["coat", "dress", "car", "boat", "guitar", "violin", "shirt", "jacket"]
HEAVY = ["suitcase", "box", "bag", "table", "basket", "ladder", "bench"]
COMPARABLE: list[tuple[str, list[str]]] = [
    ("small", LARGE),
    ("big", LARGE),
    ("heavy", HEAVY),
    ("expensive", COSTLY),
    ("small", ["cat", "dog", "rabbit", "hen", "duck", "bird"]),
    ("big", ["dog", "horse", "donkey", "sheep", "goat", "cow"]),
    ("small", ["bag", "box", "suitcase", "basket", "key"]),
    ("beautiful", ["song", "story", "poem", "film"]),
    ("old", ["church", "castle", "bridge", "lighthouse", "house", "museum", "hotel", "school"]),
    ("fast", ["train", "car", "boat", "bus", "horse", "plane", "bicycle", "lorry"]),
    ("quiet", ["village", "street", "garden", "island", "hotel", "harbour", "room"]),
    ("beautiful", ["castle", "garden", "church", "island", "village"]),
    ("interesting", ["book", "film", "story", "letter", "newspaper", "poem"]),
    ("good", ["book", "film", "story", "song", "poem"]),
    ("good", ["soup", "cake", "bread", "cheese", "ham"]),
    ("good", ["coffee", "wine", "tea", "orange juice", "beer"]),
]
PERSONAL = ["young", "strong", "tall", "patient", "cheerful", "old#person"]


def _compare(rng: Random, first: Phrase, second: Phrase, key: str, chances: int) -> Pair:
    """Return a comparison: of superiority with so many chances, else of equality or, with long adjectives, of less."""
    comparative, adjective = COMPARED[key]
    en, form = key.partition("#")[0], adjective.agree(first.gender, first.is_plural)
    is_good = en == "good"  # bon is irregular (meilleur)
    more = form.replace("bon", "meilleur").replace("meilleurne", "meilleure") if is_good else f"plus {form}"
    degrees = [Pair(comparative, more)] * chances + [Pair(f"as {en}", f"aussi {form}")]
    if en in {"patient", "cheerful", "expensive", "interesting"}:
        degrees.append(Pair(f"less {en}", f"moins {form}"))
    degree = rng.choice(degrees)
    link = "as" if degree.en.startswith("as ") else "than"
    return sentence(
        f"{first.en} {be_form(first)} {degree.en} {link} {second.en}",
        f"{first.fr} {ETRE.finite(first)} {degree.fr} que {second.fr}",
    )


@pattern
def compared_people(rng: Random) -> Pair:
    """Return "My sister is taller than my brother." and "Paul is as strong as Emma." """
    first, second = choose_third_person(rng), choose_third_person(rng)
    while first.fr == second.fr:
        second = choose_third_person(rng)
    return _compare(rng, first, second, rng.choice(PERSONAL), 3)


@pattern
def compared_things(rng: Random) -> Pair:
    """Return "The church is older than the castle." and "This cake is better than this soup." """
    en, names = rng.choice(COMPARABLE)
    one, other = (NOUNS[name] for name in rng.sample(names, 2))
    is_plural = one.en_plural != "-" and rng.random() < 0.25
    first = noun_phrase(rng.choice(["the", "this", "my", "your"]), one, is_plural=is_plural)
    second = noun_phrase(rng.choice(["the", "this"]), other, is_plural=is_plural and other.en_plural != "-")
    return _compare(rng, first, second, en, 2)


SUPERLATIVES = [
    # English superlative, French masculine and feminine, masculine before a vowel sound ("" after the noun), nouns
    (
        "oldest",
        "vieux",
        "vieille",
        "vieil",
        ["church", "castle", "bridge", "lighthouse", "house", "museum", "hotel", "school"],
    ),
    ("most beautiful", "beau", "belle", "bel", ["castle", "garden", "church", "house", "street", "bridge", "hotel"]),
    ("biggest", "grand", "grande", "grand", ["hotel", "shop", "garden", "church", "house", "school", "museum"]),
    ("smallest", "petit", "petite", "petit", ["house", "street", "room", "shop", "garden", "hotel", "church"]),
    ("best", "meilleur", "meilleure", "meilleur", ["hotel", "shop", "school", "museum"]),
    ("quietest", "calme", "calme", "", ["street", "garden", "hotel", "room"]),
    ("most expensive", "cher", "chère", "", ["hotel", "house", "shop"]),
]
AREAS = [
    Pair("in the village", "du village"),
    Pair("in the town", "de la ville"),
    Pair("in the country", "du pays"),
    Pair("on the island", "de l'île"),
    Pair("in the region", "de la région"),
]


@pattern
def superlative(rng: Random) -> Pair:
    """Return "This is the oldest bridge in the town." """
    english, masculine, feminine, before_vowel, names = rng.choice(SUPERLATIVES)
    noun, area = NOUNS[rng.choice(names)], rng.choice(AREAS)
    article, form = ("le", masculine) if noun.gender == "m" else ("la", feminine)
    if noun.gender == "m" and before_vowel and starts_with_vowel_sound(noun.fr):
        form = before_vowel
    best = f"{article} plus {form}" if english != "best" else f"{article} {form}"
    french = f"{best} {noun.fr}" if before_vowel else f"{article} {noun.fr} {best}"
    return sentence(f"this is the {english} {noun.en} {area.en}", f"c'est {french} {area.fr}")


@pattern
def relative_object(rng: Random) -> Pair:
    """Return "The house that we bought is very old." with agreement: "La maison que nous avons achetée est..." """
    verb_key, names, en = rng.choice(
        [
            ("buy", COSTLY, "expensive"),
            ("read", ["book", "story", "letter", "newspaper", "poem"], "interesting"),
            ("visit", ["castle", "church", "island", "garden", "village"], "beautiful"),
            ("sell", ["car", "boat", "house"], "old"),
            ("find", ["cat", "dog", "bag", "box"], "small"),
            ("carry", HEAVY, "heavy"),
            ("write", ["song", "letter", "poem", "story"], "good"),
            ("take", ["train", "bus", "plane"], "fast"),
            ("see", ["castle", "island", "horse", "lighthouse"], "beautiful"),
            ("draw", ["church", "flower", "island"], "beautiful"),
            ("paint", ["door", "boat", "house"], "beautiful"),
            ("choose", ["dress", "film", "hotel", "coat"], "expensive"),
        ]
    )
    noun, subject = NOUNS[rng.choice(names)], choose_subject(rng)
    thing = noun_phrase("the", noun, is_plural=rng.random() < 0.25)
    verb = VERBS[verb_key]
    form = COMPARED[en][1].agree(thing.gender, thing.is_plural)
    inner = Pair(
        english_clause(subject, verb.en, "", Tense.PAST),
        french_clause(subject, verb.fr, "", Tense.PAST, preceding_object=thing),
    )
    very = rng.choice([NOTHING, Pair("very ", "très ")])
    return sentence(
        f"{thing.en} that {inner.en} {be_form(thing)} {very.en}{en}",
        f"{thing.fr} que {inner.fr} {ETRE.finite(thing)} {very.fr}{form}",
    )


@pattern
def profession(rng: Random) -> Pair:
    """Return "My aunt is a nurse.", in French without an article: "Ma tante est infirmière." """
    english, masculine, feminine = rng.choice(PROFESSIONS)
    subject = choose_singular(rng)
    form = masculine if subject.gender == "m" else feminine
    draw = rng.random()
    if draw < 0.6:
        return sentence(f"{subject.en} {be_form(subject)} {english}", french_clause(subject, ETRE, form))
    if draw < 0.8:
        return sentence(
            f"{subject.en} {be_form(subject)} not {english}", french_clause(subject, ETRE, form, negation="not")
        )
    region = rng.choice(REGIONS)
    return sentence(
        f"{subject.en} {be_form(subject)} {english} in {region.en}",
        french_clause(subject, ETRE, f"{form} {region.fr_in}"),
    )


@pattern
def age(rng: Random) -> Pair:
    """Return "My sister is twelve years old." and "How old is your brother?" """
    subject = choose_singular(rng)
    if rng.random() < 0.15:
        if subject.is_pronoun:
            subject = rng.choice([YOU, HE, SHE])
            return question(f"how old {be_form(subject)} {subject.en}", f"quel âge {french_inversion(subject, AVOIR)}")
        return question(f"how old {be_form(subject)} {subject.en}", f"quel âge a {subject.fr}")
    number = NUMBERS[rng.choice([number for number in NUMBERS if number >= 6])]
    return sentence(
        f"{subject.en} {be_form(subject)} {number[0]} years old", french_clause(subject, AVOIR, f"{number[1]} ans")
    )


@pattern
def hungry_and_cold(rng: Random) -> Pair:
    """Return "The children are hungry this morning." with avoir: "Les enfants ont faim ce matin." """
    subject, state = choose_subject(rng), rng.choice(HAVING)
    negation = "not" if state.fr != "de la chance" and rng.random() < 0.35 else ""
    time = rng.choice(fixed("", "today", "this morning", "this evening"))
    time = NOTHING if state.en in {"right", "wrong"} else time
    be = be_form(subject) + (" not" if negation else "")
    return sentence(
        f"{subject.en} {be} {state.en} {time.en}",
        french_clause(subject, AVOIR, f"{state.fr} {time.fr}", negation=negation),
    )


@pattern
def games(rng: Random) -> Pair:
    """Return "She plays the piano on Sundays." with jouer de and jouer à."""
    subject, game = choose_subject(rng), rng.choice(GAMES)
    if rng.random() < 0.3:
        return sentence(*do(subject, "play", game, Tense.PRESENT, rng.choice(["", "not", "never"])))
    time = rng.choice(HABITS)
    return sentence(*do(subject, "play", together(game, time), Tense.PRESENT))


@pattern
def pains(rng: Random) -> Pair:
    """Return "My father's back hurts." with avoir mal: "Mon père a mal au dos." """
    subject, part = choose_singular(rng), rng.choice(PAINS)
    owner = owner_determiner(subject) if subject.is_pronoun else possessive(subject.en)
    time = rng.choice(fixed("", "", "today", "this morning"))
    if rng.random() < 0.2:
        return sentence(
            f"{owner} {part.en} doesn't hurt any more",
            french_clause(subject, AVOIR, f"mal {part.fr}", negation="no longer"),
        )
    return sentence(f"{owner} {part.en} hurts {time.en}", french_clause(subject, AVOIR, f"mal {part.fr} {time.fr}"))


@pattern
def opinions(rng: Random) -> Pair:
    """Return "I think that your sister is right." and "He says that he's tired." """
    thinker, verb = choose_pronoun(rng), VERBS[rng.choice(["think", "say", "hope", "know how"])]
    subject = rng.choice([thinker, choose_third_person(rng), rng.choice([HE, SHE, THEY])])
    draw = rng.random()
    if draw < 0.45:
        feeling = rng.choice(FEELINGS)
        clause = Pair(
            f"{subject.en} {be_form(subject)} {feeling.en}",
            french_clause(subject, ETRE, feeling.agree(subject.gender, subject.is_plural)),
        )
    elif draw < 0.7:
        state = rng.choice(HAVING)
        clause = Pair(f"{subject.en} {be_form(subject)} {state.en}", french_clause(subject, AVOIR, state.fr))
    elif draw < 0.9:
        clause = do(subject, "go", rng.choice(DESTINATIONS), Tense.PROGRESSIVE, is_short=False)
    else:
        clause = rng.choice(WEATHER).future
    english = (
        "knows"
        if verb.en.particle == "how" and is_third_singular(thinker)
        else finite_form(thinker, verb.en, Tense.PRESENT)
    )
    return sentence(
        f"{thinker.en} {english} that {clause.en}", f"{thinker.fr} {verb.fr.finite(thinker)} que {clause.fr}"
    )


@pattern
def since(rng: Random) -> Pair:
    """Return "We've been living in Paris for two years." with the French present and depuis."""
    subject, region = choose_subject(rng), rng.choice(REGIONS)
    number = NUMBERS[rng.choice([2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 20])]
    unit = rng.choice([Pair("years", "ans"), Pair("months", "mois"), Pair("weeks", "semaines")])
    verb = VERBS[rng.choice(["live", "work", "study"])]
    have = "has" if is_third_singular(subject) else "have"
    return sentence(
        f"{subject.en} {have} been {verb.en.ing} in {region.en} for {number[0]} {unit.en}",
        french_clause(subject, verb.fr, f"{region.fr_in} depuis {number[1]} {unit.fr}"),
    )


@pattern
def just_done(rng: Random) -> Pair:
    """Return "She has just found her keys." with venir de: "Elle vient de trouver ses clés." """
    subject = choose_subject(rng)
    have = "has" if is_third_singular(subject) else "have"
    if rng.random() < 0.2:
        verb = VERBS[rng.choice(["leave", "arrive", "come back", "go out", "eat", "come home"])]
        return sentence(
            f"{subject.en} {have} just {verb.en.participle} {verb.en.particle}",
            f"{french_clause(subject, VERBS['come'].fr)} de {verb.fr.infinitive}",
        )
    doing = rng.choice([doing for doing in PAST_DOINGS if doing.verb not in {"keep", "forget"}])
    verb, thing = VERBS[doing.verb], choose_object(rng, doing, subject, ("the", "a", "this"), 0.3)
    return sentence(
        f"{subject.en} {have} just {verb.en.participle} {verb.en.particle} {thing.en}",
        f"{french_clause(subject, VERBS['come'].fr)} de {verb.fr.infinitive} {thing.fr}",
    )
