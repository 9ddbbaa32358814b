"""An index of a training text that finds copies of it without holding the text: hashes of its n-grams, in order.

For each place of the training text the index keeps 16 bits of a hash of the 8 characters that begin there. A single
hash
says little: in a million places each value stands about 15 times by chance. But hashes that agree at consecutive places
say much: each further one divides the chance by 65,536. So a stretch of L characters is known by L - 7 hashes in a row,
its place is where they stand, and its end is where they cease to agree (one character too late in about 1 of 65,536
cases).

What it gives away: whoever tries all characters one after the other can recover the text from the hashes. It makes the
shipped file small and exact, not secret; do not ship one of a private text.

Paper: Karp and Rabin (1987), Efficient randomized pattern-matching algorithms (polynomial hashes of substrings).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from engine.atomic import replaced_file
from engine.config import JsonObject
from engine.corpora import load_corpus
from engine.corpora.base import SPLITS
from engine.corpora.running_text import RUNNING_TEXT
from engine.errors import DataError, InputError
from engine.inspection.writing.repetition import WORD
from engine.provenance import commit

INDEXES = Path(__file__).resolve().parents[3] / "data" / "indexes"
GRAM = 8
HASH_VALUES = 2**16
SHORTEST_COPY = 12  # five hashes in a row: by chance less than once in 10**18 places
MINIMUM_COPY = 20  # what counts as copied unless said otherwise: about half a line of verse
LONGEST_MINIMUM = 60
COMMAND = "python -m engine index --corpus {corpus}"

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no character's bits are lost
_MIX = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))


@dataclass(frozen=True, eq=False)
class CopyIndex:
    """The hashes of a training text, ready to be looked up; read-only, so that threads can share it.

    Attributes:
        hashes: one per place of the text, in order (uint16).
        order: places sorted by their hash; those with the hash `v` are order[firsts[v] : firsts[v + 1]].
        line_starts: place of the first character of each line.
        words: hashes of its words in lower case, sorted (uint32).
        facts: corpus, title, characters, parts, and what was measured when the index was built.
    """

    hashes: np.ndarray
    order: np.ndarray
    firsts: np.ndarray
    line_starts: np.ndarray
    words: np.ndarray
    facts: JsonObject

    def line(self, position: int) -> int:
        """Return the number, from 1, of the line that the character at `position` stands in."""
        return int(np.searchsorted(self.line_starts, position, side="right"))

    def part(self, position: int) -> str:
        """Return the title of the part that `position` lies in, "" where parts are not known."""
        line = self.line(position)
        return next((title for first, title in reversed(self.facts["parts"]) if first <= line), "")

    def has_words(self, words: Sequence[str]) -> np.ndarray:
        """Return for each word, in lower case, whether the training text has it; 1 in 300,000 made-up ones passes as
        well."""
        if not len(words):
            return np.zeros(0, dtype=bool)
        wanted = hash_words(words)
        found = np.minimum(np.searchsorted(self.words, wanted), len(self.words) - 1)
        return self.words[found] == wanted


def hash_grams(text: str) -> np.ndarray:
    """Return the hash of the 8 characters that begin at each place of `text` but the last 7 (uint16)."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    positions = len(codes) - GRAM + 1
    if positions <= 0:
        return np.zeros(0, dtype=np.uint16)
    total = np.zeros(positions, dtype=np.uint64)
    for offset in range(GRAM):
        total = total * _MULTIPLIER + codes[offset : offset + positions]
    return (_mixed(total) >> np.uint64(48)).astype(np.uint16)


def hash_words(words: Iterable[str]) -> np.ndarray:
    """Return a 32-bit hash of each word."""
    hashes = []
    for word in words:
        total = 0
        for code in map(ord, word):
            total = (total * int(_MULTIPLIER) + code) % 2**64
        hashes.append(total)
    return (_mixed(np.array(hashes, dtype=np.uint64)) >> np.uint64(32)).astype(np.uint32)


def build_index(text: str, facts: JsonObject) -> CopyIndex:
    """Return the index of a training text; `facts` as in `CopyIndex`, "characters" is counted here.

    Raises:
        InputError: the text is shorter than the shortest copy.
    """
    if len(text) < SHORTEST_COPY:
        raise InputError(f"A text of {len(text)} characters is too short for an index; it needs {SHORTEST_COPY}.")
    lines = np.array([len(line) + 1 for line in text.split("\n")])
    words = np.unique(hash_words({word.group().lower() for word in WORD.finditer(text)}))
    return _ready(hash_grams(text), lines, words, {"parts": []} | facts | {"characters": len(text)})


