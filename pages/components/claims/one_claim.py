"""One claim: what is said, the verdict and why, its trials as a chart, and where to try it."""

from __future__ import annotations

import streamlit as st

from engine.claims.claim import SIGNS, UNMEASURED, VERDICTS
from engine.claims.ruling import Ruling, rule
from engine.claims.tables import EVIDENCE
from engine.plotting.comparison.claims import trial_ranges
from engine.plotting.figure import Figure
from engine.plotting.theme import Mode
from engine.wording import listing
from pages.components.computing.calls import Call, call
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt
from pages.components.shell import routes

SHARES = (-4.0, 104.0)  # the axis of per cent of seeds


def show(found: Ruling, made: Call[dict[str, Ruling]]) -> None:
    """Draw the claim with all that is known of it; `made` gives it among all others."""
    claim = found.claim
    notices.explain(f"“{notices.plain(claim.sentence)}”  \n*{notices.plain(claim.source)}*")
    words = VERDICTS[found.verdict]
    notices.say(f"{SIGNS[found.verdict]} {words[0].upper()}{words[1:]}", is_strong=True)
    notices.say(found.sentence)
    if claim.measure is not None and found.verdict != UNMEASURED:
        figures.show(
            call(
                Figure.drawn,
                call(_draw, made, found.name, figures.mode(), kept="shared"),
                kept="shared",
            ).value,
            name=f"claim-{found.name}",
            alt=f"{claim.measure.quantity.unit}, one row for each trial. {found.sentence}",
            table=lambda: found.table().round(4),
            receipt=receipt(found),
        )
    notices.explain(f"**Why:** {notices.plain(claim.why)}")
    notices.explain(f"**What would change the verdict:** {notices.plain(claim.changes)}")
    page, parameters, label = claim.tool
    st.page_link(
        routes.path_of(routes.named(page)),
        label=label,
        icon=":material/arrow_forward:",
        query_params=dict(parameters),
        width="content",
    )


def receipt(found: Ruling) -> Receipt:
    """Return where the rows come from, and the lines that give the verdict again."""
    tables = [EVIDENCE.get(name) for name in found.claim.tables]
    return call(rule, found.name).receipt(
        "found.sentence",
        day=found.day,
        measured=f"commit {found.commit}, on {found.machine}",
        data=listing(f"{table.title} (data/results/{table.file})" for table in tables),
        command="\n".join(table.command for table in tables),
        note=f"Ranges are over the {found.claim.measure.quantity.each}.",
    )


def _draw(rulings: dict[str, Ruling], name: str, mode: Mode) -> Figure:
    found = rulings[name]
    measure = found.claim.measure
    return trial_ranges(
        found.table(),
        mode=mode,
        looks=[side.look for side in measure.sides],
        x_title=measure.quantity.unit,
        reach=SHARES if measure.quantity.counts_seeds else None,
    )
