"""Training snapshots: the same beginning and seed at any stage of one training run, with the losses beside it."""

from __future__ import annotations

from math import exp, log

import streamlit as st

from engine.inspection.writing.training_snapshots import halfway_position, history_frame, text_of_stage
from engine.models.folder import ModelInfo
from engine.models.training_snapshots import Stage, list_stages
from engine.plotting.writing.training_snapshots import describe_training_history, training_history
from pages.components.computing.calls import call
from pages.components.drawing import figures, notices
from pages.components.generation import receipts
from pages.components.generation.context import GenerationContext

GROUP = "history"
TEXT_HEIGHT = 300


def show(context: GenerationContext) -> None:
    """Draw the slider, the losses of the run, and the text of the stage between its neighbours."""
    info = next((info for info in context.models.values() if info.group == GROUP), None)
    if info is None:
        notices.note(
            "No training run with stages is installed; python -m engine train --recipe shakespeare-history "
            "--output data/pretrained/shakespeare-history makes one."
        )
        return
    stages = list_stages(info.path)
    frame = history_frame(stages)
    half = halfway_position(frame)
    notices.explain(
        f"One network, {notices.plain(context.label(info.name))} ({info.parameters / 1e6:.2f} M parameters), was "
        f"stored {len(stages)} times while it learnt; it is shown here whoever writes above. Its texts have your "
        "beginning, your settings and your seed at every stage. **Move the slider from the left:** watch when blanks, "
        f"lines, words and speakers appear. Half of all it ever gained was gained by stage {half + 1}, after "
        f"{stages[half].step:,} of {stages[-1].step:,} updates."
    )
    number = context.controls.slider("history_stage", maximum=len(stages))
    chosen = stages[number - 1]
    figures.show(
        training_history(
            frame,
            chosen.step,
            mode=figures.mode(),
            architecture=info.architecture,
            guess=log(info.config["vocab_size"]),
        ),
        name="training-history",
        alt=describe_training_history(frame, chosen.step),
        table=frame,
        receipt=receipts.for_stage(info, chosen.step, context.prompt, context.settings),
        on_click=lambda step: context.controls.set("history_stage", 1 + frame["step"].tolist().index(step)),
    )
    neighbours = [position for position in (number - 1, number, number + 1) if 1 <= position <= len(stages)]
    for position, column in zip(neighbours, st.columns(len(neighbours)), strict=True):
        with column:
            _show_stage(context, info, stages[position - 1], position, is_chosen=position == number)
    for position, stage in enumerate(stages, start=1):
        if stage.error and position not in neighbours:
            notices.note(f"{stage.error} The other stages can be looked at.")


def _show_stage(context: GenerationContext, info: ModelInfo, stage: Stage, position: int, is_chosen: bool) -> None:
    """Draw one stage's loss and text, or why there is none."""
    updates = "no update yet" if stage.step == 0 else "1 update" if stage.step == 1 else f"{stage.step:,} updates"
    st.markdown(f"{'**' if is_chosen else ''}Stage {position}: {updates}{'**' if is_chosen else ''}")
    st.caption(f"{stage.validation_loss:.2f} nats, like choosing among {exp(stage.validation_loss):.1f} equal options")
    with notices.engine_errors(), st.container(border=True, height=TEXT_HEIGHT, key=f"history-{position}"):
        with st.spinner("This stage writes."):
            text = call(text_of_stage, stage.step, context.prompt, context.settings, model=info.name).value
        st.text(context.prompt + text)
