"""Decoding on the step protocol only: sampling, greedy, beam, forced; and scoring of given text."""

from engine.decoding.beam import beam
from engine.decoding.forced import Forced, forced
from engine.decoding.greedy import greedy
from engine.decoding.hypothesis import Hypothesis
from engine.decoding.sampling import GeneratedToken, generate, next_distribution, prefill

__all__ = [
    "Forced",
    "GeneratedToken",
    "Hypothesis",
    "beam",
    "forced",
    "generate",
    "greedy",
    "next_distribution",
    "prefill",
]
