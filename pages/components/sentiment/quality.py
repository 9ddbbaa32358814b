"""Quality: what every classifier scores on texts none has seen, how far its probabilities can be trusted, and what it
gets wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from engine.errors import DataError
from engine.inspection.classification import quality
from engine.inspection.classification.quality import KINDS, ORDERS, ClassificationQuality, slice_names
from engine.inspection.stored.model_files import weights_in
from engine.plotting.classification.quality import (
    accuracy_dots,
    confusion_map,
    reliability,
    slice_bars,
    threshold_lines,
)
from engine.wording import percent
from pages.components.computing import cache
from pages.components.computing.calls import NOT_DRAWN, call
from pages.components.controls.buttons import button
from pages.components.drawing import corpus_texts, figures, notices, stored
from pages.components.drawing.figures import Receipt
from pages.components.owning import networks
from pages.components.sentiment.context import CORPORA, PAGE, SentimentContext, is_blind
from pages.components.shell import header

T = TypeVar("T")
PER_PAGE = 10
LABELS = ("negative", "positive")
SCORES_SENTENCE = (
    "Each mark is the share of right answers, the bar through it where the true share would lie 95 times in 100. Where "
    "two bars overlap widely, do not trust the order of the marks."
)
LONGEST_SHOWN = 600  # characters of a listed text; the whole one opens above


def show(context: SentimentContext) -> None:
    """Draw the scores of all classifiers, then the chosen one's confusion, threshold, calibration, slices and
    errors."""
    scores = _stored(quality.measure_scores)
    scores = scores[[_is_present(context, row.model, row.weights) for row in scores.itertuples()]]
    missing = [name for name in context.models if name not in set(scores["model"])]
    stored.note_missing(context, missing, quality.COMMAND)
    for position, corpus in enumerate(sorted(scores["corpus"].unique(), key=lambda name: name != "sst2")):
        _show_scores(context, scores[scores["corpus"] == corpus], corpus, "" if position else SCORES_SENTENCE)
    own = scores[scores["model"] == context.network]
    if own.empty:
        return
    corpus = own["corpus"].iloc[0]
    found = _stored(quality.measure_quality, context.network, corpus)
    _show_threshold(context, found)
    _show_calibration(context, found, own.iloc[0])
    _show_slices(context, found, corpus)
    _show_errors(context, found, corpus)


def _stored(function: Callable[..., T], *given: Any) -> T:
    """Return what a function makes of the table of predictions; it is shared, so it must not be changed."""
    return call(function, str(quality.TABLE), *given, version=stored.version(quality.TABLE), kept="shared").value


def _is_present(context: SentimentContext, name: str, weights: str) -> bool:
    """Return whether a measured classifier is installed, with the weights it was measured with."""
    if name not in context.models:
        return False
    return weights == call(weights_in, str(context.models[name].path), version=cache.model_version(name)).value


def _texts_word(corpus: str) -> str:
    return CORPORA.get(corpus.partition("_")[0], corpus)


def _show_scores(context: SentimentContext, scores: pd.DataFrame, corpus: str, sentence: str) -> None:
    names = [name for name in context.models if name in set(scores["model"])]
    scores = scores.set_index("model").loc[names].reset_index()
    labels = [context.label(name) for name in names]
    header.section(f"On {_texts_word(corpus)}", sentence)
    reader, blind = (
        next((name for name in names if is_blind(context.models[name]) == blind), "") for blind in (False, True)
    )
    meaning = ""
    if reader and blind:
        compared, words = _stored(quality.compare_stored, reader, blind, corpus), _texts_word(corpus)
        meaning = quality.order_sentence(f"“{context.label(reader)}”", f"“{context.label(blind)}”", compared, words)
    listed = ", ".join(f"{label} {percent(value)}" for label, value in zip(labels, scores["accuracy"], strict=True))
    figures.show(
        accuracy_dots(
            scores,
            labels,
            [context.style(name) for name in names],
            names.index(context.network) if context.network in names else -1,
            mode=figures.mode(),
        ),
        name=f"sentiment-accuracy-{corpus}",
        alt=f"Right answers on {scores['texts'].iloc[0]:,} {_texts_word(corpus)}: {listed}.",
        table=lambda: scores.assign(network=labels).round(4),
        receipt=_receipt(names, corpus, "print(measure_scores('').to_string())", "measure_scores"),
    )
    if meaning:
        notices.say(meaning)
    networks.show_terms(corpus)


def _show_threshold(context: SentimentContext, found: ClassificationQuality) -> None:
    header.section(
        f"Decision threshold: {context.label(context.network)}",
        "The network gives a probability; somebody must say from where on it means “positive”. **Try:** move the "
        "threshold. Fewer false alarms (higher precision) are paid for with positive texts that are missed (lower "
        "recall).",
    )
    threshold = context.controls.slider("quality_threshold", width=header.TEXT_WIDTH)
    counts = quality.confusion(found.predictions, threshold)
    now = quality.measures(counts)
    said = ", ".join(
        f"{name} {'undefined' if np.isnan(now[name]) else percent(now[name])}"
        for name in ("accuracy", "precision", "recall")
    )
    best = found.thresholds.loc[found.thresholds["accuracy"].idxmax()]
    left, right = st.columns(2, gap="large")
    with left:
        figures.show(
            confusion_map(counts, LABELS, mode=figures.mode()),
            name="sentiment-confusion",
            alt=f"At the threshold {threshold:.2f}, of {counts[0].sum():,} negative texts {counts[0, 0]:,} are called "
            f"negative, of {counts[1].sum():,} positive ones {counts[1, 1]:,} are called positive.",
            table=lambda: pd.DataFrame(counts, LABELS, [f"called {label}" for label in LABELS]).reset_index(
                names="really"
            ),
            receipt=_own_receipt(found, quality.confusion, threshold, end=""),
        )
    with right:
        figures.show(
            threshold_lines(found.thresholds, threshold, mode=figures.mode()),
            name="sentiment-thresholds",
            alt=f"At the threshold {threshold:.2f}: {said}. Accuracy is highest, {percent(best['accuracy'])}, at "
            f"{best['threshold']:.2f}.",
            table=lambda: found.thresholds.round(4),
            receipt=_own_receipt(found, quality.threshold_curve),
        )
    notices.say(
        f"At {threshold:.2f}: {said}. The highest accuracy, {percent(best['accuracy'])}, lies at "
        f"{best['threshold']:.2f}; it was found on these very texts, so take it with caution."
    )


def _show_calibration(context: SentimentContext, found: ClassificationQuality, scores: pd.Series) -> None:
    header.section(
        "Calibration: can its probabilities be believed?",
        "Of the texts it gives about 80 %, about 80 in 100 should really be positive. A network that is well "
        "calibrated stays on the dotted line; below it on the right and above it on the left it is surer than it "
        "should be.",
    )
    table = found.calibration
    sure = table[(table["from"] >= 0.9) | (table["to"] <= 0.1)]["texts"].sum() / table["texts"].sum()
    said = (
        f"How sure it is of its answers and how often they are right lie {100 * scores['calibration_error']:.1f} "
        f"percentage points apart on average (the expected calibration error), and {percent(sure, 0)} of the texts get "
        "a probability of less than 10 % or more than 90 %."
    )
    figures.show(
        reliability(table, context.style(context.network), mode=figures.mode()),
        name="sentiment-calibration",
        alt=said,
        table=lambda: table.round(4),
        receipt=_own_receipt(found, quality.calibration),
    )
    notices.say(said)


def _show_slices(context: SentimentContext, found: ClassificationQuality, corpus: str) -> None:
    header.section(
        "Accuracy by group: where is it weak?",
        "The same texts in groups. **Try:** negation, and see whether the average of the words suffers more.",
    )
    by = context.controls.segmented("quality_slices", slice_names().get, label_visibility="collapsed")
    own = found.slices[by]
    shown = [context.network]
    others = (name for name, info in context.models.items() if is_blind(info) and name != context.network)
    blind = context.blind or next(others, None)
    tables = [own]
    if blind is not None:
        try:
            beside = _stored(quality.measure_quality, blind, corpus).slices[by]
        except DataError:  # it was taught, and measured, on other texts
            beside = own.iloc[:0]
        if list(beside["slice"]) == list(own["slice"]):
            shown.append(blind)
            tables.append(beside)
    said = f"{context.label(context.network)}: {quality.slice_sentence(own)}"
    if len(tables) > 1:
        said += f" {context.label(shown[1])}: {quality.slice_sentence(tables[1])}"
    figures.show(
        slice_bars(
            tables,
            [context.label(name) for name in shown],
            [context.style(name) for name in shown],
            mode=figures.mode(),
        ),
        name="sentiment-slices",
        alt=said,
        table=lambda: pd.concat(
            [part.assign(network=context.label(name)) for name, part in zip(shown, tables, strict=True)]
        ).round(4),
        receipt=_own_receipt(found, quality.slices, by, models=shown),
    )
    notices.say(said)


def _show_errors(context: SentimentContext, found: ClassificationQuality, corpus: str) -> None:
    header.section(
        "Errors to read",
        "What it got wrong at the threshold above. Some are the network's fault, some are a person's label.",
    )
    controls, threshold = context.controls, context.controls.value().quality_threshold
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = controls.select("quality_kind", KINDS.get, width=230)
        order = controls.select("quality_order", ORDERS.get, width=230)
    errors = quality.order_errors(found.predictions, kind, order, threshold)
    st.markdown(f"{len(errors):,} of {len(found.predictions):,} texts.")
    if errors.empty:
        return
    split = found.predictions["split"].iloc[0]
    texts = corpus_texts.ask(
        PAGE,
        "quality",
        corpus,
        call(quality.read_texts, corpus, split, version=os.environ.get("UNROLLED_DATA")),
        absent="The texts themselves are not shipped, their licence does not allow it.",
        without="Shown in their place are errors on the built-in sample.",
    )
    shown = errors if texts is not None else _sample_errors(context, corpus, kind, order, threshold)
    pages = -(-len(shown) // PER_PAGE)
    page = controls.slider("quality_page", maximum=pages, width=header.TEXT_WIDTH) if pages else 1
    for row in shown.iloc[(page - 1) * PER_PAGE : page * PER_PAGE].itertuples():
        _show_row(context, row, texts)
    if texts is None:
        st.markdown(f"**All {len(errors):,} on {_texts_word(corpus)}**, without their texts:")
    table = quality.error_table(errors)
    figures.show_table(
        table,
        name="sentiment-errors",
        column_config=figures.in_words(table),
        receipt=_own_receipt(found, quality.order_errors, kind, order, threshold),
    )


def _sample_errors(context: SentimentContext, corpus: str, kind: str, order: str, threshold: float) -> pd.DataFrame:
    """Say how the network does on the built-in sample, and return its errors there with their texts."""
    from engine.evaluation.classification import judge_sample

    with st.spinner("Judging the built-in sample", show_time=True):
        judged = call(judge_sample, corpus, model=context.network).computed()
    title, frame = judged.value
    errors = quality.order_errors(frame, kind, order, threshold)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"On the built-in sample “{title}”: {len(errors):,} of {len(frame):,} sentences. A grammar made "
            "them, and half of its patterns turn on word order or one small word."
        )
        figures.show_receipt(judged.receipt("found[1].to_string()", seed=NOT_DRAWN), "sentiment-sample-errors")
    return errors


def _show_row(context: SentimentContext, row: Any, texts: tuple[list[str], list[int], str] | None) -> None:
    facts = (
        f"Text {row.row + 1:,} · really {LABELS[row.label]} · {percent(row.probability)} positive · {row.words:,} words"
    )
    if row.unknown_words:
        facts += f", {row.unknown_words:,} of them unknown"
    own = getattr(row, "text", "")
    text = own or quality.text_of(int(row.row), int(row.label), int(row.words), texts)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(notices.plain(facts), width="content")
            if text:
                button(
                    "Open it above",
                    f"quality-open-{row.row}",
                    context.controls.set,
                    "text",
                    text,
                    icon="vertical_align_top",
                    type="tertiary",
                )
        if text:
            st.text(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " …")
        else:
            st.caption("In the copy of the corpus that was read, another text stands at this number.")


def _own_receipt(
    found: ClassificationQuality,
    function: Callable[..., Any],
    *given: Any,
    models: Sequence[str] = (),
    end: str = ".to_string()",
) -> Receipt:
    """Return the receipt of `function(predictions of one classifier, *given)`, of which `end` makes what is printed."""
    name, corpus = map(str, found.predictions[["model", "corpus"]].iloc[0])
    own = f"of_model(read_predictions(), {name!r}, {corpus!r})"
    line = f"print({function.__name__}({', '.join([own, *map(repr, given)])}){end})"
    functions = ", ".join(sorted(["of_model", "read_predictions", function.__name__]))
    return _receipt(list(models or [name]), corpus, line, functions)


def _receipt(models: list[str], corpus: str, line: str, functions: str) -> Receipt:
    origin = _stored(quality.describe_origin, tuple(models), corpus)
    return Receipt(
        model=", ".join(models),
        data=f"{origin['title']}, one row per text in data/results/{quality.TABLE.name}",
        seed=NOT_DRAWN,
        measured=origin["measured"],
        python=f"from engine.inspection.classification.quality import {functions}\n\n{line}",
        command="\n".join(quality.COMMAND.format(model=name) for name in models),
        note="The command measures anew.",
    )
