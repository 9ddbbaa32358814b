"""The tool "Search tree": its figures are the engine's searches, its list is in the URL, bad codes and words get a
sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.inspection.translation.examples import list_translation_examples
from engine.inspection.translation.penalty_sweep import inspect_settings
from engine.inspection.translation.search import inspect_search, search_sentence
from engine.inspection.translation.search_tries import alternatives_after, search_from, try_sentence, write_code
from engine.models.folder import load_model
from pages.components.controls.state import fingerprint
from tests.pages.charts import figure
from tests.pages.open import open_page, receipt_lines, sentences, written

WITH = "small-en-fr-dot"
FIRST = list_translation_examples()[0]
SENTENCE = "a black dog"


def open_tool(**parameters: str):
    return open_page(
        "translation", **({"tool": "search", "text": SENTENCE, "network": WITH, "search": "greedy"} | parameters)
    )


def code(*tries: tuple[int, ...], sentence: str = SENTENCE) -> str:
    return write_code(fingerprint(WITH, sentence)[:6], tries)


def markers(at) -> dict[int, tuple[float, float]]:
    """Return the place of every marker of the tree by its node."""
    found = {}
    for trace in figure(at, "search-tree")["data"]:
        if trace.get("customdata"):
            found |= {
                node: position for node, *position in zip(trace["customdata"], trace["x"], trace["y"], strict=True)
            }
    return found


def test_every_candidate_in_view_is_drawn_at_its_step_and_rank(models: Path) -> None:
    at = open_tool(search_width="3", search_penalty="0.6", search_first="2", search_shown="4")
    assert not at.exception
    report = inspect_search(load_model(models / WITH), SENTENCE, 3, 0.6)
    shown = report.nodes[report.nodes["step"].between(2, 5)]
    assert markers(at) == {row.node: [row.step, row.rank] for row in shown.itertuples()}
    assert search_sentence(report) in written(at)
    winner = figure(at, "search-tree")["data"][7]
    assert winner["name"] == "The winner"
    assert winner["customdata"] == shown.loc[shown["is_winner"], "node"].tolist()


def test_a_beginning_that_was_left_is_brought_back_undone_and_kept_in_the_url(models: Path) -> None:
    at = open_tool()
    loaded = load_model(models / WITH)
    report = inspect_search(loaded, SENTENCE, 5, 1.0)
    node = int(report.left["node"].iloc[2])
    at.selectbox(key="search-left").set_value(node).run()
    at.button(key="search-restore").click().run()
    found = search_from(loaded, SENTENCE, report.prefix(node), 5, 1.0)
    assert f"1. {try_sentence(report, found)}" in written(at)
    assert at.text_input(key="search_tries").value == code(report.prefix(node))
    again = open_tool(search_tries=code(report.prefix(node)))
    assert f"1. {try_sentence(report, found)}" in written(again)
    at.button(key="search-undo").click().run()
    assert at.text_input(key="search_tries").value == ""
    assert "Brought back" not in written(at)


def test_another_piece_in_the_winner_re_decodes_the_rest(models: Path) -> None:
    at = open_tool(search_position="2")
    loaded = load_model(models / WITH)
    report = inspect_search(loaded, SENTENCE, 5, 1.0)
    button = next(
        button for button in at.button if (button.key or "").startswith("search-choose-") and not button.disabled
    )
    prefix = (report.winner_ids[0], int(button.key.rsplit("-", 1)[1]))
    button.click().run()
    assert try_sentence(report, search_from(loaded, SENTENCE, prefix, 5, 1.0)) in written(at)
    at.text_input(key="search-typed").set_value("plage")
    next(button for button in at.button if button.label == "Put it in").click().run()
    prefix = (report.winner_ids[0], *loaded.tokenizer.encode("plage"))
    assert try_sentence(report, search_from(loaded, SENTENCE, prefix, 5, 1.0)) in written(at)


def test_the_map_shows_who_wins_and_the_setting_at_hand(models: Path) -> None:
    at = open_tool(text=FIRST.source, search_width="7", search_penalty="0.4")
    report = inspect_settings(load_model(models / WITH), FIRST.source, FIRST.reference)
    *letters, ring = figure(at, "search-settings")["data"]
    drawn = {(y, x): trace["name"] for trace in letters for x, y in zip(trace["x"], trace["y"], strict=True)}
    assert drawn == {(row.width, row.length_penalty): row.winner for row in report.cells.itertuples()}
    assert (ring["x"], ring["y"]) == ([0.4], [7])


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"search_tries": "<b>no</b>"}, "damaged"),
        ({"search_tries": code((5,)) + "-9" * 20}, "damaged"),
        ({"search_tries": code((999999,))}, "not one this network can write"),
        ({"search_width": "99"}, "12"),
        ({"search_penalty": "nan"}, "Length penalty of the tree"),
    ],
)
def test_a_bad_link_gets_a_sentence(parameters: dict[str, str], words: str) -> None:
    at = open_tool(**parameters)
    assert not at.exception
    assert any(words in sentence for sentence in sentences(at))
    assert figure(at, "search-tree")["data"]


def test_a_list_of_another_sentence_is_put_aside() -> None:
    at = open_tool(search_tries=code((5, 6), sentence="another"))
    assert not at.exception
    assert "belongs to another sentence" in written(at)
    assert "Brought back" not in written(at)


@pytest.mark.parametrize(("typed", "words"), [("", "type a word"), ("犬", "can write no"), ("la " * 40, "at most 60")])
def test_a_word_that_cannot_be_put_in_gets_a_sentence_and_stays(typed: str, words: str) -> None:
    at = open_tool()
    at.text_input(key="search-typed").set_value(typed)
    next(button for button in at.button if button.label == "Put it in").click().run()
    assert any(words in sentence for sentence in sentences(at))
    assert at.text_input(key="search-typed").value == typed


def test_the_receipts_lines_give_the_numbers_again(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loaded = load_model(models / WITH)
    search, settings = inspect_search(loaded, SENTENCE, 5, 1.0), inspect_settings(loaded, SENTENCE, "un chien noir")
    beginnings = [search.prefix(int(node)) for node in search.left["node"].iloc[:2]]
    found = [search_from(loaded, SENTENCE, beginning, 5, 1.0) for beginning in beginnings]
    likely = alternatives_after(loaded, SENTENCE, search.winner_ids[:1])
    at = open_tool(reference="un chien noir", search_tries=code(*beginnings), search_position="2")
    for lines in receipt_lines(at):
        exec(lines, {})
    printed = capsys.readouterr().out
    for expected in (
        f"{search.winner.score:.3f}",
        search.nodes.to_string(),
        *(repr(one.score) for one in found),
        likely.to_string(),
        settings.winners.to_string(),
    ):
        assert expected in printed
