"""Forced, mixed and free beside one reference: rows, losses and divergences against the decoders and by hand."""

from __future__ import annotations

import dataclasses
import math
import pickle
from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.decoding.forced import forced
from engine.decoding.text import encode_sources, translate
from engine.errors import InputError
from engine.inspection.translation.forcing import (
    ALL,
    FOREIGN_NATS,
    NONE,
    SEEDS,
    arrange_forcing,
    chosen_steps,
    coin_outcomes,
    coins_sentence,
    forcing_sentence,
    forcing_table,
    foreign_sentence,
    inspect_forcing,
    inverted,
    leading_steps,
    lesson,
    mixed_sentence,
    read_steps,
    reference_labels,
    summarise_coins,
    switched,
    tossed_steps,
    write_steps,
)
from engine.models.folder import LoadedModel
from engine.text.piece_labels import BLANK, END

SOURCE, REFERENCE = "the dog sees a cat", "le chien voit un chat"


class ParrotState(NamedTuple):
    time: torch.Tensor
    attention_weights: torch.Tensor


class Parrot:
    """A translator that writes given ids whatever it reads, the last one for ever."""

    def __init__(self, ids: list[int], vocab_size: int) -> None:
        self.ids, self.vocab_size = ids, vocab_size

    def start(self, source_ids, lengths):
        return ParrotState(torch.zeros(len(lengths), dtype=torch.long), torch.zeros(source_ids.shape))

    def step(self, token_ids, state):
        logits = torch.zeros(len(token_ids), self.vocab_size)
        for row, time in enumerate(state.time.tolist()):
            logits[row, self.ids[min(time, len(self.ids) - 1)]] = 3.0
        return logits, state._replace(time=state.time + 1)


def says(interpreter: LoadedModel, text: str, is_ended: bool = True) -> LoadedModel:
    """Return a model that says `text` whatever it reads."""
    tokenizer = interpreter.tokenizer
    ids = tokenizer.encode(text) + ([tokenizer.eos_id] if is_ended else [])
    return dataclasses.replace(interpreter, model=Parrot(ids, tokenizer.vocab_size))


def test_the_forced_run_is_the_forced_decoding_and_the_free_run_the_greedy_one(interpreter: LoadedModel) -> None:
    tokenizer = interpreter.tokenizer
    report = inspect_forcing(interpreter, SOURCE, REFERENCE)
    taught = forced(
        interpreter.model,
        *encode_sources(interpreter, [SOURCE]),
        tokenizer.encode(REFERENCE),
        bos_id=tokenizer.bos_id,
        eos_id=tokenizer.eos_id,
    )
    assert report.forced.losses == pytest.approx(-taught.log_probs.numpy(), abs=1e-5)
    assert report.forced.log_probs == pytest.approx(taught.argmax_log_probs.tolist(), abs=1e-5)
    free = translate(interpreter, SOURCE)[0]
    assert report.free.text == free.text
    assert report.free.log_probs == pytest.approx(free.log_probs, abs=1e-4)
    assert report.mixed.pieces == report.forced.pieces
    assert report.mixed.text == REFERENCE
    assert inspect_forcing(interpreter, SOURCE, REFERENCE, NONE).mixed.pieces == report.free.pieces


def test_divergences_are_those_of_the_distributions(interpreter: LoadedModel) -> None:
    """By hand, step by step, with the model's own step."""
    report = inspect_forcing(interpreter, SOURCE, REFERENCE, "1-2")
    tokenizer, model = interpreter.tokenizer, interpreter.model
    reference = tokenizer.encode(REFERENCE)
    rows = []
    with torch.no_grad():
        for told in ((True,) * len(reference), report.told, (False,) * len(reference)):
            state, token, row = model.start(*encode_sources(interpreter, [SOURCE])), tokenizer.bos_id, []
            for position in range(len(reference) + 1):
                logits, state = model.step(torch.tensor([token]), state)
                row.append(logits[0].double().softmax(-1).numpy())
                if position < len(reference):
                    token = reference[position] if told[position] else int(logits.argmax())
            rows.append(np.array(row))
    for found, row in ((report.mixed_kl, rows[1]), (report.free_kl, rows[2])):
        assert found == pytest.approx((rows[0] * np.log(rows[0] / row)).sum(axis=1), abs=1e-4)
    ids = [*reference, tokenizer.eos_id]
    assert report.free.losses == pytest.approx(
        [-math.log(row[given]) for row, given in zip(rows[2], ids, strict=True)], abs=1e-4
    )
    assert report.exposure_gap == pytest.approx(report.free.losses.mean() - report.forced.losses.mean())


