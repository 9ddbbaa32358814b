"""Which errors a tagger that reads forward only makes, beside one that reads both ways, counted on stored predictions.

The predictions were stored by `python -m engine evaluate --predictions`; they hold tags by number and no words of a
corpus.

Sang and De Meulder (2003), "Introduction to the CoNLL-2003 Shared Task", for counting an entity as found only when its
words and its type are both right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from engine.inspection.stored.model_files import weights_in
from engine.inspection.stored.tables import RESULTS, read_stored_table
from engine.inspection.tagging.entity_types import describe_type
from engine.text.bio import find_spans, illegal_positions
from engine.wording import percent

TABLE = RESULTS / "entity_predictions.parquet"
COMMAND = "python -m engine evaluate --model {model} --predictions data/results/entity_predictions.parquet"
COLUMNS = tuple(
    "model weights corpus split title row source_hash words gold predicted labels hardware commit date".split()
)
OUTCOMES = ("found", "boundary", "wrong type", "missed")
PLACES = ("one word", "first of several", "within", "last of several")


def read_predictions(folders: Mapping[str, str], table: str = "") -> pd.DataFrame:
    """Return the stored predictions of these models, one row per model and sentence, made with the weights that are in
    their folders now.

    Args:
        folders: the models' folders by name.

    Raises:
        DataError: there are none, or the table is damaged or lacks columns.
    """
    absent = f"The taggers have not been measured sentence by sentence here; run: {COMMAND.format(model='NAME')}."
    frame = read_stored_table(Path(table or TABLE), COLUMNS, absent)
    present = {name: weights_in(folder) for name, folder in folders.items()}
    return frame[frame["weights"] == frame["model"].map(present)].reset_index(drop=True)


def named_tags(frame: pd.DataFrame, column: str) -> list[list[str]]:
    """Return the tags of a column of label numbers by name; the names of one model stand in each of its rows."""
    names = {text: text.split() for text in frame["labels"].unique()}
    return [
        [names[text][int(number)] for number in row] for text, row in zip(frame["labels"], frame[column], strict=True)
    ]


def illegal_shares(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per model and corpus: sentences, those with a tag that cannot follow the one before, such tags,
    and the share."""
    rows = []
    for (model, corpus), part in frame.groupby(["model", "corpus"], sort=False):
        counts = [len(illegal_positions(tags)) for tags in named_tags(part, "predicted")]
        broken = sum(count > 0 for count in counts)
        rows.append((model, corpus, len(part), broken, sum(counts), broken / len(part)))
    return pd.DataFrame(rows, columns=["model", "corpus", "sentences", "with_illegal", "illegal_tags", "share"])


def outcomes(gold: Sequence[str], predicted: Sequence[str]) -> list[tuple[str, str]]:
    """Return for every entity of `gold` its type and what became of it, and ("…", "invented") for those that touch none
    of them.

    found: words and type right; wrong type: the same words, another type; boundary: shares a word with an entity that
    was found elsewhere; missed: none of its words is marked.
    """
    right, marked = find_spans(gold), find_spans(predicted)
    by_position = {(start, end): kind for start, end, kind in marked}
    told = []
    for start, end, kind in right:
        other = by_position.get((start, end))
        if other is not None:
            told.append((kind, "found" if other == kind else "wrong type"))
        else:
            told.append(
                (kind, "boundary" if any(first < end and start < last for first, last, _ in marked) else "missed")
            )
    for start, end, kind in marked:
        if not any(first < end and start < last for first, last, _ in right):
            told.append((kind, "invented"))
    return told


def outcome_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per type, the most frequent first: entities, then how many were found, boundary, wrong type,
    missed, invented."""
    counts: Counter[tuple[str, str]] = Counter()
    for gold, predicted in zip(named_tags(frame, "gold"), named_tags(frame, "predicted"), strict=True):
        counts.update(outcomes(gold, predicted))
    kinds = sorted({kind for kind, _ in counts})
    rows = [{"type": kind} | {name: counts[kind, name] for name in (*OUTCOMES, "invented")} for kind in kinds]
    table = pd.DataFrame(rows, columns=["type", *OUTCOMES, "invented"])
    table.insert(1, "entities", table[list(OUTCOMES)].sum(axis=1))
    return table.sort_values("entities", ascending=False, ignore_index=True)


def position_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how often a word's tag is right by its place in its entity: place, words, right, share; places without
    words left out."""
    counts: Counter[tuple[str, bool]] = Counter()
    for gold, predicted in zip(named_tags(frame, "gold"), named_tags(frame, "predicted"), strict=True):
        for start, end, _ in find_spans(gold):
            for position in range(start, end):
                counts[_position(position, start, end), gold[position] == predicted[position]] += 1
    rows = [(place, counts[place, True] + counts[place, False], counts[place, True]) for place in PLACES]
    table = pd.DataFrame(rows, columns=["position", "words", "right"])
    table = table[table["words"] > 0].reset_index(drop=True)
    return table.assign(share=table["right"] / table["words"])


