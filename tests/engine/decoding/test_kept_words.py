"""Names, numbers and sums of money are kept as they stand in what is translated, and only those."""

from __future__ import annotations

import io

import pytest

from engine.command_line import main
from engine.decoding.kept_words import keep_in_sentence, keep_words, rewrite
from engine.decoding.text import translate
from engine.models.folder import load_model


@pytest.fixture(scope="module")
def best():
    return load_model("en-fr-best")


def kept(loaded, source: str) -> str:
    own = translate(loaded, source, beam_size=5)[0].text
    return keep_in_sentence(loaded, source, own, 5, 1.0)


@pytest.mark.parametrize(
    ("source", "held"),
    [
        ("Anna and Peter are friends.", "Anna et Peter sont amis."),
        ("It costs $25.", "Ça coûte 25 dollars."),
        ("He was born in 1998.", "Il est né en 1998."),
        ("Write at least 775 words.", "Écrivez au moins 775 mots."),
        ("I met Peter in Boston in 1998.", "J'ai rencontré Peter à Boston en 1998."),
    ],
)
def test_a_translation_holds_the_names_and_numbers_of_its_source(best, source, held):
    assert kept(best, source) == held


@pytest.mark.parametrize(
    ("source", "text", "rewritten"),
    [
        ("Anna saw Peter.", "Une femme.", "John saw Tom."),
        ("Anna saw Peter.", "Anna a vu Peter.", None),  # nothing is lacking
        ("Tom, who saw Peter.", "Tom a vu.", "Tom, who saw John."),  # who is there already stands in for nobody
        ("Elephants live in Finland.", "Des mots.", None),  # a capital makes no name
        ("It costs $25 and €1,000.50.", "125", "It costs 25 dollars and 1,000.50 euros."),
        ("It costs $5 million.", "Ça coûte.", None),
        ("In the 1990s, at 8:30 on 3/4.", "", None),
    ],
)
def test_what_is_translated_once_more_has_known_names_and_sums_written_out(best, source, text, rewritten):
    found = rewrite(best.tokenizer, source, text)
    assert (found.source if found else None) == rewritten


@pytest.mark.parametrize(
    ("source", "text", "mended"),
    [
        ("At 775 and 12.", "70 et 12.", "775 et 12."),
        ("At 31 and 42.", "13 et 24.", "31 et 42."),
        ("At 31 and 42.", "13.", "13."),  # which of both it is cannot be told
        ("At 8:30.", "14 h 30.", "14 h 30."),
        ("At 4 p.m. or 5 PM.", "À 16 heures ou 17 heures.", "À 16 heures ou 17 heures."),
        ("At 4 p.m.", "À 16 heures.", "À 16 heures."),
        ("1.5 kilos, 2,000 francs", "1,5 kilo, 2.000 francs", "1,5 kilo, 2.000 francs"),
        ("Four dogs.", "4 chiens.", "4 chiens."),
        ("4 dogs.", "Quatre chiens.", "Quatre chiens."),
    ],
)
def test_numbers_left_over_on_both_sides_are_the_same(best, source, text, mended):
    assert keep_words(best.tokenizer, [source], [text], list) == [mended]


def test_a_name_that_does_not_come_back_is_left_as_it_was(best):
    assert keep_words(best.tokenizer, ["Anna sings."], ["Une femme."], lambda lines: ["Il chante."]) == ["Une femme."]


def test_only_lines_that_lack_something_are_translated_again(best):
    asked: list[str] = []

    def again(lines: list[str]) -> list[str]:
        asked.extend(lines)
        return ["Tom chante."]

    texts = keep_words(best.tokenizer, ["A dog.", "Anna sings.", ""], ["Un chien.", "Une femme.", ""], again)
    assert (texts, asked) == (["Un chien.", "Anna chante.", ""], ["Tom sings."])


@pytest.mark.parametrize(("option", "printed"), [([], "Ça coûte 25 dollars.\n"), (["--own-words"], "Ça coûte 125.\n")])
def test_the_command_prints_what_is_kept_unless_it_is_asked_for_the_networks_own_words(
    option, printed, monkeypatch, capsys
):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"It costs $25.\n")))
    assert main(["translate", "--model", "en-fr-best", *option]) == 0
    assert capsys.readouterr().out == printed
