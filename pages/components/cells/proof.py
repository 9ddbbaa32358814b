"""The proof below a reading: the same numbers from torch.nn, with the difference."""

from __future__ import annotations

from typing import Any

import streamlit as st

from engine.inspection.cells.parity import TOLERANCE, proof_sentence, prove
from pages.components.cells.context import CellsContext
from pages.components.computing.calls import call
from pages.components.drawing import figures, notices


def show(context: CellsContext, strand: int) -> None:
    """Compare what a layer shows with torch.nn and say by how much they differ; drawn last, as it computes everything
    once more."""
    proof = call(prove, context.text, strand, reading=context.read, model=context.network, kept="large")
    with st.container(horizontal=True, vertical_alignment="center", key="proof"):
        say(proof_sentence(proof.value, context.reading.strands[strand]), width="stretch")
        receipt = proof.receipt(
            "found.to_string()",
            note="Both sides in double precision. Gates are asked of torch.nn with twins of the layer; "
            "engine/inspection/cells/parity.py says how.",
        )
        figures.show_receipt(receipt, "proof")


def say(sentence: str, **look: Any) -> None:
    """Draw what was proved."""
    st.caption(f":material/verified: **Proof.** {notices.plain(sentence)}", **look)


def same(difference: float) -> str:
    """Return whether two computations agree, by their largest difference."""
    return f"{'the same' if difference <= TOLERANCE else 'NOT the same'} to five digits"
