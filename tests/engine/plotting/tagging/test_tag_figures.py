"""Figures of tags: every word letter for letter, every mark where it belongs, and ink that can be read on the matrix'
colours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.plotting import theme
from engine.plotting.tagging.entity_scores import trainings, type_scores
from engine.plotting.tagging.halves import describe_halves, halves_figure, shares_figure
from engine.plotting.tagging.lattice import DrawnWay, lattice_figure, pale_scale, step_matrix_figure
from engine.plotting.tagging.tag_rows import TagRow, describe_tag_rows, tag_rows, window_around
from tests.plotly_figures import as_plotly

HOSTILE = ("<b>x</b>", "$a$", "Rome")


def trace(figure, name: str):
    return next(part for part in as_plotly(figure).data if part.name == name)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_ink_can_be_read_on_every_colour_of_the_matrix(mode) -> None:
    assert min(theme.contrast(theme.ink(mode), colour) for _, colour in pale_scale(mode)) >= 4.5


def test_words_are_drawn_letter_for_letter_and_rows_wrap() -> None:
    rows = [
        TagRow("one", ("O", "B-per", "I-per"), (0.5, 0.6, 0.7)),
        TagRow("two", ("O", "O", "I-per"), marked=[1], broken=[2]),
    ]
    figure = tag_rows(HOSTILE, rows, mode="light", width=22)
    texts = trace(figure, "texts").text
    assert {"&lt;b&gt;x&lt;/b&gt;", "\N{ZERO WIDTH SPACE}$a$", "I-per✕"} <= set(texts)
    targets = trace(figure, "targets")
    assert sorted(targets.customdata) == sorted([1, 2, 3] * 3)
    assert "\N{ZERO WIDTH SPACE}$a$, one: B-per, 60.0 %" in targets.text
    assert max(targets.x) < 22
    assert (
        len({y for y, number in zip(targets.y, targets.customdata, strict=True) if number == 3} & {0.0}) == 0
    )  # in a second line
    assert describe_tag_rows(HOSTILE, rows).endswith("They differ at “$a$”.")
    part = tag_rows(HOSTILE, rows, mode="dark", window=range(1, 2))
    assert set(trace(part, "targets").customdata) == {2}
    assert (window_around(3, 10), window_around(99, 100)) == (range(10), range(40, 100))
    with pytest.raises(ValueError, match="1 tags of three"):
        tag_rows(HOSTILE, [TagRow("three", ("O",))], mode="light")


def test_nodes_and_ways_stand_at_their_words_and_tags() -> None:
    tags = ("O", "B-per")
    nodes = pd.DataFrame(
        [
            (position, HOSTILE[position - 1], tag, 1.0, share, "O", 0.5, 2.0)
            for position in (1, 2, 3)
            for tag, share in zip(tags, (0.25, 0.75), strict=True)
        ],
        columns=["position", "word", "tag", "emission", "probability", "before", "transition", "sum"],
    )
    ways = [
        DrawnWay("Best", ("O", "B-per", "O"), ("a", "b", "c")),
        DrawnWay("Second", ("O", "O", "O"), ("a", "b", "c")),
    ]
    figure = lattice_figure(nodes, ways, tags, mode="light", first=2, last=3, chosen=2)
    drawn = trace(figure, "nodes")
    assert list(drawn.customdata) == [2, 2, 3, 3]
    assert drawn.marker.size[1] > drawn.marker.size[0]
    assert list(trace(figure, "Best").y) == [1, 0]
    assert trace(figure, "Best").line.dash != trace(figure, "Second").line.dash
    assert list(as_plotly(figure).layout.xaxis.ticktext) == ["<b>\N{ZERO WIDTH SPACE}$a$</b>", "Rome"]
    with pytest.raises(ValueError, match="at most 3"):
        lattice_figure(nodes, ways * 2, tags, mode="light", first=1, last=3)


def test_the_matrix_says_never_for_rules_and_carries_its_steps() -> None:
    matrix = np.array([[0.5, -12.0, np.nan], [-10_000.0, 1.25, -0.02]])
    allowed = np.array([[True, True, True], [False, True, True]])
    figure = step_matrix_figure(
        matrix,
        ("beginning", "O"),
        ("O", "B-per", "end"),
        allowed,
        mode="dark",
        chosen=("O", "O"),
        edited=[("O", "end")],
    )
    assert list(trace(figure, "scores").text) == ["0.5", "\N{MINUS SIGN}12", "never", "1.2", "0.0"]
    assert list(trace(figure, "targets").customdata) == ["beginning>O", "beginning>B-per", "O>O", "O>B-per", "O>end"]
    assert (list(trace(figure, "not allowed").x), len(as_plotly(figure).layout.shapes)) == ([0.34], 2)
    assert np.nanmax(np.abs(as_plotly(figure).data[0].z)) == 12.0
    names = [f"B-{number}" for number in range(13)]
    wide = step_matrix_figure(np.full((13, 13), -0.26), names, names, np.ones((13, 13), dtype=bool), mode="light")
    assert set(trace(wide, "scores").text) == {"0"}
    assert "B-0 to B-1: \N{MINUS SIGN}0.3" in trace(wide, "targets").text


def test_halves_are_marked_where_they_are() -> None:
    frame = pd.DataFrame(
        {"tag": ["O", "B-per"], "forward": [1.0, -1.0], "backward": [0.5, 2.0], "bias": [0.0, 0.0], "both": [1.5, 1.0]}
    )
    figure = halves_figure(frame, mode="light")
    assert list(trace(figure, "joined, with the bias").x) == [1.5, 1.0]
    assert (
        "The forward half speaks most for O (+1.00), the backward half for B-per (+2.00), the sum for O (+1.50)"
        in describe_halves("a", frame)
    )


def test_a_mark_means_the_same_build_in_every_chart() -> None:
    both, softmax, forwards = (True, True), (True, False), (False, True)
    kinds = pd.DataFrame({"type": ["per", "all"], "entities": 2, "precision": 50.0, "recall": 50.0, "f1": 50.0})
    builds = {"Both": both, "No CRF": softmax, "Forwards": forwards, "My own": both}
    scores = type_scores(dict.fromkeys(builds, kinds), builds, mode="light")
    seen = {builds[part.name]: part.marker.symbol for part in as_plotly(scores).data[:3]}
    # By F1 the forward-only tagger comes before the one without a CRF.
    rows = [(*both, 84.0, "Both"), (*forwards, 83.0, "Forwards"), (*softmax, 82.0, "No CRF")]
    trained = pd.DataFrame(rows, columns=["bidirectional", "crf", "f1", "variant"]).assign(seed=1)
    marks = [part.marker.symbol for part in as_plotly(trainings(trained, mode="light")).data if part.mode == "markers"]
    assert marks == [seen[build] for build in (both, forwards, softmax)]
    shares = pd.DataFrame({"type": ["per"], "share": [0.5], "share_other": [0.4]})
    pair = shares_figure(shares, "type", ("Both", "Forwards"), (both, forwards), mode="light", x_title="x")
    assert [trace(pair, name).marker.symbol for name in ("Both", "Forwards")] == [seen[both], seen[forwards]]
    assert trace(scores, "My own").marker.symbol == f"{seen[both]}-open", "a second network of a build is told apart"
