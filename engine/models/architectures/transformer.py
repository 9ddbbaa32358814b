"""A small causal Transformer: no state that is rewritten, but a growing store of everything that was read.

Shapes: B batch, T time, I features read, N heads, C steps read so far, D width, A width of one head.
"""

from __future__ import annotations

from torch import Tensor, nn

from engine.cells import Look
from engine.errors import ConfigError
from engine.models.architectures.base import ARCHITECTURES, DEFAULT_LONGEST, Architecture, StateFormula
from engine.models.causal_attention import CausalBlock, KeysValues, initialise, sinusoids

LAYERS, HEADS = 2, 2
POSITIONS = 6000  # at least so many steps can be told apart


@ARCHITECTURES.register(
    "transformer",
    look=Look(
        title="Transformer",
        order=60,
        on_light="#B0558B",
        on_dark="#DB93BC",
        marker="diamond",
        dash="longdash",
        mark=":violet[◆]",
    ),
)
class Transformer(Architecture):
    """Two blocks of causal attention with two heads and sinusoidal positions.

    Its hidden size is that of the feed-forward layers, its "hidden units"; the width of the stream is a quarter of it,
    as in the paper. The width must be even; the feed-forward layer is made a little larger or smaller so that the block
    has as many weights as one with exactly a quarter, and sizes can be matched finely.

    Paper: Vaswani et al. (2017), arXiv 1706.03762. Differs: see `engine.models.causal_attention`; no dropout.
    """

    description = (
        "Keeps everything it has read and looks back at all of it at every step; it has no memory of fixed size."
    )
    state_formula = StateFormula(
        f"2 L T d with L = {LAYERS} and d = H: a key and a value per token and layer", per_unit_and_token=2 * LAYERS
    )
    is_recurrent = False
    smallest = 8

    positions: Tensor

    def __init__(
        self, input_size: int, hidden_size: int, memory_bias: float = 1.0, longest: int = DEFAULT_LONGEST
    ) -> None:
        super().__init__(input_size, hidden_size, memory_bias, longest)
        width, feedforward_size = widths(hidden_size)
        self.embed = nn.Linear(input_size, width)
        self.blocks = nn.ModuleList(CausalBlock(width, HEADS, feedforward_size) for _ in range(LAYERS))
        self.norm = nn.LayerNorm(width)
        initialise(self.blocks)
        self.register_buffer("positions", sinusoids(max(longest, POSITIONS), width), persistent=False)
        self.output_size = width

    @classmethod
    def count_parameters(cls, input_size: int, hidden_size: int) -> int:
        """Return D (I + 1), the blocks' and the last normalisation's 2 D."""
        width, feedforward_size = widths(hidden_size)
        return width * (input_size + 1) + LAYERS * CausalBlock.count_parameters(width, feedforward_size) + 2 * width

    @classmethod
    def count_outputs(cls, hidden_size: int) -> int:
        """Return the width of the stream."""
        return widths(hidden_size)[0]

    def start(self, batch_size: int = 1) -> tuple[KeysValues, ...]:
        """Return the empty store of every block, (B, N, 0, A) twice."""
        empty = self._like().new_zeros(batch_size, HEADS, 0, self.output_size // HEADS)
        return tuple((empty, empty) for _ in self.blocks)

    def step(self, features: Tensor, state: tuple[KeysValues, ...]) -> tuple[Tensor, tuple[KeysValues, ...]]:
        """Return what it gives on (B, D) after reading features (B, I), and the stores, larger by one step."""
        outputs, state = self.run(features[:, None], state)
        return outputs[:, 0], state

    def run(
        self, features: Tensor, state: tuple[KeysValues, ...] | None = None
    ) -> tuple[Tensor, tuple[KeysValues, ...]]:
        """Return the normalised stream (B, T, D) and the stores after the last step.

        Raises:
            ConfigError: more steps than it has positions for.
        """
        read = 0 if state is None else state[0][0].shape[2]
        until = read + features.shape[1]
        if until > len(self.positions):
            raise ConfigError(
                f"This Transformer tells {len(self.positions)} positions apart; the sequence has {until}."
            )
        stream = self.embed(features) + self.positions[read:until]  # (B, T, D)
        stores = []
        for index, block in enumerate(self.blocks):
            stream, store = block(stream, None if state is None else state[index])
            stores.append(store)
        return self.norm(stream), tuple(stores)


def widths(hidden_size: int) -> tuple[int, int]:
    """Return the width of the stream, even and about a quarter of `hidden_size`, and of the feed-forward layer beside
    it."""
    width = 2 * max(1, round(hidden_size / 8))
    weights = 12 * (hidden_size / 4) ** 2  # of a block with a width of exactly a quarter
    return width, max(1, round((weights - 4 * width**2) / (2 * width)))
