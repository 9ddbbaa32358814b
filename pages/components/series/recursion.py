"""Own values: a network that says a value after the other, on its own values and on true ones, beside one that says all
at once."""

from __future__ import annotations

from engine.inspection.series.recursion import baseline_step_errors, errors_frame, say_own_values, step_errors
from engine.plotting.series.forecasts import ForecastLine, errors_by_step, forecast_chart
from pages.components.computing.calls import NOT_DRAWN, call
from pages.components.drawing import figures, notices
from pages.components.series.context import SeriesContext


def show(context: SeriesContext) -> None:
    """Draw both ways from the same origin, and how their errors grow."""
    notices.explain(
        "A network that says one value after the other reads each before it says the next. While it forecasts, that is "
        "its own value; here it is also given the true ones, as translators are in teacher forcing. **Try:** move the "
        "origin; see at which step the two lines part."
    )
    if not context.recursive:
        notices.note("No network of this series says one value after the other; choose another series above.")
        return
    forced, own, direct = [], [], []
    for name in context.recursive:
        own.append((name, call(step_errors, *context.where, False, model=name)))
        forced.append((name, call(step_errors, *context.where, True, model=name)))
    if context.network not in context.recursive:
        direct.append((context.network, call(step_errors, *context.where, False, model=context.network)))
    naive = call(baseline_step_errors, "last", context.corpus, context.member, int(context.info.config["horizon"]))
    ways = [
        *((f"{context.label(name)}, true values", name, found, True) for name, found in forced),
        *((f"{context.label(name)}, own values", name, found, False) for name, found in own),
        *((context.label(name), name, found, False) for name, found in direct),
    ]
    here = context.ahead.value
    lines = [
        ForecastLine(label, context.models[name].architecture, found.value.band.value, is_again=again)
        for label, name, found, again in ways
    ]
    said = say_own_values(own[0][1].value, forced[0][1].value)
    unit = context.facts.unit
    receipt = own[0][1].receipt("found.errors", seed=NOT_DRAWN)
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
        name="series-own-values",
        alt="The same origin, with true and with own values read ahead.",
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