def test_equal_rows_do_not_part_and_forcing_changes_nothing(interpreter: LoadedModel) -> None:
    report = inspect_forcing(says(interpreter, REFERENCE), SOURCE, REFERENCE)
    assert report.free.pieces == report.forced.pieces == report.reference
    assert report.reference[-1] == END
    assert report.free.first_difference(report.reference) is None
    assert report.exposure_gap == pytest.approx(0)
    assert f"all {len(report.reference)} tokens are the same" in forcing_sentence(report)
    assert "next to no difference" in lesson(report)


def test_rows_part_at_the_first_piece_that_differs_and_the_sentence_says_so(interpreter: LoadedModel) -> None:
    report = inspect_forcing(says(interpreter, "le chat voit un chat"), SOURCE, REFERENCE)
    at = report.free.first_difference(report.reference)
    assert report.free.pieces[:at] == report.reference[:at]
    assert report.free.pieces[at] != report.reference[at]
    sentence = forcing_sentence(report)
    assert f"They differ from token {at + 1}" in sentence
    assert f"“{report.reference[at]}”" in sentence
    assert f"“{report.free.pieces[at]}”" in sentence


def test_shorter_longer_and_endless_rows_part_where_one_is_over(interpreter: LoadedModel) -> None:
    count = len(interpreter.tokenizer.encode(REFERENCE))
    longer = inspect_forcing(says(interpreter, f"{REFERENCE} un chien"), SOURCE, REFERENCE)
    assert longer.free.first_difference(longer.reference) == count
    assert len(longer.free.pieces) > len(longer.reference)
    assert len(longer.forced.pieces) == len(longer.reference), "told the end, it ends"
    shorter = inspect_forcing(says(interpreter, "le chien"), SOURCE, REFERENCE)
    assert shorter.free.first_difference(shorter.reference) == len(interpreter.tokenizer.encode("le chien"))
    assert len(shorter.free.losses) == count + 1, "the reference is scored to its end"
    endless = inspect_forcing(says(interpreter, "le", is_ended=False), "a", REFERENCE)
    assert not endless.free.is_finished
    assert len(endless.free.pieces) == max(2 * len(interpreter.tokenizer.encode("a")) + 10, count + 1)


def test_the_table_has_a_row_per_step_of_the_longest_and_no_tensor_is_kept(interpreter: LoadedModel) -> None:
    report = inspect_forcing(interpreter, SOURCE, REFERENCE, "2")
    table = forcing_table(report)
    assert len(table) == max(len(report.reference), len(report.mixed.pieces), len(report.free.pieces))
    assert list(table["reference_loss_mixed"].dropna()) == pytest.approx(report.mixed.losses, abs=1e-4)
    assert list(table["is_told"].dropna()) == list(report.told)
    assert b"torch" not in pickle.dumps(report)


def test_alternatives_are_the_likeliest_pieces_not_read(interpreter: LoadedModel) -> None:
    report = inspect_forcing(interpreter, SOURCE, REFERENCE)
    for others, read in zip(report.alternatives, report.free.reads, strict=True):
        shares = [share for _, share in others]
        assert shares == sorted(shares, reverse=True)
        assert read not in [name for name, _ in others]
        assert not {"<eos>", END, BLANK} & {name for name, _ in others}, "a blank alone cannot be forced"


@pytest.mark.parametrize(
    ("text", "count", "told"),
    [
        ("all", 3, "111"),
        ("none", 3, "000"),
        ("", 2, "00"),
        ("1-2", 3, "110"),
        (" 3 , 1", 4, "1010"),
        ("2–3", 3, "011"),
        ("ALL", 1, "1"),
        ("1-99", 3, "111"),
        ("7", 3, "000"),
    ],
)
def test_steps_are_read(text: str, count: int, told: str) -> None:
    assert read_steps(text, count) == tuple(letter == "1" for letter in told)


def test_first_is_the_one_step_where_the_free_row_first_leaves_the_reference(interpreter: LoadedModel) -> None:
    report = inspect_forcing(interpreter, SOURCE, REFERENCE)
    at = report.free.first_difference(report.reference)
    told = read_steps(chosen_steps(interpreter, SOURCE, REFERENCE, "First"), len(report.told))
    assert [position for position, flag in enumerate(told) if flag] == [at]
    assert chosen_steps(interpreter, SOURCE, REFERENCE, "2, 4") == "2, 4"
    assert chosen_steps(says(interpreter, REFERENCE), SOURCE, REFERENCE, "first") == ALL


