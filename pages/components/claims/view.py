"""The Claims page's URL: which claims are listed, and which one is open."""

from __future__ import annotations

from engine.config import option
from pages.components.controls.views import composed_of


@composed_of()
class ClaimsView:
    """Everything a link to the page carries; the choices are known only at run time."""

    verdict: str = option("", "Verdict")
    subject: str = option("", "Subject")
    claim: str = option("", "Claim")
