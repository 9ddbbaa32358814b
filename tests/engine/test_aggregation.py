"""What is said of several values is what is computed of them."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from engine.aggregation import (
    MEAN_AND_QUARTILES,
    MEAN_AND_RANGE,
    MEDIAN_AND_RANGE,
    ROOT_MEAN_SQUARE_AND_QUARTILES,
    Aggregation,
    wilson,
)
from engine.experiments.findings.aggregates import OVER_SEEDS, medians_and_ranges
from engine.inspection.gradients import half_life
from engine.inspection.translation import regimes
from engine.inspection.writing import temperatures
from engine.plotting.comparison import race
from engine.plotting.tagging import entity_scores
from engine.plotting.translation import timelines
from tests.plotly_figures import as_plotly

VALUES = np.array([[1.0, 8.0], [2.0, 5.0], [9.0, np.nan], [4.0, 6.0], [5.0, 7.0]])  # (5 values, 2 columns)
BY_NAME = {
    "mean": np.nanmean,
    "median": np.nanmedian,
    "root mean square": lambda values, axis: np.sqrt(np.nanmean(values**2, axis=axis)),
}
ALL = (MEDIAN_AND_RANGE, MEAN_AND_RANGE, MEAN_AND_QUARTILES, ROOT_MEAN_SQUARE_AND_QUARTILES)


def as_said(words: str, values: np.ndarray) -> np.ndarray:
    """Return what a sentence says was computed."""
    return BY_NAME[re.fullmatch(r"the (.+) over the seeds", words)[1]](values, axis=0)


@pytest.mark.parametrize("aggregation", ALL)
def test_middle_and_reach_are_those_that_are_said(aggregation: Aggregation) -> None:
    middle, low, high = aggregation.over(VALUES)
    np.testing.assert_allclose(middle, as_said(aggregation.middle_over("the seeds"), VALUES))
    inside = np.mean((VALUES[:, 0] >= low[0]) & (VALUES[:, 0] <= high[0]))
    said = aggregation.reach("lowest", "highest")
    if said == "from the lowest to the highest":
        assert inside == 1
        assert (low.tolist(), high.tolist()) == ([1, 5], [9, 8])
    else:
        assert said == "round the middle 50 % of them"
        assert inside == 3 / 5  # of five values the quartiles are the second and the fourth


@pytest.mark.parametrize("aggregation", [MEDIAN_AND_RANGE, MEAN_AND_RANGE])
def test_the_functions_for_pandas_are_the_same(aggregation: Aggregation) -> None:
    found = pd.DataFrame(VALUES).agg(list(aggregation.functions)).to_numpy()
    np.testing.assert_allclose(found, np.stack(aggregation.over(VALUES)))


@pytest.mark.parametrize("aggregation", [MEAN_AND_QUARTILES, ROOT_MEAN_SQUARE_AND_QUARTILES])
def test_what_pandas_has_no_name_for_is_refused(aggregation: Aggregation) -> None:
    with pytest.raises(ValueError, match="pandas has no names"):
        _ = aggregation.functions


def test_every_chart_computes_what_its_explanation_says() -> None:
    """The pages say what these objects say; here each one's numbers are made by the call that draws them."""
    three = [1.0, 2.0, 9.0]
    column = np.array(three)[:, None]
    runs = pd.DataFrame({"architecture": "gru", "seed": range(3), "step": 1, "error": three})

    found = medians_and_ranges(runs, "error", ["architecture"])
    assert float(found["error_median"].iloc[0]) == as_said(OVER_SEEDS.middle_over("the seeds"), column)[0]
    drawn = as_plotly(race.race_bands(runs, mode="light", last_step=2, y_title=""))
    middle = as_said(race.OVER_SEEDS.middle_over("the seeds"), column)
    assert [list(trace.y) for trace in drawn.data if trace.mode and "lines" in trace.mode][-1] == middle.tolist()

    texts = pd.DataFrame({"temperature": 1.0, "seed": range(3), "is_loop": False})
    row = temperatures.summarise_curve(texts.assign(**{name: three for name in temperatures.MEASURES})).iloc[0]
    assert row["entropy_mean"] == as_said(temperatures.OVER_SEEDS.middle_over("the seeds"), column)[0]
    assert regimes.spread(pd.Series(three), 1) == "4.0 (1.0 to 9.0)"
    assert as_said(regimes.OVER_SEEDS.middle_over("the seeds"), column)[0] == 4

    coins = pd.DataFrame({"teacher_forcing_ratio": 1.0, "seed": range(3), "nats_per_token": three})
    line = as_plotly(timelines.coin_curve(coins, None, mode="light")).data[1]
    assert line.name.lower() == timelines.OVER_SEEDS.middle_over("the seeds").removeprefix("the ")
    assert list(line.y) == as_said(timelines.OVER_SEEDS.middle_over("the seeds"), column).tolist()
    trained = pd.DataFrame({"variant": "CRF", "bidirectional": True, "crf": True, "seed": range(3), "f1": three})
    assert as_plotly(entity_scores.trainings(trained, mode="light")).data[0].x[0] == pytest.approx(
        as_said(entity_scores.OVER_SEEDS.middle_over("the seeds"), column)[0]
    )

    curves = half_life.curves(column, column)
    for name, quantity in (("kl", "kl"), ("gradient_norm", "gradient")):
        said = half_life.OVER_PLACES[quantity].middle_over("the seeds")
        assert curves[name].iloc[0] == pytest.approx(as_said(said, column)[0])


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-4), "Newcombe (1998), table I"
    assert wilson(0, 0) == (0.0, 1.0), "nothing is known of no cases"
