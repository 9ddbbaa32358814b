"""What tools show of built-in texts, and of those that they open with; see `engine.evaluation.example_effects`.

A measure gives one number for one text: the effect that the tool is there to show.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.config import JsonObject
from engine.corpora import CORPORA, load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.corpora.sentence_pairs import read_sides
from engine.errors import InputError
from engine.inspection.cells.gate_trajectories import gate_averages
from engine.inspection.cells.memory_retention import follow_write
from engine.inspection.cells.state_edits import compare_states, pair_tokens
from engine.inspection.cells.steps import read_steps
from engine.inspection.gradients.connectivity import connectivity
from engine.inspection.gradients.truncation import truncation
from engine.inspection.padding import inspect_batch, split_lines
from engine.inspection.stored import opening_texts as opening
from engine.inspection.stored.model_files import weights_in
from engine.inspection.stored.tool_effects import LSTM
from engine.inspection.translation.attention_ablation import open_trial
from engine.inspection.translation.examples import list_translation_examples
from engine.inspection.translation.penalty_sweep import inspect_settings
from engine.inspection.translation.search import inspect_search
from engine.inspection.writing.activation_patching import donor_influence
from engine.inspection.writing.surprise import surprise
from engine.models.folder import LoadedModel, load_model

STORIES, PAIRS = "saltmarsh", "phrasebook_en_fr"
SENTENCES, PASSAGES = 100, 40
FAR, CHUNK, BATCH = 10, 16, 3  # characters, steps, texts


def step_effect(loaded: LoadedModel, text: str) -> float:
    """Return the largest change of one unit's memory in one step of the first layer."""
    return float(largest_step(loaded, text)[2])


def largest_step(loaded: LoadedModel, text: str) -> tuple[int, int, float]:
    """Return the step and the unit (from 0) of the first layer whose memory changes most there, and by how much."""
    strand = read_steps(loaded, text).strands[0]
    part = "cell" if "cell" in strand.before else "hidden"
    moved = np.abs(strand.parts[part] - strand.before[part])[1:]  # the first is made from nothing
    step, unit = np.unravel_index(moved.argmax(), moved.shape)
    return int(step) + 1, int(unit), float(moved.max())


def gates_effect(loaded: LoadedModel, text: str) -> float:
    """Return how far the mean forget gate of the first layer goes between its lowest and its highest token."""
    reading = read_steps(loaded, text)
    means = gate_averages(reading.strands[0], reading.tokens)
    means = means[means["part"] == "forget_gate"]["mean"]
    return float(means.max() - means.min())


def retention_effect(loaded: LoadedModel, text: str) -> float:
    """Return after how many steps half of the longest-kept write of the first layer is gone by the gates, among those
    in the first half of the text; half of its length where it never is."""
    reading = read_steps(loaded, text)
    half = len(reading.tokens) // 2
    lives = (follow_write(loaded, reading, 0, step).half_life("by_gates") for step in range(half))
    return float(max(life if life is not None else half for life in lives))


def edit_effect(loaded: LoadedModel, texts: str) -> float:
    """Return for how many characters after an edit the second layer can tell two texts (one a line) apart."""
    first, second = texts.split("\n")
    found = compare_states(loaded, first, second, loaded.info.config["num_layers"] - 1)
    left = len(found.distance) - pair_tokens(loaded, first, second).last_edit
    return float(left if found.gone_after is None else found.gone_after)


def connectivity_effect(loaded: LoadedModel, text: str) -> float:
    """Return the share of all strength that lies more than `FAR` characters before the last one, which is expected."""
    strengths = connectivity(loaded, text, len(loaded.tokenizer.encode(text))).strengths
    return float(strengths[:-FAR].sum() / strengths.sum())


def truncation_effect(loaded: LoadedModel, text: str) -> float:
    """Return the share of the last loss's gradient that chunks of `CHUNK` steps keep."""
    frame = truncation(loaded, text).frame
    return float(frame.loc[frame["length"] == CHUNK, "kept"].iloc[0])


def surprise_effect(loaded: LoadedModel, text: str) -> float:
    """Return the nats by which the most surprising character is above the mean."""
    nats = surprise(loaded, text).frame["nats"]
    return float(nats.max() - nats.mean())


def patching_effect(loaded: LoadedModel, texts: str) -> float:
    """Return for how many characters of the second passage the state after the first is felt."""
    donor, passage = texts.split("\0")
    lasting = donor_influence(loaded, donor, passage, 1.0).lasts_characters
    return float(len(passage) if lasting is None else lasting)


def search_effect(loaded: LoadedModel, text: str) -> float:
    """Return how many different translations win at some width and length penalty."""
    return float(len(inspect_settings(loaded, text).winners))


def attention_effect(loaded: LoadedModel, text: str) -> float:
    """Return the nats that a written token loses, at the median, where the word that its step looked at is removed."""
    return float(-open_trial(loaded, inspect_search(loaded, text, 5, 1.0)).steps["removed"].median())


def padding_effect(loaded: LoadedModel, texts: str) -> float:
    """Return the largest change of a probability without the mask, in batches of `BATCH` texts (one a line)."""
    rows = split_lines(loaded, tuple(texts.split("\n")))
    batches = (inspect_batch(loaded, rows[start : start + BATCH]) for start in range(0, len(rows), BATCH))
    return float(max(batch.frame["largest_change"].max() for batch in batches))


def stories() -> str:
    """Return the built-in stories that no network here has learnt from."""
    return load_corpus(STORIES).read(RUNNING_TEXT, "test")


