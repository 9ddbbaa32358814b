"""How far back it counts: how far back a token may stand and still change what a language model predicts now, measured
and by gradient."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.errors import InputError
from engine.inspection.gradients.half_life import FARTHEST, NOTICEABLE, OVER_PLACES, HalfLife, half_life
from engine.models.folder import ModelInfo
from engine.plotting.gradients.half_life import (
    describe_half_lives,
    describe_two_answers,
    influence_by_distance,
    two_answers,
)
from engine.wording import counted
from pages.components.comparison.context import ComparisonContext
from pages.components.comparison.view import LONGEST_TEXT
from pages.components.computing import cache
from pages.components.computing.calls import call, receipt
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt
from pages.components.owning import networks
from pages.components.texts import reading

Found = dict[str, HalfLife]


def show(context: ComparisonContext) -> None:
    """Draw the text, both curves of every network, and where they disagree."""
    models = {
        info.name: info
        for info in networks.in_order([info for info in cache.shipped_models("language_model") if not info.error])
    }
    names = sorted(networks.comparable(models.values()), key=lambda name: bool(models[name].group))
    if not names:
        notices.note("No language model is installed, so there is nothing to measure.")
        return
    controls = context.controls
    notices.explain(
        "Every network reads the text below. At several places one token is replaced by another, both versions are "
        "read on, and after every further token the two predictions are compared. What is left at distance d is the "
        "influence of a token d steps back **on the next prediction**. The state may hold it for longer without using "
        "it now: *State transplant* on the Generation page measures that."
    )
    text = controls.text_area("half_life_text", height=150, max_chars=LONGEST_TEXT)
    chosen = _ask(context, models, names)
    if not chosen:
        notices.note("Choose at least one network.")
        return
    reading.say(chosen[0], text)
    view = context.view
    found, refused = _measure(chosen, text, view.half_life_distance, view.half_life_seed)
    for name, problem in refused.items():
        notices.error(f"{networks.label(models[name])}: {problem}")
    if not found:
        return
    labels = _labels(models, found)
    frame = pd.concat(
        [
            value.frame.assign(label=labels[name], architecture=models[name].architecture)
            for name, value in found.items()
        ]
    )
    _show_numbers(found, labels)
    _show_curves(context, found, labels, frame)
    _show_disagreement(context, found, labels, frame)


def _ask(context: ComparisonContext, models: dict[str, ModelInfo], names: list[str]) -> tuple[str, ...]:
    matched = [name for name in names if not models[name].group] or names[:1]
    context.controls.offer("half_life_models", names)
    chosen = context.controls.several("half_life_models", lambda name: networks.label(models[name]), default=matched)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        context.controls.number("half_life_distance", width=150)
        with st.popover("Axes and seed", icon=":material/tune:"):
            context.controls.toggle("half_life_log_x")
            context.controls.toggle("half_life_log_y")
            context.controls.number("half_life_seed")
    return chosen


def _measure(names: tuple[str, ...], text: str, farthest: int, seed: int) -> tuple[Found, dict[str, str]]:
    """Return what could be measured, and for each network that refused the text why; measured ones are kept."""
    found: Found = {}
    refused: dict[str, str] = {}
    with st.spinner("The networks are reading", show_time=True):
        for name in names:
            try:
                found[name] = call(half_life, text, farthest, seed, model=name, kept="shared").value
            except InputError as problem:
                refused[name] = str(problem)
    return found, refused


def _labels(models: dict[str, ModelInfo], found: Found) -> dict[str, str]:
    """Return what each network is called here; two that share a label get their names added."""
    plain = {name: networks.label(models[name]) for name in found}
    return {
        name: f"{label} ({name})" if list(plain.values()).count(label) > 1 else label for name, label in plain.items()
    }


def _show_numbers(found: Found, labels: dict[str, str]) -> None:
    """Draw one number per network and say what it means."""
    for column, (name, value) in zip(st.columns(min(4, len(found))) * 4, found.items(), strict=False):
        column.metric(
            labels[name],
            _reach(value),
            help=f"The farthest distance at which replacing the token changes the prediction by {NOTICEABLE:g} nats or "
            "more.",
        )
    longest = max(value.frame["distance"].max() for value in found.values())
    words = "; ".join(f"{labels[name]} {_tokens(value.half_life)}" for name, value in found.items())
    notices.say(
        f"So far back a replaced token still changes the prediction by {NOTICEABLE:g} nats or more; tokens were "
        f"followed for {longest}. Most of the influence is gone much sooner. Half of it after: {words}."
    )


def _show_curves(context: ComparisonContext, found: Found, labels: dict[str, str], frame: pd.DataFrame) -> None:
    view = context.view
    look = {"mode": figures.mode(), "is_log": view.half_life_log_y, "is_log_distance": view.half_life_log_x}
    measured = {labels[name]: value.half_life for name, value in found.items()}
    # The gradient's share is of its square, so its line has fallen to half where the square has fallen to a quarter: no
    # mark there.
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Measured: the token is replaced**")
        figures.show(
            influence_by_distance(frame, half_lives=measured, **look),
            name="half-life-kl",
            alt=describe_half_lives(frame, measured),
            table=lambda: _table(found, labels),
            receipt=_receipt(context, found),
        )
    with right:
        st.markdown("**Computed: the gradient, nothing is changed**")
        if frame["gradient_norm"].notna().any():
            figures.show(
                influence_by_distance(frame, quantity="gradient", **look),
                name="half-life-gradient",
                alt=_describe_gradient(frame),
                table=lambda: frame[
                    [
                        "label",
                        "distance",
                        "kl",
                        "kl_low",
                        "kl_high",
                        "gradient_norm",
                        "gradient_low",
                        "gradient_high",
                        "ratio",
                        "disagrees",
                    ]
                ],
                receipt=_receipt(context, found),
            )
        else:
            notices.note("None of the networks chosen has a gradient: a model that counts is not differentiable.")
    st.caption(
        f"Left: {OVER_PLACES['kl'].middle_over('places in the text')}. Right: "
        f"{OVER_PLACES['gradient'].middle_over('places')}. Bands reach {OVER_PLACES['kl'].reach()}. Ringed mark: the "
        "half-life."
    )


def _show_disagreement(context: ComparisonContext, found: Found, labels: dict[str, str], frame: pd.DataFrame) -> None:
    """Draw both answers over each other and say where they differ by more than a factor of three."""
    with_gradient = {name: value for name, value in found.items() if value.frame["gradient_share"].notna().any()}
    if not with_gradient:
        return
    notices.explain(
        "**Do the two agree?** A gradient knows about very small changes only; a replaced token is a large one."
    )
    figures.show(
        two_answers(frame, mode=figures.mode(), is_log_distance=context.view.half_life_log_x),
        name="half-life-answers",
        alt=describe_two_answers(frame),
        receipt=_receipt(context, found),
    )
    lines = [f"- {notices.plain(_disagreement_words(labels[name], value))}" for name, value in with_gradient.items()]
    notices.explain("\n".join(lines))
    st.caption(
        "Shaded: the two shares differ by more than a factor of three. The gradient is squared for this, because a "
        "divergence grows with the square of a small change."
    )


def _disagreement_words(label: str, value: HalfLife) -> str:
    count, distances = int(value.frame["disagrees"].sum()), len(value.frame)
    correlation = value.rank_correlation
    like = "nearly the same" if correlation > 0.9 else "a similar" if correlation > 0.5 else "a different"
    order = f"They put the distances in {like} order (rank correlation {correlation:.2f})."
    halves = f"Half-life {_tokens(value.half_life)} measured, {_tokens(value.gradient_half_life)} by the gradient."
    if not count:
        return f"{label}: the two agree at all {distances} distances. {halves} {order}"
    stretches = value.stretches
    where = ", ".join(
        f"{part.first}" if part.first == part.last else f"{part.first} to {part.last}" for part in stretches[:4]
    )
    more = f" and {len(stretches) - 4} more stretches" if len(stretches) > 4 else ""
    says_more = sum(part.last - part.first + 1 for part in stretches if part.gradient_says_more)
    side = "promises more influence than there is" if says_more > count / 2 else "sees less influence than there is"
    return (
        f"{label}: they disagree at {count} of {distances} distances ({where}{more}); mostly the gradient {side}. "
        f"{halves} {order}"
    )


def _table(found: Found, labels: dict[str, str]) -> pd.DataFrame:
    """Return one row per network: every number that sums it up."""
    return pd.DataFrame(
        [
            {
                "network": labels[name],
                "noticeable up to (tokens)": value.farthest_noticeable,
                "half-life (tokens)": value.half_life,
                "half-life (characters)": None
                if value.half_life is None
                else value.half_life * value.characters_per_token,
                "a hundredth left after": value.hundredth,
                "half-life of the fitted exponential": value.fitted_half_life,
                "R² of the fit": value.fit_r2,
                "half-life by gradient": value.gradient_half_life,
                "rank correlation": value.rank_correlation,
                "distances at which they disagree": int(value.frame["disagrees"].sum()),
                "positions": value.positions,
                "processor seconds": value.processor_seconds,
            }
            for name, value in found.items()
        ]
    ).round(4)


def _describe_gradient(frame: pd.DataFrame) -> str:
    parts = []
    for label, rows in frame.dropna(subset=["gradient_norm"]).groupby("label", sort=False):
        first, last = rows.iloc[0], rows.iloc[-1]
        parts.append(
            f"{label} from {first['gradient_norm']:.3g} one token back to {last['gradient_norm']:.3g}, "
            f"{int(last['distance'])} back"
        )
    return (
        "Lines of the gradient of the next token's log-probability by the embedding of a token, against how far "
        f"back it stands: {'; '.join(parts)}."
    )


def _tokens(distance: float | None) -> str:
    return "not reached" if distance is None else f"{distance:.1f} tokens"


def _reach(value: HalfLife) -> str:
    """Return the farthest distance at which a token still counts, in words."""
    farthest = value.farthest_noticeable
    is_open = farthest == int(value.frame["distance"].max())
    return f"{counted(farthest, 'token')}{' or more' if is_open else ''}"


def _receipt(context: ComparisonContext, found: Found) -> Receipt:
    view = context.view
    given = view.half_life_text, view.half_life_distance, view.half_life_seed
    return receipt(
        [call(half_life, *given, model=name, kept="shared") for name in found],
        "found.farthest_noticeable, found.half_life, found.gradient_half_life, found.rank_correlation",
        seed=view.half_life_seed,
        note=f"Up to {FARTHEST} tokens back. The replacements are drawn from what the network predicts on average over "
        "this text.",
    )
