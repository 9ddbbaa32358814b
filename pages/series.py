"""Forecasting: how does a series go on, and does a network know it better than a forecast without one?"""

from __future__ import annotations

import streamlit as st

from pages.components.computing import cache
from pages.components.computing.calls import call
from pages.components.controls import forms
from pages.components.drawing import notices
from pages.components.owning import networks
from pages.components.series import TOOLS, context
from pages.components.series.view import SeriesView
from pages.components.shell import header

header.show(
    "Forecasting",
    "How does a series go on, and does a network know it better than repeating what was?",
    {
        "Past and True": "the series, before and after the moment from which it is forecast; the network has not seen "
        "what lies after it.",
        "Grey ground": "the window: the values that the network reads.",
        "Coloured ground": "the horizon: the values that are forecast.",
        "Band": "where the network expects 8 of 10 true values.",
        "Grey dashed lines": "forecasts without a network. Last value repeats it; seasonal naive repeats the last "
        "season; drift repeats it and moves it on by its last change; Theta, ETS and SARIMA fit a few numbers to the "
        "past.",
        "MASE": "the mean error, divided by that of the seasonal naive forecast on the past: below 1 is better.",
        "Coverage": "the share of true values inside the band; 0.8 is what it promises.",
        "▲ ● ■": "mark RNN, LSTM and GRU everywhere.",
    },
)
models = networks.installed(cache.list_models("forecasting"), "forecaster")
by_group = context.groups(models.values())
titles = {name: context.group_title(found) for name, found in by_group.items()}
choices = {"series": titles, "tool": TOOLS.labels}
controls = forms.open_controls(context.PAGE, SeriesView, choices, formerly={"tool": TOOLS.formerly})
left, right = st.columns(2, gap="large")
with left:
    group = controls.select("series")
models = {info.name: info for info in by_group[group]}
with right:
    network = controls.select("network", choices={name: context.label(info) for name, info in models.items()})
corpus = context.corpus_of(models[network])
here = None
with notices.engine_errors():
    from engine.inspection.series.forecasts import forecast_test, last_place, read_series

    found, _, source = read_series(corpus)
    with left if len(found) > 1 else right:
        member = controls.slider("member", maximum=len(found)) if len(found) > 1 else 1
    place = controls.slider("place", maximum=last_place(corpus, member, models[network].config["horizon"]))
    ahead = call(forecast_test, corpus, member, place, model=network)
    here = context.SeriesContext(
        controls=controls, models=models, network=network, member=member, place=place, ahead=ahead
    )
    from pages.components.series import forecast

    with st.spinner("The network and the baselines forecast"):
        forecast.show(here)
    st.caption(notices.plain(source))

header.section("Take the forecast apart")
tool = TOOLS.choose(controls)
with notices.engine_errors():
    if here is not None:
        TOOLS.show(tool.name, here)
