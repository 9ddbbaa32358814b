"""Surprise: the nats are those of single steps, characters and pieces line up with the text, limits get a sentence."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch

from engine.decoding.limits import MAX_SURPRISE_CHARACTERS
from engine.errors import InputError
from engine.evaluation.language_model import score_text
from engine.inspection.writing.surprise import Surprise, differences, hover_lines, surprise
from engine.models.language_model import LanguageModel
from engine.plotting.writing.text_grid import spoken_token


def test_nats_places_and_alternatives_are_those_of_single_steps(reader) -> None:
    text = "The fog ж sat."
    found = surprise(reader, text)
    state, read = reader.model.start(1), reader.tokenizer.encode("\n")[0]
    for row, character in zip(found.frame.itertuples(), text, strict=True):
        with torch.no_grad():
            logits, state = reader.model.step(torch.tensor([read]), state)
        shares = logits[0].double().softmax(-1)
        read = reader.tokenizer.encode(character)[0]
        assert row.token == character
        assert row.nats == pytest.approx(-math.log(shares[read]), abs=1e-5)
        assert row.probability == pytest.approx(float(shares[read]), rel=1e-4)
        assert row.position == 1 + int((shares > shares[read]).sum())
        order = shares.argsort(descending=True)[:4].tolist()
        words = [f"{spoken_token(reader.tokenizer.token(i))} {100 * shares[i]:.1f} %" for i in order]
        assert row.expected == ", ".join(words)
    assert found.frame["is_unknown"].tolist() == [character == "ж" for character in text]
    assert found.unknown_count == 1
    lines = hover_lines(found)
    assert f"{found.frame['nats'][4]:.2f} nats" in lines[4]
    assert lines[4].startswith("“f”")
    assert "never seen" in lines[8]
    assert "never seen" not in lines[7]


def test_totals_are_those_of_the_score_command(reader) -> None:
    text = "The ferry left at noon,\nand nobody waved.\n"
    found = surprise(reader, text)
    assert found.nats_per_character == pytest.approx(score_text(reader, text, "stream")["nats_per_character"], abs=1e-4)
    assert found.total_nats == pytest.approx(np.nansum(found.character_nats))
    assert len(found.character_nats) == len(text)


def test_a_piece_spreads_its_nats_over_its_characters(interpreter) -> None:
    tokenizer = interpreter.tokenizer
    model = LanguageModel(tokenizer.vocab_size, embedding_dim=4, hidden_size=6, num_layers=1).eval()
    loaded = dataclasses.replace(interpreter, model=model)
    text = "two dogs run"
    found = surprise(loaded, text)
    assert len(found.frame) < len(text)
    assert "".join(found.frame["token"]) == text
    assert np.nansum(found.character_nats) == pytest.approx(found.total_nats)
    first = found.frame.iloc[0]
    assert found.character_nats[0] == pytest.approx(first["nats"] / len(first["token"]))


def test_differences_have_the_sign_of_the_more_surprised(reader) -> None:
    text = "fog"
    one = surprise(reader, text)
    other = Surprise(one.frame, one.character_nats - np.array([1.0, 0.0, -2.0]))
    frame = differences(text, one, other)
    assert frame["character"].tolist() == list(text)
    np.testing.assert_allclose(frame["difference"], [1, 0, -2])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no text to read"),
        ("x" * (MAX_SURPRISE_CHARACTERS + 1), "The text has 3,001 characters; at most 3,000"),
        ("a\udcff", "not UTF-8"),
    ],
)
def test_a_text_that_cannot_be_read_gets_a_sentence(reader, text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        surprise(reader, text)
