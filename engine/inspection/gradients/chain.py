"""The chain of gradients through time: d state_T / d state_t for untrained networks that a visitor sets up.

Shapes: T time, E size of the input vectors, H hidden.

Paper: Hochreiter (1991) for the vanishing gradient; Pascanu, Mikolov and Bengio (2013), arXiv 1211.5063, section 2, for
the bound; Le, Jaitly and Hinton (2015), arXiv 1504.00941, for the identity with ReLU; Saxe, McClelland and Ganguli
(2014), arXiv 1312.6120, for orthogonal matrices; Jozefowicz, Zaremba and Sutskever (2015) for the forget bias; Tallec
and Ollivier (2018), arXiv 1804.11188, section 2.2, for chrono.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.cells import CELLS, Cell
from engine.cells.base import Role
from engine.config import JsonObject, option, validate
from engine.errors import InputError
from engine.inspection.gradients.jacobians import (
    CellWeights,
    StateChain,
    largest_singular_value,
    multiply_back,
    run_chain,
    spectral_radius,
)
from engine.wording import counted, percent

ARCHITECTURES = tuple(CELLS.names())
INPUT_SIZE = 16
KEY_DISTANCE = 50
MAX_TEXT = 2000
FLOAT32_LARGEST = math.log10(3.4028235e38)
FLOAT32_SMALLEST = math.log10(1.4e-45)
LOST, BLOWN_UP = -2.0, 2.0  # powers of ten at which a gradient counts as vanished and as exploded
PRECISION = 15.0  # powers of ten below the largest singular value at which rounding begins


@dataclass(frozen=True)
class ChainSettings:
    """How the untrained networks are drawn and what they read."""

    gain: float = option(
        1.0,
        label="Recurrent gain",
        help="The recurrent matrices are multiplied by it.",
        minimum=0.0,
        maximum=10.0,
        step=0.05,
    )
    matrix: str = option(
        "default",
        label="Recurrent matrix",
        help="As torch.nn draws it (evenly between -1/√H and 1/√H), a random rotation, or the identity; for each gate "
        "alike.",
        choices=("default", "orthogonal", "identity"),
    )
    activation: str = option(
        "tanh", label="The RNN's activation", help="tanh squashes, ReLU cuts off below zero.", choices=("tanh", "relu")
    )
    forget_bias: float = option(
        3.0,
        label="Forget bias",
        help="Starting bias of the LSTM's forget gate and of the GRU's update gate, the two that keep: 3 opens them to "
        "95 %, 1 to 73 %.",
        minimum=-5.0,
        maximum=10.0,
        step=0.5,
    )
    is_chrono: bool = option(
        False,
        label="Chrono",
        help="Instead of one forget bias, one per unit: the logarithm of a random time between 1 and the length.",
    )
    length: int = option(60, label="Length", help="Steps the networks read.", minimum=2, maximum=150, step=1)
    hidden_size: int = option(32, label="Hidden units", help="Of each network.", minimum=1, maximum=64, step=1)
    seed: int = option(0, label="Seed", help="Same seed, same networks.", minimum=0, maximum=9999, step=1)


@dataclass(frozen=True)
class Chain:
    """What came out of the chains, one for every cell.

    Attributes:
        curves: columns `architecture`, `distance`, `log10_gain`; from distance 0 on.
        spectra: columns `architecture`, `distance`, `log10_value`, `is_exact`: singular values at a few distances;
            those lost in the rounding of double precision are not exact.
        facts: one row per architecture: `spectral_radius` and `largest_singular_value` of its recurrent matrix (nan
            where there are several), `rate` (what a step multiplies by, as measured over the whole chain), `steps`
            measured, and `is_cut_short` where the state itself overflowed.
    """

    curves: pd.DataFrame
    spectra: pd.DataFrame
    facts: pd.DataFrame

    def log10_gain(self, architecture: str, distance: int) -> float:
        """Return the logarithm of an architecture's gain at a distance; nan where it was not measured."""
        columns = (self.curves[name].to_numpy() for name in ("architecture", "distance", "log10_gain"))
        architectures, distances, gains = columns
        found = gains[(architectures == architecture) & (distances == distance)]
        return float(found[0]) if len(found) else math.nan


