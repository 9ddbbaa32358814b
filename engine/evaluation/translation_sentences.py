"""Every sentence of the test sets by itself: sentence chrF, BLEU and TER and the forced loss, one row per model and
sentence.

No text of a corpus goes into the table, only a short hash of each source, by which a reader that has the corpus finds
it again.

Papers: see `engine.evaluation.translation`. Sentence BLEU is sacreBLEU's, with exponential smoothing and effective
    order.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import sacrebleu
import torch

from engine.corpora import CORPORA, load_corpus
from engine.evaluation.base import corpora_of, facts_of
from engine.evaluation.translation import BEAM_SIZE, corpus_score, read_test_set, taught_batches, translate_all
from engine.inspection.stored.sentence_scores import COLUMNS, source_hash
from engine.inspection.stored.tables import replace_rows, rows_so_far
from engine.models.folder import LoadedModel


def add_sentences(loaded: LoadedModel, table: Path) -> None:
    """Measure a translator sentence by sentence and put its rows into `table` in place of older ones.

    Beside its own corpora, whose texts are not shipped, the built-in sample that stands in for them is measured: its
    texts can be shown wherever the table is.

    Raises:
        DataError: a test corpus cannot be read, or the table that is there is damaged; found out before anything is
            translated.
    """
    rows_so_far(table, COLUMNS)
    rows = pd.concat([sentence_scores(loaded, name) for name in test_corpora(loaded)], ignore_index=True)
    replace_rows(table, rows, COLUMNS, order=("model", "corpus", "index"))


def test_corpora(loaded: LoadedModel) -> list[str]:
    """Return the names of the corpora that a translator is measured on: its own, then the samples that stand in."""
    own = corpora_of(loaded)
    return list(dict.fromkeys([*own, *filter(None, (CORPORA.get(name).sample for name in own))]))


def sentence_scores(loaded: LoadedModel, corpus_name: str) -> pd.DataFrame:
    """Return one row per sentence of a corpus' test split, with the scores of the whole split beside each.

    Raises:
        DataError: the corpus cannot be read.
    """
    corpus = load_corpus(corpus_name)
    sources, references = read_test_set(corpus, loaded.info.source_language)
    outputs = translate_all(loaded, sources, BEAM_SIZE)
    bleu, chrf, ter = sacrebleu.BLEU(effective_order=True), sacrebleu.CHRF(), sacrebleu.TER()
    frame = pd.DataFrame(
        {
            "index": range(len(sources)),
            "source_hash": [source_hash(source) for source in sources],
            "source_words": [len(source.split()) for source in sources],
            "references": [len(row) for row in references],
            "output_words": [len(output.split()) for output in outputs],
            **{
                name: [metric.sentence_score(o, row).score for o, row in zip(outputs, references, strict=True)]
                for name, metric in (("chrf", chrf), ("bleu", bleu), ("ter", ter))
            },
        }
    ).round(2)
    frame["forced_nats"], frame["reference_pieces"] = forced_losses(loaded, sources, [row[0] for row in references])
    for name, metric in (("bleu", sacrebleu.BLEU()), ("chrf", chrf), ("ter", ter)):
        frame[f"corpus_{name}"] = corpus_score(metric, outputs, references)
        frame[f"{name}_signature"] = str(metric.get_signature())
    return frame.assign(**facts_of(loaded, corpus_name, corpus, "test"), beam_size=BEAM_SIZE)


@torch.inference_mode()
def forced_losses(loaded: LoadedModel, sources: list[str], references: list[str]) -> tuple[list[float], list[int]]:
    """Return for each sentence the nats of its reference, end mark counted, and the number of its pieces."""
    nats: list[float] = []
    pieces: list[int] = []
    for batch in taught_batches(loaded, sources, references):
        logits, labels = loaded.model(*batch[:3])[0], batch.labels
        losses = torch.nn.functional.cross_entropy(logits.transpose(1, 2), labels, reduction="none")  # (B, T)
        nats += [round(value, 4) for value in losses.sum(dim=1).tolist()]
        pieces += (labels != -100).sum(dim=1).tolist()
    return nats, pieces
