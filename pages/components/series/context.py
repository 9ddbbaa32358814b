"""What the Forecasting page hands to each of its tools, and how a forecaster is named there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.corpora import CORPORA
from engine.corpora.series import SeriesFacts
from engine.corpora.sources import mirror_folder
from engine.families.forecasting import rank
from engine.models.folder import ModelInfo
from engine.plotting import theme
from pages.components.controls.context import PageContext
from pages.components.series.view import SeriesView

if TYPE_CHECKING:  # it loads torch
    from engine.inspection.series.forecasts import Ahead
    from pages.components.computing.calls import Call

PAGE = "series"


def corpus_of(info: ModelInfo) -> str:
    """Return the name of the corpus of series a forecaster learnt from, "" where it is none of the catalogue."""
    name = str(next(iter(info.config.get("corpora", [])), ""))
    return name if name in CORPORA.names() and CORPORA.get(name).series is not None else ""


def groups(found: Iterable[ModelInfo]) -> dict[str, list[ModelInfo]]:
    """Return forecasters by what they forecast and how far, those first whose series are here and no sample."""
    by_group: dict[str, list[ModelInfo]] = {}
    for info in sorted(found, key=rank):
        if corpus_of(info):
            by_group.setdefault(f"{corpus_of(info)}-{info.config['horizon']}", []).append(info)
    return dict(sorted(by_group.items(), key=lambda item: not is_here(corpus_of(item[1][0]))))


def label(info: ModelInfo) -> str:
    """Return what the page calls a forecaster beside others of the same series, where its label tells it apart."""
    return ", ".join(filter(None, [info.label or theme.architecture_label(info.architecture), info.whose]))


def is_here(corpus: str) -> bool:
    """Return whether a corpus can be read as it is, without looking at the network."""
    spec = CORPORA.get(corpus)
    return not spec.sample or mirror_folder(spec.folder or corpus) is not None


def group_title(models: list[ModelInfo]) -> str:
    """Return what the page calls what these forecast."""
    spec, horizon = CORPORA.get(corpus_of(models[0])), models[0].config["horizon"]
    step = spec.series.step if spec.series else "step"
    return f"{spec.title}, {horizon} {step}s ahead"


@dataclass(frozen=True, kw_only=True)
class SeriesContext(PageContext[SeriesView]):
    """The page as a tool of the Forecasting page meets it.

    Attributes:
        member: number of the series in its corpus, from 1. place: steps into its test part.
        ahead: the forecast that is shown.
    """

    member: int
    place: int
    ahead: Call[Ahead]

    @property
    def corpus(self) -> str:
        """The name of the corpus."""
        return corpus_of(self.info)

    @property
    def facts(self) -> SeriesFacts:
        """What its series are about."""
        facts = CORPORA.get(self.corpus).series
        assert facts is not None
        return facts

    @property
    def unit(self) -> str:
        """The unit of its values as an axis says it."""
        return self.facts.unit[:1].upper() + self.facts.unit[1:]

    @property
    def where(self) -> tuple[str, int, int]:
        """The corpus, the number of the series, and the place: what every function of the tools is given."""
        return self.corpus, self.member, self.place

    @property
    def recursive(self) -> list[str]:
        """The names of the networks beside it that say a value after the other."""
        return [name for name, info in self.models.items() if info.config.get("strategy") == "recursive"]

    def label(self, name: str) -> str:
        """Return what the page calls a forecaster."""
        return label(self.models[name])
