"""The small live pictures on the home page, each computed from the same models and results as its page."""

from __future__ import annotations

import streamlit as st

from engine.errors import ModelError
from engine.plotting import theme
from engine.plotting.curves import measure_against_length
from engine.plotting.translation.attention import attention_heat_map
from engine.plotting.writing.distribution import describe_next_tokens, next_token_bars
from pages.components import cache, figures, networks, notices
from pages.components.calls import call

BEGINNING = "ROMEO:\nWhat light is thi"
TEMPERATURE = 0.5
TRIO = ("rnn", "lstm", "gru")
SENTENCE = "A black dog runs on the beach ."
OPINION = "He said the food was not good."
ENTITY_SENTENCE = "Maria Lopez of the World Bank met French officials in Paris on Tuesday."
CELL_SENTENCE = "The cat sat on the mat."


def generation() -> None:
    """Draw what the language model expects after the beginning of a word."""
    from engine.inspection.writing.next_tokens import next_tokens

    info = favourite("language_model")
    expected = call(next_tokens, BEGINNING, TEMPERATURE, 0, 1.0, model=info.name).value
    figure = next_token_bars(expected.frame, mode=figures.mode(), architecture=info.architecture, top=10)
    figures.thumbnail(
        figure, name="generation", alt=f"After “What light is thi”: {describe_next_tokens(expected.frame)}"
    )
    st.caption(
        "The next character after “What light is thi”, in %: dashes from the network, bars at temperature "
        f"{TEMPERATURE}."
    )


def translation() -> None:
    """Draw where the translator looks while it translates a short sentence."""
    from engine.inspection.translation.attention import attention_sentence, merge_attention
    from engine.inspection.translation.translations import inspect_translation

    info = favourite("translation")
    report = call(inspect_translation, SENTENCE, 1, 1.0, model=info.name).value
    if report.weights is None:
        st.caption(f"“{SENTENCE}” becomes:")
        st.text(report.text)
        return
    source, target = report.source_words, report.target_words
    weights = merge_attention(report.weights, target, source)
    labels = [word.text for word in source], [word.text for word in target]
    figure = attention_heat_map(*labels, weights, mode=figures.mode(), is_marking_strongest=False)
    figures.thumbnail(figure, name="translation", alt=attention_sentence(*labels, weights))
    st.caption("Across, the English words; down, the French; bright where the network looks.")


def entities() -> None:
    """Draw a short text with the entities a tagger marks in it."""
    from pages.components.entities.context import in_order

    usable = in_order(cache.list_models("tagging"))
    if not usable:
        st.caption("No tagger is installed; the Models page lists what is there.")
        return
    from engine.inspection.tagging.entity_types import describe_type
    from engine.inspection.tagging.texts import read_text
    from pages.components.entities import marking
    from pages.components.entities.context import tag

    name = next(iter(usable))
    (line,) = read_text(ENTITY_SENTENCE, 1)
    spans = tag(name, line.words).value.spans
    st.markdown(marking.marked_text(line.text, line.places, spans))
    kinds = dict.fromkeys(span.type for span in spans)
    said = ", ".join(f"{kind}: {describe_type(kind).word}" for kind in kinds)
    st.caption(notices.plain(f"Marked by {name} just now. {said or 'It found none'}."))


def sentiment() -> None:
    """Draw the belief after each word of a short text."""
    from pages.components.sentiment.context import in_order, style

    usable = in_order([info for info in cache.list_models("classification") if not info.error])
    if not usable:
        st.caption("No classifier is installed; the Models page lists what is there.")
        return
    from engine.inspection.classification.predictions import classify_texts
    from engine.inspection.classification.prefix_predictions import belief_sentence, find_turn, measure_belief
    from engine.plotting.classification.prefix_predictions import BeliefLine, belief_film

    info = usable[0]
    words = call(classify_texts, (OPINION,), model=info.name).value[0].words
    belief = call(measure_belief, words, model=info.name).value
    turn, steps = find_turn(belief), [int(step) for step in belief.steps]
    lines = [BeliefLine("", style(info), list(belief.both), is_main=True)]
    figure = belief_film(words, steps, lines, turn.last, (turn.first, turn.last), mode=figures.mode())
    figures.thumbnail(figure, name="sentiment", alt=belief_sentence(belief))
    st.caption(
        f"The probability of “positive”, in %, after each word of “{OPINION}”; the line stands where the belief turned."
    )


