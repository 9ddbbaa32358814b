"""Classifiers of a few hundred parameters, trained for nothing, for the tests of the sentiment page."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.models import folder as model_folder
from engine.models.card import write_card
from engine.models.classifier import AVERAGE, Classifier
from engine.text.treebank import TreebankTokenizer

BOTH, FORWARD, BLIND, LONG = "small-both", "small-forward", "small-blind", "small-long-blind"
SENTENCES = (
    "He said the food was not good.",
    "The film was bad, not good at all.",
    "a warm and funny story",
    "a dull and cold mess, however well acted",
    "I can't say it isn't moving.",
    "the actors are wonderful but the end is a bore",
)
NETWORKS = {
    BOTH: ("sst2", "Both directions", {"cell": "lstm", "hidden_size": 6, "num_layers": 2, "bidirectional": True}),
    FORWARD: ("sst2", "Left to right", {"cell": "gru", "hidden_size": 6, "num_layers": 1, "bidirectional": False}),
    BLIND: ("sst2", "Blind to order", {"cell": AVERAGE, "hidden_size": 0, "num_layers": 0, "bidirectional": False}),
    LONG: (
        "imdb_small",
        "Long texts, blind to order",
        {"cell": AVERAGE, "hidden_size": 0, "num_layers": 0, "bidirectional": False},
    ),
}


def add_classifiers(root: Path) -> Path:
    """Write the four classifiers into `root`; their weights are drawn so wide that their answers differ."""
    tokenizer = TreebankTokenizer.train(SENTENCES)
    for seed, (name, (corpus, label, arguments)) in enumerate(NETWORKS.items()):
        torch.manual_seed(seed)
        model = Classifier(tokenizer.vocab_size, embedding_dim=5, pad_id=tokenizer.pad_id, **arguments).eval()
        torch.nn.init.normal_(model.embedding.weight, std=1.5)
        torch.nn.init.normal_(model.output.weight, std=1.5)
        facts = {
            "model": "classifier",
            "title": f"Small: {label}",
            "label": label,
            "labels": ["negative", "positive"],
            "corpora": [corpus],
            "metrics": {
                "test_set": "a made-up text",
                "measured_on": "2026-01-01",
                "hardware": "none",
                "commit": "0000000",
                "accuracy": 0.5,
            },
        }
        described = model.config | facts | {"task": model.task, "parameters": model.parameter_count()}
        model_folder.save_model(root / name, model, tokenizer, facts, write_card(name, described))
    return root
