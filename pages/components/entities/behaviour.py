"""Behaviour: what each tagger gets wrong, by what a sentence asks of it."""

from __future__ import annotations

from pages.components.drawing import behaviour
from pages.components.entities.context import EntitiesContext

INTRO = (
    "Sentences written for this page, each to test one thing. One fails unless the network marks exactly the entities "
    "in it, with their kinds; under “names exchanged”, where another city changes how many entities of each kind it "
    "marks. A network that knows fewer kinds is asked for those it knows."
)


def show(context: EntitiesContext) -> None:
    """Draw the failure rates of all taggers, and the sentences of one kind that the chosen one gets wrong."""
    behaviour.show(context, list(context.models), context.network, INTRO, lambda name: {"network": name})
