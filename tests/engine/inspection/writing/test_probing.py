"""The cell detective: AUC by counting pairs, planted detectors that must be found, noise that must not, and shipped
networks."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import InputError
from engine.inspection.cells.probe_labels import PREDICATES, label_text
from engine.inspection.cells.units import trace
from engine.inspection.writing.probing import (
    SHIFTS,
    answer_course,
    auc_of_ranks,
    find_winners,
    investigate,
    rank_columns,
)
from engine.inspection.writing.unseen import unseen_text
from engine.models.folder import LoadedModel, load_model


def auc_by_pairs(values: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of (positive, negative) pairs in which the positive is higher, ties counting one half."""
    positive, negative = values[labels > 0][:, None].astype(float), values[labels == 0][None].astype(float)
    return float((positive > negative).mean() + (positive == negative).mean() / 2)


def test_auc_is_the_share_of_pairs_in_order() -> None:
    rng = np.random.default_rng(1)
    values = np.round(rng.normal(size=(400, 5)), 1).astype(np.float16)  # many ties
    labels = (rng.random((3, 400)) < [[0.5], [0.1], [0.02]]).astype(np.float32)
    found = auc_of_ranks(rank_columns(values), labels)
    truth = [[auc_by_pairs(values[:, unit], row) for unit in range(5)] for row in labels]
    np.testing.assert_allclose(found, truth, atol=2e-4)


def test_bins_cost_less_than_a_thousandth_of_auc() -> None:
    rng = np.random.default_rng(2)
    saturated = np.tanh(2 * rng.normal(size=(3000, 6)))  # as trained units are: much of it close to -1 and 1
    labels = (saturated[:, :1].T + rng.normal(size=(4, 3000)) > 0.5).astype(np.float32)
    found = auc_of_ranks(rank_columns(saturated.astype(np.float16)), labels)
    truth = [[auc_by_pairs(saturated[:, unit], row) for unit in range(6)] for row in labels]
    assert np.abs(found - truth).max() < 1e-3


def planted(size: int = 6000, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return units (T, 8) of slow noise and labels (P, T) of slow rhythm; unit 5 follows label 0, unit 2 is against
    label 1."""
    rng = np.random.default_rng(seed)
    drive = rng.normal(size=(size + 60, len(PREDICATES.names()) + 8))
    slow = np.stack([np.convolve(column, np.ones(61) / 61, mode="valid") for column in drive.T])  # (., T)
    labels, units = slow[8:] > 0, slow[:8].T.copy()
    units[:, 5] += 3 * labels[0] * slow.std()
    units[:, 2] -= 3 * labels[1] * slow.std()
    return units.astype(np.float16), labels, slow


def test_planted_detectors_are_found_with_their_sign_and_controls_are_not() -> None:
    units, labels, _ = planted()
    winners, specificity, skipped = find_winners([units[:, :4], units[:, 4:]], labels, [(0, "hidden"), (1, "cell")])
    names = PREDICATES.names()
    rows = winners.set_index("predicate")
    assert skipped == []
    assert rows.loc[names[0], ["layer", "part", "unit", "sign"]].tolist() == [1, "cell", 1, 1]
    assert rows.loc[names[1], ["layer", "part", "unit", "sign"]].tolist() == [0, "hidden", 2, -1]
    half = slice(3000, 6000)
    assert rows.loc[names[0], "auc"] == pytest.approx(auc_by_pairs(units[half, 5], labels[0, half]), abs=1e-3)
    assert rows.loc[names[1], "auc"] == pytest.approx(1 - auc_by_pairs(units[half, 2], labels[1, half]), abs=1e-3)
    assert rows["auc"].nlargest(2).min() > 0.9
    assert abs(rows["control"].mean() - 0.5) < 0.04
    assert rows["auc"].nsmallest(len(names) - 2).mean() < 0.6, (
        "units chosen by luck on the first half fail on the second"
    )
    assert winners["auc"].is_monotonic_decreasing
    np.testing.assert_allclose(np.diag(specificity), winners["auc"], atol=1e-6)


def test_control_is_the_same_search_with_moved_labels() -> None:
    units, labels, _ = planted()
    winners, _, _ = find_winners([units], labels, [(0, "hidden")])
    row = winners.set_index("predicate").loc[PREDICATES.names()[0]]
    found = []
    for shift in range(1, SHIFTS + 1):
        moved = [np.roll(labels[0, part], 3000 * shift // (SHIFTS + 1)) for part in (slice(0, 3000), slice(3000, 6000))]
        first = np.array([auc_by_pairs(units[:3000, unit], moved[0]) for unit in range(8)])
        best = int(np.abs(first - 0.5).argmax())
        second = auc_by_pairs(units[3000:, best], moved[1])
        found.append(second if first[best] >= 0.5 else 1 - second)
    assert row["control"] == pytest.approx(np.mean(found), abs=1e-3)
    assert row["control_highest"] == pytest.approx(np.max(found), abs=1e-3)


def test_a_predicate_that_hardly_ever_holds_is_skipped_and_named() -> None:
    units, labels, _ = planted()
    labels[4] = False
    labels[4, :30] = True  # in the first half only
    _, _, skipped = find_winners([units], labels, [(0, "hidden")])
    assert skipped == [PREDICATES.meta(PREDICATES.names()[4])["title"]]
    winners, specificity, skipped = find_winners([units], np.zeros_like(labels), [(0, "hidden")])
    assert winners.empty
    assert specificity.shape == (0, 0)
    assert len(skipped) == len(labels)


def test_shipped_lstm_has_a_unit_that_knows_speakers_and_the_control_does_not(corpus_cache: None) -> None:
    lstm = load_model("shakespeare-lstm")
    text = unseen_text(lstm).text[:6_000]
    found = investigate(lstm, text=text)
    assert found.units == 2 * 2 * 336
    assert found.characters == 6_000
    assert (found.winners["auc"] > 0.9).sum() >= 3
    assert abs(found.winners["control"].mean() - 0.5) < 0.05
    # The reported AUC, from the states of one pass in float32 and pairs counted one by one.
    best = found.winners.iloc[0]
    labels = label_text(best["predicate"], text)[3000:]
    values = trace(lstm, text)[best["layer"]][best["part"]][3000:, best["unit"]]
    auc = auc_by_pairs(values, labels)
    assert best["auc"] == pytest.approx(auc if best["sign"] > 0 else 1 - auc, abs=5e-3)


def test_answers_stand_beside_the_units_values(reader: LoadedModel) -> None:
    course, answers = answer_course(reader, "A dog", 0, 2, "cell", "word_boundary")
    assert answers.tolist() == [False, True, False, False, False]
    assert course.values == pytest.approx(trace(reader, "A dog", [0])[0]["cell"][:, 2])


@pytest.mark.parametrize("text", ["x" * 999, "x" * 50_001])
def test_text_of_the_wrong_length_gets_a_sentence(reader: LoadedModel, text: str) -> None:
    with pytest.raises(InputError, match="probing needs 1,000 to 50,000"):
        investigate(reader, text=text)


def test_a_source_that_is_not_here_gets_a_sentence(reader: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNROLLED_DATA", raising=False)
    with pytest.raises(InputError, match="choose one of: stories"):
        investigate(reader, "shakespeare")
