"""How the translations are found: greedy, by beam search or drawn by chance; asked once at the top, used by every
network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from engine.decoding.limits import SamplingSettings, SearchSettings
from engine.inspection.translation.hypotheses import hypotheses_table
from engine.inspection.translation.translations import TranslationReport, inspect_hypotheses, inspect_samples
from engine.models.folder import ModelInfo
from pages.components import cache, figures
from pages.components.figures import Receipt
from pages.components.forms import Controls
from pages.components.translation.context import title
from pages.components.translation.view import SAMPLING, TranslationView

SEEDS = 5
GREEDY = SearchSettings(1, 0.0)


@dataclass(frozen=True)
class Search:
    """How a translation is found: by search settings or, where `sampling` is given, by chance (the settings are then
    greedy's)."""

    settings: SearchSettings
    sampling: SamplingSettings | None = None


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


def translate(name: str, line: str, search: Search, seeds: int = 1) -> list[TranslationReport]:
    """Return what one network makes of a line, best first; drawn translations in the order of their seeds."""
    if search.sampling is not None:
        return cache.compute_with_model(inspect_samples, name, line, search.sampling, seeds)
    return cache.compute_with_model(
        inspect_hypotheses, name, line, search.settings.beam_size, search.settings.length_penalty
    )


def show_seeds(models: list[ModelInfo], line: str, search: Search) -> None:
    """Draw what the next seeds would have given, a row per seed and a column per network."""
    if search.sampling is None:
        return
    columns = {}
    for info in models:
        table = hypotheses_table(translate(info.name, line, search, SEEDS))
        columns = {"seed": table["seed"]} | columns
        columns |= {title(info): table["translation"], f"{title(info)} (nats)": table["log_probability_nats"]}
    st.caption(
        "The same sentence with this seed and the next ones. Nats: the log-probability under the network itself, at "
        "temperature 1."
    )
    figures.show_table(pd.DataFrame(columns), name="seeds")


def receipt(name: str, line: str, search: Search) -> Receipt:
    """Return the lines that make all translations of a line again."""
    call = f"inspect_hypotheses(loaded, {line!r}, {search.settings.beam_size}, {search.settings.length_penalty!r})"
    command = f"python -m engine translate --model {name} --beam-size {search.settings.beam_size} < lines.txt"
    if search.sampling is not None:
        call = f"inspect_samples(loaded, {line!r}, {sampling_literal(search.sampling)}, {SEEDS})"
        command = sampling_command(name, search.sampling)
    return Receipt(
        model=name,
        seed="none: nothing is drawn at random" if search.sampling is None else search.sampling.seed,
        measured=f"{date.today().isoformat()}, on the server's processor",
        python=(
            "from engine.decoding.limits import SamplingSettings\n"
            "from engine.inspection.translation.hypotheses import hypotheses_table\n"
            "from engine.inspection.translation.translations import inspect_hypotheses, inspect_samples\n"
            "from engine.models.folder import load_model\n\n"
            f"loaded = load_model({name!r})\n"
            f"print(hypotheses_table({call}).to_string())"
        ),
        command=command,
    )


def sampling_literal(settings: SamplingSettings) -> str:
    """Return the settings of a drawn translation as a Python expression."""
    return f"SamplingSettings({', '.join(f'{name}={getattr(settings, name)!r}' for name in SAMPLING)})"


def sampling_command(name: str, settings: SamplingSettings) -> str:
    """Return the command that draws the translation of each line of a file."""
    options = " ".join(f"--{option.replace('_', '-')} {getattr(settings, option)}" for option in SAMPLING)
    return f"python -m engine translate --model {name} --sample {options} < lines.txt"
