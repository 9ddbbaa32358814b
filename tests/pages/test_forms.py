"""Forms from dataclasses: what a URL may say, what it may not, and what the visitor is told."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from engine.config import option
from engine.errors import ConfigError
from engine.limits import limits
from pages.components.controls import fields
from pages.components.drawing import notices
from tests.pages.open import sentences


@dataclass(frozen=True)
class View:
    """A view with one field of each kind."""

    text: str = option("hello")
    size: int = option(5, minimum=1, maximum=10)
    share: float = option(0.5, label="Share", minimum=0.0, maximum=1.0)
    is_on: bool = option(False)
    colour: str = option("", choices=("red", "green"), formerly=("paint",))


FIELDS = fields.fields_of(View, formerly={"colour": {"rouge": "red"}})


def test_every_field_knows_its_kind_its_words_and_its_bounds() -> None:
    assert {name: field.kind for name, field in FIELDS.items()} == {
        "text": str,
        "size": int,
        "share": float,
        "is_on": bool,
        "colour": str,
    }
    assert FIELDS["share"].label == "Share"
    assert FIELDS["is_on"].label == "Is on"
    assert FIELDS["colour"].default == "red", "a default that is no choice gives way to the first choice"
    assert fields.fields_of(View, {"colour": ["blue"]})["colour"].choices == ("blue",)
    assert fields.fields_of(View, {"colour": ["blue", "grey"]}, {"colour": "grey"})["colour"].default == "grey"


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("size", "7", 7),
        ("size", "7.0", 7),
        ("share", "1", 1.0),
        ("share", "0.25", 0.25),
        ("is_on", "true", True),
        ("text", "é\n😀", "é\n😀"),
    ],
)
def test_reads_what_a_link_carries(name: str, raw: str, value: object) -> None:
    assert FIELDS[name].read(raw) == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("size", "0"),
        ("size", "11"),
        ("size", "1.5"),
        ("size", "nan"),
        ("size", "inf"),
        ("size", ""),
        ("size", "five"),
        ("share", "-0.1"),
        ("share", "nan"),
        ("share", "-inf"),
        ("share", "1e999"),
        ("is_on", "maybe"),
        ("is_on", "2"),
    ],
)
def test_refuses_what_is_out_of_bounds(name: str, raw: str) -> None:
    kept, sentences = fields.read_parameters(FIELDS, {name: raw, "text": "x"})
    assert kept == {"text": "x"}
    assert len(sentences) == 1
    assert sentences[0].startswith(f"The address asked for {name} = {raw},")
    assert sentences[0].endswith("The default is used instead.")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["utm_source"], "The address asked for utm_source, which this page does not know and leaves out."),
        (
            ["colou", "Size"],
            "The address asked for colou, Size, which this page does not know and leaves out. "
            "Did you mean colour, size?",
        ),
    ],
)
def test_an_unknown_name_is_left_out_and_the_near_one_is_named(asked: list[str], sentence: str) -> None:
    raw = dict.fromkeys(asked, "1") | {"text": "x", "job": "7"}
    assert fields.read_parameters(FIELDS, raw, ["job"]) == ({"text": "x", "job": "7"}, [sentence])


def test_long_garbage_is_shortened_in_the_sentence() -> None:
    (sentence,) = fields.read_parameters(FIELDS, {"size": "9" * 5000})[1]
    assert len(sentence) < 400


@given(raw=st.text(max_size=30), name=st.sampled_from(sorted(FIELDS)))
def test_no_text_in_a_url_raises_anything_but_a_sentence(raw: str, name: str) -> None:
    kept, sentences = fields.read_parameters(FIELDS, {name: raw})
    assert (name in kept) != bool(sentences)


def test_a_choice_is_understood_by_label_and_by_name() -> None:
    labels = ["Red paint", "Green paint"]
    assert fields.read_choice(FIELDS["colour"], "Red paint", labels) == "Red paint"
    assert fields.read_choice(FIELDS["colour"], "green", labels) == "Green paint"
    with pytest.raises(ConfigError, match="Colour must be one of Red paint, Green paint"):
        fields.read_choice(FIELDS["colour"], "blue", labels)


@pytest.mark.parametrize(
    ("asked", "present"),
    [
        ({"colour": ["green"], "utm_source": ["x"]}, {"colour": ["green"], "utm_source": ["x"]}),
        ({"paint": ["green"]}, {"colour": ["green"]}),
        ({"colour": ["rouge"]}, {"colour": ["red"]}),
        ({"paint": ["rouge", "green"]}, {"colour": ["red", "green"]}),
        ({"paint": ["red"], "colour": ["green"]}, {"paint": ["red"], "colour": ["green"]}),
        ({"text": ["rouge"]}, {"text": ["rouge"]}),
    ],
)
def test_an_old_link_is_read_by_the_names_of_today(asked: dict, present: dict) -> None:
    assert fields.present_parameters(FIELDS, asked) == present


def _page_of_an_old_link() -> None:
    """Draw what a field holds before its widget is drawn, and after."""
    import streamlit

    from engine.config import option
    from pages.components.controls import forms
    from pages.components.controls.views import composed_of

    @composed_of()
    class View:
        """One field of each kind."""

        text: str = option("hello")
        size: int = option(5, minimum=1, maximum=10, formerly=("length",))
        share: float = option(0.5)
        is_on: bool = option(False)
        colour: str = option("", choices=("red", "green"))
        both: tuple = option(("red",), choices=("red", "green"))

    controls = forms.open_controls(
        "old", View, labels={"colour": str.capitalize}, formerly={"colour": {"vert": "green"}}
    )
    streamlit.text(repr({name: controls.current(name) for name in View.__dataclass_fields__}))
    controls.number("size")
    controls.several("both", default=["red"])
    streamlit.text(repr([controls.current("size"), controls.current("both")]))


def _shown(**parameters: str | list[str]) -> list[str]:
    at = AppTest.from_function(_page_of_an_old_link)
    for name, value in parameters.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    assert not at.warning
    return [text.value for text in at.text]


def test_what_a_field_will_hold_is_of_its_own_kind() -> None:
    default = {"text": "hello", "size": 5, "share": 0.5, "is_on": False, "colour": "red", "both": ("red",)}
    assert _shown() == [repr(default), repr([5, ("red",)])]
    asked = {"text": "5", "size": "7.0", "share": "1", "is_on": "true", "colour": "Green", "both": ["red", "green"]}
    found = {"text": "5", "size": 7, "share": 1.0, "is_on": True, "colour": "green", "both": ("red", "green")}
    assert _shown(**asked) == [repr(found), repr([7, ("red", "green")])]


def test_a_page_opens_at_what_an_old_link_says() -> None:
    first, second = _shown(length="8", colour="vert")
    assert "'size': 8" in first
    assert "'colour': 'green'" in first
    assert second.startswith("[8,")


def _page_of_choices_known_now() -> None:
    """Draw a slider, a list whose choices bring their labels, and a button that fills a box."""
    import streamlit

    from engine.config import option
    from pages.components.controls import forms
    from pages.components.controls.views import composed_of

    @composed_of()
    class View:
        """What is drawn, and how far the slider goes."""

        last: int = option(10, minimum=1, maximum=10)
        size: int = option(5, minimum=1, maximum=10)
        colour: str = option("")
        text: str = option("hello")

    controls = forms.open_controls("now", View, {"colour": {"red": "Red paint", "green": "Green paint"}})
    streamlit.text(repr(controls.slider("size", maximum=controls.number("last"))))
    streamlit.text(controls.select("colour", choices={"green": "Green paint", "blue": "Sky"}, default="blue"))
    controls.text_input("text")
    controls.examples("text", {"Greeting": "good day"}, "example")


def _page_now(**parameters: str) -> AppTest:
    at = AppTest.from_function(_page_of_choices_known_now)
    for name, value in parameters.items():
        at.query_params[name] = value
    return at.run()


@pytest.mark.parametrize(("last", "value", "drawn"), [("10", "5", 1), ("3", "3", 1), ("1", "1", 0)])
def test_a_slider_ends_where_it_can_and_one_value_needs_none(last: str, value: str, drawn: int) -> None:
    at = _page_now(last=last)
    assert at.text[0].value == value
    assert len(at.slider) == drawn


def test_choices_known_now_bring_their_labels() -> None:
    at = _page_now()
    assert at.text[1].value == "blue"
    assert at.selectbox[0].options == ["Green paint", "Sky"]
    assert _page_now(colour="Green paint").text[1].value == "green"


def test_an_example_fills_its_box() -> None:
    at = _page_now()
    at.button[0].click().run()
    assert at.text_input[0].value == "good day"


@given(st.text(max_size=60))
def test_escaped_text_has_nothing_markdown_reads(text: str) -> None:
    escaped, text = (each.replace("\N{WORD JOINER}", "") for each in (notices.plain(text), text))
    assert escaped.replace("\\", "").replace("\n", " ") == text.replace("\\", "").replace("\n", " ")
    bare = escaped.replace("\\\\", "")
    for sign in "`*_[]()<>$:#!|~":
        assert all(bare[position - 1] == "\\" for position, letter in enumerate(bare) if letter == sign)


def show_fields() -> None:
    """Draw a text, a choice and pills of a page, and what they say."""
    from dataclasses import dataclass

    import streamlit as st

    from engine.config import option
    from pages.components.controls import forms

    @dataclass(frozen=True)
    class OwnView:
        text: str = option("hello")
        colour: str = option("red", choices=("red", "green"))

    page = st.session_state.get("page", "first")
    choices = {"colour": {"red": "Red", "green": "Green"} if page == "first" else {"blue": "Blue", "grey": "Grey"}}
    controls = forms.open_controls(page, OwnView, choices)
    st.code(controls.text_area("text"))
    st.code(str(controls.segmented("colour")))


def test_a_required_choice_of_nothing_is_the_default() -> None:
    at = AppTest.from_function(show_fields).run()
    at.get("button_group")[0].set_value(None).run()
    assert not at.exception
    assert at.code[1].value == "red"


def test_of_a_text_that_is_too_long_the_beginning_is_read_and_that_is_said() -> None:
    most = limits().text_characters
    at = AppTest.from_function(show_fields).run()
    at.text_area[0].set_value("a" * (most + 1)).run()
    assert len(at.code[0].value) == most
    assert sentences(at) == [f"Text has {most + 1:,} characters; the first {most:,} are read."]
    at.text_area[0].set_value("a" * most).run()
    assert sentences(at) == []


def test_an_address_that_is_too_long_is_left_out_as_a_whole() -> None:
    at = AppTest.from_function(show_fields)
    at.query_params["text"] = "a" * limits().link_characters
    at.run()
    assert at.code[0].value == "hello"
    assert sentences(at)[0].startswith(f"The address has {limits().link_characters + 4:,} characters, and at most")


def test_fields_of_the_page_before_are_not_those_of_this_one() -> None:
    at = AppTest.from_function(show_fields).run()
    at.text_area[0].set_value("of the first page")
    at.get("button_group")[0].set_value("green").run()
    assert [code.value for code in at.code] == ["of the first page", "green"]
    at.session_state["page"] = "second"
    at.run()
    assert [code.value for code in at.code] == ["hello", "blue"]
    assert "None" not in str(at.query_params)


def _two_pages_of_other_fields() -> None:
    """Draw the one field of a page, and what it says; in "between" says which page is open."""
    from dataclasses import make_dataclass

    import streamlit as st

    from engine.config import option
    from pages.components.controls import forms

    page = st.session_state.get("page", "first")
    name = {"first": "text", "second": "word"}[page]
    view = make_dataclass("PageView", [(name, str, option("hello"))], frozen=True)
    st.code(forms.open_controls(page, view).text_area(name))


def test_on_the_way_back_a_page_finds_its_fields_as_they_were_left() -> None:
    at = AppTest.from_function(_two_pages_of_other_fields).run()
    at.text_area[0].set_value("of the first page").run()
    for page in ("second", "first"):
        at.session_state["page"] = page
        at.run()
    assert at.code[0].value == "of the first page"


@pytest.mark.parametrize(
    "text",
    ["http://evil.example/x", "see https://evil.example", "www.evil.example", "HTTPS://E.X", "anna@evil.example"],
)
def test_no_text_of_a_visitor_becomes_a_link(text: str) -> None:
    """What the browser looks for in words once Markdown's marks are gone (mdast-util-gfm-autolink-literal)."""
    shown = notices.plain(text).replace("\\", "")
    assert not re.search(r"(https?://|www(?=\.))([-.\w]+)", shown, re.IGNORECASE)
    assert not re.search(r"[-.\w+]+@[-\w]+(\.[-\w]+)+", shown)
    assert shown.replace("\N{WORD JOINER}", "") == text


@pytest.mark.parametrize("text", ["start some with: dask worker tcp://10.0.0.1:8786", "owner/name@1a2b3c", "you@work"])
def test_what_becomes_no_link_is_copied_as_it_stands(text: str) -> None:
    assert notices.plain(text).replace("\\", "") == text
