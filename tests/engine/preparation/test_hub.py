"""Data sets of the Hub by their id: pinned, streamed, cut to what may be kept; whatever cannot be had is one sentence.

The Hub's files are a local folder laid out like a repository, its answers those of a server on this machine.
"""

from __future__ import annotations

import http.server
import json
import threading
import time
from dataclasses import replace

import datasets
import pytest

from engine.corpora import sources
from engine.errors import DataError, InputError
from engine.limits import limits
from engine.preparation import hub, propose
from engine.preparation.division import Division
from engine.preparation.draft import prepare
from engine.preparation.hub import HubDataset
from engine.preparation.shapes import make

SHA = "0123456789abcdef0123456789abcdef01234567"


class _Answer(http.server.BaseHTTPRequestHandler):
    """Gives the server's own answers by the path that is asked for: (status, headers, body)."""

    def do_GET(self):
        self.server.asked.append(self.path)
        status, headers, body = self.server.answers.get(self.path.partition("?")[0], (404, {}, b"{}"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def endpoint(monkeypatch):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as server:
        server.answers, server.asked = {"/api/datasets": (200, {}, b"[]")}, []
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        yield server
        server.shutdown()


def answer(endpoint, status=200, headers=(), **facts):
    body = {"id": "owner/name", "sha": SHA, "gated": False, "siblings": [{"rfilename": "train.parquet"}]} | facts
    endpoint.answers["/api/datasets/owner/name/revision/main"] = (status, dict(headers), json.dumps(body).encode())


@pytest.mark.parametrize(
    "repository",
    [
        *("../etc/passwd", "a/../b", "https://huggingface.co/datasets/a/b", "/etc", "a/b/c", "", " ", "a b", "hf://a"),
        *("a/b\nc", "a/b..c", "x" * 200, "owner/na--me", ".hidden/x", "file:///tmp"),
    ],
)
def test_what_is_no_id_is_refused_and_nobody_is_asked(monkeypatch, repository):
    monkeypatch.setattr(sources, "_ask_hub", lambda timeout: pytest.fail("must not be asked"))
    with pytest.raises(InputError, match="is no id of a data set: write it as on the Hub, OWNER/NAME"):
        hub.find(repository)


def test_an_id_never_means_a_folder_of_the_server(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert hub.check_id("runs/visitors") == "runs/visitors"
    (tmp_path / "runs" / "visitors").mkdir(parents=True)
    for repository in ("runs/visitors", "runs"):
        with pytest.raises(InputError, match="is no id of a data set"):
            hub.find(repository)


def test_a_strange_revision_is_refused():
    with pytest.raises(InputError, match="is no revision"):
        hub.find("owner/name", "../main")


def test_no_network_is_said_within_three_seconds(monkeypatch):
    begun = time.perf_counter()
    with pytest.raises(DataError, match="^The Hugging Face Hub cannot be reached from here now"):
        hub.find("owner/name")
    assert time.perf_counter() - begun < 3
    monkeypatch.setattr(sources, "is_hub_reachable", lambda: True)
    monkeypatch.setattr(hub, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(hub, "_info", lambda repository, revision: time.sleep(5))
    begun = time.perf_counter()
    with pytest.raises(DataError, match="^The Hub did not send owner/name within 0.3 seconds"):
        hub.find("owner/name")
    assert time.perf_counter() - begun < 3


def test_the_revision_is_resolved_and_pinned(endpoint, monkeypatch):
    answer(endpoint, cardData={"license": ["mit", "cc0-1.0"], "language": "en"})
    asked = []

    def list_configs(location, revision):
        asked.append((location, revision))
        return {"default": ("train", "test")}

    monkeypatch.setattr(hub, "list_configs", list_configs)
    found = hub.find(" owner/name ")
    assert found == HubDataset("owner/name", SHA, {"default": ("train", "test")}, "mit, cc0-1.0", ("en",))
    assert asked == [("owner/name", SHA)]


def test_a_gated_one_and_a_loading_script_are_refused(endpoint):
    answer(endpoint, gated="manual")
    with pytest.raises(DataError, match="^owner/name is gated: its owners give it to those who accept their terms"):
        hub.find("owner/name")
    answer(endpoint, siblings=[{"rfilename": "README.md"}, {"rfilename": "name.py"}])
    with pytest.raises(DataError, match="^owner/name holds a loading script in place of rows, and no code of others"):
        hub.find("owner/name")


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (404, "RepoNotFound", "^The Hub has no public data set owner/name: look at how it is spelt"),
        (401, "", "^The Hub has no public data set owner/name"),
        (403, "GatedRepo", "^owner/name is gated"),
        (404, "RevisionNotFound", "^owner/name has no such revision"),
        (500, "", "^owner/name could not be read from the Hub: it answered 500.$"),
    ],
)
def test_what_the_hub_does_not_give_is_one_sentence(endpoint, status, code, sentence):
    answer(endpoint, status, {"X-Error-Code": code} if code else {})
    with pytest.raises(DataError, match=sentence) as caught:
        hub.find("owner/name")
    assert "\n" not in str(caught.value)


def test_a_loading_script_is_never_run(tmp_path):
    folder = tmp_path / "evil"
    folder.mkdir()
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(DataError, match="^evil (holds a loading script|holds no rows)"):
        hub.list_configs(str(folder))
    assert not (tmp_path / "ran").exists()


@pytest.fixture
def repository(tmp_path, corpus_cache):
    """A folder as a repository of labelled texts: two splits, labels with names, and a column of bytes."""
    folder = tmp_path / "name"
    folder.mkdir()
    features = datasets.Features(
        {
            "text": datasets.Value("string"),
            "label": datasets.ClassLabel(names=["sad", "glad"]),
            "pic": datasets.Value("binary"),
        }
    )
    for split, count in (("train", 40), ("test", 10)):
        rows = {"text": [f"Text number {n} of {split}." for n in range(count)], "label": [n % 2 for n in range(count)]}
        rows["pic"] = [b"1" * 100] * count
        datasets.Dataset.from_dict(rows, features=features).to_parquet(folder / f"{split}.parquet")
    (folder / "README.md").write_text(
        "---\nconfigs:\n- config_name: plain\n  data_files:\n  - split: train\n    path: train.parquet\n"
        "  - split: test\n    path: test.parquet\n---\n"
    )
    return folder


def describe(folder) -> HubDataset:
    return HubDataset("owner/name", SHA, hub.list_configs(str(folder)), "mit")


def test_rows_labels_and_splits_come_without_pictures(repository, tmp_path):
    found = describe(repository)
    assert found.configs == {"plain": ("train", "test")}
    told = []
    table = hub.fetch(found, "plain", location=str(repository), watch=told.append)
    assert table.columns == ("text", "label")
    assert {name: len(rows) for name, rows in table.splits.items()} == {"train": 40, "test": 10}
    assert table.source == {"kind": "hub", "repository": "owner/name", "revision": SHA, "config": "plain"}
    assert table.licence == "mit"
    mapping = propose(table)
    assert mapping.columns == {"text": "text", "label": "label"}
    assert make(table, mapping).labels == ("sad", "glad")
    draft = prepare(table, mapping, Division(by="own"))
    record = draft.keep(tmp_path / "abc", "From the Hub")
    assert record.rows == {"train": 36, "validation": 4, "test": 10}
    assert record.source["revision"] == SHA


def test_rows_are_cut_where_the_limits_are_reached_and_that_is_said(repository, monkeypatch):
    monkeypatch.setattr(hub, "limits", lambda: replace(limits(), rows=20))
    table = hub.fetch(describe(repository), "plain", location=str(repository))
    assert {name: len(rows) for name, rows in table.splits.items()} == {"train": 16, "test": 4}
    assert table.notes == ("Of train and test the first rows are used: at most 20 rows and 20 MiB are kept here.",)
    monkeypatch.setattr(hub, "_MIB", 20)  # so that 400 bytes are all
    assert len(hub.fetch(describe(repository), "plain", location=str(repository)).splits["train"]) < 20


@pytest.mark.parametrize(
    ("config", "splits", "sentence"),
    [
        ("fancy", (), "^owner/name has no configuration “fancy”: choose plain"),
        ("plain", ("dev",), "^owner/name has no split “dev”: choose train or test"),
    ],
)
def test_what_a_repository_lacks_is_named(repository, config, splits, sentence):
    with pytest.raises(DataError, match=sentence):
        hub.fetch(describe(repository), config, splits, location=str(repository))


def test_a_damaged_file_is_one_sentence(repository):
    found = describe(repository)
    (repository / "test.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(DataError, match="^name could not be read from the Hub: ") as caught:
        hub.fetch(found, "plain", location=str(repository))
    assert "\n" not in str(caught.value)
    assert str(repository.parent) not in str(caught.value)


def test_nested_translations_and_lists_of_tags_are_columns(tmp_path, corpus_cache):
    folder = tmp_path / "pairs"
    folder.mkdir()
    rows = [
        {"translation": {"en": f"dog {n}", "fr": f"chien {n}"}, "tokens": ["a", "b"], "tags": [0, n % 2]}
        for n in range(9)
    ]
    (folder / "train.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = HubDataset("owner/pairs", SHA, hub.list_configs(str(folder)))
    table = hub.fetch(found, next(iter(found.configs)), location=str(folder))
    assert table.columns == ("translation.en", "translation.fr", "tokens", "tags")
    assert table.splits["train"][1] == ("dog 1", "chien 1", ("a", "b"), ("0", "1"))
    assert propose(table).columns == {"source": "translation.en", "target": "translation.fr"}
