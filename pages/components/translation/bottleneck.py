"""Bottleneck: what is lost when a whole sentence must pass through one vector, and what looking back saves."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.inspection.translation.bottleneck import COMMAND, SIZES, WHOLE, Squeezed, press, press_sentence, stored_bleu
from engine.models.folder import ModelInfo
from engine.plotting.translation.bottleneck import PressLine, press_lines
from engine.wording import percent
from pages.components.computing.calls import NOT_DRAWN, Call, call, receipt, values
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import measured_receipt
from pages.components.owning.networks import mark
from pages.components.translation.context import TranslationContext, is_attending, style, title
from pages.components.translation.lengths import show_lengths


def show(context: TranslationContext) -> None:
    """Draw the press on the sentence at hand, BLEU against its width, and BLEU by the length of the sentence."""
    pair = sorted(context.pair, key=is_attending)  # the one without attention first
    with notices.engine_errors():
        if pair:
            _show_press(context, pair)
        else:
            notices.note(
                "The press needs the two networks that differ in attention alone, and they are not installed for this "
                "direction."
            )
    st.markdown("**By the length of the sentence**")
    show_lengths(context.pair)


def _show_press(context: TranslationContext, pair: list[ModelInfo]) -> None:
    notices.explain(
        "All that the network without attention ever knows of your sentence is one vector: the last states of its "
        "encoder. **The press keeps only a few principal directions of it** (those in which sentences differ most) and "
        "puts the average in place of the rest. Make it narrower and watch where the translation breaks: the words "
        "stay fluent, but they are no longer about your sentence. The other network gets its first state from such a "
        "vector too, but may look back."
    )
    with st.spinner("Pressing", show_time=True):
        pressed = {info.name: call(press, context.source, model=info.name) for info in pair}
        strips = values(pressed)
        most = min(strip.most_directions for strip in strips.values())
        size = context.controls.slider("bottleneck_size", maximum=most)
        at_size = {info.name: call(press, context.source, (size,), model=info.name) for info in pair}
        chosen = values(at_size)
    shown = [(info, f"{title(info)}, squeezed to {size}", chosen[info.name].rows.iloc[-1]) for info in pair]
    shown += [
        (info, f"{title(info)}, untouched", chosen[info.name].rows.iloc[0]) for info in pair if is_attending(info)
    ]
    for column, (info, heading, row) in zip(st.columns(len(shown), gap="medium"), shown, strict=True):
        with column:
            st.markdown(f"{mark(style(info))} **{notices.plain(heading)}**")
            st.markdown(_marked(row))
            st.caption(
                (f"{percent(row.explained, 0)} of the variance kept. " if row["size"] != WHOLE else "")
                + f"Its translation from the whole vector: {row.log_prob:.2f} nats."
            )
    st.caption("**≠** marks the first word that differs from what the same network writes from its whole vector.")
    _show_curve(context, pair, pressed, size)
    st.markdown("**The same sentence, ever narrower**")
    for column, info in zip(st.columns(len(pair), gap="medium"), pair, strict=True):
        with column:
            _show_strip(info, strips[info.name])
    _show_stored(context, pair, size)


def _show_curve(
    context: TranslationContext, pair: list[ModelInfo], pressed: dict[str, Call[Squeezed]], size: int
) -> None:
    strips = values(pressed)
    lines = [
        PressLine(
            f"{title(info)}, squeezed",
            style(info),
            strips[info.name].rows["size"].tolist(),
            strips[info.name].rows["log_prob"].tolist(),
        )
        for info in pair
    ]
    lines += [
        PressLine(
            f"{title(info)}, untouched",
            style(info),
            [WHOLE],
            [strips[info.name].rows["log_prob"].iloc[0]],
            is_level=True,
        )
        for info in pair
        if is_attending(info)
    ]
    sentence = " ".join(f"{title(info)}: {press_sentence(strips[info.name])}" for info in pair)
    notices.say(sentence)
    figures.show(
        press_lines(lines, mode=figures.mode(), y_title="Log-probability of its own translation (nats)", size=size),
        name="bottleneck-press",
        alt=f"How likely each network still finds its own translation when its vector is squeezed. {sentence}",
        table=lambda: pd.concat(
            [strips[info.name].rows.drop(columns="before").assign(model=info.name) for info in pair], ignore_index=True
        ),
        receipt=receipt(
            list(pressed.values()),
            "press_sentence(found), found.rows.to_string()",
            uses=[press_sentence],
            data="principal directions of 10,000 training sentences, in data/results/bottleneck",
            seed=NOT_DRAWN,
            command="\n".join(COMMAND.format(model=name) for name in pressed),
            note="The command finds the directions and measures BLEU; it needs the training corpus, the page does not.",
        ),
        on_click=lambda clicked: context.controls.set("bottleneck_size", int(clicked)) if clicked else None,
    )


def _show_strip(info: ModelInfo, pressed: Squeezed) -> None:
    st.markdown(f"{mark(style(info))} {notices.plain(title(info))}")
    runs = pressed.rows.groupby((pressed.rows["text"] != pressed.rows["text"].shift()).cumsum())
    for _, run in runs:  # sizes that give the same text share a line
        first, last = (size or "all" for size in run["size"].iloc[[0, -1]])
        st.markdown(f"**{first if first == last else f'{first} to {last}'}** · {_marked(run.iloc[0])}")


def _marked(row: pd.Series | dict) -> str:
    """Return a squeezed translation as Markdown, the first word that differs marked."""
    text, breaks_at = row["text"], row["breaks_at"]
    if not breaks_at:
        return notices.plain(text) or "(nothing)"
    before = row["before"] if text.startswith(row["before"]) else ""
    rest = text[len(before) :]
    gap = " " if before and (rest.startswith(" ") or not rest) else ""
    rest = rest.strip()
    word = breaks_at if rest.startswith(breaks_at) else rest.split(" ", 1)[0]
    return f"{notices.plain(before)}{gap}**≠ {notices.plain(word or breaks_at)}**{notices.plain(rest[len(word) :])}"


def _show_stored(context: TranslationContext, pair: list[ModelInfo], size: int) -> None:
    """Draw BLEU and the variance kept against the width of the press, as measured on the test set."""
    tables = {info.name: call(stored_bleu, model=info.name).value for info in pair}
    measured = [info for info in pair if len(tables[info.name])]
    st.markdown("**On the test set**")
    if not measured:
        notices.note(
            "BLEU against the width of the press has not been measured for these networks; run: "
            f"{COMMAND.format(model=pair[0].name)}"
        )
        return
    frame = pd.concat([tables[info.name] for info in measured], ignore_index=True)
    ends = [(info, tables[info.name].set_index("size")["bleu"]) for info in measured]
    sentence = "; ".join(
        f"{title(info).lower()} BLEU goes from {bleu[WHOLE]:.1f} (all) to {bleu[min(SIZES)]:.1f} ({min(SIZES)})"
        for info, bleu in ends
    )
    sentence = f"{sentence[0].upper()}{sentence[1:]}, greedy, on {frame['sentences'].iloc[0]:,} sentences."
    notices.say(sentence)
    measured_by = measured_receipt(
        frame,
        model=", ".join(tables),
        data=frame["test_set"].iloc[0],
        seed="1, for the choice of sentences",
        python="import pandas\n\n"
        "print(pandas.read_parquet('data/results/translation_by_bottleneck.parquet').to_string())",
        command="\n".join(COMMAND.format(model=info.name) for info in measured),
        note=f"sacreBLEU {frame['signature'].iloc[0]}",
    )
    views = (("bleu", "BLEU (0 to 100)", 1), ("explained", "Variance kept (%)", 100))
    for column, (name, label, factor) in zip(st.columns(2, gap="medium"), views, strict=True):
        lines = [
            PressLine(
                title(info),
                style(info),
                tables[info.name]["size"].tolist(),
                (factor * tables[info.name][name]).tolist(),
            )
            for info in measured
        ]
        with column:
            figures.show(
                press_lines(lines, mode=figures.mode(), y_title=label, size=size, from_zero=True),
                name=f"bottleneck-{name}",
                alt=f"{label} against the number of directions kept. "
                + (
                    sentence
                    if name == "bleu"
                    else f"With {SIZES[-1]}: "
                    + ", ".join(f"{line.label} {line.values[-1]:.1f} %" for line in lines)
                    + "."
                ),
                table=frame[["model", "size", name]],
                receipt=measured_by,
            )
