"""Every question of the course, as the shipped networks answer it."""

from __future__ import annotations

import functools
import math

import pytest

from engine.cells import CELLS
from engine.inspection.cells.steps import read_steps
from engine.inspection.gradients.chain import KEY_DISTANCE, ChainSettings, measure_chain
from engine.lessons.course import forgetting, one_cell
from engine.lessons.lesson import LESSONS, Problem, Question, judge
from engine.models.folder import LoadedModel, load_model

PROBLEMS = {
    f"{lesson.key(step)}-{number}": problem
    for _, lesson in LESSONS.items()
    for step in lesson.steps
    for number, problem in enumerate(step.problems)
}


@functools.cache
def network(name: str) -> LoadedModel:
    """Return a shipped model, read once."""
    return load_model(name)


def ask(problem: Problem) -> Question:
    """Return the question of a problem."""
    if problem.table:
        from engine.experiments.runs.results import load_results

        return problem.pose(load_results(problem.table), *problem.arguments)
    given = [network(problem.model)] if problem.model else []
    return problem.pose(*given, *problem.arguments)


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_question_can_be_answered_and_missed(name: str) -> None:
    question = ask(PROBLEMS[name])
    assert question.ask.endswith("?")
    assert question.why.endswith(".")
    if question.is_number:
        assert math.isfinite(question.answer)
        assert question.tolerance > 0
        wrong = str(question.answer + 2 * question.tolerance)
    else:
        assert not question.options or question.answer in question.options
        wrong = next((option for option in question.options if option != question.answer), "something else")
    right = judge(question, str(question.answer))
    assert right.is_right
    assert right.sentence == f"Right. {question.tell}"
    assert not judge(question, wrong).is_right


@pytest.mark.parametrize("name", [name for name in PROBLEMS if name.startswith("one_cell")])
def test_the_cell_by_hand_is_what_the_network_computes(name: str) -> None:
    """The answer is the value of the reading, and the numbers of the question give it."""
    problem = PROBLEMS[name]
    position, unit = problem.arguments
    parts = read_steps(network(problem.model), one_cell.TEXT).strands[0].parts
    values = {part: float(each[position, unit]) for part, each in parts.items()}
    before = float(parts["cell"][position - 1, unit]) if "cell" in parts else 0.0
    expected = {
        one_cell.squash: lambda: values["hidden"],
        one_cell.keep: lambda: values["forget_gate"] * before,
        one_cell.write: lambda: values["forget_gate"] * before + values["input_gate"] * values["cell_candidate"],
        one_cell.show_out: lambda: values["output_gate"] * math.tanh(values["cell"]),
    }[problem.pose]()
    assert ask(problem).answer == pytest.approx(expected, abs=1e-5)


def test_what_is_left_is_named_by_powers_of_ten() -> None:
    for settings in (ChainSettings(), ChainSettings(matrix="orthogonal"), ChainSettings(forget_bias=0.0)):
        for architecture in ("rnn", "lstm"):
            power = measure_chain(settings).log10_gain(architecture, KEY_DISTANCE)
            answer = forgetting.left_over(architecture, settings).answer
            lows = dict(zip(forgetting.LEFT, (*forgetting.BOUNDS, -math.inf), strict=True))
            highs = dict(zip(forgetting.LEFT, (math.inf, *forgetting.BOUNDS), strict=True))
            assert lows[answer] <= power < highs[answer]


@pytest.mark.parametrize("matrix", ["default", "orthogonal"])
def test_at_the_edge_the_gradient_is_as_large_as_at_the_end(matrix: str) -> None:
    question = forgetting.edge(matrix)
    bounds = question.until["chain_gain"]
    powers = [
        measure_chain(ChainSettings(matrix=matrix, gain=gain)).log10_gain("rnn", 60)
        for gain in (bounds.low, question.answer, bounds.high)
    ]
    assert powers[0] < powers[1] < powers[2]
    assert abs(powers[1]) < 0.3


@pytest.mark.parametrize("architecture", CELLS.names())
def test_a_forget_bias_is_said_of_cells_whose_gates_start_with_one(architecture: str) -> None:
    asked = forgetting.left_over(architecture, ChainSettings()).ask
    assert ("a forget bias of 3" in asked) == any(gate.start for gate in CELLS.get(architecture).gates)
