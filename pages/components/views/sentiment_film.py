"""What the belief film keeps in the sentiment page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option


@dataclass(frozen=True)
class FilmView:
    """The place in the text that is looked at."""

    film_word: int = option(
        1, label="Words read", help="A click on a mark of the chart goes there too.", minimum=1, maximum=1000, step=1
    )
