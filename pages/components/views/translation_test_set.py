"""What the tool "Test set" keeps in the translation page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.stored.sentence_scores import ORDERS


@dataclass(frozen=True)
class ScoresView:
    """Which sentences of which test set are listed."""

    test_set_corpus: str = option("", label="Test set")
    test_set_model: str = option("", label="Scores of")
    test_set_other: str = option("", label="Beside")
    test_set_order: str = option("worst", label="Order", choices=tuple(ORDERS))
    test_set_page: int = option(
        1, label="Page of the list", help="Ten sentences a page.", minimum=1, maximum=1000, step=1
    )
