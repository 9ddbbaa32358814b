"""The phrasebook grammar: the committed data set is what it builds, and its French obeys the rules of French."""

import functools
import re
from pathlib import Path

import pyarrow.parquet
import pytest

from engine.corpora.sentence_pairs.phrasebook import build_pairs, build_splits, dataset, write_dataset
from engine.corpora.sentence_pairs.phrasebook.adjectives import BY_ENGLISH
from engine.corpora.sentence_pairs.phrasebook.dataset import sentence_key
from engine.corpora.sentence_pairs.phrasebook.english import possessive, with_article
from engine.corpora.sentence_pairs.phrasebook.french import after_a, after_de, elide, french_clause, french_inversion
from engine.corpora.sentence_pairs.phrasebook.grammar_types import Pair, Phrase, Tense
from engine.corpora.sentence_pairs.phrasebook.nouns import NOUNS
from engine.corpora.sentence_pairs.phrasebook.patterns import PATTERNS
from engine.corpora.sentence_pairs.phrasebook.phrases import HE, SHE, THEY_FEMININE, I, noun_phrase
from engine.corpora.sentence_pairs.phrasebook.verbs import VERBS

COMMITTED = Path(__file__).parents[3] / "data" / "samples" / "phrasebook_en_fr"
SPLITS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def splits() -> dict[str, list[Pair]]:
    """Return the splits as built now."""
    return build_splits()


@pytest.fixture(scope="module")
def pairs(splits: dict[str, list[Pair]]) -> list[Pair]:
    """Return all pairs of all splits."""
    return [pair for split in SPLITS for pair in splits[split]]


def test_committed_files_hold_what_the_grammar_builds(splits: dict[str, list[Pair]]) -> None:
    for split in SPLITS:
        table = pyarrow.parquet.read_table(COMMITTED / f"{split}.parquet")
        assert table.column_names == ["en", "fr"]
        committed = list(zip(table["en"].to_pylist(), table["fr"].to_pylist(), strict=True))
        assert committed == [tuple(pair) for pair in splits[split]]


def test_writing_twice_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in ("build_splits", "_pairs_by_pattern"):  # that building twice gives the same pairs is tried below
        monkeypatch.setattr(dataset, step, functools.cache(getattr(dataset, step)))
    for name in ("one", "two"):
        write_dataset(tmp_path / name)
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()
    assert (tmp_path / "one" / "README.md").read_bytes() == (COMMITTED / "README.md").read_bytes()


def test_another_seed_gives_other_pairs(pairs: list[Pair]) -> None:
    assert build_pairs(seed=0) == pairs
    assert build_pairs(seed=1) != pairs


def test_counts_and_no_overlap(splits: dict[str, list[Pair]], pairs: list[Pair]) -> None:
    assert len(splits["train"]) >= 8000
    assert len(splits["validation"]) == len(splits["test"]) == 400
    assert len({sentence_key(pair.en) for pair in pairs}) == len(pairs)
    assert len({sentence_key(pair.fr) for pair in pairs}) == len(pairs)


def test_no_pattern_dominates(pairs: list[Pair]) -> None:
    assert len(PATTERNS) >= 80
    # Every pattern is cut off at the same number, so the mean shows how close to even the sampling is.
    assert len(pairs) / len(PATTERNS) > 175


