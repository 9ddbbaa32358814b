"""The tools of the generation page: one module each, with `show(context)`; only the one that is open is imported."""

from __future__ import annotations

from dataclasses import dataclass

from pages.components.controls.tools import Tool, Toolbox


@dataclass(frozen=True)
class GenerationTool(Tool):
    """One way to take a network's writing apart.

    Attributes:
        needs_units: whether it looks at hidden units, which an n-gram model does not have.
        looks_at_one: whether it looks at the one network that is chosen above it; the others choose, or take all.
    """

    needs_units: bool = False
    looks_at_one: bool = True


TOOLS = Toolbox(
    __name__,
    GenerationTool(
        "next_token",
        "Next character",
        "What does the network predict at any place of its text, before your settings and after them?",
    ),
    GenerationTool(
        "temperature",
        "Temperature",
        "What does temperature do to a text, from always the likeliest to nearly anything?",
    ),
    GenerationTool(
        "cowrite",
        "Write together",
        "What happens if you choose some of the characters, and how surprised is the network by them?",
    ),
    GenerationTool(
        "training_snapshots",
        "Training snapshots",
        "How did a network learn to write? Go back to any stage of one training run.",
        formerly=("history", "Time machine"),
        looks_at_one=False,
        of_own="The stages below are those of one shipped network; the samples of your own run are on the Train page.",
    ),
    GenerationTool(
        "surprise",
        "Surprise",
        "Which characters of a text does a model see coming, and which surprise it? Paste any text.",
        looks_at_one=False,
    ),
    GenerationTool(
        "duel",
        "Compression duel",
        "Does predicting well mean compressing well? Every model codes a text and decodes it again, against gzip and "
        "xz.",
        looks_at_one=False,
    ),
    GenerationTool(
        "neurons",
        "Neurons",
        "What is one unit doing while the network reads? Every character gets the colour of the unit's value after it.",
        needs_units=True,
    ),
    GenerationTool(
        "probing",
        "Probing",
        "Does any unit know that it stands in a speaker's name, or late in a line? Every unit is probed, on unseen "
        "text.",
        formerly=("detective", "Cell detective"),
        needs_units=True,
        of_own="The built-in stories are not new to a network that learnt from them; put in another text then.",
    ),
    GenerationTool(
        "activation_clamping",
        "Activation clamping",
        "What happens if you hold a gate or a unit while the network writes, and what does it cost?",
        formerly=("puppeteer", "Puppeteer"),
        needs_units=True,
    ),
    GenerationTool(
        "activation_patching",
        "Activation patching",
        "What is left of one passage while the network reads another, when its state is transplanted?",
        formerly=("transplant", "State transplant"),
        needs_units=True,
    ),
    GenerationTool(
        "copies",
        "Copy check",
        "How much of a text has the network copied from what it learnt from, and where did it stand there?",
    ),
)
