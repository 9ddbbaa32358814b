"""Model cards say what config.json says, no more and no less, and what they tell a reader to type works."""

from __future__ import annotations

import re
import shlex

import pytest

from engine.corpora import CORPORA
from engine.corpora.series import is_of_calendar
from engine.models.card import usage_command, usage_lines, write_card
from engine.models.folder import PRETRAINED, describe, list_models
from engine.task_family import TASK_FAMILIES

TRAINING = {
    "command": "python -m engine train --recipe tiny --output data/pretrained/tiny",
    "steps": 1234,
    "best_step": 1000,
    "minutes": 5.5,
    "hardware": "A processor, 2 cores, 1 thread(s)",
    "torch": "2.13",
    "commit": "abc123",
    "date": "2026-11-21",
    "settings": {"seed": 17},
    "sources": [{"sentence": "Source: one."}, {"sentence": "Source: two."}],
}
METRICS = {"measured_on": "2026-11-22", "hardware": "Another processor", "commit": "def456"}
READER_METRICS = METRICS | {
    "nats_per_character": 1.5011,
    "bits_per_character": 2.1656,
    "nats_per_character_windows": 1.5512,
    "bits_per_character_windows": 2.2379,
    "characters": 111540,
    "test_set": "Tiny Shakespeare, validation and test (111,540 characters)",
    "source": "mirror",
}
INTERPRETER_METRICS = METRICS | {
    "bleu": 51.23,
    "chrf": 70.11,
    "bleu_greedy": 49.87,
    "nats_per_token": 1.2345,
    "beam_size": 5,
    "test_set": "Multi30k English-French test (1,000 sentences)",
    "signature": "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
    "source": "mirror",
    "tatoeba_en_fr_bleu": 44.44,
    "tatoeba_en_fr_chrf": 61.61,
    "tatoeba_en_fr_test_set": "Tatoeba English-French test (2,000 sentences)",
    "tatoeba_en_fr_source": "mirror",
    "tatoeba_en_fr_signature": "nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
}


@pytest.fixture
def reader_config(language_model_folder):
    return describe(language_model_folder).config


@pytest.fixture
def interpreter_config(translator_folder):
    return describe(translator_folder).config


def rows(card: str) -> dict[str, str]:
    """Return the measured table as {what: value}."""
    found = re.findall(r"^\| (.+?) \| (.+?) \| (?:lower|higher) is better \|$", card, re.MULTILINE)
    return dict(found)


@pytest.mark.parametrize("which", ["reader", "interpreter"])
def test_the_table_shows_exactly_the_measured_figures(which, request):
    metrics = READER_METRICS if which == "reader" else INTERPRETER_METRICS
    card = write_card("tiny", request.getfixturevalue(f"{which}_config") | {"metrics": metrics})
    family = TASK_FAMILIES.get("language_model" if which == "reader" else "translation")
    expected = {metric.words: str(metrics[metric.name]) for metric in family.metrics if metric.name in metrics}
    assert rows(card) == expected
    assert len(expected) == (4 if which == "reader" else 6)
    for name in ("test_set", "measured_on", "hardware", "commit"):
        assert metrics[name] in card
    for name, value in metrics.items():
        if name.endswith(("signature", "test_set")):
            assert value in card, name
    assert "Not measured" not in card


def test_another_figure_changes_the_card(interpreter_config):
    one = write_card("tiny", interpreter_config | {"metrics": INTERPRETER_METRICS})
    two = write_card("tiny", interpreter_config | {"metrics": INTERPRETER_METRICS | {"bleu": 51.24}})
    assert "51.23" in one
    assert "51.24" in two
    assert "51.23" not in two


def test_an_unmeasured_model_says_how_to_measure_it(reader_config):
    card = write_card("tiny", reader_config)
    assert "Not measured yet: run `python -m engine evaluate --model tiny`." in card
    curve = [{"step": step, "elapsed_seconds": 1.0, "loss": 2 - step / 1000, "accuracy": 0.7} for step in (500, 1000)]
    own = [{"sentence": "Source: mine.", "terms": "Letters: [me](http://a.example). Licence: CC0."}]
    training = TRAINING | {"evaluations": curve, "sources": own}
    card = write_card("tiny", reader_config | {"metrics": {}, "corpora": ["own-abc"], "training": training})
    assert "## Data and licence\n\n- Letters: \\[me\\](http://a.example). Licence: CC0.\n\n##" in card
    assert "On the validation data of its training, at update 1,000: accuracy 0.7, loss 1." in card
    assert rows(card) == {}


def test_the_training_is_told_with_its_command_machine_seed_and_sources(reader_config):
    card = write_card("tiny", reader_config | {"training": TRAINING})
    for words in (
        TRAINING["command"],
        "1,234 updates in 5.5 minutes",
        "A processor, 2 cores, 1 thread(s)",
        "torch 2.13",
        "seed 17",
        "commit abc123",
        "2026-11-21",
        "update 1,000",
        "Source: one. Source: two.",
    ):
        assert words in card


def test_origin_and_licence_of_all_it_learnt_from_stand_on_the_card(reader_config):
    before = TRAINING | {"started_from": {"recipe": "a", "command": "b", "steps": 1, "minutes": 1, "corpora": ["sst2"]}}
    card = write_card("tiny", reader_config | {"training": before})
    for name in ("tiny_shakespeare", "sst2"):
        spec = CORPORA.get(name)
        assert f"- {spec.terms}\n" in card
        assert spec.weights_licence in card.split("- The weights: ")[1].splitlines()[0]
    assert "Data and licence" not in write_card("tiny", reader_config | {"corpora": ["one of my own"]})


