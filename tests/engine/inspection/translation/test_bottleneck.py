"""The bottleneck press: directions against a singular value decomposition, translations against decoding without it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from engine.decoding.forced import forced
from engine.decoding.text import encode_sources, translate
from engine.errors import DataError, InputError
from engine.inspection.translation import bottleneck
from engine.inspection.translation.bottleneck import (
    WHOLE,
    Pressed,
    PrincipalDirections,
    find_directions,
    load_directions,
    press,
    press_sentence,
    save_directions,
    sentence_vectors,
    stored_bleu,
)
from engine.models.folder import LoadedModel, list_models, load_model
from tests.engine.conftest import TINY_PAIRS

SENTENCES = [source for source, _ in TINY_PAIRS]
SENTENCE = "the dog sees a cat"
PAIR = [info for info in list_models() if info.task == "translation" and not info.group and not info.error]


@pytest.fixture(scope="module")
def loaded(translator_folder: Path) -> LoadedModel:
    """Return an untrained translator: two layers of 12 numbers each, so vectors of 24."""
    return load_model(translator_folder)


@pytest.fixture(scope="module")
def directions(loaded: LoadedModel) -> PrincipalDirections:
    """Return its directions over eight sentences."""
    return find_directions(loaded, SENTENCES)


@pytest.fixture
def kept(directions: PrincipalDirections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the press finds the directions."""
    monkeypatch.setattr(bottleneck, "FOLDER", tmp_path)
    save_directions(directions)
    return tmp_path


def vectors_of(loaded: LoadedModel, sentences: list[str]) -> torch.Tensor:
    """Return the last states of each sentence read alone, (N, D)."""
    rows = []
    with torch.inference_mode():
        for sentence in sentences:
            state = loaded.model.encode(*encode_sources(loaded, [sentence]))
            rows.append(torch.cat([part[0] for part in state.final]))
    return torch.stack(rows)


def test_directions_are_those_of_a_singular_value_decomposition(
    loaded: LoadedModel, directions: PrincipalDirections
) -> None:
    vectors = vectors_of(loaded, SENTENCES).double().numpy()
    centred = vectors - vectors.mean(axis=0)
    _, singular, rows = np.linalg.svd(centred, full_matrices=False)
    assert directions.variances[:7] == pytest.approx((singular**2 / 7)[:7], rel=1e-3, abs=1e-9)
    overlap = np.abs((rows[:3] * directions.basis.T.numpy()[:3]).sum(axis=1))  # their signs are free
    assert overlap == pytest.approx(np.ones(3), abs=1e-3)
    assert directions.explained[-1] == pytest.approx(1)
    assert (np.diff(directions.explained) >= 0).all()


def test_the_press_is_a_projection(loaded: LoadedModel, directions: PrincipalDirections) -> None:
    vector = vectors_of(loaded, [SENTENCE])
    once = directions.squeeze(vector, 3)
    assert torch.allclose(directions.squeeze(once, 3), once, atol=1e-5)
    assert torch.allclose(directions.squeeze(vector, 24), vector, atol=1e-5)
    assert directions.squeeze(vector, WHOLE) is vector
    first = directions.basis[:, 0]
    by_hand = directions.mean + float((vector[0] - directions.mean) @ first) * first
    assert torch.allclose(directions.squeeze(vector, 1)[0], by_hand, atol=1e-5)
    away = [float((directions.squeeze(vector, size) - vector).norm()) for size in (1, 2, 4, 7)]
    assert away == sorted(away, reverse=True)


@pytest.mark.parametrize("size", [-1, 25])
def test_sizes_that_are_not_kept_get_a_sentence(directions: PrincipalDirections, size: int) -> None:
    with pytest.raises(InputError, match="Between 1 and 24"):
        directions.squeeze(directions.mean[None], size)


def test_everything_the_decoder_gets_goes_through_the_press(
    loaded: LoadedModel, directions: PrincipalDirections
) -> None:
    """Two sources that are the same after the press start the decoder alike, all but what attention looks at."""
    source_ids, lengths = encode_sources(loaded, ["a dog", SENTENCE])
    flat = dataclasses.replace(directions, basis=torch.zeros_like(directions.basis))
    with torch.inference_mode():
        state = Pressed(loaded.model, flat, [1]).start(source_ids, lengths)
    for layer in state.layers:
        assert all(torch.allclose(part[0], part[1], atol=1e-6) for part in layer)
    assert torch.allclose(state.summary[0], directions.mean[12:], atol=1e-6)
    assert not torch.allclose(state.outputs[0, 0], state.outputs[1, 0])


