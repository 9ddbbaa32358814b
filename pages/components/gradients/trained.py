"""The chain in trained networks: the shipped language models on the visitor's text, beside what they were at birth."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from engine.inspection.chain import KEY_DISTANCE, say_power
from engine.inspection.half_life import half_life
from engine.inspection.trained_chain import newborn_chain, trained_chain
from engine.plotting.gradients import chain_curves, describe_chain
from pages.components import cache, figures, notices
from pages.components.figures import Receipt
from pages.components.gradients.desk import Desk
from pages.components.header import TEXT_WIDTH, section
from pages.components.views.gradients_truncation import PASSAGE

BIRTH = " at birth"
FARTHEST = 60


def show(desk: Desk, text: str | None) -> None:
    """Draw the switch and, where it is on, the curves of the trained networks and of the same ones before training."""
    section("And trained networks?", "The networks of this site that write Shakespeare, after a million characters of learning.")
    if not desk.controls.toggle("chain_trained"):
        return
    if not desk.trio:
        notices.note("No language model with hidden units is installed; the Models page lists what is there and what is missing.")
        return
    if text is None:
        text = desk.controls.text_area("text", height=80)
    with st.spinner("The gradients of trained networks are handed back through the text."):
        parts = []
        for name, info in desk.trio.items():
            look = {"architecture": info.architecture, "label": desk.label(name)}
            parts.append(cache.compute_with_model(trained_chain, name, text).assign(**look))
            look["label"] += BIRTH
            parts.append(cache.compute_with_model(newborn_chain, name, text).assign(**look))
    curves = pd.concat(parts, ignore_index=True)
    distance = min(KEY_DISTANCE, int(curves["distance"].max()))
    st.markdown(notices.plain(trained_sentence(curves, distance)), width=TEXT_WIDTH)
    first = next(iter(desk.trio))
    figures.show(
        chain_curves(curves, mode=figures.mode(), distance=distance, x_title="Characters back from the end of your text"),
        name="chain-trained",
        alt=describe_chain(curves, distance),
        table=curves.round(4),
        receipt=Receipt(
            model=", ".join(desk.trio),
            data="your text",
            seed="0, for the eight directions that are handed back and for the networks at birth",
            measured=f"{date.today().isoformat()}, by autograd through the whole text",
            python=(
                "from engine.inspection.trained_chain import newborn_chain, trained_chain\n"
                "from engine.models.folder import load_model\n\n"
                f"text = {text!r}\nmodel = load_model({first!r})\n"
                "print(trained_chain(model, text), newborn_chain(model, text))"
            ),
            note="A state of a thousand numbers has a Jacobian of a million: its size is estimated from eight random directions.",
        ),
    )
    _show_half_lives(desk)
    st.caption(
        "At birth these networks had random rotations as recurrent matrices, and the LSTM a forget bias of 1. A line that becomes flat belongs to "
        "units that hardly forget: the mean over all directions is then theirs alone."
    )


def _show_half_lives(desk: Desk) -> None:
    """Say whether the gradient and real replacement put the networks' memories in the same order."""
    with st.spinner("Tokens are replaced, near and far."):
        found = {name: cache.compute_with_model(half_life, name, PASSAGE, FARTHEST) for name in desk.trio}
    lives = pd.DataFrame(
        {
            "network": [desk.label(name) for name in found],
            "gradient": [each.gradient_half_life for each in found.values()],
            "replaced": [each.half_life for each in found.values()],
        }
    )
    st.markdown(notices.plain(half_lives_sentence(lives)), width=TEXT_WIDTH)
    figures.show_table(
        lives.round(2).rename(columns={"gradient": "half-life by gradient (characters)", "replaced": "half-life by replacing (characters)"}),
        name="chain-half-lives",
        receipt=Receipt(
            model=", ".join(found),
            data="a passage of this site, which the networks have not learnt",
            seed="0, for which characters are put in",
            measured=f"{date.today().isoformat()}, in nats between what is expected with and without the character",
            python=(
                "from engine.inspection.half_life import half_life\n"
                "from engine.models.folder import load_model\n\n"
                f"passage = {PASSAGE!r}\nfor name in {list(found)!r}:\n"
                f"    found = half_life(load_model(name), passage, {FARTHEST})\n    print(name, found.gradient_half_life, found.half_life)"
            ),
        ),
    )


def half_lives_sentence(lives: pd.DataFrame) -> str:
    """Return whether half-lives by gradient and by real replacement have the same order.

    Args:
        lives: columns `network`, `gradient`, `replaced`; what is not known is None.
    """
    if lives[["gradient", "replaced"]].isna().any().any():
        return "Not every half-life lies within the distances measured, so their orders cannot be compared."
    orders = {column: lives.sort_values(column)["network"].tolist() for column in ("gradient", "replaced")}
    opening = f"Half-lives of a character, from short to long. By gradient: {', '.join(orders['gradient'])}."
    if orders["gradient"] == orders["replaced"]:
        return f"{opening} By really replacing it: the same order."
    return f"{opening} By really replacing it: {', '.join(orders['replaced'])}. The two do not agree."


def trained_sentence(curves: pd.DataFrame, distance: int) -> str:
    """Return what is left at `distance` in each network, trained and at birth, and whether learning made it more."""
    at = curves[curves["distance"] == distance].set_index("label")["log10_gain"]
    parts = []
    for label in (label for label in at.index if not label.endswith(BIRTH)):
        before = at[label + BIRTH]
        change = "more" if at[label] > before else "less"
        parts.append(f"{label} {say_power(at[label])}, {change} than at birth ({say_power(before)})")
    return f"At distance {distance} this is left of a change of the state: {'; '.join(parts)}."
