"""The gated recurrent unit: one gate keeps and writes."""

from engine.models.architectures.base import ARCHITECTURES
from engine.models.architectures.torch_layers import TorchLayers


@ARCHITECTURES.register("gru", title="GRU")
class GRU(TorchLayers):
    """One GRU layer; its update gate starts at bias `memory_bias`.

    Paper: Cho et al. (2014), arXiv 1406.1078, section 2.3; see `engine.cells.gru` for what PyTorch does differently.
    """

    title = "GRU"
    description = (
        "One layer with two gates: one decides how much to renew, the other how much of the past the renewal may see."
    )
    cell = "gru"
