"""Names, numbers and sums of money that a translator cannot spell, kept as they stand in what it translates.

A name that training never showed is read in scraps, "Peter" as "P", "et", "er", and comes out as what those sound
like; a number is written digit by digit, and one is lost; "$25" becomes "125". Where a translation lacks such a word,
the sentence is translated once more with a known name in its place, which is then put back, and with the sum written
out; a number that is left over in both is the same one. What was tried and measured, and what is not done, stands in
docs/kept_words.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engine.decoding.text import translate_lines
from engine.models.folder import LoadedModel
from engine.text import Tokenizer

STAND_INS = ("Tom", "John")  # the commonest names of the everyday sentences that stay as they are in French
MONEY = {"$": "dollars", "€": "euros"}  # the same words in English and French
FEW_PIECES = 3  # "e", "ur", "os": a word in more is not one of this language
# Names that French writes as English does. A capital alone does not tell one from the first word of a sentence, from a
# country, a day or a people, which are to be translated.
GIVEN_NAMES = frozenset(
    "Adam Ahmed Aisha Alan Albert Alfred Ali Alice Amanda Amir Amy Andrew Andy Angela Anita Anna Anne Anton "
    "Arthur Astrid Barbara Beatrix Ben Betty Bob Boris Brenda Brian Bruno Carl Carla Carlos Carmen Carol Caroline "
    "Charlotte Chloe Chris Claire Clara Daniel David Deborah Dennis Diana Diego Dmitri Donald Doris Dorothy "
    "Duncan Dylan Edgar Edith Edward Elena Eli Elizabeth Ella Ellen Emily Emma Eric Erik Ethan Eva Evelyn Fatima "
    "Felix Fiona Francis Fred Gary George Gerald Gloria Gordon Greg Greta Hamid Hannah Hans Harold Harriet Harry "
    "Hassan Heidi Helen Helga Henry Hiroshi Howard Hugo Ian Ibrahim Igor Ines Ingrid Irene Isaac Isabel Ivan Jack "
    "Jacob James Jan Jane Janet Jason Jeff Jennifer Jenny Jessica Jim Joan Joe Johan Jonas Jorge Jose Josef "
    "Joseph Joshua Juan Judith Julia Julian Julie Justin Karen Karl Katherine Kathy Keiko Keith Kelly Ken Kenji "
    "Kevin Khalid Lara Larry Laura Lea Leila Leo Leon Leonard Linda Lisa Liz Louis Louise Lucas Lucy Luis Lukas "
    "Lydia Malcolm Marco Margaret Maria Marion Marta Martha Martin Matthew Maya Megan Mehmet Mia Michael Michelle "
    "Miguel Mike Milan Miriam Mohammed Mona Monica Nadia Nancy Natasha Nathan Nicholas Nicole Nina Noah Nora "
    "Norman Olga Oliver Olivia Omar Oscar Otto Pablo Pamela Patricia Patrick Paul Paula Pedro Peter Petra Phil "
    "Philip Priya Rachel Ralph Raymond Rebecca Richard Rita Robert Roberta Roger Ronald Roy Ruth Ryan Sam "
    "Samantha Samuel Sandra Sanjay Sarah Sean Sergei Sharon Simon Sofia Sonia Sophie Stanley Stefan Stella "
    "Stephanie Stephen Steve Steven Susan Sven Sylvia Tamara Tanya Teresa Terry Theo Theresa Thomas Tim Timothy "
    "Tina Tobias Tomas Tony Ursula Valerie Vera Vincent Vladimir Walter Wanda Wendy William Winston Yasmin Yuki "
    "Yusuf Yvonne Zoe".split()
)
# Not an hour of the clock: "4 p.m." is "16 heures".
_NUMBER = re.compile(r"(?<![\w.,:])\d+(?:[.,]\d+)*(?![\w:]|[.,:]\d|\s?[aApP]\.?[mM]\b)")
_NAME = re.compile(r"(?<!\w)[A-Z][a-z]+(?!\w)")
_MONEY = re.compile(r"([$€])\s?(\d+(?:[.,]\d+)*)(?![\w:]|[.,:]\d|\s?(?:million|billion|thousand))")


@dataclass(frozen=True)
class Rewritten:
    """A sentence to translate in place of another; `names` gives for each name in it the one that belongs there."""

    source: str
    names: dict[str, str]

    def put_back(self, text: str) -> str:
        """Return a translation with the names in their places; "" where one that stood in is not once in it."""
        for instead, name in self.names.items():
            text, count = re.subn(_alone(instead), name, text)
            if count != 1:
                return ""
        return text


def keep_words(
    tokenizer: Tokenizer, sources: Sequence[str], texts: Sequence[str], translate: Callable[[list[str]], Sequence[str]]
) -> list[str]:
    """Return translations with the names and numbers of their sources; `translate` is asked again for those that lack
    some."""
    kept = list(texts)
    pairs = zip(sources, texts, strict=True)
    found = {place: rewrite(tokenizer, source, text) for place, (source, text) in enumerate(pairs)}
    asked = {place: rewritten for place, rewritten in found.items() if rewritten is not None}
    again = translate([rewritten.source for rewritten in asked.values()]) if asked else []
    for (place, rewritten), text in zip(asked.items(), again, strict=True):
        kept[place] = rewritten.put_back(text) or kept[place]
    return [_with_numbers(source, text) for source, text in zip(sources, kept, strict=True)]


def keep_in_lines(
    loaded: LoadedModel, sources: Sequence[str], texts: Sequence[str], beam_size: int, length_penalty: float
) -> list[str]:
    """Return translations with the names and numbers of their sources, searched once more where they lack some."""

    def again(lines: list[str]) -> list[str]:
        found = dict(translate_lines(loaded, lines, beam_size=beam_size, length_penalty=length_penalty))
        return [found[place] for place in range(len(lines))]

    return keep_words(loaded.tokenizer, sources, texts, again)


def keep_in_sentence(loaded: LoadedModel, source: str, text: str, beam_size: int, length_penalty: float) -> str:
    """Return `text`, a translation of `source`, with its names and numbers; the same where it lacks none."""
    return keep_in_lines(loaded, [source], [text], beam_size, length_penalty)[0]


def rewrite(tokenizer: Tokenizer, source: str, text: str) -> Rewritten | None:
    """Return what to translate so that `text`, a translation of `source`, gets the names and sums that it lacks; None
    where it lacks none, or the vocabulary has nothing whole to put in their places."""
    read = tokenizer.read(source).text
    strange = [
        name for name in _NAME.finditer(read) if name.group() in GIVEN_NAMES and not _is_whole(tokenizer, name.group())
    ]
    sums = [found for found in _MONEY.finditer(read) if len(tokenizer.encode_as_is(MONEY[found[1]])) <= FEW_PIECES]
    if all(re.search(_alone(word), text) for word in [*map(re.Match.group, strange), *(found[2] for found in sums)]):
        return None
    names: dict[str, str] = {}
    stood = read
    for found in sorted([*strange, *sums], key=re.Match.start, reverse=True):  # from the end, so that places stay
        if found in sums:
            instead = f"{found[2]} {MONEY[found[1]]}"
        else:
            taken = {*names, *_NAME.findall(read)}
            known = (name for name in STAND_INS if name not in taken and _is_whole(tokenizer, name))
            instead = next(known, found.group())
            names[instead] = found.group()
        stood = stood[: found.start()] + instead + stood[found.end() :]
    return None if stood == read else Rewritten(stood, names)


def _with_numbers(source: str, text: str) -> str:
    """Return a translation with the numbers of its source in place of those that are not in it, where as many are left
    over on either side."""
    missing = [found.group() for found in _left_over(source, text)]
    wrong = list(_left_over(text, source))
    if not missing or len(missing) != len(wrong):
        return text
    for number, found in zip(reversed(missing), reversed(wrong), strict=True):
        text = text[: found.start()] + number + text[found.end() :]
    return text


def _left_over(text: str, other: str) -> Iterator[re.Match[str]]:
    """Yield the numbers of a text that the other has not, or not as often; "1.5" is in French "1,5"."""
    there = Counter(number.replace(",", ".") for number in _NUMBER.findall(other))
    for found in _NUMBER.finditer(text):
        number = found.group().replace(",", ".")
        there[number] -= 1
        if there[number] < 0:
            yield found


def _is_whole(tokenizer: Tokenizer, word: str) -> bool:
    return len(tokenizer.encode_as_is(word)) == 1


def _alone(word: str) -> str:
    return rf"(?<!\w){re.escape(word)}(?!\w)"
