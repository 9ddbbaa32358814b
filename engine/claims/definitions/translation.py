"""Translators: one vector, attention, and how they are taught."""

from __future__ import annotations

from engine.claims import rows
from engine.claims.claim import ABOVE, BELOW, CLAIMS, Claim
from engine.claims.measures import Beside, Quantity, Side

FIFTHS = "fifths of the test set"
_NECK = ("translation", (("tool", "bottleneck"),), "Bottleneck")
_LOOK = ("translation", (("tool", "attention"),), "Attention")
_TAUGHT = ("translation", (("tool", "regimes"),), "How they were taught")
_GAP = Quantity("gap", "Loss on its own words less loss on the reference (nats per token)", "{:.2f}")
_ATTENTION, _NO_ATTENTION = Side("with attention", value="en-fr-attention"), Side("without", value="en-fr-no-attention")
_FORCED, _SCHEDULED = Side("always forced", value="Always forced"), Side("scheduled sampling", value="Scheduled")

CLAIMS.register("one_vector")(
    Claim(
        "One vector is a bottleneck",
        "A translator that squeezes a sentence into one vector is worse on long sentences than on short ones.",
        "Cho et al. (2014); Sutskever et al. (2014)",
        "Translation",
        why="The vector has the same size for six words and for twenty. One training run; the range is over five "
        "fifths of each test set.",
        changes="A much larger state; and long sentences are harder to translate for anyone.",
        tool=_NECK,
        tables=("translation_test_set",),
        prepare=rows.without_attention,
        measure=Beside(
            Quantity("chrf", "chrF without attention (0 to 100)", "{:.1f}", each=FIFTHS),
            Side(rows.LONG, value=rows.LONG),
            Side(rows.SHORT, value=rows.SHORT),
            by="words",
        ),
        says=BELOW,
    )
)
CLAIMS.register("attention_helps")(
    Claim(
        "Attention translates better",
        "A translator that looks back at the sentence with attention is better than one that must remember it.",
        "Bahdanau et al. (2015)",
        "Translation",
        why="Both networks were trained alike on the same sentences. One training run each; the range is over five "
        "fifths of each test set.",
        changes="Several training runs of each network.",
        tool=_LOOK,
        tables=("translation_test_set",),
        prepare=rows.by_attention,
        measure=Beside(
            Quantity("chrf", "chrF (0 to 100)", "{:.1f}", each=FIFTHS), _ATTENTION, _NO_ATTENTION, by="model"
        ),
        says=ABOVE,
    )
)
CLAIMS.register("attention_cures_length")(
    Claim(
        "Attention cures the loss on long sentences",
        "With attention a translator loses less on long sentences than without.",
        "Bahdanau et al. (2015)",
        "Translation",
        why="Drawn is how far the score falls from short sentences to long ones; below nought, long ones fare better. "
        "One training run each; the range is over five fifths of each test set.",
        changes="Several training runs of each network.",
        tool=_NECK,
        tables=("translation_test_set",),
        prepare=rows.lost_by_length,
        measure=Beside(
            Quantity("lost", "chrF lost from short to long sentences", "{:.1f}", each=FIFTHS),
            _ATTENTION,
            _NO_ATTENTION,
            by="model",
        ),
        says=BELOW,
    )
)
CLAIMS.register("exposure_bias")(
    Claim(
        "Teacher forcing makes training and use differ",
        "A network that always reads the reference while it learns is thrown off by its own words in use.",
        "Bengio et al. (2015); Ranzato et al. (2016)",
        "Translation",
        why="Drawn is how much higher the loss is where the network reads its own words, beside a network that never "
        "read the reference.",
        changes="More seeds, and other languages.",
        tool=_TAUGHT,
        tables=("teacher_forcing",),
        prepare=rows.regimes,
        measure=Beside(_GAP, _FORCED, Side("never forced", value="Never forced"), by="label"),
        says=ABOVE,
    )
)
CLAIMS.register("scheduled_closes_gap")(
    Claim(
        "Scheduled sampling closes the gap",
        "Taught more and more from its own words, a network does as well on them as on the reference.",
        "Bengio et al. (2015)",
        "Translation",
        why="The gap between the two losses is one thing, how good the translations are another: see the next claim.",
        changes="More seeds, and other languages.",
        tool=_TAUGHT,
        tables=("teacher_forcing",),
        prepare=rows.regimes,
        measure=Beside(_GAP, _SCHEDULED, _FORCED, by="label"),
        says=BELOW,
    )
)
CLAIMS.register("scheduled_translates_better")(
    Claim(
        "Scheduled sampling translates better",
        "A network that was taught by scheduled sampling writes better translations.",
        "Bengio et al. (2015), for captions",
        "Translation",
        why="The networks were trained alike and not for long; one that reads its own words early reads mostly wrong "
        "ones.",
        changes="A longer training run: the sampling may pay once the network's own words are mostly right.",
        tool=_TAUGHT,
        tables=("teacher_forcing",),
        prepare=rows.regimes,
        measure=Beside(Quantity("bleu_beam", "BLEU (0 to 100)", "{:.1f}"), _SCHEDULED, _FORCED, by="label"),
        says=ABOVE,
    )
)
