"""What the tool "Other choices" keeps in the translation page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option


@dataclass(frozen=True)
class ChoicesView:
    """The word that is looked at."""

    choices_word: int = option(
        0, label="Word", help="The word whose alternatives are listed; a click on a bar above chooses it too."
    )
