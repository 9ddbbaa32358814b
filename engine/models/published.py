"""Published figures on Tiny Shakespeare, to stand beside ours on a card, each with its protocol and its source."""

from __future__ import annotations

from typing import NamedTuple


class Published(NamedTuple):
    """One figure as published.

    Attributes:
        protocol: how it was measured, in the source's words as far as they go.
        is_second_hand: whether it was read in another text than the one it comes from.
    """

    model: str
    nats_per_character: float
    protocol: str
    source: str
    is_second_hand: bool = False


RANDOM_WINDOWS = "random windows of 256 from an empty context"
NOT_SAID = "same 90/10 split; context length as the model's"

# Read at the source on 2026-11-21 unless marked. All on the last tenth of the file, trained on the first nine.
TINY_SHAKESPEARE = (
    Published("nanoGPT, 6 layers, about 10.7 M parameters", 1.4697, RANDOM_WINDOWS, "README of karpathy/nanoGPT"),
    Published("nanoGPT, the same, another run", 1.4646, RANDOM_WINDOWS, "model card of codeby-hp/nanogpt-shakespeare"),
    Published("nanoGPT, 4 layers of 128, CPU settings", 1.88, "random windows of 64", "README of karpathy/nanoGPT"),
    Published("GPT, 3.3 M parameters", 1.543, "context of 512", "model card of narinzar/tinygpt-shakespeare-kvcache"),
    Published(
        "GPT on 512 BPE pieces, 2.7 M parameters", 1.50, "per character", "model card of lillycham/tiny-lm-shakespeare"
    ),
    Published("minGRU", 1.548, NOT_SAID, "Feng et al. (2024), arXiv 2410.01201, figure 2", True),
    Published("minLSTM", 1.555, NOT_SAID, "Feng et al. (2024), arXiv 2410.01201, figure 2", True),
    Published("Transformer", 1.547, NOT_SAID, "Feng et al. (2024), arXiv 2410.01201, figure 2", True),
    Published("Mamba", 1.575, NOT_SAID, "Feng et al. (2024), arXiv 2410.01201, figure 2", True),
)


def comparison_table(nats_windows: float, nats_stream: float) -> str:
    """Return a Markdown table of this model's two figures and the published ones, best first within each protocol."""
    rows = [
        f"| {row.model} | {row.nats_per_character} | {row.protocol} | "
        f"{row.source}{' (read second-hand)' if row.is_second_hand else ''} |"
        for row in sorted(TINY_SHAKESPEARE, key=lambda row: row.nats_per_character)
    ]
    return "\n".join(
        [
            "| model | nats per character | protocol | source |",
            "| --- | ---: | --- | --- |",
            f"| **this model** | {nats_windows} | consecutive windows of 256, state reset, every character counted | "
            "measured, above |",
            f"| **this model** | {nats_stream} | one pass, state carried: easier, not to be compared with the rows "
            "below | measured, above |",
            *rows,
        ]
    )
