"""Recipes: what they promise about sizes, and a whole tiny run from corpus to model folder."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil

import pytest
import torch

from engine.command_line import EXIT_FAILED, main
from engine.config import to_dict, validate
from engine.corpora import CORPORA, load_corpus
from engine.corpora.running_text import RUNNING_TEXT
from engine.errors import ConfigError, InputError, ModelError, TrainingError
from engine.models.card import write_card
from engine.models.folder import FILES, list_models, load_model
from engine.models.language_model import LanguageModel, LanguageModelConfig
from engine.models.translator import Translator, TranslatorConfig
from engine.recipes import RECIPES, run
from engine.recipes.continuing import made_of
from engine.recipes.language_model_recipe import LanguageModelRecipe
from engine.recipes.run import train_recipe
from engine.recipes.translation_recipe import TranslationRecipe
from engine.training import Checkpointed, Finished, StepDone, TrainingSettings
from engine.training.language_modelling import LanguageModellingObjective

TRAINING = TrainingSettings(max_steps=4, evaluate_every=2, checkpoint_every=2, log_every=1, seed=3)
READER = LanguageModelRecipe(
    "tiny-reader",
    "Tiny",
    "tiny_shakespeare",
    LanguageModelConfig(6, 8, 1, "gru", dropout=0.3),
    training=TRAINING,
    batch_size=2,
    bptt_length=16,
)
INTERPRETER = TranslationRecipe(
    "tiny-interpreter",
    "Tiny",
    "multi30k_en_fr",
    training=TRAINING,
    model=TranslatorConfig(6, 8, 1, 1, attention="additive"),
    vocab_size=90,
    batch_tokens=40,
)


@pytest.fixture
def tiny_recipes(monkeypatch):
    for recipe in (READER, INTERPRETER):
        monkeypatch.setitem(RECIPES._entries, recipe.name, recipe)


def test_the_three_readers_have_equally_many_parameters():
    counts = []
    for cell in ("rnn", "lstm", "gru"):
        recipe = RECIPES.get(f"shakespeare-{cell}")
        assert recipe.model.cell == cell
        counts.append(LanguageModel.from_config(recipe.model, vocab_size=66).parameter_count())
    assert max(counts) / min(counts) < 1.03
    assert all(800_000 <= count <= 1_500_000 for count in counts)


def test_the_three_readers_differ_in_cell_size_and_rate_only():
    recipes = [dataclasses.asdict(RECIPES.get(f"shakespeare-{cell}")) for cell in ("rnn", "lstm", "gru")]
    for recipe in recipes:
        del recipe["name"], recipe["title"]
        del recipe["model"]["cell"], recipe["model"]["hidden_size"]
        del recipe["training"]["learning_rate"]
    assert recipes[0] == recipes[1] == recipes[2]


def test_the_two_interpreters_differ_in_attention_only():
    one, two = (RECIPES.get(name) for name in ("en-fr-attention", "en-fr-no-attention"))
    assert (one.model.attention, two.model.attention) == ("dot", "none")
    model = dataclasses.replace(two.model, attention="dot")
    assert dataclasses.replace(two, name=one.name, title=one.title, model=model) == one


def test_a_recipe_goes_on_from_the_weights_and_pieces_of_another(mirror, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    second = dataclasses.replace(INTERPRETER, name="second", start_from="first", vocab_size=60)
    with pytest.raises(ModelError, match=r"train it first: python -m engine train --recipe first --output runs/first"):
        second.prepare(TRAINING)
    monkeypatch.setitem(RECIPES._entries, "first", dataclasses.replace(INTERPRETER, name="first"))
    monkeypatch.setitem(RECIPES._entries, "second", second)
    list(train_recipe("first", "runs/first"))
    first = load_model(tmp_path / "runs" / "first")
    prepared = second.prepare(TRAINING)
    assert prepared.tokenizer.vocab_size == first.tokenizer.vocab_size > 60
    assert all(
        torch.equal(weights, prepared.model.state_dict()[name]) for name, weights in first.model.state_dict().items()
    )
    list(train_recipe("second", "runs/second"))
    assert (
        "It goes on from what `python -m engine train --recipe first --output runs/first` had made before, with 4 "
        "updates" in (tmp_path / "runs/second/README.md").read_text(encoding="utf-8")
    )
    monkeypatch.setitem(RECIPES._entries, "second", dataclasses.replace(second, start_share=0.25))
    list(train_recipe("second", "runs/mixed"))
    alone, mixed = (load_model(tmp_path / "runs" / name).model.state_dict() for name in ("second", "mixed"))
    before = first.model.state_dict()
    for name, weights in mixed.items():
        torch.testing.assert_close(
            weights, 0.25 * before[name] + 0.75 * alone[name], atol=2e-3, rtol=0
        )  # kept in half precision
    assert not torch.equal(mixed["embedding.weight"], alone["embedding.weight"])
    with pytest.raises(ModelError, match="another hidden_size"):
        dataclasses.replace(second, model=TranslatorConfig(6, 6, 1, 1, attention="additive")).prepare(TRAINING)


def test_every_recipe_is_named_as_registered_with_settings_within_bounds_and_known_corpora():
    for name, recipe in RECIPES.items():
        assert recipe.name == name
        assert recipe.title
        validate(recipe.training)
        CORPORA.get(recipe.corpus)
        if getattr(recipe, "extra_corpus", ""):
            CORPORA.get(recipe.extra_corpus)


def test_every_shipped_model_was_built_with_the_configuration_of_its_recipe():
    """All but what its folder does not tell, which is what was added later and left off."""
    for info in list_models():
        recipe = RECIPES.get(info.config["training"]["recipe"])
        model = getattr(recipe, "model", None)  # n-grams are counted, not built
        told = {} if model is None else {name: value for name, value in to_dict(model).items() if name in info.config}
        assert {name: info.config[name] for name in told} == told, info.name


def test_weights_before_training_are_a_function_of_the_seed(mirror):
    one, two = (READER.prepare(TRAINING).model.state_dict() for _ in range(2))
    other = READER.prepare(dataclasses.replace(TRAINING, seed=4)).model.state_dict()
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["embedding.weight"], other["embedding.weight"])


def test_a_reader_learns_its_characters_from_the_training_text_and_validates_on_the_other(mirror):
    prepared = READER.prepare(TRAINING)
    corpus = load_corpus("tiny_shakespeare")
    assert prepared.tokenizer.vocab_size == len(set(corpus.read(RUNNING_TEXT))) + 1
    assert len(prepared.objective.validation_ids) == len(corpus.read(RUNNING_TEXT, "validation"))
    assert prepared.facts == {
        "model": "language_model",
        "cell": "gru",
        "title": "Tiny",
        "corpora": ["tiny_shakespeare"],
    }
    assert prepared.sources == (corpus.source,)


def test_an_interpreter_reads_english_and_writes_french_of_both_corpora(mirror, write_corpus):
    extra = [{"en": "good evening", "fr": "bonsoir"}, {"en": "thanks", "fr": "merci"}]
    write_corpus(mirror / "tatoeba_en_fr", {split: extra for split in ("train", "validation", "test")})
    recipe = dataclasses.replace(INTERPRETER, extra_corpus="tatoeba_en_fr", extra_pairs_per_epoch=1)
    prepared = recipe.prepare(TRAINING)
    tokenizer, objective = prepared.tokenizer, prepared.objective
    source, target = objective.main_pairs[0]
    assert (tokenizer.decode(source), tokenizer.decode(target)) == ("a dog runs", "un chien court")
    assert {tokenizer.decode(target) for _, target in objective.extra_pairs} == {"bonsoir", "merci"}
    assert tokenizer.unknown_pieces("evening") == []
    assert len(objective.validation_pairs) == 8
    assert objective.extra_pairs_per_epoch == 1
    assert prepared.facts["corpora"] == ["multi30k_en_fr", "tatoeba_en_fr"]
    assert [source.kind for source in prepared.sources] == ["mirror", "mirror"]
    assert isinstance(prepared.model, Translator)
    assert prepared.model.config["attention"] == "additive"
    assert prepared.model.config["pad_id"] == tokenizer.pad_id


@pytest.mark.parametrize("name", ["tiny-reader", "tiny-interpreter"])
def test_a_run_ends_in_a_model_folder_that_says_how_it_was_made(name, tiny_recipes, mirror, tmp_path):
    folder = tmp_path / "made" / name
    events = list(train_recipe(name, folder, overrides={"max_steps": 3}))
    assert isinstance(events[-1], Finished)
    assert events[-1].step == 3
    loaded = load_model(folder)
    training = loaded.info.config["training"]
    assert training["recipe"] == name
    assert (
        training["command"]
        == f"python -m engine train --recipe {name} --output data/pretrained/{name} --set max_steps=3"
    )
    assert training["settings"]["max_steps"] == 3
    assert (training["steps"], training["best_step"], training["stopped_by"]) == (
        3,
        events[-1].best_step,
        "max_steps",
    )
    assert training["torch"] == torch.__version__
    assert training["sources"][0]["sentence"].startswith("Source: ")
    assert str(mirror) not in (folder / "config.json").read_text()  # no path of this machine
    assert loaded.info.card_text == write_card(name, loaded.info.config)
    assert loaded.info.metrics == {}


def test_a_run_may_go_on_though_its_card_will_say_something_else():
    recipe = RECIPES.get("ferry-gru")
    assert made_of(dataclasses.replace(recipe, remarks=(), title="Ferry"), []) == made_of(recipe, [])
    assert made_of(dataclasses.replace(recipe, loss="squared"), []) != made_of(recipe, [])


def test_the_folder_holds_the_best_weights(tiny_recipes, mirror, tmp_path, monkeypatch):
    prepared = []
    real = LanguageModelRecipe.prepare
    monkeypatch.setattr(
        LanguageModelRecipe,
        "prepare",
        lambda self, settings: prepared.append(real(self, settings)) or prepared[0],
    )
    list(train_recipe("tiny-reader", tmp_path / "made"))
    stored = load_model(tmp_path / "made").model.state_dict()
    for name, value in prepared[0].model.state_dict().items():
        assert torch.equal(stored[name], value.half().float())


def test_a_run_on_a_sample_says_so_before_the_first_update_and_on_its_card(tiny_recipes, monkeypatch, tmp_path):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path / "nowhere"))
    first, *_ = train_recipe("tiny-reader", tmp_path / "made", overrides={"max_steps": 1, "threads": 1})
    title = "Recipe tiny-reader, on the built-in sample Saltmarsh stories in place of Tiny Shakespeare"
    assert (first.title, len(first.sources)) == (title, 1)
    assert first.sources[0].startswith("Source: the built-in sample Saltmarsh stories, because Tiny Shakespeare")
    info = load_model(tmp_path / "made").info
    assert (info.title, info.config["corpora"]) == (title, ["saltmarsh"])
    assert f"# {title}" in info.card_text
    assert CORPORA.get("saltmarsh").terms in info.card_text


@pytest.mark.parametrize("before", ["a model and a checkpoint", "a model", "a checkpoint"])
def test_a_run_that_is_there_is_gone_on_with_or_begun_anew_only_when_asked(before, tiny_recipes, mirror, tmp_path):
    folder = tmp_path / "made"
    list(train_recipe("tiny-reader", folder))
    if before == "a model":
        shutil.rmtree(folder / "checkpoint")
    elif before == "a checkpoint":
        for file in FILES:
            (folder / file).unlink()
    names = {path.relative_to(folder): path.stat().st_mtime_ns for path in folder.rglob("*")}
    with pytest.raises(
        InputError, match=r"^.+/made holds .+ already: .*name another folder .* --overwrite\.$"
    ) as caught:
        list(train_recipe("tiny-reader", folder))
    assert ("a finished model" in str(caught.value)) == ("model" in before)
    assert ("the checkpoint of a run" in str(caught.value)) == ("checkpoint" in before)
    assert ("--resume" in str(caught.value)) == ("checkpoint" in before)
    assert {path.relative_to(folder): path.stat().st_mtime_ns for path in folder.rglob("*")} == names
    if "checkpoint" in before:
        assert isinstance(list(train_recipe("tiny-reader", folder, resume=True))[-1], Finished)
    else:
        with pytest.raises(
            InputError, match=r"^There is no checkpoint in .+ to go on from: it holds a finished model\."
        ):
            list(train_recipe("tiny-reader", folder, resume=True))
    with pytest.raises(InputError, match="^--resume goes on with a run and --overwrite begins it anew"):
        list(train_recipe("tiny-reader", folder, resume=True, overwrite=True))
    for event in train_recipe("tiny-reader", folder, overwrite=True):
        if isinstance(event, StepDone):
            break
    assert not (folder / "checkpoint").exists()  # a later --resume would else go on with the older run


def test_there_must_be_a_checkpoint_to_go_on_from(tiny_recipes, monkeypatch, tmp_path):
    monkeypatch.setattr(LanguageModelRecipe, "prepare", None)
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(InputError, match=r"^There is no checkpoint in .+ to go on from: nothing is there\."):
            list(train_recipe("tiny-reader", folder, resume=True))


@pytest.mark.parametrize("option", ["resume", "overwrite", ""])
def test_a_folder_of_other_files_is_no_place_for_a_model(option, tiny_recipes, monkeypatch, tmp_path):
    monkeypatch.setattr(LanguageModelRecipe, "prepare", None)
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(InputError, match=r"README\.md"):
        list(train_recipe("tiny-reader", tmp_path, **({option: True} if option else {})))
    assert (tmp_path / "README.md").read_text() == "mine"


def test_every_recipe_can_be_gone_on_with_after_an_interruption():
    for name, recipe in RECIPES.items():
        settings = recipe.training
        assert 0 < settings.checkpoint_every <= settings.max_steps / 2 or settings.max_steps == 1, name


def test_a_stopped_run_goes_on_to_the_same_folder(tiny_recipes, mirror, tmp_path):
    list(train_recipe("tiny-reader", tmp_path / "whole"))
    for event in train_recipe("tiny-reader", tmp_path / "cut"):
        if isinstance(event, Checkpointed):
            break
    assert not (tmp_path / "cut" / "config.json").exists()
    rest = list(train_recipe("tiny-reader", tmp_path / "cut", resume=True))
    assert rest[1].step == 3
    one, two = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "cut"))
    assert one == two


@pytest.mark.parametrize(
    ("changes", "overrides", "said"),
    [
        (
            {"model": LanguageModelConfig(6, 8, 1, "lstm", dropout=0.3)},
            {},
            r'model\.cell is "gru" there and "lstm" here',
        ),
        ({"batch_size": 4}, {}, "batch_size is 2 there and 4 here"),
        (
            {},
            {"seed": 9, "weight_decay": 0.5},
            r"weight_decay is 0\.01 there and 0\.5 here; seed is 3 there and 9 here",
        ),
        ({}, {"learning_rate": 0.1}, r"learning_rate is 0\.003 there and 0\.1 here"),
        ({}, {"max_steps": 8}, "max_steps is 4 there and 8 here"),  # another rate of each update
        ({"corpus": "saltmarsh"}, {}, r"its data \(Tiny Shakespeare and Saltmarsh stories\) are not the same"),
        ({"title": "Other", "corpus": "tiny_shakespeare"}, {"log_every": 2, "patience": 3, "threads": 1}, ""),
        ({}, {"learning_rate_changes": [[3, 0.1]]}, ""),  # of an update that is still to come
        ({}, {"max_steps": 8, "restarts": [4]}, ""),  # a whole run is gone on with
    ],
)
def test_a_run_is_gone_on_with_only_as_it_was_begun(
    changes, overrides, said, tiny_recipes, mirror, tmp_path, monkeypatch
):
    for event in train_recipe("tiny-reader", tmp_path / "cut"):
        if isinstance(event, Checkpointed):
            break
    before = {path: path.read_bytes() for path in (tmp_path / "cut" / "checkpoint").iterdir()}
    monkeypatch.setitem(RECIPES._entries, "tiny-reader", dataclasses.replace(READER, **changes))
    again = train_recipe("tiny-reader", tmp_path / "cut", resume=True, overrides=overrides)
    if not said:
        assert isinstance(list(again)[-1], Finished)
        return
    with pytest.raises(ModelError, match=rf"^The checkpoint in .+/cut is of another run: {said}\. Go on .*--overwrite"):
        list(again)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    "spoilt",
    [{"recipe": 3}, {"data": None}, {"data": [1]}, {"training": []}, {"training": {"schedule": "x"}}, {"step": "x"}],
)
def test_a_damaged_record_of_what_a_run_was_made_of_is_one_sentence(spoilt, tiny_recipes, mirror, tmp_path):
    for event in train_recipe("tiny-reader", tmp_path / "cut"):
        if isinstance(event, Checkpointed):
            break
    file = tmp_path / "cut" / "checkpoint" / "state.json"
    state = json.loads(file.read_text())
    file.write_text(json.dumps(state | {"made_of": state["made_of"] | spoilt}))
    with pytest.raises(ModelError, match=r"^The checkpoint in .+/cut is damaged: begin anew"):
        list(train_recipe("tiny-reader", tmp_path / "cut", resume=True))


DIVERGED = (
    r"^The run diverged after \d+ updates: its loss (?:is not a finite number|has grown from [\d.]+ to [\d.e+]+), and "
    r"no model was written; try a lower rate, for instance --set learning_rate=0\.001\.$"
)


def lose_numbers(monkeypatch, after: int, how: str) -> None:
    """Let a run's training loss, or all it measures, be no number after some updates."""
    if how == "loss":
        real = LanguageModellingObjective.loss

        def loss(self, model, batch, carry):
            value, carry = real(self, model, batch, carry)
            batches.append(batch)
            return (value * float("inf") if len(batches) > after else value), carry

        batches: list = []
        monkeypatch.setattr(LanguageModellingObjective, "loss", loss)
    else:
        real_evaluate = LanguageModellingObjective.evaluate
        rounds = iter(range(after))
        monkeypatch.setattr(
            LanguageModellingObjective,
            "evaluate",
            lambda self, model: {
                name: value if next(rounds, None) is not None else float("nan" if how == "evaluate" else "1e30")
                for name, value in real_evaluate(self, model).items()
            },
        )


