"""The command line: the same calls the pages make. Scripts depend on its options and output."""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, make_dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from engine.atomic import check_file, check_folder
from engine.command_options import ModelOption, add_options, describe_settings, read_options, what_may_be_typed
from engine.config import option
from engine.console import DELAY_SECONDS, show_shares
from engine.errors import ConfigError, DataError, EngineError, InputError, RunsFailedError, TrainingError
from engine.exchange.commands import COMMANDS as EXCHANGE
from engine.runs.command import RUNS
from engine.streams import close_output, prepare_streams, say
from engine.task_family import TASK_FAMILIES, Command, ResultTable, in_order
from engine.wording import listing

if TYPE_CHECKING:
    from engine.experiments.sweeps.sweep import SweepPlanned

EXIT_FAILED = 1
EXIT_BAD_INPUT = 2
EXIT_STOPPED = 130
EXIT_CODES = {
    0: "everything was done",
    EXIT_FAILED: "what was begun could not be done as a whole: a line of a batch that cannot be read, a training that "
    "diverged, a run of a comparison that failed",
    EXIT_BAD_INPUT: "nothing was done: an option, a file, a model, a place or a cluster is wrong, and one line on "
    "standard error says what",
    EXIT_STOPPED: "stopped with Ctrl+C; what is finished is kept",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code, one of `EXIT_CODES`; what is wrong is one readable line on stderr."""
    prepare_streams()
    try:
        options = build_parser().parse_args(arguments)
        if sys.stdout is None:
            raise InputError("Standard output is closed: nothing could be printed.")
        code = options.run(options) or 0
        sys.stdout.flush()
    except SystemExit:  # argparse has printed help, or what is wrong
        close_output()
        raise
    except KeyboardInterrupt:
        say("stopped")
        code = EXIT_STOPPED
    except BrokenPipeError:  # whoever reads has enough, as `head`
        code = 0
    except (TrainingError, RunsFailedError) as error:
        code = _refuse(error, EXIT_FAILED)
    except (EngineError, OSError) as error:  # OSError: a place named on the command line cannot be read or written
        code = _refuse(error, EXIT_BAD_INPUT)
    close_output()
    return code


def _refuse(error: Exception, code: int) -> int:
    words = str(error)
    if isinstance(error, OSError) and error.strerror:
        words = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    say(f"error: {words}")
    return code


class _Parser(argparse.ArgumentParser):
    """Answers a wrong option with one line instead of the whole usage, and says in its help what takes an import to
    find out, which costs nothing before help is asked for."""

    command: Command | None = None
    models: Callable[[], list[str]] | None = None

    def format_help(self) -> str:
        """Return options, allowed values and examples; of the program itself, the exit codes."""
        parts = [super().format_help()]
        if self.command is None:
            parts += ["exit codes:", *(f"  {code:<4} {words}" for code, words in EXIT_CODES.items())]
            return "\n".join(parts) + "\n"
        lists = list(what_may_be_typed(self.command.settings))
        lists += [("--model", self.models())] if self.models else []
        for flag, values in lists:
            is_short = all(" " not in value for value in values)
            told = textwrap.wrap(", ".join(values), 100, break_on_hyphens=False) if is_short else values
            parts += [f"what {flag} may be:" if is_short else f"what may stand after {flag}:", *_indented(told), ""]
        return (
            "\n".join([*parts, "examples:", *(f"  python -m engine {line}" for line in self.command.examples)]) + "\n"
        )

    def error(self, message: str) -> NoReturn:
        say(f"error: {message} (try {self.prog} --help)")
        raise SystemExit(EXIT_BAD_INPUT)


def _recipes() -> list[str]:
    from engine.recipes import RECIPES

    return RECIPES.names()


def _comparisons() -> list[str]:
    from engine.experiments.recipes import COMPARISONS

    return COMPARISONS.names()


def _corpora() -> list[str]:
    from engine.corpora import CORPORA

    return CORPORA.names()


def _training_settings() -> list[str]:
    from engine.training import TrainingSettings

    return describe_settings(TrainingSettings)


def _models(task: str = "") -> list[str]:
    """Return the names of the models that can be used, of one task or of all."""
    from engine.models.folder import list_models

    return [info.name for info in list_models() if not info.error and info.task in (task, "" if task else info.task)]


@dataclass(frozen=True)
class ListModels:
    """How the shipped models are listed."""

    json: bool = option(False, help="one JSON list instead of a table")


@dataclass(frozen=True, kw_only=True)
class Train:
    """Which recipe is trained, and where what comes of it lies."""

    recipe: str = option(help="name of a recipe, or a file NAME.json that holds one", lines=_recipes)
    output: str = option(help="folder of the model, a new one unless one of the next two is given", metavar="DIR")
    resume: bool = option(False, help="go on from the checkpoint in DIR")
    overwrite: bool = option(False, help="begin anew in a DIR that holds a run; its checkpoint is lost at once")
    set: tuple[str, ...] = option(
        (),
        help="change one training setting of the recipe; may be given several times",
        metavar="SETTING=VALUE",
        lines=_training_settings,
    )


@dataclass(frozen=True, kw_only=True)
class Evaluate(ModelOption):
    """Which model is measured; the tables of results that its family knows follow in `_evaluate_options`."""

    dry_run: bool = option(False, help="print only, leave the card alone")


@dataclass(frozen=True, kw_only=True)
class Index:
    """Which text is indexed, and where the index lies."""

    corpus: str = option("", help="required unless --words is given", lines=_corpora)
    output: str = option("", help="default: data/indexes", metavar="DIR")
    model: str = option("", help="pairs: index this model's states at the sentences instead")
    rows: int = option(200, help="with --model: how many sentences")
    words: bool = option(False, help="list the words of both languages over all pairs instead")


@dataclass(frozen=True, kw_only=True)
class Compare:
    """Which comparison runs, how much of it, and with how many processes."""

    recipe: str = option(help="name of a comparison", lines=_comparisons)
    output: str | None = option(None, help="default: data/results", metavar="DIR")
    only: str = option("", help="comma list of tasks, architectures, lengths, seed=N or timing", metavar="WORDS")
    workers: int | None = option(
        None, help="worker processes; by default one per core; 0: none, in this process", minimum=0, metavar="N"
    )
    dry_run: bool = option(False, help="only measure and print what it would cost")
    check: int | None = option(
        None,
        help="run N finished cells again and say whether they lie in the shipped range",
        minimum=1,
        maximum=10_000,
        metavar="N",
    )


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; every command carries the function that runs it."""
    parser = _Parser(
        prog="python -m engine",
        description="Recurrent networks that read, write and translate. COMMAND --help says what a command takes.",
    )
    tasks = {command.name: family.name for family in in_order() for command in family.commands}
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    for command in _commands():
        sub = commands.add_parser(command.name, help=command.help, description=command.help)
        sub.command = command
        if issubclass(command.settings, ModelOption):
            sub.models = partial(_models, tasks.get(command.name, ""))
        add_options(sub, command.settings)
        sub.set_defaults(run=partial(_run, command))
    return parser


def _run(command: Command, options: argparse.Namespace) -> int | None:
    return command.run(read_options(command.settings, options))


def _commands() -> list[Command]:
    """Return the commands of every family, and those that are about models of any."""
    return [
        Command("models", "List the shipped models.", ListModels, list_command, ("models", "models --json")),
        *(command for family in in_order() for command in family.commands),
        Command(
            "train",
            "Train a recipe and write a model folder.",
            Train,
            train_command,
            (
                "train --recipe saltmarsh-lstm --output runs/saltmarsh-lstm",
                "train --recipe saltmarsh-lstm --output runs/saltmarsh-lstm --resume",
                "train --recipe saltmarsh-lstm --output runs/seed-2 --set seed=2 --set max_steps=300",
                "train --recipe recipe.json --output runs/again",
            ),
        ),
        RUNS,
        *EXCHANGE,
        Command(
            "evaluate",
            "Measure a model and write the figures into its card.",
            _evaluate_options(),
            evaluate_command,
            (
                "evaluate --model runs/saltmarsh-lstm",
                "evaluate --model en-fr-attention --dry-run --sentences runs/translation_test_set.parquet",
            ),
        ),
        Command(
            "index",
            "Index a training text, so that copies of it can be found without it.",
            Index,
            index_command,
            ("index --corpus tiny_shakespeare",),
        ),
        Command(
            "compare",
            "Run an architecture comparison and write its table of results.",
            Compare,
            compare_command,
            (
                "compare --recipe quick --output runs/quick",
                "compare --recipe shipped --only adding,lstm,200,seed=0 --dry-run",
            ),
        ),
    ]


def _tables() -> dict[str, dict[str, ResultTable]]:
    """Return, for the name of each table that `evaluate` can add to, the families that know it."""
    found: dict[str, dict[str, ResultTable]] = {}
    for family in in_order():
        for table in family.tables:
            found.setdefault(table.name, {})[family.name] = table
    return found


def _evaluate_options() -> type:
    """Return `Evaluate` with an option for every table of results."""
    fields = [
        (
            name,
            str,
            option("", help=f"{_whose(families)}: also {next(iter(families.values())).help}", metavar="PARQUET"),
        )
        for name, families in _tables().items()
    ]
    return make_dataclass("EvaluateWithTables", fields, bases=(Evaluate,), frozen=True, kw_only=True)


def _whose(families: Iterable[str]) -> str:
    return listing([TASK_FAMILIES.get(name).noun for name in families])


def list_command(options: ListModels) -> None:
    """Print the shipped models."""
    from engine.models.folder import list_models

    models = list_models()
    if options.json:
        print(json.dumps([info.to_json() for info in models], indent=2, ensure_ascii=False))
        return
    for info in models:
        print(f"{info.name:22} {info.error or f'{info.title} ({info.parameters:,} parameters, {info.size_mib} MiB)'}")


def train_command(options: Train) -> None:
    """Train, showing the trainer's events as a progress bar."""
    from tqdm import tqdm

    from engine.recipes.as_data import read_recipe
    from engine.recipes.run import CorporaRead, train_recipe
    from engine.training import Evaluated, Finished, StepDone
    from engine.training.memory import keep_freed_blocks

    keep_freed_blocks()
    recipe = read_recipe(Path(options.recipe)) if options.recipe.endswith(".json") else options.recipe
    overrides = dict(_setting(text) for text in options.set)
    # The delay keeps the bar from being drawn before the first step: until then there may be one line about what is
    # wrong.
    with tqdm(unit="step", dynamic_ncols=True, mininterval=1.0, delay=DELAY_SECONDS) as bar:
        for event in train_recipe(
            recipe, options.output, options.resume, overrides, overwrite=options.overwrite, named=options.recipe
        ):
            if isinstance(event, CorporaRead):
                say(f"{event.title}. {' '.join(event.sources)}")
                bar.unpause()  # the time left is that of updates alone
            elif isinstance(event, StepDone):
                if bar.total is None:  # updates of an earlier run say nothing of this one's pace
                    bar.total, bar.initial, bar.n = event.max_steps, event.step, event.step
                    bar.delay = 0  # from now on it ends its own line
                bar.set_postfix(loss=f"{event.loss:.3f}", rate=f"{event.learning_rate:.1e}", refresh=False)
                bar.update(event.step - bar.n)
            elif isinstance(event, Evaluated):
                words = ", ".join(f"{name} {value:.4f}" for name, value in event.metrics.items())
                bar.write(f"step {event.step}: validation {words}{' (best)' if event.is_best else ''}", file=sys.stderr)
            elif isinstance(event, Finished) and event.reason != "diverged":  # which is told as an error
                bar.write(f"finished at step {event.step} ({event.reason}), best at {event.best_step}", file=sys.stderr)
    folder = (
        options.output if os.sep in options.output else os.path.join(".", options.output)
    )  # a bare name is a shipped model
    print(f"wrote {folder}; measure it with: python -m engine evaluate --model {folder}")


def evaluate_command(options: Any) -> None:  # its fields are those of the tables that there are
    """Print a model's measured metrics as JSON, write them into its card, and its rows into the tables asked for.

    Raises:
        InputError: a table is for models of other families.
    """
    from engine.evaluation import evaluate_model
    from engine.models.folder import load_model

    loaded = load_model(options.model)
    task, asked = loaded.info.task, []
    for name, families in _tables().items():
        path = getattr(options, name)
        if path and task not in families:
            raise InputError(
                f"The model '{options.model}' is one of the {TASK_FAMILIES.get(task).noun}: "
                f"--{name.replace('_', '-')} is for {_whose(families)}."
            )
        if path:
            check_file(Path(path), "The table")
            asked.append((families[task], Path(path)))
    if not options.dry_run:
        check_folder(loaded.info.path, "The card")
    print(json.dumps(evaluate_model(loaded, write=not options.dry_run), indent=2, ensure_ascii=False))
    for table, path in asked:
        show_shares(table.add(loaded, path) or ())


def index_command(options: Index) -> None:
    """Write the index of a corpus' training text, with what was measured of it on text that is not in it."""
    import dataclasses

    from engine.inspection.writing.copy_checks import check_index
    from engine.inspection.writing.copy_index import INDEXES, index_corpus, save_index

    check_folder(Path(options.output or INDEXES), "The index")
    if options.model or options.words:
        print(_index_pairs(options))
        return
    index, texts = index_corpus(options.corpus)
    measured = check_index(index, texts["train"], texts["validation"] + texts["test"])
    index = dataclasses.replace(index, facts=index.facts | measured)
    path = save_index(index, Path(options.output or INDEXES) / f"{options.corpus}.safetensors")
    unseen, size = measured["unseen"], path.stat().st_size / 2**20
    print(f"wrote {path} ({size:.1f} MiB); {unseen['wrong']} of {unseen['spans']} spans in unseen text were wrong")


def _index_pairs(options: Index) -> Path:
    """Write a model's states at a corpus' sentences, or the words of both languages, and return the path."""
    from engine.inspection.translation import word_languages
    from engine.models.folder import load_model

    if options.words:
        path = Path(options.output) / word_languages.WORDS.name if options.output else word_languages.WORDS
        return word_languages.save_words(word_languages.collect_words(), path)
    loaded = load_model(options.model)
    index = TASK_FAMILIES.get(loaded.info.task).index
    if index is None:
        whose = _whose(family.name for family in in_order() if family.index)
        raise InputError(
            f"The model '{options.model}' is one of the {TASK_FAMILIES.get(loaded.info.task).noun}: --model is for "
            f"{whose} here."
        )
    return index(loaded, options.corpus, options.rows, Path(options.output) if options.output else None)


def compare_command(options: Compare) -> None:
    """Run a comparison recipe, one line per finished run; finished runs found in the output are not repeated."""
    from tqdm import tqdm

    from engine.experiments import compare
    from engine.experiments.sweeps.sweep import RunFailed, RunFinished, SweepPlanned

    if options.check is not None:
        _check_results(options)
        return
    bar_format = "{l_bar}{bar}| {elapsed}<{remaining} {postfix}"
    try:
        with tqdm(total=100, unit="%", dynamic_ncols=True, bar_format=bar_format, disable=None) as bar:
            for event in compare(options.recipe, options.output, options.only, options.workers, options.dry_run):
                if isinstance(event, SweepPlanned):
                    bar.write(
                        _cost_statement(options.recipe, event), file=sys.stdout if options.dry_run else sys.stderr
                    )
                elif isinstance(event, RunFinished | RunFailed):
                    bar.write(f"{event.progress:4.0%} {event.message}", file=sys.stderr)
                bar.update(round(100 * event.progress) - bar.n)
                bar.set_postfix_str(event.message, refresh=False)
    except KeyboardInterrupt:
        only = f" --only {options.only}" if options.only else ""
        output = f" --output {options.output}" if options.output else ""
        command = f"python -m engine compare --recipe {options.recipe}{only}{output}"
        print(f"what is finished is kept; go on with: {command}", file=sys.stderr)
        raise
    if not options.dry_run:
        print(event.message)


def _cost_statement(recipe: str, plan: SweepPlanned) -> str:
    """Return what a sweep will cost, task by task."""
    from engine.experiments.costs.pace import in_words
    from engine.experiments.sweeps.sweep import LONG_SECONDS

    lines = [f"{recipe}: {plan.message}"]
    if plan.seconds > LONG_SECONDS:
        lines.insert(
            0, f"This takes hours: up to {in_words(plan.seconds)}. It can be stopped and gone on with at any time."
        )
    lines.append(f"{'task':16} {'runs':>5} {'done':>5} {'trials':>6} {'processor hours':>16} {'longest run':>12}")
    for row in plan.costs.itertuples():
        longest = f"{row.longest_minutes:.1f} min"
        lines.append(
            f"{row.task:16} {row.runs:5} {row.done:5} {row.trials:6} {row.hours:16.2f} {longest:>12}  "
            f"{row.data}".rstrip()
        )
    return "\n".join([*lines, "At most: a run that solves its task stops."])


def _check_results(options: Compare) -> None:
    """Print how runs made again compare with the shipped ones.

    Raises:
        DataError: a run with a shipped seed lies outside the shipped range.
    """
    from engine.experiments import check_cells

    checked = []
    for run in check_cells(options.recipe, options.check, options.output, options.only, options.workers):
        checked.append(run)
        print(run.message, flush=True)
    own = [run for run in checked if not run.is_new]
    new = [run for run in checked if run.is_new]
    inside = [sum(run.is_inside for run in runs) for runs in (own, new)]
    print(
        f"inside the shipped range: {inside[0]} of {len(own)} with a shipped seed, {inside[1]} of {len(new)} with a "
        "new one"
    )
    if inside[0] < len(own):
        raise DataError("Runs with the shipped seeds gave other results here.")


def _setting(text: str) -> tuple[str, object]:
    name, separator, value = text.partition("=")
    if not separator:
        raise ConfigError(f"--set needs SETTING=VALUE, not '{text}'.")
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value
