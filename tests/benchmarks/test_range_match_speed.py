"""Range match answers within 2 seconds over 100,000 characters once they have been read, units, matches and explanation
together.

Measured in processor time, so that other work on the machine does not count: all of it is done by one thread. Reading,
done once for all patterns and visitors, is printed beside it.
"""

from __future__ import annotations

import time

import pytest
import torch

from engine.inspection.cells.range_match import (
    IN_ONE_PASS,
    TextReading,
    explain_matches,
    find_matches,
    in_steps,
    select_pattern,
    suggest_range,
    token_spans,
)
from engine.inspection.cells.units import stream_states
from engine.models.folder import list_models, load_model
from pages.components.cells.view import DEFAULT_TEXT
from tests.benchmarks.pace import allowance
from tests.benchmarks.visitor import describe_machine, read_by_all

BOUND, CHARACTERS = 2.0, 100_000

WITH_UNITS = [info for info in list_models() if info.task == "language_model" and info.has_units and not info.error]

pytestmark = [pytest.mark.benchmark, pytest.mark.skipif(not WITH_UNITS, reason="no network is in data/pretrained")]


def test_a_pattern_is_found_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    widest = max(WITH_UNITS, key=lambda info: info.config["hidden_size"])
    loaded, threads = load_model(widest.name), torch.get_num_threads()
    torch.set_num_threads(1)  # as in the server
    try:
        text = "MARA:\nDid you (or the old dog) see the fog? I saw it, all of it.\n\n" * (CHARACTERS // 60)
        text, part = text[:CHARACTERS], 4 * IN_ONE_PASS
        begun = time.process_time()
        values = in_steps(stream_states(loaded, loaded.tokenizer.encode(text[:part]))[-1][0]).T
        reading_time = (time.process_time() - begun) * CHARACTERS / part
        spans = token_spans(loaded, text)
        starts, stops = (torch.tensor(positions).numpy() for positions in zip(*spans, strict=True))
        repeated = (
            torch.from_numpy(values.copy()).repeat(1, CHARACTERS // part).numpy()
        )  # the speed does not depend on the values
        reading, times = TextReading(text, repeated, starts, stops, "", 0.0), []
        for least in (0.3, 0.75):
            begun = time.process_time()
            start, stop = suggest_range(loaded, DEFAULT_TEXT, loaded.info.config["num_layers"] - 1, 0.05)
            pattern = select_pattern(
                loaded, DEFAULT_TEXT, loaded.info.config["num_layers"] - 1, start, start + 1, 0.05, off_outside=False
            )
            matches = find_matches(reading, pattern, least)
            explain_matches(reading, matches)
            times.append(time.process_time() - begun)
    finally:
        torch.set_num_threads(threads)
    with read_by_all(capsys):
        print(
            f"\nrange match, {widest.name}, {len(pattern.units)} of {widest.config['hidden_size']} units over "
            f"{CHARACTERS:,} characters: "
            f"{max(times):.2f} s of processor time, the explanation's answers included once; reading them first about "
            f"{reading_time:.0f} s, "
            f"shared by two threads; {describe_machine()}"
        )
    assert len(reading.stops) == CHARACTERS
    assert len(pattern.units) > widest.config["hidden_size"] / 4  # a pattern far larger than a visitor's
    assert max(times) < BOUND * allowance()
