"""The sentiment classifiers of bentrevett/pytorch-sentiment-analysis, in both editions.

The first edition puts the forward state before the backward one, the second (whose layers are called `lstm`) the other
way round.
"""

from engine.exchange.layouts.recurrent import EMBEDDING, HEAD, LAYERS, TASKS, stack_layout

stack_layout(
    "sentiment-lstm",
    "Sentiment classifier, second edition",
    "bentrevett/pytorch-sentiment-analysis, “2 - Recurrent Neural Networks”",
    TASKS,
    {EMBEDDING: ("embedding",), LAYERS: ("lstm",), HEAD: ("fc",)},
    settings={"backward_first": True},
)
stack_layout(
    "sentiment-rnn",
    "Sentiment classifier, first edition",
    "bentrevett/pytorch-sentiment-analysis, “1 - Simple” and “2 - Upgraded Sentiment Analysis”",
    TASKS,
    {EMBEDDING: ("embedding",), LAYERS: ("rnn",), HEAD: ("fc",)},
)
