"""The models page's URL: the tool that is open and the model that is looked at."""

from __future__ import annotations

from engine.config import option
from pages.components.controls.views import composed_of

PAGE = "models"


class SpeedView:
    """Which part of the table of speed is shown."""

    speed_group: str = option("steps", label="Part")
    speed_growth: str = option("", label="What grows")


@composed_of(SpeedView)
class ModelsView:
    """Everything a link to the models page carries."""

    tool: str = option("card", label="Tool")
    model: str = option("", label="Model")
