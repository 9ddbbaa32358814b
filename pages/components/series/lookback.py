"""Look back: what each value of the window changes in the forecast."""

from __future__ import annotations

from engine.inspection.series.look_back import look_back, look_back_frame, say_look_back
from engine.plotting.series.forecasts import look_back_chart
from pages.components.computing.calls import NOT_DRAWN, call
from pages.components.drawing import figures, notices
from pages.components.series.context import SeriesContext


def show(context: SeriesContext) -> None:
    """Draw the influence of each value by its lag, found in two ways that check each other."""
    notices.explain(
        "Every value of the window is replaced by the window's mean, one at a time, and the forecast is made anew; "
        "beside it stands the gradient, which asks the same of a small change. **Try:** a linear layer beside a GRU."
    )
    measured = call(look_back, *context.where, model=context.network)
    found = measured.value
    said = say_look_back(found, context.facts.step)
    figures.show(
        look_back_chart(
            found.lags,
            found.replaced,
            found.gradient,
            context.info.architecture,
            unit=f"Change of the forecast ({context.facts.unit})",
            step=context.facts.step,
            mode=figures.mode(),
        ),
        name="series-look-back",
        alt=said,
        table=lambda: look_back_frame(found).round(5),
        receipt=measured.receipt("look_back_frame(found).to_string()", uses=[look_back_frame], seed=NOT_DRAWN),
    )
    notices.say(said)
