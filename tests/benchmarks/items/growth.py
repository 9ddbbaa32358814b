"""How costs grow: with the length of what is read, written, searched and translated, with the texts of a batch, with
the visitors who write at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from engine.decoding.limits import SamplingSettings, max_target_length
from engine.decoding.sampling import generate
from engine.decoding.text import translate, write_text
from engine.inspection.classification.counterfactuals import find_flips
from engine.models.folder import LoadedModel, load_model
from engine.models.steps import prefill
from engine.runtimes.numbers import NumpySteps
from engine.runtimes.program import Steps
from tests.benchmarks.items.classification import MODEL as CLASSIFIER
from tests.benchmarks.items.classification import texts
from tests.benchmarks.items.decoding import BATCHED, BEAM, TRANSLATORS
from tests.benchmarks.items.steps import LAYER_LOOP, exported, program_of, stepping
from tests.benchmarks.plain_beam import PlainTranslator, batched_beam
from tests.benchmarks.plain_steps import LayerSteps
from tests.benchmarks.turns import Contest, Take, Unavailable, item, timed

WRITER = "shakespeare-lstm"
WRITERS = (WRITER, "shakespeare-transformer")
READING, WRITING, FLIPS = "reading a text, by characters", "writing a text, by characters", "flips of a text, by words"
TRANSLATING, BATCH = "translating a sentence, by words", "a step of a batch, by texts"
VISITORS = "visitors who write at once, by visitors"
OWN_STEPS = "each with a step of their own"
LENGTHS, SIZES, TEXTS = (128, 512, 2048), (1, 2, 4, 8, 16, 32, 64), (1, 2, 4, 8, 16)
CHARACTERS = 300  # that each visitor has written


@item("growth", READING, "text", most_rounds=8)
def reading() -> Contest:
    """A prompt, as whole sequences, beside a loop over its characters."""

    def of(loaded: LoadedModel) -> dict[int, Take | Unavailable]:
        return {length: timed(partial(prefill, loaded.model, _ids(loaded, length))) for length in LENGTHS}

    loaded = load_model(WRITER)
    plain = LayerSteps(loaded.model)

    def one_by_one(ids: list[int]) -> None:
        state = plain.start()
        for token_id in ids:
            _, state = plain.step(np.array([token_id]), state)

    loop = {length: timed(partial(one_by_one, _ids(loaded, length))) for length in LENGTHS[:2]}
    return Contest.over({name: of(load_model(name)) for name in WRITERS}, {LAYER_LOOP: loop})


def _ids(loaded: LoadedModel, length: int) -> list[int]:
    return (loaded.tokenizer.encode("ROMEO:\nWhat say you to the tale of old? ") * length)[:length]


@item("growth", WRITING, "text", most_rounds=8)
def writing() -> Contest:
    """A text as long as it is asked for."""

    def of(loaded: LoadedModel) -> dict[int, Take | Unavailable]:
        return {length: timed(partial(_write, loaded, length, 1)) for length in (64, 256, 512)}

    return Contest.over({name: of(load_model(name)) for name in WRITERS})


def _write(loaded: LoadedModel, characters: int, seed: int) -> None:
    for _ in write_text(loaded, "ROMEO:", SamplingSettings(max_new_tokens=characters, seed=seed)):
        pass


@item("growth", FLIPS, "text", most_rounds=5)
def flips() -> Contest:
    """The smallest edit that turns a decision."""
    loaded = load_model(CLASSIFIER)

    def of(length: int) -> Take:
        return timed(partial(find_flips, loaded, tuple(texts(1, longest=length)[0])))

    return Contest.over({CLASSIFIER: {length: of(length) for length in (10, 20, 40, 80)}})


@item("growth", TRANSLATING, "sentence", most_rounds=5)
def translating() -> Contest:
    """One sentence, beam 5, beside a beam that batches its hypotheses."""
    loaded = load_model(TRANSLATORS[0])
    plain, tokenizer = PlainTranslator(loaded.model), loaded.tokenizer
    words = "a young woman in a yellow dress is reading a long letter near the old bridge while her dog sleeps".split()

    def textbook(text: str) -> None:
        ids = tokenizer.encode(text)
        marks = {"bos_id": tokenizer.bos_id, "eos_id": tokenizer.eos_id, "max_new_tokens": max_target_length(len(ids))}
        batched_beam(plain, ids, beam_size=BEAM, length_penalty=1.0, **marks)

    def at_lengths(translated: Callable[[str], object]) -> dict[int, Take | Unavailable]:
        return {length: timed(partial(translated, " ".join((words * 2)[:length]))) for length in (5, 10, 20, 40)}

    return Contest.over(
        {TRANSLATORS[0]: at_lengths(partial(translate, loaded, beam_size=BEAM))}, {BATCHED: at_lengths(textbook)}
    )


@item("growth", BATCH, "step")
def batch() -> Contest:
    """One step of many texts at once."""
    loaded = load_model(WRITER)
    program = program_of(loaded)

    def at_sizes(steps: Steps | Unavailable) -> dict[int, Take | Unavailable]:
        if isinstance(steps, Unavailable):
            return {SIZES[0]: steps}
        return {size: stepping(steps, program.vocab_size, size) for size in SIZES}

    return Contest.over(
        {WRITER: at_sizes(loaded.steps)},
        {
            LAYER_LOOP: at_sizes(LayerSteps(loaded.model)),
            "NumPy": at_sizes(NumpySteps(program)),
            "ONNX Runtime, float32": at_sizes(exported(program, "float32")),
        },
    )


@item("growth", VISITORS, "character of all together", most_rounds=8)
def visitors() -> Contest:
    """Threads that have one network write at the same time, by the clock on the wall."""
    loaded = load_model(WRITER)
    program, prompt = program_of(loaded), loaded.tokenizer.encode("ROMEO:")
    own = [exported(program, "int8") for _ in range(max(TEXTS))]
    pool = ThreadPoolExecutor(max(TEXTS))

    def alone(seed: int) -> None:
        for _ in generate(own[seed], prompt, **vars(SamplingSettings(max_new_tokens=CHARACTERS, seed=seed))):
            pass

    def at_sizes(write: Callable[[int], None]) -> dict[int, Take | Unavailable]:
        def all_of(size: int) -> None:
            list(pool.map(write, range(size)))

        return {size: timed(partial(all_of, size), size * CHARACTERS, time.perf_counter, 0) for size in TEXTS}

    peers = {TEXTS[0]: own[0]} if isinstance(own[0], Unavailable) else at_sizes(alone)
    contest = Contest.over({WRITER: at_sizes(partial(_write, loaded, CHARACTERS))}, {OWN_STEPS: peers})
    contest.close = pool.shutdown
    return contest
