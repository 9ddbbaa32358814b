"""Taggers of a few thousand random weights, under the names of those that ship: what they say means nothing, so a page
must take it from them."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.models import folder
from engine.models.card import write_card
from engine.models.tagger import Tagger
from engine.text.word_list import list_words

ROWS = [
    "John works at Google in California .".split(),
    "Anna lives in Rome and Peter lives in Paris , not in London .".split(),
]
NEWS = ("geo", "gpe", "org", "per", "tim", "art", "eve", "nat")
WEB = ("LOC", "ORG", "PER")
SHAPES = {
    "gmb-bilstm-crf": (NEWS, "Both directions, CRF", {}),
    "gmb-bilstm": (NEWS, "Without the CRF", {"crf": False}),
    "gmb-lstm-crf": (NEWS, "Forward only", {"bidirectional": False}),
    "ewt-bilstm-crf": (WEB, "Web texts", {}),
}


def save_taggers(root: Path) -> None:
    """Write the four taggers into `root`."""
    tokenizer = list_words(ROWS, 40)
    for seed, (name, (kinds, label, shape)) in enumerate(SHAPES.items()):
        torch.manual_seed(seed)
        labels = ["O", *(f"{side}-{kind}" for kind in kinds for side in "BI")]
        model = Tagger(
            tokenizer.vocab_size,
            labels,
            embedding_dim=8,
            character_dim=4,
            character_filters=8,
            shape_dim=4,
            hidden_size=8,
            **shape,
        )
        for half in (model.forward_emission, model.backward_emission):
            if half is not None:
                torch.nn.init.normal_(half.weight, std=2.0)  # decided enough to mark something
        facts = {
            "model": "tagger",
            "title": f"Small tagger {name}",
            "label": label,
            "corpora": ["ner_ewt" if kinds == WEB else "ner_gmb"],
            "metrics": {
                "test_set": "a made-up text",
                "measured_on": "2026-01-01",
                "hardware": "no machine",
                "commit": "0000000",
                "f1": 50.0,
                "baseline_f1": 20.0,
                "baseline_by_type": {"per": 10.0},
            },
        }
        described = model.config | facts | {"task": model.task, "parameters": model.parameter_count()}
        folder.save_model(root / name, model, tokenizer, facts, write_card(name, described))
