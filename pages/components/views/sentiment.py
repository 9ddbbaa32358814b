"""The sentiment page's URL: the text that is judged, by which network, and where the visitor looks closer."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from pages.components.views.sentiment_film import FilmView
from pages.components.views.sentiment_order import OrderView
from pages.components.views.sentiment_padding import PaddingView
from pages.components.views.sentiment_quality import QualityView
from pages.components.views.sentiment_texts import TextsView
from pages.components.views.sentiment_why import WhyView

FIRST = "He said the food was not good."


@dataclass(frozen=True)
class SentimentView(FilmView, OrderView, PaddingView, QualityView, TextsView, WhyView):
    """Everything a link to the sentiment page carries; each tool brings its own fields."""

    text: str = option(
        FIRST,
        label="Text to judge",
        help="A sentence or a whole review in English, read as one text whatever lines it has.",
    )
    network: str = option("", label="Network")
    tool: str = option("", label="Tool")
