"""In which of two languages a word was seen in the training text: word lists that ship, so that nobody has to guess.

The lists hold words alone, in alphabetical order, without how often or where they stand.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.corpora import load_corpus
from engine.corpora.sentence_pairs import SENTENCE_PAIRS
from engine.errors import DataError

WORDS = Path(__file__).resolve().parents[3] / "data" / "indexes" / "words" / "en_fr.json"
CORPORA = ("multi30k_en_fr", "phrasebook_en_fr", "tatoeba_en_fr")  # what the shipped translators learnt from
COMMAND = "python -m engine index --words"
FEWEST = 5  # times a word must be seen: below lie names and slips of the pen
FEWEST_SHARE = 0.05  # of the times in the other language: below it the word is a guest, such as the title of a song
_WORD = re.compile(r"[^\W\d_]+")


def collect_words() -> dict[str, list[str]]:
    """Return the words in lower case that each language has in the training splits of the corpora of pairs, sorted.

    Raises:
        DataError: a corpus cannot be read here.
    """
    sides: dict[str, list[str]] = {"en": [], "fr": []}
    for name in CORPORA:
        corpus = load_corpus(name)
        if corpus.spec.name != name:
            raise DataError(f"{name} is not here, so its words cannot be listed. {corpus.source.sentence}")
        english, french = corpus.read(SENTENCE_PAIRS)
        sides["en"] += english
        sides["fr"] += french
    return list_words(sides)


def list_words(sides: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the words of each of two languages, given the sentences of each."""
    counts = {
        code: Counter(word for line in lines for word in _WORD.findall(line.lower())) for code, lines in sides.items()
    }
    (one, first), (two, second) = counts.items()
    return {
        code: sorted(word for word, count in own.items() if count >= FEWEST and count >= FEWEST_SHARE * other[word])
        for code, own, other in ((one, first, second), (two, second, first))
    }


def save_words(words: Mapping[str, Sequence[str]], path: Path = WORDS) -> Path:
    """Write word lists and return their path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = {code: " ".join(found) for code, found in words.items()}
    path.write_text(json.dumps(lines, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def load_words(path: Path = WORDS) -> dict[str, frozenset[str]]:
    """Return the shipped word lists by language.

    Raises:
        DataError: there are none, or they are damaged.
    """
    if not path.is_file():
        raise DataError(f"There is no list of words of both languages; make it with: {COMMAND}.")
    return _read(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=2)
def _read(path: Path, version: int) -> dict[str, frozenset[str]]:
    try:
        return {
            code: frozenset(found.split(" ")) for code, found in json.loads(path.read_text(encoding="utf-8")).items()
        }
    except (ValueError, AttributeError) as error:
        raise DataError(f"The list of words {path.name} is damaged; make it anew with: {COMMAND}.") from error


def languages_of(word: str, words: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Return the codes of the languages that `word` was seen in: none, one, or both."""
    return tuple(code for code, found in words.items() if word.lower() in found)
