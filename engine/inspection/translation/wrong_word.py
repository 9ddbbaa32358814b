"""A wrong word that the decoder is forced to read: what it writes after it on its own, and whether it finds its way
back.

Only a row that reads its own words can lose its way: one that is given the reference after every step reads the right
words again at once, whatever it has done.

Steps count from 1, as a person counts pieces.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import pandas as pd
import torch

from engine.decoding.limits import check_characters
from engine.decoding.scheduled_sampling import Mixed, Put
from engine.errors import InputError
from engine.inspection.translation.alignment import first_difference
from engine.inspection.translation.forcing import (
    NONE,
    Arrangement,
    DecoderRun,
    arrange,
    decode,
    divergence,
    read_steps,
    reference_ids,
    runs_of,
)
from engine.models.folder import LoadedModel
from engine.text import Tokenizer
from engine.text.piece_labels import CONTINUES, display_pieces
from engine.wording import counted, percent

FELT_NATS = 0.1
# Pieces, the end mark among them, that must be the same again: a full stop and an end mark alone prove nothing.
ENOUGH = 3
MAX_WORD_CHARACTERS = 60


@dataclass(frozen=True)
class WrongWord:
    """A run with and without a wrong word read after one step.

    Attributes:
        step: the step after which it was read; `word` is how its pieces are spelt, `instead_of` what was read without
            it.
        probability: what the network gave the wrong word's first piece there.
        plain, changed: the run without and with it.
        changed_pieces: how many pieces right after it are not yet those of the plain run's end.
        same_pieces: how many from there to the end are the same pieces in the same order.
        shift: by how many steps these stand later than in the plain run.
        kl: KL(plain || changed) of the next piece at each step after the word, nats: the same pieces of the end are
            compared with each other, all before them step by step; nan where the plain run is over.
    """

    step: int
    word: str
    instead_of: str
    probability: float
    plain: DecoderRun
    changed: DecoderRun
    changed_pieces: int
    same_pieces: int
    shift: int
    kl: list[float]

    @property
    def has_recovered(self) -> bool:
        """Whether the end is again that of the plain run: at least three pieces of it, or all there are; both runs must
        end."""
        is_same = self.changed_pieces == 0 and self.shift == 0
        return self.plain.is_finished and self.changed.is_finished and (self.same_pieces >= ENOUGH or is_same)

    @property
    def felt_steps(self) -> int:
        """Steps after the wrong word until the divergence stays below 0.1 nats to the end."""
        felt = [position for position, value in enumerate(self.kl, start=1) if math.isnan(value) or value >= FELT_NATS]
        return felt[-1] if felt else 0


def put_wrong_word(loaded: LoadedModel, source: str, reference: str, step: int, word: str) -> WrongWord:
    """Return the free run with `word` read after `step` in place of its own piece, beside the free run without.

    Raises:
        InputError: the word cannot be read or is what is read anyway, or there is no such step.
    """
    target_ids = reference_ids(loaded, source, reference)
    word_ids = read_word(loaded.tokenizer, word)
    told = torch.tensor([read_steps(NONE, len(target_ids))] * 2)
    found = decode(loaded, source, target_ids, told, Put(step - 1, word_ids, torch.tensor([False, True])))
    length, changed_length = found.lengths.tolist()
    if not 1 <= step < length:
        raise InputError(
            f"A word can be put after the steps 1 to {length - 1} of this row; step {step} is not one of them."
        )
    if word_ids == [int(found.read_ids[0, step - 1])]:
        raise InputError(f"“{word.strip()}” is what is read after step {step} anyway; choose another word.")
    same = _common_end(*(found.own_ids[row, step : found.lengths[row]].tolist() for row in (0, 1)))
    plain, changed = runs_of(loaded, found, target_ids)
    changed = dataclasses.replace(changed, text=_text_with(loaded, found, step, word_ids))
    return WrongWord(
        step=step,
        word=loaded.tokenizer.decode(word_ids) or display_pieces(loaded.tokenizer.tokens(word_ids))[0],
        instead_of=plain.reads[step - 1],
        probability=float(found.log_probs[0, step - 1, word_ids[0]].exp()),
        plain=plain,
        changed=changed,
        changed_pieces=changed_length - step - same,
        same_pieces=same,
        shift=changed_length - length,
        kl=_kl_after(found, step, same),
    )


def read_word(tokenizer: Tokenizer, word: str) -> list[int]:
    """Return the ids of a typed word; one that begins with a middle dot is the single piece after the dot.

    Raises:
        InputError: it is empty, too long, or a piece the vocabulary does not have.
    """
    check_characters("The word", word)
    word = word.strip()
    if not word:
        raise InputError("There is no word to force: choose one of the alternatives, or type one.")
    if len(word) > MAX_WORD_CHARACTERS:
        raise InputError(f"The word has {len(word):,} characters; at most {MAX_WORD_CHARACTERS} are read.")
    if word.startswith(CONTINUES):
        token_id = tokenizer.backend.token_to_id(word.removeprefix(CONTINUES))
        if token_id is None or token_id in (tokenizer.pad_id, tokenizer.bos_id, tokenizer.eos_id, tokenizer.unk_id):
            raise InputError(f"The vocabulary has no subword token “{word}”; leave the dot out to force a whole word.")
        return [token_id]
    ids = tokenizer.encode(word)
    if not ids or tokenizer.unk_id in ids:
        raise InputError(
            f"The network cannot read “{word}”: it has never seen "
            f"{' '.join(tokenizer.unknown_pieces(word)) or 'any of it'}."
        )
    return ids


def wrong_word_sentence(found: WrongWord) -> str:
    """Return in plain words what the wrong word did, with what was measured."""
    began = (
        f"After step {found.step} it was forced to read “{found.word}” (to which it gave "
        f"{percent(found.probability, 0)}) instead of “{found.instead_of}”. "
    )
    if not (found.plain.is_finished and found.changed.is_finished):
        return (
            f"{began}One of the two rows never ends by itself, so there is no end to compare: it does not count as "
            "recovered."
        )
    if not found.has_recovered:
        after = found.changed_pieces + found.same_pieces
        common = (
            "none is"
            if found.same_pieces == 0
            else "only the last one is"
            if found.same_pieces == 1
            else f"only the last {found.same_pieces} are"
        )
        return f"{began}It does not find its way back: of the {after} tokens after it {common} as without the word."
    if found.changed_pieces == 0 and found.shift == 0:
        change = "It recovers at once: on its own, it writes every token after it as without the word"
    else:
        way = "later" if found.shift > 0 else "earlier"
        moved = f", {counted(abs(found.shift), 'step')} {way}" if found.shift else ""
        recovers = f"It recovers after {counted(found.changed_pieces, 'changed token')}"
        changed = recovers if found.changed_pieces else "Nothing else changes"
        change = f"{changed}: the last {found.same_pieces} are again those it writes anyway{moved}"
    felt = found.felt_steps
    felt_words = (
        "its predictions are less than 0.1 nats off at once"
        if felt == 0
        else f"its predictions are off by 0.1 nats or more for the last time {counted(felt, 'step')} after the word"
    )
    return f"{began}{change}; {felt_words}."


def arrange_wrong_word(found: WrongWord) -> Arrangement:
    """Return the run without the word and the run with it, equal pieces under each other, and below what the latter
    read next."""
    runs = {"Without": found.plain, "With": found.changed}
    rows = arrange({name: (run.pieces, run.log_probs) for name, run in runs.items()}, by_piece=True)
    reads = iter([*found.changed.reads[: found.step - 1], found.word, *found.changed.reads[found.step :]])
    return dataclasses.replace(
        rows, pieces=rows.pieces | {"Reads next": [piece and next(reads) for piece in rows.pieces["With"]]}
    )


def wrong_word_table(found: WrongWord) -> pd.DataFrame:
    """Return a row per step: both runs' pieces, what the changed one read, and the divergence after the word (nats)."""
    count = max(len(found.plain.pieces), len(found.changed.pieces))
    columns = {
        "without": pd.Series(found.plain.pieces),
        "with": pd.Series(found.changed.pieces),
        "with_log_probability": pd.Series(found.changed.log_probs),
        "kl_without_with": pd.Series(found.kl, index=range(found.step, found.step + len(found.kl))),
    }
    frame = pd.DataFrame({name: values.reindex(range(count)) for name, values in columns.items()})
    frame.insert(0, "step", range(1, count + 1))
    return frame.round(4)


def _text_with(loaded: LoadedModel, found: Mixed, step: int, word_ids: list[int]) -> str:
    """Return what the changed run read as text, with all pieces of the word."""
    read = found.read_ids[1, : found.lengths[1]].tolist()
    read[step - 1 : step] = word_ids
    return loaded.tokenizer.decode(read)


def _common_end(one: list[int], other: list[int]) -> int:
    """Return how many pieces two rows have in common, counted from their ends."""
    parting = first_difference(one[::-1], other[::-1])
    return len(one) if parting is None else parting


def _kl_after(found: Mixed, step: int, same: int) -> list[float]:
    """Return KL(plain || changed) at each step after the word; rows 0 and 1 are the plain and the changed run."""
    short, long = found.lengths.tolist()
    values = []
    for position in range(step, long):
        partner = position if long - position > same else position - (long - short)
        if partner >= short:
            values.append(math.nan)
            continue
        values.append(float(divergence(found.log_probs[:1, partner], found.log_probs[1:, position])[0]))
    return values
