"""Four ways to be taught: what training with and without teacher forcing did, on the test set and on the sentence at
hand."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.errors import ModelError
from engine.inspection import regimes
from engine.inspection.forcing import NONE, inspect_forcing
from engine.models.folder import ModelInfo
from engine.plotting.regimes import forced_against_free, regime_curves
from pages.components import cache, figures, forcing_receipts, header, notices
from pages.components.header import TEXT_WIDTH
from pages.components.translation.desk import Desk, grouped, title


def show(desk: Desk) -> None:
    """Draw the sentence at hand as all four translate it, then what was measured on the test set."""
    st.markdown(
        "These networks are the same but for one thing: what their decoder read while it learnt. **Always forced**: "
        "the reference. "
        "**Half forced**: at each step a coin decides between the reference and its own word. **Never forced**: its "
        "own words only. "
        "**Scheduled**: the reference at first, then less and less (scheduled sampling).",
        width=TEXT_WIDTH,
    )
    with notices.engine_errors():
        _show_sentence(desk)
    with notices.engine_errors():
        _show_measured()


def _show_sentence(desk: Desk) -> None:
    models = grouped(list(desk.models.values())).get("forcing", [])
    if not models:
        commands = "; ".join(regimes.TRAIN_COMMAND.format(recipe=recipe) for recipe in regimes.RECIPES)
        raise ModelError(
            "No networks that were taught in different ways are installed for this direction. To train them, run: "
            f"{commands}"
        )
    reference = desk.ask_reference()
    models = sorted(models, key=lambda info: regimes.place_of(title(info)))
    with st.spinner("All of them translate", show_time=True):
        reports = {
            info.name: cache.compute_with_model(inspect_forcing, info.name, desk.source, reference, NONE)
            for info in models
        }
    table = pd.DataFrame(
        [
            {
                "Taught": title(info),
                "Translation (greedy)": reports[info.name].free.text,
                "Forced loss": round(reports[info.name].forced.mean_loss, 3),
                "Free loss": round(reports[info.name].free.mean_loss, 3),
                "Exposure gap": round(reports[info.name].exposure_gap, 3),
            }
            for info in models
        ]
    )
    st.markdown(f"The sentence above, translated by {len(models)} of them; losses are nats per piece of the reference.")
    figures.show_table(table, name="regimes-sentence", receipt=_sentence_receipt(desk, models, reference))


def _sentence_receipt(desk: Desk, models: list[ModelInfo], reference: str) -> figures.Receipt:
    return forcing_receipts.for_regimes([info.name for info in models], desk.source, reference)


def _show_measured() -> None:
    version = regimes.TABLE.stat().st_mtime if regimes.TABLE.is_file() else 0.0
    frame = cache.compute(regimes.read_regimes, str(regimes.TABLE), version=version)
    header.section("On the test set")
    said = [regimes.winner_sentence(frame), regimes.scheduled_sentence(frame), regimes.gap_sentence(frame)]
    for sentence in filter(None, said):
        st.markdown(notices.plain(sentence), width=TEXT_WIDTH)
    final, receipt = regimes.final_rows(frame), forcing_receipts.for_regime_table(frame)
    figures.show_table(regimes.summary_table(frame), name="regimes-summary", receipt=receipt)
    st.caption(
        f"{regimes.OVER_SEEDS.middle.capitalize()} over the seeds, in brackets the reach "
        f"{regimes.OVER_SEEDS.reach('lowest', 'highest')}. Losses are nats per piece of the reference."
    )
    st.markdown(
        "**Forced against free.** The further above the line, the more a network suffers from reading its own words."
    )
    figures.show(
        forced_against_free(final, mode=figures.mode(), order=regimes.ORDER),
        name="regimes-losses",
        alt=f"Free loss against forced loss, a mark per seed. {said[-1]}",
        table=final[["label", "seed", *regimes.MEASURES, "exposure_gap"]],
        receipt=receipt,
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
        receipt=receipt,
    )
