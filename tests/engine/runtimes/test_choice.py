"""Which runtime is chosen, what is remembered of it, and that a text is written whatever is missing."""

from __future__ import annotations

import gc
import importlib.util
import json
import sys
from weakref import WeakValueDictionary

import numpy as np
import pytest
from safetensors.numpy import save_file

from engine.errors import ConfigError, ModelError
from engine.runtimes import choice
from engine.runtimes.choice import choose_steps, step_seconds
from engine.runtimes.numbers import NumpySteps
from engine.runtimes.program import StepProgram, build_program, read_program
from engine.runtimes.session import OnnxSteps

CONFIG = {"cell": "lstm", "embedding_dim": 8, "hidden_size": 96, "num_layers": 2, "residual": True}
VOCAB = 11


def weights(scale: float = 0.1, **changed) -> dict[str, np.ndarray]:
    generator, hidden = np.random.default_rng(0), CONFIG["hidden_size"]
    shapes = {"embedding.weight": (VOCAB, 8), "output.weight": (VOCAB, hidden), "output_bias": (VOCAB,)}
    for layer, size in enumerate((8, hidden)):
        shapes |= {
            f"layers.{layer}.weight_ih_l0": (4 * hidden, size),
            f"layers.{layer}.weight_hh_l0": (4 * hidden, hidden),
            f"layers.{layer}.bias_ih_l0": (4 * hidden,),
            f"layers.{layer}.bias_hh_l0": (4 * hidden,),
        }
    return {name: generator.normal(size=shape) * scale for name, shape in shapes.items()} | changed


def program(**changed) -> StepProgram:
    found = build_program("language_model", CONFIG, weights(**changed))
    assert found is not None
    return found