def comparison() -> None:
    """Draw the measured errors of the architectures on one task."""
    from engine.experiments.aggregates import contents, standings
    from engine.experiments.task_facts import task_facts
    from pages.components.comparison import RECIPE

    held = call(contents, table=RECIPE).value
    equal = held.equalities[0]
    task = "delayed_recall" if "delayed_recall" in held.tasks[equal] else held.tasks[equal][0]
    table = call(standings, equal, task, table=RECIPE).value
    table = table[table["architecture"].isin(TRIO)]
    facts = task_facts(task)
    longest = table[table["length"] == table["length"].max()].set_index("architecture")["error_median"]
    words = ", ".join(f"{theme.architecture_label(name)} {longest[name]:.0f} %" for name in longest.index)
    figure = measure_against_length(table, mode=figures.mode())
    figures.thumbnail(
        figure,
        name="comparison",
        alt=f"{facts.y_title} against sequence length. At the longest, in the middle of the seeds: {words}.",
    )
    legend = " · ".join(f"{networks.mark(name)} {theme.architecture_label(name)}" for name in longest.index)
    st.markdown(legend)  # not in the caption, whose fading would take the marks below 3:1
    st.caption(f"{facts.y_title} on {facts.title.lower()} as sequences get longer.")


def cells() -> None:
    """Draw the gates that keep or drop the memory of a small sentence, unit by unit."""
    from engine.inspection.cells.gate_trajectories import gates_of_strand, order_units
    from engine.inspection.cells.steps import read_steps
    from engine.inspection.cells.units import PARTS
    from engine.plotting.cells.states import unit_heat_map

    info = favourite("language_model")
    reading = call(read_steps, CELL_SENTENCE, model=info.name, kept="large").value
    strand = reading.strands[-1]
    part = next((part for part in ("forget_gate", "update_gate") if part in gates_of_strand(strand)), "hidden")
    values = strand.parts[part]
    units, is_gate = order_units(values, "similarity"), part != "hidden"
    figure = unit_heat_map(
        values, units, reading.tokens, first=0, position=-1, unit=-1, title="", is_switch=is_gate, mode=figures.mode()
    )
    alt = (
        f"{PARTS[part].capitalize()} of {len(units)} units while “{CELL_SENTENCE}” is read: mean "
        f"{values.mean():.2f}, lowest {values.min():.2f}, highest {values.max():.2f}."
    )
    figures.thumbnail(figure, name="cells", alt=alt)
    st.caption(
        f"The {PARTS[part]}s of {len(units)} units over “{CELL_SENTENCE}”: each dark cell is one that let its memory "
        "go."
    )


def gradients() -> None:
    """Draw how much of a small change is left after many steps in networks that have just been born."""
    from engine.inspection.gradients.chain import ChainSettings, chain_sentence, far_distance, measure_chain
    from engine.plotting.gradients.gradients import chain_curves

    chain = call(measure_chain, ChainSettings(), None).value
    distance = far_distance(chain)
    figures.thumbnail(
        chain_curves(chain.curves, mode=figures.mode(), distance=distance), name="gradients", alt=chain_sentence(chain)
    )
    st.markdown(" · ".join(f"{networks.mark(name)} {theme.architecture_label(name)}" for name in TRIO))
    st.caption(
        f"What is left of a small change, from 1 down, {distance} steps back and further, in networks that have just "
        "been born."
    )


def models() -> None:
    """List the network that pages show first for each task, and the best one, with the one number each is judged by."""
    found = networks.in_order(cache.list_models())
    if not found:
        raise ModelError("No trained network is installed in data/pretrained.")
    from pages.components.entities.context import in_order as taggers_in_order
    from pages.components.sentiment.context import in_order as classifiers_in_order

    usable = [info for info in found if not info.error]
    classifiers = classifiers_in_order([info for info in usable if info.task == "classification"])
    taggers = list(taggers_in_order([info for info in usable if info.task == "tagging"]))
    writers = [
        favourite(task).name for task in ("language_model", "translation") if any(info.task == task for info in usable)
    ]
    first = {*writers, *(info.name for info in classifiers[:1]), *taggers[:1]}
    shown = [info for info in found if info.name in first or info.group == "best"] or found
    for info in shown:
        st.markdown(networks.line(info))
    if len(found) > len(shown):
        st.caption(f"And {len(found) - len(shown)} more.")


def favourite(task: str):
    """Return the model shown first for a task: with attention, or an LSTM matched in size to others, if there is one.

    Raises:
        ModelError: no model of the task can be used.
    """
    usable = [info for info in cache.list_models(task) if not info.error]
    if not usable:
        raise ModelError(f"No {task.replace('_', ' ')} model is installed; the Models page lists what is there.")
    return min(
        usable,
        key=lambda info: (info.config.get("attention") == "none", info.group, info.architecture != "lstm", info.name),
    )
