"""Files as people bring them: each with the texts that stand in it, for the reader, the pages and the commands."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass

import pandas as pd

LIKED = "I liked it, really."
CONLLU = """# sent_id = 1
# text = I dunno.
1\tI\tI\tPRON\t_\t_\t_\t_\t_\t_
2-4\tdunno\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
2\tdu\tdo\tAUX\t_\t_\t_\t_\t_\t_
3\tn\tnot\tPART\t_\t_\t_\t_\t_\t_
4\tno\tknow\tVERB\t_\t_\t_\t_\t_\t_
4.1\tit\t_\tPRON\t_\t_\t_\t_\t_\t_
5\t.\t.\tPUNCT\t_\t_\t_\t_\t_\t_

# sent_id = 2
1\tAnna\tAnna\tPROPN\t_\t_\t_\t_\t_\t_
2\tcame\tcome\tVERB\t_\t_\t_\t_\t_\tSpaceAfter=No
3\t.\t.\tPUNCT\t_\t_\t_\t_\t_\t_
"""
CONLL_2003 = """-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
# # B-NP O
1 CD B-NP O

Peter NNP B-NP B-PER
"""
KAGGLE = """Sentence #,Word,POS,Tag
Sentence: 1,Anna,NNP,B-per
,",",",",O
,left,VBD,O
Sentence: 2,Rome,NNP,B-geo
"""


@dataclass(frozen=True)
class Shape:
    """One file.

    Attributes:
        name: what it is. data: its bytes.
        lines: the texts in it.
        said: what is said of it.
        words: of each text, where the file has them one by one.
        remarks: how the sentences about what is wrong in it begin.
        file: its name, where that matters.
    """

    name: str
    data: bytes
    lines: tuple[str, ...]
    said: str
    words: tuple[tuple[str, ...], ...] = ()
    remarks: tuple[str, ...] = ()
    file: str = "a.txt"


def table(name: str, text: str, *lines: str, said: str = "columns separated by commas", remark: str = "") -> Shape:
    """Return a file with a text in each row."""
    return Shape(name, text.encode(), lines, said, remarks=(remark,) * bool(remark))


def tokens(
    name: str, text: str, *words: str, said: str, lines: tuple[str, ...] = (), remark: str = "", file: str = "a.txt"
) -> Shape:
    """Return a file of sentences cut into words, which are given with blanks between them."""
    cut = tuple(tuple(sentence.split(" ")) for sentence in words)
    return Shape(name, text.encode(), lines or words, said, cut, (remark,) * bool(remark), file)


def prose(name: str, *lines: str) -> Shape:
    """Return a file of plain lines."""
    return Shape(name, "".join(f"{line}\n" for line in lines).encode(), lines, "plain lines")


def parquet() -> bytes:
    """Return a table as Parquet."""
    file = io.BytesIO()
    pd.DataFrame({"id": [1, 2], "review": [LIKED, "Bad.\nToo long."], "stars": [5, 1]}).to_parquet(file)
    return file.getvalue()


LINES = (
    prose("prose with commas", LIKED, "The film was long, and dull."),
    prose("as many commas in each line", "A man, a dog.", "A boy, a girl."),
    prose("thousands", "It cost 1,000", "It cost 2,500"),
    prose("a word a line, and an empty one", "good", "bad", "", "ugly"),
    prose("a first line that lists", "Review, please.", "No, never."),
    prose("a remark in brackets", "[laughs] I liked it", "No"),
    prose("lines of a poem", "O Romeo", "O Juliet"),
    prose("dialogue", '"Yes, sir", he said.', '"No, sir", she said.'),
)
TABLES = (
    table("one column without quotes", f"text\n{LIKED}\nNo.\n", LIKED, "No.", said="one column"),
    table(
        "one column with quotes",
        f'text\n"{LIKED}"\n"She said ""no""."\n\nNo.\n',
        *(LIKED, 'She said "no".', "", "No."),
        said="one column",
    ),
    table("ids and labels", f'id,text,label\n1,"{LIKED}",pos\n2,Bad.,neg\n', LIKED, "Bad."),
    table("semicolons", f"id;text;label\n1;{LIKED};5\n2;Bad, too;1\n", LIKED, "Bad, too", said="semicolons"),
    table("a line sep=", f"sep=;\nnr;opinion\n1;{LIKED}\n", LIKED, said="semicolons"),
    table(
        "tabs and lone quotes",
        'id\ttext\n1\t"Great film\n2\tBad one"\n3\t5" wide\n',
        *('"Great film', 'Bad one"', '5" wide'),
        said="tabs",
    ),
    table(
        "tabs and quotes for a reason",
        'id\ttext\n1\t"Great\tfilm"\n2\t"He said ""no"""\n',
        *("Great\tfilm", 'He said "no"'),
        said="tabs",
    ),
    table("bars", f"id|text\n1|{LIKED}\n2|Bad, bad\n", LIKED, "Bad, bad", said="bars"),
    table("no names of columns", f'1,"{LIKED}",pos\n2,Bad.,neg\n', LIKED, "Bad.", said="without names"),
    table(
        "labels, and no names of columns",
        "I liked it,pos\nBad one,neg\nToo long,neg\nA joy to see,pos\n",
        *("I liked it", "Bad one", "Too long", "A joy to see"),
        said="without names",
    ),
    table("unusual names of columns", f'nr,Was sie sagen,Note\n1,"{LIKED}",5\n2,Bad one.,1\n', LIKED, "Bad one."),
    table("blanks behind commas", "id, text, stars\n1, I liked it, 5\n2, Bad, 1\n", "I liked it", "Bad"),
    table("a comma too many", f"label,text\n1,{LIKED}\n0,Bad.\n", LIKED, "Bad.", remark="Line 2: more cells"),
    table(
        "quotes inside of quotes",
        'id,text\n1,"He said "no", twice"\n2,Bad.\n',
        *('He said "no", twice', "Bad."),
        remark="Line 2: more cells",
    ),
    table(
        "quotes inside of quotes, without a comma",
        'id,text\n1,"He said "no" twice"\n2,Bad.\n',
        *('He said "no" twice', "Bad."),
    ),
    table(
        "quotes with a backslash",
        'id,text\n1,"He said \\"no\\", twice"\n2,Bad.\n',
        *('He said "no", twice', "Bad."),
    ),
    table("a text on two lines", 'id,text\n1,"I liked it,\nreally."\n2,Bad.\n', LIKED, "Bad."),
    table(
        "a row that is cut off",
        "id,text,label\n1,Good.,1\n2\n3,Bad.,0\n",
        *("Good.", "", "Bad."),
        remark="Line 3: too few cells",
    ),
    table("pairs of sentences", "I am here.\tJe suis là.\nGo on.\tContinue.\n", "I am here.", "Go on.", said="tabs"),
    table("rows numbered by pandas", ",text\n0,I liked it\n1,Bad one\n", "I liked it", "Bad one"),
    Shape("Windows and Excel", "id;text\r\n1;C’était\r\n2;Non\r\n".encode("cp1252"), ("C’était", "Non"), "semicolons"),
    Shape("UTF-16 of Excel", "id\ttext\r\n1\tété, là\r\n".encode("utf-16"), ("été, là",), "tabs"),
    Shape("packed", gzip.compress(f'id,text\n1,"{LIKED}"\n'.encode()), (LIKED,), "commas", file="a.csv.gz"),
    Shape("Parquet", parquet(), (LIKED, "Bad. Too long."), "Parquet", file="a.parquet"),
    table(
        "JSON Lines",
        f'{{"id": 1, "text": "{LIKED}"}}\n{{"id": 2, "text": "Bad."}}\nnothing\n',
        *(LIKED, "Bad.", ""),
        said="JSON Lines",
        remark="Line 3: no JSON record",
    ),
    table(
        "JSON",
        f'[{{"review": {{"body": "{LIKED}"}}, "stars": 3}},\n {{"review": {{"body": null}}}}]',
        *(LIKED, ""),
        said="JSON",
    ),
    table("JSON of columns", f'{{"stars": [5, 1], "text": ["{LIKED}", "Bad."]}}', LIKED, "Bad.", said="JSON"),
    table("JSON of strings", f'["{LIKED}", "Bad."]', LIKED, "Bad.", said="JSON"),
)
TOKENS = (
    tokens("CoNLL-2003", CONLL_2003, "EU rejects # 1", "Peter", said="4 columns separated by blanks"),
    tokens("CoNLL-U", CONLLU, "I du n no .", "Anna came .", said="CoNLL-U", lines=("I dunno.", "Anna came.")),
    tokens(
        "tabs, a word #, an empty word",
        "EU\tB-ORG\n#\tO\n\tO\nwins\tO\n\nBonn\tI-LOC\n",
        *("EU # wins", "Bonn"),
        said="2 columns separated by tabs",
        remark="Line 3: no word",
    ),
    tokens(
        "blanks, a word #, an empty word",
        "EU B-ORG\n# O\n O\nwins O\n\nBonn I-LOC\n",
        *("EU # wins", "Bonn"),
        said="2 columns separated by blanks",
        remark="Line 3: no word",
    ),
    tokens("IOB1", "Anna I-PER\nleft O\n\nBonn I-LOC\nRome B-LOC\n", "Anna left", "Bonn Rome", said="2 columns"),
    tokens(
        "words counted, a comment",
        "# id = 3\n1 Anna B-per\n2 left O\n\n1 Rome B-geo\n",
        *("Anna left", "Rome"),
        said="3 columns",
    ),
    tokens("tags first", "O\tI\nO\tsaw\nB-PER\tAnna\n\nO\tHi\n", "I saw Anna", "Hi", said="2 columns"),
    tokens("parts of speech", "The DT\ndog NN\nbarks VBZ\n. .\n\nHe PRP\n", "The dog barks .", "He", said="2 columns"),
    tokens("names of columns", "word\ttag\nAnna\tB-PER\nleft\tO\n\nRome\tB-LOC\n", "Anna left", "Rome", said="2 col"),
    tokens(
        "one word a line", "Anna\nlives\nhere\n.\n\nBob\ntoo\n.\n", "Anna lives here .", "Bob too .", said="1 column"
    ),
    tokens("one word a line, by its name", "Anna\nleft\n\nRome\n", "Anna left", "Rome", said="1 col", file="a.conll"),
    tokens("a table of words", KAGGLE, "Anna , left", "Rome", said="4 columns separated by commas"),
    Shape(
        "a name of two words",
        b"Anna B-PER\nleft O\nNew York B-LOC\nin O\nMay O\n. O\n",
        ("Anna left New York in May .",),
        "2 columns",
        (("Anna", "left", "New York", "in", "May", "."),),
        ("Line 3: more columns than the other lines; what is too much was read as part of the word",),
    ),
    tokens(
        "JSON Lines of words",
        '{"tokens": ["EU", "wins"], "ner_tags": [3, 0]}\n{"tokens": ["Bonn"], "ner_tags": [5]}\n',
        *("EU wins", "Bonn"),
        said="JSON Lines",
    ),
)
SHAPES = (*LINES, *TABLES, *TOKENS)
NAMES = [shape.name for shape in SHAPES]
