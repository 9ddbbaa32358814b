"""Texts side by side: each is what it would be alone, whoever comes, goes, reads slowly or stops."""

from __future__ import annotations

import gc
import itertools
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from engine.decoding import together
from engine.decoding.limits import SamplingSettings
from engine.decoding.sampling import generate
from engine.decoding.together import Together, together_with
from engine.models.language_model import LanguageModel
from engine.models.steps import steps_in_8_bits
from engine.runtimes.program import FlatSteps

VOCAB = 41


@pytest.fixture(scope="module")
def steps() -> FlatSteps:
    torch.manual_seed(1)
    model = LanguageModel(VOCAB, embedding_dim=16, hidden_size=48).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_(std=0.3)
    found = steps_in_8_bits(model)
    assert isinstance(found, FlatSteps)
    return found


SETTINGS = [
    SamplingSettings(max_new_tokens=length, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
    for seed, (length, temperature, (top_k, top_p)) in enumerate(
        itertools.product((1, 7, 90), (0.0, 0.7, 1.0), ((0, 1.0), (5, 0.9)))
    )
]


def alone(steps: FlatSteps, prompt: list[int], settings: SamplingSettings, stop_id: int | None = None) -> list[int]:
    return [token.token_id for token in generate(steps, prompt, stop_id=stop_id, **vars(settings))]


def prompt_of(number: int) -> list[int]:
    return np.random.default_rng(number).integers(VOCAB, size=1 + number % 23).tolist()


def test_every_text_is_what_it_is_alone(steps):
    expected = [alone(steps, prompt_of(i), settings, stop_id=3) for i, settings in enumerate(SETTINGS)]
    assert any(len(text) < settings.max_new_tokens for text, settings in zip(expected, SETTINGS, strict=True))
    place = Together(steps)
    with ThreadPoolExecutor(len(SETTINGS)) as pool:
        found = list(pool.map(lambda i: list(place.write(prompt_of(i), SETTINGS[i], 3)), range(len(SETTINGS))))
    assert found == expected
    assert not place._texts


def test_taking_turns_in_one_thread_is_the_same(steps):
    place = Together(steps)
    writers = [place.write(prompt_of(i), settings, None) for i, settings in enumerate(SETTINGS)]
    found = [
        [token for token in row if token is not None] for row in zip(*itertools.zip_longest(*writers), strict=True)
    ]
    assert found == [alone(steps, prompt_of(i), settings) for i, settings in enumerate(SETTINGS)]


def test_a_text_that_is_left_costs_no_more_steps_and_holds_nobody_up(steps):
    place = Together(steps)
    left = place.write([1], SamplingSettings(max_new_tokens=2000), None)
    assert next(left) >= 0
    left.close()
    assert not place._texts
    settings = SamplingSettings(max_new_tokens=50, seed=4)
    assert list(place.write([1], settings, None)) == alone(steps, [1], settings)


def test_a_text_that_nobody_reads_waits(steps, monkeypatch):
    monkeypatch.setattr(together, "MOST_UNREAD", 20)
    place, counted = Together(steps), SamplingSettings(max_new_tokens=200, seed=2)
    slow = place.write([1], counted, None)
    first = next(slow)
    other = list(place.write([2], SamplingSettings(max_new_tokens=300), None))
    assert len(other) == 300
    assert len(place._texts[0].unread) <= 20
    assert [first, *slow] == alone(steps, [1], counted)


def test_steps_that_fail_are_told_to_who_takes_them_and_others_go_on(steps, monkeypatch):
    place, settings = Together(steps), SamplingSettings(max_new_tokens=60, seed=3)
    reader = place.write([1], settings, None)
    begun = [next(reader)]
    step = steps.step
    monkeypatch.setattr(steps, "step", lambda *given: (_ for _ in ()).throw(MemoryError()))
    with pytest.raises(MemoryError):
        list(place.write([2], settings, None))
    monkeypatch.setattr(steps, "step", step)
    assert begun + list(reader) == alone(steps, [1], settings)


def test_a_draw_that_fails_can_be_taken_again_and_gives_the_same(steps, monkeypatch):
    kinds = [SamplingSettings(max_new_tokens=150, seed=3), SamplingSettings(max_new_tokens=150, seed=4, top_k=5)]
    place = Together(steps)
    readers = [place.write([1, 2, 3], settings, None) for settings in kinds]
    begun = [[next(reader)] for reader in readers]
    distribution, calls = together.next_distribution, itertools.count()

    def fail_in_the_middle(*given):
        if next(calls) == 9:  # after the draw of one text in a step, before that of the other
            raise MemoryError
        return distribution(*given)

    monkeypatch.setattr(together, "next_distribution", fail_in_the_middle)
    rest = [list(reader) for reader in readers]
    assert next(calls) > 10
    for settings, first, last in zip(kinds, begun, rest, strict=True):
        assert first + last == alone(steps, [1, 2, 3], settings)


def test_a_text_that_cannot_be_read_is_told_to_its_reader_and_ends_no_other(steps):
    place, barrier = Together(steps), threading.Barrier(5)
    kinds = [SamplingSettings(max_new_tokens=300, seed=seed) for seed in range(5)]

    def write(seed: int) -> list[int] | str:
        barrier.wait()
        try:
            return list(place.write([1] if seed else [1] * 70 + [VOCAB + 5], kinds[seed], None))
        except Exception as error:
            return type(error).__name__

    with ThreadPoolExecutor(5) as pool:
        broken, *found = pool.map(write, range(5))
    assert isinstance(broken, str)
    assert found == [alone(steps, [1], settings) for settings in kinds[1:]]
    assert not place._texts


def test_visitors_who_leave_in_the_middle_leave_the_others_as_they_are(steps):
    place, barrier = Together(steps), threading.Barrier(8)
    kinds = [SamplingSettings(max_new_tokens=200, seed=seed) for seed in range(8)]

    def write(seed: int) -> list[int]:
        writer = place.write([1], kinds[seed], None)
        barrier.wait()
        found = list(itertools.islice(writer, 200 if seed % 2 else 3 * seed))
        writer.close()
        return found

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(write, range(8)))
    for seed, text in enumerate(found):
        assert text == alone(steps, [1], kinds[seed])[: 200 if seed % 2 else 3 * seed]
    assert not place._texts
    assert not place._is_stepping


