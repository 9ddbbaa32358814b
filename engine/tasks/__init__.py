"""Synthetic tasks with known answers: sequences of any length whose only difficulty is to remember."""

from engine.registry import discover
from engine.tasks.base import TASKS, Task, TaskBatch

discover(__name__)

__all__ = ["TASKS", "Task", "TaskBatch"]
