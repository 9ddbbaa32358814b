"""Claims: what textbooks say of recurrent networks, and whether it holds for the networks here."""

from __future__ import annotations

from engine.claims.claim import SUBJECTS, VERDICTS
from engine.claims.ruling import counts_sentence
from pages.components.claims import one_claim, overview
from pages.components.claims.view import ClaimsView
from pages.components.computing import cache
from pages.components.controls import forms
from pages.components.drawing import notices
from pages.components.shell import header

EVERY = ""

header.show(
    "Claims",
    "Which of the sentences that textbooks say about recurrent networks hold for the networks measured here?",
    {
        "✓ ✗ ≈ before a trial": "it speaks for the claim, against it, or leaves it open.",
        "Mark and bar": "the median and the range of what was measured, mostly over training runs that differ only in "
        "their random seed; where two bars touch, nothing is decided.",
        "Dashed line or grey band": "the figure that the claim names.",
        "✓ ◐ ✗ ≈ – before a claim": "holds here; holds under a condition, which is named; does not hold here; cannot "
        "be told; not measured yet.",
        "Here": "small networks on one processor. Another size, task or machine may give another verdict: each claim "
        "says what would change it.",
    },
)
made = overview.all_rulings(cache.results_version())
rulings = made.value
titles = {name: found.claim.title for name, found in rulings.items()}
choices = {
    "verdict": {EVERY: "Every verdict"} | VERDICTS,
    "subject": {EVERY: "Every subject"} | {subject: subject for subject in SUBJECTS},
    "claim": titles,
}
controls = forms.open_controls("claims", ClaimsView, choices)
notices.say(counts_sentence(list(rulings.values())), is_strong=True)
verdict = controls.pills("verdict")
subject = controls.pills("subject")
shown = {
    name: found
    for name, found in rulings.items()
    if verdict in (EVERY, found.verdict) and subject in (EVERY, found.claim.subject)
}
if shown:
    overview.show(list(shown.values()), made)
    header.section("One claim")
    with notices.engine_errors():
        one_claim.show(shown[controls.select("claim", choices={name: titles[name] for name in shown})], made)
else:
    notices.note(f"No claim about {subject.lower()} has the verdict “{VERDICTS[verdict]}”; choose another of either.")
