"""How the lines of a token file are made, told from what stands in their columns: words, tags, numbers that count."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from engine.files.text_file import is_tag

SAMPLE_LINES = 2_000
LEAST_SHARE = 0.9  # of the lines have as many columns as most
LEAST_TAGGED = 0.6  # the same where there are tags; a name of several words may have taken more columns
LEAST_TAGS = 0.95  # of the cells of a column of tags
LONGEST_LINE = 10_000  # letters
LEAST_ROWS = 5  # of one word a line, to be a text cut into words
MOST_BLANK = 1 / 3  # of the cells of a column of words; "New York" can be one
DOCUMENT = "-DOCSTART-"
CONLLU_COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
PARTS_OF_SPEECH = frozenset(
    (
        "ADJ ADP ADV AUX CCONJ CONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X "  # Universal Dependencies
        "CC CD DT EX FW IN JJ JJR JJS LS MD NN NNS NNP NNPS PDT POS PRP PRP$ RB RBR RBS RP SYM TO UH VB VBD VBG VBN "
        "VBP VBZ WDT WP WP$ WRB . , : `` '' ( ) -LRB- -RRB- # $ HYPH NFP ADD AFX GW"  # Penn Treebank
    ).split()
)
WORD_COLUMNS = ("word", "words", "token", "tokens", "form")

NUMBER = re.compile(r"\d{1,9}")
RANGE = re.compile(r"(\d{1,9})-(\d{1,9})")
INSERTED = re.compile(r"\d{1,9}\.\d{1,9}")
_MARKS = re.compile(r"[^\w\s]+")


def _split_csv(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


_SPLITS: dict[str, Callable[[str], list[str]]] = {
    "tabs": lambda line: line.split("\t"),
    "one or more tabs": lambda line: re.split(r"\t+", line.rstrip("\t")),
    "blanks": lambda line: re.split(r" +", line.rstrip(" ")),
    "blanks and tabs": lambda line: re.split(r"[ \t]+", line.rstrip()),
    "commas": partial(_split_csv, delimiter=","),
    "semicolons": partial(_split_csv, delimiter=";"),
    "": lambda line: [line.strip()],
}
_TABLES = ("commas", "semicolons")


@dataclass(frozen=True)
class TokenShape:
    """How the lines of a token file are made.

    Attributes:
        separated_by: what stands between the columns, "" for one column.
        width: how many columns most lines have.
        word: the column with the words. tags: those with tags of entities or parts of speech.
        counting: the column that counts the words of each sentence, None where there is none.
        sentence: the column that says which sentence a word is of, None where empty lines do.
        head: the names of the columns, where the first line has them.
    """

    separated_by: str
    width: int
    word: int
    tags: tuple[int, ...] = ()
    counting: int | None = None
    sentence: int | None = None
    head: tuple[str, ...] = ()

    @property
    def is_conllu(self) -> bool:
        """Whether the columns are those of CoNLL-U."""
        return self.counting == 0 and self.width == len(CONLLU_COLUMNS)

    @property
    def columns(self) -> tuple[str, ...]:
        """What the columns are called."""
        if self.head or self.is_conllu:
            return self.head or CONLLU_COLUMNS
        names = [f"column {place + 1}{' (tags)' * (place in self.tags)}" for place in range(self.width)]
        return tuple(names) if self.width > 1 else ("word",)

    @property
    def format(self) -> str:
        """What such a file is called."""
        if self.is_conllu:
            return "a token file in CoNLL-U"
        by = f" separated by {self.separated_by}" if self.separated_by else ""
        return f"a token file of {self.width} column{'s' * (self.width > 1)}{by}"

    def split(self, line: str) -> list[str]:
        """Return the cells of a line."""
        return _SPLITS[self.separated_by](line)

    def is_comment(self, line: str) -> bool:
        """Return whether a line is a comment, and not the word "#" with its tags."""
        if not line.startswith("#") or self.width == 1:
            return line.startswith("# ")
        cells = self.split(line)
        is_row = len(cells) == self.width and (not self.tags or _is_any_tag(cells[self.tags[-1]].strip()))
        return self.counting == 0 or not is_row


def find_shape(lines: Sequence[str], is_called: bool) -> TokenShape | None:
    """Return how lines are made where they are a token file, else None; one that `is_called` so needs no tags."""
    sample = [line for line in lines[:SAMPLE_LINES] if not line.startswith(DOCUMENT)]
    full = [line for line in sample if line.strip()]
    full = [line for line in full if not line.startswith("#")] or full
    if any(len(line) > LONGEST_LINE for line in full):
        return None
    for separated_by, split in _SPLITS.items():
        rows = [split(line) for line in full]
        width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
        if width < 2 or count < LEAST_TAGGED * len(rows):
            continue
        even = [row for row in rows if len(row) == width]
        sentences = [[split(line) for line in sentence] for sentence in _sentences(sample)]
        is_open = count >= LEAST_SHARE * len(rows) and separated_by not in _TABLES
        shape = _of_columns(separated_by, even, sentences, is_called, is_open)
        if shape:
            return shape
    single = sum(len(line.split()) == 1 for line in full)
    is_single = single >= LEAST_SHARE * len(full) > 0 and (is_called or _is_cut_text(sample))
    return TokenShape("", 1, 0) if is_single else None


def _of_columns(
    separated_by: str, rows: list[list[str]], sentences: list[list[list[str]]], is_called: bool, is_open: bool
) -> TokenShape | None:
    """Return the shape of rows of one width; tags of entities tell it, and where it `is_open` further things do."""
    head, width = _head(rows, separated_by), len(rows[0])
    columns = [[cell.strip() for cell in column] for column in zip(*rows[1 if head else 0 :], strict=True)]
    filled = [list(filter(None, column)) for column in columns]
    entities = _find_entity_tags(filled, separated_by)
    speech = [place for place, cells in enumerate(filled) if cells and set(cells) <= PARTS_OF_SPEECH]
    counting = next((place for place in range(width - 1) if _counts(sentences, place)), None)
    is_wide = width == len(CONLLU_COLUMNS) and separated_by == "tabs"
    is_counted = counting is not None and (is_wide or len(sentences) > 1)
    is_told = is_called or is_counted or (bool(speech) and len(sentences) > 1)
    if not entities and not (is_open and is_told):
        return None
    others = [
        place
        for place, cells in enumerate(filled)
        if place not in entities and place not in speech and not all(map(str.isdecimal, cells))
    ]
    several = [
        place for place in others if len(set(filled[place])) > 1 and len(filled[place]) > len(columns[place]) / 2
    ]
    word = next(iter(several or others), 0) if counting is None else counting + 1
    if sum(" " in cell for cell in filled[word]) > len(filled[word]) * MOST_BLANK:
        return None  # a table of texts
    sentence = next((place for place, name in enumerate(head) if "sent" in name.lower() and place != word), None)
    return TokenShape(separated_by, width, word, tuple(sorted(entities + speech)), counting, sentence, tuple(head))


def _head(rows: list[list[str]], by: str) -> list[str]:
    """Return the names of columns that stand in the first line, none where it is a word with its tags."""
    first = [cell.strip() for cell in rows[0]]
    tags = _find_entity_tags([list(filter(None, map(str.strip, column))) for column in zip(*rows[1:], strict=True)], by)
    is_head = any(cell.lower() in WORD_COLUMNS for cell in first) and not any(is_tag(first[place]) for place in tags)
    return first if tags and is_head else []


def _find_entity_tags(columns: Sequence[Sequence[str]], separated_by: str) -> list[int]:
    """Return which columns hold tags of entities or chunks; "O" alone before a blank may begin lines of a poem."""
    found = []
    for place, cells in enumerate(columns):
        tags = [cell for cell in cells if is_tag(cell)]
        kinds = {tag[0] for tag in tags}
        is_mixed = len(kinds) > 1 or (kinds == {"O"} and (separated_by == "tabs" or place == len(columns) - 1))
        if is_mixed and len(tags) >= max(2, LEAST_TAGS * len(cells)):
            found.append(place)
    return found


def _is_any_tag(cell: str) -> bool:
    return is_tag(cell) or cell in PARTS_OF_SPEECH


def _counts(sentences: list[list[list[str]]], place: int) -> bool:
    """Return whether a column counts the words of each sentence, from 0 or 1."""
    right = total = 0
    for sentence in sentences:
        last = None
        for row in sentence:
            cell = row[place] if place < len(row) else ""
            if RANGE.fullmatch(cell) or INSERTED.fullmatch(cell):
                continue
            number = int(cell) if NUMBER.fullmatch(cell) else None
            right += number in (0, 1) if last is None else number == last + 1
            total += 1
            last = number if number is not None else (last or 0) + 1
    return total > 0 and right >= LEAST_SHARE * total


def _sentences(lines: Iterable[str]) -> list[list[str]]:
    """Return the lines between empty ones, comments left out."""
    found: list[list[str]] = [[]]
    for line in lines:
        if not line.strip():
            found.append([])
        elif not line.startswith("#"):
            found[-1].append(line)
    return [sentence for sentence in found if sentence]


def _is_cut_text(lines: Sequence[str]) -> bool:
    """Return whether lines of one word each are sentences cut into words: most end with a mark on a line of its own, or
    there is such a mark, and the empty lines leave whole sentences between them."""
    sentences = _sentences(lines)
    marks = [[_MARKS.fullmatch(word.strip()) is not None for word in sentence] for sentence in sentences]
    ends, words = sum(len(one) > 1 and one[-1] for one in marks), sum(map(len, sentences))
    is_parted = len(sentences) > 1 and words >= LEAST_ROWS * len(sentences) and any(map(any, marks))
    return words >= LEAST_ROWS and (ends > len(sentences) / 2 or is_parted)
