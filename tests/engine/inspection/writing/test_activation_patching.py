"""The state transplant, against reading the two passages in one go and against divergences worked out by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest
import torch

from engine.cells.lstm import LSTMState
from engine.decoding.limits import SamplingSettings
from engine.decoding.sampling import generate
from engine.decoding.text import prompt_ids, write_text
from engine.errors import InputError
from engine.inspection.writing.activation_patching import (
    NEGLIGIBLE_NATS,
    blend,
    divergence_nats,
    donor_influence,
    half_characters,
    lasting_characters,
    starting_state,
    write_after_transplant,
)
from engine.models.folder import LoadedModel, load_model
from engine.models.steps import prefill

SETTINGS = SamplingSettings(max_new_tokens=60, seed=5)
DONOR, PASSAGE = "MARA:\nNo!\n\nTOM:\nYes!", "The ferry left at noon, and nobody saw it go."


@pytest.fixture(scope="module")
def gru() -> LoadedModel:
    return load_model("shakespeare-gru")


def by_hand(loaded: LoadedModel, *texts: str) -> list[float]:
    """Return the chances after the texts, each read from the start by stepping, in plain Python floats."""
    state, logits = loaded.model.start(1), None
    with torch.inference_mode():
        for token_id in [
            loaded.tokenizer.encode("\n")[0],
            *(i for text in texts for i in loaded.tokenizer.encode(text)),
        ]:
            logits, state = loaded.model.step(torch.tensor([token_id]), state)
    weights = [math.exp(value) for value in logits[0].tolist()]
    return [weight / sum(weights) for weight in weights]


def test_the_divergence_by_hand_on_three_tokens() -> None:
    p, q = [0.5, 0.25, 0.25], [0.25, 0.25, 0.5]
    expected = (0.5 * 1 + 0.25 * 0 + 0.25 * -1) * math.log(2)  # p log(p / q): twice, as, and half as likely
    rows = torch.tensor([p, q, [1.0, 0.0, 0.0]], dtype=torch.float64).log()
    against = torch.tensor([q, q, p], dtype=torch.float64).log()
    assert divergence_nats(rows, against).tolist() == pytest.approx([expected, 0, math.log(2)])


def test_the_curve_is_the_divergence_of_two_runs_read_from_their_beginnings(reader: LoadedModel) -> None:
    frame = donor_influence(reader, DONOR, PASSAGE, 1.0).frame
    assert "".join(frame["token"]) == PASSAGE
    assert frame["characters"].tolist() == list(range(1, len(PASSAGE) + 1))
    for position in (1, 7, len(PASSAGE)):
        moved, free = by_hand(reader, DONOR, PASSAGE[:position]), by_hand(reader, PASSAGE[:position])
        nats = sum(p * math.log(p / q) for p, q in zip(moved, free, strict=True))
        assert frame["kl_nats"][position - 1] == pytest.approx(nats, rel=1e-3, abs=1e-9)


def test_nothing_carried_over_changes_nothing_at_all(gru: LoadedModel) -> None:
    found = donor_influence(gru, DONOR, PASSAGE, 0.0)
    assert (found.frame["kl_nats"] == 0).all()
    assert found.lasts_characters == 0
    assert write_after_transplant(gru, DONOR, PASSAGE, 0.0, SETTINGS) == "".join(write_text(gru, PASSAGE, SETTINGS))


def test_the_whole_state_is_that_of_reading_the_one_passage_after_the_other(gru: LoadedModel) -> None:
    ids = prompt_ids(gru, DONOR + PASSAGE)
    expected = generate(gru.model, ids, max_new_tokens=60, temperature=0.8, seed=5)
    text = write_after_transplant(gru, DONOR, PASSAGE, 1.0, SETTINGS)
    assert text == gru.tokenizer.decode([token.token_id for token in expected])
    assert text != write_after_transplant(gru, DONOR, PASSAGE, 0.0, SETTINGS)
    state = starting_state(gru, DONOR, PASSAGE, 1.0)
    for layer, given in zip(state, prefill(gru.model, prompt_ids(gru, DONOR))[1], strict=True):
        assert torch.equal(layer, given)


def test_every_part_of_every_layer_is_mixed() -> None:
    first = (LSTMState(torch.tensor([[0.0, 2.0]]), torch.tensor([[1.0, 1.0]])), torch.tensor([[4.0]]))
    second = (LSTMState(torch.tensor([[1.0, 4.0]]), torch.tensor([[5.0, 3.0]])), torch.tensor([[0.0]]))
    mixed = blend(first, second, 0.25)
    assert isinstance(mixed[0], LSTMState)
    assert mixed[0].hidden.tolist() == [[0.25, 2.5]]
    assert mixed[0].cell.tolist() == [[2.0, 1.5]]
    assert mixed[1].tolist() == [[3.0]]


def test_more_of_the_donor_is_felt_more(gru: LoadedModel) -> None:
    nats = [donor_influence(gru, DONOR, PASSAGE, amount).frame["kl_nats"][:5].sum() for amount in (0.1, 0.5, 1.0)]
    assert 0 < nats[0] < nats[1] < nats[2]


def test_the_influence_lasts_until_it_stays_small() -> None:
    def lasting(nats: list[float]) -> int | None:
        return lasting_characters(pd.DataFrame({"characters": [2, 5, 6, 9][: len(nats)], "kl_nats": nats}))

    small, large = NEGLIGIBLE_NATS / 2, NEGLIGIBLE_NATS
    assert lasting([small, small, small, small]) == 0
    assert lasting([large, small, large, small]) == 6  # it had been small in between
    assert lasting([large, small, small, small]) == 2
    assert lasting([small, small, small, large]) is None


def test_half_of_the_difference_lies_behind_where_the_sum_reaches_half() -> None:
    frame = pd.DataFrame({"characters": [2, 5, 6, 9], "kl_nats": [2.0, 1.0, 2.0, 0.5]})
    assert half_characters(frame) == 5
    assert half_characters(frame.assign(kl_nats=0.0)) == 0


def test_the_remainder_is_not_the_half(gru: LoadedModel) -> None:
    """Both are said: half of the difference comes long before the last prediction that differs."""
    found = donor_influence(gru, DONOR, PASSAGE * 4, 1.0)
    assert 0 < found.half_characters < 0.5 * (found.lasts_characters or found.characters)


def test_a_donor_lasts_longer_in_a_gru_than_in_an_rnn_of_the_same_size(gru: LoadedModel) -> None:
    passage = PASSAGE * 4
    rnn = donor_influence(load_model("shakespeare-rnn"), DONOR, passage, 1.0)
    found = donor_influence(gru, DONOR, passage, 1.0)
    assert rnn.lasts_characters is not None
    assert rnn.lasts_characters < (found.lasts_characters or found.characters)


@pytest.mark.parametrize(
    ("donor", "passage", "amount", "sentence"),
    [
        ("", "B", 1.0, "The donor passage is empty"),
        ("A", "", 1.0, "The passage is empty"),
        ("A" * 100_000, "B", 1.0, "The donor passage has 100,000 characters; at most 2,000 are read"),
        ("A", "B" * 2001, 1.0, "The passage has 2,001 characters"),
        ("A", "\udc80", 1.0, "The passage has bytes in it that are not UTF-8"),
        ("A", "B", 1.1, "between 0 .* and 1 .*, not 1.1"),
        ("A", "B", math.nan, "not nan"),
    ],
)
def test_what_cannot_be_done_is_said(
    reader: LoadedModel, donor: str, passage: str, amount: float, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        donor_influence(reader, donor, passage, amount)
    with pytest.raises(InputError, match=sentence):
        write_after_transplant(reader, donor, passage, amount, SETTINGS)


def test_emoji_and_greek_are_read_as_unknown(reader: LoadedModel) -> None:
    assert len(donor_influence(reader, "🎭🎭", "αβγ☃", 1.0).frame) == 4


def test_counts_have_no_state_to_carry() -> None:
    with pytest.raises(InputError, match="only counts"):
        donor_influence(load_model("shakespeare-ngram"), "A", "B", 1.0)
