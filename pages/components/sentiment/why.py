"""Why: what each word is worth by two methods, checked by leaving it out, and the smallest edit that turns the
decision."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from engine.errors import DataError
from engine.inspection.classification import attributions
from engine.inspection.classification.attributions import (
    METHODS,
    Explanation,
    agreement_sentence,
    explain,
    stored_agreement,
    summarise_agreement,
)
from engine.inspection.classification.counterfactuals import (
    Counterfactual,
    CounterfactualSearch,
    find_flips,
    flip_sentence,
)
from engine.plotting.classification.attributions import chance_dots, describe_strips, signed_strips
from engine.wording import percent
from pages.components.computing.calls import NOT_DRAWN, Call, call
from pages.components.drawing import figures, notices, stored
from pages.components.drawing.figures import measured_receipt
from pages.components.sentiment.context import SentimentContext

LANES = {"integrated": "Gradients", "shapley": "Shapley", "deleted": "Left out"}
SEED = 1
FACTS = {
    "seed": f"{SEED}, for the orders of the Shapley values and the shuffles",
    "note": "Integrated gradients and Shapley values are captum's; the check is the network itself.",
}


def show(context: SentimentContext) -> None:
    """Draw the strips, the word that is left out, the agreement with deletion, and the edits that turn the decision."""
    with notices.engine_errors():
        attributions.check_words(context.words)
        with st.spinner("Reading the text without each of its words", show_time=True):
            explained = call(explain, context.words, SEED, model=context.network).computed()
        _show_strips(context, explained)
        _show_agreement(explained)
    with notices.engine_errors():
        _show_stored(context)
    st.markdown("**The smallest edit that flips the prediction**")
    with notices.engine_errors():
        _show_flips(context)


def _show_strips(context: SentimentContext, explained: Call[Explanation]) -> None:
    found = explained.value
    notices.explain(
        "Each number says how far a word moves the network towards “positive” (+) or away from it (−), in nats of "
        "log-odds. **Gradients** and **Shapley** are two ways to share the decision out among the words; **left out** "
        "is the check: the text is really read without the word. Where the rows disagree, believe the check, and "
        "mistrust the explanation."
    )
    context.say_typical("why")
    lanes = {LANES[name]: values for name, values in {**found.values, "deleted": found.deleted}.items()}
    alt = " ".join(describe_strips(found.words, values, name) for name, values in lanes.items())
    figures.show(
        signed_strips(found.words, lanes, mode=figures.mode(), title_of_values="Towards “positive” (nats of log-odds)"),
        name="why-strips",
        alt=alt,
        table=lambda: found.frame().round(4),
        receipt=explained.receipt("found.frame().to_string()", **FACTS),
        on_click=lambda position: context.controls.set("why_word", int(position)),
    )
    strongest = int(np.abs(found.deleted).argmax()) + 1
    position = context.controls.slider("why_word", maximum=len(found.words), default=strongest) - 1
    rest = " ".join([*found.words[:position], "▁" * 3, *found.words[position + 1 :]])
    before, after = found.probability, float(found.probability_without[position])
    st.markdown(
        f"Without **{notices.plain(found.words[position])}**: “positive” goes from **{percent(before)}** to "
        f"**{percent(after)}** ({100 * (after - before):+.1f} points)."
    )
    st.text(rest)
    st.caption(
        f"The gradients miss the log-odds they should add up to by {found.gap:.3f} nats. The Shapley values come from "
        f"{found.orderings} orders in which the words were put back, drawn at random."
    )


def _show_agreement(explained: Call[Explanation]) -> None:
    found = explained.value
    st.markdown("**Do the explanations agree with leaving words out?**")
    sentence = " ".join(agreement_sentence(found, method) for method in METHODS)
    notices.say(sentence)
    shown = [method for method in METHODS if len(found.agreement[method].chance)]
    if not shown:
        return
    rows = [
        {
            "method": METHODS[method],
            "correlation": found.agreement[method].correlation,
            "level_5_percent": found.agreement[method].level,
            "shuffles_beaten": found.agreement[method].share_beaten,
        }
        for method in shown
    ]
    figures.show(
        chance_dots(
            {METHODS[method]: found.agreement[method].correlation for method in shown},
            {METHODS[method]: found.agreement[method].chance for method in shown},
            {METHODS[method]: found.agreement[method].level for method in shown},
            mode=figures.mode(),
        ),
        name="why-agreement",
        alt=sentence,
        table=lambda: pd.DataFrame(rows).round(4),
        receipt=explained.receipt(
            "{method: (agreement.correlation, agreement.level) for method, agreement in found.agreement.items()}",
            **FACTS,
        ),
    )


def _show_stored(context: SentimentContext) -> None:
    try:
        rows = stored.of_model(stored_agreement, context, context.network, attributions.TABLE).value
    except DataError as problem:
        notices.note(str(problem))
        return
    if rows.empty:
        notices.note(
            "Over many sentences this has not been measured with this network's present weights. "
            + stored.how_to_measure(context.info, attributions.COMMAND)
        )
        return
    summary = summarise_agreement(rows)
    said = "; ".join(
        f"{row.method.lower()} have a median rank correlation of {row.median_correlation:.2f}, and on "
        f"{percent(row.better_than_chance, 0)} of {row.sentences:,} sentences they beat 19 of 20 shuffles"
        for row in summary.itertuples()
    )
    notices.say(f"On {rows['title'].iloc[0]}: {said}. By chance it would be 5 %.")
    figures.show_table(
        summary.round(3),
        name="why-stored",
        column_config=figures.in_words(summary),
        receipt=measured_receipt(
            rows[:1],
            model=context.network,
            data=rows["title"].iloc[0],
            seed=SEED,
            python=(
                "from engine.inspection.classification.attributions import stored_agreement, summarise_agreement\n"
                "from engine.models.folder import find_folder\n\n"
                f"stored = stored_agreement({context.network!r}, str(find_folder({context.network!r})))\n"
                "print(summarise_agreement(stored).to_string())"
            ),
            command=attributions.COMMAND.format(model=context.network),
            note=f"Sentences with fewer than {attributions.MIN_WORDS} words are left out: there luck cannot be told "
            "from skill.",
        ),
    )


def _show_flips(context: SentimentContext) -> None:
    notices.explain(
        "Found by search: first words are left out, then others are put in their place that the gradient recommends. "
        "**Everything shown here was really read by the network.** An edit that a reader would shrug off shows what "
        "the decision hangs on."
    )
    with st.spinner("Trying edits", show_time=True):
        searched = call(find_flips, context.words, model=context.network)
        found = searched.value
    labels = context.info.config.get("labels", ["negative", "positive"])
    notices.say(flip_sentence(found, labels), is_strong=True)
    rows = []
    for heading, flip, tried in (
        ("Leaving out", found.deletion, found.deletions_tried),
        ("Replacing", found.replacement, found.replacements_tried),
    ):
        if flip is None:
            st.markdown(f"{heading}: none found within {tried:,} texts tried.")
        else:
            st.markdown(f"{heading}: {_diff(found, flip)}")
            st.caption(notices.plain(_after(found, flip, labels, tried)))
        rows.append(_row(found, heading, flip, tried))
    table = pd.DataFrame(rows)
    figures.show_table(
        table,
        name="why-flips",
        column_config=figures.in_words(table),
        receipt=searched.receipt(
            "found.deletion, found.deletions_tried, found.replacement, found.replacements_tried", seed=NOT_DRAWN
        ),
    )


def _diff(found: CounterfactualSearch, flip: Counterfactual) -> str:
    """Return the text as Markdown: what goes struck through, what comes in bold."""
    edits = {edit.position: edit for edit in flip.edits}
    parts = []
    for position, word in enumerate(found.words):
        if position not in edits:
            parts.append(notices.plain(word))
            continue
        parts.append(f"~~{notices.plain(word)}~~")
        if edits[position].new is not None:
            parts.append(f"**{notices.plain(edits[position].new)}**")
    return " ".join(parts)


def _after(found: CounterfactualSearch, flip: Counterfactual, labels: list[str], tried: int) -> str:
    return (
        f"“{labels[found.decision]}” goes from {percent(found.probability)} to {percent(flip.probability)}; "
        f"the prediction is now “{labels[flip.decision]}”. {tried:,} texts were tried."
    )


def _row(found: CounterfactualSearch, heading: str, flip: Counterfactual | None, tried: int) -> dict:
    return {
        "edit": heading,
        "words_changed": 0 if flip is None else len(flip.edits),
        "text_after": "none found" if flip is None else " ".join(flip.words),
        "probability_before": round(found.probability, 4),
        "probability_after": float("nan") if flip is None else round(flip.probability, 4),
        "texts_tried": tried,
    }
