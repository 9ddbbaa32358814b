"""What a visitor may ask for: each refusal is one sentence that says what is wrong and what is allowed."""

from __future__ import annotations

import math

import pytest

from engine.decoding import limits
from engine.decoding.limits import (
    SamplingSettings,
    SearchSettings,
    check_prompt,
    check_reference,
    check_sampling,
    check_search,
    check_source,
)
from engine.errors import InputError


class Halves:
    """A tokeniser that needs a piece for every two characters."""

    def encode(self, text: str) -> list[int]:
        return [0] * (len(text) // 2)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"temperature": -0.1}, "temperature must lie between 0 and 3, not -0.1"),
        ({"temperature": 3.1}, "temperature must lie between 0 and 3, not 3.1"),
        ({"temperature": math.nan}, "temperature must be a finite number, not nan"),
        ({"temperature": math.inf}, "temperature must be a finite number, not inf"),
        ({"temperature": "hot"}, "temperature must be a number, not 'hot'"),
        ({"top_k": -1}, "top_k must lie between 0 and 500, not -1"),
        ({"top_k": 2.5}, "top_k must be a whole number, not 2.5"),
        ({"top_p": 0.0}, "top_p must lie between 0.01 and 1, not 0.0"),
        ({"top_p": 1.01}, "top_p must lie between 0.01 and 1, not 1.01"),
        ({"top_p": -math.inf}, "top_p must be a finite number"),
        ({"max_new_tokens": 0}, "max_new_tokens must lie between 1 and 2000, not 0"),
        ({"max_new_tokens": 2001}, "max_new_tokens must lie between 1 and 2000, not 2001"),
        ({"max_new_tokens": 10**30}, "max_new_tokens must lie between 1 and 2000"),
        ({"seed": -1}, "seed must lie between 0 and"),
        ({"seed": 2**31}, "seed must lie between 0 and"),
    ],
)
def test_sampling_out_of_bounds(change, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        check_sampling(SamplingSettings(**change))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"beam_size": 0}, "beam_size must lie between 1 and 12, not 0"),
        ({"beam_size": 13}, "beam_size must lie between 1 and 12, not 13"),
        ({"length_penalty": -0.5}, "length_penalty must lie between 0 and 3, not -0.5"),
        ({"length_penalty": math.nan}, "length_penalty must be a finite number"),
    ],
)
def test_search_out_of_bounds(change, sentence):
    with pytest.raises(InputError, match=sentence):
        check_search(SearchSettings(**change))


def test_the_edges_are_allowed():
    check_sampling(SamplingSettings(1, 0.0, 0, 0.01, 0))
    check_sampling(SamplingSettings(limits.MAX_NEW_TOKENS, 3.0, 500, 1.0, 2**31 - 1))
    check_sampling(SamplingSettings(temperature=1))
    check_search(SearchSettings(1, 0.0))
    check_search(SearchSettings(limits.MAX_BEAM, 3.0))
    check_prompt("")
    check_prompt("x" * limits.MAX_PROMPT_CHARACTERS)
    for check in (check_source, check_reference):
        check("a " * limits.MAX_SOURCE_WORDS, Halves())
        check("x" * 2 * limits.MAX_WORD_PIECES, Halves())


def test_a_long_prompt():
    with pytest.raises(InputError, match=r"^The prompt has 12,345 characters; at most 2,000 are read\.$"):
        check_prompt("x" * 12_345)


@pytest.mark.parametrize("text", ["", " ", "\n\t \N{NO-BREAK SPACE}"])
def test_nothing_to_translate(text):
    with pytest.raises(InputError, match=r"^There is nothing to translate: type a sentence\.$"):
        check_source(text, Halves())
    with pytest.raises(InputError, match=r"^There is no reference to force the decoder with: type a translation\.$"):
        check_reference(text, Halves())


@pytest.mark.parametrize(("check", "what"), [(check_source, "The sentence"), (check_reference, "The reference")])
def test_too_much_to_translate(check, what):
    with pytest.raises(InputError, match=rf"^{what} has 1,234 words; at most 100 are translated at once\.$"):
        check("word " * 1234, Halves())
    with pytest.raises(InputError, match=rf"^{what} has 2,001 characters; at most 2,000 are translated at once\.$"):
        check("x" * 2001, Halves())


@pytest.mark.parametrize(("check", "what"), [(check_source, "The sentence"), (check_reference, "The reference")])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "a " + "x" * 400,
            "has a word of 400 letters, “xxxxxxxxxxxxxxxxxxxx…”, which the network reads in 200 subword "
            "tokens; at most 40 are read of one word.",
        ),
        ("abcdefghi " * 45, "is read in 225 subword tokens; at most 200 are translated at once. Cut it in two."),
        ("\N{SLIGHTLY SMILING FACE}!", "has no word in it, only signs: type one with letters."),
    ],
)
def test_what_a_translation_costs_is_counted_in_pieces(check, what, text, sentence):
    with pytest.raises(InputError) as caught:
        check(text, Halves())
    assert str(caught.value) == f"{what} {sentence}"


@pytest.mark.parametrize(
    "check",
    [check_prompt, lambda text: check_source(text, Halves()), lambda text: check_reference(text, Halves())],
)
def test_bytes_that_are_no_text(check):
    with pytest.raises(InputError, match="has bytes in it that are not UTF-8 text"):
        check("caf\udce9 latin")
