"""The tools of the translation page: one module each, with `show(context)`; only the one that is open is imported."""

from __future__ import annotations

from dataclasses import dataclass

from pages.components.controls.tools import Tool, Toolbox


@dataclass(frozen=True)
class TranslationTool(Tool):
    """One way to take a translation apart.

    Attributes:
        needs_attention: whether it looks at attention weights, which a network without attention does not have.
        looks_at_one: whether it looks at the one network that is chosen above it; the others choose, or take all.
    """

    needs_attention: bool = False
    looks_at_one: bool = True


TOOLS = Toolbox(
    __name__,
    TranslationTool(
        "forcing",
        "Teacher forcing",
        "In training the decoder is given the right token after each step; in use it reads only its own. What "
        "difference does it make?",
        formerly=("Forced or free",),
    ),
    TranslationTool(
        "regimes",
        "Training with and without teacher forcing",
        "What does it do to a network to read the reference while it learns, or only its own words?",
        formerly=("Ways to be taught",),
        looks_at_one=False,
        of_own="This compares four shipped networks that differ in how they were taught; yours is not one of them.",
    ),
    TranslationTool(
        "attention",
        "Attention",
        "Where did the network look while it wrote each word, and did it matter?",
        needs_attention=True,
    ),
    TranslationTool(
        "bottleneck",
        "Bottleneck",
        "What is lost when a whole sentence must pass through one vector, and what does looking back save?",
        looks_at_one=False,
        of_own="This compares the two shipped networks that differ in attention alone; yours is not one of them.",
    ),
    TranslationTool(
        "search",
        "Search tree",
        "What did the search consider and prune, and would another width or length penalty have chosen another "
        "sentence?",
    ),
    TranslationTool(
        "choices",
        "Other choices",
        "What else did the network consider: other whole translations, and other words in one place?",
    ),
    TranslationTool(
        "swaps",
        "Word swaps",
        "What happens to the translation when one word is replaced by one of its nearest neighbours in the embedding?",
    ),
    TranslationTool(
        "sentence_similarity",
        "Two sentences",
        "How similar are two sentences inside the network, and where do their translations first differ?",
        formerly=("twins",),
    ),
    TranslationTool(
        "nearest",
        "Nearest sentences",
        "Which other sentences leave the network in nearly the same state?",
        of_own="This looks through an index of many sentences, which is made beforehand for shipped networks alone.",
        only_shipped=True,
    ),
    TranslationTool(
        "many_lines",
        "Many lines",
        "Translate a whole file, one sentence on each line, and take the translations with you.",
    ),
    TranslationTool(
        "test_set",
        "Test set",
        "How good are the networks on sentences that none of them has seen, and which sentences go wrong?",
        looks_at_one=False,
        of_own="The scores below are those of shipped networks, measured beforehand on their own test sets.",
    ),
)
