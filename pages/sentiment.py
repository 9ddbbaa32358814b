"""Sentiment: is a text positive or negative, and how does a network's prediction change while it reads?"""

from __future__ import annotations

import streamlit as st

from pages.components.computing import cache
from pages.components.controls import forms
from pages.components.drawing import notices
from pages.components.owning import networks
from pages.components.sentiment import TOOLS, context, prefix_predictions, verdicts
from pages.components.sentiment.view import SentimentView
from pages.components.shell import header

header.show(
    "Sentiment",
    "Is a text positive or negative, which of its words decide, and does their order matter?",
    {
        "Bars": "from an even chance in the middle to the probability each network gives “positive”.",
        "Prediction after each word": "the probability of “positive” after each word. The whole network is given the "
        "words read so far, as if the text ended there. The forward half (▶) has read them from the beginning, the "
        "backward half (◀) from the end back to this word.",
        "Shaded band": "the word at which the prediction flipped for the last time or, where it never flipped, the "
        "largest change.",
        "Dashed grey": "the average of the words: a network that knows nothing of their order.",
        "Words": "as the network reads them: in lower case, with “don't” split into “do” and “n't”, and punctuation "
        "marks as words of their own.",
    },
)
models = networks.installed(context.in_order(cache.list_models("classification")), "classifier")
names = {name: context.label(info) for name, info in models.items()}
controls = forms.open_controls(context.PAGE, SentimentView, {"network": names, "tool": TOOLS.labels})

left, right = st.columns([3, 2], gap="large")
with left:
    text = controls.text_area("text", height=90)
with right:
    network = controls.select("network")
with st.container(horizontal=True):
    controls.examples("text", {example.name: example.text for example in verdicts.EXAMPLES}, "example")
lesson = next((example.lesson for example in verdicts.EXAMPLES if example.text == text.strip()), None)
if lesson:
    st.caption(notices.plain(lesson))

models = context.of_same_labels(models, network)
found = {}
with notices.engine_errors():
    found = verdicts.judge(models, network, text)
here = context.SentimentContext(controls=controls, models=models, network=network, text=text, verdicts=found)
with notices.engine_errors():
    if found and here.has_opinions:
        verdicts.show(here)
        prefix_predictions.show(here)
    elif found:
        verdicts.show_labels(here)

header.section("Take the judgement apart")
tool = TOOLS.choose(controls)
with notices.engine_errors():
    if tool.needs_opinions and not here.has_opinions:
        notices.note(f"{here.label(network)} decides between other labels: this tool follows that of “positive”.")
    elif found or not tool.needs_text:
        TOOLS.show(tool.name, here)
    else:
        notices.note("This tool looks at the text above, which cannot be judged yet.")