def measure_chain(settings: ChainSettings, text: str | None = None) -> Chain:
    """Return the gradients through time of untrained networks, one of every cell.

    They read random numbers, or the last `length` characters of `text`, each character as a random vector of its own.

    Raises:
        InputError: the text is empty or too long.
        ConfigError: a setting is out of bounds.
    """
    inputs = make_inputs(settings, text)
    curves, spectra, facts = [], [], []
    for name in ARCHITECTURES:
        weights = make_weights(name, settings)
        run = run_chain(weights, inputs)
        found = multiply_back(run.jacobians, telling_distances(run.steps))
        curves += [(name, distance, gain) for distance, gain in enumerate(found.log10_gain.tolist())]
        for distance, values in found.spectra.items():
            exact = values > values[0] - PRECISION
            spectra += [(name, distance, *pair) for pair in zip(values.tolist(), exact.tolist(), strict=True)]
        facts.append(_facts(name, weights, run, found.log10_gain, len(inputs)))
    return Chain(
        pd.DataFrame(curves, columns=["architecture", "distance", "log10_gain"]),
        pd.DataFrame(spectra, columns=["architecture", "distance", "log10_value", "is_exact"]),
        pd.DataFrame(facts),
    )


def chain_bound(settings: ChainSettings, architecture: str, text: str | None = None) -> float:
    """Return lambda, the largest singular value of any step's Jacobian; over k steps the gain is at most lambda^k."""
    run = run_chain(make_weights(architecture, settings), make_inputs(settings, text))
    return largest_singular_value(run.jacobians) if run.steps else math.nan


def find_edge(settings: ChainSettings, text: str | None = None, points: int = 25, highest: float = 4.0) -> pd.DataFrame:
    """Return the RNN's gain over the whole length for recurrent gains from 0.1 up: columns `gain`, `log10_gain`.

    The slider's own value does not matter, so that moving it does not compute this again.
    """
    rows = []
    for gain in np.geomspace(0.1, highest, points):
        run = run_chain(
            make_weights("rnn", dataclasses.replace(settings, gain=float(gain))), make_inputs(settings, text)
        )
        rows.append((float(gain), float(multiply_back(run.jacobians).log10_gain[-1])))
    return pd.DataFrame(rows, columns=["gain", "log10_gain"])


def make_inputs(settings: ChainSettings, text: str | None = None) -> np.ndarray:
    """Return what the networks read, (T, E).

    Raises:
        InputError: the text is empty or too long.
        ConfigError: a setting is out of bounds.
    """
    validate(settings)
    if text is None:
        return np.random.default_rng([settings.seed, 1]).normal(size=(settings.length, INPUT_SIZE))
    if not text.strip():
        raise InputError("There is no text to read: type a sentence, or choose random numbers.")
    if len(text) > MAX_TEXT:
        raise InputError(f"The text has {len(text):,} characters; at most {MAX_TEXT:,} are read.")
    # A vector per character by its code point: the same character is the same vector wherever it stands.
    return np.stack(
        [
            np.random.default_rng([settings.seed, 2, ord(letter)]).normal(size=INPUT_SIZE)
            for letter in text[-settings.length :]
        ]
    )


def make_weights(architecture: str, settings: ChainSettings) -> CellWeights:
    """Return the weights of an untrained network; they depend on the settings alone."""
    cell, size = CELLS.get(architecture), settings.hidden_size
    random = np.random.default_rng([settings.seed, 3, len(cell.gates)])
    weights = draw_weights(cell, INPUT_SIZE, size, settings, random)
    return CellWeights(cell.activated(settings.activation) if cell.activations else cell, *weights)


