"""One search serves the whole page: no tool searches again for what stands above it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from engine.decoding import text
from pages.components.translation import TOOLS
from tests.pages.open import open_page

WITH = "small-en-fr-dot"


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("search", ["beam", "greedy"])
def test_no_sentence_is_searched_twice_with_the_same_settings(
    models: Path, monkeypatch: pytest.MonkeyPatch, tool: str, search: str
) -> None:
    """Counted are the calls of both decoders that searches end in; the sentence is new, so nothing is kept of it."""
    searches: Counter[tuple[Any, ...]] = Counter()

    def count(name: str) -> None:
        decode = getattr(text, name)

        def counted(model: Any, source_ids: Any, lengths: Any, **options: Any) -> Any:
            settings = options.get("beam_size", 1), options.get("length_penalty"), options.get("prefix_ids")
            searches[id(model), str(source_ids.tolist()), settings] += 1
            return decode(model, source_ids, lengths, **options)

        monkeypatch.setattr(text, name, counted)

    count("beam")
    count("greedy")
    sentence = f"A {tool.replace('_', ' ')} {search} dog runs on the beach ."
    at = open_page("translation", text=sentence, tool=tool, search=search, network=WITH)
    assert not at.exception
    assert len(searches) >= 2, "both networks translate"
    assert set(searches.values()) == {1}
    at.run()
    assert set(searches.values()) == {1}, "nothing is searched again when the page is run again"
