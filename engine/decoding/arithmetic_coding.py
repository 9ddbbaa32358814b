"""Text as a number: whoever predicts a text well can write it down in few bits, and read it back exactly.

An arithmetic coder turns each token with probability p into about -log2 p bits. Coder and decoder ask the same model
the same questions, one token at a time, so that both see the same probabilities to the last bit and the decoder can
follow. (Reading the text in one go would be faster, but rounds differently.) For the same reason a code is for one
machine and one version of torch, not for keeping.

A code is the number of tokens (7 bits per byte, least significant first), then the coder's bits. Characters outside the
vocabulary follow an escape as the plain bytes of UTF-8. The escape's share is learnt on the way: it costs next to
nothing until it is needed.

Paper: Witten, Neal and Cleary (1987), Arithmetic coding for data compression, figures 3 to 6.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import torch

from engine.decoding.limits import check_characters
from engine.decoding.text import start_id
from engine.errors import DataError, InputError
from engine.models.folder import LoadedModel

CODE_BITS = 32
TOP = (1 << CODE_BITS) - 1
HALF, QUARTER = 1 << (CODE_BITS - 1), 1 << (CODE_BITS - 2)
TOKEN_TOTAL = 1 << 20  # the finest share a token's probability is rounded to
MAX_ESCAPE = 1 << 28  # the coder needs all shares together to stay below a quarter of its range
FIRST_ESCAPE = 1 / 64  # how many escapes are taken to have been seen before the first token
MAX_TOKENS = 1_000_000

R = TypeVar("R")


def compress(loaded: LoadedModel, text: str) -> bytes:
    """Return the code of `text`, its length included.

    Raises:
        InputError: the text is too long or not UTF-8, or the model's tokens do not give it back letter for letter.
    """
    return run(compressing(loaded, text))


def decompress(loaded: LoadedModel, code: bytes) -> str:
    """Return the text of a code made by `compress` with the same model.

    Raises:
        DataError: the code is cut short or was not made by this model.
    """
    return run(decompressing(loaded, code))


def compressing(loaded: LoadedModel, text: str) -> Generator[int, None, bytes]:
    """Yield the number of tokens coded so far after each; the return value is the code. See `compress`."""
    check_characters("The text", text)
    token_ids, escaped = _tokens(loaded, text)
    if len(token_ids) > MAX_TOKENS:
        raise InputError(f"The text has {len(token_ids):,} tokens; at most {MAX_TOKENS:,} can be coded.")
    encoder, predictor = _Encoder(), _Predictor(loaded)
    for done, (token_id, character) in enumerate(zip(token_ids, escaped, strict=True), start=1):
        cumulative = predictor.cumulative()
        symbol = len(cumulative) - 2 if character else token_id
        encoder.put(int(cumulative[symbol]), int(cumulative[symbol + 1]), int(cumulative[-1]))
        for byte in character.encode():
            encoder.put(byte, byte + 1, 256)
        predictor.read(token_id, is_escape=bool(character))
        yield done
    return to_varint(len(token_ids)) + encoder.finish()


def decompressing(loaded: LoadedModel, code: bytes) -> Generator[int, None, str]:
    """Yield the number of tokens decoded so far after each; the return value is the text. See `decompress`."""
    count, start = _read_number(code)
    decoder, predictor = _Decoder(code[start:]), _Predictor(loaded)
    token_ids, escaped = [], []
    for done in range(1, count + 1):
        cumulative = predictor.cumulative()
        symbol = decoder.get(cumulative)
        is_escape = symbol == len(cumulative) - 2
        token_ids.append(loaded.tokenizer.unk_id if is_escape else symbol)
        escaped.append(_read_character(decoder) if is_escape else "")
        predictor.read(token_ids[-1], is_escape)
        yield done
    if not loaded.tokenizer.is_concatenative:
        return loaded.tokenizer.decode(token_ids)
    pieces = loaded.tokenizer.tokens(token_ids)
    return "".join(character or piece for character, piece in zip(escaped, pieces, strict=True))


def run(steps: Generator[object, None, R]) -> R:
    """Return the value of a generator, whatever it yields on the way."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def _tokens(loaded: LoadedModel, text: str) -> tuple[list[int], list[str]]:
    """Return the ids of a text and, for each, the character that follows as an escape, "" for none."""
    tokenizer = loaded.tokenizer
    token_ids = tokenizer.encode_as_is(text)  # what is unpacked is what was typed
    if not tokenizer.is_concatenative:
        if tokenizer.decode(token_ids) == text:
            return token_ids, [""] * len(token_ids)
    else:
        spans = zip(token_ids, tokenizer.spans_as_is(text), strict=True)
        escaped = [text[start:stop] if token_id == tokenizer.unk_id else "" for token_id, (start, stop) in spans]
        pieces = zip(escaped, tokenizer.tokens(token_ids), strict=True)
        if (
            max(map(len, escaped), default=0) <= 1
            and "".join(character or piece for character, piece in pieces) == text
        ):
            return token_ids, escaped
    raise InputError(f"{loaded.info.title} cannot code this text: its tokens do not give it back letter for letter.")