def draw_weights(
    cell: Cell, input_size: int, size: int, settings: ChainSettings, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the weights of one untrained layer in torch's order: for the input, for the state, and both biases."""
    blocks, back = len(cell.gates), cell.blocks_back
    edge = size**-0.5
    weight_ih = random.uniform(-edge, edge, (blocks * size, input_size))
    squares = [_square(settings.matrix, size, random) for _ in range(back)]
    weight_hh = np.concatenate(squares or [np.zeros((0, size))]) * settings.gain
    bias_ih, bias_hh = random.uniform(-edge, edge, blocks * size), random.uniform(-edge, edge, back * size)
    if settings.matrix != "default":
        bias_ih, bias_hh = np.zeros(blocks * size), np.zeros(back * size)
    if any(gate.start for gate in cell.gates):
        keep = np.full(size, settings.forget_bias)
        if settings.is_chrono:
            keep = np.log(random.uniform(1, max(2, settings.length - 1), size))
        looking = [gate for gate in cell.gates if gate.looks_back]
        for gate in cell.gates:
            if gate.start and (Role.KEEP in gate.roles or settings.is_chrono):
                bias_ih.reshape(-1, size)[cell.gates.index(gate)] = gate.start * keep
                if gate.looks_back:
                    bias_hh.reshape(-1, size)[looking.index(gate)] = 0.0
    return weight_ih, weight_hh, bias_ih, bias_hh


def telling_distances(steps: int) -> tuple[int, ...]:
    """Return the distances at which all singular values are looked at: 1, 2, 5, 10, 20, 50, 100 and the last."""
    return tuple(sorted({distance for distance in (1, 2, 5, 10, 20, 50, 100, steps) if 0 < distance <= steps}))


def fate(log10_gain: float) -> str:
    """Return what a gradient with this gain over its whole way has done, in one word or two."""
    if math.isnan(log10_gain):
        return "not measured"
    return "vanishes" if log10_gain < LOST else "explodes" if log10_gain > BLOWN_UP else "lasts"


def say_power(log10_value: float) -> str:
    """Return ten to the power of `log10_value` as a person writes it: 0.52, 3.1e-13, or in words beyond all numbers."""
    if math.isnan(log10_value):
        return "not measured"
    if log10_value == -math.inf:
        return "exactly 0"
    if log10_value == math.inf:
        return "infinity"
    if -3 <= log10_value < 5:
        return f"{10**log10_value:.3g}" if log10_value < 3 else f"{10**log10_value:,.0f}"
    exponent = math.floor(log10_value)
    lead = f"{10 ** (log10_value - exponent):.1f}"
    return f"{lead}e{exponent:+d}" if lead != "10.0" else f"1.0e{exponent + 1:+d}"


def far_distance(chain: Chain) -> int:
    """Return 50, the distance that is talked about, or the longest there is where texts are shorter."""
    return min(KEY_DISTANCE, int(chain.facts["steps"].min()))


def chain_sentence(chain: Chain) -> str:
    """Return what is left of each network's gradient at distance 50, and how many powers of ten lie between RNN and
    LSTM."""
    distance = far_distance(chain)
    gains = {name: chain.log10_gain(name, distance) for name in ARCHITECTURES}
    parts = ", ".join(f"of the {CELLS.get(name).title}'s {say_power(value)}" for name, value in gains.items())
    apart = gains["lstm"] - gains["rnn"]
    if not math.isfinite(apart):
        end = "the two cannot be compared by powers of ten."
    elif abs(apart) < 0.5:
        end = "RNN and LSTM hardly differ here."
    else:
        lower, higher = ("RNN", "LSTM") if apart > 0 else ("LSTM", "RNN")
        end = f"the {lower}'s lies {abs(apart):.1f} powers of ten below the {higher}'s."
    return f"This much of the gradient is left {counted(distance, 'step')} back: {parts}; {end}"


def gate_sentence(settings: ChainSettings, chain: Chain) -> str:
    """Return what decides whether the LSTM's gradient lasts: how far open its forget gate starts, and what it would be
    with the gate less open."""
    distance = far_distance(chain)
    if settings.is_chrono:
        return (
            "What decides it is the forget gate: with chrono every unit starts with a time of its own, from one step "
            "to the whole length, so some units keep the gradient and others let it go."
        )

    def words(bias: float) -> str:
        is_open = 1 / (1 + math.exp(-bias))
        return f"{percent(is_open, 0)} open, and {is_open:.3g}^{distance} = {say_power(distance * math.log10(is_open))}"

    other, over = 1.0 if settings.forget_bias != 1.0 else 3.0, counted(distance, "step")
    return (
        f"What decides it is the forget gate: a bias of {settings.forget_bias:g} starts it "
        f"{words(settings.forget_bias)} of the memory cell is kept over {over} by this gate alone. With a bias of "
        f"{other:g} it starts {words(other)}: an LSTM whose forget gate is not held open forgets as well."
    )


def product_sentence(chain: Chain) -> str:
    """Return the RNN's real product beside the powers that textbooks put in its place: 0.9^50, and its spectral
    radius."""
    distance = far_distance(chain)
    facts = chain.facts.set_index("architecture").loc["rnn"]
    radius, real = facts["spectral_radius"], chain.log10_gain("rnn", distance)
    power = distance * math.log10(radius) if radius > 0 else -math.inf
    return (
        f"0.9^{distance} = {say_power(distance * math.log10(0.9))}. This RNN's matrix has the spectral radius "
        f"{radius:.3g}: {radius:.3g}^{distance} = {say_power(power)}. The real product of its {distance} Jacobians is "
        f"{say_power(real)}, as if every step had multiplied by {say_power(real / distance if distance else 0.0)}."
    )


def overflow_sentences(chain: Chain) -> list[str]:
    """Return a sentence for each network whose gradient leaves the numbers a computer has in single precision, or whose
    state does."""
    sentences = []
    for name in ARCHITECTURES:
        rows, label = chain.curves[chain.curves["architecture"] == name], CELLS.get(name).title
        facts = chain.facts.set_index("architecture").loc[name]
        for is_beyond, than, limit, there in (
            (rows["log10_gain"] > FLOAT32_LARGEST, "larger", "3.4e+38", "infinity"),
            (rows["log10_gain"] < FLOAT32_SMALLEST, "smaller", "1.4e-45", "exactly 0"),
        ):
            if is_beyond.any():
                sentences.append(
                    f"From distance {rows['distance'][is_beyond].iloc[0]} on the {label}'s gradient is {than} than any "
                    f"number of single precision ({limit}), in which networks are trained: it would be {there} there."
                )
        if facts["is_cut_short"]:
            sentences.append(
                f"The {label}'s state itself overflowed to infinity after {int(facts['steps'])} steps, even in double "
                "precision; what comes later cannot be measured and is not drawn."
            )
    return sentences


def _facts(name: str, weights: CellWeights, run: StateChain, log10_gain: np.ndarray, wanted: int) -> JsonObject:
    is_single = weights.cell.blocks_back == 1
    return {
        "architecture": name,
        "spectral_radius": spectral_radius(weights.weight_hh) if is_single else math.nan,
        "largest_singular_value": float(np.linalg.norm(weights.weight_hh, 2)) if is_single else math.nan,
        "rate": 10 ** (log10_gain[-1] / run.steps) if run.steps else math.nan,
        "steps": run.steps,
        "is_cut_short": run.steps < wanted,
    }


def _square(matrix: str, size: int, random: np.random.Generator) -> np.ndarray:
    if matrix == "identity":
        return np.eye(size)
    if matrix == "orthogonal":
        rotation, triangle = np.linalg.qr(random.normal(size=(size, size)))
        return rotation * np.sign(np.diag(triangle))  # without it rotations would not be drawn evenly
    return random.uniform(-(size**-0.5), size**-0.5, (size, size))
