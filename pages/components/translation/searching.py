"""How the translations are found: greedy, by beam search or drawn by chance; asked once, used by every network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from engine.decoding.limits import SamplingSettings, SearchSettings
from engine.decoding.text import Translation, sample_translations
from engine.inspection.translation.hypotheses import hypotheses_table
from engine.models.folder import ModelInfo
from pages.components.computing.calls import Call, call, receipt
from pages.components.controls.forms import Controls
from pages.components.drawing import figures
from pages.components.translation.context import search_call, title
from pages.components.translation.view import SAMPLING, TranslationView

SEEDS = 5
GREEDY = SearchSettings(1, 0.0)


@dataclass(frozen=True)
class Search:
    """How a translation is found: by search settings, or by chance where `sampling` is given (and greedy settings)."""

    settings: SearchSettings
    sampling: SamplingSettings | None = None

    def call(self, name: str, line: str, seeds: int = 1) -> Call[Any]:
        """Return what gives one network's translations of a line; `seeds` says how many are drawn."""
        if self.sampling is None:
            return search_call(name, line, self.settings)
        return call(sample_translations, line, self.sampling, seeds, model=name, kept="shared")

    def translations(self, name: str, line: str, seeds: int = 1) -> Sequence[Translation]:
        """Return what one network makes of a line, best first; drawn ones in the order of their seeds."""
        found = self.call(name, line, seeds).value
        return found.translations if self.sampling is None else found


def ask(controls: Controls[TranslationView]) -> Search:
    """Draw the choice of search and, behind a button, its settings."""
    search = controls.segmented("search", label_visibility="collapsed")
    if search == "beam":
        with st.popover("Beam size and length penalty", icon=":material/tune:"):
            controls.slider("beam_size")
            controls.slider("length_penalty")
    elif search == "sampling":
        with st.popover("Temperature, cuts and seed", icon=":material/tune:"):
            for name in SAMPLING:
                (controls.number if name == "seed" else controls.slider)(name)
    return of_view(controls.value())


def of_view(view: TranslationView) -> Search:
    """Return the search that a view describes."""
    if view.search == "beam":
        return Search(SearchSettings(view.beam_size, view.length_penalty))
    if view.search == "sampling":
        return Search(GREEDY, SamplingSettings(**{name: getattr(view, name) for name in SAMPLING}))
    return Search(GREEDY)


def show_seeds(models: list[ModelInfo], line: str, search: Search) -> None:
    """Draw what the next seeds would have given, a row per seed and a column per network."""
    if search.sampling is None:
        return
    columns, calls = {}, [search.call(info.name, line, SEEDS) for info in models]
    for info in models:
        table = hypotheses_table(search.translations(info.name, line, SEEDS))
        columns = {"seed": table["seed"]} | columns
        columns |= {title(info): table["translation"], f"{title(info)} (nats)": table["log_probability_nats"]}
    st.caption(
        "The same sentence with this seed and the next ones. Nats: the log-probability under the network itself, at "
        "temperature 1."
    )
    made = receipt(calls, "hypotheses_table(found).to_string()", uses=[hypotheses_table], seed=search.sampling.seed)
    figures.show_table(pd.DataFrame(columns), name="seeds", receipt=made)
