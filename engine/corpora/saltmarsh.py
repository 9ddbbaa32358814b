"""Saltmarsh: stories and short plays written for this project, the sample a text generator can learn from at once."""

from engine.corpora.base import CORPORA, CorpusSpec

CORPORA.register("saltmarsh")(
    CorpusSpec(
        name="saltmarsh",
        title="Saltmarsh stories",
        kind="text",
        columns=("text",),
        licence="CC0 1.0",
        origin="Written for Unrolled",
    )
)
