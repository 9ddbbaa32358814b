"""The map of winners against a search of its own for every width and penalty."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decoding.beam import beam
from engine.decoding.penalty_sweep import winners_by_setting
from tests.engine.decoding.test_beam import BOS, EOS, LATE_BLOOMER, LENGTHS, SOURCES, Toy

MARKS = {"bos_id": BOS, "eos_id": EOS}
WIDTHS, PENALTIES = (1, 2, 3, 5), (0.0, 0.5, 1.0, 2.0)


def check(model, source, length, max_new_tokens: int, marks: dict[str, int]) -> set[int]:
    """Compare each cell with the search it stands for; return the winners' numbers."""
    found = winners_by_setting(
        model, source, length, widths=WIDTHS, penalties=PENALTIES, max_new_tokens=max_new_tokens, **marks
    )
    for row, width in enumerate(WIDTHS):
        for column, penalty in enumerate(PENALTIES):
            options = {"beam_size": width, "length_penalty": penalty, "max_new_tokens": max_new_tokens} | marks
            own = beam(model, source, length, **options)[0][0]
            winner = found.winners[found.positions[row, column]]
            assert list(winner.token_ids) == own.token_ids
            assert winner.is_finished == own.is_finished
            assert winner.total == pytest.approx(sum(own.log_probs), abs=1e-4)
            assert winner.length == len(own.log_probs)
            assert winner.score(penalty) == pytest.approx(own.score, abs=1e-4)
    return set(found.positions.ravel().tolist())


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.integers(1, 7), st.integers(0, 2))
def test_each_cell_is_the_winner_of_its_own_search(seed: int, limit: int, row: int) -> None:
    model, length = Toy(5, seed, spread=2.0), int(LENGTHS[row])
    check(model, SOURCES[row : row + 1, :length], LENGTHS[row : row + 1], limit, MARKS)


def endless() -> Toy:
    """Return a language without an end."""
    model = Toy(4, 5)
    model.table[:, EOS] = float("-inf")
    return model


@pytest.mark.parametrize("model", [LATE_BLOOMER, endless()])
def test_also_where_a_search_stops_early_or_at_the_limit(model: Toy) -> None:
    check(model, torch.tensor([[0]]), torch.tensor([1]), 5, MARKS)


def test_a_stopping_rule_that_depends_on_the_penalty_gives_more_than_one_winner() -> None:
    assert len(check(LATE_BLOOMER, torch.tensor([[0]]), torch.tensor([1]), 5, MARKS)) > 1


@pytest.mark.parametrize("attention", ["dot", "none"])
def test_the_real_translator(build_translator, attention: str) -> None:
    model = build_translator(attention=attention, scale=4.0, seed=8)
    check(model, torch.tensor([[4, 5, 6, 7]]), torch.tensor([4]), 10, {"bos_id": 1, "eos_id": 2})
