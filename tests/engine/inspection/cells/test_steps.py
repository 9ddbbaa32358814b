"""Cells opened up: every state and gate against torch.nn, single units in full arithmetic, gates that close, writes
that last."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from engine.cells import CELLS
from engine.errors import InputError, ModelError
from engine.inspection.cells.flows import flows
from engine.inspection.cells.gate_saturation import find_closing_gate
from engine.inspection.cells.gate_trajectories import gate_averages, order_units, saturation
from engine.inspection.cells.memory_retention import follow_write, verdict
from engine.inspection.cells.parity import TOLERANCE, compare, proof_sentence, prove
from engine.inspection.cells.steps import (
    CellReading,
    Strand,
    can_be_opened,
    layer_runs,
    read_steps,
    recurrent_layers,
    state_moves,
    strand_labels,
)
from engine.inspection.cells.unit_step import unit_step
from engine.layers import from_torch, to_torch
from engine.models.folder import LoadedModel, list_models, load_model
from engine.models.language_model import LanguageModel
from engine.models.recurrent import run_layer
from engine.plotting.cells.diagram import cell_diagram, wire_names, wire_width
from engine.plotting.cells.equations import state_lines
from engine.text import TOKENIZERS
from engine.wording import percent
from tests.engine.conftest import TINY_TEXT, write_model_folder
from tests.plotly_figures import as_plotly

TEXT = "the cat sat"
SHIPPED = [info.name for info in list_models() if can_be_opened(info)]


SQUASHED = {
    "tanh": math.tanh,
    "sigmoid": lambda total: 1 / (1 + math.exp(-total)),
    "g": lambda total: total + 0.5 if total > 0 else 1 / (1 + math.exp(-total)),
}


@pytest.fixture(scope="module", params=CELLS.names())
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    """Return an untrained two-layer language model of each kind of cell."""
    tokenizer = TOKENIZERS.get("character").train([TINY_TEXT])
    torch.manual_seed(5)
    model = LanguageModel(tokenizer.vocab_size, embedding_dim=6, hidden_size=8, num_layers=2, cell=request.param)
    for parameter in model.layers.parameters():
        parameter.data.mul_(2.0)
    folder = tmp_path_factory.mktemp("models") / f"tiny-{request.param}"
    return load_model(write_model_folder(folder, model, tokenizer, {"model": "language_model", "title": "Tiny"}))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_state_and_gate_of_every_shipped_model_is_torchs(name: str) -> None:
    loaded = load_model(name)
    text = "Hark, who is there?" if loaded.info.task == "language_model" else "A dog runs on the beach."
    proof = prove(loaded, text)
    assert proof["difference"].max() <= TOLERANCE
    assert list(proof["strand"].unique()) == strand_labels(loaded.info)
    kinds = {"rnn": 1, "lstm": 6, "gru": 4}  # h; h, c, i, f, g, o; h, r, z, n
    assert len(proof) == kinds[loaded.info.architecture] * len(strand_labels(loaded.info))


def test_the_proof_notices_a_wrong_number(network: LoadedModel) -> None:
    reading, runs = read_steps(network, TEXT), layer_runs(network, TEXT)
    for part, values in reading.strands[0].parts.items():
        wrong = values.copy()
        wrong[3, 2] += 0.01
        changed = dataclasses.replace(reading.strands[0], parts=reading.strands[0].parts | {part: wrong})
        rows = compare([changed], runs[:1]).set_index("part")["difference"]
        assert rows[part] == pytest.approx(0.01, rel=1e-3)
        assert rows.drop(part).max() < TOLERANCE if len(rows) > 1 else True
        assert "NOT the same" in proof_sentence(compare([changed], runs[:1]), changed)


def test_what_is_shown_is_what_the_network_itself_has_while_it_reads(network: LoadedModel) -> None:
    reading = read_steps(network, TEXT)
    state = network.model.start(1)
    for token in (
        network.tokenizer.encode("\n" + TEXT)
        if network.tokenizer.bos_id is None
        else [network.tokenizer.bos_id, *network.tokenizer.encode(TEXT)]
    ):
        before = state
        _, state = network.model.step(torch.tensor([token]), state)
    for strand, last, earlier in zip(reading.strands, state, before, strict=True):
        hidden, hidden_before = (one[0] if isinstance(one, tuple) else one for one in (last, earlier))
        np.testing.assert_allclose(strand.parts["hidden"][-1], hidden[0].detach(), atol=1e-5)
        np.testing.assert_allclose(strand.hidden_before[-1], hidden_before[0].detach(), atol=1e-5)
        if isinstance(last, tuple):
            np.testing.assert_allclose(strand.parts["cell"][-1], last[1][0].detach(), atol=1e-5)
            np.testing.assert_allclose(strand.before["cell"][-1], earlier[1][0].detach(), atol=1e-5)
    assert reading.tokens == list(TEXT)


def test_both_directions_of_an_encoder_are_those_of_one_bidirectional_layer(translator_folder: Path) -> None:
    loaded = load_model(translator_folder)
    reading = read_steps(loaded, "a dog runs")
    forwards, backwards = reading.strands[:2]
    assert (forwards.is_reverse, backwards.is_reverse) == (False, True)
    layer = to_torch([from_torch(module) for module in recurrent_layers(loaded)[:2]], bidirectional=True)
    with torch.no_grad():
        outputs, _ = layer(loaded.model.embedding(torch.tensor([loaded.tokenizer.encode("a dog runs")])))
    shown = np.concatenate([forwards.parts["hidden"], backwards.parts["hidden"]], axis=1)
    np.testing.assert_allclose(shown, outputs[0], atol=1e-5)
    assert backwards.hidden_before[-1].tolist() == [0.0] * backwards.hidden_size  # it reads the last token first
    assert backwards.order == list(range(len(reading.tokens)))[::-1]


def test_one_unit_in_full_arithmetic_comes_to_what_the_cell_has(network: LoadedModel) -> None:
    reading = read_steps(network, TEXT)
    for index, strand in enumerate(reading.strands):
        for position, unit in ((0, 0), (4, 7), (10, 3)):
            step = unit_step(network, reading, index, position, unit)
            assert step.values["h"] == pytest.approx(strand.parts["hidden"][position, unit], abs=1e-6)
            for part, gate in step.sums.items():
                assert gate.value == pytest.approx(strand.parts[part][position, unit], abs=1e-6)
                products = gate.terms.groupby("source")["product"].sum()
                assert products["reads"] + gate.input_bias + gate.reset * (
                    products.get("carries", 0.0) + gate.hidden_bias
                ) == pytest.approx(gate.total)
                assert gate.terms["product"].abs().is_monotonic_decreasing
                squashed = SQUASHED[gate.squash](gate.total)
                assert gate.value == pytest.approx(squashed)
            assert f"{step.values['h']:.3f}" in state_lines(CELLS.get(step.kind), step.values)[-1]


def test_the_diagram_draws_every_wire_as_thick_as_its_value(network: LoadedModel) -> None:
    reading, kind = read_steps(network, TEXT), network.info.architecture
    unit = flows(network, reading, 1, 4, 3)
    assert wire_names(kind) <= set(unit)
    assert unit["h"] == pytest.approx(reading.strands[1].parts["hidden"][4, 3])
    if CELLS.get(kind).keeps is not None:
        memory = unit[CELLS.get(kind).memory.letter]
        assert unit["kept"] + unit["written"] == pytest.approx(memory, abs=1e-6)  # what runs together on the belt
    else:
        assert math.tanh(unit["total"]) == pytest.approx(unit["h"], abs=1e-6)
    whole = flows(network, reading, 1, 4)
    assert whole["h"] == pytest.approx(np.abs(reading.strands[1].parts["hidden"][4]).mean())
    figure = cell_diagram(kind, unit, mode="light")
    wires = [trace for trace in as_plotly(figure).data if trace.mode == "lines"]
    plan = CELLS.get(kind).wiring.wires
    assert [trace.line.width for trace in wires] == [wire_width(unit[wire.name]) for wire in plan]
    assert [trace.line.dash == "solid" for trace in wires] == [unit[wire.name] >= 0 for wire in plan]


def made_up(forget: list[list[float]], cell: list[list[float]]) -> CellReading:
    """Return a reading of an LSTM layer with these forget gates and memories, (T, H)."""
    gates, memory = np.array(forget, dtype=np.float32), np.array(cell, dtype=np.float32)
    zeros = np.zeros_like(gates)
    before = np.concatenate([zeros[:1], memory[:-1]])
    parts = {
        "hidden": zeros,
        "cell": memory,
        "input_gate": zeros + 0.5,
        "forget_gate": gates,
        "cell_candidate": zeros,
        "output_gate": zeros + 0.95,
    }
    return CellReading(
        list("abcd"[: len(gates)]),
        [Strand("Layer 1", 0, False, "lstm", zeros, parts, {"hidden": zeros, "cell": before})],
    )


def test_the_gate_that_lets_go_of_most_is_found() -> None:
    found = find_closing_gate(
        made_up([[0.9, 0.9, 0.9], [0.95, 0.9, 0.95], [0.01, 0.02, 0.3]], [[0, 0, 0], [0.05, -0.8, 5.0], [0, 0.1, 0]])
    )
    # Unit 0 falls farthest but held nothing; unit 2 held most but does not close.
    assert (found.unit, found.position, found.previous, found.token) == (1, 2, 1, "c")
    assert (found.gate_before, found.gate, found.memory_before) == pytest.approx((0.9, 0.02, -0.8))
    assert found.closes
    assert found.kept == pytest.approx(-0.016)
    assert not find_closing_gate(made_up([[0.9, 0.9], [0.4, 0.9]], [[1, 1], [1, 1]])).closes
    assert find_closing_gate(made_up([[0.9, 0.9]], [[1, 1]])) is None


def test_saturation_averages_and_orders() -> None:
    strand = made_up([[0.05, 0.95], [0.05, 0.5], [0.2, 0.92], [0.0, 0.91]], [[0, 0]] * 4).strands[0]
    rows = saturation(strand).set_index(["part", "unit"])
    assert rows.loc[("forget_gate", 0)].tolist() == [0.75, 0.0]
    assert rows.loc[("forget_gate", 1)].tolist() == [0.0, 0.75]
    assert rows.loc[("output_gate", 0)].tolist() == [0.0, 1.0]
    means = gate_averages(strand, list("abcd")).query("part == 'forget_gate'")
    assert means["mean"].tolist() == pytest.approx([0.5, 0.275, 0.56, 0.455])
    assert means["shut"].tolist() == [0.5, 0.5, 0.0, 0.5]

    time = np.arange(24)
    courses = np.stack(
        [
            np.sin(time),
            0.1 * np.cos(time),
            1.1 * np.sin(time),
            0.11 * np.cos(time),
            0.9 * np.sin(time),
            -0.1 * np.cos(time),
        ],
        axis=1,
    )
    alike = order_units(courses, "similarity").tolist()
    at = {unit: position for position, unit in enumerate(alike)}
    ring = {(at[unit] - at[0]) % 6 for unit in (0, 2, 4)}
    assert ring in ({0, 1, 2}, {0, 1, 5}, {0, 4, 5}), "the three that do the same lie together"
    assert order_units(courses, "variance")[0] == 2
    assert order_units(np.array([[0, 0, 3.0], [0, 2, 0], [1, 0, 0]]), "peak").tolist() == [2, 1, 0]
    assert order_units(np.array([[0, 2.0, 1]]), "mean").tolist() == [1, 2, 0]
    assert sorted(order_units(np.ones((1, 4)), "similarity")) == [0, 1, 2, 3]


def test_a_write_is_followed_by_its_gates_and_by_ablation(network: LoadedModel) -> None:
    reading, at = read_steps(network, TEXT), 3
    strand, layer = reading.strands[1], layer_runs(network, TEXT)[1].module
    for unit in (None, 5):
        found = follow_write(network, reading, 1, at, unit)
        wrote, chosen = np.zeros(8), slice(None) if unit is None else [unit]
        if strand.cell == "lstm":
            wrote[chosen] = (strand.parts["input_gate"] * strand.parts["cell_candidate"])[at][chosen]
            share = np.cumprod(strand.parts["forget_gate"][at + 1 :], axis=0)[-1]
            left = (wrote * share)[chosen]
        elif strand.cell == "gru":
            wrote[chosen] = ((1 - strand.parts["update_gate"]) * strand.parts["new_gate"])[at][chosen]
            left = (wrote * np.cumprod(strand.parts["update_gate"][at + 1 :], axis=0)[-1])[chosen]
        elif (cell := CELLS.get(strand.cell)).keeps is not None:
            parts = {name: torch.tensor(values) for name, values in strand.parts.items()}
            wrote[chosen] = cell.writes.compute(parts).numpy()[at][chosen]
            left = (wrote * np.cumprod(cell.keeps.compute(parts).numpy()[at + 1 :], axis=0)[-1])[chosen]
        else:
            with torch.no_grad():
                start = torch.tensor(strand.hidden_before[at]).double()
                silent = torch.tanh(layer.weight_hh_l0 @ start + layer.bias_ih_l0 + layer.bias_hh_l0).numpy()
            wrote[chosen] = (strand.parts["hidden"][at] - silent)[chosen]
            left = _pushed_forward(layer, strand, at, wrote)[chosen]
        assert found.written == pytest.approx(wrote[chosen], abs=1e-6)
        with_it, without = (_last_memory(layer, strand, at, change) for change in (0 * wrote, wrote))
        really = (with_it - without)[chosen]
        size = np.linalg.norm(wrote[chosen])
        last = found.frame.iloc[-1]
        assert (last["distance"], last["token"]) == (7, TEXT[-1])
        assert abs(last["by_gates"]) == pytest.approx(np.linalg.norm(left) / size, abs=1e-5)
        assert abs(last["by_ablation"]) == pytest.approx(np.linalg.norm(really) / size, abs=1e-5)
        assert last["mismatch"] == pytest.approx(np.linalg.norm(left - really) / size, abs=1e-5)
        assert found.frame.iloc[0][["by_gates", "by_ablation"]].tolist() == pytest.approx([1, 1])
        assert "Half of the write is gone" in verdict(found)
        effect = found.frame["by_ablation"].abs()
        if "is largest" in verdict(found):  # the total effect may come back: no half-life is said of it
            last = int(found.frame["distance"][effect > 0.5].max())
            assert f"for the last time {last} step" in verdict(found)
            assert f"({percent(effect.max(), 0)} of the write)" in verdict(found)
        assert "by ablation" not in verdict(found)
    assert "Nothing is read after this token" in verdict(follow_write(network, reading, 0, len(TEXT) - 1))


def _last_memory(layer: nn.RNNBase, strand: Strand, at: int, taken: np.ndarray) -> np.ndarray:
    """Return the memory at the end by torch.nn, begun after step `at` with `taken` missing from the memory."""
    hidden, rest = (
        torch.tensor(strand.parts["hidden"][at]).double(),
        torch.tensor(strand.inputs[at + 1 :]).double()[None],
    )
    missing = torch.tensor(taken).double()
    with torch.no_grad():
        if isinstance(layer, nn.LSTM):
            cell = torch.tensor(strand.parts["cell"][at]).double() - missing
            hidden = torch.tensor(strand.parts["output_gate"][at]).double() * torch.tanh(cell)
            return layer(rest, (hidden[None, None], cell[None, None]))[1][1][0, 0].numpy()
        return run_layer(layer, rest, (hidden - missing)[None])[1][0].numpy()


def _pushed_forward(layer: nn.RNN, strand: Strand, at: int, wrote: np.ndarray) -> np.ndarray:
    """Return by autograd where a small change in the direction of `wrote` after step `at` has moved the last state."""
    rest, start = (
        torch.tensor(strand.inputs[at + 1 :]).double()[None],
        torch.tensor(strand.parts["hidden"][at]).double(),
    )
    run = lambda hidden: layer(rest, hidden[None, None])[1][0, 0]  # noqa: E731
    return torch.autograd.functional.jvp(run, start, torch.tensor(wrote))[1].numpy()


def test_how_far_a_token_moves_the_state_is_the_mean_change_of_the_last_layer(network: LoadedModel) -> None:
    reading = read_steps(network, TEXT)
    hidden = reading.strands[-1].parts["hidden"]
    assert state_moves(reading)[1:] == pytest.approx(np.abs(np.diff(hidden, axis=0)).mean(axis=1), abs=1e-6)


def test_what_cannot_be_opened_is_refused_in_a_sentence(network: LoadedModel) -> None:
    with pytest.raises(InputError, match="at most 1,000"):
        read_steps(network, "x" * 1001)
    with pytest.raises(InputError, match="no text"):
        read_steps(network, "")
    reading = read_steps(network, "a")
    assert reading.strands[0].parts["hidden"].shape == (1, 8)
    with pytest.raises(InputError, match="There is no unit 10000 in layer 1; its units run from 0 to 7"):
        unit_step(network, reading, 0, 0, 10_000)
    with pytest.raises(InputError, match="There is no step 2; this text has 1"):
        follow_write(network, reading, 0, 1)
    with pytest.raises(InputError, match="no layer number 2"):
        flows(network, reading, 2, 0)
    counts = dataclasses.replace(
        network, info=dataclasses.replace(network.info, config={"cell": "ngram"}, architecture="ngram")
    )
    with pytest.raises(ModelError, match="no recurrent cells to open"):
        read_steps(counts, TEXT)
