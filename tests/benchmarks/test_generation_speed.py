"""Text is written at 2,500 characters per second or more, by the engine and by the page as a visitor receives it.

Measured by the clock on the wall; on a machine that is busy with other things, by the processor time used.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.models.folder import list_models, load_model
from tests.benchmarks.items import growth
from tests.benchmarks.pace import allowance
from tests.benchmarks.turns import measure
from tests.benchmarks.visitor import Visitor, describe_machine, is_machine_busy, serve

MODEL = "shakespeare-lstm"
BOUND = 2500  # characters per second; measured 3,030 to 3,734 (engine) and 3,047 to 3,614 (page), aim 3,000
CHARACTERS = 2000
ROUNDS, MOST_ROUNDS = 3, 8  # more rounds only while a disturbed machine keeps the best one below the bound

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.whole_machine,
    pytest.mark.skipif(
        MODEL not in {info.name for info in list_models() if not info.error},
        reason=f"{MODEL} is not in data/pretrained",
    ),
]


def unit(is_busy: bool) -> str:
    return "second of processor time (the machine is busy)" if is_busy else "second"


def is_worth_another(rates: list[float]) -> bool:
    return len(rates) < ROUNDS or (max(rates) < BOUND and len(rates) < MOST_ROUNDS)


def test_engine_writes_fast_enough(capsys: pytest.CaptureFixture[str]) -> None:
    loaded, threads = load_model(MODEL), torch.get_num_threads()
    rates, clock = [], time.process_time if is_machine_busy() else time.perf_counter
    torch.set_num_threads(1)  # as in the server
    try:
        while is_worth_another(rates):
            seed = len(rates)
            begun = clock()
            text = "".join(write_text(loaded, "ROMEO:", SamplingSettings(max_new_tokens=CHARACTERS, seed=seed)))
            rates.append(len(text) / (clock() - begun))
            assert len(text) == CHARACTERS
    finally:
        torch.set_num_threads(threads)
    with capsys.disabled():
        print(
            f"\nengine, {MODEL}: {max(rates):,.0f} characters per {unit(clock is time.process_time)} (best of "
            f"{len(rates)}); {describe_machine()}"
        )
    assert max(rates) >= BOUND / allowance()


def test_page_writes_fast_enough(capsys: pytest.CaptureFixture[str]) -> None:
    """From the click to the last character received, all networks of the page together, each the same length."""
    rates, is_busy = [], is_machine_busy()
    with serve() as server, Visitor(server) as visitor:
        visitor.open("generation")  # the first visit imports torch and loads the networks
        while is_worth_another(rates):
            seed = len(rates) + 101  # none that the page begins with: what it wrote once it does not write again
            before = server.cpu_seconds()
            run = visitor.rerun(f"max_new_tokens={CHARACTERS}&seed={seed}")
            assert run.problems == []
            written = [len(text) for text in run.texts.values() if len(text) >= CHARACTERS]
            assert written, "no network wrote its text"
            seconds = server.cpu_seconds() - before if is_busy else run.elapsed_seconds
            rates.append(CHARACTERS * len(written) / seconds)
    with capsys.disabled():
        print(
            f"\nGeneration page: {max(rates):,.0f} characters per {unit(is_busy)} from {len(written)} network(s) "
            f"(best of {len(rates)}), "
            f"{run.messages} messages and {run.size_bytes / 1000:.0f} kB for the last; {describe_machine()}"
        )
    assert max(rates) >= BOUND / allowance()


VISITORS, TOGETHER_BOUND = (
    4,
    2500,
)  # characters per second for all together; measured 3,107 to 3,852 by the clock, aim 3,000


def test_page_keeps_its_pace_with_four_visitors(capsys: pytest.CaptureFixture[str]) -> None:
    """Four visitors have the three small networks write at the same time; each has a seed of their own."""
    rates, is_busy = [], is_machine_busy()
    with serve() as server:
        visitors = [Visitor(server).__enter__() for _ in range(VISITORS)]
        for visitor in visitors:
            visitor.open("generation", f"max_new_tokens={CHARACTERS // 2}")
        with ThreadPoolExecutor(VISITORS) as pool:
            while len(rates) < ROUNDS or (max(rates) < TOGETHER_BOUND and len(rates) < MOST_ROUNDS):
                before, begun = server.cpu_seconds(), time.perf_counter()
                seeds = [100 * len(rates) + number for number in range(VISITORS)]
                runs = list(
                    pool.map(
                        lambda visitor, seed: visitor.rerun(f"max_new_tokens={CHARACTERS // 2}&seed={seed}"),
                        visitors,
                        seeds,
                    )
                )
                elapsed = time.perf_counter() - begun
                assert all(run.problems == [] for run in runs)
                written = [text for run in runs for text in run.texts.values() if len(text) >= CHARACTERS // 2]
                assert len(written) >= VISITORS
                cores = min(2, os.cpu_count() or 1)
                seconds = (server.cpu_seconds() - before) / cores if is_busy else elapsed
                rates.append(CHARACTERS // 2 * len(written) / seconds)
        for visitor in visitors:
            visitor.__exit__(None, None, None)
    with capsys.disabled():
        print(
            f"\nGeneration page, {VISITORS} visitors at once: {max(rates):,.0f} characters per {unit(is_busy)} for "
            "all together "
            f"(best of {len(rates)}); {describe_machine()}"
        )
    assert max(rates) >= TOGETHER_BOUND / allowance()


ALONE, TEXTS = "best", 16  # the group on the page that is one network
TOGETHER_TIMES, PAGE_TIMES = 3.0, 2.2  # measured 4.1 to 5.5 (engine) and 5.1 to 5.7 (page, 3.7 by processor time)


def test_sixteen_texts_together(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen threads have one network write, beside one that does; see `tests.benchmarks.items.growth`."""
    monkeypatch.setenv("UNROLLED_RUNTIME", "onnx-int8")
    found = measure(growth.VISITORS)
    times = found.of(size=1).min() / found.of(size=TEXTS).min()  # the least are those that nothing disturbed
    with capsys.disabled():
        print(f"\n{TEXTS} texts at once: {times:.1f} times one's characters; {found.said()}; {describe_machine()}")
    assert times >= TOGETHER_TIMES


