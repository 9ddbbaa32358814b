"""The Transformer language model against torch's own blocks, as a stream, as training sees it, and as the rest of the
engine uses it."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from engine.decoding.limits import SamplingSettings
from engine.decoding.scoring import score_stream, score_windows, surprise_stream
from engine.decoding.text import write_text
from engine.errors import ConfigError, InputError
from engine.inspection.cells.units import layer_count
from engine.inspection.writing.surprise import surprise
from engine.models import transformer_language_model
from engine.models.base import select
from engine.models.folder import load_model
from engine.models.language_model import LanguageModel
from engine.models.transformer_language_model import TransformerConfig, TransformerLanguageModel
from engine.recipes import RECIPES
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.recipes.run import train_recipe
from engine.training import TrainingSettings, checkpoints
from engine.training.language_modelling import LanguageModellingObjective
from tests.engine.models.test_architectures import torch_block

WINDOW = 6


@pytest.fixture(scope="module")
def model() -> TransformerLanguageModel:
    torch.manual_seed(0)
    model = (
        TransformerLanguageModel(11, width=16, num_layers=2, num_heads=2, feedforward_size=24, window=WINDOW)
        .double()
        .eval()
    )
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.3)
    return model


@pytest.fixture(scope="module")
def ids() -> Tensor:
    return torch.randint(11, (3, 31), generator=torch.Generator().manual_seed(1))


def test_it_is_torchs_blocks_under_a_sliding_window_and_a_penalty_on_distance(model, ids) -> None:
    mask = torch.full((2, 31, 31), -math.inf, dtype=torch.float64)
    for head, slope in enumerate((2**-4, 2**-8)):  # Press et al. (2022): a geometric series down to 2^-8
        for position in range(31):
            for seen in range(max(0, position - WINDOW), position + 1):
                mask[head, position, seen] = -slope * (position - seen)
    stream = model.embedding(ids)
    for block in model.blocks:
        stream = torch_block(block, 16)(stream, src_mask=mask.repeat(3, 1, 1))
    torch.testing.assert_close(model(ids)[0], model.output(model.norm(stream)))


def test_a_stream_equals_the_whole_wherever_it_is_cut_and_for_rows_of_any_age(model, ids, monkeypatch) -> None:
    whole, last = model(ids)
    state, streamed = model.start(3), []
    for token_ids in ids.unbind(1):
        logits, state = model.step(token_ids, state)
        streamed.append(logits)
    torch.testing.assert_close(torch.stack(streamed, 1), whole)
    torch.testing.assert_close(state, last)
    monkeypatch.setattr(transformer_language_model, "STRETCH", 4)
    torch.testing.assert_close(model(ids)[0], whole)
    # Two texts of different lengths go on side by side, as when several are written at once.
    states = [model(ids[:1, :length])[1] for length in (2, 5, 20)]
    together = (
        torch.cat([kept for kept, _ in states]),
        tuple(
            tuple(torch.cat([stores[layer][part] for _, stores in states]) for part in (0, 1))
            for layer in range(len(model.blocks))
        ),
    )
    logits, after = model.step(torch.tensor([7, 7, 7]), together)
    for row, state in enumerate(states):
        torch.testing.assert_close(logits[row], model.step(torch.tensor([7]), state)[0][0])
    again, _ = model.step(torch.tensor([3]), select(after, torch.tensor([1])))
    expected = model(torch.cat([ids[:1, :5], torch.tensor([[7, 3]])], dim=1))[0][:, -1]
    torch.testing.assert_close(again, expected)


def test_what_was_read_is_not_changed_by_reading_on_and_the_state_stays_as_large(model, ids) -> None:
    _, state = model(ids[:, :4])
    before = [part.clone() for store in state[1] for part in store]
    _, after = model(ids[:, 4:], state)
    assert all(
        torch.equal(old, part) for old, part in zip(before, (p for store in state[1] for p in store), strict=True)
    )
    shapes = [[part.shape for store in each[1] for part in store] for each in (model.start(3), state, after)]
    assert shapes[0] == shapes[1] == shapes[2]


def test_nothing_that_comes_later_and_nothing_beyond_all_windows_counts(model, ids) -> None:
    changed = ids.clone()
    changed[:, 20:] = (changed[:, 20:] + 1) % 11
    assert torch.equal(model(ids)[0][:, :20], model(changed)[0][:, :20])
    far = ids.clone()
    far[:, :3] = (far[:, :3] + 1) % 11
    reach = 2 + len(model.blocks) * WINDOW
    differs = (model(ids)[0] != model(far)[0]).any(2).any(0)
    assert (differs[reach], bool(differs[reach + 1 :].any())) == (True, False)


def test_it_learns_with_carried_keys_and_values_and_scores_alike_in_any_portions() -> None:
    torch.manual_seed(0)
    text = [0, 1, 2, 3, 4, 5] * 60
    network = TransformerLanguageModel(6, width=16, num_layers=1, num_heads=2, feedforward_size=16, window=8)
    learning = LanguageModellingObjective(text, text[:40], batch_size=4, bptt_length=8)
    optimizer, carry, losses = torch.optim.AdamW(network.parameters(), lr=1e-2), None, []
    for position in range(40):
        loss, carry = learning.loss(network, learning.batch(position), carry)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] == pytest.approx(math.log(6), abs=0.3)
    assert losses[-1] < 0.2
    shape, tensors = checkpoints.flatten(carry)
    torch.testing.assert_close(checkpoints.unflatten(shape, list(tensors)), carry)
    network.eval()
    tokens = torch.tensor(text[:50])
    by_step, state = [], network.start(1)
    with torch.no_grad():
        for token, after in zip(tokens[:-1], tokens[1:], strict=True):
            logits, state = network.step(token[None], state)
            by_step.append(nn.functional.cross_entropy(logits, after[None]))
    torch.testing.assert_close(surprise_stream(network, tokens), torch.stack(by_step))
    assert score_stream(network, tokens) < 0.3
    assert score_windows(network, tokens, 16) > score_stream(network, tokens), "a window's first token has no context"


def test_the_recipe_is_matched_to_the_lstm() -> None:
    recipe, reader = RECIPES.get("shakespeare-transformer"), RECIPES.get("shakespeare-lstm")
    count = TransformerLanguageModel.from_config(recipe.model, vocab_size=66).parameter_count()
    assert abs(count / LanguageModel.from_config(reader.model, vocab_size=66).parameter_count() - 1) < 0.01
    for name in ("corpus", "tokenizer", "batch_size", "bptt_length"):
        assert getattr(recipe, name) == getattr(reader, name)
    assert recipe.training.max_steps == reader.training.max_steps


def test_from_recipe_to_a_folder_that_writes_scores_and_says_what_it_lacks(tmp_path, monkeypatch) -> None:
    training = TrainingSettings(max_steps=2, evaluate_every=2, checkpoint_every=1, log_every=1, seed=3)
    recipe = LanguageModelRecipe(
        "tiny-transformer",
        "Tiny",
        "saltmarsh",
        TransformerConfig(8, 1, 2, 8, 8, dropout=0.2),
        training=training,
        batch_size=2,
        bptt_length=16,
    )
    monkeypatch.setitem(RECIPES._entries, recipe.name, recipe)
    folder = tmp_path / recipe.name
    list(train_recipe(recipe.name, folder))
    loaded = load_model(folder)
    info = loaded.info
    assert (info.task, info.architecture, info.has_units, info.error) == ("language_model", "transformer", False, "")
    assert info.parameters == loaded.model.parameter_count()
    assert "1 block of causal attention with 2 heads" in info.card_text
    assert "recurrent-neural-network" not in info.card_text
    text = "".join(write_text(loaded, "Wh", SamplingSettings(max_new_tokens=30, seed=2)))
    assert len(text) == 30, "far beyond its window"
    assert text == "".join(write_text(loaded, "Wh", SamplingSettings(max_new_tokens=30, seed=2)))
    assert surprise(loaded, text).total_nats > 0
    with pytest.raises(InputError, match="has no hidden units; choose a recurrent network"):
        layer_count(loaded)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"width": 10, "num_heads": 4}, "10 is none of 4"),
        ({"window": 0}, "at least one layer and a window of one token"),
    ],
)
def test_shapes_that_cannot_be_are_refused_in_words(arguments, words) -> None:
    with pytest.raises(ConfigError, match=words):
        TransformerLanguageModel(5, **arguments)
