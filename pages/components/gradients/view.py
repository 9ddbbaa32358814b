"""The Gradients page's URL: the text that is read, and what each of its tools keeps."""

from __future__ import annotations

from engine.config import option
from engine.decoding.limits import MAX_PROMPT_CHARACTERS
from engine.experiments.gradients.clipping_settings import ClippingSettings
from engine.experiments.gradients.trainability_settings import TrainabilitySettings
from engine.inspection.gradients.chain import ARCHITECTURES, ChainSettings
from engine.inspection.stored.opening_texts import CAT, PASSAGE
from engine.plotting import theme
from pages.components.controls.views import composed_of, settings_view

SHIPPED = "shipped"  # the choice of `networks` that is none of the visitor's own
TRAINING_JOB = "foretold"  # the parameter that holds its id
MATRICES = {"default": "As torch.nn draws it", "orthogonal": "Random rotation", "identity": "Identity"}
ACTIVATIONS = {"tanh": "tanh", "relu": "ReLU"}
LABELS = {
    "chain_matrix": MATRICES.get,
    "chain_activation": ACTIVATIONS.get,
    "chain_source": {"numbers": "Random numbers", "text": "Your text"}.get,
    "chain_architecture": theme.architecture_label,
    "trainability_architecture": theme.architecture_label,
    "trainability_matrix": MATRICES.get,
    "trainability_activation": ACTIVATIONS.get,
}


class ChainView:
    """What new networks read, and which of them is looked at more closely; how they are drawn is the engine's to
    say."""

    chain_source: str = option("numbers", "They read", choices=("numbers", "text"))
    chain_architecture: str = option("rnn", "Look closer at", choices=ARCHITECTURES, formerly=("chain_closeup",))
    chain_trained: bool = option(
        False, "Trained networks too", "The shipped networks that write Shakespeare, by autograd."
    )


class ConnectivityView:
    """The place in the text whose expectation is looked at, and whether it is checked by replacing tokens."""

    connectivity_position: int = option(
        MAX_PROMPT_CHARACTERS,
        "What is expected as character",
        "Everything before this character is coloured by how strongly it moves the network's expectation of it.",
        minimum=2,
        maximum=MAX_PROMPT_CHARACTERS,
        formerly=("connectivity_place",),
    )
    connectivity_faint: bool = option(
        True,
        "Show faint ones too",
        "Colours by powers of ten, down to a thousandth of the strongest, instead of evenly.",
    )
    connectivity_check: bool = option(
        True, "Check it", "Replace each earlier character by others and measure how far the same logit really moves."
    )
    connectivity_model: str = option("", "Compare for", formerly=("connectivity_closeup",))


class TruncationView:
    """The text whose gradient is cut, and the network that reads it."""

    truncation_text: str = option(
        PASSAGE, "Your text", "At most 2,000 characters; the gradient of the last 256 is looked at."
    )
    truncation_network: str = option("", "Network")


CHEF = "The chef, who trained in Paris for five years and later opened a restaurant in Tokyo, makes amazing sushi"


@composed_of(
    settings_view(ChainSettings, "chain_"),
    ChainView,
    ConnectivityView,
    settings_view(ClippingSettings, "clipping_"),
    settings_view(TrainabilitySettings, "trainability_", former_prefix="foretold_"),
    TruncationView,
)
class GradientsView:
    """Everything a link to the Gradients page carries."""

    text: str = option(CAT, "Your text", "The networks read it character by character; at most 2,000 characters.")
    tool: str = option("", "Tool")
    networks: str = option("", "Networks", "The shipped ones side by side, or one of your own by itself.")
