"""The translation page's URL: what to translate, how it is searched, and where the visitor looks closer."""

from __future__ import annotations

from engine.config import option
from engine.decoding import attention_settings
from engine.decoding.limits import MAX_BEAM, MAX_SOURCE_WORDS, SamplingSettings, SearchSettings
from engine.inspection.stored.sentence_scores import ORDERS
from engine.inspection.translation import swap_settings, wrong_word
from engine.inspection.translation.example_effects import WRONG_STEP
from engine.inspection.translation.examples import list_translation_examples
from engine.inspection.translation.forcing import FIRST as FIRST_DIFFERENCE
from engine.inspection.translation.forcing import MAX_STEP
from pages.components.controls.views import composed_of, part_of_file, settings_view

LONGEST_TRANSLATION = 10_000  # pieces; more than the decoder writes for the longest source


class AttentionView:
    """The step that is looked at, the change, and the word that should have been written."""

    attention_step: int = option(
        1,
        "Step to test",
        "One token is written per step; a click on a written word goes to its first.",
        minimum=1,
        maximum=LONGEST_TRANSLATION,
    )
    attention_kind: str = option("remove", "What is done to its attention", choices=attention_settings.KINDS)
    attention_word: str = option("", "Source word")
    attention_share: float = option(
        0.9,
        "Raise it to",
        "The share of the attention that the source word gets; the others keep their proportions.",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
    )
    attention_seed: int = option(1, "Seed of the shuffle", "Another seed, another order.", minimum=0, maximum=2**31 - 1)
    attention_scope: str = option(
        "step", "Where", "This step alone, or this one and every step after it.", choices=attention_settings.SCOPES
    )
    attention_search: bool = option(
        False,
        "Which attention would have written another word?",
        "Weights found by gradient: up the slope of the word's log-probability.",
    )
    attention_wanted: str = option("", "The word it should have written")
    attention_typed: str = option(
        "",
        "or any other, typed",
        f"At most {attention_settings.MAX_WORD_CHARACTERS} characters; its first token is looked for.",
    )


MOST_DIRECTIONS = 256


class BottleneckView:
    """How many principal directions of what the encoder leaves behind the decoder gets."""

    bottleneck_size: int = option(
        32, "Directions kept", "The fewer, the less of the sentence gets through.", minimum=1, maximum=MOST_DIRECTIONS
    )


class ChoicesView:
    """The word that is looked at."""

    choices_word: int = option(
        0, "Word", "The word whose alternatives are listed; a click on a bar above chooses it too."
    )


class ForcingView:
    """Who decides what is read after each step, how the rows stand, and the wrong word."""

    forcing_by: str = option("hand", "Who decides at each step", choices=("hand", "coins"))
    forcing_steps: str = option(
        FIRST_DIFFERENCE,
        "Reference given after steps",
        "“all”, “none”, or numbers as in “1-4, 7”: after these steps your row reads the reference's token, after the "
        "others its own. “first”: after the one step where the network, on its own, first leaves the reference.",
    )
    forcing_share: float = option(
        0.5,
        "Teacher forcing ratio",
        "Scheduled sampling: at each step a coin decides whether the reference is given. 1 is teacher forcing, 0 free.",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
    )
    forcing_seed: int = option(7, "Seed", "Same seed, same coins.", minimum=0, maximum=2**31 - 1)
    forcing_rows: str = option(
        "steps",
        "Line up",
        "By step: what is written at the same time stands together. By token: equal tokens stand together, "
        "also where a row has one more or less.",
        choices=("steps", "pieces"),
    )
    forcing_wrong_step: int = option(
        WRONG_STEP,
        "After step",
        "The word is read in place of what the free row reads after this step.",
        minimum=1,
        maximum=MAX_STEP,
    )
    forcing_wrong_word: str = option(
        "",
        "Word to force",
        f"At most {wrong_word.MAX_WORD_CHARACTERS} characters. Empty takes the likeliest other token. A middle "
        "dot first (·s) means a token that continues a word.",
    )


class TranslationManyLinesView:
    """Which part of a long file is translated."""

    many_lines_part: int = part_of_file("translated")


MAX_STEPS_SHOWN = 24