def test_texts_are_stepped_in_one_batch(steps, monkeypatch):
    sizes, step = [], steps.step
    monkeypatch.setattr(steps, "step", lambda ids, state: (sizes.append(len(ids)), step(ids, state))[1])
    place, barrier = Together(steps), threading.Barrier(8)

    def write(seed: int) -> int:
        writer = place.write([1], SamplingSettings(max_new_tokens=400, seed=seed), None)
        first = next(writer)
        barrier.wait()
        return len([first, *writer])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write, range(8))) == [400] * 8
    assert sum(sizes) == 8 * 400
    assert len(sizes) < 8 * 400 / 4


def test_what_follows_a_text_is_known_without_all_of_it_being_read_again(steps, monkeypatch):
    monkeypatch.setattr(together, "MARKED_EVERY", 64)
    place, prompt = Together(steps), prompt_of(5)
    ids = prompt + list(place.write(prompt, SamplingSettings(max_new_tokens=300, seed=9), None))
    other = [*ids[:200], (ids[200] + 1) % VOCAB, *ids[201:]]
    expected = {
        text: steps.read(list(text))[0][0] for text in (tuple(ids), tuple(ids[:150]), tuple(ids[:1]), tuple(other))
    }
    counted, read = [], steps.read
    monkeypatch.setattr(steps, "read", lambda ids, state: (counted.append(len(ids)), read(ids, state))[1])
    for text, logits in expected.items():
        before, known = len(counted), text == tuple(ids)
        assert np.array_equal(place.read(list(text)), logits)
        assert sum(counted[before:]) == 1 if known else sum(counted[before:]) <= max(2 * 64, len(text) - 128)
    assert np.array_equal(place.read(other), expected[tuple(other)])  # what was only read is known as well
    assert sum(counted[-2:]) <= 2 * 64


def test_what_follows_a_text_that_ended_by_itself_is_known_as_well(steps, monkeypatch):
    monkeypatch.setattr(together, "MARKED_EVERY", 8)
    place, settings = Together(steps), SamplingSettings(max_new_tokens=400, seed=1)
    ids = [1, *place.write([1], settings, stop_id=3)]
    assert len(ids) < 400
    for following in (5, 3):
        text = [*ids, following]
        assert np.array_equal(place.read(text), steps.read(text)[0][0])


def test_only_the_texts_written_last_are_known(steps):
    place = Together(steps)
    for seed in range(together.KEPT_TEXTS + 5):
        list(place.write([1], SamplingSettings(max_new_tokens=3, seed=seed), None))
    assert len(place._known) == together.KEPT_TEXTS


def test_steps_have_one_place_which_goes_with_them(steps):
    assert together_with(steps) is together_with(steps)
    model = LanguageModel(VOCAB, embedding_dim=4, hidden_size=4).eval()
    own = steps_in_8_bits(model)
    place = weakref.ref(together_with(own))
    del own
    gc.collect()
    assert place() is None
