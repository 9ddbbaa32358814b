"""What the tool "Attention" keeps in the translation page's URL: the step on trial, and what is done to its
attention."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.decoding.attention_settings import KINDS, MAX_WORD_CHARACTERS, SCOPES

LONGEST_TRANSLATION = 10_000  # pieces; more than the decoder writes for the longest source


@dataclass(frozen=True)
class AttentionView:
    """The step that is looked at, the change, and the word that should have been written."""

    attention_step: int = option(
        1,
        label="Step on trial",
        help="One piece is written per step; a click on a written word goes to its first.",
        minimum=1,
        maximum=LONGEST_TRANSLATION,
        step=1,
    )
    attention_kind: str = option("remove", label="What is done to its attention", choices=KINDS)
    attention_word: str = option("", label="Source word")
    attention_share: float = option(
        0.9,
        label="Raise it to",
        help="The share of the attention that the source word gets; the others keep their proportions.",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
    )
    attention_seed: int = option(
        1, label="Seed of the shuffle", help="Another seed, another order.", minimum=0, maximum=2**31 - 1, step=1
    )
    attention_scope: str = option(
        "step", label="Where", choices=SCOPES, help="This step alone, or this one and every step after it."
    )
    attention_search: bool = option(
        False,
        label="Which attention would have written another word?",
        help="Weights found by gradient: up the slope of the word's log-probability.",
    )
    attention_wanted: str = option("", label="The word it should have written")
    attention_typed: str = option(
        "",
        label="or any other, typed",
        help=f"At most {MAX_WORD_CHARACTERS} characters; its first piece is looked for.",
    )
