"""Scoring by hand: nats per token in one pass and in windows, which must not be mixed."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decoding import scoring
from engine.decoding.scoring import score_rows, score_stream, score_windows, surprise_stream
from engine.models.language_model import LanguageModel


def build() -> LanguageModel:
    torch.manual_seed(4)
    model = LanguageModel(7, 5, 6, 2, "gru").eval()
    with torch.no_grad():
        model.output.weight.mul_(4)
        model.output_bias.normal_()
    return model


MODEL = build()
IDS = torch.randint(7, (60,), generator=torch.Generator().manual_seed(1))


def nats_by_hand(ids: list[int], first: int | None) -> list[float]:
    """Read one token after the other from a state of zeros; return the surprise at each."""
    read = ids[:-1] if first is None else [first, *ids[:-1]]
    due = ids[1:] if first is None else ids
    state, found = MODEL.start(1), []
    with torch.no_grad():
        for token, label in zip(read, due, strict=True):
            logits, state = MODEL.step(torch.tensor([token]), state)
            found.append(-float(logits[0].log_softmax(-1)[label]))
    return found


@pytest.mark.parametrize("first", [None, 3])
def test_a_stream_is_one_pass_with_the_state_carried_over_every_chunk(monkeypatch, first):
    expected = nats_by_hand(IDS.tolist(), first)
    for chunk in (7, 59, 60, 512):
        monkeypatch.setattr(scoring, "CHUNK", chunk)
        found = surprise_stream(MODEL, IDS, first)
        assert found.tolist() == pytest.approx(expected, abs=1e-5)
        assert score_stream(MODEL, IDS, first) == pytest.approx(sum(expected) / len(expected), abs=1e-6)
    assert len(expected) == 60 - (first is None)


@settings(max_examples=20)
@given(size=st.integers(2, 60), window=st.integers(1, 70), first=st.sampled_from([None, 3]))
def test_windows_start_over_each_time_and_read_the_token_before(size, window, first):
    ids = IDS[:size].tolist()
    read = ids[:-1] if first is None else [first, *ids[:-1]]
    due = ids[1:] if first is None else ids
    expected = []
    for start in range(0, len(due), window):
        expected += nats_by_hand(due[start : start + window], read[start])
    found = score_windows(MODEL, IDS[:size], window, first)
    assert len(expected) == len(due)
    assert found == pytest.approx(sum(expected) / len(expected), abs=1e-5)


def test_one_window_over_everything_is_the_stream():
    assert score_windows(MODEL, IDS, 60, 3) == pytest.approx(score_stream(MODEL, IDS, 3), abs=1e-6)
    assert score_windows(MODEL, IDS, 10, 3) != pytest.approx(score_stream(MODEL, IDS, 3), abs=1e-4)


def test_many_windows_are_read_in_several_batches():
    ids = IDS.repeat(5)  # 300 tokens, windows of 4: 75 of them, more than the 32 read at once
    expected = []
    read = [3, *ids[:-1].tolist()]
    for start in range(0, 300, 4):
        expected += nats_by_hand(ids[start : start + 4].tolist(), read[start])
    assert score_windows(MODEL, ids, 4, 3) == pytest.approx(sum(expected) / 300, abs=1e-5)


def test_a_model_that_knows_nothing_scores_the_logarithm_of_its_vocabulary():
    model = LanguageModel(7, 5, 6, 1).eval()
    with torch.no_grad():
        model.output.weight.zero_()
    assert score_stream(model, IDS, 0) == pytest.approx(math.log(7), abs=1e-6)
    assert score_windows(model, IDS, 8, 0) == pytest.approx(math.log(7), abs=1e-6)


def test_rows_of_one_length_are_windows_and_rows_of_many_are_read_one_by_one():
    ids = IDS.tolist()
    equal = [ids[start : start + 7] for start in range(0, len(ids), 7)]
    assert score_rows(MODEL, equal, 3) == pytest.approx(score_windows(MODEL, IDS, 7, 3) * len(ids), rel=1e-5)
    rows, alone, before = [ids[:5], ids[5:6], [], ids[6:30], ids[30:]] * 8, 0.0, 3
    for row in rows:
        if row:
            alone += score_stream(MODEL, torch.tensor(row), before) * len(row)
            before = row[-1]
    assert score_rows(MODEL, rows, 3) == pytest.approx(alone, rel=1e-5)
