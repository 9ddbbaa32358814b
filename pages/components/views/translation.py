"""The translation page's URL: what to translate, how it is searched, and where the visitor looks closer."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.decoding.limits import MAX_SOURCE_WORDS, SearchSettings
from engine.inspection.translation.examples import list_translation_examples
from pages.components.views.translation_attention import AttentionView
from pages.components.views.translation_bottleneck import BottleneckView
from pages.components.views.translation_choices import ChoicesView
from pages.components.views.translation_forcing import ForcingView
from pages.components.views.translation_many_lines import ManyLinesView
from pages.components.views.translation_sampling import SamplingView
from pages.components.views.translation_search import SearchTreeView
from pages.components.views.translation_swaps import NearestView, SwapsView, TwinsView
from pages.components.views.translation_test_set import ScoresView

MAX_LINES = 8
FIRST = list_translation_examples()[0]


@dataclass(frozen=True)
class TranslationView(
    SearchSettings,
    SamplingView,
    AttentionView,
    BottleneckView,
    ChoicesView,
    ForcingView,
    ManyLinesView,
    SearchTreeView,
    ScoresView,
    SwapsView,
    TwinsView,
    NearestView,
):
    """Everything a link to the translation page carries; the search settings are the engine's."""

    text: str = option(
        FIRST.source,
        label="Text to translate",
        help=f"One sentence per line: at most {MAX_LINES} lines of {MAX_SOURCE_WORDS} words.",
    )
    search: str = option(
        "beam",
        label="Search",
        choices=("greedy", "beam", "sampling"),
        help="Greedy takes the likeliest piece at each step; beam keeps several beginnings and compares "
        "whole sentences; sampling draws each piece by chance, as likely as the network holds it.",
    )
    direction: str = option("", label="Direction")
    translators: str = option("", label="Who translates")
    tool: str = option("", label="Tool")
    line: int = option(1, label="Sentence to look at", minimum=1, maximum=MAX_LINES, step=1)
    unit: str = option(
        "words",
        label="Show",
        choices=("words", "pieces"),
        help="The network reads and writes pieces; a word of several pieces gets their sum (read) or mean (written).",
    )
    reference: str = option(
        FIRST.reference,
        label="Reference, a translation by a person",
        help="The examples bring their own. Type yours for your own sentence; until then the best network's "
        "translation stands in.",
    )
    teacher_forcing: bool = option(
        True,
        label="Teacher forcing",
        help="On: the decoder is told the reference's piece after each step, as in training. Off: it reads "
        "its own words.",
    )
    network: str = option("", label="Network")
