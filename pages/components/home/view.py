"""Home's URL: what is looked for."""

from __future__ import annotations

from engine.config import option
from pages.components.controls.views import composed_of


@composed_of()
class HomeView:
    """Everything a link to Home carries."""

    find: str = option(
        "",
        "What would you like to see?",
        "Words of the field, or what a tool does; their beginnings are enough. All terms are in the glossary.",
    )
