"""The glossary's URL: what is looked for."""

from __future__ import annotations

from engine.config import option
from pages.components.controls.views import composed_of


@composed_of()
class GlossaryView:
    """Everything a link to the glossary carries."""

    term: str = option(
        "", "Look for a term or a tool", "Words that stand in its name or in what it does; their beginnings are enough."
    )
