"""The compression duel: how few bytes each language model needs for a text, beside what gzip, bzip2 and xz need."""

from __future__ import annotations

import bz2
import dataclasses
import gzip
import lzma
import time
import zlib
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import pandas as pd

from engine.config import JsonObject
from engine.decoding.arithmetic_coding import compressing, decompressing
from engine.decoding.limits import check_duel_text
from engine.errors import InputError
from engine.models.folder import LoadedModel, load_model

R = TypeVar("R")
JOB = "engine.inspection.writing.compression:duel_of_all"
SECONDS_BETWEEN_EVENTS, RESULTS_KEPT = 0.1, 256
_results: dict[tuple[str, str, str], JsonObject] = {}

_RAW_LZMA = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]


@dataclass(frozen=True)
class Round:
    """A text that one model coded and decoded again.

    Attributes:
        code: every byte the decoder needed.
        is_identical: whether it gave back the text, letter for letter.
    """

    code: bytes
    is_identical: bool
    encode_seconds: float
    decode_seconds: float


@dataclass(frozen=True)
class Archiver:
    """A compressor of the kind everyone has, at its strongest setting, and the way back."""

    label: str
    compress: Callable[[bytes], bytes]
    decompress: Callable[[bytes], bytes]


def _deflate(data: bytes) -> bytes:
    coder = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return coder.compress(data) + coder.flush()


ARCHIVERS = (
    Archiver("gzip", lambda data: gzip.compress(data, 9, mtime=0), gzip.decompress),
    Archiver("gzip, without its header", _deflate, lambda code: zlib.decompress(code, wbits=-zlib.MAX_WBITS)),
    Archiver("bzip2", lambda data: bz2.compress(data, 9), bz2.decompress),
    Archiver("xz", lambda data: lzma.compress(data, preset=9 | lzma.PRESET_EXTREME), lzma.decompress),
    Archiver(
        "xz, without its header",
        lambda data: lzma.compress(data, lzma.FORMAT_RAW, filters=_RAW_LZMA),
        lambda code: lzma.decompress(code, lzma.FORMAT_RAW, filters=_RAW_LZMA),
    ),
)


def archive(text: str) -> pd.DataFrame:
    """Return what general compressors need for a text, and whether it came back: columns `coder`, `bytes`,
    `is_identical`.

    The first row is the text as it is, in UTF-8.
    """
    data = text.encode()
    rows = [("as it is (UTF-8)", len(data), True)]
    for archiver in ARCHIVERS:
        code = archiver.compress(data)
        rows.append((archiver.label, len(code), archiver.decompress(code) == data))
    return pd.DataFrame(rows, columns=["coder", "bytes", "is_identical"])


def duel(loaded: LoadedModel, text: str) -> Generator[float, None, Round]:
    """Yield the share of the work that is done, in small steps, while a model codes a text and decodes it; return the
    round.

    Raises:
        InputError: the text is empty, too long or not UTF-8, or the model's tokens do not give it back letter for
            letter.
    """
    check_duel_text(text)
    begun = time.perf_counter()
    total = 2 * len(loaded.tokenizer.encode_as_is(text))
    code = yield from _shares(compressing(loaded, text), 0, total)
    coded = time.perf_counter()
    decoded = yield from _shares(decompressing(loaded, code), total // 2, total)
    return Round(code, decoded == text, coded - begun, time.perf_counter() - coded)


def duel_of_all(text: str, models: dict[str, tuple[str, str]]) -> Generator[JsonObject, None, JsonObject]:
    """Let every model code a text and decode it, as a job: yield how far they are and, when a model is done, what it
    needed or why it cannot take part; return all of that.

    Args:
        models: by name where the model lies, and a word that changes with its files.
    """
    results: dict[str, JsonObject] = {}
    begun, told = time.perf_counter(), 0.0
    for position, (name, (folder, version)) in enumerate(models.items()):
        steps = _remembered(text, folder, version)
        while name not in results:
            try:
                share = next(steps)
            except StopIteration as end:
                results[name] = end.value
                share = 1.0
            now = time.perf_counter()
            if name in results or now - told >= SECONDS_BETWEEN_EVENTS:
                told = now
                done = {name: results[name]} if name in results else {}
                yield {"progress": (position + share) / len(models), "name": name, "share": share, "results": done}
    return {"results": results, "seconds": time.perf_counter() - begun, "day": time.strftime("%Y-%m-%d")}


def _remembered(text: str, folder: str, version: str) -> Generator[float, None, JsonObject]:
    """Yield as `duel`; return its round as plain values. What this process has done before is not done again: a duel
    that was stopped goes on with the model it was at."""
    key = (text, folder, version)
    if key not in _results:
        try:
            found = yield from duel(_load(folder, version), text)
        except InputError as problem:
            _results[key] = {"refusal": str(problem)}
        else:
            _results[key] = dataclasses.asdict(found) | {"code": len(found.code)}
        if len(_results) > RESULTS_KEPT:
            del _results[next(iter(_results))]
    return _results[key]


@lru_cache(maxsize=8)  # as many as take part
def _load(folder: str, version: str) -> LoadedModel:
    return load_model(Path(folder))


def _shares(steps: Generator[int, None, R], before: int, total: int) -> Generator[float, None, R]:
    """Yield which share of `total` tokens is done after each step, `before` of them having been done; return what the
    steps return."""
    while True:
        try:
            done = next(steps)
        except StopIteration as end:
            return end.value
        yield (before + done) / total
