"""The form of hyper-parameters: a widget for each that the recipe declares, a few at once and the rest a step away."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import streamlit as st

from engine.recipes.base import Recipe
from engine.recipes.fitting import setting_names
from engine.recipes.own import Setting, changed, settings
from pages.components.controls import forms, state
from pages.components.train.view import FIRST, PAGE, SEEN_FIRST, TrainView, field_of, settings_view
from pages.components.watching.run_control import RUN

SECTIONS = {"model": "Network", "": "Data", "training": "Training"}
WIDTH = 190


def every_name() -> set[str]:
    """Return the names that an address may carry for any recipe."""
    return set(setting_names())


def task_label(task: str) -> str:
    """Return what the page calls a task."""
    return task.replace("_", " ").capitalize()


def ask(recipes: Mapping[str, Recipe]) -> dict[str, Recipe]:
    """Draw the settings that the recipes of all architectures have and return the recipes with what was chosen.

    What the visitor did not touch keeps each recipe's own default, also where several race.

    Raises:
        ConfigError: a value is out of bounds.
    """
    shown = [settings(recipe) for recipe in recipes.values()]
    common = [each for each in shown[0] if all(each.path in {other.path for other in known} for known in shown)]
    _follow_defaults(common)
    by_name = {field_of(each.path): each for each in common}
    others = {field.name for field in dataclasses.fields(TrainView)} | setting_names() | {RUN}
    controls = forms.open_controls(PAGE, settings_view(common), jobs=others - set(by_name), form="settings")
    first = [name for name in FIRST if name in by_name][:SEEN_FIRST]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name in first:
            _draw(controls, name, by_name[name])
    with st.expander("All settings", icon=":material/tune:", type="compact"):
        for section, title in SECTIONS.items():
            rest = [name for name in by_name if name not in first and by_name[name].path.rpartition(".")[0] == section]
            if rest:
                st.markdown(f"**{title}**")
                with st.container(horizontal=True, vertical_alignment="bottom"):
                    for name in rest:
                        _draw(controls, name, by_name[name])
    value = controls.value()
    touched = {each.path: getattr(value, name) for name, each in by_name.items() if getattr(value, name) != each.value}
    return {name: changed(recipe, touched) for name, recipe in recipes.items()}


def _draw(controls: forms.Controls, name: str, setting: Setting) -> None:
    if isinstance(setting.value, bool):
        controls.toggle(name)
    elif setting.metadata.get("choices"):
        controls.select(name, width=WIDTH)
    elif isinstance(setting.value, float):
        controls.number(name, width=WIDTH, format="%.6g")
    elif isinstance(setting.value, int):
        controls.number(name, width=WIDTH)


def _follow_defaults(shown: Sequence[Setting]) -> None:
    """Let a widget that says a default go on to that of the data and the architecture that are chosen now."""
    before = state.recall(PAGE, "defaults", {})
    now = {field_of(each.path): each.value for each in shown}
    for name, value in now.items():
        held = state.widget_value(name)
        if held is not None and name in before and held == before[name] != value:
            state.set_widget(name, float(value) if isinstance(held, float) else value)
    state.remember(PAGE, "defaults", before | now)
