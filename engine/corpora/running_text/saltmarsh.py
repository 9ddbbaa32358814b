"""Saltmarsh: stories and short plays written for this project, the sample a text generator can learn from at once."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.running_text import RUNNING_TEXT

CORPORA.register("saltmarsh")(
    CorpusSpec(
        name="saltmarsh",
        title="Saltmarsh stories",
        content=RUNNING_TEXT,
        columns=("text",),
        licence="CC0 1.0",
        weights_licence="MIT License, as the code.",
        origin="Written for Unrolled",
    )
)
