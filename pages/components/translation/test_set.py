"""Test set: what every network scores on sentences none has seen, and each sentence, one click from the top."""

from __future__ import annotations

import os
from typing import Any

import pandas as pd
import streamlit as st

from engine.inspection.stored import sentence_scores
from engine.inspection.stored.sentence_scores import ORDERS
from engine.inspection.translation.translations import translate_listed
from engine.plotting.stored.sentence_scores import score_map
from pages.components.computing import cache
from pages.components.computing.calls import call
from pages.components.controls.buttons import button
from pages.components.drawing import corpus_texts, figures, notices, stored
from pages.components.drawing.figures import Receipt, all_of, measured_receipt
from pages.components.owning import networks
from pages.components.shell import header
from pages.components.shell.header import TEXT_WIDTH
from pages.components.translation.context import PAGE, TranslationContext, style

PER_PAGE = 10
SCORES = {"bleu": "BLEU", "chrf": "chrF", "ter": "TER", "nats_per_piece": "nats per token", "test_set": "test set"}


def show(context: TranslationContext) -> None:
    """Draw the table of all networks of this direction, then one network's sentences in the order that is chosen."""
    notices.explain(
        "No network was trained on these sentences. BLEU and chrF count what a translation shares with a person's, in "
        "words and in letters (0 to 100, higher is better); TER counts the edits that would turn one into the other "
        "(lower is better). **Try:** read the worst, and judge whether the network is wrong or the person only said it "
        "differently."
    )
    measured, missing = _measured(context)
    if missing:
        stored.note_missing(context, missing, sentence_scores.COMMAND)
    if not measured:
        return
    scores = sentence_scores.corpus_scores(measured)
    scores.insert(0, "network", [context.label(name) for name in scores["model"]])
    hidden = dict.fromkeys(["model", *filter(lambda column: column.endswith("_signature"), scores)])
    figures.show_table(
        scores.rename(columns=SCORES), name="test-set-scores", receipt=_receipt(measured), column_config=hidden
    )
    header.section("Sentence by sentence")
    _show_sentences(context, measured)