def test_a_reader_is_described(reader_config):
    card = write_card("tiny", reader_config)
    assert (
        f"{reader_config['parameters']:,} parameters. 2 layers of 12 LSTM units over {reader_config['vocab_size']} "
        "tokens" in card
    )
    assert "residual connections: yes" in card


def test_an_interpreter_is_described_with_names_in_their_own_case(interpreter_config):
    card = write_card("tiny", interpreter_config)
    assert (
        "Bidirectional LSTM encoder of 2 layers, LSTM decoder of 2 layers, 12 units, dot attention; one BPE vocabulary"
        in card
    )
    one_way = write_card("tiny", interpreter_config | {"bidirectional": False, "cell": "gru", "attention": "none"})
    assert (
        "GRU encoder of 2 layers, GRU decoder of 2 layers, 12 units, no attention: one vector carries the whole "
        "sentence" in one_way
    )
    assert "Vanilla RNN (tanh) encoder" in write_card(
        "tiny", interpreter_config | {"bidirectional": False, "cell": "rnn"}
    )


def test_the_head_is_yaml_the_hub_understands(interpreter_config, reader_config):
    from huggingface_hub import ModelCardData, RepoCard

    data: ModelCardData = RepoCard(write_card("tiny", interpreter_config)).data
    assert data.to_dict() == {
        "library_name": "unrolled",
        "pipeline_tag": "translation",
        "language": ["en", "fr"],
        "tags": ["lstm", "recurrent-neural-network"],
    }
    reader = RepoCard(write_card("tiny", reader_config)).data.to_dict()
    assert reader["pipeline_tag"] == "text-generation"
    assert reader["language"] == ["en"]


@pytest.mark.parametrize("which", ["language_model_folder", "translator_folder", "tagger_folder"])
def test_the_lines_of_python_on_a_card_run(which, request, capsys):
    folder = request.getfixturevalue(which)
    info = describe(folder)
    lines = usage_lines(str(folder), info.config)
    assert len(lines.splitlines()) == 3
    exec(compile(lines, "card", "exec"), {})
    assert capsys.readouterr().out
    assert usage_lines(info.name, info.config) in write_card(info.name, info.config)


@pytest.mark.parametrize("which", ["language_model_folder", "translator_folder", "tagger_folder"])
def test_the_command_on_a_card_is_one_the_command_line_knows(which, request):
    """The parser accepts it; `test_command_line` runs what it stands for."""
    from engine.command_line import build_parser

    info = describe(request.getfixturevalue(which))
    command = usage_command(info.name, info.config)
    assert command in write_card(info.name, info.config)
    words = shlex.split(command)
    options = build_parser().parse_args(words[words.index("engine") + 1 :])
    assert options.model == info.name


def test_the_card_of_a_forecaster_says_what_its_band_holds_and_that_its_weather_is_the_true_one():
    info = describe(PRETRAINED / "bikes-gru")
    card = write_card(info.name, info.config | {"metrics": info.metrics | {"coverage": 0.4}})
    assert "meant for 80% of the true values; on these origins it holds 40%. Its settings were chosen" in card
    assert "the one that really came, an oracle" in card
    assert "| Mean squared error of the last value, repeated, in deviations of the training part | 3.2938 |" in card


def test_the_shipped_cards_are_what_their_configs_make_of_them():
    """Whoever edits a card by hand, or forgets to write it again, is caught here."""
    from engine.models.folder import list_models

    for info in list_models():
        if not info.error:
            assert info.card_text == write_card(info.name, info.config), info.name


def test_the_best_model_stands_beside_published_figures_protocol_by_protocol():
    """The numbers are the sources' own; ours come from the card's metrics, and no other model's card has the table."""
    from engine.models import published

    assert {row.model: row.nats_per_character for row in published.TINY_SHAKESPEARE}[
        "nanoGPT, 6 layers, about 10.7 M parameters"
    ] == 1.4697
    assert all(row.source and row.protocol for row in published.TINY_SHAKESPEARE)
    table = published.comparison_table(1.23, 1.01).splitlines()
    assert table[2].startswith("| **this model** | 1.23 | consecutive windows of 256")
    assert table[3].startswith("| **this model** | 1.01 | one pass, state carried")
    assert (
        sum("second-hand" in line for line in table)
        == sum(row.is_second_hand for row in published.TINY_SHAKESPEARE)
        > 0
    )
    values = [float(line.split("|")[2]) for line in table[4:]]
    assert values == sorted(values)


@pytest.mark.parametrize("name", [info.name for info in list_models() if info.task == "forecasting"])
def test_what_the_card_of_a_forecaster_says_to_do_can_be_done(name, monkeypatch):
    """Its lines run on its own corpus; its command forecasts where the network needs no more than dates."""
    info = describe(PRETRAINED / name)
    if name in ("ferry-gru", "ferry-recursive"):  # whose corpus is shipped
        exec(compile(usage_lines(info.name, info.config), "card", "exec"), {})
    command = usage_command(info.name, info.config)
    reads_weather = any(not is_of_calendar(column) for column in info.config["known"])
    assert (" evaluate " if reads_weather else " forecast ") in command
    assert command in info.card_text
