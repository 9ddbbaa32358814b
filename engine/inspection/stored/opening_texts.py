"""What the pages' tools open with, where it is a text: chosen by, or measured in, `engine.evaluation.example_effects`.

All of it was written for this project; no network has learnt it.
"""

from __future__ import annotations

# Cells
DEFAULT_TEXT = "The cat, which sat on the mat and purred, was happy."
LIVELY_STEP = 42  # of that text, from 1: where the memory of the LSTM's first layer changes most
EDIT_FIRST, EDIT_SECOND = "the cat sat on the mat", "the mat sat on the cat"
EDIT_TAIL = (
    " and nobody said a word about it until the evening, when the rain had stopped and the lamps were lit along "
    "the road."
)

# Gradients
CAT = "The cat, which sat on the mat and purred, was happy"
VERB = CAT.index("was") + 1  # the place, from 1, at which a network should know what the sentence is about
PASSAGE = (
    "When the last boat had gone, the keeper locked the gate and walked along the wall, as he had done each night for "
    "twenty years; he knew that the lamp would burn till morning, and that nobody would come, and yet he looked back "
    "once more at the water, for a voice, he thought, had called him by his name."
)

# Generation
OPENING = (
    "NELL:\n"
    "Good morrow, sir. The tide hath left thy ship\n"
    "Upon the sand, and all thy men asleep.\n"
    "\n"
    "TOBY:\n"
    "Then wake them with a bell; or, if that fail,\n"
)
SURPRISING = OPENING + "please press any key to restart the router.\n"
DONOR = """FIRST WATCHMAN:
Who knocks? Stand still, and give the word, or die!

SECOND WATCHMAN:
The word is peace.

FIRST WATCHMAN:
Then pass. What news, what news?

SECOND WATCHMAN:
The king is dead!

FIRST WATCHMAN:
The king is"""
RECEIVER = (
    "and on the morning after, when the rain had washed the road, we walked as far as the old bridge, my brother and "
    "I, and sat upon the stones to watch the river; it was so quiet that we heard the bells of the town, and neither "
    "of us wished to be the first to speak of what had been, or of what was to come, for the day was fair and the year "
    "was young"
)

# Padding
PADDED_OPINIONS = (
    "Watchable.",  # flips without the mask
    "I would not call the story bad, only far too long for what it has to say.",
    "Not my kind of film.",
    "Wonderful.",
    "The dances are warm, but the soundtrack is confused, and that is what stays.",
    "He said the food was not good.",
)
PADDED_VISITS = (
    "John works at Google in California.",
    "Rain in Lisbon.",
    "Mary Hill met the Prime Minister of Norway on Monday.",
    "British ships left New Haven, Sri Lanka, late on Wednesday.",  # its tags change most without the mask
    "The Tin Exchange will talk about a new bridge in New Zealand, its director Helen Madison said Thursday.",
)
