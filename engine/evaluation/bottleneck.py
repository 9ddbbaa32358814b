"""BLEU of squeezed translators: what is left on the test set when the sentence vector keeps k principal directions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import sacrebleu
import torch

from engine.corpora import load_corpus
from engine.decoding.greedy import greedy
from engine.decoding.text import BATCH_SENTENCES, decoding_options, encode_sources
from engine.evaluation.base import corpora_of
from engine.evaluation.translation import corpus_score, read_test_set
from engine.inspection.stored.tables import replace_rows, rows_so_far
from engine.inspection.translation.bottleneck import (
    COLUMNS,
    SEED,
    SIZES,
    WHOLE,
    Pressed,
    PrincipalDirections,
)
from engine.models.base import batches_by_length
from engine.models.folder import LoadedModel

SENTENCES = 200


def translate_pressed(loaded: LoadedModel, directions: PrincipalDirections, sources: list[str], size: int) -> list[str]:
    """Return the greedy translations of all sources, in order, with `size` directions of each sentence vector kept."""
    texts = [""] * len(sources)
    for chosen in batches_by_length([*map(len, sources)], BATCH_SENTENCES):
        source_ids, lengths = encode_sources(loaded, [sources[i] for i in chosen])
        pressed = Pressed(loaded.model, directions, [size])
        found = greedy(pressed, source_ids, lengths, **decoding_options(loaded, lengths))
        for i, hypothesis in zip(chosen, found, strict=True):
            texts[i] = loaded.tokenizer.decode(hypothesis.token_ids)
    return texts


@torch.inference_mode()
def measure_bleu(loaded: LoadedModel, directions: PrincipalDirections, table: Path) -> Iterator[float]:
    """Measure BLEU at every size and put the rows into `table` in place of the model's older ones; yield the share done
    (0 to 1).

    Raises:
        DataError: the corpus cannot be read, or the table that is there is damaged.
    """
    rows_so_far(table, COLUMNS)  # found out before anything is translated
    corpus = load_corpus(corpora_of(loaded)[0])
    sources, references = read_test_set(corpus, loaded.info.source_language)
    chosen = sorted(random.Random(SEED).sample(range(len(sources)), min(SENTENCES, len(sources))))
    bleu, rows = sacrebleu.BLEU(), []
    sizes = [WHOLE, *(size for size in SIZES if size <= directions.basis.shape[1])]
    for number, size in enumerate(sizes, start=1):
        texts = translate_pressed(loaded, directions, [sources[i] for i in chosen], size)
        explained = 1.0 if size == WHOLE else float(directions.explained[size - 1])
        score = corpus_score(bleu, texts, [references[i] for i in chosen])
        rows.append((loaded.info.name, directions.facts["weights"], size, explained, score))
        yield number / len(sizes)
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).assign(
        sentences=len(chosen),
        test_set=f"{corpus.spec.title} test, {len(chosen)} sentences drawn with seed {SEED}",
        signature=str(bleu.get_signature()),
        beam_size=1,
    )
    replace_rows(table, frame, COLUMNS)
