"""Quality of taggers from stored predictions: the counts are seqeval's, every entity is in one outcome, gains are told
from luck."""

from __future__ import annotations

import random
from collections import Counter

import pandas as pd
import pytest
from seqeval.metrics import classification_report
from seqeval.metrics.sequence_labeling import get_entities

from engine.inspection.tagging import quality as tagging_quality
from engine.inspection.tagging.errors import both_frames, read_predictions
from engine.inspection.tagging.quality import (
    BOTH,
    BOUNDARY,
    FOUND,
    INVENTED,
    KIND,
    MISSED,
    NOTHING,
    measure_quality,
    pair_marks,
)
from engine.models.folder import describe, find_folder

LABELS = ["O", "B-geo", "I-geo", "B-org", "I-org", "B-per", "I-per"]


def made_up(count: int = 200) -> pd.DataFrame:
    """Return predictions that are mostly right, illegal sequences among them."""
    draw = random.Random(3)
    rows = []
    for row in range(count):
        gold = [draw.choice([0, 0, 0, 1, 2, 3, 4, 5, 6]) for _ in range(draw.randint(1, 15))]
        predicted = [tag if draw.random() < 0.8 else draw.randrange(len(LABELS)) for tag in gold]
        rows.append((row, len(gold), gold, predicted, " ".join(LABELS)))
    return pd.DataFrame(rows, columns=["row", "words", "gold", "predicted", "labels"])


@pytest.fixture(scope="module")
def sentences() -> pd.DataFrame:
    return made_up()


@pytest.fixture(scope="module")
def outcomes(sentences: pd.DataFrame) -> pd.DataFrame:
    return tagging_quality.list_outcomes(sentences)


def in_words(sentences: pd.DataFrame, column: str) -> list[list[str]]:
    return [[LABELS[tag] for tag in tags] for tags in sentences[column]]


def test_scores_are_those_of_seqeval(sentences: pd.DataFrame, outcomes: pd.DataFrame) -> None:
    report = classification_report(in_words(sentences, "gold"), in_words(sentences, "predicted"), output_dict=True)
    scores = tagging_quality.score_types(outcomes).set_index("type")
    assert scores.index[-1] == "all"
    for kind, name in (("geo", "geo"), ("org", "org"), ("per", "per"), ("all", "micro avg")):
        assert scores.loc[kind, "entities"] == report[name]["support"]
        for ours, theirs in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score")):
            assert scores.loc[kind, ours] == pytest.approx(100 * report[name][theirs], abs=0.006)


def test_every_entity_stands_in_exactly_one_outcome(sentences: pd.DataFrame, outcomes: pd.DataFrame) -> None:
    for column in ("gold", "predicted"):
        expected = Counter(
            (row, kind, begin, end + 1)
            for row, tags in enumerate(in_words(sentences, column))
            for kind, begin, end in get_entities(tags)
        )
        marked = outcomes[outcomes[column] != NOTHING]
        assert (
            Counter(marked[["row", column, f"{column}_start", f"{column}_end"]].itertuples(index=False, name=None))
            == expected
        )
    counts = tagging_quality.confuse(outcomes)
    assert counts.to_numpy().sum() == len(outcomes)
    assert counts.loc["per", FOUND] == ((outcomes["outcome"] == FOUND) & (outcomes["gold"] == "per")).sum()
    assert counts.loc[NOTHING, "org"] == ((outcomes["outcome"] == INVENTED) & (outcomes["predicted"] == "org")).sum()


def test_outcomes_are_what_their_names_say() -> None:
    gold = [(0, 2, "per"), (3, 4, "geo"), (5, 7, "org"), (8, 10, "per"), (11, 12, "geo")]
    predicted = [(0, 2, "per"), (3, 4, "org"), (5, 6, "org"), (9, 11, "geo"), (13, 14, "tim")]
    paired = pair_marks(gold, predicted)
    assert [outcome for outcome, *_ in paired] == [FOUND, KIND, BOUNDARY, BOTH, MISSED, INVENTED]
    assert paired[2] == (BOUNDARY, "org", "org", 5, 7, 5, 6)
    assert paired[4] == (MISSED, "geo", NOTHING, 11, 12, -1, -1)
    # Of two marks on one entity the one that shares more words is its pair, the other is invented.
    assert pair_marks([(0, 4, "org")], [(0, 1, "org"), (1, 4, "org")]) == [
        (BOUNDARY, "org", "org", 0, 4, 1, 4),
        (INVENTED, NOTHING, "org", -1, -1, 0, 1),
    ]


def test_gains_compare_equal_seeds_and_own_up_to_luck() -> None:
    def row(crf: bool, bidirectional: bool, seed: int, f1: float) -> dict:
        return {
            "corpus": "ner_gmb",
            "crf": crf,
            "bidirectional": bidirectional,
            "seed": seed,
            "f1": f1,
            "variant": tagging_quality._variant(bidirectional, crf),
        }

    rows = [row(True, True, seed, f1) for seed, f1 in enumerate((84.0, 85.0, 86.0))]
    rows += [row(False, True, seed, f1) for seed, f1 in enumerate((83.0, 83.5, 84.0))]
    rows += [row(True, False, seed, f1) for seed, f1 in ((0, 85.0), (1, 84.0), (7, 10.0))]
    gains = tagging_quality.gains(pd.DataFrame(rows)).set_index("gain")
    assert gains.loc["crf", ["seeds", "mean", "lowest", "highest"]].tolist() == [3, 1.5, 1.0, 2.0]
    assert gains.loc["second direction", ["seeds", "mean", "lowest", "highest"]].tolist() == [2, 0.0, -1.0, 1.0]
    said = tagging_quality.gains_sentence(gains.reset_index())
    assert "The CRF adds 1.50 points of F1 on GMB (+1.00 to +2.00 over 3 seeds)." in said
    one = tagging_quality.gains_sentence(gains.reset_index().assign(seeds=1))
    assert "The CRF makes +1.50 points of F1 on GMB with the one seed tried, which may be luck." in one
    assert "Reading backwards too makes no difference that can be told from chance" in said


@pytest.mark.parametrize("name", ["gmb-bilstm-crf", "gmb-bilstm", "gmb-lstm-crf", "ewt-bilstm-crf"])
def test_the_card_and_both_tools_count_the_same(name: str) -> None:
    """The card's F1 heads the page, Quality counts it by type, Two directions counts what was found."""
    folder = find_folder(name)
    quality = measure_quality(name, str(folder))
    card = describe(folder).metrics
    assert quality is not None
    for measure in ("precision", "recall", "f1"):
        assert quality.overall[measure] == pytest.approx(card[measure], abs=0.006)
    kinds, _, sentences = both_frames(read_predictions({name: str(folder)}), name, name)
    assert kinds["found"].sum() == quality.overall["found"]
    assert kinds["entities"].sum() == quality.overall["entities"]
    assert sentences == len(quality.sentences)
