"""The generation page's URL: what to continue, how the next character is drawn, and where the visitor looks closer."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.decoding.limits import MAX_NEW_TOKENS, MAX_PROMPT_CHARACTERS, SamplingSettings
from pages.components.views.generation_copies import CopiesView
from pages.components.views.generation_cowrite import CowriteView
from pages.components.views.generation_history import HistoryView
from pages.components.views.generation_next_token import NextTokenView
from pages.components.views.generation_surprise import DuelView, SurpriseView
from pages.components.views.generation_temperature import TemperatureView
from pages.components.views.generation_transplant import TransplantView
from pages.components.views.generation_units import UnitsView

DEFAULT_PROMPT = "ROMEO:\nWhat light is this that "
LONGEST_TEXT = MAX_PROMPT_CHARACTERS + MAX_NEW_TOKENS


@dataclass(frozen=True)
class GenerationView(
    SamplingSettings,
    CowriteView,
    HistoryView,
    UnitsView,
    TemperatureView,
    CopiesView,
    SurpriseView,
    DuelView,
    NextTokenView,
    TransplantView,
):
    """Everything a link to the generation page carries; the sampling settings and their bounds are the engine's."""

    prompt: str = option(
        DEFAULT_PROMPT,
        label="Your beginning",
        help=f"The networks read this, at most {MAX_PROMPT_CHARACTERS:,} characters, and go on writing.",
    )
    writers: str = option("", label="Who writes")
    tool: str = option("", label="Tool")
    closeup: str = option("", label="Network")
    position: int = option(
        LONGEST_TEXT,
        label="Look after character",
        help="Move back through the text to see what the network expected there.",
        minimum=0,
        maximum=LONGEST_TEXT,
        step=1,
    )
