"""The smallest edit that turns a classifier's decision, found by search: words left out, or others put in their place.

Every edit that is reported was really read by the network. Deletions of one word are all tried, and of two words where
the text is short; beyond that the most promising ones are followed (a beam), as far as a budget of words to read goes:
without one a text twice as long takes ten times as long. Where nothing turns the decision, the edit that came nearest
to it is told. For replacements the gradient of the
decision at every word's embedding says which words of the vocabulary would hurt it most, if it were a straight line;
those are then tried.

Shapes: N texts, T words, E embedding, V vocabulary, L labels.

Paper: Ebrahimi, Rao, Lowd and Dou (2018), HotFlip: white-box adversarial examples for text classification (replacements
by gradient); Feng et al. (2018), Pathologies of neural models make interpretations difficult (what is left after
deletions).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import torch

from engine.errors import InputError
from engine.inspection.classification.predictions import probabilities_of_words
from engine.models.base import pad
from engine.models.folder import LoadedModel
from engine.wording import listing, percent

MAX_WORDS = 80
MOST_DELETED = 3
ALL_PAIRS = 40  # words up to which every pair is tried
BEAM = 8
CHUNK = 96  # texts read at once; the search ends after the first chunk that has a flip in it
BUDGET = 50_000  # words read for deletions: a text of 40 words needs 42,000, for every pair and the best triples
FREQUENT = 5_000  # words that may be put in: the vocabulary's most frequent ones
PER_WORD = 4  # replacements tried per place
TRIED = (64, 160)  # replacements of one word, and of two, that are really read


@dataclass(frozen=True)
class WordEdit:
    """One change: the word at `position` (from 0) is left out (`new` is None) or replaced."""

    position: int
    old: str
    new: str | None = None


@dataclass(frozen=True)
class Counterfactual:
    """An edit that turns the decision.

    Attributes:
        edits: by place.
        words: the text after the edit.
        decision: the label that is decided now, by its number.
        probability: of the label that was decided before, after the edit.
    """

    edits: tuple[WordEdit, ...]
    words: tuple[str, ...]
    decision: int
    probability: float


@dataclass(frozen=True)
class CounterfactualSearch:
    """What the search found.

    Attributes:
        decision: the label of the text as it stands, by its number; `probability` is that label's.
        deletion, replacement: the smallest edit of each kind; None where none was found.
        deletions_tried, replacements_tried: texts that were really read for each.
        nearest: of all edits that were tried, the one that leaves the decided label the least; it turns the decision
            where any did.
        is_cut: whether the budget ended the search for deletions before its time.
    """

    words: tuple[str, ...]
    decision: int
    probability: float
    deletion: Counterfactual | None
    replacement: Counterfactual | None
    deletions_tried: int
    replacements_tried: int
    nearest: Counterfactual | None
    is_cut: bool
    elapsed_seconds: float

    @property
    def smallest(self) -> Counterfactual | None:
        """The edit that changes the fewest words; of two alike the one that only leaves words out."""
        found = [flip for flip in (self.deletion, self.replacement) if flip is not None]
        return min(found, key=lambda flip: len(flip.edits), default=None)


def check_words(words: Sequence[str]) -> None:
    """Check that a text can be searched.

    Raises:
        InputError: it has no word or too many.
    """
    if not words:
        raise InputError("There is no word that could be changed; type a text.")
    if len(words) > MAX_WORDS:
        raise InputError(f"The search takes at most {MAX_WORDS} words; yours has {len(words):,}.")


def find_flips(loaded: LoadedModel, words: tuple[str, ...]) -> CounterfactualSearch:
    """Return the smallest deletion and the smallest replacement that turn the decision on a text.

    Raises:
        InputError: as `check_words`.
    """
    check_words(words)
    begun = time.perf_counter()
    whole = np.asarray(probabilities_of_words(loaded, [list(words)]))[0]
    decision = int(whole.argmax())
    deletions, is_cut = _search_deletions(loaded, words, decision)
    replacements = _search_replacements(loaded, words, decision)
    nearest = min(
        filter(None, (deletions.nearest, replacements.nearest)), key=lambda edit: edit.probability, default=None
    )
    return CounterfactualSearch(
        words,
        decision,
        float(whole[decision]),
        deletions.flip,
        replacements.flip,
        deletions.tried,
        replacements.tried,
        nearest,
        is_cut,
        time.perf_counter() - begun,
    )


@dataclass
class _Found:
    """How far a search has come: the edit that turns the decision, if any, the one that came nearest to it, and how
    many texts were read."""

    flip: Counterfactual | None = None
    nearest: Counterfactual | None = None
    tried: int = 0


def _search_deletions(loaded: LoadedModel, words: tuple[str, ...], decision: int) -> tuple[_Found, bool]:
    """Return what was found, and whether the budget cut the search short."""
    worth: dict[tuple[int, ...], float] = {}  # the decided label's probability after each deletion
    found, left = _Found(), BUDGET
    for size in range(1, min(MOST_DELETED, len(words) - 1) + 1):
        if size == 1 or (size == 2 and len(words) <= ALL_PAIRS):
            candidates = [*combinations(range(len(words)), size)]
        else:
            kept = sorted((positions for positions in worth if len(positions) == size - 1), key=worth.__getitem__)
            longer = {frozenset((*positions, more)) for positions in kept[:BEAM] for more in range(len(words))}
            candidates = [tuple(sorted(positions)) for positions in longer if len(positions) == size]
        # The most promising first: those whose words alone did most.
        candidates.sort(key=lambda positions: (sum(worth.get((position,), 0.0) for position in positions), positions))
        for start in range(0, len(candidates), CHUNK):
            chunk = candidates[start : start + CHUNK][: left // (len(words) - size)]
            if not chunk:
                return found, True
            left -= len(chunk) * (len(words) - size)
            edits = [tuple(WordEdit(position, words[position]) for position in positions) for positions in chunk]
            probabilities = _read(loaded, words, edits, decision, found)
            worth |= dict(zip(chunk, probabilities.astype(float), strict=True))
            if found.flip is not None:
                return found, False
    return found, False


def _search_replacements(loaded: LoadedModel, words: tuple[str, ...], decision: int) -> _Found:
    kept: list[tuple[WordEdit, ...]] = [()]
    found = _Found()
    for most in TRIED:
        candidates = _promising(loaded, words, kept, decision, most)
        if not candidates:
            break
        left = _read(loaded, words, candidates, decision, found)
        if found.flip is not None:
            break
        kept = [candidates[position] for position in np.argsort(left, kind="stable")[:BEAM]]
    return found


def edited(words: Sequence[str], edits: Iterable[WordEdit]) -> tuple[str, ...]:
    """Return the words after every edit."""
    changed: list[str | None] = list(words)
    for edit in edits:
        changed[edit.position] = edit.new
    return tuple(word for word in changed if word is not None)


def _read(
    loaded: LoadedModel, words: Sequence[str], candidates: Sequence[tuple[WordEdit, ...]], decision: int, found: _Found
) -> np.ndarray:
    """Return the decided label's probability after each candidate, (N,), and enter into `found` the one that turns the
    decision furthest, where any does, and the one that comes nearest."""
    texts = [edited(words, edits) for edits in candidates]
    read = np.asarray(probabilities_of_words(loaded, [list(text) for text in texts]))  # (N, L)
    left, flipped = read[:, decision], np.flatnonzero(read.argmax(axis=1) != decision)
    found.tried += len(candidates)
    best = int(flipped[left[flipped].argmin()]) if len(flipped) else int(left.argmin())
    edit = Counterfactual(candidates[best], texts[best], int(read[best].argmax()), float(left[best]))
    if len(flipped):
        found.flip = found.nearest = edit
    elif found.nearest is None or edit.probability < found.nearest.probability:
        found.nearest = edit
    return left


def _promising(
    loaded: LoadedModel, words: tuple[str, ...], kept: Sequence[tuple[WordEdit, ...]], decision: int, most: int
) -> list[tuple[WordEdit, ...]]:
    """Return replacements of one word more than in `kept` that the gradient finds most harmful to the decision, at most
    `most`."""
    ids, names = _replacements(loaded)
    gradients, embedded = _gradients(loaded, [edited(words, edits) for edits in kept], decision)
    table = loaded.model.embed(torch.tensor([ids])).detach()[0].numpy()  # (V, E)
    loss = gradients @ table.T - (gradients * embedded).sum(axis=2, keepdims=True)  # (N, T, V), first order
    order = np.argpartition(loss, min(PER_WORD, len(ids) - 1), axis=2)[:, :, :PER_WORD]
    found: dict[tuple[WordEdit, ...], float] = {}
    for row, edits in enumerate(kept):
        taken = {edit.position for edit in edits}
        for position in (position for position in range(len(words)) if position not in taken):
            for number in order[row, position]:
                if names[number] != words[position] and loss[row, position, number] < 0:
                    edit = WordEdit(position, words[position], names[number])
                    key = tuple(sorted((*edits, edit), key=lambda edit: edit.position))
                    found[key] = min(found.get(key, 0.0), float(loss[row, position, number]))
    return sorted(found, key=found.__getitem__)[:most]


def _gradients(loaded: LoadedModel, texts: Sequence[Sequence[str]], decision: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradient of the decided label's log-probability at each embedding, and the embeddings, (N, T, E)
    each."""
    tokenizer, model = loaded.tokenizer, loaded.model
    ids = pad([tokenizer.encode_words(text) for text in texts], tokenizer.pad_id)
    lengths = torch.tensor([len(text) for text in texts])
    embedded = model.embed(ids).detach().requires_grad_()
    log_probs = model.forward_from_embeddings(embedded, lengths).log_softmax(dim=-1)
    (found,) = torch.autograd.grad(log_probs[:, decision].sum(), embedded)  # the shared weights get no gradient
    return found.numpy(), embedded.detach().numpy()