def story_sentences() -> list[str]:
    """Return sentences of the built-in stories, of 40 to 120 characters."""
    found = re.findall(r"[A-Z][^.!?\n]{38,118}[.!?]", stories())
    return found[:SENTENCES]


def story_beginnings() -> list[str]:
    """Return the sentences up to the first letter of their last word."""
    return [sentence[: sentence.rindex(" ") + 2] for sentence in story_sentences()]


def story_passages(length: int = 300) -> list[str]:
    """Return passages of the built-in stories, one after the other."""
    text = " ".join(stories().split())
    return [text[start : start + length] for start in range(0, len(text) - length, length)][:PASSAGES]


def swapped_pairs() -> list[str]:
    """Return each sentence twice, a line each, the second time with its two longest words in each other's place; both
    go on with the same passage."""
    pairs, tails = [], itertools.cycle(story_passages(120))
    for sentence in story_sentences():
        words = {word for word in sentence.split(" ") if word.isalpha() and word.islower()}
        first, second = sorted(words, key=lambda word: (-len(word), word))[:2]
        other = {first: second, second: first}
        swapped = " ".join(other.get(word, word) for word in sentence.split(" "))
        tail = next(tails)
        pairs.append(f"{sentence} {tail}\n{swapped} {tail}")
    return pairs[:PASSAGES]


def passage_pairs() -> list[str]:
    """Return passages with the one before each as its donor."""
    return ["\0".join(pair) for pair in itertools.pairwise(story_passages())]


def english_sentences() -> list[str]:
    """Return the first English sentences of the built-in sample's test split."""
    return [*read_sides(load_corpus(PAIRS), "en", "test")[0]][:SENTENCES]


def batches_of(corpus: str) -> list[str]:
    """Return batches of `BATCH` texts, a line each, of a built-in sample's test split."""
    loaded = load_corpus(corpus)
    texts, _ = loaded.spec.content.read(loaded.splits["test"], corpus)
    lines = [text if isinstance(text, str) else " ".join(text) for text in texts]
    return ["\n".join(lines[start : start + BATCH]) for start in range(0, BATCH * SENTENCES, BATCH)]


@dataclass(frozen=True)
class Measured:
    """One tool that is measured: of which network, on which texts, and what its page opens with."""

    tool: str
    effect: Callable[[LoadedModel, str], float]
    network: str
    texts: Callable[[], Sequence[str]]
    corpus: str


TRANSLATOR = "en-fr-attention"
# What the tools open with, by tool and by the network that is measured; texts of one example on lines of their own.
OPENS_WITH = {
    ("step", LSTM): opening.DEFAULT_TEXT,
    ("gates", LSTM): opening.DEFAULT_TEXT,
    ("memory_retention", LSTM): opening.DEFAULT_TEXT,
    ("edit", LSTM): "\n".join(each + opening.EDIT_TAIL for each in (opening.EDIT_FIRST, opening.EDIT_SECOND)),
    ("connectivity", LSTM): opening.CAT[: opening.VERB],
    ("truncation", LSTM): opening.PASSAGE,
    ("surprise", LSTM): opening.SURPRISING,
    ("activation_patching", LSTM): f"{opening.DONOR}\0{opening.RECEIVER}",
    ("search", TRANSLATOR): list_translation_examples()[0].source,
    ("attention", TRANSLATOR): list_translation_examples()[0].source,
    ("padding", "sst2-bilstm"): "\n".join(opening.PADDED_OPINIONS),
    ("padding", "gmb-bilstm-crf"): "\n".join(opening.PADDED_VISITS),
}
MEASURED = (
    Measured("step", step_effect, LSTM, story_sentences, STORIES),
    Measured("gates", gates_effect, LSTM, story_sentences, STORIES),
    Measured("memory_retention", retention_effect, LSTM, story_sentences, STORIES),
    Measured("edit", edit_effect, LSTM, swapped_pairs, STORIES),
    Measured("connectivity", connectivity_effect, LSTM, story_beginnings, STORIES),
    Measured("truncation", truncation_effect, LSTM, story_passages, STORIES),
    Measured("surprise", surprise_effect, LSTM, story_sentences, STORIES),
    Measured("activation_patching", patching_effect, LSTM, passage_pairs, STORIES),
    Measured("search", search_effect, TRANSLATOR, english_sentences, PAIRS),
    Measured("attention", attention_effect, TRANSLATOR, english_sentences, PAIRS),
    Measured("padding", padding_effect, "sst2-bilstm", lambda: batches_of("opinions"), "opinions"),
    Measured("padding", padding_effect, "gmb-bilstm-crf", lambda: batches_of("visits"), "visits"),
)


def measure_tools() -> pd.DataFrame:
    """Return the rows of `engine.inspection.stored.tool_effects`: the effect of each tool on its texts."""
    rows: list[JsonObject] = []
    for one in MEASURED:
        loaded = load_model(one.network)
        facts = {"tool": one.tool, "model": one.network, "weights": weights_in(loaded.info.path)}
        facts["title"] = CORPORA.get(one.corpus).title
        example = OPENS_WITH[one.tool, one.network]
        for text in [example, *(text for text in one.texts() if text != example)]:
            try:
                effect = one.effect(loaded, text)
            except InputError:  # too long or too short for this tool
                if text == example:
                    raise
                continue
            rows.append(facts | {"text": text, "effect": round(effect, 4), "is_default": text == example})
    return pd.DataFrame(rows)
