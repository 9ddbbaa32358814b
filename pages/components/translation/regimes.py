"""Training with and without teacher forcing: what it did to a network, on the test set and on the sentence at hand."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.errors import ModelError
from engine.inspection.translation import regimes
from engine.inspection.translation.forcing import NONE, inspect_forcing
from engine.plotting.translation.regimes import forced_against_free, regime_curves
from pages.components.computing import cache
from pages.components.computing.calls import NOT_DRAWN, call, receipt, values
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt, all_of, measured_receipt
from pages.components.shell import header
from pages.components.translation import receipts
from pages.components.translation.context import TranslationContext, grouped, title


def show(context: TranslationContext) -> None:
    """Draw the sentence at hand as all four translate it, then what was measured on the test set."""
    notices.explain(
        "These networks are the same but for one thing: what their decoder read while it learnt. **Always forced**: "
        "the reference. **Half forced**: at each step a coin decides between the reference and its own word. **Never "
        "forced**: its own words only. **Scheduled**: the reference at first, then less and less (scheduled sampling)."
    )
    with notices.engine_errors():
        _show_sentence(context)
    with notices.engine_errors():
        _show_measured()


def _show_sentence(context: TranslationContext) -> None:
    models = grouped(list(context.models.values())).get("forcing", [])
    if not models:
        commands = "; ".join(regimes.TRAIN_COMMAND.format(recipe=recipe) for recipe in regimes.RECIPES)
        raise ModelError(
            "No networks that were taught in different ways are installed for this direction. To train them, run: "
            f"{commands}"
        )
    reference = context.ask_reference()
    models = sorted(models, key=lambda info: regimes.position_of(title(info)))
    with st.spinner("All of them translate", show_time=True):
        calls = [
            call(inspect_forcing, context.source, reference, NONE, model=info.name, kept="shared") for info in models
        ]
        reports = values({made.model: made for made in calls})
    table = pd.DataFrame(
        [
            {
                "Taught": title(info),
                "Translation (greedy)": reports[info.name].free.text,
                "Forced loss": round(reports[info.name].forced.mean_loss, 3),
                "Free loss": round(reports[info.name].free.mean_loss, 3),
                "Exposure bias (loss gap)": round(reports[info.name].exposure_gap, 3),
            }
            for info in models
        ]
    )
    st.markdown(f"The sentence above, translated by {len(models)} of them; losses are nats per token of the reference.")
    losses = "found.forced.mean_loss, found.free.mean_loss, found.exposure_gap"
    lines = receipt(calls, f"found.free.text, {losses}", seed=NOT_DRAWN, note=receipts.GREEDY)
    figures.show_table(table, name="regimes-sentence", receipt=lines)


def _show_measured() -> None:
    version = cache.file_version(regimes.TABLE)
    frame = call(regimes.read_regimes, str(regimes.TABLE), version=version, kept="shared").value
    header.section("On the test set")
    said = [regimes.winner_sentence(frame), regimes.scheduled_sentence(frame), regimes.gap_sentence(frame)]
    for sentence in filter(None, said):
        notices.say(sentence)
    final, source = regimes.final_rows(frame), _table_receipt(frame)
    figures.show_table(regimes.summary_table(frame), name="regimes-summary", receipt=source)
    st.caption(
        f"{regimes.OVER_SEEDS.middle.capitalize()} over the seeds, in brackets the reach "
        f"{regimes.OVER_SEEDS.reach('lowest', 'highest')}. Losses are nats per token of the reference."
    )
    st.markdown(
        "**Forced against free.** The further above the line, the more a network suffers from reading its own words."
    )
    figures.show(
        forced_against_free(final, mode=figures.mode(), order=regimes.ORDER),
        name="regimes-losses",
        alt=f"Free loss against forced loss, a mark per seed. {said[-1]}",
        table=lambda: final[["label", "seed", *regimes.MEASURES, "exposure_gap"]],
        receipt=source,
    )
    curves = regimes.curve_rows(frame)
    st.markdown(
        f"**Learning curves** on held-out sentences: {regimes.OVER_SEEDS.middle_over('the seeds')}; a band reaches "
        f"{regimes.OVER_SEEDS.reach('lowest', 'highest')}."
    )
    last = curves.groupby("label", sort=False).last()
    figures.show(
        regime_curves(curves, mode=figures.mode(), order=regimes.ORDER),
        name="regimes-curves",
        alt="Learning curves; at the end, forced and free loss are "
        + ", ".join(
            f"{row.forced_mean:.2f} and {row.free_mean:.2f} for {label.lower()}" for label, row in last.iterrows()
        )
        + ".",
        table=curves,
        receipt=source,
    )


def _table_receipt(frame: pd.DataFrame) -> Receipt:
    rows = frame[frame["kind"] == regimes.FINAL]
    return measured_receipt(
        rows,
        data=f"{all_of(rows, 'test_set')}, {int(rows['sentences'].max()):,} sentences",
        seed=all_of(rows, "seed"),
        python=(
            "from engine.inspection.translation.regimes import read_regimes, summary_table\n\n"
            "print(summary_table(read_regimes()).to_string())"
        ),
        command="\n".join(regimes.COMMAND.format(model=name) for name in rows["model"].unique()),
        note=f"sacreBLEU {all_of(rows, 'signature')}. The curves are those of the training itself, on the validation "
        "split.",
    )