def _replacements(loaded: LoadedModel) -> tuple[list[int], list[str]]:
    """Return the words that may be put in, with their ids: the vocabulary's most frequent ones, letters only."""
    tokens = ((i, loaded.tokenizer.token(i)) for i in range(min(FREQUENT, loaded.tokenizer.vocab_size)))
    found = [(i, token) for i, token in tokens if token.isalpha()]
    if not found:
        raise InputError("The network's vocabulary has no word that could be put in.")
    return [i for i, _ in found], [token for _, token in found]


def describe_edit(flip: Counterfactual) -> str:
    """Return an edit in words: what is left out, or what stands in the place of what."""
    parts = [
        f"without “{edit.old}” (word {edit.position + 1})"
        if edit.new is None
        else f"with “{edit.new}” for “{edit.old}” (word {edit.position + 1})"
        for edit in flip.edits
    ]
    return listing(parts)


def flip_sentence(found: CounterfactualSearch, labels: Sequence[str]) -> str:
    """Return in plain words what the smallest edit is that turns the decision, or that none was found."""
    was = f"“{labels[found.decision]}” ({percent(found.probability)})"
    smallest = found.smallest
    tried = found.deletions_tried + found.replacements_tried
    if smallest is None:
        nearest = (
            f" The nearest, {describe_edit(found.nearest)}, leaves it {percent(found.nearest.probability)}."
            if found.nearest
            else ""
        )
        cut = f" The search ended at its budget of {BUDGET:,} words to read." if found.is_cut else ""
        return (
            f"The prediction stays {was}: none of {tried:,} edited texts flipped it.{nearest}{cut} That is no proof "
            "that no small edit could."
        )
    words = "one word" if len(smallest.edits) == 1 else f"{len(smallest.edits)} words"
    return (
        f"Changing {words} flips the prediction from {was} to “{labels[smallest.decision]}”: "
        f"{describe_edit(smallest)}, “{labels[found.decision]}” keeps {percent(smallest.probability)}. {tried:,} "
        "edited texts were read."
    )
