"""Links written before fields and tools got the names of the literature arrive at the same view as they did.

The links are those that stood in the README, in the pages and in the tests before the renaming, those to a bad value
left out. Each is followed through the page, with small models; the tool itself is not drawn.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest

from engine.experiments.runs import results
from pages.components.comparison import error_by_length
from pages.components.controls import tools
from pages.components.controls.tools import Toolbox
from tests.engine.experiments.measured_rows import small_comparison
from tests.pages.open import open_page, sentences
from tests.pages.small_classifiers import add_classifiers

# What an old link says, and the same in today's names: of fields, of tools, and of choices instead of their labels.
LINKS = {
    # generation
    "generation?max_new_tokens=100&temperature=1.3&top_k=5": "",
    "generation?seed=5.0&max_new_tokens=20.0": "generation?seed=5&max_new_tokens=20",
    "generation?max_new_tokens=20&temperature=0": "",
    "generation?prompt=THE&max_new_tokens=20&closeup=small-gru": (
        "generation?prompt=THE&max_new_tokens=20&model=small-gru"
    ),
    "generation?writers=Transformer&tool=surprise&surprise_text=TOM&max_new_tokens=20&prompt=THE&seed=3": (
        "generation?models=attention&tool=surprise&surprise_text=TOM&max_new_tokens=20&prompt=THE&seed=3"
    ),
    "generation?writers=matched&max_new_tokens=1": "generation?models=matched&max_new_tokens=1",
    "generation?tool=Next+character&max_new_tokens=40&top_k=5&position=35": (
        "generation?tool=next_token&max_new_tokens=40&top_k=5&position=35"
    ),
    "generation?tool=cowrite&max_new_tokens=20": "",
    "generation?tool=Write+together&max_new_tokens=20": "generation?tool=cowrite&max_new_tokens=20",
    "generation?tool=history&max_new_tokens=60&history_stage=27": (
        "generation?tool=training_snapshots&max_new_tokens=60&history_stage=27"
    ),
    "generation?tool=history&history_stage=5&prompt=TOM:&temperature=1.2&seed=9&top_k=6&closeup=small-gru": (
        "generation?tool=training_snapshots&history_stage=5&prompt=TOM:&temperature=1.2&seed=9&top_k=6&model=small-gru"
    ),
    "generation?tool=Time+machine&max_new_tokens=30": "generation?tool=training_snapshots&max_new_tokens=30",
    "generation?tool=Copy+check&max_new_tokens=60&copies_minimum=15": (
        "generation?tool=copies&max_new_tokens=60&copies_minimum=15"
    ),
    "generation?tool=Temperature&max_new_tokens=40&temperature_curve=My+beginning,+now&prompt=MARA": (
        "generation?tool=temperature&max_new_tokens=40&temperature_curve=My+beginning,+now&prompt=MARA"
    ),
    "generation?tool=surprise&surprise_text=H%C3%A9&surprise_model=LSTM&max_new_tokens=1": "",
    "generation?tool=duel&duel_text=TOM&max_new_tokens=1": "",
    "generation?tool=neurons&neurons_layer=1&neurons_part=cell&neurons_unit=5&closeup=LSTM&max_new_tokens=30": (
        "generation?tool=neurons&neurons_layer=1&neurons_part=cell&neurons_unit=5&model=small-lstm&max_new_tokens=30"
    ),
    "generation?tool=detective&closeup=LSTM&max_new_tokens=30": (
        "generation?tool=probing&model=small-lstm&max_new_tokens=30"
    ),
    "generation?tool=Cell+detective&detective_text=MARA&max_new_tokens=30": (
        "generation?tool=probing&probing_text=MARA&max_new_tokens=30"
    ),
    "generation?tool=puppeteer&puppeteer_action=clamp&puppeteer_units=2,+4&puppeteer_value=-1&closeup=small-lstm": (
        "generation?tool=activation_clamping&clamping_action=clamp&clamping_units=2,+4&clamping_value=-1"
        "&model=small-lstm"
    ),
    "generation?tool=Puppeteer&puppeteer_units=3&closeup=RNN": (
        "generation?tool=activation_clamping&clamping_units=3&model=small-rnn"
    ),
    "generation?tool=transplant&transplant_place=1&transplant_donor=MARA&closeup=RNN&seed=3&max_new_tokens=20": (
        "generation?tool=activation_patching&transplant_position=1&transplant_donor=MARA&model=small-rnn&seed=3"
        "&max_new_tokens=20"
    ),
    "generation?tool=State+transplant&closeup=GRU&max_new_tokens=40": (
        "generation?tool=activation_patching&model=small-gru&max_new_tokens=40"
    ),
    # translation
    "translation?direction=English+to+French&search=greedy": "translation?direction=en-fr&search=greedy",
    "translation?text=The+dog+runs&search=beam&beam_size=12&length_penalty=0": "",
    "translation?text=A+dog+runs.&search=sampling&temperature=1&seed=5": "",
    "translation?text=a+dog%0A%0Aa+cat+runs&search=greedy&line=2": "",
    "translation?tool=attention&search=greedy": "",
    "translation?tool=Attention&text=A+black+dog&search=Greedy&translators=With+and+without+attention": (
        "translation?tool=attention&text=A+black+dog&search=greedy&translators=pair"
    ),
    "translation?tool=Attention&text=dog&search=greedy&unit=pieces&attention_step=2&attention_search=true": (
        "translation?tool=attention&text=dog&search=greedy&unit=pieces&attention_step=2&attention_search=true"
    ),
    "translation?tool=Bottleneck&text=A+dog&search=Greedy&bottleneck_size=17": (
        "translation?tool=bottleneck&text=A+dog&search=greedy&bottleneck_size=17"
    ),
    "translation?tool=forcing&translators=pair&search=greedy&teacher_forcing=false&forcing_wrong_step=3": "",
    "translation?tool=forcing&search=greedy&forcing_by=coins&forcing_share=0.4&forcing_seed=3": "",
    "translation?tool=regimes&search=greedy": "",
    "translation?tool=Forced+or+free&text=a+dog&search=greedy&forcing_rows=By+piece": (
        "translation?tool=forcing&text=a+dog&search=greedy&forcing_rows=pieces"
    ),
    "translation?tool=Ways+to+be+taught&text=a+dog&search=greedy": "translation?tool=regimes&text=a+dog&search=greedy",
    "translation?tool=attention&text=dog&search=greedy&unit=Pieces": (
        "translation?tool=attention&text=dog&search=greedy&unit=pieces"
    ),
    "generation?tool=Time+machine&max_new_tokens=1": "generation?tool=training_snapshots&max_new_tokens=1",
    "translation?tool=many_lines&text=A+dog+runs.&search=greedy": "",
    "translation?tool=test_set&search=greedy": "",
    "translation?tool=choices&text=a+dog&search=beam&beam_size=3&choices_word=0": "",
    "translation?tool=search&text=a+dog&network=small-en-fr-dot&search=greedy&search_width=3&search_penalty=0.6": "",
    "translation?tool=Word+swaps&text=a+dog&search=greedy&swaps_word=2+dog": (
        "translation?tool=swaps&text=a+dog&search=greedy&swaps_word=2+dog"
    ),
    "translation?tool=Two+sentences&text=a+dog&search=greedy": (
        "translation?tool=sentence_similarity&text=a+dog&search=greedy"
    ),
    "translation?tool=twins&text=a+dog&search=greedy&twins_text=a+cat": (
        "translation?tool=sentence_similarity&text=a+dog&search=greedy&twins_text=a+cat"
    ),
    "translation?tool=Nearest+sentences&text=a+dog&search=greedy&nearest_step=2": (
        "translation?tool=nearest&text=a+dog&search=greedy&nearest_step=2"
    ),
    # sentiment
    "sentiment?film_word=3&network=small-forward": "",
    "sentiment?text=food&network=small-long-blind": "",
    "sentiment?tool=texts": "",
    "sentiment?tool=Why&text=He+said+so&why_word=2": "sentiment?tool=why&text=He+said+so&why_word=2",
    "sentiment?tool=Order&text=He+said+so&order_seed=3": "sentiment?tool=order&text=He+said+so&order_seed=3",
    "sentiment?tool=Padding&padding_lines=a%0Ab&padding_batch=2&padding_sort=true": (
        "sentiment?tool=padding&padding_lines=a%0Ab&padding_batch=2&padding_sort=true"
    ),
    "sentiment?tool=quality&quality_threshold=0.7&quality_slices=negation": "",
    # entities
    "entities?text=Anna+lives+in+Rome%0APeter+lives+in+Paris&line=2": "",
    "entities?tool=words&words_place=4": "entities?tool=words&words_position=4",
    "entities?tool=lattice&lattice_word=4&lattice_all_tags=true&lattice_shown=12": "",
    "entities?tool=directions&directions_word=4&network=gmb-lstm-crf": "",
    "entities?tool=padding&padding_batch=5&network=gmb-bilstm-crf": "",
    "entities?tool=many_lines": "",
    "entities?tool=quality&quality_outcome=boundary": "",
    # comparison
    "comparison?task=delayed_recall&show=RNN&show=gru&who_log_y=true": (
        "comparison?task=delayed_recall&show=rnn&show=gru&who_log_y=true"
    ),
    "comparison?task=delayed_recall&who_up=updates&show=RNN": (
        "comparison?task=delayed_recall&who_up=updates&show=rnn"
    ),
    "comparison?equal=hidden_size&section=rules": "comparison?matched_by=hidden_size&section=rules",
    "comparison?equal=Equal+hidden+size&section=The+rules": "comparison?matched_by=hidden_size&section=rules",
    "comparison?section=learning&task=adding&learning_length=40&learning_against=seconds": "",
    "comparison?section=literature": "",
    "comparison?section=sizes": "",
    "comparison?section=tradeoff&task=delayed_recall&tradeoff_length=10": "",
    "comparison?section=cost&cost_hidden=64": "",
    "comparison?section=Memory+half-life&half_life_distance=20": "comparison?section=half_life&half_life_distance=20",
    "comparison?section=half_life&half_life_models=GRU&half_life_distance=20&half_life_text=The+tide": "",
    "comparison?section=bets&race_length=2&race_second=GRU&race_third=Nobody&race_parameters=2000&race_bet=GRU": (
        "comparison?section=live_race&race_length=2&race_second=GRU&race_third=Nobody&race_parameters=2000&race_bet=GRU"
    ),
    "comparison?section=live_race&race_task=Praise+or+complaint": "comparison?section=live_race&race_task=sentences",
    "comparison?section=Place+your+bets&race_task=copying&race_length=300&race_max_steps=5000&race_seconds=60": (
        "comparison?section=live_race&race_task=copying&race_length=300&race_max_steps=5000&race_seconds=60"
    ),
    # cells
    "cells?network=GRU&position=3": "cells?network=small-gru&position=3",
    "cells?tool=step&position=5&unit=7&network=small-lstm": "",
    "cells?tool=step&network=small-en-fr-dot&strand=Layer+1,+backwards": (
        "cells?tool=step&network=small-en-fr-dot&layer=Layer+1,+backwards"
    ),
    "cells?tool=gates&gates_part=output_gate&gates_order=variance&gates_all=true&unit=3": "",
    "cells?tool=conveyor&position=3&network=small-lstm": "cells?tool=memory_retention&position=3&network=small-lstm",
    "cells?tool=Conveyor+belt&conveyor_single=true": "cells?tool=memory_retention&conveyor_single=true",
    "cells?tool=edit&network=LSTM&edit_first=the+dog&edit_second=the+log&edit_tail=+ran": (
        "cells?tool=edit&network=small-lstm&edit_first=the+dog&edit_second=the+log&edit_tail=+ran"
    ),
    "cells?tool=patterns&network=LSTM&patterns_where=The+text+above": (
        "cells?tool=patterns&network=small-lstm&patterns_where=The+text+above"
    ),
    "cells?tool=edit&edit_part=What+they+keep": "cells?tool=edit&edit_part=cell",
    "cells?tool=shapes&shapes_kind=gru&shapes_num_layers=3&shapes_batch_first=false&shapes_length=6": "",
    # gradients
    "gradients?chain_length=52&chain_hidden_size=8&chain_seed=3&chain_closeup=lstm": (
        "gradients?chain_length=52&chain_hidden_size=8&chain_seed=3&chain_architecture=lstm"
    ),
    "gradients?chain_source=text&text=The+fog&chain_gain=10&chain_activation=relu&chain_length=150": "",
    "gradients?chain_trained=true&text=The+fog": "",
    "gradients?chain_gain=1.25&chain_forget_bias=2": "",
    "gradients?tool=Connectivity&connectivity_check=false&text=The+fog&connectivity_place=6": (
        "gradients?tool=connectivity&connectivity_check=false&text=The+fog&connectivity_position=6"
    ),
    "gradients?tool=connectivity&connectivity_closeup=GRU": "gradients?tool=connectivity&connectivity_model=GRU",
    "gradients?tool=Clipping&clipping_updates=20&clipping_length=5": (
        "gradients?tool=clipping&clipping_updates=20&clipping_length=5"
    ),
    "gradients?tool=Truncation&truncation_network=GRU&truncation_text=The+fog": (
        "gradients?tool=truncation&truncation_network=GRU&truncation_text=The+fog"
    ),
    "gradients?tool=The+chain&chain_gain=1.25": "gradients?tool=chain&chain_gain=1.25",
    "gradients?tool=foretold&foretold_hidden_size=8": "gradients?tool=trainability&trainability_hidden_size=8",
    "gradients?tool=Foretold%3F&foretold_hidden_size=4&foretold_updates=400": (
        "gradients?tool=trainability&trainability_hidden_size=4&trainability_updates=400"
    ),
}


@pytest.fixture(scope="module")
def small_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the small made-up comparison."""
    folder = tmp_path_factory.mktemp("results")
    small_comparison().to_parquet(folder / "shipped.parquet")
    return folder


