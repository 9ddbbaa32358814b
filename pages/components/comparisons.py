"""How the error of a task is counted in a race."""

from __future__ import annotations

from engine.tasks import TASKS, Task


def task_title(name: str) -> str:
    """Return how a task is called on the page."""
    return TASKS.get(name).title if name in TASKS.names() else name.replace("_", " ").capitalize()


def is_relative(task: Task | type[Task]) -> bool:
    """Return whether answers are numbers: never quite right, so their error is taken relative to a guess's."""
    return task.kind == "regression"


def memoryless_error(task: Task | type[Task], baseline_accuracy: float) -> float:
    """Return the error of the best guess without memory, as the charts of this task count errors (0 to 1)."""
    return 1.0 if is_relative(task) else 1 - baseline_accuracy
