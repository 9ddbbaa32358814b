"""Temperature: the same beginning and seed at six of them, what is measured of the texts, and the curve over it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.inspection.writing import temperatures
from engine.inspection.writing.copies import unseen_measures
from engine.inspection.writing.temperature_results import COMMAND, PROMPT, SEEDS, SETTINGS, stored_curve
from engine.plotting.writing.temperatures import describe_temperature_curves, temperature_curves
from engine.wording import percent
from pages.components.computing import cache
from pages.components.computing.calls import Call, call, receipt
from pages.components.controls import state
from pages.components.drawing import figures, notices, stored
from pages.components.generation import receipts
from pages.components.generation.context import PAGE, GenerationContext
from pages.components.generation.view import NOW
from pages.components.shell import header

TEXT_HEIGHT = 260
LINES = f"Lines are {temperatures.OVER_SEEDS.middle}s, bands reach {temperatures.OVER_SEEDS.reach()}."
COLUMNS = 3


def show(context: GenerationContext) -> None:
    """Draw the six texts, the table of what is measured of them, and the curve."""
    notices.explain(
        "The network's scores are divided by the temperature before chances are made of them. Below 1 the likely "
        "becomes likelier still, above 1 the rare gets its turn; towards 0 only the likeliest is left, which is called "
        "greedy. **Read from cold to hot:** where does it go round in circles, where does it begin to invent words?"
    )
    st.caption("Your beginning, seed, length, top-k and top-p, at six temperatures.")
    calls = [
        call(temperatures.write_at, context.prompt, context.settings, temperature, model=context.network)
        for temperature in temperatures.TEMPERATURES
    ]
    texts = _show_texts(calls)
    notices.say(temperatures.temperature_sentence(texts))
    figures.show_table(
        temperatures.temperature_table(texts),
        name="temperature-texts",
        receipt=receipts.on_runtime(
            cache.load_model(context.network).steps.runtime,
            receipt(
                calls,
                "temperature_table([found]).to_string()",
                uses=[temperatures.temperature_table],
                seed=context.settings.seed,
                note="The words and copies are those of the index in data/indexes; the text it was made from is not "
                "needed.",
            ),
        ),
    )
    with st.expander("What the columns mean", type="compact"):
        notices.explain(_COLUMNS)
    header.section("The curve over temperature")
    if context.controls.segmented("temperature_curve") == NOW:
        _show_live_curve(context)
    else:
        show_stored_curves(context)


def show_stored_curves(context: GenerationContext, *measures: str) -> None:
    """Draw the curves measured beforehand: of the network that is looked at, and of those that write beside it."""
    names = [context.network, *(name for name in context.texts if name != context.network)]
    curves = {name: call(stored_curve, model=name, kept="shared") for name in names}
    found = {name: curve for name, curve in curves.items() if len(curve.value)}
    if context.network not in found:
        how = stored.how_to_measure(context.info, COMMAND)
        notices.note(f"{context.label(context.network)} has not been measured beforehand; choose “{NOW}”. {how}")
    if not found:
        return
    rows = pd.concat([curve.value for curve in found.values()])
    summaries = {name: call(temperatures.summarise_curve, curve, kept="shared").value for name, curve in found.items()}
    notices.explain(
        f"Measured beforehand: {SEEDS} texts of {SETTINGS.max_new_tokens:,} steps at each temperature, after the "
        f"beginning {notices.plain(repr(PROMPT))}. {LINES} Dashed: text by the same author that the network never read."
    )
    _show_curves(context, summaries, "temperature-curve", receipts.for_stored_curves(context.network, rows), measures)


def _show_texts(calls: list[Call[temperatures.TemperatureText]]) -> list[temperatures.TemperatureText]:
    """Draw the texts one by one as they are written; return them."""
    texts, positions = [], []
    for _ in range(0, len(temperatures.TEMPERATURES), COLUMNS):
        positions += st.columns(COLUMNS, gap="small")
    for temperature, written, position in zip(temperatures.TEMPERATURES, calls, positions, strict=True):
        with position:
            st.markdown(
                f"**Temperature {temperature:g}**" + (", greedy: the limit towards 0" if temperature == 0 else "")
            )
            with (
                st.container(border=True, height=TEXT_HEIGHT, key=f"temperature-{temperature:g}"),
                st.spinner("The network writes."),
            ):
                found = written.value
                st.text(temperatures.marked_loop(found))
            st.caption(notices.plain(_summary(found)))
            if sentence := temperatures.loop_sentence(found):
                st.caption(f":material/laps: **{notices.plain(sentence)}**")
        texts.append(found)
    return texts


def _summary(found: temperatures.TemperatureText) -> str:
    measures = found.measures
    parts = [
        f"distinct words {percent(measures.distinct_1, 0)}, pairs {percent(measures.distinct_2, 0)}, triples "
        f"{percent(measures.distinct_3, 0)}",
        f"repeated four-word groups {percent(measures.repetition, 0)}",
        f"longest stretch written twice {len(measures.longest_repeat):,} characters",
        f"words that exist {percent(measures.known_words, 0)}",
        f"novel text {percent(measures.novelty, 0)}",
        f"entropy {found.entropy:.2f} nats",
    ]
    return " · ".join(parts)


def _show_live_curve(context: GenerationContext) -> None:
    """Measure the curve with the visitor's settings, with progress, and draw it; kept until something changes."""
    key = state.fingerprint(context.network, cache.model_version(context.network), context.prompt, context.settings)
    kept = state.recall(PAGE, "temperature curve")
    if kept is None or kept[0] != key:
        bar = st.progress(0.0, "Measuring: all temperatures and seeds are written side by side.")
        for event in temperatures.measure_curve(cache.load_model(context.network), context.prompt, context.settings):
            if isinstance(event, float):
                bar.progress(
                    event, f"Measuring: {percent(event, 0)} done; all temperatures and seeds are written side by side."
                )
        bar.empty()
        kept = (key, event, cache.today())
        state.remember(PAGE, "temperature curve", kept)
    lines = call(temperatures.curve_of, context.prompt, context.settings, model=context.network).receipt(
        "summarise_curve(found).to_string()",
        uses=[temperatures.summarise_curve],
        day=kept[2],
        seed=f"{context.settings.seed} and the four after it",
        note="The temperature in the settings is not used: each of the curve's takes its place.",
    )
    st.caption(f"{temperatures.CURVE_SEEDS} seeds at each temperature; with your top-k and top-p. {LINES}")
    summaries = {context.network: temperatures.summarise_curve(kept[1])}
    _show_curves(context, summaries, "temperature-curve", lines)


