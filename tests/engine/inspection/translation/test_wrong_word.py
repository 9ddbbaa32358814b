"""A wrong word: what is changed, what is the same again and how long it is felt, on rows whose end is known and by
hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch

from engine.errors import InputError
from engine.inspection.translation.forcing import NONE, DecoderRun, inspect_forcing
from engine.inspection.translation.wrong_word import (
    MAX_WORD_CHARACTERS,
    WrongWord,
    arrange_wrong_word,
    put_wrong_word,
    read_word,
    wrong_word_sentence,
    wrong_word_table,
)
from engine.models.folder import LoadedModel
from engine.text.piece_labels import END

SOURCE, REFERENCE = "the dog sees a cat", "le chien voit un chat"


class Script:
    """A translator whose next piece is looked up by what it just read: a row is a walk through a table."""

    has_attention = False

    def __init__(self, follows: dict[int, int], vocab_size: int) -> None:
        self.follows, self.vocab_size = follows, vocab_size

    def start(self, source_ids, lengths):
        return (torch.zeros(len(lengths)),)

    def step(self, token_ids, state):
        logits = torch.zeros(len(token_ids), self.vocab_size)
        for row, token in enumerate(token_ids.tolist()):
            logits[row, self.follows.get(token, 0)] = 8.0
        return logits, state


@pytest.fixture
def scripted(interpreter: LoadedModel) -> LoadedModel:
    """Return a model that writes "le chien voit un chat"; "boat" sends it on to "bateau", which ends the sentence."""
    tokenizer = interpreter.tokenizer
    walk = [tokenizer.bos_id, *tokenizer.encode(REFERENCE), tokenizer.eos_id]
    assert len(set(walk)) == len(walk), "every piece is there once, so that it says what comes next"
    follows = dict(zip(walk, walk[1:], strict=False))
    follows[tokenizer.encode("chats")[-1]] = tokenizer.eos_id
    return dataclasses.replace(interpreter, model=Script(follows, tokenizer.vocab_size))


def test_a_word_that_leads_back_is_recovered_from(scripted: LoadedModel) -> None:
    """After the first piece the last but one is put in: it writes what follows that one, so the row is shorter and its
    end the same."""
    walk = scripted.tokenizer.tokens(scripted.tokenizer.encode(REFERENCE))
    plain = inspect_forcing(scripted, SOURCE, REFERENCE, NONE).mixed
    assert len(plain.pieces) == len(walk) + 1
    target = plain.pieces[2]
    found = put_wrong_word(scripted, SOURCE, REFERENCE, 1, f"·{target[1:]}" if target.startswith("·") else target)
    assert found.changed.pieces == [plain.pieces[0], *plain.pieces[3:]]
    assert (found.shift, found.changed_pieces, found.same_pieces) == (-2, 0, len(plain.pieces) - 3)
    assert found.has_recovered
    assert found.kl == pytest.approx([0.0] * len(found.kl), abs=1e-5)
    assert found.felt_steps == 0
    assert "2 steps earlier" in wrong_word_sentence(found)


def test_pieces_after_the_word_are_those_of_the_model_by_hand(interpreter: LoadedModel) -> None:
    tokenizer, model = interpreter.tokenizer, interpreter.model
    plain, word = inspect_forcing(interpreter, SOURCE, REFERENCE, NONE).free, tokenizer.encode("bateau")
    found = put_wrong_word(interpreter, SOURCE, REFERENCE, 2, "bateau")
    source = torch.tensor([tokenizer.encode(SOURCE)])
    state, rows, read = model.start(source, torch.tensor([source.shape[1]])), [], [tokenizer.bos_id]
    with torch.no_grad():
        while read[-1] != tokenizer.eos_id and len(rows) < len(found.changed.pieces) + len(word) - 1:
            logits, state = model.step(torch.tensor([read[-1]]), state)
            rows.append(logits[0].log_softmax(-1))
            own = int(logits.argmax())
            read.append(word[len(rows) - 2] if 0 <= len(rows) - 2 < len(word) else own)
    kept = [*rows[:2], *rows[1 + len(word) :]]  # the pieces of the word but its last take no step
    assert found.changed.log_probs == pytest.approx([float(row.max()) for row in kept], abs=1e-5)
    assert found.probability == pytest.approx(float(rows[1][word[0]].exp()), abs=1e-6)
    assert found.changed.text == tokenizer.decode([token for token in read[1:] if token != tokenizer.eos_id])
    assert found.plain.pieces == plain.pieces
    assert found.plain.log_probs == pytest.approx(plain.log_probs, abs=1e-5)


def run(pieces: list[str], is_finished: bool = True) -> DecoderRun:
    return DecoderRun(pieces, [-0.1] * len(pieces), pieces, " ".join(pieces), np.zeros(3), is_finished)


def made_up(plain: list[str], changed: list[str], same: int, kl: list[float], is_finished: bool = True) -> WrongWord:
    step = 1
    return WrongWord(
        step,
        "chat",
        "chien",
        0.25,
        run(plain),
        run(changed, is_finished),
        len(changed) - step - same,
        same,
        len(changed) - len(plain),
        kl,
    )


def test_a_full_stop_and_an_end_mark_alone_are_no_recovery() -> None:
    found = made_up(["un", "a", "b", "c", ".", END], ["un", "x", "y", "z", ".", END], 2, [2.0, 2.0, 2.0, 0.5, 0.0])
    assert not found.has_recovered
    assert "does not find its way back: of the 5 tokens after it only the last 2 are" in wrong_word_sentence(found)
    assert found.felt_steps == 4


def test_three_equal_pieces_are_a_recovery_and_the_last_lasting_difference_is_counted() -> None:
    found = made_up(["un", "a", "b", "c", ".", END], ["un", "x", "y", "c", ".", END], 3, [2.0, 0.05, 0.2, 0.05, 0.0])
    assert found.has_recovered
    assert found.felt_steps == 3
    sentence = wrong_word_sentence(found)
    assert "recovers after 2 changed tokens: the last 3 are again" in sentence
    assert "for the last time 3 steps after the word" in sentence
    assert "25 %" in sentence


def test_a_row_that_never_ends_has_not_recovered() -> None:
    found = made_up(["un", "a", "b", "c"], ["un", "a", "b", "c"], 3, [0.0] * 3, is_finished=False)
    assert not found.has_recovered
    assert "never ends by itself" in wrong_word_sentence(found)


def test_what_cannot_be_compared_counts_as_felt() -> None:
    assert made_up(["un", END], ["un", "x", "y", END], 1, [math.nan, math.nan, 0.0]).felt_steps == 2


def test_the_table_and_the_rows_hold_both_runs(interpreter: LoadedModel) -> None:
    found = put_wrong_word(interpreter, SOURCE, REFERENCE, 1, "bateau")
    table = wrong_word_table(found)
    assert list(table["without"].dropna()) == found.plain.pieces
    assert list(table["with"].dropna()) == found.changed.pieces
    assert list(table["kl_without_with"].dropna()) == pytest.approx(
        [value for value in found.kl if not math.isnan(value)], abs=1e-4
    )
    rows = arrange_wrong_word(found)
    assert [piece for piece in rows.pieces["With"] if piece] == found.changed.pieces
    read = [piece for piece in rows.pieces["Reads next"] if piece]
    assert read[0] == "bateau"
    assert read[1:] == found.changed.reads[1:]


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("", "no word"),
        ("   ", "no word"),
        ("m" * 61, f"61 characters; at most {MAX_WORD_CHARACTERS}"),
        ("·qqqqq", "no subword token “·qqqqq”"),
        ("·<eos>", "no subword token"),
        ("\N{CJK UNIFIED IDEOGRAPH-72AC}", "cannot read"),
        ("le\udcff", "UTF-8"),
    ],
)
def test_a_word_that_cannot_be_read_is_refused(interpreter: LoadedModel, word: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_word(interpreter.tokenizer, word)


def test_a_step_that_is_not_there_and_the_word_that_is_read_anyway_are_refused(scripted: LoadedModel) -> None:
    plain = inspect_forcing(scripted, SOURCE, REFERENCE).free
    last = len(plain.pieces) - 1
    for step in (0, last + 1):
        with pytest.raises(InputError, match=f"steps 1 to {last} of this row; step {step}"):
            put_wrong_word(scripted, SOURCE, REFERENCE, step, "bateau")
    first = scripted.tokenizer.decode(scripted.tokenizer.encode(REFERENCE)[:1])
    with pytest.raises(InputError, match="read after step 1 anyway"):
        put_wrong_word(scripted, SOURCE, REFERENCE, 1, first)
