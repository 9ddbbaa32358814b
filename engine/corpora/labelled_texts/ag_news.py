"""AG News: titles and first sentences of news, of the world, sports, business, or science and technology."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.labelled_texts import LABELLED_TEXTS
from engine.corpora.sources import HubLocation

CORPORA.register("ag_news")(
    CorpusSpec(
        name="ag_news",
        title="AG News",
        content=LABELLED_TEXTS,
        labels=("World", "Sports", "Business", "Sci/Tech"),
        columns=("text", "label"),
        licence="None stated; provided for research, not for commercial use.",
        weights_licence="For research only.",
        origin="Zhang, Zhao and LeCun (2015), Character-level convolutional networks for text classification; articles "
        "gathered by A. Gulli",
        sample="opinions",
        splits=("train", "test"),
        hub=HubLocation(
            "fancyzhx/ag_news",
            revision="eb185aade064a813bc0b7f42de02595523103ca4",
            columns=("text", "label"),
            is_tried=False,
        ),
    )
)
