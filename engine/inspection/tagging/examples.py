"""Which built-in sentence shows most of what the Entities page's tools show, and how typical that is of all of them.

The sentences are the test split of the built-in sample, from a grammar written for this project, so that their words
may be stored.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from engine.config import JsonObject
from engine.errors import DataError
from engine.inspection.stored.tables import RESULTS
from engine.inspection.tagging.agreement import apart_from
from engine.inspection.tagging.directions import BACKWARD, FORWARD, disagreements, read_directions
from engine.inspection.tagging.lattice import best_tags, tags_without_steps
from engine.inspection.tagging.predictions import tag_words
from engine.models.folder import LoadedModel
from engine.text.bio import illegal_positions
from engine.wording import percent

TABLE = RESULTS / "entity_examples.parquet"
COMMAND = "python -m engine evaluate --model {model} --dry-run --examples data/results/entity_examples.parquet"
COLUMNS = tuple(
    "model weights title text is_right networks networks_apart crf_changes crf_illegal halves_differ "
    "halves_sure".split()
)


def measure_effects(
    loaded: LoadedModel, others: Sequence[LoadedModel], words: tuple[str, ...], gold: Sequence[str]
) -> JsonObject:
    """Return what the tools show of one sentence.

    `networks_apart`: how many of the `networks` others mark it otherwise; `crf_changes`: at how many words the highest
    emission alone is another tag, and `crf_illegal` how many of those tags cannot follow the one before;
    `halves_differ`: at how many words the halves do, and `halves_sure` how sure the less sure half is where they do so
    most plainly.
    """
    own = tag_words(loaded, words)
    alone, decoded = tags_without_steps(own), best_tags(own)
    effects: JsonObject = {
        "text": written(words),
        "is_right": list(own.tags) == list(gold),
        "networks": len(others),
        "networks_apart": sum(
            bool(found.invented or found.missed) for found in (apart_from(own, tag_words(one, words)) for one in others)
        ),
        "crf_changes": sum(one != other for one, other in zip(alone, decoded, strict=True)),
        "crf_illegal": len(illegal_positions(alone)),
        "halves_differ": 0,
        "halves_sure": 0.0,
    }
    if loaded.model.has_apart_directions:
        differing = disagreements(read_directions(loaded, words))
        sure = differing[[f"{FORWARD}_probability", f"{BACKWARD}_probability"]].min(axis=1)
        effects |= {"halves_differ": len(differing), "halves_sure": float(sure.max()) if len(sure) else 0.0}
    return effects


def written(words: Sequence[str]) -> str:
    """Return words of the built-in sample as a sentence is written."""
    return " ".join(words).replace(" ,", ",").replace(" .", ".")


def choose_example(effects: pd.DataFrame) -> str:
    """Return the sentence on which all tools show something: the network itself is right, most other networks are not
    with it, the tags without the CRF break a rule, and the halves differ; of several, the one where they are surest.

    Raises:
        DataError: there is none.
    """
    shown = effects[effects["is_right"] & (effects["crf_illegal"] > 0) & (effects["halves_differ"] > 0)]
    if shown.empty:
        raise DataError("On none of these sentences do all tools show an effect.")
    return str(shown.sort_values(["networks_apart", "halves_sure"], ascending=False, kind="stable")["text"].iloc[0])


def typical_sentences(effects: pd.DataFrame) -> dict[str, str]:
    """Return for each tool, by its name, on how many of the built-in sentences it shows what it shows."""
    if effects.empty:
        return {}
    of = f"of {len(effects):,} built-in sentences"

    def share(column: str) -> str:
        return percent(float((effects[column] > 0).mean()), 0)

    said = {
        "others": (
            "networks_apart",
            f"How typical: on {share('networks_apart')} {of}, at least one network differs from the one above.",
        ),
        "lattice": (  # of a tagger with a CRF alone
            "crf_changes",
            f"How typical: on {share('crf_changes')} {of}, a tag changes with the CRF off; on {share('crf_illegal')}, "
            "one then cannot follow the tag before.",
        ),
        "directions": (  # of a tagger with two directions alone
            "halves_differ",
            f"How typical: on {share('halves_differ')} {of}, the halves differ at a word or more.",
        ),
    }
    return {tool: sentence for tool, (column, sentence) in said.items() if (effects[column] > 0).any()}