@pytest.mark.parametrize(
    "text", ["some", "0", "-1", "1;2", "3-1", "1,,2", "99999", "1.5", "<b>", "\N{ARABIC-INDIC DIGIT ONE}x"]
)
def test_steps_that_mean_nothing_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match=r"^The steps .+\.$"):
        read_steps(text, 5)


@given(st.lists(st.booleans(), min_size=1, max_size=12).map(tuple))
def test_steps_written_are_read_again(told: tuple[bool, ...]) -> None:
    assert read_steps(write_steps(told), len(told)) == told
    assert read_steps(inverted(told), len(told)) == tuple(not flag for flag in told)
    assert all(told[: leading_steps(told)])
    assert leading_steps(told) == len(told) or not told[leading_steps(told)]
    turned = read_steps(switched(told, 1), len(told))
    assert turned == (not told[0], *told[1:])


def test_coins_of_a_seed_are_the_steps_told(interpreter: LoadedModel) -> None:
    frame = coin_outcomes(interpreter, SOURCE, REFERENCE, (0.0, 0.5, 1.0))
    assert len(frame) == 1 + SEEDS + 1
    for row in frame.itertuples():
        steps = tossed_steps(interpreter, SOURCE, REFERENCE, row.teacher_forcing_ratio, row.seed)
        report = inspect_forcing(interpreter, SOURCE, REFERENCE, steps)
        assert row.nats_per_token == pytest.approx(report.mixed.mean_loss, abs=1e-4)
        assert row.steps_told == sum(report.told)
        assert row.text == report.mixed.text
    summary = summarise_coins(frame)
    assert list(summary["seeds"]) == [1, SEEDS, 1]
    middle = frame[frame["teacher_forcing_ratio"] == 0.5]
    assert summary["mean"][1] == pytest.approx(middle["nats_per_token"].mean(), abs=1e-4)
    assert f"{middle['nats_per_token'].min():.2f} to {middle['nats_per_token'].max():.2f}" in coins_sentence(frame)


def test_lining_up_by_piece_moves_the_free_row_and_not_the_forced_one(interpreter: LoadedModel) -> None:
    report = inspect_forcing(says(interpreter, "un le chien voit un chat"), SOURCE, REFERENCE)
    by_step, by_piece = arrange_forcing(report, by_piece=False), arrange_forcing(report, by_piece=True)
    assert by_step.divergence == 0
    assert by_step.steps == list(range(1, len(report.free.pieces) + 1))
    free, reference = by_piece.pieces["Free"], by_piece.pieces["Reference"]
    assert [piece for piece in free if piece] == report.free.pieces
    same = sum(a == b for a, b in zip(free, reference, strict=True))
    assert same == len(report.reference), "one piece more and all the others are the reference's"
    for step, piece in zip(by_piece.steps, by_piece.pieces["Forced"], strict=True):
        assert piece == (None if step is None else report.forced.pieces[step - 1])


def test_what_the_mixed_row_was_told_is_said(interpreter: LoadedModel) -> None:
    count = len(reference_labels(interpreter, SOURCE, REFERENCE))
    assert "it is the forced row" in mixed_sentence(inspect_forcing(interpreter, SOURCE, REFERENCE, ALL))
    assert "it is the free row" in mixed_sentence(inspect_forcing(interpreter, SOURCE, REFERENCE, NONE))
    assert f"given the reference after 2 steps of {count}" in mixed_sentence(
        inspect_forcing(interpreter, SOURCE, REFERENCE, "1, 3")
    )


def test_a_reference_the_network_finds_absurd_is_called_so_with_the_number(interpreter: LoadedModel) -> None:
    report = inspect_forcing(interpreter, SOURCE, REFERENCE)
    for nats, is_said in ((FOREIGN_NATS - 0.1, False), (FOREIGN_NATS + 0.5, True)):
        run = dataclasses.replace(report.forced, losses=np.full(4, nats))
        said = foreign_sentence(dataclasses.replace(report, forced=run), "French")
        assert (said is not None) == is_said
    assert "into French" in said
    assert f"{FOREIGN_NATS + 0.5:.1f} nats" in said
    assert f"1 in {math.exp(FOREIGN_NATS + 0.5):,.0f}" in said


@pytest.mark.parametrize(
    ("source", "reference", "words"),
    [
        ("", REFERENCE, "nothing to translate"),
        (SOURCE, "   ", "no reference"),
        ("word " * 500, REFERENCE, "500 words"),
        (SOURCE, "mot " * 500, "500 words|more than"),
        (SOURCE, "m" * 100_000, "100,000 characters"),
        (SOURCE, "le\udcff", "UTF-8"),
    ],
)
def test_bad_input_is_one_sentence(interpreter: LoadedModel, source: str, reference: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        inspect_forcing(interpreter, source, reference)
