"""OPUS Books English-French: sentences of novels out of copyright, aligned with their translations."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.sentence_pairs import SENTENCE_PAIRS
from engine.corpora.sentence_pairs.tatoeba_en_fr import from_translation
from engine.corpora.sources import HubLocation

CORPORA.register("opus_books_en_fr")(
    CorpusSpec(
        name="opus_books_en_fr",
        title="OPUS Books English-French",
        content=SENTENCE_PAIRS,
        columns=("en", "fr"),
        licence="Free for personal, educational and research use (OPUS, A. Farkas).",
        weights_licence="For personal, educational and research use.",
        origin="Tiedemann (2012), Parallel data, tools and interfaces in OPUS; aligned by A. Farkas",
        sample="phrasebook_en_fr",
        # The repository has a training split alone: 127,085 pairs, book after book.
        hub=HubLocation(
            "Helsinki-NLP/opus_books",
            revision="1f9f6191d0e91a3c539c2595e2fe48fc1420de9b",
            config="en-fr",
            columns=("translation",),
            adapt=from_translation,
            ranges={"train": (4_000, 100_000), "validation": (0, 2_000), "test": (2_000, 2_000)},
            note="It has one split; its first 4,000 pairs are kept back for validation and test.",
            is_tried=False,
        ),
    )
)
