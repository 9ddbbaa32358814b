"""Model cards: the README.md of a model folder, written from its stored facts and measured metrics only."""

from __future__ import annotations

from typing import Any

from engine.cells import CELLS
from engine.models.published import comparison_table
from engine.registry import Registry

METRIC_WORDS = {
    "nats_per_character": (
        "Nats per character, one pass with carried state (`score --protocol stream`)",
        "lower is better",
    ),
    "bits_per_character": ("Bits per character, same protocol", "lower is better"),
    "nats_per_character_windows": (
        "Nats per character, windows of 256 (`score --protocol windows`)",
        "lower is better",
    ),
    "bits_per_character_windows": ("Bits per character, windows of 256", "lower is better"),
    "characters_per_piece": (
        "Characters per piece of the text measured on (the windows of 256 characters are cut into pieces one by one)",
        "",
    ),
    "bleu": ("BLEU, beam 5", "higher is better"),
    "chrf": ("chrF, beam 5", "higher is better"),
    "ter": ("TER, beam 5", "lower is better"),
    "bleu_greedy": ("BLEU, greedy", "higher is better"),
    "nats_per_token": ("Nats per target piece, reading the reference", "lower is better"),
    "tatoeba_en_fr_bleu": ("BLEU on Tatoeba test, all references, beam 5", "higher is better"),
    "tatoeba_en_fr_chrf": ("chrF on Tatoeba test, all references, beam 5", "higher is better"),
    "tatoeba_en_fr_ter": ("TER on Tatoeba test, all references, beam 5", "lower is better"),
    "accuracy": ("Share of texts whose label is right, in percent", "higher is better"),
    "negative_log_likelihood": ("Nats per label", "lower is better"),
    "calibration_error": ("Expected calibration error, ten bins", "lower is better"),
    "macro_f1": ("F1 in percent, mean of both labels", "higher is better"),
    "forward_accuracy": ("The same share, the forward direction read by itself", "higher is better"),
    "backward_accuracy": ("The same share, the backward direction read by itself", "higher is better"),
    "majority_accuracy": ("The share that giving always the more frequent label would get right", ""),
    "f1": ("Span F1 (seqeval), percent", "higher is better"),
    "precision": ("Span precision, percent", "higher is better"),
    "recall": ("Span recall, percent", "higher is better"),
    "token_accuracy": ("Words with the right tag, percent", "higher is better"),
    "baseline_f1": ("Span F1 of each word's most frequent tag, percent", "higher is better"),
}

USAGE: Registry[str] = Registry("task")

USAGE.register("language_model")(
    """from engine.models.folder import load_model
from engine.decoding.text import SamplingSettings, write_text
print("".join(write_text(load_model("{name}"), "ROMEO:", SamplingSettings(temperature=0.8, seed=7))))"""
)
USAGE.register("translation")(
    """from engine.models.folder import load_model
from engine.decoding.text import translate
print(translate(load_model("{name}"), "A dog runs across the beach.", beam_size=5)[0].text)"""
)

USAGE.register("tagging")(
    """from engine.models.folder import load_model
from engine.inspection.tagging import tag_words
print(tag_words(load_model("{name}"), ("John", "works", "at", "Google", "in", "California", ".")).tags)"""
)
USAGE.register("classification")(
    """from engine.models.folder import load_model
from engine.inspection.classification import classify_texts
print(classify_texts(load_model("{name}"), ("He said the food was not good.",))[0])"""
)

COMMANDS: Registry[str] = Registry("task")
COMMANDS.register("language_model")(
    'python -m engine generate --model {name} --prompt "ROMEO:" --temperature 0.8 --seed 7'
)
COMMANDS.register("translation")(
    'echo "A dog runs across the beach." | python -m engine translate --model {name} --beam-size 5'
)

COMMANDS.register("tagging")('echo "John works at Google in California ." | python -m engine tag --model {name}')
COMMANDS.register("classification")('echo "He said the food was not good." | python -m engine classify --model {name}')


def usage_lines(name: str, task: str) -> str:
    """Return the three lines of Python that load and use a model."""
    return USAGE.get(task).format(name=name)


def usage_command(name: str, task: str) -> str:
    """Return the command line that uses a model."""
    return COMMANDS.get(task).format(name=name)


