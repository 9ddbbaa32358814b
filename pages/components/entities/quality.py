"""Quality: what the taggers find on test sentences, by type and by kind of error, and each error to look at."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pandas as pd
import streamlit as st

from engine.inspection.tagging import quality as tagging_quality
from engine.inspection.tagging.entity_types import describe_type
from engine.inspection.tagging.errors import COMMAND
from engine.inspection.tagging.many_lines import SourceLine
from engine.inspection.tagging.quality import BOUNDARY, FOUND, NOTHING, OUTCOMES, TaggingQuality
from engine.plotting.tagging.entity_scores import BASELINE, OVER_SEEDS, trainings, type_confusion, type_scores
from pages.components.computing.calls import NOT_DRAWN, call
from pages.components.controls.buttons import button
from pages.components.drawing import corpus_texts, figures, notices, stored
from pages.components.drawing.figures import Receipt, measured_receipt
from pages.components.entities import marking
from pages.components.entities.context import PAGE, EntitiesContext
from pages.components.owning import networks
from pages.components.shell import header
from pages.components.shell.header import TEXT_WIDTH

PER_PAGE = 5
NARROW = {FOUND: "found", BOUNDARY: "other words", NOTHING: "nothing"}


def show(context: EntitiesContext) -> None:
    """Draw the scores by type, the confusion, the errors one by one, and what the CRF and the second direction add."""
    notices.explain(
        "Persons marked the entities of these sentences, or corrected what a program had marked; the networks have "
        "seen none of them in training. An entity counts as found only with exactly its words and its type. "
        "**Precision** is the share of the network's marks that are right, **recall** the share of the entities it "
        "finds, **F1** lies between the two. **Try:** the rarest types, and ask how many examples they were learnt "
        "from."
    )
    measure, table = tagging_quality.measure_quality, tagging_quality.TABLE
    measured = {name: stored.of_model(measure, context, name, table).value for name in context.models}
    missing = [name for name, quality in measured.items() if quality is None]
    stored.note_missing(context, missing, COMMAND)
    quality = measured[context.network]
    if quality is None:
        return
    corpus = str(quality.sentences["corpus"].iloc[0])
    beside = {
        name: other
        for name, other in measured.items()
        if other is not None and other.sentences["corpus"].iloc[0] == corpus
    }
    _show_scores(context, quality, beside)
    with notices.engine_errors():
        _show_gains(corpus)
    _show_confusion(context, quality)
    _show_errors(context, quality, corpus)


def _show_scores(context: EntitiesContext, quality: TaggingQuality, beside: dict[str, TaggingQuality]) -> None:
    baseline = _baseline(context)
    sentence = tagging_quality.quality_sentence(quality, baseline.get("all"))
    notices.say(sentence)
    parts = [other.by_type.assign(network=context.label(name)) for name, other in beside.items()]
    table = pd.concat(parts, ignore_index=True)
    table = table[["network", "type", "entities", "marked", "found", "precision", "recall", "f1"]]
    rows = [{"network": BASELINE, "type": kind, "f1": f1} for kind, f1 in baseline.items()]
    table = pd.concat([table, pd.DataFrame(rows)], ignore_index=True) if rows else table
    figures.show(
        type_scores(
            {context.label(name): other.by_type for name, other in beside.items()},
            {context.label(name): context.build(name) for name in beside},
            mode=figures.mode(),
            baseline=baseline,
        ),
        name="entity-scores",
        alt=f"{context.label(context.network)}: {sentence}",
        table=table,
        receipt=_receipt(list(beside), quality),
    )
    networks.show_terms(str(quality.sentences["corpus"].iloc[0]))


def _baseline(context: EntitiesContext) -> dict[str, float]:
    """Return the F1 of each word's most frequent tag, by type and over "all", as far as the network's card has it."""
    whole, by_type = (
        networks.find_metric(context.info.metrics, "baseline_f1"),
        context.info.metrics.get("baseline_by_type", {}),
    )
    return dict(by_type) | ({"all": whole} if whole is not None else {})


def _show_gains(corpus: str) -> None:
    header.section(
        "What the CRF and the second direction add",
        "Each network was trained several times from other random numbers (seeds), so that a gain can be told from "
        f"luck. A mark is one training, the line their {OVER_SEEDS.middle}.",
    )
    table = tagging_quality.ABLATION
    found = call(tagging_quality.read_ablation, str(table), version=stored.version(table)).value
    found = found[found["corpus"] == corpus]
    if found.empty:
        notices.note("On these sentences no network was trained with several seeds.")
        return
    gains = tagging_quality.gains(found)
    sentence = tagging_quality.gains_sentence(gains)
    notices.say(sentence)
    figures.show(
        trainings(found, mode=figures.mode()),
        name="entity-trainings",
        alt=sentence,
        table=lambda: found[["variant", "seed", "precision", "recall", "f1"]],
        receipt=Receipt(
            model=", ".join(sorted(found["recipe"].unique())),
            seed=", ".join(map(str, sorted(found["seed"].unique()))),
            python=(
                "from engine.inspection.tagging.quality import gains, read_ablation\n\n"
                f"found = read_ablation()\nprint(gains(found[found['corpus'] == {corpus!r}]).to_string())"
            ),
            command=tagging_quality.ABLATION_COMMAND,
            note="Compared are trainings with the same seed that differ in one thing. The command adds a trained "
            "folder to the table.",
        ),
    )


def _show_confusion(context: EntitiesContext, quality: TaggingQuality) -> None:
    header.section(
        "Confusion matrix",
        "Down: what people marked. Across: what the network made of it. The brighter, the larger the share of its row. "
        "Click a number to see its errors below.",
    )
    counts = quality.confusion
    apart = counts.drop(columns=[FOUND, BOUNDARY, NOTHING]).drop(index=NOTHING)
    said = "No entity was taken for one of another type."
    if apart.to_numpy().sum():
        row, column = apart.stack().idxmax()
        count = int(apart.loc[row, column])
        said = (
            f"The most frequent mix-up: “{row}” taken for “{column}”, {'once' if count == 1 else f'{count:,} times'}."
        )

    def choose(cell: str) -> None:
        row, column = cell.split("|")
        is_error = column != FOUND
        context.controls.set("quality_type", row if row != NOTHING else column)
        outcome = {BOUNDARY: BOUNDARY, NOTHING: tagging_quality.MISSED}.get(
            column, tagging_quality.INVENTED if row == NOTHING else "all"
        )
        context.controls.set("quality_outcome", outcome if is_error else "all")

    figures.show(
        type_confusion(counts.rename(columns=NARROW, index=NARROW), mode=figures.mode()),
        name="entity-confusion",
        alt=f"{said} {tagging_quality.errors_sentence(quality.outcomes)}",
        table=lambda: counts.reset_index(),
        receipt=_receipt([context.network], quality),
        on_click=lambda cell: choose("|".join(_original(part) for part in cell.split("|"))),
    )
    notices.say(said)


def _original(shown: str) -> str:
    return next((name for name, narrow in NARROW.items() if narrow == shown), shown)


def _show_errors(context: EntitiesContext, quality: TaggingQuality, corpus: str) -> None:
    controls = context.controls
    header.section("Error by error", tagging_quality.errors_sentence(quality.outcomes))
    kinds = ["", *(kind for kind in quality.by_type["type"] if kind != "all")]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        outcome = controls.select("quality_outcome", OUTCOMES.get, width=260)

        def name_type(kind: str) -> str:
            return f"{kind}: {describe_type(kind).word}" if kind else "every type"

        kind = controls.select("quality_type", name_type, kinds, width=260)
    errors = tagging_quality.choose_errors(quality.outcomes, outcome, kind)
    if errors.empty:
        notices.note("There is no such error.")
        return
    st.caption(f"{len(errors):,} errors.")
    read = call(tagging_quality.read_sentences, corpus, version=os.environ.get("UNROLLED_DATA"), kept="shared")
    texts = corpus_texts.ask(
        PAGE,
        "quality",
        corpus,
        read,
        absent="The sentences themselves are not shipped.",
        without="Shown in their place are errors on the built-in sample.",
    )
    if texts is None:
        shown, sentences, known = _sample_errors(context, corpus, outcome, kind)
    else:
        shown, sentences = errors, quality.sentences.set_index("row")
        known = dict(zip(texts["source_hash"], texts["words"], strict=True))
    pages = -(-len(shown) // PER_PAGE)
    page = controls.slider("quality_page", maximum=pages, width=TEXT_WIDTH) if pages else 1
    for position, error in enumerate(shown.iloc[(page - 1) * PER_PAGE : page * PER_PAGE].itertuples()):
        sentence = sentences.loc[error.row]
        _show_error(error, sentence, known.get(sentence["source_hash"]), position, context)
    if texts is None:
        st.markdown(f"**All {len(errors):,} on the test sentences**, without their words:")
    table = tagging_quality.error_table(errors)
    receipt = _receipt([context.network], quality)
    figures.show_table(table, name="entity-errors", column_config=figures.in_words(table), receipt=receipt)


def _sample_errors(
    context: EntitiesContext, corpus: str, outcome: str, kind: str
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, list[str]]]:
    """Say how the network does on the built-in sample; return its errors there, the sentences by row, and their words
    by hash."""
    from engine.evaluation.tagging import tag_sample

    with st.spinner("Tagging the built-in sample", show_time=True):
        tagged = call(tag_sample, corpus, model=context.network).computed()
    title, frame, rows = tagged.value
    errors = tagging_quality.choose_errors(tagging_quality.list_outcomes(frame), outcome, kind)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"On the built-in sample “{title}”: {len(errors):,} such errors in {len(frame):,} sentences. A grammar "
            "made them and marked their entities, so “people” is the grammar here; some names are hard on purpose."
        )
        figures.show_receipt(tagged.receipt("found[1].to_string()", seed=NOT_DRAWN), "entity-sample-errors")
    known = {row.source_hash: rows[row.row] for row in frame.itertuples()}
    return errors, frame.set_index("row"), known


def _show_error(error: Any, sentence: pd.Series, words: Any, position: int, context: EntitiesContext) -> None:
    said = (
        f"Sentence {error.row + 1:,} ({sentence['words']:,} words) · {OUTCOMES[error.outcome]} · people: "
        f"{error.gold} · the network: {error.predicted}"
    )
    with st.container(border=True, gap="xsmall"):
        st.caption(notices.plain(said))
        if words is None:
            begin, end = (
                (error.gold_start, error.gold_end)
                if error.gold_start >= 0
                else (error.predicted_start, error.predicted_end)
            )
            st.text(
                f"Words {begin + 1} to {end}. In the copy of the corpus that was read, another sentence stands at this "
                "number."
            )
            return
        line = SourceLine(" ".join(words), tuple(words)).read()
        for who, kind, begin, end in (
            ("People", error.gold, error.gold_start, error.gold_end),
            ("Network", error.predicted, error.predicted_start, error.predicted_end),
        ):
            spans = [] if kind == NOTHING else [SimpleNamespace(start=begin, end=end, type=kind)]
            st.markdown(f"**{who}**: {marking.marked_text(line.text, line.positions, spans)}")
        button(
            "Open it above",
            f"quality-open-{position}",
            context.controls.set,
            "text",
            line.text,
            icon="vertical_align_top",
            type="tertiary",
        )


def _receipt(names: list[str], quality: TaggingQuality) -> Receipt:
    return measured_receipt(
        quality.sentences[:1],
        model=", ".join(names),
        data=f"{quality.sentences['title'].iloc[0]}, {len(quality.sentences):,} sentences",
        seed=NOT_DRAWN,
        python=(
            "from engine.inspection.tagging.quality import measure_quality\n"
            "from engine.models.folder import find_folder\n\n"
            f"for name in {names!r}:\n"
            "    quality = measure_quality(name, str(find_folder(name)))\n"
            "    print(name, quality.by_type.to_string(), quality.confusion.to_string(), sep='\\n')"
        ),
        command="\n".join(COMMAND.format(model=name) for name in names),
        note="The counts equal those of seqeval. The command measures anew; rows of other weights than these are not "
        "shown.",
    )