def _measured(context: TranslationContext) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return the sentences of every network of the direction that was measured, and the names of the others.

    Raises:
        DataError: nothing has been measured, or the table is damaged.
    """
    table = sentence_scores.TABLE
    version = cache.file_version(table)
    found = {
        name: call(
            sentence_scores.stored_sentences,
            name,
            str(context.models[name].path),
            str(table),
            version=(version, cache.model_version(name)),
            kept="shared",
        ).value
        for name in dict.fromkeys([*context.shown, *context.models])
    }
    return {name: frame for name, frame in found.items() if len(frame)}, [
        name for name, frame in found.items() if frame.empty
    ]


def _show_sentences(context: TranslationContext, measured: dict[str, pd.DataFrame]) -> None:
    controls, names = context.controls, list(measured)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = controls.select("test_set_model", context.label, names, width=230)
        titles = dict(measured[name][["corpus", "title"]].drop_duplicates().itertuples(index=False))
        here = next(filter(corpus_texts.are_here, titles), None)
        corpus = controls.select("test_set_corpus", choices=titles, default=here, width=260)
        others = [other for other in names if other != name and (measured[other]["corpus"] == corpus).any()]
        beside = {"": "no other network"} | {other: context.label(other) for other in others}
        other = controls.select("test_set_other", choices=beside, default=next(iter(others), ""), width=230)
        orders = [order for order in ORDERS if other or order != "apart"]
        order = controls.select("test_set_order", ORDERS.get, orders, width=300)
    own, beside = (frame[frame["corpus"] == corpus] for frame in (measured[name], measured[other or name]))
    frame = sentence_scores.order_sentences(own, beside if other else None, order)
    labels = [context.label(name), context.label(other) if other else ""]
    sentence = sentence_scores.list_sentence(frame, labels)
    st.markdown(notices.plain(sentence))
    networks.show_terms(corpus)
    read = call(
        sentence_scores.read_texts,
        corpus,
        context.direction.split("-")[0],
        version=os.environ.get("UNROLLED_DATA"),
        kept="shared",
    )
    texts = corpus_texts.ask(
        PAGE,
        "test-set",
        corpus,
        read,
        absent="The sentences themselves are not shipped, their licence does not allow it; only their scores are."
        + "".join(f" Those of “{title}” are here." for other, title in titles.items() if corpus_texts.are_here(other)),
        without="Their scores are shown without them.",
    )
    frame = sentence_scores.with_texts(frame, texts) if texts is not None else frame.assign(source="", reference="")
    pages = -(-len(frame) // PER_PAGE)
    page = controls.slider("test_set_page", maximum=pages, width=TEXT_WIDTH)
    listed = frame.iloc[(page - 1) * PER_PAGE : page * PER_PAGE]
    by_index = frame.set_index("index")

    def open_at(index: int) -> None:
        row = by_index.loc[index]
        if row["source"]:
            _open(context, row["source"], row["reference"])

    figures.show(
        score_map(
            pd.concat([listed, frame.drop(listed.index)]),
            mode=figures.mode(),
            architecture=style(context.models[name]),
            label=labels[0],
            other_label=labels[1],
            listed=len(listed),
        ),
        name="test-set-map",
        alt=f"A mark per sentence. {sentence}",
        table=lambda: sentence_scores.shown_table(frame),
        receipt=_receipt({name: own}),
        on_click=open_at if texts is not None else None,
    )
    if texts is None:
        return
    st.caption(
        "A click on a mark opens its sentence at the top of the page, with the person's translation as the "
        "reference. Ringed: those listed below."
    )
    known = listed[listed["source"] != ""]
    written = call(translate_listed, tuple(known["source"]), int(own["beam_size"].iloc[0]), model=name, kept="shared")
    outputs = dict(zip(known["index"], written.value, strict=True))
    for row in listed.set_index("index").itertuples():
        _show_row(context, row, outputs.get(row.Index, ""))


def _show_row(context: TranslationContext, row: Any, output: str) -> None:
    facts = (
        f"Sentence {row.Index + 1:,} · chrF {row.chrf:.1f} · BLEU {row.bleu:.1f} · TER {row.ter:.1f} · "
        f"{row.source_words} words"
    )
    if hasattr(row, "chrf_other"):
        facts += f" · beside it chrF {row.chrf_other:.1f}"
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(notices.plain(facts), width="content")
            if row.source:
                button(
                    "Open it above",
                    f"test-set-open-{row.Index}",
                    _open,
                    context,
                    row.source,
                    row.reference,
                    icon="vertical_align_top",
                    type="tertiary",
                )
        if row.source:
            st.text(f"Source: {row.source}\nPerson: {row.reference}\nNetwork: {output}")


def _open(context: TranslationContext, source: str, reference: str) -> None:
    """Put a sentence and its reference into the boxes; runs before the page does."""
    context.controls.set("text", source)
    context.controls.set("reference", reference)


def _receipt(measured: dict[str, pd.DataFrame]) -> Receipt:
    rows = pd.concat(measured.values())
    signatures = [all_of(rows, f"{score}_signature") for score in ("bleu", "chrf", "ter")]
    return measured_receipt(
        rows,
        model=", ".join(measured),
        data=f"{all_of(rows, 'title')}, beam {all_of(rows, 'beam_size')}",
        python=(
            "from engine.inspection.stored.sentence_scores import corpus_scores, stored_sentences\n"
            "from engine.models.folder import find_folder\n\n"
            f"names = {list(measured)!r}\n"
            "print(corpus_scores({name: stored_sentences(name, str(find_folder(name))) for name in names}).to_string())"
        ),
        command="\n".join(sentence_scores.COMMAND.format(model=name) for name in measured),
        note="sacreBLEU: BLEU {}; chrF {}; TER {}. Sentence BLEU with effective order. The command measures anew; rows "
        "of other weights than these are not shown.".format(*signatures),
    )
