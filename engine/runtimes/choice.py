"""Which runtime steps a model: measured once, in some 50 milliseconds, and remembered beside the exported graphs.

Weights of 8 bits stand for election only where they change what the model expects by less than `MAX_NATS`. What was
chosen is kept on disk, so that the same seed writes the same text after a restart. Where nothing is kept it is chosen
again in each process.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np

from engine.atomic import replaced_file
from engine.errors import ConfigError
from engine.runtimes.graph import Precision, step_graph
from engine.runtimes.numbers import NumpySteps
from engine.runtimes.program import FlatSteps, StepProgram
from engine.runtimes.session import OnnxSteps
from engine.streams import say

MEASURED_SECONDS = 0.05
STEPS_PER_TURN, FEWEST_TURNS = 3, 2  # short turns: the shortest of many is one that nothing disturbed
MAX_NATS = 0.001
TRIED_TOKENS = 256
SMALLEST_EXPORTED = 50_000  # numbers; a smaller step takes no longer in NumPy than a call of ONNX Runtime
FORMAT = 2  # another one where graphs are built differently
RUNTIMES = ("numpy", "onnx-float32", "onnx-int8")
OVERRIDE, CACHE = "UNROLLED_RUNTIME", "UNROLLED_CACHE"
REFERENCE = "torch"

_SAID: set[str] = set()
_CHOSEN: WeakValueDictionary[str, FlatSteps] = WeakValueDictionary()
_CHOOSING = threading.Lock()


def runtime_wanted() -> str:
    """Return the runtime that the environment variable `UNROLLED_RUNTIME` asks for, "" where it is to be chosen.

    Raises:
        ConfigError: there is none of that name.
    """
    wanted = os.environ.get(OVERRIDE, "")
    if wanted not in ("", REFERENCE, *RUNTIMES):
        raise ConfigError(f"{OVERRIDE} is {wanted!r}; it may be one of: {', '.join((REFERENCE, *RUNTIMES))}.")
    return wanted


def choose_steps(program: StepProgram) -> FlatSteps:
    """Return a program's steps on the runtime that is fastest here, or on the one that the environment asks for.

    While steps with the same weights are there they are given out again: whoever writes with a model, writes together.
    """
    if program.size < SMALLEST_EXPORTED:
        return _choose(program)
    key = f"{runtime_wanted()}-{program.fingerprint}"
    with _CHOOSING:
        steps = _CHOSEN.get(key)
        if steps is None:
            steps = _CHOSEN[key] = _choose(program)
        return steps


def _choose(program: StepProgram) -> FlatSteps:
    wanted = runtime_wanted()
    if wanted == "numpy" or (not wanted and program.size < SMALLEST_EXPORTED):
        return NumpySteps(program)
    if not is_installed():
        say_once("note: onnxruntime is not installed; texts are written with NumPy, some three times slower")
        return NumpySteps(program)
    try:
        return _choose_exported(program, wanted)
    except Exception as error:  # of onnx and onnxruntime, which raise kinds of their own: a slower text is still a text
        say_once(f"note: a step could not be exported to ONNX Runtime ({type(error).__name__}); NumPy runs it")
        return NumpySteps(program)


def is_installed() -> bool:
    """Return whether ONNX Runtime is there."""
    return importlib.util.find_spec("onnxruntime") is not None


def export_steps(program: StepProgram, precision: Precision, kept: _Kept | None = None) -> OnnxSteps:
    """Return a program's steps on ONNX Runtime in one precision, from the graph that is kept where there is one."""
    graph = step_graph(program, precision).SerializeToString() if kept is None else kept.graph(program, precision)
    return OnnxSteps(program, graph, precision)


def say_once(words: str) -> None:
    """Print one line on standard error, the first time it is asked for."""
    if words not in _SAID:
        _SAID.add(words)
        say(words)


def _choose_exported(program: StepProgram, wanted: str) -> FlatSteps:
    import onnxruntime

    kept = _Kept(f"{program.fingerprint}-{FORMAT}-{onnxruntime.__version__}")
    name = wanted or kept.choice()
    builders: dict[str, Callable[[], FlatSteps]] = {
        "numpy": lambda: NumpySteps(program),
        "onnx-float32": lambda: export_steps(program, "float32", kept),
        "onnx-int8": lambda: export_steps(program, "int8", kept),
    }
    if name:
        try:
            return builders[name]()
        except Exception:  # of onnxruntime: what is kept is damaged
            kept.forget()
    if name and name == wanted:
        return builders[name]()
    found = {name: build() for name, build in builders.items()}
    nats = added_nats(found["onnx-float32"], found["onnx-int8"], program.vocab_size)
    if nats > MAX_NATS:
        del found["onnx-int8"]
    seconds = step_seconds(list(found.values()), program.vocab_size)
    best = min(found, key=lambda name: seconds[list(found).index(name)])
    kept.keep_choice(best, dict(zip(found, seconds, strict=True)), nats)
    return found[best]