VOWEL = "[aâàeéèêiîoôuùûœæ]"
# A word that starts with a vowel sound, and not onze, oui, héron, huit, harpe, haut.
VOWEL_SOUND = rf"(?!onze\b|oui\b)(?:{VOWEL}|h(?!éron|uit\b|arpe|aut))"
WRONG_FRENCH = {
    "de le or de les": r"\bde les? (?!\w+er\b|\w+ir\b|\w+re\b)",
    "à le or à les": r"\bà les? ",
    "missing elision": rf"(?<![\w'-])(?:je|me|te|se|le|la|de|ne|que|jusque) {VOWEL_SOUND}",
    "elision before a consonant": r"\b(?:j|m|t|s|l|d|n|c|qu)'[bcdfgjklmnpqrstvwxz]",
    "elision before h aspiré or onze": r"'(?:héron|huit\b|harpe|onze|oui\b)",
    "si il": r"\bsi ils?\b",
    "ce est": r"\bce est\b",
    "feminine possessive before a vowel": rf"\b(?:ma|ta|sa) {VOWEL_SOUND}",
    "ce before a vowel": rf"\bce {VOWEL_SOUND}(?!st\b)",
    "beau, vieux, nouveau before a vowel": (
        r"\b(?:un|le|ce|cet|mon|ton|son|notre|votre|leur|plus) (?:beau|vieux|nouveau) " + VOWEL_SOUND
    ),
    "bel, vieil, nouvel before a consonant": r"\b(?:bel|vieil|nouvel) [bcdfgjklmnpqrstvwxz]",
    "du before a vowel": rf"\bdu {VOWEL_SOUND}",
    "des before an adjective that precedes": r"\b(?:et|a) des (?:grands|petits|belles|beaux|vieux|vieilles|jolis)\b",
    "pas un, pas du": (
        r"\b(?:n'a|n'ai|n'as|n'ont|n'avons|boi\w*|mange\w*) (?:pas|jamais|plus) (?:une?|du|des|de la|de l')\b"
    ),
    "article before a profession": r"\b(?:est|suis|es) une? (?:boulanger|infirmi|médecin|avocat|ingénieur)",
    "double space": r"  ",
    "typographic apostrophe or space": r"[’\u00a0\u202f]",
    "no space before ? or !": r"\S[?!]",
    "space before a full stop or comma": r" [.,]",
    "doubled word": r"\b(\w+) \1\b(?!-)",
    "two vowels in an inversion": r"[ae]-(?:il|elle)s?\b",
    "plural subject with singular verb": (
        r"^(?:Les|Des|Mes|Tes|Ses|Nos|Deux|Trois|Quatre|Cinq|Six) \w+ (?:est|a|va|veut|doit|sait|vient)\b"
    ),
    "elles with a masculine participle": r"\belles sont \w+[éiu]s\b",
}


@pytest.mark.parametrize("rule", sorted(WRONG_FRENCH))
def test_french_breaks_no_rule(rule: str, pairs: list[Pair]) -> None:
    wrong = re.compile(WRONG_FRENCH[rule], re.IGNORECASE)
    # "nous nous reposons", "vous vous": the reflexive pronoun repeats the subject.
    found = [
        pair.fr for pair in pairs if wrong.search(re.sub(r"\b(nous|vous) \1\b", r"\1", pair.fr, flags=re.IGNORECASE))
    ]
    assert found == []


WRONG_ENGLISH = {
    "a before a vowel": r"\ba (?!uni|use|one|euro)[aeiou]",
    "an before a consonant": r"\ban (?![aeiou]|hour)",
    "third person without -s": r"^(?:He|She|Paul|Emma|Alice|Julie) (?:like|want|have|eat|drink|play|need|go|live)\b",
    "he don't": r"(?<!does )\b(?:he|she) (?:don't|aren't|are|have)\b",
    "double space": r"  ",
    "space before a mark": r" [.,?!]",
    "doubled word": r"\b(\w+) \1\b",
}


@pytest.mark.parametrize("rule", sorted(WRONG_ENGLISH))
def test_english_breaks_no_rule(rule: str, pairs: list[Pair]) -> None:
    wrong = re.compile(WRONG_ENGLISH[rule], re.IGNORECASE)
    assert [pair.en for pair in pairs if wrong.search(pair.en)] == []


def test_every_sentence_starts_with_a_capital_and_both_sides_end_alike(pairs: list[Pair]) -> None:
    for pair in pairs:
        assert pair.en[0].isupper(), pair
        assert pair.fr[0].isupper(), pair
        assert pair.en[-1] == pair.fr[-1], pair
        assert pair.en[-1] in ".?!", pair


