"""Token files: one word a line, its tags in further columns, an empty line after each sentence, as in CoNLL-2003,
CoNLL-U and BIO files. The library conllu reads CoNLL-U alone, and one bad line in it refuses the whole file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from engine.errors import InputError
from engine.files.text_file import Row, TextFile, Texts, is_tag, say_lines, spell
from engine.wording import counted

ENDINGS = (".conll", ".conllu", ".bio", ".iob", ".iob2")
"""They decide only where the content leaves it open: of one word a line, or of two without a tag."""
SAMPLE_LINES = 2_000
LEAST_SHARE = 0.9  # of the lines have as many columns as most
LEAST_TAGGED = 0.6  # with tags; a name of several words may have taken more of them
LEAST_ROWS = 5  # of one word a line, to be a text cut into words
DOCUMENT = "-DOCSTART-"
CONLLU_COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
PARTS_OF_SPEECH = frozenset(
    (
        "ADJ ADP ADV AUX CCONJ CONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X "  # Universal Dependencies
        "CC CD DT EX FW IN JJ JJR JJS LS MD NN NNS NNP NNPS PDT POS PRP PRP$ RB RBR RBS RP SYM TO UH VB VBD VBG VBN "
        "VBP VBZ WDT WP WP$ WRB . , : `` '' ( ) -LRB- -RRB- # $ HYPH NFP ADD AFX GW"  # Penn Treebank
    ).split()
)

_NUMBER = re.compile(r"\d+")
_RANGE = re.compile(r"(\d+)-(\d+)")
_INSERTED = re.compile(r"\d+\.\d+")
_TEXT = re.compile(r"#\s*text\s*=\s*(.*)")
_BLANKS = re.compile(r" +")
_MARKS = re.compile(r"[^\w\s]+")


@dataclass(frozen=True)
class _Shape:
    """How the lines of a token file are made, as their content tells.

    Attributes:
        delimiter: a name in `_SPLITS`.
        width: how many columns most lines have.
        word: the column with the words. tags: those with tags, of entities or parts of speech.
        counted: the column that counts the words of each sentence, None where there is none.
        sentence: the column that says which sentence a word is of, None where empty lines do.
        head: the names of the columns, where the first line has them.
    """

    delimiter: str
    width: int
    word: int
    tags: tuple[int, ...] = ()
    counted: int | None = None
    sentence: int | None = None
    head: tuple[str, ...] = ()

    @property
    def is_conllu(self) -> bool:
        return self.counted == 0 and self.width == len(CONLLU_COLUMNS)

    def is_comment(self, line: str) -> bool:
        """Return whether a line is a comment, and not the word "#" with its tags."""
        if not line.startswith("#"):
            return False
        if self.counted == 0:
            return True
        cells = _SPLITS[self.delimiter](line)
        if self.width == 1:
            return line.startswith("# ")
        return len(cells) != self.width or (bool(self.tags) and not _is_any_tag(cells[self.tags[-1]]))


@dataclass(frozen=True)
class TokenFile(TextFile):
    """Sentences cut into words.

    Attributes:
        ends: of each sentence, how many of `rows` stand up to its end.
        spoken: of each sentence its text, "" where the file does not say it.
    """

    ends: tuple[int, ...] = ()
    spoken: tuple[str, ...] = ()

    def texts(self, column: int | None = None) -> Texts:
        chosen = self.column if column is None else column
        lines, sentences, missing, begin = [], [], [], 0
        for end, spoken in zip(self.ends, self.spoken, strict=True):
            rows = self.rows[begin:end]
            cells = [spell(row.cells[chosen]).strip() if chosen < len(row.cells) else "" for row in rows]
            missing += [row.line for row, word in zip(rows, cells, strict=True) if not word]
            words = tuple(filter(None, cells))
            lines.append((spoken if chosen == self.column else "") or " ".join(words))
            sentences.append(words)
            begin = end
        without = set(missing)
        uneven = [row.line for row in self.rows if len(row.cells) != len(self.columns) and row.line not in without]
        remarks = say_lines(missing, "no word; left out")
        remarks += say_lines(
            uneven, f"more or fewer columns than the other lines; the word was taken from “{self.columns[chosen]}”"
        )
        return Texts(lines, tuple(sentences), tuple(remarks), not missing)

    def understood(self, column: int | None = None) -> str:
        name = self.columns[self.column if column is None else column]
        sentences = counted(len(self.ends), "sentence")
        return f"Read as {self.format}: {sentences} of {counted(len(self.rows), 'word')} from “{name}”."


def read_tokens(lines: Sequence[str], name: str) -> TokenFile | None:
    """Return the sentences of a token file, None where the lines are none; `name` ends with the file's own name.

    Raises:
        InputError: it is called as token files are and has no token.
    """
    is_called = name.lower().endswith(ENDINGS)
    shape = _find_shape(lines, is_called)
    if shape is None:
        if is_called and not any(line.strip() and not line.startswith("#") for line in lines):
            raise InputError(
                f"{name} has no token in it: put one word on each line, and an empty line after each sentence."
            )
        return None
    rows: list[Row] = []
    ends: list[int] = []
    spoken: list[str] = []
    text, pieces = "", _Pieces()

    def end() -> None:
        nonlocal text, pieces
        if len(rows) > (ends[-1] if ends else 0):
            ends.append(len(rows))
            spoken.append(text or (pieces.text if shape.is_conllu else ""))
        text, pieces = "", _Pieces()

    is_head, called = bool(shape.head), ""  # what the column of sentences last said
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith(DOCUMENT):
            end()
        elif shape.is_comment(line):
            said = _TEXT.fullmatch(line)
            text = said[1].strip() if said else text
        elif is_head:
            is_head = False
        else:
            cells = _SPLITS[shape.delimiter](line)
            if shape.sentence is not None and shape.sentence < len(cells):
                if cells[shape.sentence].strip() not in ("", called):
                    end()
                called = cells[shape.sentence].strip() or called
            if shape.is_conllu:
                pieces.add(cells)
            if shape.counted == 0 and (_RANGE.fullmatch(cells[0]) or _INSERTED.fullmatch(cells[0])):
                continue
            rows.append(Row(number, tuple(cells)))
    end()
    columns = shape.head or (CONLLU_COLUMNS if shape.is_conllu else _number_columns(shape))
    format = (
        "a token file in CoNLL-U"
        if shape.is_conllu
        else f"a token file, {counted(shape.width, 'column')}"
        + (f" separated by {_SAID[shape.delimiter]}" if shape.width > 1 else "")
    )
    return TokenFile(format, columns, tuple(rows), shape.word, (), tuple(ends), tuple(spoken))


class _Pieces:
    """A sentence of CoNLL-U as it is spoken: ranges instead of their words, blanks where they stand."""

    def __init__(self) -> None:
        self._text, self._until = "", 0

    def add(self, cells: Sequence[str]) -> None:
        """Add a row."""
        together = _RANGE.fullmatch(cells[0])
        number = _NUMBER.fullmatch(cells[0])
        if len(cells) < 2 or (number and int(cells[0]) <= self._until) or not (together or number):
            return
        self._until = int(together[2]) if together else self._until
        self._text += cells[1] + ("" if "SpaceAfter=No" in cells[-1].split("|") else " ")

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text.strip()


def _find_shape(lines: Sequence[str], is_called: bool) -> _Shape | None:
    sample = [line for line in lines[:SAMPLE_LINES] if not line.startswith(DOCUMENT)]
    full = [line for line in sample if line.strip()]
    full = [line for line in full if not line.startswith("#")] or full
    if not full:
        return None
    for delimiter, split in _SPLITS.items():
        if not any(delimiter[0] in line for line in full):
            continue
        rows = [split(line) for line in full]
        width, count = Counter(map(len, rows)).most_common(1)[0]
        if count >= LEAST_TAGGED * len(rows) and width > 1:
            sentences = [[split(line) for line in sentence] for sentence in _sentences(sample)]
            even = [row for row in rows if len(row) == width]
            is_even = count >= LEAST_SHARE * len(rows)
            shape = _columns_shape(delimiter, width, even, sentences, is_called, is_even)
            if shape:
                return shape
    single = sum(" " not in line.strip() and "\t" not in line.strip() for line in full)
    if single >= LEAST_SHARE * len(full) and (is_called or _is_cut_text(sample)):
        return _Shape(" +", 1, 0)
    return None


def _columns_shape(
    delimiter: str, width: int, rows: list[list[str]], sentences: list[list[list[str]]], is_called: bool, is_even: bool
) -> _Shape | None:
    head = _head(rows)
    columns = list(zip(*(rows[1:] if head else rows), strict=True))
    filled = [[cell.strip() for cell in column if cell.strip()] for column in columns]
    entity = [place for place, cells in enumerate(filled) if _are_entity_tags(cells)]
    speech = [place for place, cells in enumerate(filled) if cells and set(cells) <= PARTS_OF_SPEECH]
    counting = next((place for place in range(width - 1) if _counts(sentences, place)), None)
    is_told = bool(entity) or (
        is_even
        and delimiter not in (",", ";")
        and (
            (bool(speech) and len(sentences) > 1)
            or (counting is not None and (width == len(CONLLU_COLUMNS) or len(sentences) > 1 or is_called))
            or is_called
        )
    )
    if not is_told:
        return None
    others = [
        place
        for place in range(width)
        if place not in entity and place not in speech and not all(map(str.isdecimal, filled[place]))
    ]
    several = [
        place for place in others if len(set(filled[place])) > 1 and (len(filled[place]) > len(columns[place]) / 2)
    ]
    word = counting + 1 if counting is not None else next(iter(several or others), 0)
    if (
        any(" " in cell for cell in filled[word][:])
        and sum(" " in cell for cell in filled[word]) > len(filled[word]) / 3
    ):
        return None  # a table of texts with a label
    sentence = next((place for place, name in enumerate(head) if "sent" in name.lower() and place != word), None)
    return _Shape(delimiter, width, word, tuple(entity or speech), counting, sentence, tuple(head))


def _head(rows: list[list[str]]) -> list[str]:
    """Return the names of columns that stand in the first line, none where it is a word with its tags."""
    below = list(zip(*rows[1:], strict=True))
    tags = [place for place, cells in enumerate(below) if _are_entity_tags([cell for cell in cells if cell.strip()])]
    first = [cell.strip() for cell in rows[0]]
    is_head = any(cell.lower() in ("word", "words", "token", "tokens", "form") for cell in first)
    return first if tags and is_head and not any(is_tag(first[place]) for place in tags) else []


def _are_entity_tags(cells: Sequence[str]) -> bool:
    """Return whether a column holds tags of entities or chunks."""
    tags = [cell for cell in cells if is_tag(cell)]
    kinds = {tag[0] for tag in tags}
    return len(tags) >= 0.95 * len(cells) > 0 and ("O" in tags or len(kinds) > 1)


def _is_any_tag(cell: str) -> bool:
    return is_tag(cell) or cell in PARTS_OF_SPEECH


def _counts(sentences: list[list[list[str]]], place: int) -> bool:
    """Return whether a column counts the words of each sentence, from 0 or 1."""
    for sentence in sentences:
        cells = [row[place] for row in sentence if place < len(row)]
        numbers = [int(cell) for cell in cells if _NUMBER.fullmatch(cell)]
        odd = [
            cell
            for cell in cells
            if not (_NUMBER.fullmatch(cell) or _RANGE.fullmatch(cell) or _INSERTED.fullmatch(cell))
        ]
        if not numbers or numbers[0] > 1 or len(odd) > 0.1 * len(cells):
            return False
        if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            return False
    return bool(sentences)


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
    """Return whether lines of one word each are sentences cut into words: a full stop has a line of its own, and an
    empty line or nothing follows it."""
    sentences = _sentences(lines)
    ends = sum(len(sentence) > 1 and _MARKS.fullmatch(sentence[-1].strip()) is not None for sentence in sentences)
    return sum(map(len, sentences)) >= LEAST_ROWS and ends > len(sentences) / 2


def _number_columns(shape: _Shape) -> tuple[str, ...]:
    if shape.width == 1:
        return ("word",)
    names = ["column " + str(number) for number in range(1, shape.width + 1)]
    for place in shape.tags:
        names[place] += " (tags)"
    return tuple(names)


def _split_csv(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


_SPLITS: dict[str, Callable[[str], list[str]]] = {
    "\t": lambda line: line.split("\t"),
    "\t+": lambda line: re.split(r"\t+", line.rstrip("\t")),
    " +": lambda line: _BLANKS.split(line.rstrip(" ")),
    " \t": lambda line: re.split(r"[ \t]+", line.rstrip()),
    ",": partial(_split_csv, delimiter=","),
    ";": partial(_split_csv, delimiter=";"),
}
_SAID = {"\t": "tabs", "\t+": "tabs", " +": "blanks", " \t": "blanks and tabs", ",": "commas", ";": "semicolons"}
