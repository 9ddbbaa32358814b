"""Reading and writing text: order, direction and temperature."""

from __future__ import annotations

from engine.claims import rows
from engine.claims.claim import ABOVE, BELOW, CLAIMS, WITHIN, Claim
from engine.claims.measures import AVERAGE, LSTM, Beside, Bounded, Quantity, Side

_ORDER = ("sentiment", (("tool", "order"),), "Order")
_TAGGERS = ("entities", (("tool", "quality"),), "Quality")
_F1 = Quantity("f1", "F1 of whole entities (%)", "{:.1f}")

CLAIMS.register("average_loses_order")(
    Claim(
        "An average of words knows no order",
        "A network that averages the vectors of its words says the same of them in any order.",
        "Every textbook",
        "Text",
        why="A sum is the same in any order. Drawn is how many decisions change when the words of every text are "
        "shuffled.",
        changes="Nothing: it follows from the equations.",
        tool=_ORDER,
        tables=("word_order",),
        prepare=rows.averages_shuffled,
        measure=Bounded(
            Quantity("value", "Decisions that shuffling changes (%), line: none", "{:.1f} %", each="shuffles"),
            AVERAGE,
            0.0,
            0.0,
        ),
        says=WITHIN,
    )
)
CLAIMS.register("order_matters")(
    Claim(
        "The order of words matters",
        "Sentiment depends on the order of the words: shuffle them, and a network that reads in order is right less "
        "often.",
        "Said in many courses, by the example of “not good”",
        "Text",
        why="On test sets whose words are shuffled in every text. In a long review the words themselves may say "
        "enough.",
        changes="Texts in which order decides, such as the pairs on the Sentiment page.",
        tool=_ORDER,
        tables=("word_order",),
        prepare=rows.readers_shuffled,
        measure=Beside(
            Quantity("value", "Right answers (%)", "{:.1f} %", each="shuffles"),
            Side("in order", value="in order"),
            Side("shuffled", value="shuffled"),
            by="order",
        ),
        says=ABOVE,
    )
)
CLAIMS.register("order_beats_average")(
    Claim(
        "Reading in order beats an average",
        "A network that reads a sentence word by word judges it better than an average of its words.",
        "Said in many courses",
        "Text",
        why="Small networks that read the first words of a sentence only: the plainest of tests. An average has "
        "nothing to learn but the words.",
        changes="More training sentences, whole sentences, larger networks.",
        tool=_ORDER,
        tables=("shipped",),
        prepare=rows.sentence_runs,
        measure=Beside(Quantity("error", "Wrong answers (%)", "{:.1f} %"), LSTM, AVERAGE),
        says=BELOW,
    )
)
CLAIMS.register("both_directions_tag")(
    Claim(
        "Reading in both directions helps tagging",
        "A tagger that also reads the sentence from its end finds more names.",
        "Huang et al. (2015); Lample et al. (2016)",
        "Text",
        why="Whether a word is a name often shows only in the words after it. Both taggers have a CRF; that with two "
        "directions has more parameters.",
        changes="A tagger in one direction with as many parameters as that in both.",
        tool=_TAGGERS,
        tables=("entity_ablation",),
        prepare=rows.crf_taggers,
        measure=Beside(
            _F1,
            Side("both directions", "lstm_bidirectional", value="both"),
            Side("one direction", "lstm", value="one"),
            by="reads",
        ),
        says=ABOVE,
    )
)
CLAIMS.register("crf_helps")(
    Claim(
        "A CRF on top helps tagging",
        "Choosing the best sequence of tags as a whole finds more names than choosing each tag for itself.",
        "Huang et al. (2015); Lample et al. (2016)",
        "Text",
        why="Which tag may follow which is learnt once, and no sequence comes out that cannot be.",
        changes="Another set of tags, in which neighbours say less about each other.",
        tool=("entities", (("tool", "lattice"),), "Lattice"),
        tables=("entity_ablation",),
        prepare=rows.two_way_taggers,
        measure=Beside(_F1, Side("with a CRF", value="crf"), Side("without", value="none"), by="ends"),
        says=ABOVE,
    )
)
CLAIMS.register("low_temperature_repeats")(
    Claim(
        "Low temperature repeats",
        "At a low temperature a network repeats itself.",
        "Holtzman et al. (2020); every textbook",
        "Text",
        why="The likeliest continuation leads back to itself; a higher temperature takes other turns.",
        changes="Other temperatures than these two, or a longer text.",
        tool=("generation", (("tool", "temperature"),), "Temperature"),
        tables=("temperatures",),
        prepare=rows.written,
        measure=Beside(
            Quantity("value", "Repeated four-word groups (%)", "{:.1f} %"),
            Side("temperature 0.1", value="0.1"),
            Side("temperature 1", value="1.0"),
            by="at",
        ),
        says=ABOVE,
    )
)
