"""How sure a network was of a translation, word by word, as a table and in one sentence."""

from __future__ import annotations

import math
import re

import pandas as pd

from engine.decoding.text import FLOAT32, Translation, translate, translate_lines
from engine.models.folder import LoadedModel
from engine.wording import listing, percent

_NUMBER = re.compile(r"\d+(?:[.,:/ \N{NO-BREAK SPACE}]\d+)*")


def inspect_translation(loaded: LoadedModel, text: str, beam_size: int, length_penalty: float) -> Translation:
    """Return the best translation of one sentence.

    Raises:
        InputError: the sentence is empty or too long.
    """
    return translate(loaded, text, beam_size=beam_size, length_penalty=length_penalty)[0]


def translate_listed(loaded: LoadedModel, sources: tuple[str, ...], beam_size: int) -> list[str]:
    """Return the translation of each of a few sentences that stand in a list.

    Raises:
        InputError: a sentence is too long.
    """
    found = dict(translate_lines(loaded, sources, beam_size=beam_size, precision=FLOAT32))
    return [found[position] for position in range(len(sources))]


def confidence_table(translation: Translation) -> pd.DataFrame:
    """Return one row per written word: its pieces, its probability and its log-probability in nats."""
    return pd.DataFrame(
        {
            "position": range(1, len(translation.target_words) + 1),
            "word": [word.text for word in translation.target_words],
            "pieces": [" ".join(word.pieces) for word in translation.target_words],
            "probability": [round(value, 4) for value in translation.word_probabilities],
            "log_probability_nats": [
                round(sum(translation.log_probs[word.start : word.stop]), 4) for word in translation.target_words
            ],
        }
    )


def confidence_sentence(translation: Translation) -> str:
    """Return one sentence on how sure the network was on the whole and where it was least sure."""
    if not translation.target_words:
        return "The network wrote nothing: it ended the sentence at once."
    shares = translation.word_probabilities
    lowest = min(range(len(shares)), key=shares.__getitem__)
    typical = math.exp(sum(map(math.log, (max(share, 1e-300) for share in shares))) / len(shares))
    ending = "" if translation.end_log_prob is not None else " It was cut off at the length limit."
    return (
        f"On average {percent(typical, 0)} sure of a word (geometric mean); least sure of "
        f"“{translation.target_words[lowest].text}”, {percent(shares[lowest], 0)}.{ending}{_number_doubt(translation)}"
    )


def _number_doubt(translation: Translation) -> str:
    """Return a sentence on numbers that were written and do not stand in the source, "" where there are none."""
    read, wrote = (
        {re.sub(r"\D", "", number): number for number in _NUMBER.findall(text)}
        for text in (translation.source, translation.text)
    )
    made_up = [number for digits, number in wrote.items() if digits not in read]
    if not read or not made_up:
        return ""
    return f" Do not trust the numbers: it wrote {listing(made_up)}, and the sentence has {listing(read.values())}."
