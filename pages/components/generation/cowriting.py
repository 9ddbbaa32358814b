"""The visitor's tree of writing: kept for the session, one per vocabulary, and in the URL while it is small enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.decoding import cowriting, tree_files
from engine.decoding.cowriting import WritingTree
from engine.errors import EngineError, InputError
from engine.models.folder import LoadedModel
from pages.components.computing import cache
from pages.components.computing.calls import call
from pages.components.controls import state
from pages.components.drawing import notices
from pages.components.generation.context import PAGE, GenerationContext

CODE = "cowrite_tree"

Change = Callable[[WritingTree], WritingTree]


@dataclass(frozen=True)
class Held:
    """A tree, who has read it (so that its probabilities are theirs) and when, and the code that was made of it ("" if
    too large)."""

    tree: WritingTree
    reader: tuple[str, float, str]
    code: str
    too_large: str = ""
    day: str = field(default_factory=lambda: cache.today())


@dataclass(frozen=True)
class Author:
    """The visitor at a tree: what one run of the page needs to read it and to change it."""

    context: GenerationContext
    loaded: LoadedModel
    vocabulary: int

    @property
    def reader(self) -> tuple[str, float, str]:
        """What the tree's probabilities depend on."""
        return self.context.network, cache.model_version(self.context.network), self.context.prompt

    @property
    def held(self) -> Held | None:
        """What the session holds for this vocabulary."""
        return state.recall(PAGE, f"tree {self.vocabulary}")

    def hold(self, tree: WritingTree) -> Held:
        """Keep a tree for the session and return it with its code."""
        try:
            held = Held(tree, self.reader, tree_files.to_code(self.loaded, tree))
        except InputError as problem:
            held = Held(tree, self.reader, "", str(problem))
        state.remember(PAGE, f"tree {self.vocabulary}", held)
        return held

    def change(self, function: Change) -> None:
        """Change the tree; for callbacks. What cannot be done leaves it as it is and is said in the next run."""
        try:
            tree = function(self.held.tree)
        except EngineError as problem:
            state.remember(PAGE, "tree problem", str(problem))
            return
        self.put(tree)

    def put(self, tree: WritingTree) -> None:
        """Hold another tree and write it into the URL; for callbacks."""
        state.forget(PAGE, "tree problem")
        self.context.controls.set(CODE, self.hold(tree).code)

    def type(self, key: str) -> None:
        """Add what stands in the text box `key`, and clear the box if that could be done; for its form's callback."""
        text = state.widget_value(key, "")
        self.change(lambda tree: cowriting.type_text(self.loaded, self.context.prompt, tree, text))
        if state.recall(PAGE, "tree problem") is None:
            state.set_widget(key, "")

    def open(self, stored: tree_files.TreeFile) -> None:
        """Put a file's tree and its beginning in place of what is there; for a button's on_click."""
        self.context.controls.set("prompt", stored.prompt)
        self.put(stored.tree(self.loaded))


def sit_down(context: GenerationContext) -> Author:
    """Return the visitor at the tree, with the box of the code showing this vocabulary's tree; call it before the box
    is drawn.

    Leaving the page, or choosing a network with another vocabulary, takes the code out of the box: it is put back.
    """
    author = Author(
        context,
        cache.load_model(context.network),
        call(tree_files.vocabulary_mark, model=context.network).value,
    )
    last = state.recall(PAGE, "tree vocabulary")
    state.remember(PAGE, "tree vocabulary", author.vocabulary)
    held = author.held
    if last not in (None, author.vocabulary):
        state.set_widget(CODE, held.code if held else "")
    elif held and held.code and not state.widget_value(CODE) and CODE not in state.read_url():
        state.set_widget(CODE, held.code)
    return author


def read(author: Author, code: str) -> Held:
    """Return the tree that the box's `code` stands for, or else the one held, and say what is wrong with it."""
    held = author.held or author.hold(WritingTree())
    try:
        if code and code != held.code:
            held = author.hold(tree_files.from_code(author.loaded, author.context.prompt, code))
            state.forget(PAGE, "tree problem")
        elif held.reader != author.reader:
            held = author.hold(cowriting.reread(author.loaded, author.context.prompt, held.tree))
    except InputError as problem:
        notices.error(str(problem))
    problem = state.recall(PAGE, "tree problem")
    if problem:
        notices.error(problem)
    if held.too_large:
        notices.note(held.too_large)
    return held
