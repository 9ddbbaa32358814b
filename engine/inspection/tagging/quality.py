"""How good taggers are on unseen sentences, from stored predictions: entities found, by type, which errors, and where.

An entity counts as found only with its exact words and its type, as in the CoNLL tasks. What is not found is paired off
once: with a marked stretch of the same words (another type), else with one that shares words (wrong boundary, where the
    type differs too: both).

No word of a corpus is stored; sentences are joined where the corpus can be read, and known again by a hash.

Paper: Tjong Kim Sang and De Meulder (2003), Introduction to the CoNLL-2003 shared task, section 3.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from engine.corpora import load_corpus
from engine.corpora.tagged_sentences import TAGGED_SENTENCES
from engine.errors import DataError
from engine.inspection.stored.sentence_scores import source_hash
from engine.inspection.stored.tables import RESULTS, read_stored_table
from engine.inspection.tagging.entity_types import describe_type
from engine.inspection.tagging.errors import TABLE, read_predictions
from engine.text.bio import find_spans
from engine.wording import percent

ABLATION = RESULTS / "entity_ablation.parquet"
ABLATION_COMMAND = "python -m engine evaluate --model FOLDER --ablation data/results/entity_ablation.parquet"
ABLATION_COLUMNS = ("recipe", "corpus", "crf", "bidirectional", "seed", "f1", "precision", "recall")
FOUND, BOUNDARY, KIND, BOTH, MISSED, INVENTED = "found", "boundary", "type", "both", "missed", "invented"
OUTCOMES = {
    "all": "all errors",
    MISSED: "missed: nothing marked",
    INVENTED: "invented: nothing there",
    KIND: "wrong type, right words",
    BOUNDARY: "right type, wrong words",
    BOTH: "wrong type and words",
}
NOTHING = "nothing"

Mark = tuple[int, int, str]


@dataclass(frozen=True)
class TaggingQuality:
    """What is known of one tagger's reading of the test sentences.

    Attributes:
        sentences: the stored rows. outcomes: one row per entity, see `list_outcomes`.
        by_type: see `score_types`. confusion: see `confuse`.
    """

    sentences: pd.DataFrame
    outcomes: pd.DataFrame
    by_type: pd.DataFrame
    confusion: pd.DataFrame

    @property
    def overall(self) -> pd.Series:
        """The row of all types together."""
        return self.by_type.iloc[-1]


def measure_quality(name: str, folder: str, table: str = "") -> TaggingQuality | None:
    """Return the quality of the tagger `name`, measured with exactly the weights in `folder`; None where it was not.

    Raises:
        DataError: the table is not there, is damaged, or lacks columns.
    """
    frame = read_predictions({name: folder}, table or str(TABLE))
    if frame.empty:
        return None
    outcomes = list_outcomes(frame)
    return TaggingQuality(frame, outcomes, score_types(outcomes), confuse(outcomes))


def list_outcomes(sentences: pd.DataFrame) -> pd.DataFrame:
    """Return one row per entity of people's or the tagger's: row of the corpus, outcome, its type by both, and from
    which word to which.

    `gold` or `predicted` is "nothing" where only the other marked something; the words are then -1.
    """
    found = []
    for row in sentences.itertuples():
        labels = row.labels.split(" ")
        gold, predicted = (find_spans([labels[tag] for tag in tags]) for tags in (row.gold, row.predicted))
        found += [(row.row, *pair) for pair in pair_marks(gold, predicted)]
    columns = ["row", "outcome", "gold", "predicted", "gold_start", "gold_end", "predicted_start", "predicted_end"]
    return pd.DataFrame(found, columns=columns)


def pair_marks(gold: Sequence[Mark], predicted: Sequence[Mark]) -> list[tuple[str, str, str, int, int, int, int]]:
    """Return every mark once: (outcome, type by people, type by the tagger, and both places), exact pairs first."""
    left, right = list(gold), list(predicted)
    pairs: list[tuple[Mark | None, Mark | None, str]] = []
    for fits, outcome in (
        (lambda a, b: a == b, FOUND),
        (lambda a, b: a[:2] == b[:2], KIND),
        (lambda a, b: a[2] == b[2] and _overlap(a, b), BOUNDARY),
        (_overlap, BOTH),
    ):
        for mark in list(left):
            other = max((one for one in right if fits(mark, one)), key=lambda one: _overlap(mark, one), default=None)
            if other is not None:
                left.remove(mark)
                right.remove(other)
                pairs.append((mark, other, outcome))
    pairs += [(mark, None, MISSED) for mark in left] + [(None, mark, INVENTED) for mark in right]
    absent = (-1, -1, NOTHING)
    return [
        (outcome, (mark or absent)[2], (other or absent)[2], *(mark or absent)[:2], *(other or absent)[:2])
        for mark, other, outcome in sorted(pairs, key=lambda pair: (pair[0] or pair[1] or absent)[0])
    ]


def score_types(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return one row per type, the most frequent first, and one for "all": entities, marked, found, and precision,
    recall and F1 in %."""
    entities = outcomes.loc[outcomes["gold"] != NOTHING, "gold"].value_counts()
    marked = outcomes.loc[outcomes["predicted"] != NOTHING, "predicted"].value_counts()
    found = outcomes.loc[outcomes["outcome"] == FOUND, "gold"].value_counts()
    kinds = [*entities.index, *(kind for kind in marked.index if kind not in entities.index)]
    rows = [(kind, *(int(counts.get(kind, 0)) for counts in (entities, marked, found))) for kind in kinds]
    rows.append(("all", int(entities.sum()), int(marked.sum()), int(found.sum())))
    frame = pd.DataFrame(rows, columns=["type", "entities", "marked", "found"])
    frame["precision"] = _percent(frame["found"], frame["marked"])
    frame["recall"] = _percent(frame["found"], frame["entities"])
    frame["f1"] = _percent(2 * frame["found"], frame["marked"] + frame["entities"])
    return frame