def _show_curves(
    context: GenerationContext,
    summaries: dict[str, pd.DataFrame],
    name: str,
    receipt: figures.Receipt,
    measures: tuple[str, ...] = (),
) -> None:
    frames = [
        table.assign(label=context.label(model), architecture=context.models[model].architecture)
        for model, table in summaries.items()
    ]
    frame = pd.concat(frames, ignore_index=True)
    baselines = call(unseen_measures, model=context.network).value
    chosen = {"measures": measures} if measures else {}
    figures.show(
        temperature_curves(frame, mode=figures.mode(), baselines=baselines, **chosen),
        name=name,
        alt=describe_temperature_curves(frame, **chosen),
        table=frame,
        receipt=receipt,
    )


_COLUMNS = """
- **entropy**: how open each draw was on average, in nats, after temperature, top-k and top-p; **entropy_before**: the
  same as before your settings.
- **distinct_1, _2, _3**: of all words (pairs, triples of words) in the text, the share that are different ones.
- **repetition**: the share of groups of four words that had stood in the text before.
- **longest_repeat**: characters of the longest stretch that is written twice.
- **is_loop**: whether the same is written three times in a row, or twice up to the end, 20 repeated characters or more;
  **loop_start, loop_period**: at which character it begins and how many characters one round has. ↻ marks each round in
  the text.
- **known_words**: the share of words that the training text has; **novelty**: the share of characters outside of every
  stretch of 20 characters or more that stands in the training text (see Copy check).
"""