@pytest.fixture
def installed(
    request: pytest.FixtureRequest, link: str, models: Path, small_table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Install what the page of a link needs beside the small language models and translators."""
    monkeypatch.setattr(results, "RESULTS", small_table)
    monkeypatch.setattr(error_by_length, "show", lambda context: None)  # the chart at the top, drawn anew for each link
    if link.startswith("entities"):
        request.getfixturevalue("taggers")
    if link.startswith("sentiment"):
        add_classifiers(models)
    if "Transformer" in link:
        request.getfixturevalue("transformer")


def _parts(link: str) -> tuple[str, dict[str, list[str]]]:
    page, _, query = link.partition("?")
    return page, parse_qs(query, strict_parsing=True)


def _texts(value: Any) -> list[str]:
    """Return what a link says of a value."""
    if isinstance(value, tuple):
        return [str(part) for part in value]
    return [str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)]


@pytest.mark.parametrize("link", LINKS)
def test_an_old_link_arrives_at_the_same_view(link: str, installed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    page, asked = _parts(link)
    _, expected = _parts(LINKS[link] or link)
    found: dict[str, list[str]] = {}
    opened: list[str] = []

    def show(context: Any) -> None:
        found.update({name: _texts(context.controls.current(name)) for name in expected})

    def find_tool(module: str) -> Any:
        opened.append(module.rpartition(".")[2])
        return SimpleNamespace(show=show)

    monkeypatch.setattr(tools, "import_module", find_tool)
    at = open_page(page, **asked)
    assert not at.exception
    assert not [sentence for sentence in sentences(at) if "The address asked for" in sentence]
    assert found == expected
    for name in ("tool", "section"):
        assert opened == expected.get(name, opened)


def test_the_links_know_every_former_name_of_a_tool() -> None:
    known = {name for link in LINKS for name in _parts(link)[1].get("tool", []) + _parts(link)[1].get("section", [])}
    boxes = [
        toolbox
        for page in ("cells", "comparison", "entities", "generation", "gradients", "sentiment", "translation")
        for toolbox in vars(__import__(f"pages.components.{page}", fromlist=[page])).values()
        if isinstance(toolbox, Toolbox)
    ]
    former = {name for box in boxes for name in box.formerly}
    names = {"bets", "conveyor", "detective", "foretold", "history", "puppeteer", "transplant", "twins"}
    labels = {"Cell detective", "Forced or free", "Puppeteer", "State transplant", "Time machine", "Ways to be taught"}
    assert former >= names | labels
    assert former <= known
