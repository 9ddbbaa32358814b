"""The command line: the same calls the pages make. Scripts depend on its options and output."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from engine.errors import ConfigError, DataError, EngineError, InputError

EXIT_BAD_INPUT = 2
DELAY_SECONDS = 0.05


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, or 2 with one readable line on stderr for bad input."""
    options = build_parser().parse_args(arguments)
    try:
        options.run(options)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
    except (EngineError, OSError) as error:  # OSError: a place named on the command line cannot be read or written
        print(f"error: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    return 0


class _Parser(argparse.ArgumentParser):
    """Answers a wrong option with one line instead of the whole usage."""

    def error(self, message: str) -> Any:
        print(f"error: {message} (try {self.prog} --help)", file=sys.stderr)
        raise SystemExit(EXIT_BAD_INPUT)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; every command carries the function that runs it."""
    parser = _Parser(prog="python -m engine", description="Recurrent networks that read, write and translate.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    def command(name: str, run: Callable[[argparse.Namespace], None], help: str) -> argparse.ArgumentParser:  # noqa: A002
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(run=run)
        return sub

    models = command("models", list_command, "List the shipped models.")
    models.add_argument("--json", action="store_true", help="one JSON list instead of a table")

    generate = command("generate", generate_command, "Write text after a prompt.")
    generate.add_argument("--model", required=True)
    generate.add_argument("--prompt", default="", help="text to go on from; empty starts on a new line")
    generate.add_argument("--max-new-tokens", type=int, default=400)
    generate.add_argument("--temperature", type=float, default=0.8, help="0 always takes the likeliest")
    generate.add_argument("--top-k", type=int, default=0, help="0 allows all tokens")
    generate.add_argument("--top-p", type=float, default=1.0)
    generate.add_argument("--seed", type=int, default=0)

    score = command("score", score_command, "Print how well a language model predicts a text file, as JSON.")
    score.add_argument("--model", required=True)
    score.add_argument("--protocol", default="stream", help="stream (state carried) or windows (of 256, state reset)")
    score.add_argument("file", metavar="FILE", help="UTF-8 text; - reads standard input")

    translate = command("translate", translate_command, "Translate standard input, line by line.")
    translate.add_argument("--model", required=True)
    translate.add_argument("--beam-size", type=int, default=5, help="1 is greedy")
    translate.add_argument("--length-penalty", type=float, default=1.0)
    translate.add_argument(
        "--sample", action="store_true", help="draw each piece by chance instead of searching; same seed, same text"
    )
    translate.add_argument("--temperature", type=float, default=0.8, help="with --sample; 0 always takes the likeliest")
    translate.add_argument("--top-k", type=int, default=0, help="with --sample; 0 allows all pieces")
    translate.add_argument("--top-p", type=float, default=1.0, help="with --sample")
    translate.add_argument("--seed", type=int, default=7, help="with --sample")

    classify = command(
        "classify", classify_command, "Print the label of each line of standard input, a tab, and its probability."
    )
    classify.add_argument("--model", required=True)

    tag = command("tag", tag_command, "Tag the words of standard input, line by line.")
    tag.add_argument("--model", required=True)

    train = command("train", train_command, "Train a recipe and write a model folder.")
    train.add_argument("--recipe", required=True)
    train.add_argument("--output", required=True, metavar="DIR")
    train.add_argument("--resume", action="store_true", help="go on from the checkpoint in DIR")
    train.add_argument(
        "--set", action="append", default=[], metavar="SETTING=VALUE", help="change one training setting"
    )

    evaluate = command("evaluate", evaluate_command, "Measure a model and write the figures into its card.")
    evaluate.add_argument("--model", required=True)
    evaluate.add_argument("--dry-run", action="store_true", help="print only, leave the card alone")
    evaluate.add_argument(
        "--regimes", metavar="PARQUET", help="ways to be taught: also add figures and learning curve to this table"
    )
    evaluate.add_argument(
        "--by-length", metavar="PARQUET", help="translators: also add BLEU by source length to this table"
    )
    evaluate.add_argument(
        "--sentences", metavar="PARQUET", help="translators: also add the scores of every test sentence to this table"
    )
    evaluate.add_argument(
        "--predictions",
        metavar="PARQUET",
        help="classifiers and taggers: also add every sentence's answer to this table",
    )
    evaluate.add_argument(
        "--word-order", metavar="PARQUET", help="classifiers: also add accuracy on shuffled texts to this table"
    )
    evaluate.add_argument(
        "--attributions",
        metavar="PARQUET",
        help="classifiers: also add how explanations agree with deletion to this table",
    )
    evaluate.add_argument(
        "--ablation", metavar="PARQUET", help="taggers: also add this recipe's and seed's figures to this table"
    )

    index = command("index", index_command, "Index a training text, so that copies of it can be found without it.")
    index.add_argument("--corpus", default="", help="required unless --words is given")
    index.add_argument("--output", metavar="DIR", help="default: data/indexes")
    index.add_argument("--model", help="pairs: index this translator's states at the sentences instead")
    index.add_argument("--rows", type=int, default=200, help="with --model: how many sentences")
    index.add_argument("--words", action="store_true", help="list the words of both languages over all pairs instead")

    temperatures = command("temperatures", temperatures_command, "Measure what temperature does to a model's texts.")
    temperatures.add_argument("--model", required=True)
    temperatures.add_argument("--output", metavar="PARQUET", help="default: data/results/temperatures.parquet")

    bottleneck = command(
        "bottleneck", bottleneck_command, "Find a translator's principal directions and measure BLEU with few of them."
    )
    bottleneck.add_argument("--model", required=True)

    compare = command("compare", compare_command, "Run an architecture comparison and write its table of results.")
    compare.add_argument("--recipe", required=True)
    compare.add_argument("--output", metavar="DIR", help="default: data/results")
    compare.add_argument(
        "--only", default="", metavar="WORDS", help="comma list of tasks, architectures, lengths, seed=N or timing"
    )
    compare.add_argument(
        "--workers", type=int, metavar="N", help="worker processes; default: one per core; 0: none, in this process"
    )
    compare.add_argument("--dry-run", action="store_true", help="only measure and print what it would cost")
    compare.add_argument(
        "--check",
        type=int,
        metavar="N",
        help="run N finished cells again and say whether they lie in the shipped range",
    )
    return parser


def list_command(options: argparse.Namespace) -> None:
    """Print the shipped models."""
    from engine.models.folder import list_models

    models = list_models()
    if options.json:
        print(json.dumps([info.to_json() for info in models], indent=2, ensure_ascii=False))
        return
    for info in models:
        print(f"{info.name:22} {info.error or f'{info.title} ({info.parameters:,} parameters, {info.size_mib} MiB)'}")


def generate_command(options: argparse.Namespace) -> None:
    """Print the prompt and its continuation, as it is written."""
    from engine.decoding.limits import SamplingSettings
    from engine.decoding.text import write_text

    loaded = _load(options.model, "language_model")
    names = ("max_new_tokens", "temperature", "top_k", "top_p", "seed")
    pieces = write_text(loaded, options.prompt, SamplingSettings(**{name: getattr(options, name) for name in names}))
    unknown = loaded.tokenizer.unknown_pieces(options.prompt)
    if unknown:
        print(f"note: the model has never seen {' '.join(unknown)}", file=sys.stderr)
    sys.stdout.write(options.prompt)
    for piece in pieces:
        sys.stdout.write(piece)
        sys.stdout.flush()
    print()


def score_command(options: argparse.Namespace) -> None:
    """Print nats and bits per character as JSON."""
    from engine.evaluation.language_model import score_text

    loaded = _load(options.model, "language_model")
    print(json.dumps(score_text(loaded, _read(options.file), options.protocol)))


def translate_command(options: argparse.Namespace) -> None:
    """Print one translation per input line, in order."""
    from engine.decoding.limits import SamplingSettings, SearchSettings, check_sampling, check_search
    from engine.decoding.text import translate_lines

    check_search(SearchSettings(options.beam_size, options.length_penalty))
    chances = {name: getattr(options, name) for name in ("temperature", "top_k", "top_p", "seed")}
    sampling = SamplingSettings(**chances) if options.sample else None
    if sampling is not None:
        check_sampling(sampling)
    loaded = _load(options.model, "translation")
    lines = _read("-").split("\n")
    if not lines[-1]:
        lines.pop()  # what follows the last line break is no line
    settings = {"beam_size": options.beam_size, "length_penalty": options.length_penalty, "sampling": sampling}
    found = dict(_progress(translate_lines(loaded, lines, **settings), len(lines)))
    for index in range(len(lines)):
        print(found[index])


def classify_command(options: argparse.Namespace) -> None:
    """Print LABEL TAB PROBABILITY per input line, in order; a line without a word stays empty, and that is said."""
    from engine.inspection.classification.predictions import MAX_WORDS, classify_rows, is_readable
    from engine.text.treebank import split_words

    loaded = _load(options.model, "classification")
    lines = _read("-").removeprefix("\ufeff").split("\n")
    if not lines[-1]:
        lines.pop()  # what follows the last line break is no line
    rows = [split_words(line) for line in lines]
    for number, row in enumerate(rows, start=1):
        if len(row) > MAX_WORDS:
            raise InputError(f"Line {number} has {len(row):,} words; at most {MAX_WORDS:,} are read at once.")
    readable = [is_readable(row) for row in rows]
    if not any(readable):
        raise InputError("There is no word in the input; put one text on each line.")
    without = [str(number) for number, is_good in enumerate(readable, start=1) if not is_good]
    if without:
        print(f"note: no word in line {', '.join(without[:10])}{' ...' if len(without) > 10 else ''}", file=sys.stderr)
    found = iter(classify_rows(loaded, [row for row, is_good in zip(rows, readable, strict=True) if is_good]))
    for is_good in readable:
        verdict = next(found) if is_good else None
        print(f"{verdict.label}\t{verdict.probability:.4f}" if verdict else "")


def tag_command(options: argparse.Namespace) -> None:
    """Print the tags of each input line's words, which stand between blanks, in order; an empty line stays one."""
    from engine.inspection.tagging.predictions import MAX_WORDS, best_tags

    loaded = _load(options.model, "tagging")
    lines = _read("-").split("\n")
    if not lines[-1]:
        lines.pop()  # what follows the last line break is no line
    rows = [line.replace("\t", " ").rstrip("\r").split(" ") for line in lines]  # a no-break space belongs to its word
    rows = [[word for word in row if word] for row in rows]
    for number, row in enumerate(rows, start=1):
        if len(row) > MAX_WORDS:
            raise InputError(f"Line {number} has {len(row):,} words; at most {MAX_WORDS:,} can be tagged at once.")
    tags = iter(best_tags(loaded, [row for row in rows if row]))
    for row in rows:
        print(" ".join(next(tags)) if row else "")


def train_command(options: argparse.Namespace) -> None:
    """Train, showing the trainer's events as a progress bar."""
    from tqdm import tqdm

    from engine.recipes.run import train_recipe
    from engine.training import Evaluated, Finished, StepDone
    from engine.training.memory import keep_freed_blocks

    keep_freed_blocks()
    overrides = dict(_setting(text) for text in options.set)
    # The delay keeps the bar from being drawn before the first step: until then there may be one line about what is
    # wrong.
    with tqdm(unit="step", dynamic_ncols=True, mininterval=1.0, delay=DELAY_SECONDS) as bar:
        for event in train_recipe(options.recipe, options.output, options.resume, overrides):
            if isinstance(event, StepDone):
                bar.total = event.max_steps
                bar.set_postfix(loss=f"{event.loss:.3f}", rate=f"{event.learning_rate:.1e}", refresh=False)
                bar.update(event.step - bar.n)
            elif isinstance(event, Evaluated):
                words = ", ".join(f"{name} {value:.4f}" for name, value in event.metrics.items())
                bar.write(f"step {event.step}: validation {words}{' (best)' if event.is_best else ''}", file=sys.stderr)
            elif isinstance(event, Finished):
                bar.write(f"finished at step {event.step} ({event.reason}), best at {event.best_step}", file=sys.stderr)
    folder = (
        options.output if os.sep in options.output else os.path.join(".", options.output)
    )  # a bare name is a shipped model
    print(f"wrote {folder}; measure it with: python -m engine evaluate --model {folder}")


def evaluate_command(options: argparse.Namespace) -> None:
    """Print a model's measured metrics as JSON and write them into its card."""
    from engine.evaluation import evaluate_model
    from engine.models.folder import load_model

    loaded = _load(options.model, "translation") if options.sentences else load_model(options.model)
    if options.predictions:
        _evaluation_of(loaded)
    if (options.word_order or options.attributions) and loaded.info.task != "classification":
        raise InputError(
            f"The model '{options.model}' does {loaded.info.task.replace('_', ' ')}: --word-order and --attributions "
            "are for classifiers."
        )
    if options.ablation and loaded.info.task != "tagging":
        raise InputError(
            f"The model '{options.model}' does {loaded.info.task.replace('_', ' ')}: --ablation is for taggers."
        )
    print(json.dumps(evaluate_model(loaded, write=not options.dry_run), indent=2, ensure_ascii=False))
    if options.regimes:
        from engine.evaluation.forcing import add_regime

        add_regime(loaded, Path(options.regimes))
    if options.by_length:
        from engine.evaluation.translation import add_bleu_by_length

        add_bleu_by_length(loaded, Path(options.by_length))
    if options.sentences:
        from engine.evaluation.translation_sentences import add_sentences

        add_sentences(loaded, Path(options.sentences))
    if options.predictions:
        _evaluation_of(loaded).add_predictions(loaded, Path(options.predictions))
    if options.word_order:
        from engine.evaluation.word_order import add_word_order

        add_word_order(loaded, Path(options.word_order))
    if options.attributions:
        _add_agreement(loaded, Path(options.attributions))
    if options.ablation:
        from engine.evaluation.tagging import add_ablation

        add_ablation(loaded, Path(options.ablation))


def _add_agreement(loaded: Any, table: Path) -> None:
    """Measure how explanations agree with deletion, with a progress bar: it takes minutes."""
    from tqdm import tqdm

    from engine.evaluation.attributions import add_agreement

    with tqdm(total=100, unit="%", dynamic_ncols=True, delay=DELAY_SECONDS) as bar:
        for share in add_agreement(loaded, table):
            bar.update(round(100 * share) - bar.n)


def _evaluation_of(loaded: Any) -> Any:
    """Return the module that measures the answers of a classifier or tagger sentence by sentence."""
    from importlib import import_module

    if loaded.info.task not in ("classification", "tagging"):
        raise InputError(
            f"The model '{loaded.info.name}' does {loaded.info.task.replace('_', ' ')}: --predictions is for "
            "classifiers and taggers."
        )
    return import_module(f"engine.evaluation.{loaded.info.task}")


def index_command(options: argparse.Namespace) -> None:
    """Write the index of a corpus' training text, with what was measured of it on text that is not in it."""
    import dataclasses

    from engine.inspection.writing.copy_checks import check_index
    from engine.inspection.writing.copy_index import INDEXES, index_corpus, save_index

    if options.model or options.words:
        print(_index_pairs(options))
        return
    index, texts = index_corpus(options.corpus)
    measured = check_index(index, texts["train"], texts["validation"] + texts["test"])
    index = dataclasses.replace(index, facts=index.facts | measured)
    path = save_index(index, Path(options.output or INDEXES) / f"{options.corpus}.safetensors")
    unseen, size = measured["unseen"], path.stat().st_size / 2**20
    print(f"wrote {path} ({size:.1f} MiB); {unseen['wrong']} of {unseen['spans']} spans in unseen text were wrong")


def _index_pairs(options: argparse.Namespace) -> Path:
    """Write a translator's states at a corpus' sentences, or the words of both languages, and return the path."""
    from engine.inspection.translation import sentence_index, word_languages

    if options.words:
        path = Path(options.output) / word_languages.WORDS.name if options.output else word_languages.WORDS
        return word_languages.save_words(word_languages.collect_words(), path)
    index = sentence_index.build_sentence_index(_load(options.model, "translation"), options.corpus, options.rows)
    return sentence_index.save_sentence_index(index, Path(options.output) if options.output else None)


def temperatures_command(options: argparse.Namespace) -> None:
    """Write a model's curve over temperature into the table of results."""
    from tqdm import tqdm

    from engine.inspection.writing.temperature_results import TABLE, measure_model

    loaded, path = _load(options.model, "language_model"), Path(options.output or TABLE)
    with tqdm(total=100, unit="%", dynamic_ncols=True, delay=DELAY_SECONDS) as bar:
        for share in measure_model(loaded, path):
            bar.update(round(100 * share) - bar.n)
    print(f"wrote {path}")


def bottleneck_command(options: argparse.Namespace) -> None:
    """Write a translator's principal directions, and its BLEU against how many are kept into the table of results."""
    from tqdm import tqdm

    from engine.evaluation.bottleneck import measure_bleu
    from engine.inspection.translation.bottleneck import TABLE, directions_of_corpus, save_directions

    loaded = _load(options.model, "translation")
    directions = directions_of_corpus(loaded)
    print(f"wrote {save_directions(directions)}")
    with tqdm(total=100, unit="%", dynamic_ncols=True, delay=DELAY_SECONDS) as bar:
        for share in measure_bleu(loaded, directions, TABLE):
            bar.update(round(100 * share) - bar.n)
    print(f"wrote {TABLE}")


def compare_command(options: argparse.Namespace) -> None:
    """Run a comparison recipe, one line per finished run; finished runs found in the output are not repeated."""
    from tqdm import tqdm

    from engine.experiments import compare
    from engine.experiments.sweeps import RunFailed, RunFinished, SweepPlanned

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


def _cost_statement(recipe: str, plan: Any) -> str:
    """Return what a sweep will cost, task by task."""
    from engine.experiments.costs import in_words
    from engine.experiments.sweeps import LONG_SECONDS

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


def _check_results(options: argparse.Namespace) -> None:
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


def _load(name: str, task: str) -> Any:
    from engine.models.folder import load_model

    loaded = load_model(name)
    if loaded.info.task != task:
        raise InputError(f"The model '{name}' does {loaded.info.task.replace('_', ' ')}, not {task.replace('_', ' ')}.")
    return loaded


def _read(file: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise InputError(f"The file {file} cannot be read: {error.strerror}.") from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{'Standard input' if file == '-' else file} is not UTF-8 text (byte {error.start})."
        ) from error


def _progress(items: Any, total: int) -> Any:
    from tqdm import tqdm

    return tqdm(items, total=total, unit="line", dynamic_ncols=True, disable=not sys.stderr.isatty())


def _setting(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator:
        raise ConfigError(f"--set needs SETTING=VALUE, not '{text}'.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
