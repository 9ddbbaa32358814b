"""What a network costs: parameters, time and memory."""

from __future__ import annotations

from engine.claims import rows
from engine.claims.claim import ABOVE, BELOW, CLAIMS, WITHIN, Claim
from engine.claims.measures import GRU, LSTM, TRANSFORMER, UNNAMED, Beside, Bounded, Quantity

SUBJECT = "Size and speed"
_SIZES = ("comparison", (("section", "sizes"),), "Parameters")
_COST = ("comparison", (("section", "cost"),), "Time and memory")
_RACE = ("comparison", (("section", "tradeoff"),), "Accuracy against cost")
_PACE = Quantity("pace", "Milliseconds of an update", "{:.2g} ms")
_GROWTH = Quantity(
    "value", "Times the memory at the first position measured, line: unchanged", "×{:.3g}", each="counts"
)

CLAIMS.register("gru_quarter_fewer")(
    Claim(
        "A GRU has 25 % fewer parameters",
        "A GRU has a quarter fewer parameters than an LSTM of the same hidden size.",
        "Cho et al. (2014); every textbook (some say 33 %: an LSTM has a third more)",
        SUBJECT,
        why="Three gates' worth of weights against four, exactly, in the recurrent layer. Embeddings and the answer's "
        "layer are alike in both and thin the saving out.",
        changes="Nothing: it follows from the equations. Where the embedding is large, the whole network saves less.",
        tool=_SIZES,
        tables=("shipped",),
        prepare=rows.gru_saving,
        measure=Bounded(
            Quantity("value", "Fewer parameters than the LSTM (%), band: about 25 %", "{:.1f} %", each="counts"),
            GRU,
            24.5,
            25.5,
        ),
        says=WITHIN,
    )
)
CLAIMS.register("lstm_four_times")(
    Claim(
        "An LSTM is four times a plain RNN",
        "An LSTM costs four times a plain RNN of the same hidden size.",
        "Every textbook",
        SUBJECT,
        why="The parameters follow from the equations. The time of an update follows the library: the four products "
        "are computed as one larger one, and PyTorch has a kernel of its own for the LSTM on processors.",
        changes="Another machine or another library: the times are those of one processor with PyTorch.",
        tool=_SIZES,
        tables=("shipped",),
        prepare=rows.lstm_multiple,
        measure=Bounded(
            Quantity("value", "Times a plain RNN, band: about four", "{:.2f}", each="counts"), LSTM, 3.9, 4.1
        ),
        says=WITHIN,
    )
)
CLAIMS.register("gru_three_times")(
    Claim(
        "A GRU is three times a plain RNN",
        "A GRU costs three times a plain RNN of the same hidden size.",
        "Every textbook",
        SUBJECT,
        why="The parameters follow from the equations, the time of an update more from the library.",
        changes="Another machine or another library: the times are those of one processor with PyTorch.",
        tool=_SIZES,
        tables=("shipped",),
        prepare=rows.gru_multiple,
        measure=Bounded(
            Quantity("value", "Times a plain RNN, band: about three", "{:.2f}", each="counts"), GRU, 2.9, 3.1
        ),
        says=WITHIN,
    )
)
CLAIMS.register("gru_fewer_updates")(
    Claim(
        "A GRU trains faster, in updates",
        "A GRU needs fewer updates than an LSTM until it has learnt a task.",
        "Chung et al. (2014); said in many courses",
        SUBJECT,
        why="At about equal parameters, each with the learning rate that its own trials chose, on the tests that both "
        "solve with every seed. Progress is looked at from time to time only, so small differences cannot be seen.",
        changes="Looking more often: where both are first seen to have solved it at the same look, ranges touch.",
        tool=_RACE,
        tables=("shipped",),
        prepare=rows.solved_runs,
        measure=Beside(Quantity("updates", "Updates until solved", "{:,.0f}"), GRU, LSTM),
        says=BELOW,
    )
)
CLAIMS.register("gru_less_time")(
    Claim(
        "A GRU trains faster, by the clock",
        "A GRU needs less time than an LSTM until it has learnt a task.",
        "Chung et al. (2014); said in many courses",
        SUBJECT,
        why="Fewer updates can still take longer, where one update does: PyTorch has a kernel of its own for the LSTM "
        "on processors, and none for the GRU.",
        changes="A graphics processor, or a library whose GRU is as fast: the seconds are those of one processor.",
        tool=_RACE,
        tables=("shipped",),
        prepare=rows.solved_runs,
        measure=Beside(Quantity("seconds", "Seconds of training until solved", "{:.2g} s"), GRU, LSTM),
        says=BELOW,
    )
)
CLAIMS.register("constant_memory")(
    Claim(
        "A recurrent network needs constant memory",
        "However much it has read, a recurrent network keeps the same few numbers.",
        "Every textbook",
        SUBJECT,
        why="All it knows of the past is its state, which is overwritten at every step.",
        changes="Nothing: it follows from the equations.",
        tool=_COST,
        tables=("shipped",),
        prepare=rows.recurrent_growth,
        measure=Bounded(_GROWTH, UNNAMED, 1.0, 1.0),
        says=WITHIN,
    )
)
CLAIMS.register("transformer_memory_grows")(
    Claim(
        "A Transformer's memory grows with the text",
        "A Transformer must keep something of every token that it has read, so its memory grows with the text.",
        "Vaswani et al. (2017)",
        SUBJECT,
        why="Every new token looks at all earlier ones, so their keys and values are kept.",
        changes="A Transformer that looks only at a window, or one with linear attention.",
        tool=_COST,
        tables=("shipped",),
        prepare=rows.transformer_growth,
        measure=Bounded(_GROWTH, TRANSFORMER, 1.0, 1.0),
        says=ABOVE,
    )
)
CLAIMS.register("transformer_slow_short")(
    Claim(
        "On short sequences a Transformer trains slower",
        "On short sequences an update of a Transformer takes longer than one of a recurrent network.",
        "Said in many courses",
        SUBJECT,
        why="At about equal parameters, over at most 20 steps: there is little to compute at once, and attention has "
        "more parts.",
        changes="A graphics processor, or larger networks: the seconds are those of one processor.",
        tool=_COST,
        tables=("shipped",),
        prepare=rows.short_runs,
        measure=Beside(_PACE, TRANSFORMER, LSTM),
        says=ABOVE,
    )
)
CLAIMS.register("transformer_fast_long")(
    Claim(
        "On long sequences a Transformer trains faster",
        "On long sequences an update of a Transformer takes less time, as it reads all steps at once and a recurrent "
        "network one after the other.",
        "Vaswani et al. (2017)",
        SUBJECT,
        why="At about equal parameters, over 80 steps and more. Reading at once pays where thousands of products can "
        "be computed side by side; on one processor attention's square of the length only costs.",
        changes="A graphics processor: the seconds are those of one processor.",
        tool=_COST,
        tables=("shipped",),
        prepare=rows.long_runs,
        measure=Beside(_PACE, TRANSFORMER, LSTM),
        says=BELOW,
    )
)
