"""Temperature: the same beginning and seed at six of them, what is measured of the texts, and the curve over
temperature."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.inspection.copies import unseen_measures
from engine.inspection.temperature_results import COMMAND, PROMPT, SEEDS, SETTINGS, stored_curve
from engine.inspection.temperatures import (
    CURVE_SEEDS,
    OVER_SEEDS,
    TEMPERATURES,
    TemperatureText,
    loop_sentence,
    marked_loop,
    measure_curve,
    summarise_curve,
    temperature_sentence,
    temperature_table,
    write_at,
)
from engine.plotting.temperatures import describe_temperature_curves, temperature_curves
from pages.components import cache, figures, header, notices, receipts, state
from pages.components.generation.desk import Desk
from pages.components.header import TEXT_WIDTH
from pages.components.views.generation_temperature import NOW

TEXT_HEIGHT = 260
COLUMNS = 3
PAGE = "generation"


def show(desk: Desk) -> None:
    """Draw the six texts, the table of what is measured of them, and the curve."""
    st.markdown(
        "The network's scores are divided by the temperature before chances are made of them. Below 1 the likely "
        "becomes "
        "likelier still, above 1 the rare gets its turn; towards 0 only the likeliest is left, which is called greedy. "
        "**Read from cold to hot:** where does it go round in circles, where does it begin to invent words?",
        width=TEXT_WIDTH,
    )
    st.caption("Your beginning, seed, length, top-k and top-p, at six temperatures.")
    texts = _show_texts(desk)
    st.markdown(notices.plain(temperature_sentence(texts)), width=TEXT_WIDTH)
    figures.show_table(
        temperature_table(texts),
        name="temperature-texts",
        receipt=receipts.for_temperatures(desk.network, desk.prompt, desk.settings),
    )
    with st.expander("What the columns mean", type="compact"):
        st.markdown(_COLUMNS, width=TEXT_WIDTH)
    header.section("The curve over temperature")
    if desk.controls.segmented("temperature_curve") == NOW:
        _show_live_curve(desk)
    else:
        show_stored_curves(desk)


def show_stored_curves(desk: Desk, *measures: str) -> None:
    """Draw the curves measured beforehand: of the network that is looked at, and of those that write beside it."""
    names = [desk.network, *(name for name in desk.texts if name != desk.network)]
    tables = {name: cache.compute_with_model(stored_curve, name) for name in names}
    found = {name: table for name, table in tables.items() if len(table)}
    if desk.network not in found:
        command = COMMAND.format(model=desk.network)
        notices.note(
            f"The curve of {desk.label(desk.network)} has not been measured beforehand; choose “{NOW}”, or run: "
            f"{command}"
        )
    if not found:
        return
    rows = pd.concat(found.values())
    st.markdown(
        f"Measured beforehand: {SEEDS} texts of {SETTINGS.max_new_tokens:,} steps at each temperature, after the "
        "beginning "
        f"{notices.plain(repr(PROMPT))}. Lines are {OVER_SEEDS.middle}s, bands reach {OVER_SEEDS.reach()}. Dashed: "
        "text by the same author that the network never read.",
        width=TEXT_WIDTH,
    )
    _show_curves(desk, found, "temperature-curve", receipts.for_stored_curve(desk.network, rows), measures)


def _show_texts(desk: Desk) -> list[TemperatureText]:
    """Draw the texts one by one as they are written; return them."""
    texts, places = [], []
    for _ in range(0, len(TEMPERATURES), COLUMNS):
        places += st.columns(COLUMNS, gap="small")
    for temperature, place in zip(TEMPERATURES, places, strict=True):
        with place:
            st.markdown(
                f"**Temperature {temperature:g}**" + (", greedy: the limit towards 0" if temperature == 0 else "")
            )
            with (
                st.container(border=True, height=TEXT_HEIGHT, key=f"temperature-{temperature:g}"),
                st.spinner("The network writes."),
            ):
                found = cache.compute_with_model(write_at, desk.network, desk.prompt, desk.settings, temperature)
                st.text(marked_loop(found))
            st.caption(notices.plain(_summary(found)))
            if sentence := loop_sentence(found):
                st.caption(f":material/laps: **{notices.plain(sentence)}**")
        texts.append(found)
    return texts


def _summary(found: TemperatureText) -> str:
    measures = found.measures
    parts = [
        f"distinct words {_percent(measures.distinct_1)}, pairs {_percent(measures.distinct_2)}, triples "
        f"{_percent(measures.distinct_3)}",
        f"said before {_percent(measures.repetition)}",
        f"longest stretch written twice {len(measures.longest_repeat):,} characters",
        f"words that exist {_percent(measures.known_words)}",
        f"not copied {_percent(measures.novelty)}",
        f"entropy {found.entropy:.2f} nats",
    ]
    return " · ".join(parts)


def _show_live_curve(desk: Desk) -> None:
    """Measure the curve with the visitor's settings, with progress, and draw it; kept until something changes."""
    key = state.fingerprint(desk.network, cache.model_version(desk.network), desk.prompt, desk.settings)
    kept = state.recall(PAGE, "temperature curve")
    if kept is None or kept[0] != key:
        bar = st.progress(0.0, "Measuring: all temperatures and seeds are written side by side.")
        for event in measure_curve(cache.load_model(desk.network), desk.prompt, desk.settings):
            if isinstance(event, float):
                bar.progress(
                    event, f"Measuring: {100 * event:.0f} % done; all temperatures and seeds are written side by side."
                )
        bar.empty()
        kept = (key, event)
        state.remember(PAGE, "temperature curve", kept)
    receipt = receipts.for_live_curve(desk.network, desk.prompt, desk.settings)
    st.caption(
        f"{CURVE_SEEDS} seeds at each temperature; with your top-k and top-p. Lines are {OVER_SEEDS.middle}s, bands "
        f"reach {OVER_SEEDS.reach()}."
    )
    _show_curves(desk, {desk.network: kept[1]}, "temperature-curve", receipt)


def _show_curves(
    desk: Desk, tables: dict[str, pd.DataFrame], name: str, receipt: figures.Receipt, measures: tuple[str, ...] = ()
) -> None:
    frames = [
        summarise_curve(table).assign(label=desk.label(model), architecture=desk.models[model].architecture)
        for model, table in tables.items()
    ]
    frame = pd.concat(frames, ignore_index=True)
    baselines = cache.compute_with_model(unseen_measures, desk.network)
    chosen = {"measures": measures} if measures else {}
    figures.show(
        temperature_curves(frame, mode=figures.mode(), baselines=baselines, **chosen),
        name=name,
        alt=describe_temperature_curves(frame, **chosen),
        table=frame,
        receipt=receipt,
    )


def _percent(share: float) -> str:
    return "unknown" if share != share else f"{100 * share:.0f} %"


_COLUMNS = """
- **entropy**: how open each draw was on average, in nats, after temperature, top-k and top-p; **entropy_before**: the
  same as the network gave it.
- **distinct_1, _2, _3**: of all words (pairs, triples of words) in the text, the share that are different ones.
- **repetition**: the share of groups of four words that had stood in the text before.
- **longest_repeat**: characters of the longest stretch that is written twice.
- **is_loop**: whether the same is written three times in a row, or twice up to the end, 20 repeated characters or more;
  **loop_start, loop_period**: at which character it begins and how many characters one round has. ↻ marks each round in
  the text.
- **known_words**: the share of words that the training text has; **novelty**: the share of characters outside of every
  stretch of 20 characters or more that stands in the training text (see Copy check).
"""
