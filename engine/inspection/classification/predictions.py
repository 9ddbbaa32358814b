"""What a classifier makes of texts: their words as it reads them, its label, and the probability of every label.

Shapes: N texts, T words, L labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from engine.errors import InputError
from engine.models.base import batches_by_length, pad
from engine.models.folder import LoadedModel
from engine.text.treebank import has_latin_letters

MAX_WORDS = 1_000
BATCH_WORDS = 4_000  # words of a batch, padding counted
FOREIGN_WORDS, FOREIGN_SHARE = 3, 0.4


@dataclass(frozen=True)
class Classification:
    """A decided text.

    Attributes:
        label: the likeliest label.
        probability: of that label.
        probabilities: of every label, in the model's order.
        words: the text's words, as the network reads them.
        unknown: the distinct words it does not know; it reads their stem or their ending instead.
    """

    label: str
    probability: float
    probabilities: tuple[float, ...]
    words: tuple[str, ...]
    unknown: tuple[str, ...]


def label_names(loaded: LoadedModel) -> list[str]:
    """Return the names of a classifier's labels, in the order of its logits."""
    return list(loaded.info.config["labels"])


def split_text(loaded: LoadedModel, text: str) -> list[str]:
    """Return the words of `text` as the network reads them.

    Raises:
        InputError: there is no word in it, or there are more than MAX_WORDS.
    """
    words = loaded.tokenizer.split_words(text)
    check_words(words)
    return words


def check_words(words: Sequence[str]) -> None:
    """Check that a text can be read.

    Raises:
        InputError: there is no letter or digit in it, or there are more words than MAX_WORDS.
    """
    if not words:
        raise InputError("The text is empty; type at least one word.")
    if not is_readable(words):
        raise InputError("The text has only signs or pictures in it; type at least one word.")
    if len(words) > MAX_WORDS:
        raise InputError(f"The text has {len(words):,} words; at most {MAX_WORDS:,} are read at once.")


def is_readable(words: Sequence[str]) -> bool:
    """Return whether a letter or a digit stands in any of the words."""
    return any(character.isalnum() for word in words for character in word)


def classify_texts(loaded: LoadedModel, texts: tuple[str, ...]) -> list[Classification]:
    """Return what a classifier makes of each text, in order.

    Raises:
        InputError: one of them has no word in it or too many; where there are several, the message says which.
    """
    rows = []
    for position, text in enumerate(texts, start=1):
        try:
            rows.append(split_text(loaded, text))
        except InputError as error:
            raise (InputError(f"Text {position:,} of {len(texts):,}: {error}") if len(texts) > 1 else error) from error
    return classify_rows(loaded, rows)


def classify_rows(loaded: LoadedModel, rows: Sequence[Sequence[str]]) -> list[Classification]:
    """Return what a classifier makes of texts that are cut into words already."""
    names = label_names(loaded)
    found = []
    for row, probabilities in zip(rows, probabilities_of_words(loaded, rows), strict=True):
        best = int(probabilities.argmax())
        shares = tuple(float(share) for share in probabilities)
        unknown = dict.fromkeys(loaded.tokenizer.unknown_words(row))
        found.append(Classification(names[best], shares[best], shares, tuple(row), tuple(unknown)))
    return found


def probabilities_of_words(loaded: LoadedModel, rows: Sequence[Sequence[str]]) -> np.ndarray:
    """Return the probability of every label for each row of words, (N, L).

    Raises:
        InputError: a row is empty or has more than MAX_WORDS words.
    """
    return probabilities_by_direction(loaded, rows, directions=False)["both"]


@torch.inference_mode()
def probabilities_by_direction(
    loaded: LoadedModel, rows: Sequence[Sequence[str]], directions: bool = True
) -> dict[str, np.ndarray]:
    """Return {"both", "forward", "backward"}: the probabilities (N, L) by the whole network and by each direction by
    itself.

    A direction by itself is read as `Classifier.direction_alone` says; networks without directions have "both" only.

    Raises:
        InputError: as `probabilities_of_words`.
    """
    check_lengths(rows)
    model, encode = loaded.model, loaded.tokenizer.encode_words
    ids = [encode(row) for row in rows]
    found: dict[str, np.ndarray] = {"both": np.zeros((len(rows), model.num_labels), dtype=np.float32)}
    for positions in batches_by_length([len(row) for row in ids], most_cells=BATCH_WORDS):
        input_ids = pad([ids[position] for position in positions], model.pad_id)  # (B, T)
        lengths = torch.tensor([len(ids[position]) for position in positions])
        if directions:
            logits = model.direction_logits(input_ids, lengths)
            logits |= {name: model.direction_alone(share) for name, share in logits.items() if name != "both"}
        else:
            logits = {"both": model(input_ids, lengths)}
        for name, values in logits.items():
            found.setdefault(name, np.zeros_like(found["both"]))[positions] = values.float().softmax(1).numpy()
    return found


def check_lengths(rows: Sequence[Sequence[str]]) -> None:
    """Raise where a row of words cannot be read.

    Raises:
        InputError: a row is empty or has more than MAX_WORDS words.
    """
    if any(not 1 <= len(row) <= MAX_WORDS for row in rows):
        raise InputError(f"A text needs at least one word and at most {MAX_WORDS:,}.")


def looks_foreign(loaded: LoadedModel, words: Sequence[str]) -> str:
    """Return a sentence where 40 % of the words or more are unknown, or all of another script; else "": the answer
    means little then."""
    spelled = [word for word in words if any(character.isalpha() for character in word)]
    unknown = loaded.tokenizer.unknown_words(spelled)
    if (
        not unknown
        or (has_latin_letters(spelled) and len(spelled) < FOREIGN_WORDS)
        or len(unknown) < FOREIGN_SHARE * len(spelled)
    ):
        return ""
    count = f"{len(unknown):,} of the {len(spelled):,} words" if len(spelled) > 1 else "the only word"
    return f"The network does not know {count}: this does not look like English, so its answer means little."
