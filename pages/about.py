"""About: what this server gives to each visitor, and how many it carries."""

from __future__ import annotations

from pages.components.about import load
from pages.components.controls import forms
from pages.components.controls.views import NoView
from pages.components.drawing import notices
from pages.components.shell import header, limits_table

header.show(
    "About",
    "What may one visitor use of this server, and how many visitors does it carry?",
    {
        "95 of 100 within": "the time within which the page had followed for 95 of 100 actions.",
        "Cores": "seconds of one processor core in each second.",
    },
)
forms.open_controls("about", NoView)
header.section("How many it carries")
with notices.engine_errors():
    load.show()
header.section("What one visitor may use")
limits_table.show()
