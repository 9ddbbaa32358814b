"""What a stranger's words become in a real browser: words, on every page that shows them."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.browser.browsing import PAGES, TITLES, Visit
from tests.load.lengths import AT_LENGTH

WORDS = (
    "Anna met http://evil.example/x and www.evil.example in Paris , wrote to anna@evil.example and said "
    "[here](http://evil.example) ![p](http://evil.example/p.png) <img src=x onerror=alert(1)> $x$ :red[x] ."
)
FIELDS = {"entities": "text", "sentiment": "text", "translation": "text", "generation": "prompt", "cells": "text"}
FOREIGN = """() => [...document.querySelectorAll("a[href], img[src]")]
    .map(element => new URL(element.href || element.src))
    .filter(address => address.protocol.startsWith("http") && address.origin !== location.origin).map(String)"""

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("page", FIELDS if AT_LENGTH else ["entities", "translation"])
def test_no_words_of_a_visitor_become_a_link_or_a_picture(guest: Visit, page: str) -> None:
    guest.open(f"{PAGES[page]}?{urlencode({FIELDS[page]: WORDS})}", TITLES[page])
    assert guest.page.evaluate(FOREIGN) == []
