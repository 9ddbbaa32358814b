"""What charts and sentences need to know about a task, without torch: a page of finished results trains nothing.

The words of a task that is not listed here are taken from its class, which does import torch. A test holds the words
here to those of the classes.
"""

from __future__ import annotations

import dataclasses

WRONG, LEFT, LOSS = "wrong", "left", "loss"  # what charts count as error
MEASURE_WORDS = {
    WRONG: "Wrong answers (%)",
    LEFT: "Error left (% of a guess)",
    LOSS: "Loss",
}


@dataclasses.dataclass(frozen=True)
class TaskFacts:
    """A task in words.

    Attributes:
        reads: what the network reads and is asked, for someone who has never heard of the task.
        family: "memory", "structure" or "real".
        measure: what counts as error: the share of wrong answers, the loss as a share of a guess's where answers are
            numbers and never quite right, or the loss itself where even the best prediction is often wrong.
        unit: what the loss is measured in.
    """

    name: str
    title: str
    reads: str
    length_words: str
    solved_text: str
    family: str = "memory"
    measure: str = WRONG
    unit: str = "nats per answer"

    @property
    def y_title(self) -> str:
        """The words for an axis of errors."""
        return f"Loss ({self.unit})" if self.measure == LOSS else MEASURE_WORDS[self.measure]


_KNOWN = {
    facts.name: facts
    for facts in (
        TaskFacts(
            "adding",
            "Adding problem",
            "The network reads a long row of random numbers between 0 and 1, two of them marked, and says the sum of "
            "the two at the very end. Everything else must be ignored.",
            "numbers in the sequence",
            "mean squared error below 0.001 on held-out sequences",
            measure=LEFT,
            unit="mean squared error",
        ),
        TaskFacts(
            "copying",
            "Copying memory",
            "The network reads ten symbols, then nothing for a long while, then a signal; now it must repeat all ten "
            "in order.",
            "steps to wait before the answer",
            "at least 99 % of the ten symbols right on held-out sequences",
        ),
        TaskFacts(
            "delayed_recall",
            "Delayed recall",
            "The network reads one symbol, then a row of distracting ones, then a question mark; now it must name the "
            "first.",
            "distractors before the question",
            "at least 99 % of held-out sequences answered right",
        ),
        TaskFacts(
            "temporal_order",
            "Temporal order",
            "Among many distracting symbols two count, each an X or a Y. At the end the network must name the pair, "
            "in the order it came.",
            "symbols before the question",
            "at least 99 % of held-out sequences answered right",
            family="structure",
        ),
        TaskFacts(
            "parity",
            "Parity",
            "The network reads random bits and must say after each whether the number of ones has been odd or even. A "
            "single bit overlooked turns every later answer round; errors are counted after the last one.",
            "bits in the sequence",
            "at least 99 % of held-out sequences answered right after their last bit",
            family="structure",
        ),
        TaskFacts(
            "brackets",
            "Nested brackets",
            "The network reads brackets of several kinds, nested as in a formula; every closing one looks the same, "
            "and the network must say which kind it closes.",
            "brackets in the sequence",
            "at least 99 % of the closing brackets in held-out sequences right",
            family="structure",
        ),
        TaskFacts(
            "digits",
            "Digits, pixel by pixel",
            "The network reads a handwritten digit one pixel at a time, row by row, and must name it after the last "
            "pixel.",
            "pixels of the picture",
            "at least 95 % of the 300 held-out digits right",
            family="real",
        ),
        TaskFacts(
            "characters",
            "Next character",
            "The network reads a stretch of real text and must say at every place which character comes next. Nothing "
            "before the stretch is known, so its length is the longest context there can be.",
            "characters of context",
            "a lower loss than counting which character follows which two others in the training text (Kneser-Ney "
            "trigram)",
            family="real",
            measure=LOSS,
            unit="nats per character",
        ),
        TaskFacts(
            "sentences",
            "Positive or negative",
            "The network reads the first words of a sentence about a film and must say at the end whether it is "
            "positive or negative.",
            "words of the sentence that are read",
            "more held-out sentences right than naive Bayes, which counts words and knows no order",
            family="real",
        ),
    )
}


def known_tasks() -> tuple[str, ...]:
    """Return the tasks whose words stand here."""
    return tuple(_KNOWN)


def task_title(name: str) -> str:
    """Return how a task is called on a page."""
    return task_facts(name).title


def task_facts(name: str) -> TaskFacts:
    """Return what is known about a task; of one that is not known at all, its name."""
    return _KNOWN[name] if name in _KNOWN else _of_class(name)


def _of_class(name: str) -> TaskFacts:
    from engine.errors import ConfigError
    from engine.tasks import TASKS

    try:
        task = TASKS.get(name)
    except ConfigError:
        return TaskFacts(name, name.replace("_", " ").capitalize(), "", "length of the sequence", "as its recipe says")
    is_of_numbers = task.kind == "regression"
    return TaskFacts(
        name,
        task.title,
        task.question,
        task.length_words,
        task.solved_text,
        family=getattr(task, "family", "memory"),
        measure=LEFT if is_of_numbers else WRONG,
        unit="mean squared error" if is_of_numbers else "nats per answer",
    )
