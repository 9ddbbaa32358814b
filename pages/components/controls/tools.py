"""The tools of a page: one module each in the page's package, of which only the one that is open is imported."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from importlib import import_module
from typing import Any, Generic, TypeVar

from pages.components.controls.forms import Controls
from pages.components.drawing import notices


@dataclass(frozen=True)
class Tool:
    """One tool of a page; a page that must know more about its tools has a class of its own with more fields.

    Attributes:
        name: the module in the page's package, and the value in the URL.
        label: what the page calls it.
        sentence: the question it answers.
        formerly: the names and labels it had in older links.
        of_own: what it cannot do for a network of the visitor's own, in a sentence; "" where it can do all.
        only_shipped: whether it cannot look at one at all.
    """

    name: str
    label: str
    sentence: str
    _: KW_ONLY
    formerly: tuple[str, ...] = ()
    of_own: str = ""
    only_shipped: bool = False


T = TypeVar("T", bound=Tool)


class Toolbox(dict[str, T], Generic[T]):
    """The tools of a page by name, in the order they are offered in; `field` is the parameter that says which is
    open."""

    def __init__(self, package: str, *tools: T, field: str = "tool") -> None:
        super().__init__({tool.name: tool for tool in tools})
        self._package, self.field = package, field

    @property
    def labels(self) -> dict[str, str]:
        """What the page calls each tool, by name."""
        return {name: tool.label for name, tool in self.items()}

    @property
    def formerly(self) -> dict[str, str]:
        """What tools are called now, by the names and labels they had in older links."""
        return {old: name for name, tool in self.items() for old in tool.formerly}

    def choose(self, controls: Controls) -> T:
        """Draw the choice of a tool and the question it answers; return the one that is open."""
        tool = self[controls.pills(self.field, label_visibility="collapsed")]
        notices.explain(tool.sentence)
        return tool

    def show(self, name: str, context: Any) -> None:
        """Draw one tool: `show(context)` of its module, below what it cannot do for the network that is looked at."""
        if self[name].of_own and context.network and context.info.whose:
            notices.note(f"{context.label(context.network)}: {self[name].of_own}")
            if self[name].only_shipped:
                return
        import_module(f"{self._package}.{name}").show(context)
