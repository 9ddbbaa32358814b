"""One translation as numbers a page can show: words, confidence, attention.

Shapes: T target pieces without the end mark, S source pieces.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import Translation, sample_translations, translate
from engine.inspection.translation.words import Word, display_pieces, group_pieces
from engine.models.folder import LoadedModel
from engine.text.base import EOS


@dataclass(frozen=True)
class TranslationReport:
    """A translation opened up; nothing in it is a tensor, so it can be cached and sent.

    Attributes:
        source_pieces, target_pieces: labels of the pieces, without the end mark.
        source_words, target_words: the words they make.
        log_probs: nats, one per target piece.
        end_log_prob: nats of the end mark, None where the length limit cut the translation off.
        weights: attention (T, S), None for a model without attention.
        unknown: parts of the source that training never saw.
        elapsed_seconds: time of the decoding, of all translations that were made with it.
        target_ids: the target's tokens, without the end mark.
        score: what the search compared: the log-probability over the length to the power of the penalty.
        sampling: how it was drawn, None where it was searched.
    """

    source: str
    text: str
    source_pieces: list[str]
    target_pieces: list[str]
    source_words: list[Word]
    target_words: list[Word]
    log_probs: list[float]
    end_log_prob: float | None
    weights: np.ndarray | None
    unknown: list[str]
    elapsed_seconds: float
    target_ids: tuple[int, ...] = ()
    score: float = 0.0
    sampling: SamplingSettings | None = None

    @property
    def total_log_prob(self) -> float:
        """Log-probability of the whole translation in nats, end mark included."""
        return sum(self.log_probs) + (self.end_log_prob or 0.0)

    @property
    def word_probabilities(self) -> list[float]:
        """Probability of each word: the product over its pieces."""
        return [math.exp(sum(self.log_probs[word.start : word.stop])) for word in self.target_words]

    @property
    def split_words(self) -> list[Word]:
        """The source words the vocabulary does not have whole, each once."""
        return list({word.text: word for word in self.source_words if word.is_split}.values())


def inspect_translation(loaded: LoadedModel, text: str, beam_size: int, length_penalty: float) -> TranslationReport:
    """Return the best translation of one sentence with everything a page shows about it.

    Raises:
        InputError: the sentence is empty or too long.
    """
    return inspect_hypotheses(loaded, text, beam_size, length_penalty)[0]


def inspect_hypotheses(
    loaded: LoadedModel, text: str, beam_size: int, length_penalty: float
) -> list[TranslationReport]:
    """Return every translation of one sentence that the search ended with, best first; greedy search ends with one.

    Raises:
        InputError: the sentence is empty or too long.
    """
    started = time.perf_counter()
    found = translate(loaded, text, beam_size=beam_size, length_penalty=length_penalty)
    elapsed_seconds = time.perf_counter() - started
    return [_translation_report(translation, elapsed_seconds) for translation in found]


def inspect_samples(
    loaded: LoadedModel, text: str, settings: SamplingSettings, count: int = 1
) -> list[TranslationReport]:
    """Return `count` translations of one sentence, drawn with consecutive seeds from `settings.seed` on.

    Raises:
        InputError: the sentence is empty or too long, or a setting is out of bounds.
    """
    started = time.perf_counter()
    found = sample_translations(loaded, text, settings, count)
    elapsed_seconds = time.perf_counter() - started
    return [
        _translation_report(translation, elapsed_seconds, replace(settings, seed=settings.seed + place))
        for place, translation in enumerate(found)
    ]


def _translation_report(
    found: Translation, elapsed_seconds: float, sampling: SamplingSettings | None = None
) -> TranslationReport:
    has_end = bool(found.target_tokens) and found.target_tokens[-1] == EOS
    target = found.target_tokens[:-1] if has_end else found.target_tokens
    weights = None if found.attention_weights is None else found.attention_weights.float().cpu().numpy()[: len(target)]
    return TranslationReport(
        source=found.source,
        text=found.text,
        source_pieces=display_pieces(found.source_tokens),
        target_pieces=display_pieces(target),
        source_words=group_pieces(found.source_tokens),
        target_words=group_pieces(target),
        log_probs=found.log_probs[: len(target)],
        end_log_prob=found.log_probs[-1] if has_end else None,
        weights=weights,
        unknown=found.unknown,
        elapsed_seconds=elapsed_seconds,
        target_ids=tuple(found.target_ids),
        score=found.score,
        sampling=sampling,
    )


def confidence_table(report: TranslationReport) -> pd.DataFrame:
    """Return one row per written word: its pieces, its probability and its log-probability in nats."""
    return pd.DataFrame(
        {
            "position": range(1, len(report.target_words) + 1),
            "word": [word.text for word in report.target_words],
            "pieces": [" ".join(word.pieces) for word in report.target_words],
            "probability": [round(value, 4) for value in report.word_probabilities],
            "log_probability_nats": [round(sum(report.log_probs[w.start : w.stop]), 4) for w in report.target_words],
        }
    )


def confidence_sentence(report: TranslationReport) -> str:
    """Return one sentence on how sure the network was on the whole and where it was least sure."""
    if not report.target_words:
        return "The network wrote nothing: it ended the sentence at once."
    shares = report.word_probabilities
    lowest = min(range(len(shares)), key=shares.__getitem__)
    typical = math.exp(sum(map(math.log, (max(share, 1e-300) for share in shares))) / len(shares))
    ending = "" if report.end_log_prob is not None else " It was cut off at the length limit."
    return (
        f"On average {_percent(typical)} sure of a word (geometric mean); least sure of "
        f"“{report.target_words[lowest].text}”, "
        f"{_percent(shares[lowest])}.{ending}"
    )


def _percent(share: float) -> str:
    """Return a probability as per cent, never rounded down to zero."""
    if share >= 0.01:
        return f"{100 * share:.0f} %"
    return f"{100 * share:.1f} %" if share >= 0.0005 else "less than 0.1 %"
