"""Tagged sentences of a table: the words of a sentence and the tag of each in each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.corpora.tagged_sentences import TAGGED_SENTENCES
from engine.errors import InputError
from engine.preparation.shapes import (
    SAMPLE_ROWS,
    SHAPES,
    ColumnMapping,
    ColumnRole,
    Count,
    Cutter,
    Made,
    Shape,
    as_words,
    called,
    count_by_words,
    holds_tags,
    say_left_out,
    text_columns,
)
from engine.preparation.source_table import SourceTable
from engine.text.bio import OUTSIDE, find_spans

WORD_COLUMNS = ("tokens", "words", "token", "word", "form", "sentence", "text")
TAG_COLUMNS = ("ner_tags", "ner", "tags", "tag", "labels", "ner_tag", "entities")
# The same ends and single words in other ways of writing entities: BIOES and BILOU.
_AS_BIO = {"E": "I", "L": "I", "M": "I", "S": "B", "U": "B"}
_JOINTS = "-_"


def _listed(texts: Sequence[str]) -> tuple[Count, None]:
    from engine.text.word_list import listed

    return count_by_words(lambda words: [[listed(word)] for word in words]), None


class TaggedSentencesShape(Shape):
    """Sentences cut into words, of which each has a tag."""

    content = TAGGED_SENTENCES
    title = "Tagged sentences"
    meaning = "a network learns to find the entities in a sentence"
    roles = (
        ColumnRole("tokens", "Words", "The words of the sentence, one by one."),
        ColumnRole("tags", "Tags", "The tag of each word: B-PER begins a person, I-PER goes on with it, O is outside."),
    )
    order = 1
    cutter = Cutter("Listed words", "word", _listed, vocab_size=11_000, least_count=3)
    counts = "entity type"

    def guess(self, table: SourceTable) -> dict[str, str] | None:
        tagged = [column for column in table.columns if holds_tags(table.cells(column, SAMPLE_ROWS))]
        tagged += [column for column in table.class_names if holds_tags([table.class_names[column]])]
        if not tagged:
            return None
        tags = called(table, TAG_COLUMNS, tagged) or tagged[-1]
        words = self._words(table, tags)
        return {"tokens": words, "tags": tags} if words else None

    def fallback(self, table: SourceTable) -> dict[str, str]:
        tags = called(table, TAG_COLUMNS) or table.columns[-1]
        return {"tokens": self._words(table, tags) or table.columns[0], "tags": tags}

    def make(self, table: SourceTable, mapping: ColumnMapping) -> Made:
        words, tags = (table.position(mapping.columns[role]) for role in ("tokens", "tags"))
        names = table.class_names.get(mapping.columns["tags"], ())
        splits, number, empty = {}, 0, 0
        for name, rows in table.splits.items():
            kept: dict[str, list[list[str]]] = {"tokens": [], "ner_tags": []}
            for row in rows:
                number += 1
                cut, marks = as_words(row[words]), as_words(row[tags])
                if not cut:
                    empty += 1
                    continue
                if len(cut) != len(marks):
                    raise InputError(
                        f"Row {number:,} has {len(cut)} words in “{mapping.columns['tokens']}” and {len(marks)} tags "
                        f"in “{mapping.columns['tags']}”: each word needs one tag."
                    )
                kept["tokens"].append(list(cut))
                kept["ner_tags"].append(as_bio([_named(mark, names) for mark in marks], number))
            splits[name] = kept
        if not any(tag != OUTSIDE for kept in splits.values() for row in kept["ner_tags"] for tag in row):
            raise InputError(f"The column “{mapping.columns['tags']}” marks no entity: every tag is O.")
        return Made(splits, remarks=say_left_out(empty, "without a word"))

    def texts(self, found: tuple[list[list[str]], list[list[str]]], columns: Sequence[str]) -> dict[str, list[str]]:
        return {"sentence": [" ".join(words) for words in found[0]]}

    def groups(self, found: tuple[list[list[str]], list[list[str]]], labels: Sequence[str]) -> Counter[str]:
        return Counter(kind for tags in found[1] for _, _, kind in find_spans(tags))

    def examples(
        self, found: tuple[list[list[str]], list[list[str]]], columns: Sequence[str], labels: Sequence[str]
    ) -> dict[str, list[str]]:
        entities = [
            "; ".join(f"{' '.join(words[begin:end])} ({kind})" for begin, end, kind in find_spans(tags))
            for words, tags in zip(*found, strict=True)
        ]
        return self.texts(found, columns) | {"entities": entities}

    def _words(self, table: SourceTable, tags: str) -> str | None:
        cells = {column: table.cells(column, SAMPLE_ROWS) for column in table.columns}
        fits = [
            column
            for column in text_columns(table, [tags])
            if all(
                len(as_words(one)) == len(as_words(other))
                for one, other in zip(cells[column], cells[tags], strict=True)
            )
        ]
        return (
            called(table, WORD_COLUMNS, fits) if fits and called(table, WORD_COLUMNS, fits) else next(iter(fits), None)
        )


def as_bio(tags: Sequence[str], number: int = 1) -> list[str]:
    """Return tags as BIO has them, from IO ("PER"), IOB1, BIO, BIOES or BILOU.

    Raises:
        InputError: one is no tag of an entity; `number` is that of its row.
    """
    if any(not tag for tag in tags):
        raise InputError(f"Row {number:,} has a word without a tag.")
    if not any(_parts(tag) for tag in tags):  # "PER", or none at all
        if any(tag != OUTSIDE for tag in tags) and OUTSIDE not in tags and len(set(tags)) > 2:
            other = next(tag for tag in tags if tag != OUTSIDE)
            raise InputError(
                f"Row {number:,} has the tag “{other[:40]}”, which marks no entity: tags are O outside of entities, "
                "and B-PER, I-PER or PER in one."
            )
        told = [tag if tag == OUTSIDE else f"I-{tag}" for tag in tags]
    else:
        told = []
        for tag in tags:
            parts = _parts(tag)
            if parts is None and tag != OUTSIDE:
                raise InputError(
                    f"Row {number:,} has the tag “{tag[:40]}” beside such as B-PER: it is neither O nor one."
                )
            told.append(f"{_AS_BIO.get(parts[0], parts[0])}-{parts[1]}" if parts else OUTSIDE)
    found = [OUTSIDE] * len(told)
    for begin, end, kind in find_spans(told):
        found[begin:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - begin - 1)]
    return found


def _parts(tag: str) -> tuple[str, str] | None:
    """Return the letter and the type of "B-PER", None where a tag has no such form."""
    is_formed = len(tag) > 2 and tag[0] in "BIESLUM" and tag[1] in _JOINTS
    return (tag[0], tag[2:]) if is_formed else None


def _named(mark: str, names: Sequence[str]) -> str:
    return names[int(mark)] if names and mark.isdecimal() and int(mark) < len(names) else mark


SHAPES.register("tagged_sentences")(TaggedSentencesShape())