@dataclass
class _Predictor:
    """The shares of all tokens and of the escape at one place of a text, as whole numbers: the same for coder and
    decoder."""

    loaded: LoadedModel
    escapes: float = FIRST_ESCAPE
    count: int = 1

    def __post_init__(self) -> None:
        self._state = self.loaded.model.start(1)
        self._step(start_id(self.loaded))

    def cumulative(self) -> np.ndarray:
        """Return (V + 2,) where each token's share begins, then the escape's, then the total; `unk` has no share."""
        shares = np.exp(self._logits - self._logits.max())
        if self.loaded.tokenizer.unk_id is not None:
            shares[self.loaded.tokenizer.unk_id] = 0
        frequencies = (shares * (TOKEN_TOTAL / shares.sum())).astype(np.int64) + 1
        if self.loaded.tokenizer.unk_id is not None:
            frequencies[self.loaded.tokenizer.unk_id] = 0
        table = np.zeros(len(frequencies) + 2, dtype=np.int64)
        frequencies.cumsum(out=table[1:-1])
        odds = self.escapes / (self.count - self.escapes)
        table[-1] = table[-2] + min(MAX_ESCAPE, max(1, int(odds * table[-2])))
        return table

    def read(self, token_id: int, is_escape: bool) -> None:
        """Let the model read the token that has been coded."""
        self.escapes += is_escape
        self.count += 1
        self._step(token_id)

    @torch.inference_mode()
    def _step(self, token_id: int) -> None:
        logits, self._state = self.loaded.model.step(torch.tensor([token_id]), self._state)
        self._logits = logits[0].double().numpy()


@dataclass
class _Encoder:
    """Narrows an interval symbol by symbol and writes the bits that its two ends agree on."""

    low: int = 0
    high: int = TOP
    pending: int = 0
    bits: list[int] = field(default_factory=list)

    def put(self, begin: int, end: int, total: int) -> None:
        """Code a symbol that owns the shares from `begin` up to `end` of `total`."""
        size = self.high - self.low + 1
        self.high = self.low + size * end // total - 1
        self.low = self.low + size * begin // total
        while True:
            if self.high < HALF:
                self._write(0)
            elif self.low >= HALF:
                self._write(1)
                self.low -= HALF
                self.high -= HALF
            elif self.low >= QUARTER and self.high < 3 * QUARTER:
                # The ends lie on both sides of the middle, but close to it: which bit it is will be known later.
                self.pending += 1
                self.low -= QUARTER
                self.high -= QUARTER
            else:
                return
            self.low, self.high = 2 * self.low, 2 * self.high + 1

    def finish(self) -> bytes:
        """Return all bits as bytes: as many more as tell the interval from its neighbours, and no trailing zero
        bytes."""
        self.pending += 1
        self._write(int(self.low >= QUARTER))
        self.bits.extend([0] * (-len(self.bits) % 8))
        return np.packbits(self.bits).astype(np.uint8).tobytes().rstrip(b"\0") if self.bits else b""

    def _write(self, bit: int) -> None:
        self.bits.append(bit)
        if self.pending:
            self.bits.extend([1 - bit] * self.pending)
            self.pending = 0


class _Decoder:
    """Follows the encoder's interval with the number that the bits spell; past their end there are zeros."""

    def __init__(self, code: bytes) -> None:
        self._bits = iter(np.unpackbits(np.frombuffer(code, dtype=np.uint8)).tolist())
        self.low, self.high, self.value = 0, TOP, 0
        for _ in range(CODE_BITS):
            self.value = 2 * self.value + self._next_bit()

    def get(self, cumulative: np.ndarray) -> int:
        """Return the symbol that owns the share at which the number lies, and take it off."""
        total = int(cumulative[-1])
        size = self.high - self.low + 1
        target = ((self.value - self.low + 1) * total - 1) // size
        symbol = int(cumulative.searchsorted(target, "right")) - 1
        self._take(int(cumulative[symbol]), int(cumulative[symbol + 1]), total)
        return symbol

    def get_byte(self) -> int:
        """Return a byte that was coded with equal shares."""
        size = self.high - self.low + 1
        byte = ((self.value - self.low + 1) * 256 - 1) // size
        self._take(byte, byte + 1, 256)
        return byte

    def _take(self, begin: int, end: int, total: int) -> None:
        size = self.high - self.low + 1
        self.high = self.low + size * end // total - 1
        self.low = self.low + size * begin // total
        while True:
            if self.high < HALF:
                shift = 0
            elif self.low >= HALF:
                shift = HALF
            elif self.low >= QUARTER and self.high < 3 * QUARTER:
                shift = QUARTER
            else:
                return
            self.low, self.high = 2 * (self.low - shift), 2 * (self.high - shift) + 1
            self.value = 2 * (self.value - shift) + self._next_bit()

    def _next_bit(self) -> int:
        return next(self._bits, 0)


def _read_character(decoder: _Decoder) -> str:
    first = decoder.get_byte()
    length = 1 + (first >= 0xC0) + (first >= 0xE0) + (first >= 0xF0)
    try:
        return bytes([first, *(decoder.get_byte() for _ in range(length - 1))]).decode()
    except UnicodeDecodeError as error:
        raise DataError("The code is damaged, or it was made by another model.") from error


def to_varint(number: int) -> bytes:
    """Return a whole number in base 128, low digits first; every byte but the last has its highest bit set."""
    parts = []
    while number >= 128:
        parts.append(number % 128 + 128)
        number //= 128
    return bytes([*parts, number])


def _read_number(code: bytes) -> tuple[int, int]:
    number = 0
    for position, byte in enumerate(code[:3]):
        number += (byte % 128) << (7 * position)
        if byte < 128 and number <= MAX_TOKENS:
            return number, position + 1
    raise DataError("The code is damaged: it does not begin with the length of a text.")
