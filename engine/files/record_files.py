"""Tables of records: JSON, JSON Lines and Parquet, as data sets are handed on."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from engine.errors import InputError
from engine.files.text_file import Cell, Row, Table, check_size, make_table

PARQUET = b"PAR1"
MAX_PARQUET_BYTES = 64 * 2**20  # unpacked; a few megabytes can hold gigabytes
BATCH_ROWS = 256

_BEGIN = re.compile(r'\s*(\{\s*"|\[\s*(\{\s*"|"[^"]*"\s*[,\]]|\[\s*["\d]))')

# Any, here and below: whatever JSON or a cell of Parquet can be.
Record = Any


def read_json(
    text: str, lines: Sequence[str], name: str, preferred: Sequence[str] = (), *, may_be_numbers: bool = False
) -> Table | None:
    """Return the records of JSON or JSON Lines, None where the text is neither.

    Raises:
        InputError: it begins as JSON and has a fault, or holds no texts; the message names the line.
    """
    begin = text.lstrip()
    if not begin.startswith(("{", "[")):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        numbered = _read_lines(lines)
        if numbered is not None:
            bad = [number for number, record in numbered if record is None]
            good = [(number, record) for number, record in numbered if record is not None]
            return _table(good, "JSON Lines", name, preferred, bad, may_be_numbers=may_be_numbers)
        if not _BEGIN.match(text):
            return None  # "[laughs] I liked it."
        where = f" in line {error.lineno:,}, column {error.colno:,}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"{name} begins as JSON does and has a fault{where}: no record can be read.") from error
    numbered = list(enumerate(_records(found), start=1))
    return _table(numbered, "JSON", name, preferred, may_be_numbers=may_be_numbers)


def read_parquet(data: bytes, name: str, preferred: Sequence[str] = (), *, may_be_numbers: bool = False) -> Table:
    """Return the rows of a Parquet table.

    Raises:
        InputError: it is damaged or too large, or holds no texts.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        groups = [file.metadata.row_group(place) for place in range(file.metadata.num_row_groups)]
        size = sum(max(group.total_byte_size, 0) for group in groups)
        records: list[Record] = []
        if size <= MAX_PARQUET_BYTES:
            for batch in file.iter_batches(batch_size=BATCH_ROWS):
                size = max(size, file.metadata.num_rows * batch.nbytes // max(1, batch.num_rows))
                if size > MAX_PARQUET_BYTES:
                    break
                records += batch.to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{name} is a Parquet table and damaged.") from error
    if size > MAX_PARQUET_BYTES:
        raise InputError(
            f"{name} unpacks to {size / 2**20:,.0f} MiB; at most {MAX_PARQUET_BYTES // 2**20} MiB are read."
        )
    return _table(list(enumerate(records, start=1)), "Parquet", name, preferred, may_be_numbers=may_be_numbers)


def _read_lines(lines: Sequence[str]) -> list[tuple[int, Record]] | None:
    """Return a record for each line that is not empty, None for one that is no JSON; None where most are not."""
    found = [(number, _load(line)) for number, line in enumerate(lines, start=1) if line.strip()]
    return found if sum(record is not None for _, record in found) > len(found) / 2 else None


def _load(line: str) -> Record:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict | list) else None


def _records(found: Record) -> list[Record]:
    """Return the records of a JSON value: a list of them, columns by name, or such under one of its keys."""
    if isinstance(found, list):
        return found
    columns = list(found.values())
    if columns and all(isinstance(column, list) for column in columns) and len({len(c) for c in columns}) == 1:
        if len(columns) > 1 or not isinstance(columns[0][:1], list) or not _is_record(columns[0][:1]):
            return [dict(zip(found, cells, strict=True)) for cells in zip(*columns, strict=True)]
        return columns[0]
    inner = [column for column in columns if isinstance(column, list) and _is_record(column[:1])]
    return max(inner, key=len) if inner else [found]


def _is_record(first: Sequence[Record]) -> bool:
    return bool(first) and isinstance(first[0], dict)


def _table(
    numbered: Iterable[tuple[int, Record]],
    format: str,
    name: str,
    preferred: Sequence[str],
    bad: Sequence[int] = (),
    *,
    may_be_numbers: bool = False,
) -> Table:
    columns: dict[str, None] = {}
    found: list[tuple[int, dict[str, Cell]]] = []
    for number, record in numbered:
        try:
            cells = dict(_cells(record))
        except RecursionError as error:
            raise InputError(f"{name} has records within records, too deep to be read.") from error
        columns |= dict.fromkeys(cells)
        check_size(len(columns), len(found) + 1, name)
        found.append((number, cells))
    rows = [Row(number, tuple(cells.get(column, "") for column in columns)) for number, cells in found]
    rows = sorted([*rows, *(Row(number, ()) for number in bad)], key=lambda row: row.line)
    return make_table(
        format, list(columns), rows, name, preferred, lacking="no JSON record", may_be_numbers=may_be_numbers
    )


def _cells(record: Record, within: str = "") -> Iterator[tuple[str, Cell]]:
    """Yield the names and cells of a record; what stands in a record within it is called by both names."""
    if isinstance(record, dict) and record:
        for key, value in record.items():
            yield from _cells(value, f"{within}.{key}" if within else str(key))
    elif isinstance(record, list) and not within:
        for position, value in enumerate(record, start=1):
            yield from _cells(value, f"column {position}")
    elif isinstance(record, list | tuple) and record and all(isinstance(part, str) for part in record):
        yield within, tuple(record)
    else:
        yield within or "text", _spell(record)


def _spell(value: Record) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