def test_page_writes_sixteen_texts_together(capsys: pytest.CaptureFixture[str]) -> None:
    """Sixteen visitors have one network write, beside one visitor who does; all that a run of the page costs counts."""
    if "shakespeare-best" not in {info.name for info in list_models()}:
        pytest.skip("shakespeare-best is not in data/pretrained")
    times, asked = [], f"models={ALONE}&max_new_tokens={CHARACTERS}&seed="
    with serve() as server:
        visitors = [Visitor(server).__enter__() for _ in range(TEXTS)]
        for visitor in visitors:
            visitor.open("generation", f"models={ALONE}&max_new_tokens=20")
        with ThreadPoolExecutor(TEXTS) as pool:
            while len(times) < ROUNDS or (max(times) < PAGE_TIMES and len(times) < MOST_ROUNDS):
                first = 100 * len(times) + 50
                alone = visitors[0].rerun(f"{asked}{first + TEXTS}")
                begun = time.perf_counter()
                runs = list(
                    pool.map(
                        lambda visitor, seed: visitor.rerun(f"{asked}{seed}"), visitors, range(first, first + TEXTS)
                    )
                )
                elapsed = time.perf_counter() - begun
                assert all(run.problems == [] for run in [alone, *runs])
                assert all(max(map(len, run.texts.values())) >= CHARACTERS for run in [alone, *runs])
                times.append(TEXTS * alone.elapsed_seconds / elapsed)
        for visitor in visitors:
            visitor.__exit__(None, None, None)
    with capsys.disabled():
        print(
            f"\nGeneration page, {TEXTS} visitors at once: {max(times):.1f} times the characters per second of one "
            f"({CHARACTERS / alone.elapsed_seconds:,.0f} in the last round; best of {len(times)}); {describe_machine()}"
        )
    assert max(times) >= PAGE_TIMES
