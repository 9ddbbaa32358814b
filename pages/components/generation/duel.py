"""Compression duel: every model turns a text into bytes and back, beside gzip, bzip2 and xz."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from engine.decoding.arithmetic_coding import compress, decompress
from engine.decoding.limits import check_duel_text
from engine.inspection.writing.compression import JOB, archive
from engine.plotting.writing.compression import compression_bars, describe_compression
from pages.components.computing import cache
from pages.components.computing.background import message_and_time_left
from pages.components.computing.calls import call
from pages.components.computing.shared_work import SharedWork
from pages.components.drawing import charts, figures, notices
from pages.components.generation.context import PAGE, GenerationContext
from pages.components.generation.view import SCENE
from pages.components.owning import networks
from pages.components.shell.header import TEXT_WIDTH

if TYPE_CHECKING:
    from engine.jobs import JobStatus

WORK = SharedWork(PAGE, "duel", JOB, again="Go on")

KEYS = "".join(chr(code) for code in range(32, 127))
EXAMPLES = {
    "A scene": SCENE,
    "Modern English": "The update failed because the server was out of memory. Please log in again, then check your "
    "e-mail.\n" * 2,
    "French": "L'été, les goélands se taisent ; çà et là, un œuf roule sur la grève, et l'on n'entend plus que la "
    "marée.\n" * 2,
    "Emoji": "We took the boat 🚤 at noon, saw two whales 🐋🐋 and came back for soup 🍲. What a day! 😀👨‍👩‍👧\n",
    "Random keys": "".join(random.Random(7).choices(KEYS, k=400)),
}


def show(context: GenerationContext) -> None:
    """Draw the text box and its examples, the duel as it goes on, and what follows from it."""
    text = context.controls.text_area("duel_text", height=190)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Try", width="content")
        context.controls.examples("duel_text", EXAMPLES, "duel", type="tertiary")
    notices.explain(
        "Whoever can predict a text can write it down in few bytes: an expected character costs next to nothing, a "
        "surprise costs much. Here each model really does it, **and then reads the text back from the bytes alone**. "
        "Try a language the models have never read, or letters that nobody can predict."
    )
    check_duel_text(text)
    models = {
        name: (str(cache.model_folder(name)), cache.model_version(name))
        for name in networks.comparable(context.models.values())
    }
    WORK.show({"text": text, "models": models}, partial(_draw, context, text), partial(_words, context))


def _words(context: GenerationContext, status: JobStatus) -> str:
    if not status.events:
        return message_and_time_left(status)
    last = status.events[-1]
    verb = "codes" if last["share"] < 0.5 else "decodes"
    return message_and_time_left(replace(status, message=f"{context.label(last['name'])} {verb}"))


def _draw(context: GenerationContext, text: str, status: JobStatus) -> None:
    """Draw what is known so far; the numbers and the receipt come when the last model is done."""
    results = (status.result or {}).get("results") or {
        name: found for event in status.events for name, found in event["results"].items()
    }
    frame = _gather(context, call(archive, text).value, results)
    if status.is_over:
        refusals = [found["refusal"] for found in results.values() if "refusal" in found]
        _show_results(context, text, frame, refusals, status)
    else:
        charts.draw(compression_bars(frame, mode=figures.mode()), key=f"duel-{len(results)}")


def _gather(context: GenerationContext, archived: pd.DataFrame, results: dict[str, dict]) -> pd.DataFrame:
    """Return one row per coder: what it needed, whether the text came back, and for models how long it took."""
    models = [
        {
            "coder": context.label(name),
            "bytes": each["code"],
            "is_identical": each["is_identical"],
            "architecture": context.models[name].architecture,
            "model": name,
            "seconds_to_code": round(each["encode_seconds"], 2),
            "seconds_to_decode": round(each["decode_seconds"], 2),
            "model_bytes": round(context.models[name].size_mib * 2**20),
        }
        for name, each in results.items()
        if "refusal" not in each
    ]
    return pd.concat([archived.assign(architecture="", model=""), pd.DataFrame(models)], ignore_index=True)


def _show_results(
    context: GenerationContext, text: str, frame: pd.DataFrame, refusals: list[str], status: JobStatus
) -> None:
    """Draw the bars with their numbers, say who won, and what the bytes leave out."""
    original = int(frame["bytes"].iloc[0])
    frame = frame.assign(
        bits_per_character=(8 * frame["bytes"] / len(text)).round(3),
        percent_of_original=(100 * frame["bytes"] / original).round(1),
    ).sort_values("bytes", ignore_index=True)
    models, files = frame[frame["architecture"] != ""], frame[frame["architecture"] == ""]
    failed = models[~models["is_identical"]]["coder"].tolist()
    if failed:
        notices.error(f"The code of {', '.join(failed)} did not give the text back; its number means nothing.")
    for problem in refusals:
        notices.note(problem)
    if not models.empty and not failed:
        st.markdown(notices.plain(_verdict(models, files.iloc[0], len(text), is_over=status.state == "finished")))
    first = models["model"].iloc[0] if not models.empty else ""
    figures.show(
        compression_bars(frame, mode=figures.mode()),
        name="duel",
        alt=describe_compression(frame),
        table=lambda: frame.drop(columns=["architecture", "model"]),
        receipt=call(compress, text, model=first).receipt(
            "len(found), decompress(model, found) == text, archive(text)",
            uses=[decompress, archive],
            day=(status.result or {}).get("day", cache.today()),
            measured="coded and decoded token by token on the server's processor",
            note="Put another model's name in to get its bytes.",
        )
        if first
        else None,
    )
    if first:
        st.caption(notices.plain(_price(models.iloc[0], files.iloc[0], len(text))), width=TEXT_WIDTH)


def _verdict(models: pd.DataFrame, file: pd.Series, size: int, is_over: bool) -> str:
    """Return in two sentences whether all codes gave the text back, and who needed fewest bytes."""
    best = models.iloc[0]
    winners = models[models["bytes"] == best["bytes"]]["coder"]
    change = 100 * (best["bytes"] / file["bytes"] - 1)
    compared = f"{abs(change):.0f} % {'fewer' if change < 0 else 'more'} than the best of the others, {file['coder']}"
    who = f"{len(models)} of the models, all that have finished," if not is_over else f"All {len(models)} models"
    return (
        f"{who} gave back the identical {size:,} characters. {' and '.join(winners)} needed {best['bytes']:,} bytes, "
        f"{best['bits_per_character']:.2f} bits per character: {compared} ({file['bytes']:,})."
    )


def _price(best: pd.Series, file: pd.Series, size: int) -> str:
    """Return what the bars leave out: the model itself, which both ends must have."""
    words = (
        f"Every byte a decoder needs is counted, the length of the text too, but not the model: {best['coder']} is "
        f"{best['model_bytes'] / 2**20:.1f} MiB that both ends must have, and it has read a million characters of "
        "Shakespeare; gzip and xz start from nothing. "
    )
    saved = (file["bytes"] - best["bytes"]) / size
    if saved <= 0:
        return words + "On this text even so it saves nothing."
    return (
        words + f"If it had to be sent along, it would pay from about {best['model_bytes'] / saved / 1e6:,.1f} million "
        "characters like these."
    )