def step_seconds(steps: Sequence[FlatSteps], vocab_size: int, budget: float = MEASURED_SECONDS) -> list[float]:
    """Return the seconds of one step at batch 1 of each; they take turns, and the least time of each counts."""
    tokens = np.random.default_rng(0).integers(vocab_size, size=(16, STEPS_PER_TURN, 1))
    least = [float("inf")] * len(steps)
    states, until, turn = [each.start(1) for each in steps], time.perf_counter() + budget, 0
    while turn < FEWEST_TURNS or time.perf_counter() < until:
        for index, each in enumerate(steps):
            begun = time.perf_counter()
            for token in tokens[turn % len(tokens)]:
                _, states[index] = each.step(token, states[index])
            least[index] = min(least[index], (time.perf_counter() - begun) / STEPS_PER_TURN)
        turn += 1
    return least


def added_nats(reference: FlatSteps, other: FlatSteps, vocab_size: int) -> float:
    """Return the mean divergence KL(reference || other) in nats of what the two expect next, along a text that the
    reference writes: what the other would lose per token of it."""
    generator = np.random.default_rng(0)
    token_ids, total = np.zeros(1, dtype=np.int64), 0.0
    state, other_state = reference.start(1), other.start(1)
    for _ in range(TRIED_TOKENS):
        logits, state = reference.step(token_ids, state)
        other_logits, other_state = other.step(token_ids, other_state)
        expected, given = log_softmax(logits[0]), log_softmax(other_logits[0])
        chances = np.exp(expected)
        total += float((chances * (expected - given)).sum())
        token_ids = generator.choice(vocab_size, size=1, p=chances / chances.sum())
    return total / TRIED_TOKENS


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return log-probabilities (..., V) in double precision."""
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


class _Kept:
    """What is remembered of one step: its graphs, and which runtime was chosen on which processor.

    It lies in a folder of the user's and not in the model's own, whose every file belongs to the model.
    """

    def __init__(self, key: str) -> None:
        self.folder = cache_folder() / key
        self._choice = self.folder / "choice.json"

    def choice(self) -> str:
        """Return the runtime chosen on this processor, "" where none is remembered."""
        try:
            known = json.loads(self._choice.read_text(encoding="utf-8"))
            return known["runtime"] if known["machine"] == _machine() and known["runtime"] in RUNTIMES else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def forget(self) -> None:
        """Remove what is remembered."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep_choice(self, runtime: str, seconds: dict[str, float], nats: float) -> None:
        """Remember a choice, and what it was made from."""
        facts = {
            "machine": _machine(),
            "runtime": runtime,
            "microseconds": {name: round(1e6 * spent, 1) for name, spent in seconds.items()},
            "int8_added_nats": nats,
        }
        self._write(self._choice, json.dumps(facts, indent=1).encode())

    def graph(self, program: StepProgram, precision: Precision) -> bytes:
        """Return the step's ONNX model, built and kept where it is not there yet."""
        file = self.folder / f"step-{precision}.onnx"
        try:
            return file.read_bytes()
        except OSError:
            graph = step_graph(program, precision).SerializeToString()
            self._write(file, graph)
            return graph

    def _write(self, file: Path, content: bytes) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with replaced_file(file) as draft:
                draft.write_bytes(content)
        except OSError:  # a disk that is full or read-only: it is built again next time
            say_once(f"note: {cache_folder()} cannot be written to; steps are exported anew by every process")


def cache_folder() -> Path:
    """Return where exported steps are kept: `UNROLLED_CACHE`, else the user's cache folder."""
    if os.environ.get(CACHE):
        return Path(os.environ[CACHE]) / "steps"
    root = os.environ.get("XDG_CACHE_HOME") or (Path.home() / ".cache")
    return Path(root) / "unrolled" / "steps"


def _machine() -> str:
    """Return a word that changes with the processor, whose arithmetic and pace a choice depends on."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        return f"{names[0]} ({len(names)})"
    except (OSError, IndexError):
        return f"{platform.machine()} {platform.processor()}"
