"""Write together: what is chosen and drawn is what the engine says, every branch stays, and no file or code does
harm."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.decoding.cowriting import WritingNode, WritingTree, alternatives, let_write, type_text
from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.decoding.tree_files import from_code, read_json, to_code, to_json
from engine.models.folder import LoadedModel, load_model
from pages.components.generation.view import DEFAULT_PROMPT
from tests.pages.charts import figure
from tests.pages.open import ROOT, alternative_texts, open_page, sentences, written

SETTINGS = SamplingSettings(max_new_tokens=20)


@pytest.fixture
def lstm(models: Path) -> LoadedModel:
    """Return the network the page looks at."""
    return load_model(models / "small-lstm")


def open_tool(**parameters: str) -> AppTest:
    """Return the page with the tool open."""
    return open_page("generation", tool="cowrite", **({"max_new_tokens": "20"} | parameters))


def press(at: AppTest, *keys: str) -> AppTest:
    """Press buttons one after the other."""
    for key in keys:
        at.button(key=key).click()
        at.run()
        assert not at.exception
    return at


def text(at: AppTest) -> str:
    """Return the text with the pen at its end, without the pen."""
    (found,) = [text.value for text in at.text if text.value.endswith("▏")]
    return found[:-1]


def tree(at: AppTest, lstm: LoadedModel) -> WritingTree:
    """Return the tree that the page's address carries."""
    return from_code(lstm, at.text_area(key="prompt").value, at.text_input(key="cowrite_tree").value)


def type_in(at: AppTest, typed: str) -> AppTest:
    """Type a text of one's own and press "Add"."""
    at.text_input(key="cowrite-typed").set_value(typed)
    next(button for button in at.button if button.label == "Add").click()
    return at.run()


def test_opens_at_the_beginning_with_the_likeliest_characters(lstm: LoadedModel) -> None:
    at = open_tool()
    assert not at.exception
    assert text(at) == DEFAULT_PROMPT
    likely = alternatives(lstm, DEFAULT_PROMPT, (), 0.8, 0, 1.0)
    buttons = {
        button.key: button.label.replace("\\", "")
        for button in at.button
        if (button.key or "").startswith("cowrite-choose-")
    }
    for row in likely.head(10).itertuples():
        assert buttons[f"cowrite-choose-{row.token_id}"].endswith(f"· {100 * row.probability_before:.1f} %")
    assert len(buttons) in (10, 11)
    assert any(label.startswith("↵") for label in buttons.values()), "a new line can always be chosen"
    assert at.button(key="cowrite-back").disabled


def test_what_the_network_draws_is_what_it_writes_on_the_page(lstm: LoadedModel) -> None:
    at = press(open_tool(), "cowrite-one", "cowrite-ten", "cowrite-one")
    expected = "".join(write_text(lstm, DEFAULT_PROMPT, SamplingSettings(max_new_tokens=12)))
    assert text(at) == DEFAULT_PROMPT + expected


def test_choose_undo_and_branch_keeps_both_and_the_nats_are_the_engines(lstm: LoadedModel) -> None:
    at = open_tool()
    first, second = alternatives(lstm, DEFAULT_PROMPT, (), 0.8, 0, 1.0)["token_id"][:2]
    press(at, f"cowrite-choose-{first}", "cowrite-ten")
    at.number_input(key="cowrite-place").set_value(1)
    press(at.run(), "cowrite-back", f"cowrite-choose-{second}")
    type_in(at, "Good night")
    assert not at.exception
    grown = tree(at, lstm)
    assert len(grown.ends()) == 2
    assert text(at) == DEFAULT_PROMPT + lstm.tokenizer.decode([second]) + "Good night"
    assert at.text_input(key="cowrite-typed").value == ""
    truth = type_text(lstm, DEFAULT_PROMPT, WritingTree(), lstm.tokenizer.decode([second]) + "Good night")
    costs = {metric.label: metric.value for metric in at.metric}
    assert costs["This text costs"] == costs["Your choices"] == f"{truth.nats():.1f} nats"
    assert costs["The network's draws"] == "0.0 nats"
    words = alternative_texts(at)[-1]
    assert words.startswith("A tree of 22 steps in 2 branches. The text at the pen has 11 steps")
    nodes = [node for trace in figure(at, "writing-tree")["data"] for node in trace.get("customdata", [])]
    assert sorted(nodes) == list(range(22))


