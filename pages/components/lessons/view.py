"""The Lessons page's URL: what a link ticks off."""

from __future__ import annotations

from engine.config import option
from pages.components.controls.views import composed_of

PAGE = "lessons"


@composed_of()
class LessonsView:
    """Everything a link to the lessons carries."""

    done: str = option("", "Steps that are done", "As the Lessons page writes them into the link that keeps them.")
