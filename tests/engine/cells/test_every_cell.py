"""What holds for every cell there is: a new one is taken through all of it by being registered.

Its step is what its equations say, its fast form is its readable one to the last digit, and whatever a page does with
cells can be done with it. Its own test adds what only this cell promises.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.cells import CELLS, Cell, Interventions, all_gates, part_words
from engine.cells.wiring import BASE_WORDS
from engine.decoding.clamped import ClampedModel
from engine.errors import ConfigError
from engine.experiments.base import RunSpec
from engine.experiments.costs.state_size import state_table
from engine.experiments.gradients.trainability import foretell, foretold_sentence, untrained_grid
from engine.experiments.gradients.trainability_settings import TrainabilitySettings
from engine.experiments.runs.run import RunRows, run_condition
from engine.inspection.cells.flows import flows
from engine.inspection.cells.gate_saturation import find_closing_gate
from engine.inspection.cells.gate_trajectories import gate_averages, saturation
from engine.inspection.cells.layer_shapes import LayerSettings, measure_layer, python_lines
from engine.inspection.cells.memory_retention import follow_write, verdict
from engine.inspection.cells.parity import proof_sentence, prove
from engine.inspection.cells.steps import can_be_opened, read_steps
from engine.inspection.cells.unit_step import unit_step
from engine.inspection.cells.units import parts_of, prove_text, unit_course
from engine.inspection.gradients.chain import ChainSettings, chain_bound, chain_sentence, measure_chain
from engine.inspection.gradients.half_life import half_life
from engine.inspection.gradients.trained_chain import trained_chain
from engine.layers import CellLayer, ReadableCell, from_torch, layer_weights, single_layer, stacked_layer, to_torch
from engine.models.architectures import ARCHITECTURES
from engine.models.classifier import Classifier
from engine.models.folder import LoadedModel, load_model
from engine.models.language_model import LanguageModel
from engine.models.recurrent import run_layer, step_layer
from engine.models.translator import Translator
from engine.plotting import theme
from engine.plotting.cells.diagram import cell_diagram
from engine.plotting.cells.equations import state_lines, sum_lines
from engine.plotting.cells.states import gate_averages_lines, left_of_a_write, saturation_scatter
from engine.text import TOKENIZERS
from tests.engine.conftest import TINY_TEXT, write_model_folder
from tests.plotly_figures import as_plotly

NAMES = CELLS.names()
INPUTS, HIDDEN = 3, 5
TEXT = "The fog sat on it."
TIGHT = {"rtol": 1e-12, "atol": 1e-12}


@pytest.fixture(params=NAMES)
def cell(request: pytest.FixtureRequest) -> Cell:
    torch.manual_seed(1)
    return CELLS.get(request.param)


@pytest.fixture(scope="module", params=NAMES)
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    """An untrained language model of two layers, from a folder with a card."""
    tokenizer = TOKENIZERS.get("character").train([TINY_TEXT])
    torch.manual_seed(5)
    model = LanguageModel(tokenizer.vocab_size, embedding_dim=6, hidden_size=8, num_layers=2, cell=request.param)
    for parameter in model.layers.parameters():
        parameter.data.mul_(2.0)
    folder = tmp_path_factory.mktemp("models") / f"tiny-{request.param}"
    return load_model(write_model_folder(folder, model, tokenizer, {"model": "language_model", "title": "Tiny"}))


def random_state(cell: Cell, batch_size: int):
    """Return a state that no part of is zero."""
    return cell.make_state(torch.rand(batch_size, HIDDEN, dtype=torch.float64) for _ in cell.parts)


# The definition.


def test_the_step_is_what_the_equations_say(cell: Cell) -> None:
    readable = ReadableCell(cell, INPUTS, HIDDEN).double()
    inputs, state = torch.randn(4, INPUTS, dtype=torch.float64), random_state(cell, 4)
    before = cell.state_parts(state)
    from_input, from_hidden = readable.project(inputs, before["hidden"])
    _, after, gates = readable.step(inputs, state)
    assert list(gates) == list(cell.gate_names)

    looking = [gate for gate in cell.gates if gate.looks_back]
    values = {f"{part.letter}_before": before[part.name] for part in cell.parts}
    for gate, entering in zip(cell.gates, from_input.chunk(len(cell.gates), dim=1), strict=True):
        total = values[f"{gate.name}.from_input"] = entering
        if gate.looks_back:
            recalled = from_hidden.chunk(len(looking), dim=1)[looking.index(gate)]
            values[f"{gate.name}.from_hidden"] = recalled
            total = total + (values[gate.recalled_by] * recalled if gate.recalled_by else recalled)
        values[gate.name] = gate.squash.apply(total)
        if gate.roles:
            torch.testing.assert_close(gates[gate.name], values[gate.name], **TIGHT)
    for equation in cell.equations:
        values[equation.name] = equation.compute(values)
    for part in cell.parts:
        torch.testing.assert_close(cell.state_parts(after)[part.name], values[part.letter], **TIGHT)
    if cell.keeps is not None:
        memory = cell.keeps.compute(gates) * before[cell.memory.name] + cell.writes.compute(gates)
        torch.testing.assert_close(cell.state_parts(after)[cell.memory.name], memory, **TIGHT)


def test_the_declaration_is_whole_and_unlike_any_other(cell: Cell) -> None:
    assert cell.description.endswith(".")
    assert cell.long_name
    assert cell.state_type is None or cell.state_type._fields == tuple(part.name for part in cell.parts)
    assert (cell.keeps is None) == (cell.writes is None)
    known = {f"{part.letter}_before" for part in cell.parts} | {"x", "h_bus"} | {gate.name for gate in cell.gates}
    known |= {equation.name for equation in cell.equations}
    known |= {f"{gate.name}.{source}" for gate in cell.gates for source in ("from_input", "from_hidden")}
    assert {wire.name for wire in cell.wiring.wires} <= known
    assert all(cell.words_of(wire.name.rpartition(".")[2]) for wire in cell.wiring.wires)
    assert {node.part for node in cell.wiring.nodes} - {""} <= set(part_words())
    for gate in cell.gates:
        if gate.roles:
            assert gate.hue in theme.GATE_HUES
            assert not gate.is_switch or (gate.marker and gate.dash)
            assert all_gates()[gate.name].hue == gate.hue, "cells that share a gate's name share its look"
    others = [other.look for name, other in CELLS.items() if name != cell.name]
    for field in ("title", "order", "on_light", "on_dark", "marker", "mark"):
        assert getattr(cell.look, field) not in [getattr(look, field) for look in others], field
    assert not set(BASE_WORDS) & {equation.name for equation in cell.equations}


# The fast form against the readable one.


def test_the_layer_equals_the_step_by_step_form_in_numbers_states_and_gradients(cell: Cell) -> None:
    layer = single_layer(cell, INPUTS, HIDDEN).double()
    readable, state = from_torch(layer), random_state(cell, 2)
    inputs = torch.randn(2, 9, INPUTS, dtype=torch.float64, requires_grad=True)
    goal = torch.randn(2, 9, HIDDEN, dtype=torch.float64)
    run = readable.unroll(inputs, state)
    (run.outputs * goal).sum().backward()
    gradient, inputs.grad = inputs.grad, None
    outputs, last = run_layer(layer, inputs, state)
    (outputs * goal).sum().backward()
    torch.testing.assert_close(outputs, run.outputs, **TIGHT)
    torch.testing.assert_close(last, run.state, **TIGHT)
    torch.testing.assert_close(inputs.grad, gradient, **TIGHT)
    assert type(last) is type(run.state)
    for name, weight in layer_weights(layer)._asdict().items():
        if weight is not None:
            torch.testing.assert_close(getattr(readable, name).grad, weight.grad, **TIGHT)
    streamed = state
    for number, now in enumerate(inputs.unbind(1)):
        output, streamed = step_layer(cell.name, layer, now, streamed)
        torch.testing.assert_close(output, outputs[:, number], **TIGHT)


def test_without_a_layer_of_torchs_it_is_trained_by_a_loop_over_its_step_or_a_scan(cell: Cell) -> None:
    ours = single_layer(dataclasses.replace(cell, trained_by=None), INPUTS, HIDDEN).double()
    theirs, state = single_layer(cell, INPUTS, HIDDEN).double(), random_state(cell, 2)
    assert isinstance(ours, CellLayer)
    pairs = [
        (one, other) for one, other in zip(layer_weights(ours), layer_weights(theirs), strict=True) if one is not None
    ]
    with torch.no_grad():
        for one, other in pairs:
            one.copy_(other)
    inputs, goal = (torch.randn(2, 6, size, dtype=torch.float64) for size in (INPUTS, HIDDEN))
    (outputs, last), (expected, expected_last) = (run_layer(layer, inputs, state) for layer in (ours, theirs))
    torch.testing.assert_close(outputs, expected, **TIGHT)
    torch.testing.assert_close(last, expected_last, **TIGHT)
    for found in (outputs, expected):
        (found * goal).sum().backward()
    for one, other in pairs:
        torch.testing.assert_close(one.grad, other.grad, **TIGHT)


@pytest.mark.parametrize(("layers", "bidirectional"), [(1, False), (2, True), (3, False)])
def test_weights_survive_the_round_trip_and_layers_can_be_stacked(cell: Cell, layers: int, bidirectional: bool) -> None:
    options = {"num_layers": layers, "bidirectional": bidirectional, "batch_first": True}
    module = stacked_layer(cell, INPUTS, HIDDEN, **options).double()
    directions = 1 + bidirectional
    cells = [
        from_torch(module, number // directions, bool(number % directions)) for number in range(layers * directions)
    ]
    back, inputs = to_torch(cells, bidirectional), torch.randn(2, 4, INPUTS, dtype=torch.float64)
    assert all(torch.equal(back.state_dict()[name], weight) for name, weight in module.state_dict().items())
    outputs, _ = module(inputs)
    hidden = inputs
    for below in range(0, len(cells), directions):
        runs = [
            one.unroll(hidden, reverse=bool(position)) for position, one in enumerate(cells[below : below + directions])
        ]
        hidden = torch.cat([run.outputs for run in runs], dim=2)
    torch.testing.assert_close(outputs, hidden, **TIGHT)
    count = cell.count_parameters(INPUTS, HIDDEN) * directions
    count += (layers - 1) * directions * cell.count_parameters(directions * HIDDEN, HIDDEN)
    assert sum(weight.numel() for weight in module.parameters()) == count


# What the project does with a cell.


def test_the_parts_of_a_run_can_be_traced_and_held(network: LoadedModel) -> None:
    cell = CELLS.get(network.info.architecture)
    assert prove_text(network, TEXT, 1) < 1e-5
    for part in parts_of(cell.name):
        course = unit_course(network, TEXT, 0, 2, part)
        low, high = course.limits or (-np.inf, np.inf)
        assert (course.values >= low).all()
        assert (course.values <= high).all()
    for gate in [gate for gate in cell.gates if gate.is_switch]:
        held = ClampedModel(network.model, {0: Interventions(hold_gates={gate.name: 1.0})})
        assert not torch.equal(held(torch.tensor([[1, 2, 3]]))[0], network.model(torch.tensor([[1, 2, 3]]))[0])
    with pytest.raises(ConfigError, match="no gate 'valve'"):
        ClampedModel(network.model, {0: Interventions(hold_gates={"valve": 1.0})})


def test_the_tools_of_the_cells_page_work_on_it(network: LoadedModel) -> None:
    cell = CELLS.get(network.info.architecture)
    assert can_be_opened(network.info)
    reading = read_steps(network, TEXT)
    strand = reading.strands[1]
    proof = prove(network, TEXT, reading=reading)
    assert set(proof["part"]) == {part.name for part in cell.parts} | set(cell.gate_names)
    assert proof["difference"].max() < 1e-5
    assert f"against {cell.layer_name}:" in proof_sentence(proof, strand)
    step = unit_step(network, reading, 1, 4, 3)
    for part in cell.parts:
        assert step.values[part.letter] == pytest.approx(strand.parts[part.name][4, 3], abs=1e-6)
    lines = state_lines(cell, step.values)
    assert len(lines) == len([equation for equation in cell.equations if equation.latex])
    assert all(line.startswith(r"\begin{aligned}") for line in lines)
    for gate in step.sums.values():
        facts = {"biases": gate.input_bias + gate.hidden_bias, "from_hidden": gate.from_hidden, "reset": gate.reset}
        shown = sum_lines(cell.gate(gate.part), gate.terms, count=3, total=gate.total, value=gate.value, **facts)
        assert f"{gate.value:.3f}" in shown[-1]
    words = {name: f"{value:.2f}" for name, value in step.values.items()}
    words |= {f"{part}_percent": f"{100 * gate.value:.0f}" for part, gate in step.sums.items()}
    assert "{" not in cell.told.format(unit=3, **words)
    values = flows(network, reading, 1, 4, 3)
    wires = [trace for trace in as_plotly(cell_diagram(cell.name, values, mode="dark")).data if trace.mode == "lines"]
    assert len(wires) == len(cell.wiring.wires)
    for unit in (None, 2):
        found = follow_write(network, reading, 1, 3, unit)
        assert found.frame["by_gates"].iloc[0] == pytest.approx(1)
        assert "Half of the write is gone" in verdict(found)
        as_plotly(left_of_a_write(found.frame, title="Left", by_gates=cell.belt, kind=cell.name, mode="light"))
    closing = find_closing_gate(reading)
    assert closing is None or closing.part in cell.gate_names
    labels = part_words() | {"hidden": "h"}
    averages = gate_averages(strand, reading.tokens)
    gate_averages_lines(averages, labels, position=2, course=None, mode="light")
    saturation_scatter(saturation(strand), labels, unit=2, mode="dark")


@pytest.mark.parametrize("bidirectional", [False, True])
def test_its_layer_has_the_shapes_places_and_counts_that_are_shown(cell: Cell, bidirectional: bool) -> None:
    settings = LayerSettings(kind=cell.name, bidirectional=bidirectional, num_layers=2)
    found = measure_layer(settings)
    assert set(found.shapes) == {"input", "output"} | {f"{part.letter}_n" for part in cell.parts}
    assert all(position.is_equal != position.is_trap for position in found.positions)
    assert found.cell_difference < 1e-5
    assert found.parameters == found.formula
    exec(python_lines(settings), {"print": lambda *words: None})


def test_the_tools_of_the_gradients_page_work_on_it(cell: Cell, network: LoadedModel) -> None:
    settings = ChainSettings(length=12, hidden_size=6)
    chain = measure_chain(settings)
    assert f"of the {cell.title}'s" in chain_sentence(chain)
    rows = chain.curves[chain.curves["architecture"] == cell.name]
    assert np.isfinite(rows["log10_gain"]).all()
    assert (rows["log10_gain"] <= rows["distance"] * np.log10(chain_bound(settings, cell.name)) + 1e-9).all()
    kept = [measure_chain(ChainSettings(forget_bias=bias)).log10_gain(cell.name, 50) for bias in (0.0, 3.0)]
    assert kept[1] > kept[0] or not any(gate.start for gate in cell.gates), "gates start open"
    if network.info.architecture == cell.name:
        assert len(trained_chain(network, TEXT)) > len(TEXT)
        assert half_life(network, TINY_TEXT, 6, 0, 2, 2).frame["kl"].notna().all()


def test_its_trainability_can_be_foretold(cell: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.experiments.gradients import trainability

    settings = {"architecture": cell.name, "hidden_size": 4, "updates": 20}
    assert untrained_grid(TrainabilitySettings(**settings))["log10_gain"].notna().all()
    monkeypatch.setattr(trainability, "GAINS", (1.0,))
    monkeypatch.setattr(trainability, "LENGTHS", (3,))
    events = list(foretell(**settings))
    assert foretold_sentence(trainability.foretold_frame([event for event in events if event["kind"] == "run"]))


def test_it_stands_in_the_comparison(cell: Cell) -> None:
    kind = ARCHITECTURES.get(cell.name)
    assert (kind.look, kind.description) == (cell.look, cell.description)
    spec = RunSpec("adding", cell.name, length=5, seed=0, hidden_size=8, max_steps=2, batch_size=2, held_out=4)
    last = list(run_condition(spec))[-1]
    assert isinstance(last, RunRows)
    assert last.summary["architecture"] == cell.name
    own = state_table(8, 3).set_index("architecture").loc[cell.name]
    assert own["formula_bytes"] == own["measured_bytes"]


def test_its_card_names_it_and_its_colours_are_its_own(network: LoadedModel) -> None:
    cell = CELLS.get(network.info.architecture)
    assert f"8 {cell.long_name} units" in network.info.card_text
    style = theme.architecture_style(cell.name, "light")
    assert (style.label, style.colour) == (cell.title, cell.look.on_light)
    assert theme.architecture_mark(cell.name) == cell.look.mark


def test_every_kind_of_model_can_be_made_of_it(cell: Cell) -> None:
    ids, lengths = torch.tensor([[3, 4, 5, 0], [4, 3, 5, 6]]), torch.tensor([3, 4])
    classifier = Classifier(9, 6, 8, 1, cell.name).eval()
    translator = Translator(9, 6, 8, 1, 2, cell.name).eval()
    assert classifier(ids, lengths).shape == (2, 2)
    whole, _ = translator(ids, lengths, ids)
    state, rows = translator.start(ids, lengths), []
    for now in ids.unbind(1):
        logits, state = translator.step(now, state)
        rows.append(logits)
    torch.testing.assert_close(torch.stack(rows, dim=1), whole, atol=1e-5, rtol=1e-5)


def test_a_stored_model_reads_as_it_did(network: LoadedModel, tmp_path: Path) -> None:
    ids = torch.tensor([network.tokenizer.encode(TEXT)])
    again = load_model(network.info.path)
    assert torch.equal(again.model(ids)[0], network.model(ids)[0])
    state, rows = network.model.start(1), []
    for now in ids.unbind(1):
        logits, state = network.model.step(now, state)
        rows.append(logits)
    torch.testing.assert_close(torch.stack(rows, dim=1), network.model(ids)[0], atol=1e-5, rtol=1e-5)