def test_branches_and_steps_can_be_gone_to_by_keyboard(lstm: LoadedModel) -> None:
    at = press(open_tool(), "cowrite-ten", *["cowrite-back"] * 4)
    type_in(at, "Zz")
    grown = tree(at, lstm)
    one, two = grown.ends()
    at.selectbox(key="cowrite-branch").set_value(one)
    at.run()
    assert tree(at, lstm).pen == one
    assert text(at) == DEFAULT_PROMPT + "".join(write_text(lstm, DEFAULT_PROMPT, SamplingSettings(max_new_tokens=10)))
    at.number_input(key="cowrite-place").set_value(6)
    at.run()
    assert tree(at, lstm).token_ids() == grown.token_ids(two)[:6]
    at.number_input(key="cowrite-place").set_value(0)
    at.run()
    assert text(at) == DEFAULT_PROMPT
    assert tree(at, lstm).nodes == grown.nodes, "going back loses nothing"


def test_a_branch_can_be_taken_away_and_all_of_it(lstm: LoadedModel) -> None:
    at = press(open_tool(), "cowrite-ten", *["cowrite-back"] * 4)
    type_in(at, "Zz")
    press(at, "cowrite-back", "cowrite-remove")
    assert len(tree(at, lstm).nodes) == 10
    press(at, "cowrite-clear")
    assert text(at) == DEFAULT_PROMPT
    assert at.text_input(key="cowrite_tree").value == ""


def test_the_address_carries_the_tree(lstm: LoadedModel) -> None:
    at = press(open_tool(), "cowrite-ten")
    type_in(at, "So")
    code = at.query_params["cowrite_tree"]
    friend = open_tool(cowrite_tree=code[0] if isinstance(code, list) else code)
    assert text(friend) == text(at)
    assert [metric.value for metric in friend.metric] == [metric.value for metric in at.metric]
    assert sentences(friend) == []


def test_another_network_reads_the_same_tree_with_its_own_chances(models: Path, lstm: LoadedModel) -> None:
    at = type_in(open_tool(), "Good night")
    nats = [metric.value for metric in at.metric]
    at.button_group(key="model").set_value("small-gru")
    at.run()
    assert text(at) == DEFAULT_PROMPT + "Good night"
    gru = load_model(models / "small-gru")
    truth = type_text(gru, DEFAULT_PROMPT, WritingTree(), "Good night").nats()
    assert [metric.value for metric in at.metric][0] == f"{truth:.1f} nats" != nats[0]


def test_another_beginning_keeps_the_tree_and_reads_it_again(lstm: LoadedModel) -> None:
    at = type_in(open_tool(), "Good night")
    at.text_area(key="prompt").set_value("TOM: ")
    at.run()
    assert text(at) == "TOM: Good night"
    assert at.metric[0].value == f"{type_text(lstm, 'TOM: ', WritingTree(), 'Good night').nats():.1f} nats"


def test_text_that_cannot_be_typed_is_one_sentence_and_stays_in_its_box() -> None:
    at = press(open_tool(), "cowrite-ten")
    before = text(at)
    type_in(at, "Ωmega 😀")
    (sentence,) = sentences(at)
    assert "never seen Ω, 😀" in sentence
    assert at.text_input(key="cowrite-typed").value == "Ωmega 😀"
    assert text(at) == before
    type_in(at, "omega")
    assert sentences(at) == []
    assert text(at) == before + "omega"


@pytest.mark.parametrize("code", ["nonsense", "t", "tAAAA", "<script>alert(1)</script>", "t" * 5000])
def test_a_damaged_code_in_the_address_is_one_sentence(code: str) -> None:
    at = open_tool(cowrite_tree=code)
    assert not at.exception
    (sentence,) = sentences(at)
    assert "The tree in the address is damaged" in sentence
    assert text(at) == DEFAULT_PROMPT
    press(at, "cowrite-ten")
    assert sentences(at) == []


def test_a_damaged_code_loses_nothing_of_what_is_there(lstm: LoadedModel) -> None:
    at = press(open_tool(), "cowrite-ten")
    before = text(at)
    at.text_input(key="cowrite_tree").set_value("tnonsense")
    at.run()
    assert "damaged" in sentences(at)[0]
    assert text(at) == before


