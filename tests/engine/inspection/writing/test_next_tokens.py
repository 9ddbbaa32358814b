"""The next token before and after the settings, against softmax written out by hand."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch

from engine.decoding.text import prompt_ids
from engine.inspection.writing.next_tokens import choices_along, entropy, next_tokens, token_around
from engine.models.folder import LoadedModel
from engine.models.language_model import LanguageModel
from engine.models.steps import prefill
from engine.text import TOKENIZERS


def logits_after(reader: LoadedModel, text: str) -> np.ndarray:
    """Return the logits the model gives after `text`."""
    return prefill(reader.model, prompt_ids(reader, text))[0][0].double().numpy()


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return the softmax, written out."""
    shares = np.exp(logits - logits.max())
    return shares / shares.sum()


@pytest.mark.parametrize("text", ["", "A", "The ferry left at n"])
def test_columns_are_softmax_of_the_logits_and_of_the_warmed_logits(reader: LoadedModel, text: str) -> None:
    found = next_tokens(reader, text, temperature=0.5, top_k=0, top_p=1.0)
    logits = logits_after(reader, text)
    order = np.argsort(-softmax(logits), kind="stable")
    assert found.frame["probability_before"].to_numpy() == pytest.approx(softmax(logits)[order], abs=1e-6)
    assert found.frame["probability_after"].to_numpy() == pytest.approx(softmax(logits / 0.5)[order], abs=1e-6)
    assert found.frame["token"].tolist() == reader.tokenizer.tokens(order)
    assert found.entropy_before == pytest.approx(-(softmax(logits) * np.log(softmax(logits))).sum(), abs=1e-5)
    assert found.mass_cut == 0


def test_cut_mass_is_what_the_cut_tokens_had(reader: LoadedModel) -> None:
    found = next_tokens(reader, "The", temperature=2.0, top_k=3, top_p=1.0)
    shares = np.sort(softmax(logits_after(reader, "The") / 2))[::-1]
    assert found.frame["is_kept"].sum() == 3
    assert found.mass_cut == pytest.approx(shares[3:].sum(), abs=1e-6)
    assert found.frame["probability_after"].sum() == pytest.approx(1)
    assert found.entropy_after <= math.log(3) + 1e-9


def test_temperature_zero_is_certain(reader: LoadedModel) -> None:
    found = next_tokens(reader, "The", temperature=0.0, top_k=0, top_p=1.0)
    assert found.entropy_after == 0
    assert found.frame["is_kept"].sum() == 1
    assert found.frame.loc[0, "probability_after"] == 1


def test_distribution_at_the_end_of_a_written_text_is_the_one_it_was_written_with(
    reader: LoadedModel,
) -> None:
    from engine.decoding.limits import SamplingSettings
    from engine.decoding.text import write_text

    settings = SamplingSettings(max_new_tokens=12, temperature=0.0)
    text = "".join(write_text(reader, "The ", settings))
    for position in range(12):
        found = next_tokens(reader, "The " + text[:position], temperature=0.0, top_k=0, top_p=1.0)
        assert found.frame.loc[0, "token"] == text[position]


def test_entropy_of_known_distributions() -> None:
    assert entropy(np.array([1.0, 0.0])) == 0
    assert entropy(np.full(8, 1 / 8)) == pytest.approx(math.log(8))
    assert entropy(torch.tensor([0.5, 0.5]).numpy()) == pytest.approx(math.log(2))


def test_outcome_names_place_and_chances_of_what_followed(reader: LoadedModel) -> None:
    found = next_tokens(reader, "The", temperature=0.5, top_k=2, top_p=1.0)
    third = found.frame.iloc[2]
    sentence = found.outcome(third["token"])
    assert re.search(r"Here followed (“.”|a space|a new line): number 3 ", sentence)
    assert f"{100 * third['probability_before']:.1f} %, 0.0 % after" in sentence
    assert "never seen" in found.outcome("😀")


def test_stages_cut_one_after_the_other(reader: LoadedModel) -> None:
    found = next_tokens(reader, "The", temperature=1.7, top_k=8, top_p=0.6)
    shares = np.sort(softmax(logits_after(reader, "The") / 1.7))[::-1]
    kept = shares[:8] / shares[:8].sum()
    count = int((np.cumsum(kept) - kept < 0.6).sum())
    stages = found.stages.set_index("stage")
    assert stages["tokens"].tolist() == [reader.tokenizer.vocab_size] * 2 + [8, count]
    assert stages["mass_cut"].tolist() == pytest.approx([0, 0, shares[8:].sum(), kept[count:].sum()], abs=1e-5)
    assert stages.loc["temperature", "entropy"] == pytest.approx(-(shares * np.log(shares)).sum(), abs=1e-5)
    assert stages.loc["top_p", "entropy"] == pytest.approx(found.entropy_after)
    assert found.frame["probability_top_k"].nlargest(8).to_numpy() == pytest.approx(kept, abs=1e-5)
    unchanged = next_tokens(reader, "The", temperature=1.0, top_k=0, top_p=1.0).stages
    assert unchanged["entropy"].nunique() == 1
    assert (unchanged["mass_cut"] == 0).all()


def test_choices_along_a_text_are_those_at_each_place(reader: LoadedModel) -> None:
    text = "The fog 🌊!"
    along = choices_along(reader, text, 0.7, 5, 0.9)
    assert along["position"].tolist() == list(range(len(text) + 1))
    for position in (0, 3, 8, len(text)):
        alone = next_tokens(reader, text[:position], 0.7, 5, 0.9)
        row = along.iloc[position]
        assert (row.entropy_before, row.entropy_after) == pytest.approx(
            (alone.entropy_before, alone.entropy_after), abs=1e-4
        )
        assert row.mass_cut == pytest.approx(alone.mass_cut, abs=1e-4)


def test_the_token_around_a_place_is_its_character_or_the_whole_piece(reader: LoadedModel) -> None:
    assert token_around(reader, "The 🌊", 2) == (2, "e")
    assert token_around(reader, "The 🌊", 4) == (4, "🌊")
    assert token_around(reader, "The", 3) == token_around(reader, "The", 9) == (3, "")
    text = "to be, or not to be"
    pieces = TOKENIZERS.get("pieces").train([text * 9])
    model = LanguageModel(pieces.vocab_size, embedding_dim=4, hidden_size=4, num_layers=1).eval()
    writer = LoadedModel(None, model, pieces)
    assert [token_around(writer, text, position) for position in (0, 2, 3, 12)] == [
        (0, "to "),
        (0, "to "),
        (3, "be"),
        (10, "not "),
    ]
    found = next_tokens(writer, text[:10], 1.0, 0, 1.0)
    assert "Here followed “not ”: number" in found.outcome("not ")
