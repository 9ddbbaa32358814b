"""Sentences tagged one at a time and in batches, beside one sentence at a time with Viterbi's algorithm in Python."""

from __future__ import annotations

from functools import partial

import torch

from engine.inspection.tagging.predictions import best_tags
from engine.models.folder import load_model
from engine.models.word_features import read_words
from engine.training.matrix_limit import count_operations
from tests.benchmarks.items.classification import texts
from tests.benchmarks.machine_limits import both_products
from tests.benchmarks.plain_reading import plain_viterbi
from tests.benchmarks.turns import Contest, item, timed

MODEL = "gmb-bilstm-crf"
ONE_BY_ONE, IN_A_BATCH = "one sentence at a time, Viterbi in Python", "a batch in order of the file, Viterbi in Python"


def _contest(count: int) -> Contest:
    loaded, rows = load_model(MODEL), texts(count)
    model, labels = loaded.model, loaded.model.labels
    found: dict[str, list[list[str]]] = {}

    def ours() -> None:
        found["ours"] = best_tags(loaded, rows)

    def named(emissions: torch.Tensor) -> list[str]:
        return [labels[tag] for tag in plain_viterbi(model.crf, emissions)]

    @torch.no_grad()
    def one_by_one() -> None:
        found[ONE_BY_ONE] = [named(model(read_words(loaded.tokenizer, [row]))[0]) for row in rows]

    @torch.no_grad()
    def in_a_batch() -> None:
        emissions = model(read_words(loaded.tokenizer, rows))
        found[IN_A_BATCH] = [named(given[: len(row)]) for given, row in zip(emissions, rows, strict=True)]

    def check() -> str:
        others = [name for name, given in found.items() if given != found["ours"]]
        return f"other tags than {' and '.join(others)}" if others else ""

    peers = {ONE_BY_ONE: timed(one_by_one, count)} | ({IN_A_BATCH: timed(in_a_batch, count)} if count > 1 else {})
    return Contest.between(timed(ours, count), peers, both_products(count_operations(ours) / count), check=check)


item("tagging", f"{MODEL}, one sentence of 40 words", "sentence")(partial(_contest, 1))
item("tagging", f"{MODEL}, 64 sentences of 5 to 40 words", "sentence")(partial(_contest, 64))
