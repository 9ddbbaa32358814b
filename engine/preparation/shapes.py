"""What a table can become: running text, labelled texts, sentence pairs or tagged sentences, one file each.

A `Shape` says which columns it needs, guesses them, and makes rows of its content of them. What decides training is
asked of it too: how its texts are cut into tokens, and what is counted in them.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from engine.config import JsonObject
from engine.corpora.base import SPLITS, Content, Corpus
from engine.corpora.data_folder import Columns
from engine.errors import InputError
from engine.files.text_file import Cell, is_tag, mean_words, spell
from engine.preparation.source_table import SourceTable
from engine.registry import Registry
from engine.wording import counted

SAMPLE_ROWS = 500  # tell what a column holds

SHAPES: Registry[Shape] = Registry("shape of a data set", "engine.preparation", order=lambda shape: shape.order)

MOST_CHUNKS = 60_000  # different words that are cut, the most frequent ones; the others count as they stand

Cut = Callable[[list[str]], list[list[str]]]
Count = Callable[[Sequence[str]], Counter[str]]


@dataclasses.dataclass(frozen=True)
class ColumnRole:
    """What a column is for: its name, what a form calls it, and a sentence of help."""

    name: str
    label: str
    help: str


@dataclasses.dataclass(frozen=True)
class ColumnMapping:
    """Which column of a table has which role.

    Attributes:
        shape: name of the `Shape`. columns: the name of a column by role.
        languages: of sentence pairs, the codes of what is read and what is written; () to find out.
    """

    shape: str
    columns: dict[str, str]
    languages: tuple[str, ...] = ()

    def to_dict(self) -> JsonObject:
        """Return it as data.json keeps it."""
        return dict(self.columns)


@dataclasses.dataclass(frozen=True)
class Made:
    """Rows of a content, not yet divided as networks need them: the columns of each split of the source.

    Attributes:
        labels: what each number stands for, from 0. languages: codes, as far as they are known.
        remarks: a sentence for each kind of row that was left out or changed.
    """

    splits: Mapping[str, Columns]
    labels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Cutter:
    """How texts become the tokens that a network reads.

    Attributes:
        title: what a page calls the tokeniser. noun: what it calls one token.
        learn: (training texts) -> a function that counts the tokens of texts, and all tokens it can give (None where
            that is not known before counting).
        vocab_size, least_count: how many tokens are listed at most, and how often each must occur.
        characters: it learns from so many at most, as that takes its time; None for all.
    """

    title: str
    noun: str
    learn: Callable[[Sequence[str]], tuple[Count, frozenset[str] | None]]
    vocab_size: int | None = None
    least_count: int = 1
    characters: int | None = None


class Shape(ABC):
    """One of the things a table can become.

    Attributes:
        name: that of its content. title, meaning: what a form calls it, and what a network learns from it.
        order: of two that fit, that with the smaller one is proposed.
        least_compared: shorter texts are left out where texts are compared with one another.
        unit: in what lengths of texts are counted.
        joint: what stands between the texts of two rows where they are one text.
        counts: what `groups` counts.
    """

    content: ClassVar[Content[Any]]  # each its own
    title: ClassVar[str]
    meaning: ClassVar[str]
    roles: ClassVar[tuple[ColumnRole, ...]]
    order: ClassVar[int]
    cutter: ClassVar[Cutter]
    least_compared: ClassVar[int] = 1
    unit: ClassVar[str] = "words"
    joint: ClassVar[str] = ""
    counts: ClassVar[str] = ""

    @property
    def name(self) -> str:
        """The name of its content."""
        return self.content.name

    @abstractmethod
    def guess(self, table: SourceTable) -> dict[str, str] | None:
        """Return which column is likely to have which role, None where this is not what the table is."""

    @abstractmethod
    def fallback(self, table: SourceTable) -> dict[str, str]:
        """Return columns to begin with where `guess` finds none."""

    @abstractmethod
    def make(self, table: SourceTable, mapping: ColumnMapping) -> Made:
        """Return the rows.

        Raises:
            InputError: the columns do not hold what they should.
        """

    @abstractmethod
    def texts(self, found: Any, columns: Sequence[str]) -> dict[str, list[str]]:  # what its content reads
        """Return the texts of what its content reads, by what each of a row is called."""

    def groups(self, found: Any, labels: Sequence[str]) -> Counter[str]:  # what its content reads
        """Return how often each label or entity type occurs, none where there are no such."""
        return Counter()

    # Any: as `texts`.
    def examples(self, found: Any, columns: Sequence[str], labels: Sequence[str]) -> dict[str, list[str]]:
        """Return the columns of a table of examples."""
        return self.texts(found, columns)

    def count_rows(self, corpus: Corpus, split: str) -> int:
        """Return how many rows a split has, without reading them where its table has as many."""
        return len(corpus.splits[split])

    def length(self, text: str) -> int:
        """Return how long a text is, in `unit`."""
        return len(text.split())


def count_by_words(cut: Cut) -> Count:
    """Return a function that counts the tokens of texts, given what cuts what stands between blanks; each different
    word is cut once."""
    known: dict[str, list[str]] = {}

    def count(texts: Sequence[str]) -> Counter[str]:
        words: Counter[str] = Counter()
        for text in texts:
            words.update(text.split())
        new = [word for word, _ in words.most_common(MOST_CHUNKS) if word not in known]
        known.update(zip(new, cut(new), strict=True))
        found: Counter[str] = Counter()
        for word, times in words.items():
            for token in known.get(word, (word,)):
                found[token] += times
        return found

    return count


def row_counts(corpus: Corpus) -> dict[str, int]:
    """Return how many rows each split has, as the facts of a corpus count them too."""
    shape = SHAPES.get(corpus.spec.content.name)
    return {name: shape.count_rows(corpus, name) for name in SPLITS if name in corpus.splits}


def propose(table: SourceTable) -> ColumnMapping:
    """Return what a table most likely is, and which column is what in it."""
    for name in SHAPES.names():
        columns = SHAPES.get(name).guess(table)
        if columns:
            return ColumnMapping(name, columns)
    raise InputError("There are no texts in it.")  # plain lines and columns of words are running text at least


def mapping_of(table: SourceTable, shape: str) -> ColumnMapping:
    """Return the likeliest columns where the visitor says what it is."""
    found = SHAPES.get(shape)
    return ColumnMapping(shape, found.guess(table) or found.fallback(table))


def make(table: SourceTable, mapping: ColumnMapping) -> Made:
    """Return the rows that a table gives.

    Raises:
        InputError: a column is missing, or does not hold what it should.
    """
    shape = SHAPES.get(mapping.shape)
    for role in shape.roles:
        table.position(mapping.columns.get(role.name, ""))
    return shape.make(table, mapping)


def text_columns(table: SourceTable, others: Iterable[str] = ()) -> list[str]:
    """Return the columns that hold words, those with most words first; without `others`."""
    words = {column: mean_words(table.cells(column, SAMPLE_ROWS)) for column in table.columns if column not in others}
    return sorted((column for column, mean in words.items() if mean), key=lambda column: -words[column])


def called(table: SourceTable, names: Sequence[str], among: Iterable[str] | None = None) -> str | None:
    """Return the first column that is called by one of `names`, also at the end of "translation.en"; None for none."""
    found = {column.strip().lower().rpartition(".")[2]: column for column in among or table.columns}
    return next((found[name] for name in names if name in found), None)


def holds_tags(cells: Sequence[Cell]) -> bool:
    """Return whether cells are rows of tags of entities, such as "O O B-PER"."""
    rows = [as_words(cell) for cell in cells if spell(cell)]
    tags = [tag for row in rows for tag in row]
    return bool(tags) and all(map(is_tag, tags)) and any(tag != "O" for tag in tags)


def as_words(cell: Cell) -> tuple[str, ...]:
    """Return the words of a cell, which may be a list in JSON too."""
    if isinstance(cell, tuple):
        return cell
    if cell.startswith("[") and cell.endswith("]"):
        import json

        try:
            return tuple(map(str, json.loads(cell)))
        except ValueError:
            pass
    return tuple(cell.split())


def say_left_out(count: int, why: str) -> tuple[str, ...]:
    """Return the sentence about rows that were left out, none where none was."""
    return (f"{counted(count, 'row')} left out: {why}.",) if count else ()
