"""Steps on ONNX Runtime: one thread, which is the caller's own, and nothing that spins beside torch's."""

from __future__ import annotations

import numpy as np

from engine.runtimes.graph import Precision
from engine.runtimes.program import FlatSteps, StepProgram


class OnnxSteps(FlatSteps):
    """The step protocol of a program's graph, given as the bytes of its ONNX model."""

    def __init__(self, program: StepProgram, graph: bytes, precision: Precision) -> None:
        import onnxruntime

        super().__init__(program)
        self.runtime = f"onnx-{precision}"
        self.is_exact_in_batches = precision == "int8"  # whole numbers add up to the same in any order
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def step(self, token_ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read one token per text, (B,); return the next token's logits (B, V) and the new state (B, S)."""
        return self.session.run(("logits", "new_state"), {"token_ids": token_ids, "state": state})
