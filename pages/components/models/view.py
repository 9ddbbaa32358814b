"""The models page's URL: the tool that is open and the model that is looked at."""

from __future__ import annotations

from engine.config import option
from pages.components.views import composed_of

PAGE = "models"


@composed_of()
class ModelsView:
    """Everything a link to the models page carries."""

    tool: str = option("card", label="Tool")
    model: str = option("", label="Model")
