"""The cell detective: the best unit of a network for each of twenty questions about the text, tested on unseen text."""

from __future__ import annotations

import streamlit as st

from engine.inspection.cells.units import unit_course
from engine.inspection.writing.probing import Investigation, answer_course, investigate
from engine.inspection.writing.unseen import unseen_sources
from engine.plotting.writing.probing import (
    describe_specificity,
    describe_winner_bars,
    specificity_heatmap,
    unit_label,
    winner_bars,
)
from engine.plotting.writing.text_grid import describe_text_grid, text_grid
from pages.components.computing.calls import Call, call
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices
from pages.components.generation.context import GenerationContext
from pages.components.generation.neurons import GRID_WIDTH, course_receipt
from pages.components.texts import reading

SOURCES = {"stories": "Saltmarsh, our own stories and plays", "shakespeare": "Shakespeare kept back from training"}


def show(context: GenerationContext) -> None:
    """Draw the winners with their controls, the text in the colours of one of them, and how special they are."""
    notices.explain(
        "**AUC** is the chance that a unit's value is higher at a place where the answer is yes than at one where it "
        "is no: 0.5 is guessing, 1 knows. The best of all units is chosen on the first half of the text and **measured "
        "on the second**; the dash is a control, the same search with the answers moved along the text, so that they "
        "fit nothing. Some questions ask for the character just read, which is easy; those that need memory show what "
        "the network keeps."
    )
    investigation = _investigate(context)
    found = investigation.value
    if found.winners.empty:
        notices.note(
            "Each of the questions has the same answer nearly everywhere in this text; take a longer or a livelier one."
        )
        return
    winners = found.winners
    question = _choose(context, found)
    best, clear, control = winners.iloc[0], int((winners["auc"] > 0.9).sum()), winners["control"].mean()
    notices.say(
        f"{found.units:,} units (hidden states and memory cells) read {found.characters:,} characters of {found.text}, "
        f"in {found.elapsed_seconds:.1f} s. {clear} of {len(winners)} questions have a unit with an AUC above 0.9; the "
        f"controls' mean is {control:.2f}. Clearest: “{best['question'].lower()}”, {best['auc']:.3f}."
    )
    receipt = investigation.receipt(
        "found.winners.to_string()",
        data=found.text,
        measured=f"{found.units:,} units over {found.characters:,} characters",
        note="Chosen on the first half, measured on the second. The engine counts layers from 0.",
    )
    figures.show(
        winner_bars(winners, mode=figures.mode(), architecture=context.info.architecture, chosen=question),
        name="detective-winners",
        alt=describe_winner_bars(winners),
        table=lambda: winners.assign(layer=winners["layer"] + 1),
        receipt=receipt,
        on_click=lambda predicate: context.controls.set("probing_question", predicate),
    )
    if found.skipped:
        st.caption(
            notices.plain(
                "Not tested, because this text gives the same answer nearly everywhere: "
                f"{', '.join(found.skipped).lower()}."
            )
        )
    _show_winner(context, found, question)
    with st.expander("Is each of these units a specialist?", icon=":material/grid_on:"):
        st.caption(
            "Each winner's AUC for every question. A column with one dark cell is a specialist; two rows alike are "
            "two names for one thing."
        )
        figures.show(
            specificity_heatmap(winners, found.specificity, mode=figures.mode()),
            name="detective-specificity",
            alt=describe_specificity(winners, found.specificity),
            receipt=receipt,
        )


def _investigate(context: GenerationContext) -> Call[Investigation]:
    source, *others = unseen_sources()
    if others:
        source = context.controls.segmented("probing_source", SOURCES.get, [source, *others])
    with st.expander("Test on a text of your own", icon=":material/edit:"):
        text = context.controls.text_area("probing_text", height=110)
    reading.say(context.network, text)
    with st.spinner("Every unit is tested on every question; this takes a few seconds the first time."):
        return call(investigate, source, text, model=context.network).computed()


def _choose(context: GenerationContext, found: Investigation) -> str:
    """Draw the choice of a question, for those who do not click on bars."""
    questions = dict(zip(found.winners["predicate"], found.winners["question"], strict=True))
    return context.controls.select("probing_question", choices=questions, width=420)


def _show_winner(context: GenerationContext, found: Investigation, question: str) -> None:
    """Draw the page's text in the colours of the unit that won a question, underlined where the answer is yes."""
    winner = found.winners.set_index("predicate", drop=False).loc[question]
    layer, part, unit = int(winner["layer"]), str(winner["part"]), int(winner["unit"])
    course, answers = call(answer_course, context.text, layer, unit, part, question, model=context.network).value
    notices.say(
        f"“{winner['question']}”: {unit_label(winner)}, AUC {winner['auc']:.3f}. Here it reads what it wrote "
        f"itself; underlined is where the answer is yes, {int(answers.sum())} of {len(answers)} places. "
        f"{'High (blue)' if winner['sign'] > 0 else 'Low (orange)'} should meet the underlines."
    )
    figures.show(
        text_grid(
            course.tokens,
            course.values,
            mode=figures.mode(),
            title_of_values=f"Layer {layer + 1}, {part} {unit}",
            diverging=True,
            limits=course.limits,
            width=GRID_WIDTH,
            marks=answers.tolist(),
        ),
        name="detective-text",
        alt=describe_text_grid(
            course.tokens, course.values, title_of_values=f"{part} of unit {unit} in layer {layer + 1}"
        ),
        receipt=course_receipt(call(unit_course, context.text, layer, unit, part, model=context.network)),
    )
    button("Open this unit in Neurons", "detective-open", _open, context, layer + 1, part, unit, icon="arrow_forward")


def _open(context: GenerationContext, layer: int, part: str, unit: int) -> None:
    for name, value in {"tool": "neurons", "neurons_layer": layer, "neurons_part": part}.items():
        context.controls.set(name, value)
    context.controls.set("neurons_unit", float(unit))
