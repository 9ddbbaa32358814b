"""What is seen first: the command line's first character, and Home on a server that has just been started.

Home is complete with every picture, link and list; the line above them is written by a network at reading pace, which
begins when torch has been loaded. In a container the first visitor is often the one who started it. What is measured
stands in `tests.benchmarks.items.start`.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.models.folder import list_models
from tests.benchmarks.items import start
from tests.benchmarks.pace import allowance
from tests.benchmarks.turns import measure
from tests.benchmarks.visitor import ROOT, describe_machine

HOME_SECONDS = 1.5
MOST_TIMES = 6  # a start of Python with NumPy; measured 2.4 to 3.4 of them, 0.24 s; with torch it is 17

pytestmark = pytest.mark.benchmark
needs_model = pytest.mark.skipif(
    start.MODEL not in {info.name for info in list_models() if not info.error},
    reason=f"{start.MODEL} is not in data/pretrained",
)


@pytest.mark.whole_machine
def test_home_is_complete_soon_after_the_server_is_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    found = measure(start.HOME, fewest_rounds=2)
    with capsys.disabled():
        print(f"\n{found.said()}; {describe_machine()}")
    assert found.of().min() <= HOME_SECONDS * allowance()


@needs_model
def test_the_first_character_comes_soon(capsys: pytest.CaptureFixture[str]) -> None:
    found = measure(start.COMMAND, seconds=6)
    with capsys.disabled():
        print(f"\n{found.said()}; {describe_machine()}")
    assert found.of().min() <= MOST_TIMES * found.of(start.WITH_NUMPY).min()


@needs_model
def test_nothing_slow_is_imported_to_write() -> None:
    code = (
        "import sys; from engine.command_line import main; "
        f"main(['generate', '--model', '{start.MODEL}', '--prompt', 'A', '--max-new-tokens', '3']); "
        "print([name for name in ('torch', 'pandas', 'datasets', 'pyarrow', 'huggingface_hub') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")
