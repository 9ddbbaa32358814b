"""What taggers make of a behaviour suite: exactly the entities that are expected, or as many of each kind as before a
change."""

from __future__ import annotations

from collections.abc import Sequence

from engine.behaviour import Case, Judgement
from engine.inspection.tagging.entity_types import as_known
from engine.inspection.tagging.predictions import Tagging, split_words, tag_many
from engine.models.folder import LoadedModel

BETWEEN = ", "  # entities


def judge(loaded: LoadedModel, cases: Sequence[Case]) -> list[Judgement]:
    """Return the entities of each case, with the probability of the least likely one.

    It fails unless exactly those that are expected are marked, of the kinds that the tagger knows, or, in a variant, as
    many of each kind as in the sentence it is compared with.

    Raises:
        InputError: a text has no word in it or too many.
    """
    texts = list(dict.fromkeys(text for case in cases for text in (case.text, case.beside) if text))
    rows = [[word.text for word in split_words(text)] for text in texts]
    found = dict(zip(texts, tag_many(loaded, rows), strict=True))
    return [_judgement(case, found, loaded.model.labels) for case in cases]


def _judgement(case: Case, found: dict[str, Tagging], labels: Sequence[str]) -> Judgement:
    given = found[case.text]
    marked = _entities(given)
    sure = round(min((span.probability for span in given.spans), default=float("nan")), 4)
    if case.beside:
        kinds = [sorted(span.type for span in found[text].spans) for text in (case.text, case.beside)]
        return Judgement(BETWEEN.join(marked), kinds[0] != kinds[1], sure)
    return Judgement(BETWEEN.join(marked), sorted(marked) != sorted(_as_known(case.expected, labels)), sure)


def _entities(tagging: Tagging) -> list[str]:
    return [f"{' '.join(tagging.words[span.start : span.end])} ({span.type})" for span in tagging.spans]


def _as_known(entities: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Return entities in the words of a tagger's labels, without those of a kind that it does not know."""
    known = []
    for entity in entities:
        words, kind = entity.rstrip(")").rsplit(" (", 1)
        (tag,) = as_known([f"B-{kind}"], labels)
        if tag != "O":
            known.append(f"{words} ({tag[2:]})")
    return known
