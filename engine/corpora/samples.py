"""Embedded samples that a grammar generates: how their folders are written, laid out like a Hub data set repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

HEAD = """---
license: cc0-1.0
language:
{languages}
task_categories:
- {task}
configs:
- config_name: default
  default: true
  data_files:
  - split: train
    path: train.parquet
  - split: validation
    path: validation.parquet
  - split: test
    path: test.parquet
---
"""


def write_card(folder: Path, task: str, languages: Sequence[str], text: str) -> None:
    """Write the README.md of a data set, its task and languages in its head as the Hub names them."""
    head = HEAD.format(languages="\n".join(f"- {language}" for language in languages), task=task)
    (folder / "README.md").write_text(head + text, encoding="utf-8")


def write_splits(
    folder: Path | str,
    rows: Iterator[tuple[object, ...]],
    counts: Mapping[str, int],
    columns: Sequence[str],
    task: str,
    text: str,
) -> None:
    """Write the next rows, so many for each split, as Parquet files, and the README.md of an English data set.

    `text` is that README without its head; {total} and {rows} stand for the number of rows and their table.
    """
    import pandas as pd  # here, because listing the corpora must stay quick

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for split, count in counts.items():
        frame = pd.DataFrame([next(rows) for _ in range(count)], columns=list(columns))
        frame.to_parquet(folder / f"{split}.parquet", index=False)
    table = "\n".join(f"| {split}.parquet | {count:,} |" for split, count in counts.items())
    write_card(folder, task, ["en"], text.format(total=sum(counts.values()), rows=table))
