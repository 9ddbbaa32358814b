"""How the races on this server ended: one row per race in a small SQLite file outside the repository's files. No
visitor is in it.

SQLite, because several pages may write at the same moment, and because a row's key keeps a race that is looked at twice
from being counted twice.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd

FILE = Path(__file__).resolve().parents[3] / ".cache" / "race_tally.sqlite"  # .cache is ignored by git
MOST_ROWS = 10_000
COLUMNS = ["task", "length", "runners", "winner", "bet", "outcome"]
_TABLE = (
    "CREATE TABLE IF NOT EXISTS races (race TEXT PRIMARY KEY, task TEXT, length INTEGER, runners TEXT, winner "
    "TEXT, bet TEXT, outcome TEXT)"
)


def record(
    race_id: str,
    task: str,
    length: int,
    runners: tuple[str, ...],
    winner: str,
    bet: str,
    outcome: str,
    file: Path | None = None,
) -> bool:
    """Add a race once, and return whether it could be kept: a server whose disk cannot be written to goes without a
    tally.

    Its id opens the race, so only a digest of it is kept.
    """
    file = file or FILE
    key = hashlib.sha256(race_id.encode()).hexdigest()[:32]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, timeout=2)) as database, database:
            database.execute(_TABLE)
            database.execute(
                "INSERT OR IGNORE INTO races VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, task, length, ",".join(runners), winner, bet, outcome),
            )
            database.execute("DELETE FROM races WHERE rowid <= (SELECT MAX(rowid) FROM races) - ?", (MOST_ROWS,))
    except (OSError, sqlite3.Error):
        return False
    return True


def tally(task: str, file: Path | None = None) -> pd.DataFrame:
    """Return the races run on a task so far, COLUMNS; empty where none is kept."""
    file = file or FILE
    if not file.is_file():
        return pd.DataFrame(columns=COLUMNS)
    try:
        with closing(sqlite3.connect(file, timeout=2)) as database:
            rows = database.execute(f"SELECT {', '.join(COLUMNS)} FROM races WHERE task = ?", (task,)).fetchall()
    except sqlite3.Error:
        return pd.DataFrame(columns=COLUMNS)
    return pd.DataFrame(rows, columns=COLUMNS)
