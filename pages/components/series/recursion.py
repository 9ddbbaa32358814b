"""Recursive or direct: a network that forecasts a value after the other, reading its own forecasts or the true values,
beside one that forecasts all at once."""

from __future__ import annotations

from engine.inspection.series.recursion import errors_frame, last_value_errors, say_recursion, step_errors
from engine.plotting.series.forecasts import ForecastLine, errors_by_step, forecast_chart
from pages.components.computing.calls import NOT_DRAWN, call
from pages.components.drawing import figures, notices
from pages.components.series.context import SeriesContext


def show(context: SeriesContext) -> None:
    """Draw both ways from the same origin, and how their errors grow."""
    notices.explain(
        "A recursive network reads each value before it forecasts the next one. In use it reads its own forecasts "
        "(free running); here it is also given the true values (teacher forcing). A direct network forecasts all "
        "values at once and reads none of them. **Try:** move the origin; see at which step the two lines part."
    )
    if not context.recursive:
        notices.note("No network of this series is recursive; choose another series above.")
        return
    forced, free, direct = [], [], []
    for name in context.recursive:
        free.append((name, call(step_errors, *context.where, False, model=name)))
        forced.append((name, call(step_errors, *context.where, True, model=name)))
    if context.network not in context.recursive:
        direct.append((context.network, call(step_errors, *context.where, False, model=context.network)))
    naive = call(last_value_errors, context.corpus, context.member, int(context.info.config["horizon"]))
    ways = [
        *((f"{context.label(name)}, teacher forcing", name, found, True) for name, found in forced),
        *((f"{context.label(name)}, free running", name, found, False) for name, found in free),
        *((context.label(name), name, found, False) for name, found in direct),
    ]
    here = context.ahead.value
    lines = [
        ForecastLine(label, context.models[name].architecture, found.value.band.value, is_again=again)
        for label, name, found, again in ways
    ]
    said = say_recursion(free[0][1].value, forced[0][1].value)
    unit = context.facts.unit
    receipt = free[0][1].receipt("found.errors", seed=NOT_DRAWN)
    figures.show(
        forecast_chart(
            here.past[-2 * len(here.true) :],
            here.true,
            lines,
            here.times[-3 * len(here.true) :],
            here.window,
            unit=context.unit,
            mode=figures.mode(),
        ),
        name="series-recursion",
        alt="The forecasts from one origin, with teacher forcing, free running, and all values at once.",
        table=lambda: errors_frame({label: found.value.band.value for label, _, found, _ in ways}),
        receipt=receipt,
    )
    errors = {label: found.value.errors for label, _, found, _ in ways} | {"Last value": naive.value}
    curves = [
        ForecastLine(label, context.models[name].architecture, found.value.errors, is_again=again)
        for label, name, found, again in ways
    ]
    figures.show(
        errors_by_step(
            [ForecastLine("Last value", "last", naive.value), *curves],
            unit=f"Mean absolute error ({unit})",
            step=context.facts.step,
            mode=figures.mode(),
        ),
        name="series-step-errors",
        alt=said,
        table=lambda: errors_frame(errors),
        receipt=receipt,
    )
    notices.say(said)
