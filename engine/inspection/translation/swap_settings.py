"""Bounds and choices of the tools that swap words and compare sentences; without torch, as pages read them before they
draw."""

MAX_WORD_CHARACTERS = 40
MAX_STEPS = 10_000  # more than the decoder writes for the longest source
STATES = ("encoder", "decoder")