# Written by hand, English and French, and then looked up among the generated pairs.
HAND_WRITTEN = [
    ("How old is your teacher?", "Quel âge a ton professeur ?"),
    ("I brought three bottles of milk.", "J'ai apporté trois bouteilles de lait."),
    ("The white hens are playing near the lighthouse.", "Les poules blanches jouent près du phare."),
    ("My son's birthday is on the first of July.", "L'anniversaire de mon fils est le premier juillet."),
    ("Where is my glove? He is looking for it.", "Où est mon gant ? Il le cherche."),
    ("Your teacher waited at the butcher's.", "Ton professeur a attendu chez le boucher."),
    ("Our grandfather is stronger than my mother.", "Notre grand-père est plus fort que ma mère."),
    ("Your ladders are heavier than these bags.", "Tes échelles sont plus lourdes que ces sacs."),
    ("My teacher lives in Portugal.", "Mon professeur habite au Portugal."),
    ("The letters? Alice read them on Monday.", "Les lettres ? Alice les a lues lundi."),
    ("Do they like wine?", "Est-ce qu'ils aiment le vin ?"),
    ("Do you have any beer, madam?", "Avez-vous de la bière, madame ?"),
    ("My teachers play the harp in summer.", "Mes professeurs jouent de la harpe en été."),
    ("I'm bringing you a newspaper.", "Je t'apporte un journal."),
    ("He's giving this present to Louis.", "Il donne ce cadeau à Louis."),
    ("What time did they go out?", "À quelle heure sont-ils sortis ?"),
    ("How many newspapers did they find?", "Combien de journaux est-ce qu'ils ont trouvés ?"),
    ("They are hungry today.", "Ils ont faim aujourd'hui."),
    (
        "If the weather is nice this evening, your sons are going to have lunch in the garden.",
        "S'il fait beau ce soir, tes fils vont déjeuner dans le jardin.",
    ),
    ("Is our daughter in Belgium?", "Notre fille est-elle en Belgique ?"),
    ("They have just planted the beautiful tree.", "Ils viennent de planter le bel arbre."),
    ("Julie can't play the guitar.", "Julie ne sait pas jouer de la guitare."),
    ("They know your brothers. They see them in summer.", "Ils connaissent tes frères. Ils les voient en été."),
    ("The sailor no longer eats meat.", "Le marin ne mange plus de viande."),
    ("She doesn't have any jam.", "Elle n'a pas de confiture."),
    ("The nurse didn't plant this flower.", "L'infirmière n'a pas planté cette fleur."),
    ("Do you have any umbrellas? Yes, I have four.", "As-tu des parapluies ? Oui, j'en ai quatre."),
    ("They think that she is going to the museum.", "Ils croient qu'elle va au musée."),
    (
        "Good evening, madam. I would like a box of eggs, please.",
        "Bonsoir, madame. Je voudrais une boîte d'œufs, s'il vous plaît.",
    ),
    ("Our sister's car is grey.", "La voiture de notre sœur est grise."),
    ("Our uncle's foot doesn't hurt any more.", "Notre oncle n'a plus mal au pied."),
    (
        "A man in a grey jumper is knitting a scarf near the old bridge.",
        "Un homme en pull gris tricote une écharpe près du vieux pont.",
    ),
    (
        "A doctor who is wearing a yellow jumper is resting in the kitchen.",
        "Un médecin qui porte un pull jaune se repose dans la cuisine.",
    ),
    ("Our teacher prefers apple juice to beer.", "Notre professeur préfère le jus de pomme à la bière."),
    ("Our brother is a journalist.", "Notre frère est journaliste."),
    ("The box that your aunts carried is very heavy.", "La boîte que tes tantes ont portée est très lourde."),
    ("Can you look at this photo, please?", "Peux-tu regarder cette photo, s'il te plaît ?"),
    (
        "Your grandfather is going to get up at half past five tomorrow.",
        "Ton grand-père va se lever à cinq heures et demie demain.",
    ),
    ("They have been working in Scotland for twenty weeks.", "Ils travaillent en Écosse depuis vingt semaines."),
    ("Let's go to the museum tomorrow morning.", "Allons au musée demain matin."),
    ("This is the best museum in the country.", "C'est le meilleur musée du pays."),
    ("There aren't any eggs in the shop.", "Il n'y a pas d'œufs dans le magasin."),
    (
        "My aunts are tired because they worked a lot.",
        "Mes tantes sont fatiguées parce qu'elles ont beaucoup travaillé.",
    ),
    ("It snowed in Paris on Monday.", "Il a neigé à Paris lundi."),
    ("Are they going to the museum next week?", "Vont-ils au musée la semaine prochaine ?"),
    ("Which bicycle is he taking?", "Quel vélo prend-il ?"),
    ("Who saw my new black boat?", "Qui a vu mon nouveau bateau noir ?"),
]


