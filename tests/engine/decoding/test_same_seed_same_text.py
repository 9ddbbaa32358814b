"""The same seed gives the same text: alone, while others generate with the same model, and in another process."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.models.folder import PRETRAINED, list_models, load_model

NAMES = [info.name for info in list_models() if info.task == "language_model" and not info.error]
CHARACTERS = 40
AGAIN = f"""
import sys, json
from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.models.folder import load_model
settings = SamplingSettings(max_new_tokens={CHARACTERS}, seed=5)
print(json.dumps({{name: "".join(write_text(load_model(name), "ROMEO:\\n", settings)) for name in sys.argv[1:]}}))
"""


def write(loaded, seed: int = 5) -> str:
    """Return a short text at the page's own temperature."""
    return "".join(write_text(loaded, "ROMEO:\n", SamplingSettings(max_new_tokens=CHARACTERS, seed=seed)))


@pytest.fixture(scope="module")
def after_a_restart() -> dict[str, str]:
    """Return the same texts written by another process."""
    result = subprocess.run(
        [sys.executable, "-c", AGAIN, *NAMES], cwd=PRETRAINED.parents[1], capture_output=True, text=True, check=True
    )
    return json.loads(result.stdout)


@pytest.mark.skipif(not NAMES, reason="no language model in data/pretrained")
@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_text_alone_beside_others_and_after_a_restart(name, after_a_restart):
    loaded = load_model(name)
    alone = write(loaded)
    assert alone != write(loaded, seed=6)
    with ThreadPoolExecutor(4) as pool:
        beside = list(pool.map(lambda seed: write(loaded, seed), [5, 6, 5, 5]))
    assert [text == alone for text in beside] == [True, False, True, True]
    assert after_a_restart[name] == alone
