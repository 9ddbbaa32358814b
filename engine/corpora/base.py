"""What a corpus is, and `load_corpus`, which finds it: mirror folder, Hub at a pinned revision, built-in sample, or a
folder of a visitor's own data."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from engine.corpora import sources
from engine.corpora.sources import HubLocation
from engine.errors import DataError
from engine.registry import Registry

if TYPE_CHECKING:  # `datasets` takes a second to import; only loading needs it
    from datasets import Dataset

    from engine.corpora.series import SeriesFacts

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
T = TypeVar("T")
SPLITS = ("train", "validation", "test")

CORPORA: Registry[CorpusSpec] = Registry("corpus")


@dataclasses.dataclass(frozen=True)
class Content(Generic[T]):
    """What the rows of a corpus are; each has a file of its own and stands in CONTENTS.

    Attributes:
        name: by which folders of data say it.
        words: as in "it holds sentence pairs".
        read: (the rows of a split, what to call them where one is damaged) -> what they are.
    """

    name: str
    words: str
    read: Callable[[Dataset, str], T]


# Any: of each its own.
CONTENTS: Registry[Content[Any]] = Registry("content of a data set", "engine.corpora")


def register_content(content: Content[T]) -> Content[T]:
    """File a content under its name, and return it."""
    CONTENTS.register(content.name)(content)
    return content


@dataclasses.dataclass(frozen=True)
class CorpusSpec:
    """Everything known about a corpus before it is read.

    Attributes:
        content: what its rows are.
        columns: columns every split must have.
        licence, origin: terms of the texts, and who made them: what cards, pages and LICENSE say.
        weights_licence: terms of the weights that are learnt from them.
        sample: name of the built-in sample that stands in when nothing else can be reached ("" for none).
        hub: where it lives on the Hub, None for samples that only live here and for what the Hub does not hold in this
            form.
        parts: (line, title) of the parts its training text consists of, by the line they begin in, counted from 1;
            empty where that is not known or each text of the split is one.
        splits: the splits it must have.
        labels: of labelled texts, what the label of each number is called, from 0.
        series: of series, what they are about.
    """

    name: str
    title: str
    content: Content[Any]  # each its own
    columns: tuple[str, ...]
    licence: str
    weights_licence: str
    origin: str
    sample: str = ""
    hub: HubLocation | None = None
    folder: str = ""
    parts: tuple[tuple[int, str], ...] = ()
    splits: tuple[str, ...] = SPLITS
    labels: tuple[str, ...] = ()
    series: SeriesFacts | None = None

    @property
    def terms(self) -> str:
        """Who made it and under which terms, as one line for cards, pages and LICENSE."""
        return f"{self.title}: {self.origin.rstrip('.')}. Licence: {self.licence.rstrip('.')}."


@dataclasses.dataclass(frozen=True)
class CorpusSource:
    """Which copy of a corpus was read.

    Attributes:
        sentence: what a page prints.
        corpus: name of what was really read: that of the sample where one stands in.
        stands_for: title of the corpus that was asked for and that a sample stands in for; "" where none does.
        terms: of a visitor's own data, who made them and under which terms; those of the catalogue stand there.
    """

    kind: str
    location: str
    revision: str = ""
    sentence: str = ""
    corpus: str = ""
    stands_for: str = ""
    terms: str = ""


@dataclasses.dataclass(frozen=True)
class Corpus:
    """A corpus that has been read: its splits and where they came from."""

    spec: CorpusSpec
    splits: dict[str, Dataset]
    source: CorpusSource

    def read(self, content: Content[T], split: str = "train") -> T:
        """Return a split as what it holds: a text, pairs, labelled texts, ...

        Raises:
            DataError: this corpus holds something else, or a row is damaged.
        """
        if self.spec.content is not content:
            raise DataError(f"The corpus {self.spec.name} holds {self.spec.content.words}, not {content.words}.")
        return content.read(self.splits[split], f"{self.spec.name} {split}")


def load_corpus(name: str | Path) -> Corpus:
    """Return the corpus called `name` from the first source that has it, or a visitor's own from its folder.

    Order: the folder `name` under the path in UNROLLED_DATA, the Hub, the built-in sample. A path, or a text with a
    slash in it, is that of a folder of data (`engine.corpora.data_folder`): whoever lets a visitor name it must know
    that the visitor may read it.

    Raises:
        ConfigError: no corpus has this name.
        DataError: no source could be read, or the data lack a column.
    """
    if isinstance(name, Path) or "/" in name:
        from engine.corpora import data_folder  # it needs what stands here

        return data_folder.load(Path(name))
    spec = CORPORA.get(name)
    mirror = sources.mirror_folder(spec.folder or name)
    if mirror is not None:
        where = f"the local copy of {spec.title} in the UNROLLED_DATA folder"
        return read_folder(spec, mirror, CorpusSource("mirror", str(mirror), sentence=f"Source: {where}.", corpus=name))
    if spec.hub is not None and sources.is_hub_reachable():
        try:
            return _read_hub(spec)
        except sources.HubFailedError as problem:
            if not spec.sample:
                raise
            return _fall_back(spec, str(problem).rstrip("."))
    if spec.hub is None and not spec.sample:
        sentence = f"Source: {spec.title}, shipped with this project."
        return read_folder(
            spec, SAMPLES / spec.name, CorpusSource("sample", f"data/samples/{name}", sentence=sentence, corpus=name)
        )
    return _fall_back(spec)


def terms_of(names: Iterable[str]) -> list[str]:
    """Return the terms of the corpora that are known by these names, a line each."""
    return [CORPORA.get(name).terms for name in dict.fromkeys(names) if name in CORPORA.names()]


def weights_terms_of(names: Iterable[str]) -> str:
    """Return under which terms weights are that were learnt from these corpora, "" where none is known."""
    return " ".join(dict.fromkeys(CORPORA.get(name).weights_licence for name in names if name in CORPORA.names()))


def read_folder(spec: CorpusSpec, folder: Path, source: CorpusSource) -> Corpus:
    """Return the corpus stored in a folder laid out like a Hub data set repository.

    Raises:
        DataError: the folder cannot be read, a split is missing or empty, or a column is missing.
    """
    splits = sources.read_repository_folder(folder)
    for split in spec.splits:
        if split not in splits:
            raise DataError(f"The corpus in {folder.name} has no split '{split}'; it needs {', '.join(spec.splits)}.")
        _check_columns(spec, split, splits[split].column_names, len(splits[split]))
    return Corpus(spec, splits, source)


def _read_hub(spec: CorpusSpec) -> Corpus:
    hub = spec.hub
    assert hub is not None
    sources.check_hub_has(hub.repository, hub.revision)
    splits = {}
    for split in spec.splits:
        splits[split] = sources.read_hub_split(hub, split)
        _check_columns(spec, split, splits[split].column_names, len(splits[split]))
    sentence = f"Source: {hub.repository} on the Hugging Face Hub, revision {hub.revision[:7]}. {hub.note}".strip()
    return Corpus(spec, splits, CorpusSource("hub", hub.repository, hub.revision, sentence, spec.name))


def _fall_back(spec: CorpusSpec, problem: str = "") -> Corpus:
    """Return the sample that stands in for a corpus; `problem` says why it does where the Hub was there and failed."""
    if not spec.sample:
        raise DataError(f"{spec.title} cannot be reached: no local copy in UNROLLED_DATA and no network to the Hub.")
    sample = CORPORA.get(spec.sample)
    nowhere = "is not here and the Hub cannot be reached" if spec.hub else "is not in the UNROLLED_DATA folder"
    why = problem or f"{spec.title} {nowhere}"
    sentence = f"Source: the built-in sample {sample.title}, because {why}."
    source = CorpusSource(
        "sample", f"data/samples/{sample.name}", sentence=sentence, corpus=sample.name, stands_for=spec.title
    )
    return read_folder(sample, SAMPLES / sample.name, source)


def _check_columns(spec: CorpusSpec, split: str, found: list[str], rows: int) -> None:
    missing = [column for column in spec.columns if column not in found]
    if missing:
        raise DataError(
            f"The {split} split of {spec.name} lacks the column {', '.join(missing)}; it has {', '.join(found)}."
        )
    if rows == 0:
        raise DataError(f"The {split} split of {spec.name} is empty.")
