"""Statements of the kind textbooks make about recurrent networks, each judged by rows that are stored here.

`claim` says what a claim is and how trials become a verdict, `measures` how rows become trials, `tables` where the rows
lie, and `definitions` holds the claims, one definition each. `ruling` puts them together. Pandas only, no torch.
"""
