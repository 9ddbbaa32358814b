"""What processes take of memory (PSS: shared pages by their share), and what a text that is being written takes.

Compared with no peer, the server alone with a page of one title.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

from engine.cluster.connection import ADDRESS_VARIABLE
from engine.experiments.costs.timing import held_bytes
from engine.models.folder import list_models, load_model
from tests.benchmarks.items.start import ONE_TITLE
from tests.benchmarks.processes import memory_of
from tests.benchmarks.turns import MEBIBYTES, Contest, Take, Unavailable, item
from tests.benchmarks.visitor import BARE, ROOT, Visitor, serve

SERVER, NETWORKS = "server, Home open", "networks, loaded and ready"
WRITERS = ("shakespeare-lstm", "shakespeare-gru", "shakespeare-rnn", "shakespeare-best", "shakespeare-transformer")

LOADING = """
import json
from engine.models.folder import list_models, load_model
from tests.benchmarks.processes import memory_of

def ready(name):
    loaded = load_model(name)
    if loaded.info.task == "language_model":
        loaded.steps
    return loaded

names = [info.name for info in list_models() if not info.error]
kept, found = [ready(name) for name in names[:1] + names[-1:]], {}
begun = memory_of()
for name in names:
    before = memory_of()
    kept.append(ready(name))
    found[name] = memory_of() - before
print(json.dumps({"the process before them, torch in it": begun} | found | {"all of them": memory_of() - begun}))
"""


# Outside the benchmark's process, all of whose imports a worker begun there would have too.
WORKING = f"""
import json, os, time
from engine.cluster.connection import connect
from engine.models.folder import load_model
from tests.benchmarks.processes import memory_of

cluster = connect(count=1)
pid = cluster.result_of(cluster.submit(os.getpid, key="pid"))
waiting = memory_of(pid)
loaded = cluster.submit(load_model, {WRITERS[0]!r}, key="load")
while not loaded.done():
    time.sleep(0.05)
assert loaded.status == "finished", loaded.status
print(json.dumps([waiting, memory_of(pid)]))
cluster.close()
"""


def _told_by(code: str) -> Any:  # whatever it prints
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _of_server(app: str, preload: str = "", page: str = "") -> float:
    with serve(preload, app) as server, Visitor(server) as visitor:
        visitor.open(page)
        return memory_of(server.process.pid)


@item("memory", SERVER, "process", unit=MEBIBYTES, most_rounds=1)
def server() -> Contest:
    """A server after its first page: Home loads no network, Generation torch and three of them."""
    return Contest.between(
        lambda: _of_server("app.py"),
        {},
        {ONE_TITLE: lambda: _of_server(BARE)},
        parts={
            "Generation open": lambda: _of_server("app.py", page="generation"),
            "Streamlit and torch, a page of one title": lambda: _of_server(BARE, preload="torch"),
        },
    )


@item("memory", NETWORKS, "network", unit=MEBIBYTES, most_rounds=1)
def networks() -> Contest:
    """Every shipped network, one after another in one process that has torch already."""
    memory_of()  # raises where it is not told

    @cache
    def loaded() -> dict[str, float]:
        return _told_by(LOADING)

    def part(name: str) -> Take:
        return lambda: loaded()[name]

    names = [info.name for info in list_models() if not info.error]
    return Contest.parts({name: part(name) for name in ("the process before them, torch in it", *names, "all of them")})


@item("memory", "a worker of the local cluster", "process", unit=MEBIBYTES, most_rounds=1)
def worker() -> Contest:
    """A worker that waits, and one that has loaded a network."""
    memory_of()  # raises where it is not told
    if os.environ.get(ADDRESS_VARIABLE):
        raise Unavailable(f"{ADDRESS_VARIABLE} names a cluster elsewhere")

    @cache
    def found() -> list[float]:
        return _told_by(WORKING)

    return Contest.parts({"waiting": lambda: found()[0], "a network loaded": lambda: found()[1]})


@item("memory", "state of a text", "text", unit=MEBIBYTES, most_rounds=1)
def states() -> Contest:
    """What is held of a text between two steps: all that a recurrent network knows of it, or a Transformer's window."""
    names = [info.name for info in list_models() if info.name in WRITERS and not info.error]

    def part(name: str) -> Take:
        return lambda: held_bytes(load_model(name).model.start(1)) / 2**20

    return Contest.parts({name: part(name) for name in names})
