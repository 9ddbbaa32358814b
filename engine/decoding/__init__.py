"""Decoding on the step protocol only: sampling, greedy, beam, forced; and scoring of given text.

Nothing is imported here: to know what may be asked for (`engine.decoding.limits`) must not cost an import of torch.
"""
