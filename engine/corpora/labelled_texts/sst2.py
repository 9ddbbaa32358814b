"""SST-2: sentences and phrases from film reviews, each praising (1) or not (0)."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.labelled_texts import LABELLED_TEXTS, NEGATIVE_POSITIVE
from engine.corpora.sources import HubLocation

CORPORA.register("sst2")(
    CorpusSpec(
        name="sst2",
        title="SST-2",
        content=LABELLED_TEXTS,
        labels=NEGATIVE_POSITIVE,
        columns=("sentence", "label"),
        licence="None stated; distributed for research.",
        weights_licence="For research only.",
        origin="Socher et al. (2013), Recursive deep models for semantic compositionality over a sentiment treebank",
        sample="opinions",
        # The sentences of the official test split have no labels; the official validation split is what others report
        # on.
        splits=("train", "validation"),
        hub=HubLocation(
            "stanfordnlp/sst2", revision="8d51e7e4887a4caaa95b3fbebbf53c0490b58bbb", columns=("sentence", "label")
        ),
    )
)