def both_frames(frame: pd.DataFrame, first: str, second: str) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return the types and the places of two models' errors on the sentences both have tagged, and how many these are.

    The columns of the second model end in "_other".
    """
    keys = ["corpus", "split", "row"]
    shared = frame[frame["model"] == first][keys].merge(frame[frame["model"] == second][keys])
    parts = {name: shared.merge(frame[frame["model"] == name], on=keys) for name in (first, second)}
    types = [outcome_frame(parts[name]) for name in (first, second)]
    positions = [position_frame(parts[name]) for name in (first, second)]
    kinds = types[0].merge(types[1].drop(columns="entities"), on="type", how="left", suffixes=("", "_other"))
    kinds = kinds.fillna(0).astype({name: int for name in kinds.columns if name != "type"})
    return (
        kinds,
        positions[0].merge(positions[1][["position", "right", "share"]], on="position", suffixes=("", "_other")),
        len(shared),
    )


def error_sentences(kinds: pd.DataFrame, positions: pd.DataFrame, sentences: int, names: tuple[str, str]) -> list[str]:
    """Return in words what the second tagger gets wrong that the first does not: in all, by type, and at first
    words."""
    if kinds.empty or not kinds["entities"].sum():
        return ["There is no entity in the sentences that both have tagged."]
    total = int(kinds["entities"].sum())
    found, other = int(kinds["found"].sum()), int(kinds["found_other"].sum())
    told = [
        f"Of {total:,} entities in {sentences:,} test sentences, “{names[0]}” finds {found:,} "
        f"({percent(found / total)}) and “{names[1]}” {other:,} ({percent(other / total)})."
    ]
    extra = {name: int(kinds[f"{name}_other"].sum() - kinds[name].sum()) for name in OUTCOMES[1:]}
    worst = max(extra, key=extra.__getitem__)
    if extra[worst] > 0:
        grown = ", ".join(f"{name} {extra[name]:+,}".replace("-", "\N{MINUS SIGN}") for name in OUTCOMES[1:])
        told.append(f"What grows most without the second direction is “{worst}” (in all: {grown}).")
        by_type = (kinds["found"] - kinds["found_other"]) / kinds["entities"].clip(lower=1)
        common = by_type[kinds["entities"] >= max(20, 0.01 * total)]
        if len(common):
            row = kinds.loc[common.idxmax()]
            told.append(
                f"Among the common types, {row['type']} ({describe_type(row['type']).word}) loses most: "
                f"{row['found']:,} found of {row['entities']:,} against {row['found_other']:,}."
            )
    else:
        told.append("No kind of error is more frequent without the second direction.")
    told.append(_position_sentence(positions))
    return [sentence for sentence in told if sentence]


def _position_sentence(positions: pd.DataFrame) -> str:
    shares = positions.set_index("position")
    if not {"first of several", "last of several"} <= set(shares.index):
        return ""
    lost = (shares["share"] - shares["share_other"]) * 100
    first, last = lost["first of several"], lost["last of several"]
    row = shares.loc["first of several"]
    sentence = (
        "At the first word of an entity of several words, where much of the evidence is yet to come, "
        f"{percent(row['share'])} of the tags are right with both directions and {percent(row['share_other'])} with "
        f"one: {_points(first)}; at the last word, where the entity has been read, {_points(last)}."
    )
    if np.isclose(first, last, atol=0.05):
        return f"{sentence} Here it makes no difference which end of the entity a word stands at."
    if first > last:
        return f"{sentence} So what comes later is missed most where an entity begins."
    return f"{sentence} So it is not the beginnings that suffer most."


def _points(value: float) -> str:
    if abs(value) < 0.05:
        return "no difference"
    return f"{abs(value):.1f} points {'lost' if value > 0 else 'gained'}"


def _position(position: int, start: int, end: int) -> str:
    if end - start == 1:
        return "one word"
    return "first of several" if position == start else "last of several" if position == end - 1 else "within"
