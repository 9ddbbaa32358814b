"""Tiny Shakespeare: 1,115,394 characters of Shakespeare's plays, split 90/5/5 in order."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.running_text import RUNNING_TEXT
from engine.corpora.sources import HubLocation

CORPORA.register("tiny_shakespeare")(
    CorpusSpec(
        name="tiny_shakespeare",
        title="Tiny Shakespeare",
        content=RUNNING_TEXT,
        columns=("text",),
        licence="Text in the public domain; collection under MIT (karpathy/char-rnn).",
        weights_licence="MIT License, as the code.",
        origin="A. Karpathy, char-rnn, 2015",
        sample="saltmarsh",
        # The text itself names no plays: these are the lines in which the first speaker of each one speaks.
        parts=(
            (1, "Coriolanus"),
            (5954, "Richard III"),
            (11699, "Richard II"),
            (15601, "Romeo and Juliet"),
            (20334, "Henry VI, Part 3"),
            (24849, "The Winter's Tale"),
            (29645, "Measure for Measure"),
            (34194, "The Taming of the Shrew"),
        ),
        # The main branch holds a loading script, which datasets >= 4 does not run; this commit is the head of
        # refs/pr/2, which converts it to Parquet.
        hub=HubLocation("karpathy/tiny_shakespeare", revision="fe12e06d82fe3af4291b90426557387520d81385"),
    )
)
