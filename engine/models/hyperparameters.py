"""Hyper-parameters that models of several kinds have, each with its words and bounds; a model gives its default."""

from __future__ import annotations

from typing import Any

from engine.config import option


def embedding_option(default: int) -> Any:  # a field of a dataclass
    """Return the size of an embedding."""
    return option(default, label="Embedding", help="Numbers that stand for one token.", minimum=1)


def dropout_option(default: float) -> Any:  # a field of a dataclass
    """Return the dropout between layers.

    Paper: Srivastava et al. (2014), Dropout, JMLR 15.
    """
    words = "Share of what a layer says that is left out in training, so that nothing is learnt by heart."
    return option(default, label="Dropout", help=words, minimum=0.0, maximum=0.95)


def locked_dropout_option() -> Any:  # a field of a dataclass
    """Return whether dropout keeps its mask over a sequence.

    Paper: Gal and Ghahramani (2016), arXiv 1512.05287.
    """
    words = "Dropout leaves out the same units over the whole sequence, not new ones at every step."
    return option(False, label="Locked dropout", help=words)


def forget_bias_option(default: float) -> Any:  # a field of a dataclass
    """Return the first bias of the gates that keep.

    Paper: Jozefowicz et al. (2015), An empirical exploration of recurrent network architectures.
    """
    words = "How open the gates that keep begin."
    return option(default, label="Forget bias", help=words, minimum=-20.0, maximum=20.0)
