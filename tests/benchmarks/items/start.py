"""How soon something is seen: the command line's first character, and Home on a server that has just been started."""

from __future__ import annotations

from tests.benchmarks.processes import seconds_to
from tests.benchmarks.turns import Contest, item
from tests.benchmarks.visitor import BARE, Visitor, serve

MODEL, PROMPT = "shakespeare-lstm", "ROMEO:"
COMMAND, HOME = "first character of `generate`", "Home, on a server just started"
PICTURES = 6  # of the pages with a figure; others have words
WITH_NUMPY = "Python with NumPy"
WITH_TORCH = "Python with torch, nothing written"
ONE_TITLE = "Streamlit, a page of one title"


@item("start", COMMAND, "start", most_rounds=8)
def command() -> Contest:
    """From the shell to the first character after the prompt."""
    generate = ("-m", "engine", "generate", "--model", MODEL, "--prompt", PROMPT, "--max-new-tokens", "20")
    return Contest.between(
        lambda: seconds_to(len(PROMPT) + 1, *generate),
        {WITH_TORCH: lambda: seconds_to(1, "-c", "import torch; print(1)")},
        {WITH_NUMPY: lambda: seconds_to(1, "-c", "import numpy; print(1)")},
    )


def seconds_to_home() -> float:
    """Return the seconds from a new server's health to all of Home but the line that a network writes."""
    with serve() as server, Visitor(server) as visitor:
        run = visitor.open("")
    assert run.problems == []
    assert sum(kind == "plotly_chart" for kind, _ in run.arrived.values()) >= PICTURES
    return max(seconds for kind, seconds in run.arrived.values() if kind in ("plotly_chart", "markdown"))


def _seconds_to_one_title() -> float:
    with serve(app=BARE) as server, Visitor(server) as visitor:
        return visitor.open("").elapsed_seconds


@item("start", HOME, "start", most_rounds=2)
def home() -> Contest:
    """From the server's health to the page, by the visitor's clock."""
    return Contest.between(seconds_to_home, {}, {ONE_TITLE: _seconds_to_one_title})