class SearchTreeView:
    """The search whose tree is drawn, the part of it in view, and the beginnings that were brought back."""

    search_width: int = option(
        5, "Beam size of the tree", "Beginnings kept at each step; 1 is greedy.", minimum=1, maximum=MAX_BEAM
    )
    search_penalty: float = option(
        1.0,
        "Length penalty of the tree",
        "0 compares sums and favours short sentences, 1 compares means per token.",
        minimum=0.0,
        maximum=2.0,
        step=0.2,
    )
    search_first: int = option(1, "First step in view", minimum=1)
    search_shown: int = option(
        8, "Steps in view", "Fewer are easier to read on a telephone.", minimum=3, maximum=MAX_STEPS_SHOWN
    )
    search_position: int = option(1, "Token of the winner to replace", minimum=1, formerly=("search_place",))
    search_tries: str = option(
        "", "The beginnings as a code", "It stands in this page's address too: whoever opens the address gets the list."
    )


class SwapsView:
    """The word that is replaced, and by what."""

    swaps_word: str = option("", "Word to replace")
    swaps_neighbour: str = option("", "Put there its neighbour")
    swaps_typed: str = option(
        "",
        "or any other word, typed",
        f"At most {swap_settings.MAX_WORD_CHARACTERS} characters. Empty: the neighbour is used.",
    )


class SentenceSimilarityView:
    """The second sentence."""

    twins_text: str = option(
        "",
        "Second sentence",
        f"At most {MAX_SOURCE_WORDS} words. Empty: yours, with one word replaced by the network's nearest neighbour.",
    )


class NearestView:
    """Which state is looked up, and among which sentences."""

    nearest_corpus: str = option("", "Among the sentences of")
    nearest_state: str = option(
        "encoder",
        "State of",
        "Encoder: after the whole sentence. Decoder: before one of its steps.",
        choices=swap_settings.STATES,
    )
    nearest_step: int = option(1, "Before it writes token", minimum=1, maximum=swap_settings.MAX_STEPS)


class TestSetView:
    """Which sentences of which test set are listed."""

    test_set_corpus: str = option("", "Test set")
    test_set_model: str = option("", "Scores of")
    test_set_other: str = option("", "Beside")
    test_set_order: str = option("worst", "Order", choices=tuple(ORDERS))
    test_set_page: int = option(1, "Page of the list", "Ten sentences a page.", minimum=1, maximum=1000)


MAX_LINES = 8
SAMPLING = ("temperature", "top_k", "top_p", "seed")  # the length is limited as in every search
FIRST = list_translation_examples()[0]


@composed_of(
    SearchSettings,
    settings_view(SamplingSettings, names=SAMPLING),
    ForcingView,
    AttentionView,
    BottleneckView,
    SearchTreeView,
    ChoicesView,
    SwapsView,
    SentenceSimilarityView,
    NearestView,
    TranslationManyLinesView,
    TestSetView,
)
class TranslationView:
    """Everything a link to the translation page carries; the search settings are the engine's."""

    text: str = option(
        FIRST.source,
        "Text to translate",
        f"One sentence per line: at most {MAX_LINES} lines of {MAX_SOURCE_WORDS} words.",
    )
    search: str = option(
        "beam",
        "Search",
        "Greedy takes the likeliest token at each step; beam keeps several beginnings and compares "
        "whole sentences; sampling draws each token by its probability.",
        choices=("greedy", "beam", "sampling"),
    )
    direction: str = option("", "Direction")
    translators: str = option("", "Models")
    tool: str = option("", "Tool")
    line: int = option(1, "Sentence to look at", minimum=1, maximum=MAX_LINES)
    unit: str = option(
        "words",
        "Show",
        "The network reads and writes subword tokens; a word of several gets their sum (read) or mean (written).",
        choices=("words", "pieces"),
    )
    reference: str = option(
        FIRST.reference,
        "Reference, a translation by a person",
        "The examples bring their own. Type yours for your own sentence; until then the best network's "
        "translation stands in.",
    )
    teacher_forcing: bool = option(
        True,
        "Teacher forcing",
        "On: the decoder is given the reference's token after each step, as in training. Off: it reads its own words.",
    )
    network: str = option("", "Network")