class _Forgetful(dict):
    """Holds no steps: every choice is one of its own."""

    def __setitem__(self, key, value) -> None:
        pass


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Return an empty cache of steps; nothing has been said yet."""
    monkeypatch.setenv(choice.CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(choice.OVERRIDE, raising=False)
    monkeypatch.setattr(choice, "_SAID", set())
    monkeypatch.setattr(choice, "_CHOSEN", _Forgetful())
    return tmp_path / "cache" / "steps"


def slow_down(monkeypatch, *slow: str) -> None:
    """Let the measurement find these runtimes slow."""
    monkeypatch.setattr(
        choice, "step_seconds", lambda steps, vocab_size: [1.0 if each.runtime in slow else 0.1 for each in steps]
    )


def test_the_fastest_is_chosen_once_and_remembered_with_its_graphs(own_cache, monkeypatch):
    slow_down(monkeypatch, "numpy", "onnx-int8")
    assert choose_steps(program()).runtime == "onnx-float32"
    (folder,) = own_cache.iterdir()
    assert {file.name for file in folder.iterdir()} == {"choice.json", "step-float32.onnx", "step-int8.onnx"}
    slow_down(monkeypatch, "onnx-float32")
    assert choose_steps(program()).runtime == "onnx-float32", "the same seed writes the same text after a restart"
    assert choose_steps(program(scale=0.11)).runtime != "onnx-float32", "other weights are measured anew"
    facts = json.loads((folder / "choice.json").read_text())
    (folder / "choice.json").write_text(json.dumps(facts | {"machine": "another"}))
    assert choose_steps(program()).runtime != "onnx-float32", "so is another processor"


def test_the_same_weights_share_their_steps_while_they_are_there(monkeypatch):
    monkeypatch.setattr(choice, "_CHOSEN", WeakValueDictionary())
    steps = choose_steps(program())
    assert choose_steps(program()) is steps
    assert choose_steps(program(scale=0.12)) is not steps
    monkeypatch.setenv(choice.OVERRIDE, "numpy")
    assert choose_steps(program()) is not steps
    del steps
    gc.collect()
    assert not choice._CHOSEN


def test_weights_of_8_bits_that_cost_too_much_are_not_chosen(monkeypatch):
    slow_down(monkeypatch, "numpy", "onnx-float32")
    assert choose_steps(program()).runtime == "onnx-int8"
    monkeypatch.setattr(choice, "MAX_NATS", 0.0)
    assert choose_steps(program(scale=0.12)).runtime != "onnx-int8"


def test_the_environment_may_ask_for_a_runtime(monkeypatch):
    for runtime in choice.RUNTIMES:
        monkeypatch.setenv(choice.OVERRIDE, runtime)
        assert choose_steps(program()).runtime == runtime
    monkeypatch.setenv(choice.OVERRIDE, "gpu")
    with pytest.raises(ConfigError, match="one of: torch, numpy, onnx-float32, onnx-int8"):
        choose_steps(program())


@pytest.mark.parametrize("missing", ["onnxruntime", "onnx"])
def test_without_the_runtime_numpy_writes_and_says_so_once(missing, monkeypatch, capsys):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == missing else find(name, *rest))
    monkeypatch.setitem(sys.modules, missing, None)
    for _ in range(2):
        assert isinstance(choose_steps(program()), NumpySteps)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("note: ")


def test_a_damaged_graph_or_note_is_made_anew(own_cache, monkeypatch):
    slow_down(monkeypatch, "numpy")
    first = choose_steps(program())
    (folder,) = own_cache.iterdir()
    (folder / "choice.json").write_text("{")
    assert choose_steps(program()).runtime == first.runtime
    for file in folder.glob("*.onnx"):
        file.write_bytes(b"cut short")
    assert choose_steps(program()).runtime == first.runtime
    assert all(len(file.read_bytes()) > 1000 for file in folder.glob(f"*{first.runtime.removeprefix('onnx-')}.onnx"))


def test_where_nothing_can_be_kept_it_is_chosen_again_and_said_once(own_cache, monkeypatch, capsys):
    own_cache.parent.mkdir(parents=True)
    own_cache.write_text("no folder")
    slow_down(monkeypatch, "numpy")
    assert isinstance(choose_steps(program()), OnnxSteps)
    assert isinstance(choose_steps(program()), OnnxSteps)
    assert capsys.readouterr().err.count("cannot be written to") == 1


def test_a_small_step_is_left_to_numpy(own_cache):
    small = build_program(
        "language_model",
        CONFIG | {"hidden_size": 2, "num_layers": 1},
        {
            "embedding.weight": np.zeros((3, 8)),
            "output.weight": np.zeros((3, 2)),
            "output_bias": np.zeros(3),
            "layers.0.weight_ih_l0": np.zeros((8, 8)),
            "layers.0.weight_hh_l0": np.zeros((8, 2)),
            "layers.0.bias_ih_l0": np.zeros(8),
            "layers.0.bias_hh_l0": np.zeros(8),
        },
    )
    assert isinstance(choose_steps(small), NumpySteps)
    assert not own_cache.exists()


def test_one_thread_steps_and_none_of_it_spins():
    import onnxruntime

    steps = OnnxSteps(program(), choice.step_graph(program()).SerializeToString(), "float32")
    options = steps.session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
    assert options.execution_mode == onnxruntime.ExecutionMode.ORT_SEQUENTIAL


def test_measuring_takes_about_as_long_as_it_may():
    steps = [NumpySteps(program()), NumpySteps(program(scale=0.2))]
    seconds = step_seconds(steps, VOCAB, budget=0.02)
    assert len(seconds) == 2
    assert all(0 < spent < 0.02 for spent in seconds)


def test_what_is_no_step_of_its_arguments_is_refused():
    assert build_program("ngram", CONFIG, {}) is None
    with pytest.raises(ModelError, match="damaged or do not fit"):
        program(**{"output_bias": np.zeros(VOCAB + 1)})
    with pytest.raises(ModelError, match="damaged or do not fit"):
        program(**{"layers.1.weight_hh_l0": np.zeros((7, 7))})


def test_a_folder_whose_weights_are_no_numbers_is_refused(tmp_path):
    save_file(weights(output_bias=np.full(VOCAB, np.nan)), tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match=r"not finite numbers \(output_bias\): train it again"):
        read_program(tmp_path, CONFIG | {"model": "language_model"})
    (tmp_path / "model.safetensors").write_bytes(b"cut short")
    with pytest.raises(ModelError, match="damaged"):
        read_program(tmp_path, CONFIG | {"model": "language_model"})
    assert read_program(tmp_path, {"model": "ngram"}) is None
