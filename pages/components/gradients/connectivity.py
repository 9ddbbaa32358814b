"""Connectivity: the text in a row per network, coloured by how strongly each character moves one that is expected."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.inspection.gradients.connectivity import (
    REPLACEMENTS,
    Connectivity,
    connectivity,
    rank_correlation,
    replacements,
)
from engine.inspection.gradients.trained_chain import checked_tokens
from engine.inspection.stored.opening_texts import VERB
from engine.inspection.stored.tool_effects import LSTM
from engine.plotting.gradients.connectivity import check_curves, connectivity_grid, describe_check
from engine.plotting.writing.text_grid import spoken_token
from pages.components.computing.calls import Call, call, receipt, values
from pages.components.drawing import figures, notices, stored
from pages.components.gradients.context import GradientsContext
from pages.components.gradients.view import CAT, CHEF
from pages.components.owning import networks
from pages.components.texts import reading

EXAMPLES = {"The cat": CAT, "The chef": CHEF}
OPENS_AT = {CAT: VERB, CHEF: CHEF.index("makes") + 1}  # any other text at its end
STRONG, WEAK = 0.7, 0.3  # rank correlations


def show(context: GradientsContext) -> None:
    """Draw the text box, a coloured row per network, and the check of what the colours say."""
    notices.explain(
        "Each network has read the text up to the underlined character, which it predicts next. **The brighter a "
        "character before it, the more the expectation would change if that character were a little different.** "
        "Click any character, or move the slider: does a network still look at the subject of the sentence when it "
        "comes to the verb?"
    )
    text = context.controls.text_area("text", height=80)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Examples", width="content")
        context.controls.examples("text", EXAMPLES, "connectivity", type="tertiary")
    if not context.readers:
        notices.note(networks.missing("language model that learns by gradients"))
        return
    first = next(iter(context.readers))
    tokens = call(checked_tokens, text, model=first).value
    reading.say(first, text)
    position = context.controls.slider("connectivity_position", maximum=len(tokens), default=OPENS_AT.get(text))
    is_log = context.controls.toggle("connectivity_faint")
    calls = {name: call(connectivity, text, position, model=name) for name in context.readers}
    found = values(calls)
    verdicts = {name: _show_row(context, name, each, is_log) for name, each in found.items()}
    shown = receipt(
        list(calls.values()),
        "found.strengths, found.probability",
        data="your text",
        measured="the norm of d logit / d embedding, by autograd",
    )
    figures.show_receipt(shown, "connectivity")
    stored.say_effect(context, "connectivity", LSTM)
    if context.controls.toggle("connectivity_check"):
        with st.spinner("Each earlier character is replaced, and the text is read anew."):
            checks = {name: call(replacements, text, position, model=name).computed() for name in found}
        _show_checks(context, found, checks, verdicts)


def _show_row(context: GradientsContext, name: str, found: Connectivity, is_log: bool) -> DeltaGenerator:
    """Draw one network's row; return the room below it for what the check finds."""
    networks.show(context.models[name])
    expected = spoken_token(found.tokens[found.position - 1])
    figures.show(
        connectivity_grid(found.tokens, found.shares, found.position, mode=figures.mode(), is_log=is_log),
        name=f"connectivity-{name}",
        alt=row_sentence(context.label(name), found, context.nouns),
        table=lambda: pd.DataFrame({"token": found.tokens[: found.position - 1], "strength": found.strengths.round(6)}),
        on_click=lambda number: context.controls.set("connectivity_position", max(2, number + 1)),
    )
    chance = f"It gave {expected} a chance of {100 * found.probability:.2g} %."
    notices.say(f"{row_sentence(context.label(name), found, context.nouns)} {chance}")
    return st.empty()


def row_sentence(label: str, found: Connectivity, nouns: str = "characters") -> str:
    """Return how far one network looks back for what it expects, in a sentence."""
    expected = spoken_token(found.tokens[found.position - 1])
    if not found.strengths.max() > 0:
        return f"Nothing before {expected} moves what the {label} expects."
    strongest = int(found.strengths.argmax())
    back = found.position - 1 - strongest
    return (
        f"{label}, expecting {expected}: half of all strength lies in the last {found.half_reach} of "
        f"{found.position - 1} {nouns}. The strongest is {spoken_token(found.tokens[strongest])}, {back} before; "
        f"the furthest with at least a tenth of that lies {found.furthest} before."
    )


def _show_checks(
    context: GradientsContext,
    found: Mapping[str, Connectivity],
    checks: Mapping[str, Call[pd.DataFrame]],
    verdicts: Mapping[str, DeltaGenerator],
) -> None:
    """Say below each row how well its colours agree with what replacing changes, and draw both for one network."""
    frames = {
        name: frame.assign(gradient=found[name].strengths[-len(frame) :]) for name, frame in values(checks).items()
    }
    correlations = {name: rank_correlation(frame["gradient"], frame["moved"]) for name, frame in frames.items()}
    for name, correlation in correlations.items():
        verdicts[name].markdown(notices.plain(check_sentence(len(frames[name]), correlation)))
    notices.explain(
        "**Is it true?** The colours come from a gradient, which is right for the smallest of changes only. So every "
        "character was also replaced by others of your text, and the change of the same logit measured."
    )
    name = next(iter(found))
    if len(found) > 1:
        name = context.controls.segmented("connectivity_model", context.label, list(found))
    figures.show(
        check_curves(frames[name], context.models[name].architecture, mode=figures.mode()),
        name="connectivity-check",
        alt=describe_check(frames[name], context.label(name), correlations[name]),
        table=lambda: frames[name].round(5),
        receipt=checks[name].receipt(
            "rank_correlation(connectivity(model, text, position).strengths[-len(found):], found['moved'])",
            uses=[connectivity, rank_correlation],
            seed="0, for which characters are put in",
            measured=f"{REPLACEMENTS} other characters in each of the last {len(frames[name])} places, one at a time",
        ),
    )


def check_sentence(count: int, correlation: float) -> str:
    """Return how alike the order of the gradient and that of the measured changes are, and what follows."""
    if pd.isna(correlation):
        return f"Replaced for real: with {count} characters there is no order to compare."
    verdict = (
        "the colours can be trusted"
        if correlation >= STRONG
        else "the colours say roughly what happens"
        if correlation >= WEAK
        else "do not trust the colours here"
    )
    return f"Replaced for real, {count} characters: rank correlation {correlation:.2f}, so {verdict}."
