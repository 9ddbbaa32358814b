"""The generation page's URL: what to continue, how the next character is drawn, and where the visitor looks closer."""

from __future__ import annotations

from engine.config import option
from engine.decoding.limits import (
    MAX_DUEL_CHARACTERS,
    MAX_NEW_TOKENS,
    MAX_PROMPT_CHARACTERS,
    MAX_SURPRISE_CHARACTERS,
    SamplingSettings,
)
from engine.inspection.stored.opening_texts import DONOR, OPENING, RECEIVER, SURPRISING
from engine.inspection.writing.activation_clamping import LARGEST_FACTOR
from engine.inspection.writing.copy_index import LONGEST_MINIMUM, MINIMUM_COPY, SHORTEST_COPY
from pages.components.controls.views import composed_of


class NextTokenView:
    """Whether the way from the scores to the draw is shown stage by stage."""

    next_token_stages: bool = option(
        False,
        "Stage by stage, and along the whole text",
        "What temperature, top-k and top-p each do to the chances, and how open the choice was at every place.",
    )


MEASURED, NOW = "Measured beforehand", "My beginning, now"


class TemperatureView:
    """Which curve over temperature is shown."""

    temperature_curve: str = option(
        MEASURED,
        "Curve",
        "Measured beforehand: a fixed beginning and more text, for every network. Now: your beginning, length, "
        "top-k, top-p and seed, for the network you look at.",
        choices=(MEASURED, NOW),
    )


class CowriteView:
    """The whole tree, as letters."""

    cowrite_tree: str = option(
        "",
        "Your tree as a code",
        "It stands in this page's address too: whoever opens the address, or puts the code in here, gets the tree.",
    )


class TrainingSnapshotsView:
    """The stage that is looked at."""

    history_stage: int = option(
        18,
        "Stage of the training",
        "1 is before the first update; with the arrow keys you go from stage to stage.",
        minimum=1,
        maximum=200,
    )


SCENE = OPENING + (
    "Go tell the captain that the king is come,\n"
    "And will not wait upon the moon to rise.\n"
    "\n"
    "NELL:\n"
    "The king? What king would walk so cold a shore\n"
    "With none but thee to bear his cloak and sword?\n"
)


class SurpriseView:
    """The text that is coloured and the two models it is coloured by."""

    surprise_text: str = option(
        SURPRISING,
        "Any text",
        f"Type or paste something; at most {MAX_SURPRISE_CHARACTERS:,} characters are coloured at once.",
    )
    surprise_model: str = option("", "Coloured by")
    surprise_against: str = option("", "Compared with")


class DuelView:
    """The text that is compressed."""

    duel_text: str = option(
        SCENE, "Text to compress", f"Any characters at all, at most {MAX_DUEL_CHARACTERS:,} of them."
    )


LARGEST_UNIT = 99_999


class NeuronsView:
    """Which unit is looked at, over which text."""

    neurons_layer: int = option(1, "Layer", "Layer 1 reads the characters, the last one says what comes next.")
    neurons_part: str = option("hidden", "Show")
    neurons_unit: int = option(0, "Unit", "The arrow keys go from unit to unit.", minimum=0, maximum=LARGEST_UNIT)
    neurons_text: str = option("", "Your text", "Left empty, the text above is coloured: what the network wrote.")


class ProbingView:
    """What the units are tested on, and what was asked."""

    probing_source: str = option("stories", "Text to test on", formerly=("detective_source",))
    probing_text: str = option(
        "",
        "Your text",
        "1,000 to 50,000 characters; left empty, the text named above is used.",
        formerly=("detective_text",),
    )
    probing_question: str = option("", "Colour the text by the winner of", formerly=("detective_question",))


class ActivationClampingView:
    """What is held while the network writes."""

    clamping_layer: int = option(
        1, "Layer", "Layer 1 reads the characters, the last one says what comes next.", formerly=("puppeteer_layer",)
    )
    clamping_action: str = option("hold", "What to do", formerly=("puppeteer_action",))
    clamping_gate: str = option("forget_gate", "Gate", formerly=("puppeteer_gate",))
    clamping_position: int = option(
        0,
        "Held",
        "Open is 1, closed is 0, for every unit of the layer and at every step.",
        formerly=("puppeteer_position",),
    )
    clamping_units: str = option("25", "Units", "Numbers and ranges, such as 3, 10-20.", formerly=("puppeteer_units",))
    clamping_value: float = option(
        1.0,
        "Value",
        "What the units are clamped to (-1 to 1), or multiplied by (-10 to 10; 0 silences, 1 changes nothing).",
        minimum=-LARGEST_FACTOR,
        maximum=LARGEST_FACTOR,
        step=0.1,
        formerly=("puppeteer_value",),
    )


class ActivationPatchingView:
    """The two passages, how much of the donor's state is used, and where the network writes on."""

    transplant_donor: str = option(
        DONOR,
        "Passage A, the donor",
        f"It is read first, for its state alone; at most {MAX_PROMPT_CHARACTERS:,} characters.",
    )
    transplant_passage: str = option(
        RECEIVER,
        "Passage B, read with A's state",
        "It is read twice, with its own fresh start and with the state after A; at most "
        f"{MAX_PROMPT_CHARACTERS:,} characters.",
    )
    transplant_amount: float = option(
        1.0,
        "How much of A's state",
        "0 is B's own fresh start, 1 the state after A; in between, every hidden and cell value is a mixture.",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
    )
    transplant_position: int = option(
        25,
        "Write on after character",
        "How much of B is read before the network writes; a click into the curves goes there too.",
        minimum=1,
        maximum=MAX_PROMPT_CHARACTERS,
        formerly=("transplant_place",),
    )


class CopiesView:
    """How long a copied stretch must be, and a text of the visitor's own."""

    copies_minimum: int = option(
        MINIMUM_COPY,
        "Shortest stretch that counts as copied (characters)",
        "Short stretches stand in any two texts of one language; long ones do not.",
        minimum=SHORTEST_COPY,
        maximum=LONGEST_MINIMUM,
    )
    copies_text: str = option(
        "",
        "Another text to check",
        "Paste any text, at most 20,000 characters; leave it empty to check what the network has written.",
    )


DEFAULT_PROMPT = "ROMEO:\nWhat light is this that "
LONGEST_TEXT = MAX_PROMPT_CHARACTERS + MAX_NEW_TOKENS


@composed_of(
    SamplingSettings,
    NextTokenView,
    TemperatureView,
    CowriteView,
    TrainingSnapshotsView,
    SurpriseView,
    DuelView,
    NeuronsView,
    ProbingView,
    ActivationClampingView,
    ActivationPatchingView,
    CopiesView,
)
class GenerationView:
    """Everything a link to the generation page carries; the sampling settings and their bounds are the engine's."""

    prompt: str = option(
        DEFAULT_PROMPT,
        "Your beginning",
        f"The networks read this, at most {MAX_PROMPT_CHARACTERS:,} characters, and go on writing.",
    )
    models: str = option("", "Models", formerly=("writers",))
    tool: str = option("", "Tool")
    model: str = option("", "Network", formerly=("closeup",))
    position: int = option(
        LONGEST_TEXT,
        "Look after character",
        "Move back through the text to see what the network expected there.",
        minimum=0,
        maximum=LONGEST_TEXT,
    )
