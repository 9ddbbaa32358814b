"""GMB: sentences of the news whose places, people, organisations and times were tagged, partly by machine."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.tagged_sentences import TAGGED_SENTENCES

CORPORA.register("ner_gmb")(
    CorpusSpec(
        name="ner_gmb",
        title="GMB entities",
        content=TAGGED_SENTENCES,
        columns=("tokens", "ner_tags"),
        licence="Texts in the public domain (Groningen Meaning Bank); the data set under the ODbL.",
        weights_licence="Name the Groningen Meaning Bank (ODbL).",
        origin="Bos et al. (2017), The Groningen Meaning Bank; as the Annotated Corpus for Named Entity Recognition",
        sample="visits",
    )
)