def test_the_whole_vector_gives_what_greedy_decoding_gives(loaded: LoadedModel, kept: Path) -> None:
    pressed = press(loaded, SENTENCE, (24, 2))
    expected = translate(loaded, SENTENCE)[0]
    assert pressed.rows["size"].tolist() == [WHOLE, 24, 2]
    assert pressed.text == expected.text
    assert pressed.rows["text"][1] == expected.text
    assert pressed.rows["breaks_at"].tolist()[:2] == ["", ""]
    ids = loaded.tokenizer.encode(expected.text)
    if loaded.tokenizer.decode(ids) == expected.text and expected.is_finished:
        told = forced(
            loaded.model,
            *encode_sources(loaded, [SENTENCE]),
            ids,
            bos_id=loaded.tokenizer.bos_id,
            eos_id=loaded.tokenizer.eos_id,
        )
        assert len(ids) + 1 != len(expected.log_probs) or pressed.rows["log_prob"][0] == pytest.approx(
            float(told.log_probs.sum()), abs=1e-3
        )
    assert pressed.rows["log_prob"][0] == pytest.approx(sum(expected.log_probs), abs=1e-3)
    assert pressed.rows["log_prob"][1] == pytest.approx(pressed.rows["log_prob"][0], abs=1e-3)


def test_a_batch_of_sizes_equals_each_alone_with_its_vector_put_in_by_hand(
    loaded: LoadedModel, directions: PrincipalDirections, kept: Path
) -> None:
    rows = press(loaded, SENTENCE, (7, 3, 1)).rows.set_index("size")
    source_ids, lengths = encode_sources(loaded, [SENTENCE])
    for size in (7, 3, 1):
        with torch.inference_mode():
            encoded = loaded.model.encode(source_ids, lengths)
            vector = (
                directions.mean
                + (sentence_vectors(encoded) - directions.mean)
                @ directions.basis[:, :size]
                @ directions.basis[:, :size].T
            )
            state = loaded.model.start_from(encoded._replace(final=(vector[:, :12], vector[:, 12:])))
            written, token = [], loaded.tokenizer.bos_id
            for _ in range(2 * source_ids.shape[1] + 10):
                logits, state = loaded.model.step(torch.tensor([token]), state)
                token = int(logits.argmax())
                if token == loaded.tokenizer.eos_id:
                    break
                written.append(token)
        assert rows["text"][size] == loaded.tokenizer.decode(written)


def squeezed(texts: list[str], breaks: list[str]) -> bottleneck.Squeezed:
    frame = pd.DataFrame(
        {
            "size": [WHOLE, 4, 2, 1][: len(texts)],
            "text": texts,
            "breaks_at": breaks,
            "kept": 1,
            "log_prob": [-1.0, -2.0, -3.0, -9.0][: len(texts)],
        }
    )
    return bottleneck.Squeezed("x", texts[0], frame, 4)


def test_the_sentence_says_where_it_breaks() -> None:
    told = press_sentence(squeezed(["a b", "a b", "a c", "d"], ["", "", "c", "d"]))
    assert "4 directions are enough" in told
    assert "with 2 the first word to break is number 2, now “c”" in told
    assert "from -1.0 to -9.0 nats at 1" in told
    assert "Even the mildest press" in press_sentence(squeezed(["a b", "a c", "a b", "a b"], ["", "c", "", ""]))
    assert "A single direction is enough" in press_sentence(squeezed(["a"] * 4, [""] * 4))


def test_directions_that_are_missing_damaged_or_of_other_weights(
    loaded: LoadedModel, directions: PrincipalDirections, kept: Path
) -> None:
    file = kept / "tiny-en-fr.safetensors"
    assert torch.equal(load_directions(loaded).basis, directions.basis)
    other = dataclasses.replace(directions, facts=directions.facts | {"weights": "0" * 12})
    save_directions(other)
    with pytest.raises(DataError, match="other weights; run: python -m engine bottleneck --model tiny-en-fr"):
        press(loaded, SENTENCE)
    file.write_bytes(b"\x08\0\0\0\0\0\0\0nothing!")
    with pytest.raises(DataError, match="damaged"):
        press(loaded, SENTENCE)
    file.unlink()
    with pytest.raises(DataError, match="not been measured here; run"):
        press(loaded, SENTENCE)


def test_a_width_that_the_model_has_no_directions_for_is_refused(loaded: LoadedModel, kept: Path) -> None:
    with pytest.raises(InputError, match="Between 1 and 24 directions can be kept, not 200"):
        press(loaded, SENTENCE, (200,))
    assert press(loaded, SENTENCE).rows["size"].tolist() == [WHOLE, 16, 8, 4, 2, 1]


@pytest.mark.parametrize("text", ["", "word " * 500])
def test_sentences_that_cannot_be_pressed(loaded: LoadedModel, text: str) -> None:
    with pytest.raises(InputError):
        press(loaded, text)


@pytest.mark.parametrize("info", PAIR, ids=lambda info: info.name)
def test_what_is_shipped_belongs_to_the_shipped_weights(info) -> None:
    loaded = load_model(info.name)
    assert load_directions(loaded).facts["sentences"] == bottleneck.SENTENCES
    assert stored_bleu(loaded)["size"].tolist() == [WHOLE, *bottleneck.SIZES]
