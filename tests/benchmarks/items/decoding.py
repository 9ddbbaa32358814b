"""Texts that are written and sentences that are translated, beside the loops of tutorials."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
import torch

from engine.corpora.sentence_pairs.phrasebook.dataset import build_splits
from engine.decoding.limits import SamplingSettings, max_target_length
from engine.decoding.sampling import generate
from engine.decoding.text import FLOAT32, encode_sources, search, write_text
from engine.models.folder import load_model
from engine.models.packed_decoder import BFLOAT16, packed_decoder
from tests.benchmarks.machine_limits import both_products, read_from_memory
from tests.benchmarks.plain_beam import PlainTranslator, batched_beam, plain_beam
from tests.benchmarks.plain_steps import LayerSteps
from tests.benchmarks.turns import Contest, Take, Unavailable, item, timed

WRITER, PIECES = "shakespeare-lstm", "shakespeare-pieces"
CHARACTERS = 200
WRITING, DRAWING = f"writing with {WRITER}, one text", "one of 2,000 pieces, top-k 50 and top-p 0.9"
SORTED, GREEDY, UNCUT = "both cuts by sorting, torch", "the likeliest, nothing drawn", "drawn without cuts"
TRANSLATORS = ("en-fr-attention", "en-fr-best")
PLAIN, BATCHED = "textbook beam", "a beam that batches its hypotheses"
EXACT = "without rounding"
BATCH, SENTENCES, BEAM = 64, 4, 5


@item("decoding", WRITING, "character")
def writing() -> Contest:
    """Characters drawn and spelt, as a visitor gets them."""
    loaded, plain = load_model(WRITER), LayerSteps(load_model(WRITER).model)

    def ours() -> None:
        text = "".join(write_text(loaded, "ROMEO:", SamplingSettings(max_new_tokens=CHARACTERS, seed=1)))
        assert len(text) == CHARACTERS

    def textbook() -> None:
        ids, state = loaded.tokenizer.encode("ROMEO:"), plain.start()
        for token_id in ids:
            logits, state = plain.step(np.array([token_id]), state)
        for _ in range(CHARACTERS):
            token_id = int(torch.multinomial(torch.from_numpy(logits[0]).softmax(-1), 1))
            ids.append(token_id)
            logits, state = plain.step(np.array([token_id]), state)
        loaded.tokenizer.decode(ids)

    return Contest.between(timed(ours, CHARACTERS), {"nn layer and multinomial": timed(textbook, CHARACTERS)})


@item("decoding", DRAWING, "piece")
def drawing() -> Contest:
    """A step and a draw: how much of it is the draw, the likeliest piece beside it shows."""
    loaded = load_model(PIECES)
    steps, prompt = loaded.steps, loaded.tokenizer.encode("ROMEO:")

    def ours(**settings: float) -> Take:
        return timed(partial(next, generate(steps, prompt, max_new_tokens=10**9, **settings)))

    logits, state = steps.read(prompt)

    def by_sorting() -> None:
        nonlocal logits, state
        values, order = torch.from_numpy(logits[0]).sort(descending=True)
        values[50:] = -torch.inf
        chances = values.softmax(-1)
        chances[chances.cumsum(-1) - chances > 0.9] = 0
        logits, state = steps.step(order[torch.multinomial(chances, 1)].numpy(), state)

    return Contest.between(
        ours(temperature=1.0, top_k=50, top_p=0.9),
        {SORTED: timed(by_sorting)},
        parts={GREEDY: ours(temperature=0.0), UNCUT: ours(temperature=1.0)},
    )


@cache
def sentences() -> tuple[str, ...]:
    """Return the sources of a batch, from the built-in phrase book's test split."""
    return tuple(source for source, _ in build_splits()["test"])[:BATCH]


def one_sentence_of(model: str) -> str:
    """Return what the item of a translator's single sentences is called."""
    return f"{model}, one sentence, beam {BEAM}"


def batch_of(model: str) -> str:
    """Return what the item of a translator's batches is called."""
    return f"{model}, batches of {BATCH}, beam {BEAM}"


