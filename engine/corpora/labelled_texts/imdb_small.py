"""IMDB: long film reviews, each praising (1) or not (0); a part of the Large Movie Review Dataset."""

from __future__ import annotations

import re

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.labelled_texts import LABELLED_TEXTS, NEGATIVE_POSITIVE
from engine.corpora.sources import HubLocation

_BREAK = re.compile(r"\s*(?:<br\s*/?>\s*)+", re.IGNORECASE)


def without_breaks(text: str) -> str:
    """Return a review without the `<br />` that the site's line breaks left in it."""
    return _BREAK.sub(" ", text).strip()


CORPORA.register("imdb_small")(
    CorpusSpec(
        name="imdb_small",
        title="IMDB reviews",
        content=LABELLED_TEXTS,
        labels=NEGATIVE_POSITIVE,
        columns=("text", "label"),
        licence="None stated; published for research.",
        weights_licence="For research only.",
        origin="Maas et al. (2011), Learning word vectors for sentiment analysis; 8,000 of the 50,000 reviews",
        sample="opinions",
        # The Hub's repository has no validation split; where there is none, part of the training split stands in for
        # it.
        splits=("train", "test"),
        hub=HubLocation(
            "stanfordnlp/imdb",
            revision="e6281661ce1c48d982bc483cf8a173c1bbeb5d31",
            config="plain_text",
            columns=("text", "label"),
            note="It holds all 50,000 reviews, of which our figures were measured on a part.",
        ),
    )
)