def index_corpus(name: str) -> tuple[CopyIndex, dict[str, str]]:
    """Return the index of a corpus' training split, and the texts of its other splits.

    Raises:
        ConfigError, DataError: there is no such corpus, it cannot be read, or it holds pairs.
    """
    corpus = load_corpus(name)
    if corpus.spec.name != name:
        raise DataError(f"{name} is not here, so it cannot be indexed. {corpus.source.sentence}")
    text = corpus.read(RUNNING_TEXT)
    facts = {
        "corpus": name,
        "title": corpus.spec.title,
        "parts": [list(part) for part in corpus.spec.parts] or _documents(corpus.splits["train"]["text"]),
        "source": corpus.source.kind,
        "commit": commit(),
    }
    return build_index(text, facts), {split: corpus.read(RUNNING_TEXT, split) for split in SPLITS}


def save_index(index: CopyIndex, path: Path) -> Path:
    """Write an index as one safetensors file and return its path."""
    tensors = {
        "hashes": index.hashes,
        "line_lengths": np.diff(index.line_starts, append=index.facts["characters"] + 1).astype(np.uint32),
        "words": index.words,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {"facts": json.dumps(index.facts, ensure_ascii=False)}
    with replaced_file(path) as draft:
        draft.write_bytes(safetensors.numpy.save(tensors, metadata=facts))
    return path


def load_index(name: str, folder: Path | None = None) -> CopyIndex:
    """Return the shipped index of the corpus `name`, read once per process and again only when the file changes.

    Raises:
        DataError: there is none, or it is damaged.
    """
    path = (INDEXES if folder is None else folder) / f"{Path(name).name}.safetensors"
    try:
        version = path.stat().st_mtime_ns
    except OSError as error:
        there = ", ".join(list_indexes(folder)) or "none"
        command = COMMAND.format(corpus=name)
        raise DataError(
            f"There is no index of the training text {name!r} (there: {there}); build it with: {command}."
        ) from error
    return _read(path, version)


def list_indexes(folder: Path | None = None) -> list[str]:
    """Return the names of the corpora that have an index."""
    return sorted(path.stem for path in (INDEXES if folder is None else folder).glob("*.safetensors"))


@functools.lru_cache(maxsize=4)
def _read(path: Path, version: int) -> CopyIndex:
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            tensors = {key: file.get_tensor(key) for key in ("hashes", "line_lengths", "words")}
            facts = json.loads((file.metadata() or {})["facts"])
        if tensors["hashes"].dtype != np.uint16 or len(tensors["hashes"]) != facts["characters"] - GRAM + 1:
            raise ValueError("the hashes do not fit the number of characters")
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise DataError(
            f"The index {path.name} is damaged; build it anew with: {COMMAND.format(corpus=path.stem)}."
        ) from error
    return _ready(tensors["hashes"], tensors["line_lengths"], tensors["words"], facts)


def _ready(hashes: np.ndarray, line_lengths: np.ndarray, words: np.ndarray, facts: JsonObject) -> CopyIndex:
    order = np.argsort(hashes, kind="stable").astype(np.int32)
    firsts = np.concatenate(([0], np.cumsum(np.bincount(hashes, minlength=HASH_VALUES))))
    line_starts = np.concatenate(([0], np.cumsum(line_lengths.astype(np.int64))[:-1]))
    for array in (hashes, order, firsts, line_starts, words):
        array.setflags(write=False)
    return CopyIndex(hashes, order, firsts, line_starts, words, facts)


def _documents(texts: Sequence[str]) -> list[list[int | str]]:
    """Return [line, title] of each document of a split that has several, its first line being its title."""
    line = 1
    parts: list[list[int | str]] = []
    for text in texts if len(texts) > 1 else ():
        parts.append([line, text.split("\n", 1)[0][:80]])
        line += text.count("\n") + 1
    return parts


def _mixed(total: np.ndarray) -> np.ndarray:
    """Return 64-bit numbers with their bits well mixed (the finaliser of splitmix64)."""
    for shift, factor in _MIX:
        total = (total ^ (total >> shift)) * factor
    return total ^ (total >> np.uint64(31))