@pytest.mark.parametrize("how", ["loss", "evaluate", "a huge loss"])
@pytest.mark.parametrize("after", [0, 2])
def test_a_run_that_diverges_ends_without_a_model(how, after, tiny_recipes, mirror, tmp_path, monkeypatch, capsys):
    lose_numbers(monkeypatch, after, how)
    with pytest.raises(TrainingError, match=DIVERGED):
        list(train_recipe("tiny-reader", tmp_path / "made", overrides={"evaluate_every": 1}))
    assert not (tmp_path / "made" / "config.json").exists()
    assert main(["train", "--recipe", "tiny-reader", "--output", str(tmp_path / "again")]) == EXIT_FAILED
    assert not (tmp_path / "again" / "config.json").exists()
    said = capsys.readouterr()
    assert said.out == ""
    assert re.search(DIVERGED.replace("^", "error: "), said.err.splitlines()[-1])


def test_a_run_that_diverges_leaves_the_model_that_was_there_and_its_last_checkpoint_diverges_again(
    tiny_recipes, mirror, tmp_path, monkeypatch
):
    folder = tmp_path / "made"
    list(train_recipe("tiny-reader", folder))
    before = {file: (folder / file).read_bytes() for file in FILES}
    with monkeypatch.context() as patch:
        lose_numbers(patch, 3, "loss")
        with pytest.raises(TrainingError, match=DIVERGED):
            list(train_recipe("tiny-reader", folder, overwrite=True))
    with monkeypatch.context() as patch:
        lose_numbers(patch, 0, "loss")
        with pytest.raises(TrainingError, match=DIVERGED):
            list(train_recipe("tiny-reader", folder, resume=True))
    assert {file: (folder / file).read_bytes() for file in FILES} == before


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"max_stepz": 3}, "Unknown setting max_stepz; TrainingSettings takes: .*max_steps"),
        ({"max_steps": "many"}, "max_steps must be a whole number, not 'many'"),
        ({"max_steps": 0}, "max_steps must lie between 1 and"),
    ],
)
def test_bad_settings_are_refused_before_the_corpus_is_read(tiny_recipes, monkeypatch, tmp_path, overrides, sentence):
    monkeypatch.setattr(LanguageModelRecipe, "prepare", None)
    with pytest.raises(ConfigError, match=sentence):
        list(train_recipe("tiny-reader", tmp_path / "made", overrides=overrides))


@pytest.mark.parametrize("position", ["file", "file/below", "file/far/below"])
def test_an_output_that_cannot_be_is_refused_before_the_corpus_is_read(tiny_recipes, monkeypatch, tmp_path, position):
    monkeypatch.setattr(LanguageModelRecipe, "prepare", None)
    (tmp_path / "file").touch()
    with pytest.raises(
        InputError,
        match=f"^A model cannot be written to .+{position}: .+/file is not a folder that may be written to",
    ):
        list(train_recipe("tiny-reader", tmp_path / position))


def test_an_unknown_recipe_is_answered_with_the_known_ones(tmp_path):
    with pytest.raises(ConfigError, match="Unknown recipe 'nothing'; choose one of: .*shakespeare-lstm"):
        list(train_recipe("nothing", tmp_path))


def test_a_command_repeats_every_override():
    assert run._command("r", {}) == "python -m engine train --recipe r --output data/pretrained/r"
    assert run._command("r", {"seed": 2, "patience": 1}).endswith(" --set seed=2 --set patience=1")
