"""Multi30k English-French: image captions and their human translations; test is test_2016_flickr."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.sentence_pairs import SENTENCE_PAIRS
from engine.corpora.sources import HubLocation

CORPORA.register("multi30k_en_fr")(
    CorpusSpec(
        name="multi30k_en_fr",
        title="Multi30k English-French",
        content=SENTENCE_PAIRS,
        columns=("en", "fr"),
        licence="Research and educational use; the source states no licence for the text.",
        weights_licence="For research and education only.",
        origin="Elliott et al. 2016, 2017",
        sample="phrasebook_en_fr",
        # 10 GB with its images: only the two text columns are read.
        hub=HubLocation(
            "romrawinjp/multi30k", revision="54218e32a3eeb7a49a9205cac037bfe80048ae1e", columns=("en", "fr")
        ),
    )
)
