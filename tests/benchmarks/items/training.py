"""Updates of the shipped networks at their recipes' sizes, beside a textbook loop and the machine's matrix products.

The data are random numbers of usual lengths: what an update costs depends on their sizes alone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial

import torch
from torch import nn

from engine.models.folder import load_model
from engine.models.language_model import LanguageModel
from engine.recipes import RECIPES
from engine.training import Objective, StepDone, Trainer, TrainingSettings
from engine.training.classification import ClassificationObjective, LabelledTexts
from engine.training.language_modelling import LanguageModellingObjective
from engine.training.matrix_limit import count_operations
from engine.training.precision import faster_precision
from engine.training.tagging import TaggingObjective
from engine.training.translation import TranslationObjective
from tests.benchmarks.machine_limits import both_products
from tests.benchmarks.plain_training import textbook_updates
from tests.benchmarks.turns import Contest, Take, Unavailable, item, timed
from tests.benchmarks.visitor import is_machine_busy

ENDLESS = 1_000_000
TEXTBOOK, ONE_THREAD = "textbook loop, float32", "Unrolled on one thread"
SMALL = "an LSTM of 192 units"
PAIR_LENGTH = 14

Built = tuple[nn.Module, Objective]


def _draw() -> torch.Generator:
    return torch.Generator().manual_seed(1)


def _ids(size: tuple[int, ...], vocab_size: int) -> list:
    return torch.randint(3, vocab_size, size, generator=_draw()).tolist()


def _language_model(name: str) -> Built:
    recipe = RECIPES.get(name)
    objective = LanguageModellingObjective(_ids((40_000,), 60), [1, 2, 3], recipe.batch_size, recipe.bptt_length)
    return load_model(name).model, objective


def _translator(name: str) -> Built:
    model = load_model(name).model
    sides = _ids((400, 2, PAIR_LENGTH), model.embedding.num_embeddings)
    pairs = [(source, target) for source, target in sides]
    sizes = {"batch_tokens": RECIPES.get(name).batch_tokens, "max_steps": ENDLESS}
    return model, TranslationObjective(pairs, pairs[:1], bos_id=1, eos_id=2, pad_id=0, **sizes)


def _classifier(name: str) -> Built:
    model = load_model(name).model
    vocab_size = model.embedding.num_embeddings
    texts = LabelledTexts(_ids((2_000, 20), vocab_size), torch.randint(2, (2_000,), generator=_draw()).tolist())
    none, batch_size = torch.zeros(vocab_size), RECIPES.get(name).batch_size
    hides_nothing = {"form_ids": none.long(), "word_dropout": none}
    return model, ClassificationObjective(texts, texts, batch_size=batch_size, **hides_nothing)


def _tagger(name: str) -> Built:
    loaded = load_model(name)
    words = [[f"word{number}" for number in row] for row in _ids((400, 20), 900)]
    tags = [["O"] * 20 for _ in words]
    train, validation = (words, tags), (words[:1], tags[:1])
    sizes = {"batch_words": RECIPES.get(name).batch_words}
    return loaded.model, TaggingObjective(train, validation, loaded.tokenizer, loaded.model.labels, **sizes)


def _small() -> Built:
    model = LanguageModel(60, embedding_dim=64, cell="lstm", hidden_size=192, num_layers=1)
    return model, LanguageModellingObjective(_ids((20_000,), 60), [1, 2, 3], 32, 64)


BUILDS: dict[str, Callable[[], Built]] = {
    SMALL: _small,
    **{name: partial(_language_model, name) for name in ("shakespeare-lstm", "shakespeare-gru")},
    "en-fr-attention": partial(_translator, "en-fr-attention"),
    "sst2-bilstm": partial(_classifier, "sst2-bilstm"),
    "gmb-bilstm-crf": partial(_tagger, "gmb-bilstm-crf"),
}
LARGE = ("shakespeare-lstm", "en-fr-attention")  # whose updates all cores share


def name_of(network: str) -> str:
    """Return what the item of a network's updates is called."""
    return f"training {network}, one thread"


def on_all_cores(network: str) -> str:
    """Return what the item of a network's updates on all cores is called."""
    return f"training {network}, all cores"


def our_updates(model: nn.Module, objective: Objective, updates: int, precision: str) -> Callable[[], None]:
    """Return what has the trainer make so many updates."""
    settings = TrainingSettings(
        max_steps=ENDLESS, evaluate_every=ENDLESS, checkpoint_every=0, log_every=updates, precision=precision
    )
    events = Trainer(model, objective, settings).run()

    def work() -> None:
        while not isinstance(next(events), StepDone):
            pass

    return work


def _operations(model: nn.Module, objective: Objective) -> float:
    """Return the operations of an update's matrix products."""
    model.train()
    found = count_operations(lambda: objective.loss(model, objective.batch(0), None)[0].backward())
    model.zero_grad()
    return found


def _one_thread(build: Callable[[], Built]) -> Contest:
    model, objective = build()
    precision, operations = faster_precision(model, objective), _operations(model, objective)
    updates = 6 if operations < 1e10 else 1
    return Contest.between(
        timed(our_updates(model, objective, updates, precision), updates),
        {TEXTBOOK: timed(textbook_updates(*build(), updates), updates)},
        both_products(operations),
        note=f"{precision} chosen",
    )


def _all_cores(build: Callable[[], Built]) -> Contest:
    cores = os.cpu_count() or 1
    if cores < 2:
        raise Unavailable("this machine has one core")
    if is_machine_busy():
        raise Unavailable("the machine is busy with other work, whose threads ours would wait for")

    def with_threads(count: int, work: Callable[[], None]) -> Take:
        def run() -> None:
            torch.set_num_threads(count)
            work()

        return timed(run, clock=time.perf_counter)

    model, objective = build()
    precision = faster_precision(model, objective)
    return Contest.between(
        with_threads(cores, our_updates(model, objective, 1, precision)),
        {
            TEXTBOOK: with_threads(cores, textbook_updates(*build(), 1)),
            ONE_THREAD: with_threads(1, our_updates(*build(), 1, precision)),
        },
        note=f"{precision} chosen, {cores} threads",
    )


for _network, _build in BUILDS.items():
    item("training", name_of(_network), "update")(partial(_one_thread, _build))
for _network in LARGE:
    item("training", on_all_cores(_network), "update", most_rounds=8)(partial(_all_cores, BUILDS[_network]))
