"""One token at a time, batch 1: our step beside the loop that people write first, `nn.LSTM` called with one token.

Both run in turn in the same process on one thread, so that a busy machine slows them alike; the ratio is what counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice

import pytest
import torch

from engine.decoding.sampling import generate
from engine.models.folder import LoadedModel, list_models, load_model
from tests.benchmarks.visitor import describe_machine, read_by_all

MODEL = "shakespeare-best"
# times; measured from 3.1 to 9.7 on different machines: both loops wait for memory, the plain one for more of it. 5 is
# the aim
AT_LEAST = 2.5
CHARACTERS, TURNS, PER_TURN = 500, 12, 20  # short turns: the shortest of many is one that nothing disturbed

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(
        MODEL not in {info.name for info in list_models() if not info.error},
        reason=f"{MODEL} is not in data/pretrained",
    ),
]


@pytest.fixture
def loaded() -> Iterator[LoadedModel]:
    """Return the best LSTM, everything on one thread as in the server."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield load_model(MODEL)
    torch.set_num_threads(threads)


@torch.no_grad()
def write_with_layers(loaded: LoadedModel, prompt: list[int]) -> Iterator[int]:
    """Yield the greedy continuation by the plain loop: the whole `nn.LSTM` forward for each single token."""
    model = loaded.model
    logits, state = model(torch.tensor([prompt]))
    while True:
        token = logits[:, -1].argmax(dim=-1)
        yield int(token)
        logits, state = model(token[:, None], state)


def write_with_steps(loaded: LoadedModel, prompt: list[int]) -> Iterator[int]:
    """Yield the greedy continuation as the engine writes it."""
    return (token.token_id for token in generate(loaded.model, prompt, max_new_tokens=CHARACTERS, temperature=0))


def time_per_character(
    write: Callable[[LoadedModel, list[int]], Iterator[int]], loaded: LoadedModel, prompt: list[int]
) -> float:
    """Return the seconds per character once the prompt has been read, which both do in the same way."""
    tokens = write(loaded, prompt)
    next(tokens)
    begun = time.perf_counter()
    for _ in islice(tokens, PER_TURN):
        pass
    return (time.perf_counter() - begun) / PER_TURN


def test_the_engine_writes_several_times_faster_than_the_plain_loop(
    loaded: LoadedModel, capsys: pytest.CaptureFixture[str]
) -> None:
    prompt = loaded.tokenizer.encode("ROMEO:\n")
    assert list(write_with_steps(loaded, prompt)) == list(islice(write_with_layers(loaded, prompt), CHARACTERS))
    seconds = {write_with_layers: [], write_with_steps: []}
    for _ in range(TURNS):
        for write, measured in seconds.items():
            measured.append(time_per_character(write, loaded, prompt))
    plain, ours = min(seconds[write_with_layers]), min(seconds[write_with_steps])
    with read_by_all(capsys):
        print(
            f"\n{MODEL}, batch 1: {1e6 * ours:,.0f} µs per character, nn.LSTM loop {1e6 * plain:,.0f} µs, "
            f"{plain / ours:.1f} times; "
            f"the same {CHARACTERS} greedy characters; {describe_machine()}"
        )
    assert plain / ours >= AT_LEAST
