"""TinyStories: short stories in the words that a child of three or four knows, written by a large language model."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.running_text import RUNNING_TEXT
from engine.corpora.sources import HubLocation

CORPORA.register("tiny_stories")(
    CorpusSpec(
        name="tiny_stories",
        title="TinyStories",
        content=RUNNING_TEXT,
        columns=("text",),
        licence="CDLA-Sharing-1.0 (card of roneneldan/TinyStories).",
        weights_licence="As the terms of CDLA-Sharing-1.0 allow.",
        origin="Eldan and Li (2023), TinyStories: how small can language models be, arXiv 2305.07759; written by "
        "GPT-3.5 and GPT-4",
        sample="saltmarsh",
        splits=("train", "validation"),
        hub=HubLocation(
            "roneneldan/TinyStories",
            revision="f54c09fd23315a6f9c86f9dc80f725de7d8f9c64",
            columns=("text",),
            row_limit=20_000,
            note="The first 20,000 stories of each split, of 2.1 million.",
            is_tried=False,
        ),
    )
)
