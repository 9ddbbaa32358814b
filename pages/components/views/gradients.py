"""The Gradients page's URL: the text that is read, and what each of its tools keeps."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from pages.components.views.gradients_chain import LABELS as CHAIN_LABELS
from pages.components.views.gradients_chain import ChainView
from pages.components.views.gradients_clipping import ClippingView
from pages.components.views.gradients_connectivity import ConnectivityView
from pages.components.views.gradients_foretold import LABELS as FORETOLD_LABELS
from pages.components.views.gradients_foretold import TrainabilityView
from pages.components.views.gradients_truncation import TruncationView

CAT = "The cat, which sat on the mat and purred, was happy"
CHEF = "The chef, who trained in Paris for five years and later opened a restaurant in Tokyo, makes amazing sushi"


LABELS = {**CHAIN_LABELS, **FORETOLD_LABELS}


@dataclass(frozen=True)
class GradientsView(ChainView, ConnectivityView, ClippingView, TrainabilityView, TruncationView):
    """Everything a link to the Gradients page carries."""

    text: str = option(
        CAT, label="Your text", help="The networks read it character by character; at most 2,000 characters."
    )
    tool: str = option("", label="Tool")
