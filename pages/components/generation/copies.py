"""Copy check: which stretches of a text stand in the training text, where, and how much that is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from engine.inspection.writing.copies import Copies, check_copies, coverage_frame, index_facts, position_words
from engine.inspection.writing.copy_index import list_indexes
from engine.plotting.writing.copies import coverage_curve, describe_coverage
from engine.plotting.writing.distribution import visible_token
from engine.plotting.writing.text_grid import NARROW, text_grid
from engine.wording import percent
from pages.components.computing.calls import call
from pages.components.drawing import figures, notices
from pages.components.generation.context import GenerationContext
from pages.components.generation.temperature import show_stored_curves
from pages.components.owning import networks
from pages.components.shell import header
from pages.components.shell.header import TEXT_WIDTH


def show(context: GenerationContext) -> None:
    """Draw what is copied and what that means, the text with its copied stretches, their places, and the two curves."""
    if context.info.whose and not set(context.info.config.get("corpora", [])[:1]) & set(list_indexes()):
        notices.note(
            f"{context.label(context.network)}: copies are looked for in an index of the training text, which is made "
            "beforehand for the texts of this site alone; yours learnt from another."
        )
        return
    facts = call(index_facts, model=context.network).value
    notices.explain(
        f"Underlined is what stands letter for letter in {notices.plain(facts['title'])}, the text this network learnt "
        "from. Short stretches stand in any two texts of one language, so look at the comparison with text that the "
        "network never read. **Try:** a low temperature, then a high one; or paste a line you know by heart."
    )
    networks.show_terms(str(facts.get("corpus", "")))
    with st.expander("Check a text of your own", icon=":material/content_paste:", type="compact"):
        own = context.controls.text_area("copies_text", height=120)
    text, counted_from = (own, 0) if own.strip() else (context.text, len(context.prompt))
    minimum = context.controls.slider("copies_minimum", width=TEXT_WIDTH)
    checked = call(check_copies, text, counted_from, model=context.network)
    copies = checked.value
    receipt = checked.receipt(
        f"found.coverage({minimum}), found.at_least({minimum}).to_string()",
        model=f"{context.network}: only for what it was trained on",
        measured="with the index in data/indexes",
    )
    frame = coverage_frame(copies, facts)
    _show_verdict(copies, frame, minimum)
    if text:
        _show_text(copies, text, minimum, receipt)
    header.section("How long must a stretch be to count?")
    figures.show(
        coverage_curve(
            frame,
            mode=figures.mode(),
            architecture="baseline" if own.strip() else context.info.architecture,
            minimum=minimum,
        ),
        name="copies-coverage",
        alt=describe_coverage(frame, minimum),
        table=frame,
        receipt=receipt,
    )
    header.section("Novelty against temperature")
    show_stored_curves(context, "novelty")
    with st.expander("What this can find, and what it cannot", icon=":material/help_outline:"):
        notices.explain(_limits(facts))


def _show_verdict(copies: Copies, frame: pd.DataFrame, minimum: int) -> None:
    chosen, spans = frame[frame["length"] == minimum].iloc[0], copies.at_least(minimum)
    here, never_read, longest = st.columns(3)
    here.metric("Copied", percent(chosen["share"]) if chosen["share"] == chosen["share"] else "nothing to check")
    here.caption(f"of {copies.counted:,} characters, in {len(spans):,} stretches of {minimum} or more")
    if chosen["unseen"] == chosen["unseen"]:
        never_read.metric("In text it never read", percent(chosen["unseen"]))
        never_read.caption("by the same rule: what comes about without copying")
    longest.metric("Longest stretch", f"{int(spans['length'].max()) if len(spans) else 0} characters")
    longest.caption(
        notices.plain(position_words(spans.loc[spans["length"].idxmax()]) if len(spans) else "none is long enough")
    )


def _show_text(copies: Copies, text: str, minimum: int, receipt: figures.Receipt) -> None:
    """Draw the text, its copied stretches underlined and coloured by their length, and the table of their places."""
    spans = copies.at_least(minimum)
    lengths, hover = np.full(len(text), np.nan), [""] * len(text)
    for span in spans.sort_values("length", kind="stable").itertuples():
        lengths[span.start : span.stop] = span.length
        hover[span.start : span.stop] = [f"{span.length} characters, {position_words(span)}"] * span.length
    is_copied = ~np.isnan(lengths)
    hover = [said or "not copied" for said in hover]
    table = spans.assign(text=[stretch.replace("\n", visible_token("\n")) for stretch in spans["text"]])
    grid, beside = st.columns([3, 2], gap="medium")
    with grid:
        figures.show(
            text_grid(
                list(text),
                lengths,
                mode=figures.mode(),
                title_of_values="Copied stretch (characters)",
                hover=hover,
                limits=(0, max(60, float(np.nanmax(lengths, initial=0)))),
                width=NARROW,
                marks=is_copied.tolist(),
            ),
            name="copies-text",
            alt=f"The text of {len(text):,} characters; {int(is_copied.sum()):,} of them lie in the {len(spans):,} "
            "underlined stretches listed beside it.",
            receipt=receipt,
        )
    with beside:
        if len(spans):
            order = ["length", "text", "part", "line", "positions", "offset", "start"]
            figures.show_table(
                table[order].sort_values("length", ascending=False), name="copies-spans", receipt=receipt
            )
        else:
            notices.note(f"No stretch of {minimum} or more characters stands in the training text.")


def _limits(facts: dict) -> str:
    unseen, chance = facts.get("unseen", {}), facts.get("chance", {})
    lines = [
        "It looks only at the letters: stretches of 12 characters or more that are the same to the last capital, comma "
        "and line break. A copy with one letter changed is two shorter ones; a paraphrase is none.",
        f"It knows one text, the {facts['characters']:,} characters the network was trained on. What other books say, "
        "it cannot tell.",
        "The text itself is not shipped, only 16 bits of a hash of the eight characters at each place, in order. A "
        "stretch of 20 characters is known by 13 such hashes in a row. None that is there is missed; its end may be "
        "said one character too late, about once in 65,536 stretches.",
        "Words that exist are known by hashes too; about 1 made-up word in 350,000 passes for one.",
        "Whoever tries letter after letter can win the text back from the hashes: this makes a file small, not secret.",
    ]
    if unseen:
        lines.append(
            f"Measured when it was built: in {unseen['characters']:,} characters of held-out text it found "
            f"{unseen['spans']:,} stretches, {unseen['wrong']} of them wrong when looked up in the text itself; the "
            f"longest had {unseen['longest']} characters. In {chance['characters']:,} random characters it found "
            f"{chance['spans']}."
        )
    return "\n".join(f"- {line}" for line in lines)
