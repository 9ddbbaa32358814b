"""The Comparison page's picture on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.experiments.runs import results
from engine.plotting import theme
from engine.plotting.theme import Mode
from pages.components.comparison import RECIPE
from pages.components.computing.calls import call
from pages.components.drawing import thumbnails
from pages.components.drawing.thumbnails import Part
from pages.components.owning import networks

TRIO = ("rnn", "lstm", "gru")


def files() -> list[Path]:
    """Return the table that it is drawn from."""
    path = Path(results.RESULTS) / f"{RECIPE}.parquet"
    return [path] if path.is_file() else []


def picture(mode: Mode) -> Iterator[Part]:
    """Yield the measured errors of the architectures on one task."""
    from engine.experiments.findings.aggregates import OVER_SEEDS, aggregate_runs, contents, opening_task, standings
    from engine.experiments.runs.task_facts import task_facts
    from engine.plotting.curves import measure_against_length

    held = call(contents, table=RECIPE).value
    equal = held.equalities[0]
    aggregates = call(aggregate_runs, table=RECIPE, kept="shared")
    task = call(opening_task, aggregates, equal).value  # what the page itself opens with
    table = call(standings, aggregates, equal, task, kept="shared").value
    table = table[table["architecture"].isin(TRIO)]
    facts = task_facts(task)
    longest = table[table["length"] == table["length"].max()].set_index("architecture")["error_median"]
    words = ", ".join(f"{theme.architecture_label(name)} {longest[name]:.0f} %" for name in longest.index)
    figure = measure_against_length(table, mode=mode)
    yield thumbnails.drawing(
        figure,
        f"{facts.y_title} against sequence length. At the longest, {OVER_SEEDS.middle_over('the seeds')}: {words}.",
    )
    legend = " · ".join(f"{networks.mark(name)} {theme.architecture_label(name)}" for name in longest.index)
    yield Part("markdown", legend)  # not in the caption, whose fading would take the marks below 3:1
    seeds = " to ".join(str(count) for count in sorted({table["runs"].min(), table["runs"].max()}))
    yield Part(
        "caption",
        f"{facts.y_title}, {facts.title.lower()}, as sequences get longer: "
        f"{OVER_SEEDS.middle_over(f'{seeds} seeds')}, and bars {OVER_SEEDS.reach('best', 'worst')}.",
    )
