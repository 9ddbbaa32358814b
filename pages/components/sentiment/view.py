"""The sentiment page's URL: the text that is judged, by which network, and where the visitor looks closer."""

from __future__ import annotations

from engine.config import option
from engine.inspection.classification.quality import KINDS, ORDERS, slice_names
from engine.inspection.stored.opening_texts import PADDED_OPINIONS
from pages.components.controls.views import BehaviourView, composed_of, padding_view, part_of_file


class PrefixPredictionsView:
    """The place in the text that is looked at."""

    film_word: int = option(1, "Words read", "A click on a mark of the chart goes there too.", minimum=1, maximum=1000)


MOST_LEFT_OUT = 80  # as the engine's attributions, which import torch


class WhyView:
    """Which word is left out to see what that does."""

    why_word: int = option(1, "Leave out word", "A click on a word goes there too.", minimum=1, maximum=MOST_LEFT_OUT)


MOST_ORDERED = 100  # as the engine's word order, which imports torch
MAX_SEED = 9_999


class OrderView:
    """How the words are put into another order."""

    order_way: str = option("shuffle", "The words", choices=("shuffle", "swap"))
    # 28: of the shuffles of FIRST that flip its prediction the one in the middle; found as FIRST was.
    order_seed: int = option(
        28,
        "Seed",
        "Another seed, another order; the same seed gives the same order again.",
        minimum=1,
        maximum=MAX_SEED,
    )
    order_first: int = option(1, "Swap word", minimum=1, maximum=MOST_ORDERED)
    order_second: int = option(2, "with word", minimum=1, maximum=MOST_ORDERED)


class TextsView:
    """Which part of a long file is judged."""

    texts_part: int = part_of_file("judged")


class SentimentQualityView:
    """The threshold, how the texts are parted, and which errors are listed."""

    quality_threshold: float = option(
        0.5, "Threshold", "From this probability on, the answer is “positive”.", minimum=0.01, maximum=0.99, step=0.01
    )
    quality_slices: str = option("length", "Part the texts by", choices=tuple(slice_names()))
    quality_kind: str = option("all", "Errors", choices=tuple(KINDS))
    quality_order: str = option("surest", "Order", choices=tuple(ORDERS))
    quality_page: int = option(1, "Page of the list", "Ten texts a page.", minimum=1, maximum=200)


# Found by engine.inspection.classification.examples: of all built-in sentences the one that hangs most on one word.
FIRST = "He said the food was not good."


@composed_of(
    PrefixPredictionsView,
    WhyView,
    OrderView,
    padding_view(PADDED_OPINIONS),
    TextsView,
    SentimentQualityView,
    BehaviourView,
)
class SentimentView:
    """Everything a link to the sentiment page carries; each tool brings its own fields."""

    text: str = option(
        FIRST, "Text to judge", "A sentence or a whole review in English, read as one text whatever lines it has."
    )
    network: str = option("", "Network")
    tool: str = option("", "Tool")