def write_card(name: str, config: dict[str, Any]) -> str:
    """Return the card of the model `name` as Markdown with a YAML head, from its config.json."""
    training, metrics = config.get("training", {}), config.get("metrics", {})
    parts = [
        _head(config),
        f"# {config['title']}",
        f"{config['parameters']:,} {'counts' if config['cell'] == 'ngram' else 'parameters'}. {_architecture(config)}",
        "## Measured",
        _metrics_table(name, metrics),
        _published(config, metrics),
        "## Use",
        f"```python\n{usage_lines(name, config['task'])}\n```",
        f"```sh\n{usage_command(name, config['task'])}\n```",
        "## Training",
        _training(training),
        "## Limits",
        LIMITS.get(config["task"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


LIMITS: Registry[str] = Registry("task")
LIMITS.register("language_model")(
    "It has read one book's worth of text and nothing else. It imitates spelling, names and metre; it does not know "
    "what it "
    "says. Characters outside its vocabulary are read as unknown."
)
LIMITS.register("translation")(
    "It knows the language of picture captions and short everyday sentences. Long, technical or figurative text comes "
    "out "
    "wrong, and it does not say so. The caption data are for research and education."
)

LIMITS.register("tagging")(
    "It finds what its corpus calls an entity. GMB was tagged partly by machine; English-EWT is small, and its "
    "training tags are a "
    "draft of its authors'. Names it has never read it "
    "judges by their letters and by the words around them; text unlike the corpus, in lower case or in another "
    "language, goes wrong "
    "without a warning."
)
LIMITS.register("classification")(
    "It has read film reviews in English only and knows two answers. Facts, questions and other languages get one of "
    "the two as well, "
    "often with high probability; irony and comparisons mislead it. A word it has never seen is read as its stem or "
    "by its ending."
)


def _head(config: dict[str, Any]) -> str:
    lines = ["---", "library_name: unrolled", f"pipeline_tag: {PIPELINE_TAGS[config['task']]}"]
    languages = [config[key] for key in ("source_language", "target_language") if config.get(key)] or ["en"]
    lines += ["language:", *(f"- {language}" for language in languages)]
    lines += ["tags:", f"- {config['cell']}"]
    lines += ["- recurrent-neural-network"] * bool(config.get("hidden_size")) + ["---"]
    return "\n".join(lines)


PIPELINE_TAGS = {
    "language_model": "text-generation",
    "translation": "translation",
    "classification": "text-classification",
    "tagging": "token-classification",
}


def _architecture(config: dict[str, Any]) -> str:
    if "window" in config:
        heads = f"{config['num_heads']} heads"
        blocks = "1 block" if config["num_layers"] == 1 else f"{config['num_layers']} blocks"
        return (
            f"{blocks} of causal attention with {heads}, a stream of {config['width']} numbers, feed-forward layers of "
            f"{config['feedforward_size']}, over {config['vocab_size']} tokens; each block looks back at the last "
            f"{config['window']}."
        )
    if config["cell"] == "ngram":
        return (
            f"How often each of them, {config['order']} characters in a row, stood in the training text, smoothed by "
            "the method "
            f"of Kneser and Ney as Chen and Goodman modified it; {config['vocab_size']} tokens, no hidden units."
        )
    if config["task"] == "tagging":
        return _tagger(config)
    if config["task"] == "classification":
        return _classifier(config)
    cell = CELLS.get(config["cell"]).long_name
    if config["task"] == "translation":
        direction = "bidirectional " if config["bidirectional"] else ""
        look = {"none": "no attention: one vector carries the whole sentence"}.get(
            config["attention"], f"{config['attention']} attention"
        )
        words = (
            f"{direction}{cell} encoder of {_layers(config['encoder_layers'])}, {cell} decoder of "
            f"{_layers(config['decoder_layers'])}, {config['hidden_size']} units, {look}; one BPE vocabulary of "
            f"{config['vocab_size']:,} pieces for both "
            "languages."
        )
        return words[0].upper() + words[1:]
    return (
        f"{_layers(config['num_layers'])} of {config['hidden_size']} {cell} units over {config['vocab_size']} tokens, "
        "embedding "
        f"of {config['embedding_dim']}, residual connections: {'yes' if config['residual'] else 'no'}."
    )


def _tagger(config: dict[str, Any]) -> str:
    directions = "one layer in both directions" if config["bidirectional"] else "one layer that reads forwards only"
    tags = "a CRF over" if config["crf"] else "no CRF, each word by itself one of"
    return (
        f"{CELLS.get(config['cell']).long_name}, {directions}, {config['hidden_size']} units each; a word is an "
        f"embedding of {config['embedding_dim']} "
        f"({config['vocab_size']:,} words are known), {config['character_filters']} filters over its letters and its "
        f"shape; {tags} {len(config['labels'])} tags."
    )


def _classifier(config: dict[str, Any]) -> str:
    read = f"{config['vocab_size']:,} words and forms of unknown words, embeddings of {config['embedding_dim']}"
    if config["cell"] == "average":
        body = f"The mean of the embeddings of all words, blind to their order, and a linear head; {read}."
    else:
        cell = CELLS.get(config["cell"]).long_name
        layers = f"{_layers(config['num_layers'])} of {config['hidden_size']} {cell} units"
        body = (
            f"{layers} read from left to right and as many from right to left, each direction by itself"
            if config["bidirectional"]
            else f"{layers} read from left to right"
        )
        body += f"; of every unit the largest output over the text, and a linear head; {read}."
    cut = config.get("max_training_words")
    return (
        f"{body} No pretrained vectors. Settings and weights were chosen on "
        f"{config.get('chosen_on', 'validation texts')}."
        + (f" Training texts were cut after {cut} words." if cut else "")
    )


def _metrics_table(name: str, metrics: dict[str, Any]) -> str:
    if not metrics:
        return f"Not measured yet: run `python -m engine evaluate --model {name}`."
    rows = [
        f"| {words} | {metrics[key]} | {better} |" for key, (words, better) in METRIC_WORDS.items() if key in metrics
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


def _published(config: dict[str, Any], metrics: dict[str, Any]) -> str:
    """Return the published figures for the model that is meant to stand beside them, the best one."""
    if config.get("group") != "best" or "nats_per_character_windows" not in metrics:
        return ""
    table = comparison_table(metrics["nats_per_character_windows"], metrics["nats_per_character"])
    return (
        "### Beside published figures\n\nAll on the last tenth of Tiny Shakespeare, trained on the first "
        f"nine.\n\n{table}"
    )


def _training(training: dict[str, Any]) -> str:
    if not training:
        return ""
    sources = " ".join(source["sentence"] for source in training["sources"])
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
    return (
        f"```sh\n{training['command']}\n```\n\n{training['steps']:,} updates in {training['minutes']} minutes on "
        f"{training['hardware']}, torch {training['torch']}, seed {training['settings']['seed']}, commit "
        f"{training['commit']}, "
        f"{training['date']}; the weights are those of update {training['best_step']:,}, the best on validation "
        f"data.{first} {sources}"
    )


def _layers(count: int) -> str:
    return "1 layer" if count == 1 else f"{count} layers"
