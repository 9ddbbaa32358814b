"""Glossary: the field's words, what they mean, and the tools that show them; and a search over all tools."""

from __future__ import annotations

from engine.glossary import terms
from pages.components.controls import forms
from pages.components.glossary.view import GlossaryView
from pages.components.shell import finding, header

header.show(
    "Glossary",
    "What does a word of the field mean, and where in this app can you see it?",
    {
        "Also": "other words for the same thing.",
        "In italics": "the paper that a thing is named after or first well described in.",
        "Links": "the tools that show it, the best one first.",
    },
)
controls = forms.open_controls("glossary", GlossaryView)
query = controls.text_input(
    "term", placeholder="forget gate, teacher forcing, beam …", max_chars=finding.LONGEST, width=header.TEXT_WIDTH
)
finding.show(query)
header.section(f"All {len(terms())} terms")
finding.whole_glossary()
