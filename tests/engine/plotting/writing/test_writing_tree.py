"""The tree of writing: rows and columns against hand-drawn trees, lines that cross no token, the alternative text."""

from __future__ import annotations

import math

import hypothesis.strategies as some
import pandas as pd
import pytest
from hypothesis import given, settings

from engine.plotting import theme
from engine.plotting.writing.writing_tree import MAX_ROWS, describe_writing_tree, position_nodes, writing_tree
from tests.plotly_figures import as_plotly


def tree(parents: list[int], pen: int, tokens: str | None = None, authors: str | None = None) -> pd.DataFrame:
    path, node = set(), pen
    while node >= 0:
        path.add(node)
        node = parents[node]
    size = len(parents)
    return pd.DataFrame(
        {
            "node": range(size),
            "parent": parents,
            "token": list(tokens or "abcdefghijklmnopqrstuvwxyz"[:size].ljust(size, "z")),
            "nats": [1.0] * size,
            "probability": [0.5] * size,
            "author": [{"v": "visitor", "n": "network"}[letter] for letter in authors or "n" * size],
            "is_on_path": [node in path for node in range(size)],
            "is_pen": [node == pen for node in range(size)],
        }
    )


def test_places_are_those_of_a_hand_drawn_tree():
    # 0 1 2        column 1 is the first token; 5 forks off 1, 3 and 4 fork off 0, 6 and 7 off the beginning
    #   | 5
    #   3 4
    # 6 7
    columns, rows = position_nodes([-1, 0, 1, 0, 3, 1, -1, 6])
    assert columns == [1, 2, 3, 2, 3, 3, 1, 2]
    assert rows == [0, 0, 0, 2, 2, 1, 3, 3]
    assert position_nodes([]) == ([], [])


@given(some.lists(some.integers(0, 10**6), max_size=50))
@settings(max_examples=80)
def test_no_two_tokens_share_a_place_and_no_line_crosses_a_token(draws):
    parents = [draw % (index + 1) - 1 for index, draw in enumerate(draws)]
    columns, rows = position_nodes(parents)
    positions = set(zip(columns, rows, strict=True))
    assert len(positions) == len(parents)
    for node, parent in enumerate(parents):
        column, row = (columns[parent], rows[parent]) if parent >= 0 else (0, 0)
        assert columns[node] == column + 1
        crossed = {(column, between) for between in range(row + 1, rows[node] + 1)}
        assert not crossed & positions


def markers(figure, name: str):
    return next(trace for trace in as_plotly(figure).data if trace.name == name)


def test_every_token_stands_once_with_its_node_for_the_click_and_its_author_by_shape():
    frame = tree([-1, 0, 1, 0], pen=3, tokens="ab\n<", authors="vnnv")
    frame["nats"] = [0.5, 2.0, 20.0, math.inf]
    figure = writing_tree(frame, mode="light")
    mine, its = markers(figure, "By you"), markers(figure, "By the network")
    assert (list(mine.customdata), list(its.customdata)) == ([0, 3], [1, 2])
    assert mine.marker.symbol != its.marker.symbol
    assert list(its.marker.color) == [2.0, 6.0]
    assert list(mine.marker.color) == [0.5, 6.0]
    assert "50.00 %" in its.hovertext[0]
    letters = next(trace for trace in as_plotly(figure).data if trace.mode == "text")
    assert set(letters.text) == {"a", "b", "↵", "&lt;"}
    pen = markers(figure, "Your pen")
    assert (list(pen.x), list(pen.y)) == ([2], [1])


def test_a_long_tree_has_the_first_letters_of_each_stretch_and_all_its_tokens():
    parents = [*range(-1, 99), 49, *range(100, 149)]
    figure = writing_tree(tree(parents, pen=149), mode="dark")
    letters = next(trace for trace in as_plotly(figure).data if trace.mode == "text")
    assert list(letters.x) == [1, 51, 51]
    assert all(text.endswith("…") for text in letters.text)
    assert letters.text[0].startswith("abcdefg")
    assert len(markers(figure, "By the network").x) == 150


def test_of_many_branches_those_around_the_pen_are_drawn():
    figure = writing_tree(tree([-1] * 60, pen=45), mode="light")
    nodes = list(markers(figure, "By the network").customdata)
    assert len(nodes) == MAX_ROWS
    assert 45 in nodes
    assert nodes == list(range(nodes[0], nodes[0] + MAX_ROWS))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_an_empty_tree_has_its_pen_at_the_beginning(mode):
    figure = writing_tree(tree([], pen=-1), mode=mode)
    assert list(markers(figure, "Your pen").x) == [0]
    assert theme.contrast(markers(figure, "Your pen").marker.color, theme.background(mode)) >= 3
    assert "nothing has been written" in describe_writing_tree(tree([], pen=-1))


def test_the_words_say_what_the_picture_shows():
    frame = tree([-1, 0, 0], pen=2, tokens="a b", authors="nnv")
    assert describe_writing_tree(frame) == (
        "A tree of 3 steps in 2 branches. The text at the pen has 2 steps and 2.0 nats; the last of them: "
        "a 50.0 % by the network, b 50.0 % by you."
    )
    assert describe_writing_tree(tree([-1], pen=-1)) == "A tree of 1 step in 1 branch. The pen stands at the beginning."