def test_a_tree_too_large_for_the_address_stays_and_says_so(lstm: LoadedModel) -> None:
    draw = random.Random(0)
    nodes: list[WritingNode] = []
    while len(to_code(lstm, WritingTree(tuple(nodes), len(nodes) - 1))) < 1470:
        nodes += [WritingNode(len(nodes) + i - 1, draw.randint(1, 62), "network") for i in range(10)]
    at = open_tool(cowrite_tree=to_code(lstm, WritingTree(tuple(nodes), len(nodes) - 1)))
    assert sentences(at) == []
    for _ in range(4):
        type_in(at, "To be, or not to be")
    (note,) = [info.value.replace("\\", "") for info in at.info]
    assert "too large for an address" in note
    assert "downloading its file" in note
    assert at.text_input(key="cowrite_tree").value == ""
    press(at, "cowrite-back")
    assert text(at).endswith("To be, or not to b"), "the tree itself goes on"


def upload(at: AppTest, data: bytes) -> AppTest:
    """Put a file into the box for files."""
    at.file_uploader(key="cowrite-file").set_value(("tree.json", data, "application/json"))
    return at.run()


def test_a_downloaded_file_opens_again_with_its_beginning(lstm: LoadedModel) -> None:
    grown = type_text(lstm, "TOM: ", WritingTree(), "A song")
    grown = let_write(lstm, "TOM: ", grown.go_to(1), SETTINGS)
    at = upload(press(open_tool(), "cowrite-one"), to_json(lstm, "TOM: ", grown))
    assert sentences(at) == []
    assert "a tree of 26 steps in 2 branches" in at.info[0].value.replace("\\", "")
    press(at, "cowrite-open")
    assert at.text_area(key="prompt").value == "TOM: "
    assert text(at) == "TOM: " + lstm.tokenizer.decode(list(grown.token_ids()))
    assert tree(at, lstm).nodes == from_code(lstm, "TOM: ", to_code(lstm, grown)).nodes


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda data: b"not JSON", "not JSON, or was damaged"),
        (lambda data: json.dumps(json.loads(data) | {"pen": 99}).encode(), "pen stands at step 99"),
        (lambda data: data.replace(b'"parent": 1', b'"parent": 5'), "follows step 5, which does not come before it"),
        (lambda data: data.replace(b'"token": "s"', '"token": "ß"'.encode()), "is “ß”, which small-lstm does not know"),
        (lambda data: data.replace(b"visitor", b"<img src=x>"), "has the author '<img src=x>'"),
    ],
)
def test_a_file_edited_by_hand_is_one_sentence_and_nothing_is_lost(lstm: LoadedModel, damage, sentence: str) -> None:
    data = to_json(lstm, DEFAULT_PROMPT, type_text(lstm, DEFAULT_PROMPT, WritingTree(), "A song"))
    at = press(open_tool(), "cowrite-ten")
    before = text(at)
    upload(at, damage(data))
    assert not at.exception
    (found,) = sentences(at)
    assert sentence in found
    assert found.endswith("Your tree is still there.")
    assert text(at) == before
    assert "cowrite-open" not in {button.key for button in at.button}


def test_a_huge_prompt_is_one_sentence() -> None:
    at = open_tool(prompt="x" * 2001)
    assert not at.exception
    assert len(sentences(at)) == 1


def test_the_receipts_give_the_numbers_again(models: Path, lstm: LoadedModel) -> None:
    at = type_in(press(open_tool(), "cowrite-ten"), "So")
    codes = [
        next(block.value for block in at.code if sign in block.value) for sign in ("found.nats()", "alternatives(")
    ]
    code = "\n".join(codes).replace("'small-lstm'", repr(str(models / "small-lstm")))
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    grown = tree(at, lstm)
    likely = alternatives(lstm, DEFAULT_PROMPT, grown.token_ids(), 0.8, 0, 1.0)
    for number in (f"{grown.nats():.4f}"[:-1], f"{likely['probability_before'].iloc[0]:.6f}"[:-1]):
        assert number in result.stdout


def test_the_file_to_download_is_the_tree(lstm: LoadedModel) -> None:
    at = type_in(open_tool(), "So")
    data = to_json(lstm, DEFAULT_PROMPT, tree(at, lstm))
    assert read_json(data).tree(lstm) == tree(at, lstm)
    assert any(button.label == "Download the tree" for button in at.get("download_button"))
    assert "The tree: 2 steps in 1 branch" in written(at)
