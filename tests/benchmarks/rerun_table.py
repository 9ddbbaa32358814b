"""What a rerun of each tool costs the server in processor time, beside a bare page, written to `docs/rerun_cost.md`:

    python -m tests.benchmarks.rerun_table [--before CHECKOUT]

With another checkout, its reruns are measured in turn with this one's, so that both columns are of one run. A tool is
opened, run again once, and then run again as often as `RERUNS` says.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from pages.components.controls.tools import Toolbox
from pages.components.shell import routes
from tests.benchmarks.visitor import ROOT, Server, Visitor, describe_machine, serve

FILE = ROOT / "docs" / "rerun_cost.md"
BARE = "tests/benchmarks/bare_page.py"
RERUNS, BARE_RERUNS = 8, 100
LOADED = "torch, pandas"
CHOICE = {"comparison": "section"}  # the parameter that names the tool, where it is not "tool"


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time that a rerun of one tool of a page takes, and what it sends."""

    page: str
    tool: str
    ms: float
    before_ms: float | None
    kilobytes: float


def tools() -> Iterator[tuple[str, str]]:
    """Yield every page but Home, which writes, with each of its tools."""
    for page in routes.listed()[1:]:
        package = import_module(f"pages.components.{page.name}")
        for tool in next((found for found in vars(package).values() if isinstance(found, Toolbox)), {"": None}):
            yield page.name, tool


def measure(server: Server, page: str, tool: str, reruns: int = RERUNS) -> tuple[float, float]:
    """Return the milliseconds that a rerun of a tool takes on a server, on average, and the kilobytes it sends."""
    query = f"{CHOICE.get(page, 'tool')}={tool}" if tool else ""
    with Visitor(server) as visitor:
        visitor.open(page, query)
        visitor.rerun(query)
        begun = server.cpu_seconds()
        runs = [visitor.rerun(query) for _ in range(reruns)]
        spent = server.cpu_seconds() - begun
    problems = [problem for run in runs for problem in run.problems]
    assert not problems, f"{page} {tool}: {problems[0]}"
    return 1000 * spent / reruns, runs[-1].size_bytes / 1000


def table(costs: list[Cost], bare_ms: float) -> str:
    """Return the costs as Markdown."""
    before = [cost.before_ms for cost in costs if cost.before_ms is not None]
    head = ["page", "tool", *(["before, ms"] if before else []), "ms", "times a bare page", "kB sent"]
    rows = [head, ["---"] * len(head)]
    for cost in costs:
        times = f"{cost.ms / bare_ms:.1f}"
        earlier = [] if cost.before_ms is None else [f"{cost.before_ms:.0f}"]
        rows.append([cost.page, cost.tool or "(none)", *earlier, f"{cost.ms:.0f}", times, f"{cost.kilobytes:.0f}"])
    mean = statistics.fmean(cost.ms for cost in costs)
    earlier = [f"{statistics.fmean(before):.0f}"] if before else []
    rows.append(["**mean**", "", *earlier, f"{mean:.0f}", f"{mean / bare_ms:.1f}", ""])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    """Measure every tool and write the table."""
    parser = argparse.ArgumentParser(description="Measure what reruns cost and write docs/rerun_cost.md.")
    parser.add_argument("--before", type=Path, help="a checkout of an earlier state")
    before = parser.parse_args().before
    costs = []
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serve(LOADED))
        other = stack.enter_context(serve(LOADED, root=before)) if before else None
        nothing = stack.enter_context(serve(LOADED, BARE))
        bare_ms = min(measure(nothing, "", "", BARE_RERUNS)[0] for _ in range(3))
        for page, tool in tools():
            earlier = measure(other, page, tool)[0] if other else None
            ms, kilobytes = measure(server, page, tool)
            costs.append(Cost(page, tool, ms, earlier, kilobytes))
            print(costs[-1], flush=True)
    said = (
        "# What a rerun costs\n\nWritten by `python -m tests.benchmarks.rerun_table`: processor time of the server for "
        f"another run of a tool with nothing changed, mean of {RERUNS}. A page of one title takes {bare_ms:.2f} ms in "
        f"the same run; on another machine look at the ratio. Measured on: {describe_machine()}."
    )
    FILE.write_text(f"{said}\n\n{table(costs, bare_ms)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
