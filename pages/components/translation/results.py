"""What a translation is and how sure the network was: drawn the same way for every network and every search."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.decoding.kept_words import keep_in_sentence
from engine.decoding.limits import MAX_LINES as MOST_LINES
from engine.decoding.limits import SearchSettings
from engine.decoding.text import Translation
from engine.errors import InputError
from engine.inspection.translation.source_reading import ReadWord, read_source
from engine.inspection.translation.translations import confidence_sentence, confidence_table
from engine.models.folder import ModelInfo
from engine.plotting.translation.attention import confidence_bars
from engine.text.piece_labels import CONTINUES, UNKNOWN
from engine.text.reading import cut_lines
from pages.components.computing.calls import call
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.controls.forms import Controls
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt
from pages.components.owning.networks import find_metric, mark
from pages.components.texts.reading import say
from pages.components.translation.context import PAGE, style, title
from pages.components.translation.examples import KnownExamples
from pages.components.translation.view import MAX_LINES, TranslationView

LINES_TEXT = "many lines"  # where the text of the tool "Many lines" is kept


def split_lines(controls: Controls[TranslationView], text: str, examples: KnownExamples) -> list[str]:
    """Return the sentences of a text, one per line; offer to move a long text to the tool for many lines.

    Raises:
        InputError: there is none, or there are too many.
    """
    lines = [line.strip() for line in cut_lines(text) if line.strip()]
    if not lines:
        others = ", or take one of the examples" if examples.here else ""
        raise InputError(f"There is nothing to translate: type a sentence in {examples.source_language}{others}.")
    if len(lines) > MAX_LINES:
        button("Take them to “Many lines”", "move-lines", move_lines, controls, lines, icon="low_priority")
        raise InputError(
            f"There are {len(lines):,} lines; at most {MAX_LINES} sentences are laid open at once. The tool “Many "
            f"lines” translates {MOST_LINES:,} at a time."
        )
    return lines


def move_lines(controls: Controls[TranslationView], lines: list[str]) -> None:
    """Leave the first line in the box and put all of them into the tool "Many lines"; runs before the page does."""
    state.remember(PAGE, LINES_TEXT, "\n".join(lines))
    controls.set("text", lines[0])
    controls.set("tool", "many_lines")


def show_reading(name: str, translation: Translation) -> None:
    """Draw the source as the network reads it: words in pieces and parts never seen are marked in the line itself."""
    reading = call(read_source, translation.source, model=name, kept="shared").value
    say(name, translation.source)
    if reading.doubt:
        notices.note(reading.doubt)
    if translation.unknown:
        notices.note(
            f"Never seen in training: {', '.join(translation.unknown)}. The networks read each as one and the "
            f"same unknown token, shown as {UNKNOWN}."
        )
    count = len(reading.words)
    if not reading.split_count and not reading.unseen_count:
        st.caption(f"Read whole: the vocabulary has each of its {count} words and marks as one token.")
        return
    notices.explain(f"**As it is read** {' '.join(map(_marked, reading.words))}")
    facts = []
    if reading.split_count:
        facts.append(
            f"{reading.split_count} of {count} words and marks are read as subword tokens, cut at each {CONTINUES}"
        )
    if reading.unseen_count:
        facts.append("what stands in ‹ › was never seen in training")
    st.caption(notices.plain(f"{'; '.join(facts)}."))


def _marked(word: ReadWord) -> str:
    """Return a word as Markdown: its pieces apart and on a tint where it is not whole."""
    parts = [part if is_seen else f"‹{part}›" for part, is_seen in zip(word.parts, word.is_seen, strict=True)]
    text = notices.plain(CONTINUES.join(parts))
    if word.is_whole:
        return text
    return f":{'blue' if all(word.is_seen) else 'yellow'}-background[{text}]"


def show_result(
    controls: Controls[TranslationView],
    info: ModelInfo,
    translation: Translation,
    receipt: Receipt,
    settings: SearchSettings,
) -> None:
    """Draw one network's translation and how sure it was of each word; a click on a bar shows the other choices."""

    def look_at(position: int) -> None:
        controls.set("tool", "choices")
        controls.set("network", info.name)
        controls.set("choices_word", position)

    score = find_metric(info.metrics, "bleu")
    facts = [f"BLEU {score:.1f} on the test set"] if score is not None else []
    facts.append(f"{info.parameters / 1e6:.2f} M parameters")
    st.markdown(f"{mark(style(info))} **{title(info)}**")
    st.caption(" · ".join(facts))
    st.subheader(notices.plain(translation.text) or "(nothing)", anchor=False)
    searched = translation.source, translation.text, settings.beam_size, settings.length_penalty
    kept = call(keep_in_sentence, *searched, model=info.name, kept="shared").value
    if kept != translation.text:
        st.markdown(
            f"**With its names and numbers kept:** {notices.plain(kept)}",
            help="The network cannot spell them. It translated the sentence once more with names that it knows in "
            "their places, and sums of money written out. All that follows looks at what it wrote by itself.",
        )
    sentence = confidence_sentence(translation)
    if translation.target_words:
        figures.show(
            confidence_bars(
                [word.text for word in translation.target_words],
                translation.word_probabilities,
                mode=figures.mode(),
                architecture=style(info),
                height=250,
                is_clickable=True,
            ),
            name=f"confidence-{info.name}",
            alt=f"How sure the network {title(info).lower()} was of each word it wrote: {sentence}",
            table=lambda: confidence_table(translation),
            receipt=receipt,
            on_click=look_at,
        )
    st.caption(notices.plain(sentence))


def lines_table(lines: list[str], translations: dict[str, list[Translation]]) -> pd.DataFrame:
    """Return one row per sentence with each network's translation."""
    return pd.DataFrame(
        {"line": range(1, len(lines) + 1), "sentence": lines}
        | {name: [each.text for each in found] for name, found in translations.items()}
    )
