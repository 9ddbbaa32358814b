"""Tasks a network is measured by: made-up sequences with known answers, and three on real data."""

from engine.registry import discover
from engine.tasks.base import TASKS, Task, TaskBatch

discover(__name__)

__all__ = ["TASKS", "Task", "TaskBatch"]
