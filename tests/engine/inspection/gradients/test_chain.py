"""The chain a visitor sets up: networks drawn as asked for, the sentences' numbers, and what it refuses."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from engine.errors import ConfigError, InputError
from engine.inspection.gradients.chain import (
    ARCHITECTURES,
    Chain,
    ChainSettings,
    chain_bound,
    chain_sentence,
    fate,
    find_edge,
    gate_sentence,
    make_inputs,
    make_weights,
    measure_chain,
    overflow_sentences,
    product_sentence,
    say_power,
)

CAT = "The cat, which sat on the mat and purred, was happy"


def test_the_rnns_gradient_lies_many_powers_below_the_lstms_with_forget_bias() -> None:
    for text in (None, CAT):
        chain = measure_chain(ChainSettings(), text)
        apart = chain.log10_gain("lstm", 50) - chain.log10_gain("rnn", 50)
        assert apart > 6
        assert f"{apart:.1f} powers of ten below the LSTM's" in chain_sentence(chain)
        for name in ARCHITECTURES:
            assert say_power(chain.log10_gain(name, 50)) in chain_sentence(chain)


def test_the_default_is_the_textbook_case_and_what_decides_it_is_said() -> None:
    settings = ChainSettings()
    chain = measure_chain(settings)
    assert fate(chain.log10_gain("rnn", 50)) == "vanishes"
    assert fate(chain.log10_gain("lstm", 50)) == "lasts"
    is_open = 1 / (1 + math.exp(-settings.forget_bias))
    said = gate_sentence(settings, chain)
    assert f"{100 * is_open:.0f} % open" in said
    assert f"^50 = {say_power(50 * math.log10(is_open))}" in said
    closed = dataclasses.replace(settings, forget_bias=1.0)
    assert fate(measure_chain(closed).log10_gain("lstm", 50)) == "vanishes", "what the sentence says of a bias of 1"
    assert "bias of 1 it starts 73 % open" in gate_sentence(settings, chain)


def test_one_slider_takes_the_rnn_over_the_edge_and_no_gain_passes_the_bound() -> None:
    ends = [
        measure_chain(ChainSettings(gain=gain, activation="relu", hidden_size=16)).log10_gain("rnn", 50)
        for gain in (0.5, 10.0)
    ]
    assert ends[0] < -6
    assert ends[1] > 6
    edge = find_edge(ChainSettings(activation="relu", hidden_size=16), points=5)
    assert edge["log10_gain"].is_monotonic_increasing
    chain, bounds = measure_chain(ChainSettings(hidden_size=8)), {}
    for name in ARCHITECTURES:
        bounds[name] = math.log10(chain_bound(ChainSettings(hidden_size=8), name))
        rows = chain.curves[chain.curves["architecture"] == name]
        assert (rows["log10_gain"] <= rows["distance"] * bounds[name] + 1e-9).all()
    assert bounds["rnn"] <= math.log10(chain.facts["largest_singular_value"][0]) + 1e-9


def test_networks_are_drawn_as_asked_for() -> None:
    identity = make_weights("rnn", ChainSettings(matrix="identity", gain=1.5, hidden_size=4))
    np.testing.assert_array_equal(identity.weight_hh, 1.5 * np.eye(4))
    rotations = make_weights("lstm", ChainSettings(matrix="orthogonal", hidden_size=5, forget_bias=3.0))
    for block in np.split(rotations.weight_hh, 4):
        np.testing.assert_allclose(block @ block.T, np.eye(5), atol=1e-12)
    total = rotations.bias_ih + rotations.bias_hh
    assert total.tolist() == [0.0] * 5 + [3.0] * 5 + [0.0] * 10  # order i, f, g, o
    chrono = make_weights("lstm", ChainSettings(is_chrono=True, length=100, hidden_size=64))
    forget = (chrono.bias_ih + chrono.bias_hh)[64:128]
    assert 0 <= forget.min() < forget.max() <= math.log(99)
    np.testing.assert_allclose((chrono.bias_ih + chrono.bias_hh)[:64], -forget)
    default = make_weights("gru", ChainSettings(hidden_size=16))
    assert np.abs(default.weight_hh).max() <= 0.25
    same = make_inputs(ChainSettings(), "abca")
    np.testing.assert_array_equal(same[0], same[3])
    assert not np.array_equal(same[0], same[1])


def test_what_leaves_single_precision_is_said() -> None:
    loud = measure_chain(ChainSettings(gain=10, activation="relu", length=150, hidden_size=32))
    beyond = loud.curves[
        (loud.curves["architecture"] == "rnn") & (loud.curves["log10_gain"] > math.log10(3.4028235e38))
    ]
    (sentence,) = overflow_sentences(loud)
    assert f"From distance {beyond['distance'].min()} on the RNN's gradient is larger" in sentence
    assert "infinity" in sentence
    silent = measure_chain(ChainSettings(gain=0))
    assert "From distance 1 on the RNN's gradient is smaller" in overflow_sentences(silent)[0]
    assert "the RNN's exactly 0" in chain_sentence(silent)
    assert "0^50 = exactly 0" in product_sentence(silent)
    cut = silent.facts.assign(is_cut_short=silent.facts["architecture"] == "rnn", steps=7)
    assert "after 7 steps" in overflow_sentences(Chain(silent.curves, silent.spectra, cut))[-1]


def test_powers_are_written_as_a_person_writes_them() -> None:
    values = {
        math.log10(0.00515): "0.00515",
        -12.5: "3.2e-13",
        4.0: "10,000",
        38.6: "4.0e+38",
        -math.inf: "exactly 0",
        math.inf: "infinity",
    }
    assert {value: say_power(value) for value in values} == values
    assert say_power(math.nan) == "not measured"
    assert say_power(math.log10(9.99e-13)) == "1.0e-12"


def test_short_texts_are_read_and_bad_settings_refused_in_a_sentence() -> None:
    one = measure_chain(ChainSettings(), "a")
    assert "left 1 step back: " in chain_sentence(one)
    assert isinstance(one.curves, pd.DataFrame)
    with pytest.raises(InputError, match="no text to read"):
        measure_chain(ChainSettings(), "  ")
    with pytest.raises(InputError, match="2,001 characters; at most 2,000"):
        measure_chain(ChainSettings(), "a" * 2001)
    for field, value in (("hidden_size", 0), ("hidden_size", 10_000), ("gain", math.inf), ("length", 1)):
        with pytest.raises(ConfigError, match=field):
            measure_chain(ChainSettings(**{field: value}))
