"""Receipts of what the tools show that swap words, compare two sentences and look for the nearest ones."""

from __future__ import annotations

from datetime import date

from engine.decoding.limits import SearchSettings
from pages.components.figures import Receipt


def for_swap(model: str, source: str, place: int, new: str, settings: SearchSettings, seconds: float) -> Receipt:
    """Return the receipt of one word replaced; `place` counts the sentence's words from 0."""
    return _receipt(
        model,
        seconds,
        "from engine.inspection.translation.translations import inspect_translation\n"
        "from engine.inspection.translation.word_swaps import find_neighbours, find_words, swap_sentence, swap_word\n",
        f"source = {source!r}\n"
        f"word = find_words(loaded, source)[{place}]\n"
        "print(find_neighbours(loaded, word))\n"
        f"old = inspect_translation(loaded, source, {settings.beam_size}, {settings.length_penalty!r})\n"
        f"found = swap_word(loaded, source, word, {new!r}, old.target_ids, {settings.beam_size}, "
        f"{settings.length_penalty!r})\n"
        f"print(found.after.text, swap_sentence(word.text, {new!r}, old, found))",
    )


def for_neighbours(model: str, source: str, place: int, settings: SearchSettings) -> Receipt:
    """Return the receipt of the table of all neighbours' translations."""
    return _receipt(
        model,
        None,
        "from engine.inspection.translation.translations import inspect_translation\n"
        "from engine.inspection.translation.word_swaps import find_neighbours, find_words, try_neighbours\n",
        f"source = {source!r}\n"
        f"word = find_words(loaded, source)[{place}]\n"
        f"old = inspect_translation(loaded, source, {settings.beam_size}, {settings.length_penalty!r})\n"
        "found = find_neighbours(loaded, word)\n"
        f"print(try_neighbours(loaded, source, word, found, old.target_ids, {settings.beam_size}, "
        f"{settings.length_penalty!r}).to_string())",
    )


def for_twins(model: str, first: str, second: str, settings: SearchSettings, seconds: float) -> Receipt:
    """Return the receipt of two sentences compared."""
    return _receipt(
        model,
        seconds,
        "from engine.inspection.translation.sentence_similarity import compare_sentences, comparison_table, "
        "similarity_sentence\n",
        f"found = compare_sentences(loaded, {first!r}, {second!r}, {settings.beam_size}, {settings.length_penalty!r})\n"
        "print(similarity_sentence(found), found.summary_cosine)\n"
        "print(comparison_table(found.encoder).to_string(), comparison_table(found.decoder).to_string())",
    )


def for_nearest(model: str, source: str, corpus: str, step: int, settings: SearchSettings, seconds: float) -> Receipt:
    """Return the receipt of the nearest sentences of a state; `step` is 0 for the encoder."""
    return _receipt(
        model,
        seconds,
        "from engine.inspection.translation.nearest_sentences import find_nearest, nearest_sentence\n",
        f"found = find_nearest(loaded, {source!r}, {corpus!r}, {step}, {settings.beam_size}, "
        f"{settings.length_penalty!r})\n"
        "print(nearest_sentence(found), found.frame.to_string())",
        note="Vectors in the index are rounded to 8 bits; a cosine is right to about 0.003.",
    )


def _receipt(model: str, seconds: float | None, imports: str, lines: str, note: str | None = None) -> Receipt:
    return Receipt(
        model=model,
        seed="none: nothing is drawn at random",
        measured=f"{date.today().isoformat()}, on the server's processor",
        seconds=seconds,
        python=f"{imports}from engine.models.folder import load_model\n\nloaded = load_model({model!r})\n{lines}",
        note=note,
    )