def confuse(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return how many entities of each type (rows, "nothing" last) were marked as what (columns): found, another
    boundary, each type, nothing.

    The column "found" holds exact finds, "boundary" those of the right type on other words; a type's own column is
    empty for itself.
    """
    kinds = [kind for kind in score_types(outcomes)["type"] if kind != "all"]
    columns = [FOUND, BOUNDARY, *kinds, NOTHING]
    position = outcomes["outcome"].where(outcomes["outcome"].isin([FOUND, BOUNDARY]), outcomes["predicted"])
    counts = pd.crosstab(outcomes["gold"], position)
    return counts.reindex(index=[*kinds, NOTHING], columns=columns, fill_value=0).rename_axis(
        index="people", columns="network"
    )


def choose_errors(outcomes: pd.DataFrame, outcome: str, kind: str) -> pd.DataFrame:
    """Return the errors of one outcome ("all": every one) and one type, by people or by the tagger ("": every one)."""
    chosen = outcomes[outcomes["outcome"] != FOUND]
    if outcome != "all":
        chosen = chosen[chosen["outcome"] == outcome]
    if kind:
        chosen = chosen[(chosen["gold"] == kind) | (chosen["predicted"] == kind)]
    return chosen.reset_index(drop=True)


def error_table(errors: pd.DataFrame) -> pd.DataFrame:
    """Return errors as they are shown: sentences and words by their numbers from 1, the last word included, and nothing
    where nothing was marked."""
    frame = pd.DataFrame({"sentence": errors["row"] + 1, "error": errors["outcome"].map(OUTCOMES)})
    for shown, name in (("people", "gold"), ("network", "predicted")):
        begin, end = (errors[f"{name}_{edge}"].astype("Int64") for edge in ("start", "end"))
        is_marked = errors[f"{name}_start"] >= 0
        frame[shown] = errors[name]
        frame[f"{shown}_first_word"] = (begin + 1).where(is_marked)
        frame[f"{shown}_last_word"] = end.where(is_marked)
    return frame


def quality_sentence(quality: TaggingQuality, baseline_f1: float | None) -> str:
    """Return in words how good a tagger is, which type it finds best and worst, and what counting alone would reach."""
    whole, kinds = quality.overall, quality.by_type.iloc[:-1]
    kinds = kinds[kinds["entities"] > 0]
    best, worst = kinds.loc[kinds["f1"].idxmax()], kinds.loc[kinds["f1"].idxmin()]
    said = (
        f"Of {whole['entities']:,} entities in {len(quality.sentences):,} sentences it finds {whole['recall']:.1f} % "
        "with exact words and type; "
        f"of its own {whole['marked']:,} marks {whole['precision']:.1f} % are right: F1 {whole['f1']:.1f}. "
    )
    if len(kinds) > 1:
        said += (
            f"Best on “{best['type']}” ({describe_type(best['type']).word}, F1 {best['f1']:.1f} of "
            f"{best['entities']:,}), worst on “{worst['type']}” ({describe_type(worst['type']).word}, "
            f"{worst['f1']:.1f} of {worst['entities']:,}). "
        )
    if baseline_f1 is not None:
        said += f"To give each word the tag it had most often in training reaches F1 {baseline_f1:.1f}."
    return said.strip()


def errors_sentence(outcomes: pd.DataFrame) -> str:
    """Return how the errors fall into their kinds, in words."""
    errors = outcomes[outcomes["outcome"] != FOUND]
    if errors.empty:
        return "There is no error."
    counts = errors["outcome"].value_counts()
    listed = ", ".join(f"{percent(counts[name] / len(errors), 0)} {OUTCOMES[name]}" for name in counts.index)
    return f"{len(errors):,} errors: {listed}."


def read_sentences(corpus_name: str) -> pd.DataFrame:
    """Return the test sentences as far as they can be read here: row, words (a list), source_hash.

    Raises:
        DataError: no copy of the corpus can be read.
    """
    corpus = load_corpus(corpus_name)
    if corpus.spec.name != corpus_name:  # the built-in sample stood in: other sentences than those that were measured
        raise DataError(f"The sentences of this test set are not here and cannot be fetched: {corpus.source.sentence}")
    rows, _ = corpus.read(TAGGED_SENTENCES, "test")
    return pd.DataFrame(
        {"row": range(len(rows)), "words": rows, "source_hash": [source_hash(" ".join(words)) for words in rows]}
    )


def read_ablation(table: str = "") -> pd.DataFrame:
    """Return one row per training that was measured: corpus, crf, bidirectional, seed, f1, precision, recall, variant.

    Raises:
        DataError: the table is not there, is damaged, or lacks columns.
    """
    absent = f"The trainings with several seeds have not been measured here; each is added by: {ABLATION_COMMAND}."
    frame = read_stored_table(Path(table or ABLATION), ABLATION_COLUMNS, absent)
    return frame.assign(variant=[_variant(row.bidirectional, row.crf) for row in frame.itertuples()])


def gains(ablation: pd.DataFrame) -> pd.DataFrame:
    """Return what the CRF and the second direction add in F1 on each corpus: the mean over seeds both were trained
    with, lowest, highest.

    Compared are trainings with the same seed that differ in nothing else.
    """
    rows = []
    for corpus, part in ablation.groupby("corpus", sort=True):
        f1 = {variant: one.set_index("seed")["f1"] for variant, one in part.groupby("variant")}
        full = f1.get(_variant(True, True))
        for gain, other in (
            ("crf", f1.get(_variant(True, False))),
            ("second direction", f1.get(_variant(False, True))),
        ):
            if full is None or other is None:
                continue
            difference = (full - other).dropna()
            if len(difference):
                rows.append((corpus, gain, len(difference), difference.mean(), difference.min(), difference.max()))
    return pd.DataFrame(rows, columns=["corpus", "gain", "seeds", "mean", "lowest", "highest"]).round(2)


def gains_sentence(found: pd.DataFrame) -> str:
    """Return the gains in words; one that is not of the same sign for every seed is said to be none that can be
    told."""
    if found.empty:
        return "No two trainings that differ in one thing only have been measured with the same seed."
    names = {"crf": "The CRF", "second direction": "Reading backwards too"}
    said = []
    for row in found.itertuples():
        spread = f"{row.lowest:+.2f} to {row.highest:+.2f} over {row.seeds} seeds"
        if row.seeds == 1:
            said.append(
                f"{names[row.gain]} makes {row.mean:+.2f} points of F1 on {_short(row.corpus)} with the one seed "
                "tried, which may be luck."
            )
        elif row.lowest <= 0 <= row.highest:
            said.append(
                f"{names[row.gain]} makes no difference that can be told from chance on {_short(row.corpus)} (F1 "
                f"{row.mean:+.2f}, {spread})."
            )
        else:
            said.append(
                f"{names[row.gain]} {'adds' if row.mean > 0 else 'costs'} {abs(row.mean):.2f} points of F1 on "
                f"{_short(row.corpus)} ({spread})."
            )
    return " ".join(said).replace("-", "\N{MINUS SIGN}")


def _short(corpus: str) -> str:
    return corpus.removeprefix("ner_").upper()


def _variant(is_bidirectional: bool, has_crf: bool) -> str:
    return f"{'Both directions' if is_bidirectional else 'Forwards only'}, {'CRF' if has_crf else 'no CRF'}"


def _overlap(mark: Mark, other: Mark) -> int:
    return max(0, min(mark[1], other[1]) - max(mark[0], other[0]))


def _percent(part: pd.Series, whole: pd.Series) -> np.ndarray:
    return np.round(100 * part.to_numpy(float) / np.maximum(1, whole.to_numpy(float)), 2)
