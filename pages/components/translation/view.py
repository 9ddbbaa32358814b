"""The translation page's URL: what to translate, how it is searched, and where the visitor looks closer."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.decoding import attention_settings
from engine.decoding.limits import MAX_BEAM, MAX_SOURCE_WORDS, SamplingSettings, SearchSettings
from engine.inspection.stored.sentence_scores import ORDERS
from engine.inspection.translation import swap_settings, wrong_word
from engine.inspection.translation.examples import list_translation_examples
from engine.inspection.translation.forcing import ALL, MAX_STEP
from pages.components.views import composed_of, part_of_file, settings_view

LONGEST_TRANSLATION = 10_000  # pieces; more than the decoder writes for the longest source


@dataclass(frozen=True)
class AttentionView:
    """The step that is looked at, the change, and the word that should have been written."""

    attention_step: int = option(
        1,
        label="Step on trial",
        help="One piece is written per step; a click on a written word goes to its first.",
        minimum=1,
        maximum=LONGEST_TRANSLATION,
        step=1,
    )
    attention_kind: str = option("remove", label="What is done to its attention", choices=attention_settings.KINDS)
    attention_word: str = option("", label="Source word")
    attention_share: float = option(
        0.9,
        label="Raise it to",
        help="The share of the attention that the source word gets; the others keep their proportions.",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
    )
    attention_seed: int = option(
        1, label="Seed of the shuffle", help="Another seed, another order.", minimum=0, maximum=2**31 - 1, step=1
    )
    attention_scope: str = option(
        "step",
        label="Where",
        choices=attention_settings.SCOPES,
        help="This step alone, or this one and every step after it.",
    )
    attention_search: bool = option(
        False,
        label="Which attention would have written another word?",
        help="Weights found by gradient: up the slope of the word's log-probability.",
    )
    attention_wanted: str = option("", label="The word it should have written")
    attention_typed: str = option(
        "",
        label="or any other, typed",
        help=f"At most {attention_settings.MAX_WORD_CHARACTERS} characters; its first piece is looked for.",
    )


MOST_DIRECTIONS = 256


@dataclass(frozen=True)
class BottleneckView:
    """How many principal directions of what the encoder leaves behind the decoder gets."""

    bottleneck_size: int = option(
        32,
        label="Directions kept",
        help="The fewer, the less of the sentence gets through.",
        minimum=1,
        maximum=MOST_DIRECTIONS,
        step=1,
    )


@dataclass(frozen=True)
class ChoicesView:
    """The word that is looked at."""

    choices_word: int = option(
        0, label="Word", help="The word whose alternatives are listed; a click on a bar above chooses it too."
    )


@dataclass(frozen=True)
class ForcingView:
    """Who decides what is read after each step, how the rows stand, and the wrong word."""

    forcing_by: str = option("hand", label="Who decides at each step", choices=("hand", "coins"))
    forcing_steps: str = option(
        ALL,
        label="Steps that are told",
        help="“all”, “none”, or numbers as in “1-4, 7”: after these steps your row reads the reference's piece, after "
        "the others its own.",
    )
    forcing_share: float = option(
        0.5,
        label="Chance to be told at each step",
        help="Scheduled sampling: a coin at each step. 1 is teacher forcing, 0 is free.",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
    )
    forcing_seed: int = option(7, label="Seed", help="Same seed, same coins.", minimum=0, maximum=2**31 - 1)
    forcing_rows: str = option(
        "steps",
        label="Line up",
        choices=("steps", "pieces"),
        help="By step: what is written at the same time stands together. By piece: equal pieces stand together, "
        "also where a row has one more or less.",
    )
    forcing_wrong_step: int = option(
        2,
        label="After step",
        help="The word is read in place of what your row would read after this step.",
        minimum=1,
        maximum=MAX_STEP,
        step=1,
    )
    forcing_wrong_word: str = option(
        "",
        label="Word to put in",
        help=f"At most {wrong_word.MAX_WORD_CHARACTERS} characters. Empty takes the likeliest other piece. A middle "
        "dot first (·s) means a piece that continues a word.",
    )


@dataclass(frozen=True)
class TranslationManyLinesView:
    """Which part of a long file is translated."""

    many_lines_part: int = part_of_file("translated")


MAX_STEPS_SHOWN = 24


@dataclass(frozen=True)
class SearchTreeView:
    """The search whose tree is drawn, the part of it in view, and the beginnings that were brought back."""

    search_width: int = option(
        5,
        label="Beam size of the tree",
        help="Beginnings kept at each step; 1 is greedy.",
        minimum=1,
        maximum=MAX_BEAM,
        step=1,
    )
    search_penalty: float = option(
        1.0,
        label="Length penalty of the tree",
        help="0 compares sums and favours short sentences, 1 compares means per piece.",
        minimum=0.0,
        maximum=2.0,
        step=0.2,
    )
    search_first: int = option(1, label="First step in view", minimum=1, step=1)
    search_shown: int = option(
        8,
        label="Steps in view",
        help="Fewer are easier to read on a telephone.",
        minimum=3,
        maximum=MAX_STEPS_SHOWN,
        step=1,
    )
    search_position: int = option(
        1, label="Piece of the winner to replace", minimum=1, step=1, formerly=("search_place",)
    )
    search_tries: str = option(
        "",
        label="The beginnings as a code",
        help="It stands in this page's address too: whoever opens the address gets the list.",
    )


@dataclass(frozen=True)
class SwapsView:
    """The word that is replaced, and by what."""

    swaps_word: str = option("", label="Word to replace")
    swaps_neighbour: str = option("", label="Put there its neighbour")
    swaps_typed: str = option(
        "",
        label="or any other word, typed",
        help=f"At most {swap_settings.MAX_WORD_CHARACTERS} characters. Empty: the neighbour is used.",
    )


@dataclass(frozen=True)
class SentenceSimilarityView:
    """The second sentence."""

    twins_text: str = option(
        "",
        label="Second sentence",
        help=f"At most {MAX_SOURCE_WORDS} words. Empty: yours, with one word replaced by the network's nearest "
        "neighbour.",
    )


@dataclass(frozen=True)
class NearestView:
    """Which state is looked up, and among which sentences."""

    nearest_corpus: str = option("", label="Among the sentences of")
    nearest_state: str = option(
        "encoder",
        label="State of",
        choices=swap_settings.STATES,
        help="Encoder: after the whole sentence. Decoder: before one of its steps.",
    )
    nearest_step: int = option(1, label="Before it writes piece", minimum=1, maximum=swap_settings.MAX_STEPS, step=1)


@dataclass(frozen=True)
class TestSetView:
    """Which sentences of which test set are listed."""

    test_set_corpus: str = option("", label="Test set")
    test_set_model: str = option("", label="Scores of")
    test_set_other: str = option("", label="Beside")
    test_set_order: str = option("worst", label="Order", choices=tuple(ORDERS))
    test_set_page: int = option(
        1, label="Page of the list", help="Ten sentences a page.", minimum=1, maximum=1000, step=1
    )


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
