"""What words are worth: against closed forms of a linear network, all orders of two words, and ranks computed by
hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import DataError, InputError
from engine.inspection.classification import attributions
from engine.inspection.classification.attributions import (
    agree,
    agreement_sentence,
    explain,
    integrated_gradients,
    log_odds,
    shapley_values,
    summarise_agreement,
)
from engine.inspection.classification.predictions import probabilities_of_words
from engine.inspection.stored.model_files import weights_in
from engine.models.folder import LoadedModel, load_model

WORDS = tuple("he said the food was not good .".split())


@pytest.fixture(scope="module")
def blind(tiny_classifiers: Path) -> LoadedModel:
    """Return the classifier that averages its words."""
    return load_model("tiny-average", tiny_classifiers)


def odds(loaded: LoadedModel, words: list[str]) -> float:
    """Return the log-odds of "positive" in double precision, from the logits themselves."""
    model = loaded.model
    with torch.no_grad():
        logits = model(torch.tensor([loaded.tokenizer.encode_words(words)]), torch.tensor([len(words)]))[0].double()
    return float(logits[1] - logits[0])


def test_integrated_gradients_of_a_network_that_averages_are_each_words_share(blind: LoadedModel) -> None:
    found, gap = integrated_gradients(blind, WORDS)
    weight = (blind.model.output.weight[1] - blind.model.output.weight[0]).detach()
    embedded = blind.model.embedding.weight[torch.tensor(blind.tokenizer.encode_words(WORDS))].detach()
    assert found == pytest.approx((embedded @ weight / len(WORDS)).numpy(), abs=1e-5)
    assert gap == pytest.approx(0, abs=1e-5)


def test_integrated_gradients_add_up_to_what_the_text_gained_over_an_empty_one(tiny_classifier: LoadedModel) -> None:
    found, gap = integrated_gradients(tiny_classifier, WORDS, steps=64)
    model = tiny_classifier.model
    with torch.no_grad():
        empty = model.forward_from_embeddings(
            torch.zeros(1, len(WORDS), model.embedding.embedding_dim), torch.tensor([len(WORDS)])
        )[0]
    gained = odds(tiny_classifier, list(WORDS)) - float(empty[1] - empty[0])
    assert found.sum() == pytest.approx(gained, abs=0.05)
    assert gap == pytest.approx(abs(found.sum() - gained), abs=1e-4)


def test_shapley_values_of_two_words_are_the_mean_of_both_orders(tiny_classifier: LoadedModel) -> None:
    none, first, second, both = (odds(tiny_classifier, row) for row in (["<unk>"], ["not"], ["good"], ["not", "good"]))
    assert abs(first - none - (both - second)) > 0.01, "the orders differ, or the mean would prove nothing"
    for seed in (1, 2, 3):
        found, count = shapley_values(tiny_classifier, ["not", "good"], seed)
        assert count % 2 == 0
        assert found == pytest.approx(
            [((first - none) + (both - second)) / 2, ((second - none) + (both - first)) / 2], abs=1e-3
        )


def test_explaining_is_repeatable_and_leaves_nothing_behind(tiny_classifier: LoadedModel) -> None:
    before = torch.random.get_rng_state()
    found, again = explain(tiny_classifier, WORDS), explain(tiny_classifier, WORDS)
    assert torch.equal(before, torch.random.get_rng_state())
    assert found.frame().equals(again.frame())
    assert all(
        not module._forward_hooks and not module._forward_pre_hooks and not module._backward_hooks
        for module in tiny_classifier.model.modules()
    )
    assert all(parameter.grad is None for parameter in tiny_classifier.model.parameters())
    without = [*WORDS[:5], *WORDS[6:]]
    assert found.deleted[5] == pytest.approx(
        odds(tiny_classifier, list(WORDS)) - odds(tiny_classifier, without), abs=1e-3
    )
    assert found.probability_without[5] == pytest.approx(
        probabilities_of_words(tiny_classifier, [without])[0, 1], abs=1e-6
    )
    assert found.values["shapley"].sum() == pytest.approx(
        odds(tiny_classifier, list(WORDS)) - odds(tiny_classifier, ["<unk>"]), abs=1e-3
    )


def test_agreement_is_spearmans_and_knows_luck() -> None:
    values = np.array([3.0, 1.0, 2.0, 5.0, 4.0, 7.0, 6.0, 8.0])
    same = agree(values, values)
    assert same.correlation == pytest.approx(1)
    assert same.is_better_than_chance
    assert not agree(values, -values).is_better_than_chance
    # Ranks 1 2 3 4 5 against 2 1 4 3 5: 1 - 6 * 4 / (5 * 24) = 0.8.
    some = agree(np.arange(5.0), np.array([0.2, 0.1, 0.4, 0.3, 0.9]))
    assert some.correlation == pytest.approx(0.8)
    assert np.all(np.abs(same.chance) <= 1)
    assert abs(same.chance.mean()) < 0.1, "shuffles agree with nothing"
    assert np.isnan(agree(np.zeros(6), np.arange(6.0)).correlation)
    assert not len(agree(np.arange(4.0), np.arange(4.0)).chance), "four words are too few"


def test_log_odds_of_certainty_is_finite() -> None:
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()
    assert log_odds(np.array(0.8)) == pytest.approx(np.log(4))


def test_words_are_told_apart_from_luck_in_a_sentence(blind: LoadedModel) -> None:
    found = explain(blind, WORDS)
    told = agreement_sentence(found, "shapley")
    assert f"{found.agreement['shapley'].correlation:+.2f}" in told
    assert "better than chance" in told
    assert ("no better" in told) != found.agreement["shapley"].is_better_than_chance
    assert "luck" in agreement_sentence(explain(blind, WORDS[:4]), "shapley")


@pytest.mark.parametrize(("words", "told"), [(("good",), "only one word"), (("good",) * 81, "At most 80")])
def test_texts_that_cannot_be_taken_apart_get_a_sentence(blind: LoadedModel, words: tuple[str, ...], told: str) -> None:
    with pytest.raises(InputError, match=told):
        explain(blind, words)


def test_stored_agreement_is_that_of_the_present_weights(tmp_path: Path, tiny_classifier: LoadedModel) -> None:
    import pandas as pd

    folder = str(tiny_classifier.info.path)
    weights = weights_in(folder)
    rows = [
        {
            "model": "tiny",
            "weights": used,
            "title": "t",
            "row": row,
            "words": 9,
            "method": method,
            "correlation": value,
            "share_beaten": beaten,
            "date": "",
            "hardware": "",
            "commit": "",
        }
        for used in (weights, "another")
        for row, (method, value, beaten) in enumerate(
            [("shapley", 0.5, 0.99), ("shapley", 0.9, 0.2), ("shapley", 0.7, 0.96), ("integrated", 0.1, float("nan"))]
        )
    ]
    pd.DataFrame(rows).to_parquet(tmp_path / "a.parquet")
    stored = attributions.stored_agreement("tiny", folder, str(tmp_path / "a.parquet"))
    assert len(stored) == 4
    (summary,) = summarise_agreement(stored).to_dict("records")
    assert summary == {
        "method": "Shapley values",
        "sentences": 3,
        "median_correlation": pytest.approx(0.7),
        "better_than_chance": pytest.approx(2 / 3),
    }
    with pytest.raises(DataError, match="evaluate --model tiny"):
        attributions.stored_agreement("tiny", folder, str(tmp_path / "b.parquet"))
