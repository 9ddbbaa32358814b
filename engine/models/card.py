"""Model cards: the README.md of a model folder, written from its stored facts and measured metrics only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.cells import CELLS
from engine.config import JsonObject
from engine.task_family import TASK_FAMILIES, Metric

_WHEN = ("step", "elapsed_seconds")  # of an evaluation; the rest was measured
_ACTIVE = re.compile(r"([\[\]<`])")


def usage_lines(name: str, config: JsonObject) -> str:
    """Return the three lines of Python that load and use a model."""
    corpus = next(iter(config.get("corpora") or [""]))
    return TASK_FAMILIES.get(config["task"]).example.format(name=name, corpus=corpus)


def usage_command(name: str, config: JsonObject) -> str:
    """Return the command line that uses a model."""
    example = TASK_FAMILIES.get(config["task"]).command_example
    return (example if isinstance(example, str) else example(config)).format(name=name)


def write_card(name: str, config: JsonObject) -> str:
    """Return the card of the model `name` as Markdown with a YAML head, from its config.json."""
    family, training, metrics = TASK_FAMILIES.get(config["task"]), config.get("training", {}), config.get("metrics", {})
    words = family.models[config["model"]]
    parts = [
        _head(config),
        f"# {harmless(config['title'])}",
        f"{config['parameters']:,} {words.counted}. {words.architecture(config)}",
        "## Measured",
        _metrics_table(name, family.metrics, metrics),
        "" if metrics else _validated(training),
        family.published(config, metrics),
        "## Use",
        f"```python\n{usage_lines(name, config)}\n```",
        f"```sh\n{usage_command(name, config)}\n```",
        "## Training",
        _training(training),
        _data(config),
        "## Limits",
        family.limits,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def cell_words(cell: str) -> str:
    """Return what a card calls the cell of a recurrent layer."""
    return CELLS.get(cell).long_name if cell in CELLS.names() else cell


def _head(config: JsonObject) -> str:
    family = TASK_FAMILIES.get(config["task"])
    lines = ["---", "library_name: unrolled", f"pipeline_tag: {family.pipeline_tag}"]
    languages = [f"- {language}" for language in family.languages(config)]
    lines += ["language:", *languages] if languages else []
    lines += ["tags:", f"- {config['cell']}"]
    lines += ["- recurrent-neural-network"] * bool(config.get("hidden_size")) + ["---"]
    return "\n".join(lines)


def _metrics_table(name: str, known: Sequence[Metric], metrics: JsonObject) -> str:
    if not metrics:
        return f"Not measured yet: run `python -m engine evaluate --model {name}`."
    rows = [
        f"| {metric.words} | {metrics[metric.name]} | {metric.better} |" for metric in known if metric.name in metrics
    ]
    table = "\n".join(["| measure | value | |", "| --- | ---: | --- |", *rows])
    # The corpus a model is judged by comes first; its keys have no prefix.
    named = sorted((key for key in metrics if key.endswith("test_set")), key=len)
    sets = {key.removesuffix("test_set"): metrics[key] for key in named}
    kinds = {"": "sacreBLEU signature", "chrf_": "Of chrF", "ter_": "Of TER"}
    signatures = {
        f"{prefix}{kind}signature": f"{said} on {words}"
        for prefix, words in sets.items()
        for kind, said in kinds.items()
        if f"{prefix}{kind}signature" in metrics
    }
    return (
        f"{table}\n\nOn {' and '.join(sets.values())}, by `python -m engine evaluate --model {name}` on "
        f"{metrics['measured_on']} ({metrics['hardware']}, commit {metrics['commit']}). "
        + " ".join(f"{words}: `{metrics[key]}`." for key, words in signatures.items())
    ).rstrip()


def _validated(training: JsonObject) -> str:
    """Return the sentence on what was measured while the weights that were kept were learnt, "" where nothing was."""
    measured = {each["step"]: each for each in training.get("evaluations") or []}
    best = measured.get(training.get("best_step"), {})
    numbers = [f"{name.replace('_', ' ')} {best[name]:.4g}" for name in sorted(best) if name not in _WHEN]
    if not numbers:
        return ""
    return f"On the validation data of its training, at update {best['step']:,}: {', '.join(numbers)}."


def corpora_behind(config: JsonObject) -> list[str]:
    """Return the names of all corpora that a model's weights were learnt from, those of an earlier training too."""
    before = (config.get("training") or {}).get("started_from") or {}
    return list(dict.fromkeys([*(config.get("corpora") or []), *(before.get("corpora") or [])]))


def _data(config: JsonObject) -> str:
    """Return the section on origin and licence of what the model learnt from, "" where nothing is known of that."""
    from engine.corpora import terms_of, weights_terms_of  # a third of the time in which a command starts

    names, own = corpora_behind(config), (config.get("training") or {}).get("sources") or []
    lines = terms_of(names) + [harmless(source["terms"]) for source in own if source.get("terms")]
    if weights := weights_terms_of(names):
        lines.append(f"The weights: {weights}")
    if terms := config.get("terms"):
        lines.append(harmless(f"The network: {terms['origin'].rstrip('.')}. Licence: {terms['licence'].rstrip('.')}."))
    return "\n".join(["## Data and licence\n", *(f"- {line}" for line in dict.fromkeys(lines))]) if lines else ""


def harmless(text: str) -> str:
    """Return a visitor's words so that no link, picture or HTML can hide in them where Markdown is drawn."""
    return _ACTIVE.sub(r"\\\1", text)


def _training(training: JsonObject) -> str:
    if not training:
        return ""
    sources = harmless(" ".join(source["sentence"] for source in training["sources"]))
    if not training["steps"]:  # made by counting
        return (
            f"```sh\n{training['command']}\n```\n\nCounted in one pass on {training['hardware']}, commit "
            f"{training['commit']}, "
            f"{training['date']}. {sources}"
        )
    before = training.get("started_from")
    first = (
        f" It goes on from what `{before['command']}` had made before, with {before['steps']:,} updates in "
        f"{before['minutes']} minutes"
        + (
            f"; the weights kept are {training['start_share']:.0%} those of before."
            if training.get("start_share")
            else "."
        )
        if before
        else ""
    )
    precision = f", in {training['precision']}" if training.get("precision") else ""
    share = (
        f" The matrix products of an update ran at {training['share_of_matrix_limit']:.0%} of the rate that this "
        "machine reaches with nothing but large products in that number format."
        if training.get("share_of_matrix_limit")
        else ""
    )
    return (
        f"```sh\n{training['command']}\n```\n\n{training['steps']:,} updates in {training['minutes']} minutes on "
        f"{training['hardware']}{precision}, torch {training['torch']}, seed {training['settings']['seed']}, commit "
        f"{training['commit']}, "
        f"{training['date']}; the weights are those of update {training['best_step']:,}, the best on validation "
        f"data.{share}{first} {sources}"
    )
