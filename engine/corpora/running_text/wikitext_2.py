"""WikiText-2: good and featured articles of Wikipedia, as they stand, in the splits that others report on."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.running_text import RUNNING_TEXT
from engine.corpora.sources import HubLocation

CORPORA.register("wikitext_2")(
    CorpusSpec(
        name="wikitext_2",
        title="WikiText-2",
        content=RUNNING_TEXT,
        columns=("text",),
        licence="CC BY-SA 3.0 and GFDL, as the articles (card of Salesforce/wikitext).",
        weights_licence="CC BY-SA 3.0, as the articles.",
        origin="Merity et al. (2016), Pointer sentinel mixture models, arXiv 1609.07843; articles of Wikipedia",
        sample="saltmarsh",
        hub=HubLocation(
            "Salesforce/wikitext",
            revision="b08601e04326c79dfdd32d625aee71d232d685c3",
            config="wikitext-2-raw-v1",
            columns=("text",),
            is_tried=False,
        ),
    )
)
