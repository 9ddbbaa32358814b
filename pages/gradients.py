"""Gradients: how far back a network can be taught, measured on new and on trained ones."""

from __future__ import annotations

from pages.components.computing import cache
from pages.components.controls import forms
from pages.components.drawing import notices
from pages.components.gradients import TOOLS
from pages.components.gradients.context import PAGE, GradientsContext
from pages.components.gradients.view import LABELS, SHIPPED, TRAINING_JOB, GradientsView
from pages.components.owning import networks
from pages.components.shell import header

header.show(
    "Gradients",
    "How far back does the gradient reach, and so: how far back can a network learn from?",
    {
        "State": "what a network carries from one step to the next: its hidden numbers h, and an LSTM's memory c with "
        "them.",
        "Gradient left": "how large the gradient by the state still is some steps back, as a multiple of what it was "
        "at the end, on average over all directions: 1 is all of it, 0.01 a hundredth. What you change in the state "
        "grows or shrinks by the same factor on its way forward.",
        "1e-12": "a one with the point moved twelve places to the left: 0.000 000 000 001.",
        "Singular values": "the same for each direction by itself, from the one that grows most to the one that "
        "shrinks most.",
        "Bound λ": "no step stretches any direction more than λ times, so k steps stretch none more than λ^k.",
        "Spectral radius": "what many multiplications with the same matrix multiply by per step in the end.",
        "∞ and 0": "what would be infinity, or exactly nothing, in the single-precision numbers networks are trained "
        "with.",
        "▲ ● ■": "mark RNN, LSTM and GRU everywhere.",
    },
)
networks.show_broken()
found = networks.in_order([info for info in cache.list_models() if networks.has_gradients(info)])
models = {info.name: info for info in found}
own = {name: networks.label(info) for name, info in models.items() if info.whose}
controls = forms.open_controls(
    PAGE,
    GradientsView,
    {"tool": TOOLS.labels, "networks": {SHIPPED: "Shipped, matched in size"} | own},
    labels=LABELS,
    formerly={"tool": TOOLS.formerly},
    jobs=[TRAINING_JOB],
)
tool = TOOLS.choose(controls)
network = controls.segmented("networks") if own else SHIPPED
if network != SHIPPED and not tool.looks_at_trained:
    notices.note(f"This tool draws and trains networks of its own: it cannot look at {own[network]}.")
with notices.engine_errors():
    TOOLS.show(
        tool.name,
        GradientsContext(controls=controls, models=models, network="" if network == SHIPPED else network),
    )
