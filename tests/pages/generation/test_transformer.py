"""A Transformer beside the recurrent networks: it writes, is measured and is explained like them, and has no units to
look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.inspection.writing.surprise import surprise
from engine.models.folder import load_model
from tests.pages.open import notes, open_page, sentences, written

TEXT = "TOM:\nIt is the tide."


def test_it_writes_and_is_surprised_as_the_engine_says(transformer: Path) -> None:
    at = open_page(
        "generation",
        models="Transformer",
        tool="surprise",
        surprise_text=TEXT,
        max_new_tokens="20",
        prompt="THE",
        seed="3",
    )
    assert not at.exception
    assert sentences(at) == []
    expected = "".join(write_text(load_model(transformer), "THE", SamplingSettings(max_new_tokens=20, seed=3)))
    assert f"THE{expected}" in [block.value for block in at.text]
    assert ":violet[◆] **Transformer**" in written(at)
    (totals,) = [frame.value.set_index("model") for frame in at.dataframe if "nats in all" in frame.value]
    assert totals["nats in all"]["Transformer"] == round(surprise(load_model(transformer), TEXT).total_nats, 1)


@pytest.mark.parametrize("tool", ["neurons", "activation_patching"])
def test_tools_that_need_units_say_that_it_has_none(transformer: Path, tool: str) -> None:
    at = open_page("generation", models="Transformer", tool=tool, max_new_tokens="1")
    assert not at.exception
    assert "Transformer has no hidden units that carry a memory; choose a recurrent network above." in notes(at)


@pytest.mark.parametrize("page", ["models", "cells", "gradients"])
def test_other_pages_open_with_it_there(transformer: Path, page: str) -> None:
    at = open_page(page, **({"model": "small-transformer"} if page == "models" else {}))
    assert not at.exception
    assert sentences(at) == []
    assert ("causal attention with 2 heads" in written(at)) == (page == "models")
