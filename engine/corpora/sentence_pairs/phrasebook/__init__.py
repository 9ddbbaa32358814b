"""The phrasebook: English-French sentence pairs made by a grammar written by hand for this project.

`nouns`, `verbs`, `adjectives`, `collocations` and `settings` are the lexicon; `english` and `french` the surface rules;
`phrases` and `choices` build both sides at once; `captions`, `statements`, `pronouns_and_giving`, `people_and_things`,
`questions`, `question_words`, `everyday`, `times_and_places` and `comparing` hold one function per sentence pattern;
`dataset` samples them and writes the Parquet files.
"""

from .dataset import build_pairs, build_splits, write_dataset

__all__ = ["build_pairs", "build_splits", "write_dataset"]
