"""The search for texts on which a tool has something to show, and for how typical they are.

`python -m engine.evaluation.example_effects` measures the translation page's examples and the first sentences of the
built-in sample's test split, and writes `data/results/example_effects.parquet`. The page opens with the example on
which attention gains most among those that are neither the easiest nor the hardest (`best_example`). What tools of
other pages show of built-in texts, and of what they open with, goes into `data/results/tool_effects.parquet`
(`engine.evaluation.tool_effects`).
"""

from __future__ import annotations

import pandas as pd
import sacrebleu

from engine.corpora import load_corpus
from engine.corpora.sentence_pairs import read_sides
from engine.evaluation.tool_effects import measure_tools
from engine.evaluation.translation import BEAM_SIZE, translate_all
from engine.inspection.stored import tool_effects
from engine.inspection.stored.model_files import weights_in
from engine.inspection.stored.tables import replace_rows
from engine.inspection.translation import forcing
from engine.inspection.translation.example_effects import COLUMNS, TABLE, WRONG_STEP, best_example
from engine.inspection.translation.examples import list_translation_examples
from engine.inspection.translation.wrong_word import put_wrong_word
from engine.models.folder import LoadedModel, load_model

SENTENCES = 200
NETWORKS = "en-fr-attention", "en-fr-no-attention"
CORPUS = "phrasebook_en_fr"


def measure_effects(attending: LoadedModel, plain: LoadedModel, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    """Return a row per (source, reference): chrF of both networks (beam 5), and for the attending one its exposure gap,
    what is left of it once it was given the one token of the reference where it leaves it, and the changed tokens after
    the likeliest wrong word at `WRONG_STEP` (nan where the row is shorter or does not recover)."""
    sources = [source for source, _ in pairs]
    outputs = [translate_all(model, sources, BEAM_SIZE) for model in (attending, plain)]
    chrf, rows = sacrebleu.CHRF(), []
    for (source, reference), written, written_plain in zip(pairs, *outputs, strict=True):
        steps = forcing.chosen_steps(attending, source, reference, forcing.FIRST)
        report = forcing.inspect_forcing(attending, source, reference, steps)
        changed = None
        if len(report.free.pieces) > WRONG_STEP:
            word = report.alternatives[WRONG_STEP - 1][0][0]
            found = put_wrong_word(attending, source, reference, WRONG_STEP, word)
            changed = found.changed_pieces if found.has_recovered else None
        rows.append(
            {
                "source": source,
                "chrf": chrf.sentence_score(written, [reference]).score,
                "chrf_plain": chrf.sentence_score(written_plain, [reference]).score,
                "exposure_gap": report.exposure_gap,
                "gap_left": report.mixed.mean_loss - report.forced.mean_loss,
                "is_long_enough": len(report.free.pieces) > WRONG_STEP,
                "changed_tokens": changed,
            }
        )
    return pd.DataFrame(rows).round(4).astype({"changed_tokens": "float64"})


def main() -> None:
    """Measure both networks and the tools, store the tables and print what the page should open with."""
    attending, plain = map(load_model, NETWORKS)
    examples = [(example.source, example.reference) for example in list_translation_examples()]
    sample = list(zip(*read_sides(load_corpus(CORPUS), "en", "test"), strict=True))[:SENTENCES]
    frame = measure_effects(attending, plain, [*examples, *sample]).assign(
        is_example=lambda rows: rows.index < len(examples),
        model=attending.info.name,
        weights=weights_in(attending.info.path),
        weights_plain=weights_in(plain.info.path),
    )
    replace_rows(TABLE, frame, COLUMNS, order=("is_example", "source"))
    print(best_example(frame))
    tools = measure_tools()
    replace_rows(tool_effects.TABLE, tools, tool_effects.COLUMNS, keys=("tool", "model"), order=("tool", "model"))
    for name, rows in tools.groupby("model"):
        print(name, *tool_effects.typical_sentences(rows).values(), sep="\n  ")


if __name__ == "__main__":
    main()
