"""Home's pictures as they are kept: what the shipped networks make of them now, and no others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.models import folder
from pages.components.drawing import figures, thumbnails
from tests.pages.open import ROOT
from tests.plotly_figures import decoded

SHIPPED = folder.PRETRAINED  # before a fixture puts another in its place
ANEW = "after a change to them: python -m pages.components.drawing.thumbnails"


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what is kept, with the shipped networks in place of the tests' small ones."""
    monkeypatch.setattr(folder, "PRETRAINED", SHIPPED)
    return json.loads(thumbnails.KEPT.read_text(encoding="utf-8"))


def test_they_are_what_is_computed_now(shipped: dict[str, Any]) -> None:
    computed = thumbnails.compute()
    assert list(shipped) == list(computed), ANEW
    for page, picture in computed.items():
        assert shipped[page]["made_of"] == picture["made_of"], f"{page}: {ANEW}"
        for mode in ("light", "dark"):
            kept, now = (list(map(_plain, parts)) for parts in (shipped[page][mode], picture[mode]))
            _assert_close(kept, now, f"{page}, {mode}: {ANEW}")


def test_other_files_are_not_what_they_were_made_of(
    models: Path, shipped: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = thumbnails._module("generation")
    monkeypatch.setattr(figures, "mode", lambda: "light")
    assert thumbnails._kept_parts("generation", module)
    monkeypatch.setattr(folder, "PRETRAINED", models)
    assert thumbnails._kept_parts("generation", module) is None


def test_they_are_drawn_without_what_takes_long_to_load() -> None:
    lines = (
        "import sys; sys.modules |= dict.fromkeys(['torch', 'pandas', 'datasets', 'plotly'])\n"
        "import streamlit as st\n"
        "from pages.components.drawing import thumbnails\nfrom pages.components.shell import routes\n"
        "for page in routes.listed():\n"
        "    thumbnails.draw(page.name)\n"
    )
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from streamlit.testing.v1 import AppTest;"
        f"at = AppTest.from_string({lines!r}, default_timeout=60).run();"
        "print(len(at.get('plotly_chart')), [each.message for each in at.exception])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["8", "[]"], done.stdout + done.stderr[-2000:]


def _plain(part: Any) -> Any:
    kind, body, alt = part
    return [kind, decoded(json.loads(body)) if kind == "figure" else body, alt]


def _assert_close(kept: Any, now: Any, where: str) -> None:
    """Numbers may differ in their last digits: other processors round otherwise."""
    if isinstance(kept, dict):
        assert kept.keys() == now.keys(), where
        for name, value in kept.items():
            _assert_close(value, now[name], f"{where} {name}")
    elif isinstance(kept, np.ndarray) and kept.dtype.kind == "f":
        np.testing.assert_allclose(kept, now, rtol=1e-3, atol=1e-4, err_msg=where)
    elif isinstance(kept, list):
        assert len(kept) == len(now), where
        for one, other in zip(kept, now, strict=True):
            _assert_close(one, other, where)
    elif isinstance(kept, float):
        assert kept == pytest.approx(now, rel=1e-3, abs=1e-4), where
    else:
        assert np.array_equal(kept, now), where
