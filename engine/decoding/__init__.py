"""Decoding on the step protocol only: sampling, greedy, beam, forced; and scoring of given text."""
