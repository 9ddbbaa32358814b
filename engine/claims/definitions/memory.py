"""How far back a network remembers."""

from __future__ import annotations

from engine.claims import rows
from engine.claims.claim import ABOVE, BELOW, CLAIMS, Claim
from engine.claims.measures import ERROR, GRU, LSTM, PLAIN_RNN, UNNAMED, Beside, Quantity, Side, solved_by

_LENGTHS = ("comparison", (), "Compare lengths")
_ERROR_LEFT = Quantity("error", "Error (% of answers, or of a guess's)", "{:.3g} %")

CLAIMS.register("rnn_short_memory")(
    Claim(
        "A plain RNN spans 10 to 20 steps",
        "A plain RNN keeps information over some 10 to 20 steps; what lies further back it cannot learn to use.",
        "Bengio, Simard and Frasconi (1994); many courses",
        "Memory",
        why="Through every step the gradient is multiplied by one more matrix and shrinks. That matters where a long "
        "stretch says nothing about the answer; in parity every step does, and the lesson can be learnt from the "
        "nearest ones. Counted are tests that some recurrent network solves with every seed.",
        changes="Lengths between 10 and 100 in small steps, a larger budget of updates, another start of the weights.",
        tool=_LENGTHS,
        tables=("shipped",),
        prepare=rows.rnn_beyond_20,
        measure=solved_by(PLAIN_RNN),
        says=BELOW,
    )
)
CLAIMS.register("lstm_hundred")(
    Claim(
        "An LSTM spans 100 steps and more",
        "An LSTM carries information over a hundred time steps and more.",
        "Hochreiter and Schmidhuber (1997)",
        "Memory",
        why="The cell is added to, not multiplied, and its forget gate can stay near one. Counted are tests that some "
        "recurrent network solves with every seed.",
        changes="A seed that fails, or a task at 100 steps that a GRU solves and the LSTM does not.",
        tool=_LENGTHS,
        tables=("shipped",),
        prepare=rows.lstm_from_100,
        measure=solved_by(LSTM),
        says=ABOVE,
    )
)
CLAIMS.register("lstm_several_hundred")(
    Claim(
        "An LSTM spans several hundred steps",
        "An LSTM carries information over several hundred time steps.",
        "Hochreiter and Schmidhuber (1997); Tallec and Ollivier (2018)",
        "Memory",
        why="How its forget gates start decides: a gate that starts half shut forgets within a few steps, one that "
        "starts open for as long as the task asks (chrono initialisation) has a gradient to learn from.",
        changes="More updates for the LSTM that starts in the usual way, or other tasks at 600 steps.",
        tool=("comparison", (("section", "literature"),), "Published figures"),
        tables=("adding_600",),
        prepare=rows.gated_beyond_500,
        measure=solved_by(Side("", "lstm")),
        says=ABOVE,
    )
)
CLAIMS.register("nothing_past_500")(
    Claim(
        "No recurrent network learns past 500 steps",
        "Beyond 500 to 1,000 steps no recurrent network learns anything, whatever its gates.",
        "Said in many courses",
        "Memory",
        why="One network that does is enough to refute it. The task is to add two numbers that stand far apart.",
        changes="Longer sequences: those past the length drawn are not measured.",
        tool=("comparison", (("section", "literature"),), "Published figures"),
        tables=("adding_600",),
        prepare=rows.longest_of_all,
        measure=solved_by(UNNAMED),
        says=BELOW,
        is_universal=True,
    )
)
CLAIMS.register("gates_remember")(
    Claim(
        "Gates remember better than none",
        "Where something must be kept for long, a network with gates makes fewer errors than a plain RNN.",
        "Hochreiter and Schmidhuber (1997); Chung et al. (2014)",
        "Memory",
        why="The tests are those that ask to keep something over a stretch that says nothing about it.",
        changes="A start of the plain RNN that keeps its gradients, such as the identity (IRNN).",
        tool=_LENGTHS,
        tables=("shipped",),
        prepare=rows.memory_runs,
        measure=Beside(_ERROR_LEFT, LSTM, PLAIN_RNN),
        says=BELOW,
    )
)
CLAIMS.register("lstm_long_edge")(
    Claim(
        "An LSTM has the edge on long sequences",
        "On long sequences an LSTM is better than a GRU, as it has a cell beside its state.",
        "Said in many courses; Jozefowicz et al. (2015) found no such rule",
        "Memory",
        why="Each task at its longest length. Where both make no errors their ranges touch, and that decides nothing.",
        changes="Longer sequences: at these lengths both often make no errors at all.",
        tool=_LENGTHS,
        tables=("shipped",),
        prepare=rows.longest_runs,
        measure=Beside(ERROR, LSTM, GRU),
        says=BELOW,
    )
)
CLAIMS.register("long_start")(
    Claim(
        "Start the gates with long memories",
        "An LSTM learns long dependencies better if its forget gates start near one, for as long as the task asks.",
        "Gers et al. (2000); Tallec and Ollivier (2018)",
        "Memory",
        why="A gate that starts half shut forgets within a few steps, before there is a gradient to learn from. In the "
        "short tests both start with a generous bias, so little is left to gain; over 600 steps the plain one starts "
        "with a bias of one.",
        changes="A plain LSTM with a bias of zero or one on the short tests too.",
        tool=("cells", (("tool", "memory_retention"),), "Memory retention"),
        tables=("shipped", "adding_600"),
        prepare=rows.memory_runs,
        measure=Beside(_ERROR_LEFT, Side("chrono initialisation", "lstm_chrono"), Side("plain start", "lstm")),
        says=BELOW,
    )
)