@pytest.mark.parametrize(("english", "french"), HAND_WRITTEN)
def test_hand_written_pair_is_generated(english: str, french: str, pairs: list[Pair]) -> None:
    assert [pair.fr for pair in pairs if pair.en == english] == [french]


@pytest.mark.parametrize(
    ("determiner", "noun", "adjectives", "is_plural", "expected"),
    [
        ("a", "umbrella", ["old"], False, Pair("an old umbrella", "un vieux parapluie")),
        ("a", "tree", ["beautiful"], False, Pair("a beautiful tree", "un bel arbre")),
        ("the", "tree", ["old"], True, Pair("the old trees", "les vieux arbres")),
        ("a", "flower", ["beautiful"], True, Pair("some beautiful flowers", "de belles fleurs")),
        ("my", "scarf", [], False, Pair("my scarf", "mon écharpe")),
        ("my", "scarf", ["new", "blue"], False, Pair("my new blue scarf", "ma nouvelle écharpe bleue")),
        ("the", "heron", ["small"], False, Pair("the small heron", "le petit héron")),
        ("the", "heron", [], False, Pair("the heron", "le héron")),
        ("this", "tree", [], False, Pair("this tree", "cet arbre")),
        ("some", "water", [], False, Pair("some water", "de l'eau")),
        ("generic", "horse", [], True, Pair("horses", "les chevaux")),
        ("not any", "egg", [], True, Pair("any eggs", "d'œufs")),
        ("two", "boot", ["brown"], False, Pair("two brown boots", "deux bottes marron")),
    ],
)
def test_noun_phrase(determiner: str, noun: str, adjectives: list[str], is_plural: bool, expected: Pair) -> None:
    phrase = noun_phrase(determiner, NOUNS[noun], *(BY_ENGLISH[name] for name in adjectives), is_plural=is_plural)
    assert (phrase.en, phrase.fr) == expected


def test_contractions_and_elisions() -> None:
    assert [after_de(text) for text in ("le chat", "les chats", "la mer", "l'eau", "Alice", "des œufs", "du pain")] == [
        "du chat",
        "des chats",
        "de la mer",
        "de l'eau",
        "d'Alice",
        "d'œufs",
        "de pain",
    ]
    assert [after_a(text) for text in ("le chat", "les chats", "l'eau", "Paul")] == [
        "au chat",
        "aux chats",
        "à l'eau",
        "à Paul",
    ]
    assert elide("je ne le aime pas parce que il est ici") == "je ne l'aime pas parce qu'il est ici"
    assert elide("si il vient le onze avec le héron") == "s'il vient le onze avec le héron"


def test_english_articles_and_possessives() -> None:
    assert [with_article(text) for text in ("apple", "uniform", "hour", "dog")] == [
        "an apple",
        "a uniform",
        "an hour",
        "a dog",
    ]
    assert possessive("our neighbours", is_plural=True) == "our neighbours'"
    assert possessive("the men", is_plural=True) == "the men's"


def test_verb_groups() -> None:
    go, see, get_up = (VERBS[key].fr for key in ("go", "see", "get up"))
    assert french_clause(THEY_FEMININE, go, "au marché", Tense.PAST) == "elles sont allées au marché"
    assert french_clause(SHE, get_up, "à six heures", Tense.PAST, "not") == "elle ne se est pas levée à six heures"
    assert french_clause(I, get_up, "tôt", Tense.FUTURE) == "je vais me lever tôt"
    houses = Phrase("them", "les", "f", is_plural=True)
    assert french_clause(HE, see, "hier", Tense.PAST, clitic="les", preceding_object=houses) == "il les a vues hier"
    assert french_inversion(SHE, go) == "va-t-elle"
    assert french_inversion(HE, see, "", Tense.PAST) == "a-t-il vu"