def lines_of(model: str) -> str:
    """Return what the item of a translator's files of lines is called."""
    return f"{model}, files of lines, beam {BEAM}"


class _Beams:
    """The same sentences searched by us and by both loops, what they found kept for a comparison."""

    def __init__(self, model: str) -> None:
        self.loaded = load_model(model)
        texts = sentences()
        self.batch = encode_sources(self.loaded, list(texts))
        self.few = texts[:: BATCH // SENTENCES]
        self.plain = PlainTranslator(self.loaded.model)
        self.found: dict[str, list[list[int]]] = {}

    def one_by_one(self) -> None:
        self.found["ours"] = [
            search(self.loaded, *encode_sources(self.loaded, [text]), BEAM, 1.0)[0][0].token_ids for text in self.few
        ]

    def in_a_batch(self, precision: str = FLOAT32) -> None:
        found = search(self.loaded, *self.batch, BEAM, 1.0, precision=precision)
        self.found[f"batch {precision}"] = [best[0].token_ids for best in found]

    def textbook(self, loop=plain_beam) -> None:
        tokenizer = self.loaded.tokenizer
        self.found[loop.__name__] = [
            loop(
                self.plain,
                ids,
                beam_size=BEAM,
                length_penalty=1.0,
                max_new_tokens=max_target_length(len(ids)),
                bos_id=tokenizer.bos_id,
                eos_id=tokenizer.eos_id,
            )[0][0]
            for ids in map(tokenizer.encode, self.few)
        ]

    def peers(self) -> dict[str, Take | Unavailable]:
        return {
            PLAIN: timed(self.textbook, SENTENCES),
            BATCHED: timed(partial(self.textbook, batched_beam), SENTENCES),
        }

    def check(self, ours: str) -> str:
        """Return whether ours found other sentences than a loop, "" if they are the same."""
        own = self.found[ours]
        own = own if len(own) == SENTENCES else own[:: BATCH // SENTENCES]
        others = [name for name in ("plain_beam", "batched_beam") if self.found.get(name, own) != own]
        return f"other sentences than {' and '.join(others)}" if others else ""

    @property
    def decoder_size(self) -> int:
        """How many numbers one step of the decoder multiplies."""
        model = self.loaded.model
        layers = sum(weight.numel() for layer in model.decoder for weight in layer.parameters())
        return layers + model.combine.weight.numel() + model.embedding.weight.numel()

    def steps(self, ours: str) -> float:
        """Return how many steps a sentence takes on average, its end included."""
        return float(np.mean([len(ids) + 1 for ids in self.found[ours]]))


def _one_sentence(model: str) -> Contest:
    beams = _Beams(model)
    beams.one_by_one()
    read = 2 * beams.decoder_size * beams.steps("ours")
    return Contest.between(
        timed(beams.one_by_one, SENTENCES),
        beams.peers(),
        {"the decoder's weights in half precision, from memory": read_from_memory(read)},
        check=lambda: beams.check("ours"),
    )


def _batch(model: str) -> Contest:
    beams = _Beams(model)
    beams.in_a_batch()
    operations = 2 * BEAM * beams.decoder_size * beams.steps(f"batch {FLOAT32}")
    return Contest.between(
        timed(beams.in_a_batch, BATCH),
        beams.peers(),
        both_products(operations),
        check=lambda: beams.check(f"batch {FLOAT32}"),
    )


def _lines(model: str) -> Contest:
    beams = _Beams(model)
    if packed_decoder(beams.loaded.model, BFLOAT16) is beams.loaded.model:
        raise Unavailable("this machine is as fast without rounding to bfloat16")
    return Contest.between(timed(partial(beams.in_a_batch, BFLOAT16), BATCH), {EXACT: timed(beams.in_a_batch, BATCH)})


for _model in TRANSLATORS:
    item("decoding", one_sentence_of(_model), "sentence")(partial(_one_sentence, _model))
    item("decoding", batch_of(_model), "sentence")(partial(_batch, _model))
    item("decoding", lines_of(_model), "sentence")(partial(_lines, _model))
