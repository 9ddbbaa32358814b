"""UNER English-EWT: sentences of the web, people, organisations and places tagged by hand."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.tagged_sentences import TAGGED_SENTENCES

CORPORA.register("ner_ewt")(
    CorpusSpec(
        name="ner_ewt",
        title="UNER English-EWT",
        content=TAGGED_SENTENCES,
        columns=("tokens", "ner_tags"),
        licence="CC BY-SA 4.0",
        weights_licence="CC BY-SA 4.0, as the data set.",
        origin="Mayhew et al. (2024), Universal NER, arXiv 2311.09122; texts of the English Web Treebank; its "
        "training tags are a draft",
        sample="visits",
    )
)
