"""The translation page's examples: written for this project, each with a reference and what it shows."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

from engine.errors import DataError

EXAMPLES = Path(__file__).resolve().parents[3] / "data" / "samples" / "translation_examples" / "examples.jsonl"


@dataclass(frozen=True)
class TranslationExample:
    """One English sentence, one French reference, and one sentence on what to look for."""

    name: str
    source: str
    reference: str
    lesson: str


@functools.cache
def list_translation_examples() -> tuple[TranslationExample, ...]:
    """Return the shipped examples in the order of their file.

    Raises:
        DataError: the file is missing or damaged.
    """
    try:
        lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
        return tuple(TranslationExample(**json.loads(line)) for line in lines if line.strip())
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"The example sentences in {EXAMPLES.name} are missing or damaged.") from error
