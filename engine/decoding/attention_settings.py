"""What may be done to the attention of a step; without torch, as pages draw their widgets from it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option

MAX_WORD_CHARACTERS = 60
KINDS = ("remove", "raise", "only", "uniform", "shuffle")
SCOPES = ("step", "rest")


@dataclass(frozen=True)
class AttentionEdit:
    """What is done to the weights of a step.

    Attributes:
        kind: "remove" a source word and share its weight out among the others, "raise" it to `share`, look at it
            "only", look everywhere the same ("uniform"), or hand the step's own weights to other places ("shuffle").
        start, stop: the run of source pieces that is the word; not for "uniform" and "shuffle".
        share: weight of the raised word, 0 to 1.
        seed: of the shuffle; every step draws an order of its own from it.
        scope: "step" for the chosen step alone, "rest" for it and all after it.
    """

    kind: str = option("remove", choices=KINDS)
    start: int = option(0, minimum=0)
    stop: int = option(1, minimum=1)
    share: float = option(0.9, minimum=0.0, maximum=1.0)
    seed: int = option(1, minimum=0)
    scope: str = option("step", choices=SCOPES)
