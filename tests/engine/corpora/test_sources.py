"""Whether the Hub answers is found out once and quickly; folders and Hub repositories are read or refused in one
sentence."""

from __future__ import annotations

import http.server
import socket
import threading
import time

import pyarrow.parquet
import pytest

from engine.corpora import sources
from engine.corpora.sources import HubLocation
from engine.errors import DataError


@pytest.fixture
def attempts(monkeypatch):
    """Count the connections that are tried; each is refused."""
    made = []

    def refuse(address, timeout=None, *rest, **options):
        made.append((address, timeout))
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(socket, "create_connection", refuse)
    return made


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_refused_network_is_noticed_at_once_and_not_asked_again(attempts):
    started = time.perf_counter()
    assert [sources.is_hub_reachable() for _ in range(3)] == [False, False, False]
    assert time.perf_counter() - started < 1
    assert attempts == [(("huggingface.co", 443), sources.HUB_TIMEOUT_SECONDS)]


class _Answer(http.server.BaseHTTPRequestHandler):
    """Gives the server's own answers by path: (status, body); what it has none for is cut off in the middle."""

    def do_GET(self):
        self.server.asked.append(self.path)
        status, body = self.server.answers.get(self.path, (None, b""))
        if status is None:
            self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 900\r\n\r\n[")
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def endpoint(monkeypatch):
    """A Hub on this machine; set its `answers`."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as server:
        server.answers, server.asked = {sources.QUESTION: (200, b"[]")}, []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}/")
        yield server
        server.shutdown()


@pytest.mark.parametrize(
    ("answer", "is_there"),
    [((200, b"[]"), True), ((200, b"<html>log in first</html>"), False), ((503, b"busy"), False), ((None, b""), False)],
)
def test_the_hub_is_there_where_it_answers_a_whole_request(endpoint, answer, is_there):
    endpoint.answers[sources.QUESTION] = answer
    started = time.perf_counter()
    assert [sources.is_hub_reachable(), sources.is_hub_reachable()] == [is_there, is_there]
    assert time.perf_counter() - started < 3
    assert endpoint.asked == [sources.QUESTION]


def test_a_data_set_is_asked_for_once_before_it_is_read(endpoint):
    endpoint.answers["/api/datasets/a/b/revision/123456789"] = (200, b"{}")
    sources.check_hub_has("a/b", "123456789")
    endpoint.answers["/api/datasets/a/b/revision/123456789"] = (404, b"")
    sentence = r"^a/b \(revision 1234567\) could not be read: the Hub answered 404 Not Found\.$"
    with pytest.raises(DataError, match=sentence):
        sources.check_hub_has("a/b", "123456789")
    assert len(endpoint.asked) == 2


def test_the_network_of_these_tests_is_refused():
    assert sources.is_hub_reachable() is False
    with pytest.raises(OSError, match="tests may not"):
        socket.create_connection(("192.0.2.1", 443), timeout=1)


@pytest.mark.parametrize(("part", "given"), [("getaddrinfo", {}), ("create_connection", {"timeout": 0.3})])
def test_a_network_that_hangs_is_given_up_within_three_seconds_and_remembered(monkeypatch, part, given):
    released = threading.Event()

    def hang(*arguments, **options):
        released.wait(20)
        raise OSError("gave up")

    monkeypatch.setattr(socket, part, hang)
    started = time.perf_counter()
    assert sources.is_hub_reachable(**given) is False
    first = time.perf_counter() - started
    assert sources.is_hub_reachable() is False
    released.set()
    assert first < 3
    assert time.perf_counter() - started - first < 0.1


def test_many_visitors_at_once_ask_only_once(monkeypatch):
    asked = []

    def slow(timeout):
        asked.append(timeout)
        time.sleep(0.1)
        return True

    monkeypatch.setattr(sources, "_ask_hub", slow)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(sources.is_hub_reachable())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 8
    assert len(asked) == 1


def test_a_port_that_only_listens_is_no_hub(monkeypatch, listening):
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{listening}")
    started = time.perf_counter()
    assert sources.is_hub_reachable() is False
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        ("https://hub.example", ("hub.example", 443)),
        ("http://hub.example", ("hub.example", 80)),
        ("https://hub.example:8443/path", ("hub.example", 8443)),
    ],
)
def test_the_endpoint_in_the_environment_is_the_one_asked(monkeypatch, attempts, endpoint, address):
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert sources.is_hub_reachable() is False
    assert [asked for asked, _ in attempts] == [address]


@pytest.mark.parametrize("endpoint", ["http://hub.example:port", "hub.example", "http://[::1"])
def test_a_malformed_endpoint_is_not_reachable(monkeypatch, attempts, endpoint):
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert sources.is_hub_reachable() is False


@pytest.mark.parametrize("value", ["1", "true", "YES"])
def test_offline_by_wish_asks_nobody(monkeypatch, attempts, value):
    monkeypatch.setenv("HF_HUB_OFFLINE", value)
    assert sources.is_hub_reachable() is False
    assert attempts == []


def test_a_forgotten_answer_is_asked_for_again(monkeypatch):
    answers = iter([False, True])
    monkeypatch.setattr(sources, "_ask_hub", lambda timeout: next(answers))
    assert sources.is_hub_reachable() is False
    sources.forget_hub_answer()
    assert sources.is_hub_reachable() is True


def test_a_mirror_is_a_folder_in_the_place_the_environment_names(tmp_path, monkeypatch):
    (tmp_path / "names").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    assert sources.mirror_folder("names") == tmp_path / "names"
    assert sources.mirror_folder("file") is None
    assert sources.mirror_folder("nowhere") is None
    monkeypatch.chdir(tmp_path)
    for unset in ("", None):
        monkeypatch.setenv("UNROLLED_DATA", "") if unset == "" else monkeypatch.delenv("UNROLLED_DATA")
        assert sources.mirror_folder("names") is None


def test_a_folder_is_read_with_the_splits_its_readme_names(tmp_path, write_corpus):
    folder = write_corpus(tmp_path / "set", {"train": [{"a": 1}, {"a": 2}], "extra": [{"a": 3}]})
    splits = sources.read_repository_folder(folder)
    assert {name: split["a"][:] for name, split in splits.items()} == {"train": [1, 2], "extra": [3]}


def test_changed_data_and_other_folders_of_the_same_name_are_never_answered_with_an_old_copy(tmp_path, write_corpus):
    folder = write_corpus(tmp_path / "here" / "set", {"train": [{"a": 1}]})
    assert sources.read_repository_folder(folder)["train"]["a"][:] == [1]
    other = write_corpus(tmp_path / "there" / "set", {"train": [{"a": 2}]})
    assert sources.read_repository_folder(other)["train"]["a"][:] == [2]
    pyarrow.parquet.write_table(pyarrow.table({"a": [3]}), folder / "train.parquet")
    assert sources.read_repository_folder(folder)["train"]["a"][:] == [3]


def test_unchanged_data_are_prepared_once(tmp_path, write_corpus, monkeypatch):
    import datasets

    folder = write_corpus(tmp_path / "set", {"train": [{"a": 1}]})
    first = sources.read_repository_folder(folder)["train"].cache_files
    monkeypatch.setattr(datasets.builder.DatasetBuilder, "_download_and_prepare", None)
    assert sources.read_repository_folder(folder)["train"].cache_files == first


def test_a_cache_that_cannot_be_written_is_not_called_damage(tmp_path, write_corpus, monkeypatch):
    import datasets

    folder = write_corpus(tmp_path / "set", {"train": [{"a": 1}]})
    (tmp_path / "file").touch()
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "file" / "cache")
    sentence = (
        r"^The corpus 'set' cannot be read here\. Its prepared copy cannot be written to .+: .+/file is not a folder "
        r"that may be written to\. Set HF_DATASETS_CACHE to a folder that may be written to\.$"
    )
    with pytest.raises(DataError, match=sentence):
        sources.read_repository_folder(folder)


def test_a_missing_folder_is_one_sentence(tmp_path):
    with pytest.raises(DataError, match=r"^There is no corpus folder 'nowhere'\.$"):
        sources.read_repository_folder(tmp_path / "nowhere")


@pytest.mark.parametrize("damage", ["cut short", "not parquet", "no rows", "no bytes", "gone", "nothing at all"])
def test_an_unreadable_folder_is_one_short_line(tmp_path, write_corpus, damage, capfd):
    folder = write_corpus(tmp_path / "set", {"train": [{"a": 1}]})
    file = folder / "train.parquet"
    if damage == "cut short":
        file.write_bytes(file.read_bytes()[:-20])
    elif damage == "not parquet":
        file.write_text("a\n1\n")
    elif damage == "no rows":
        pyarrow.parquet.write_table(pyarrow.table({"a": pyarrow.array([], "int64")}), file)
    elif damage == "no bytes":
        file.write_bytes(b"")
    else:
        file.unlink()
    if damage == "nothing at all":
        (folder / "README.md").unlink()
    with pytest.raises(DataError) as caught:
        sources.read_repository_folder(folder)
    sentence = str(caught.value)
    assert sentence.startswith("The corpus folder 'set' cannot be read: ")
    assert "\n" not in sentence
    assert len(sentence) < 300
    assert "error occurred while generating" not in sentence  # says nothing
    assert ("train.parquet is empty." in sentence) == damage.startswith("no ")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("is_shown", [True, False])
def test_progress_bars_are_left_as_they_were(tmp_path, write_corpus, is_shown):
    import datasets

    folder = write_corpus(tmp_path / "set", {"train": [{"a": 1}]})
    was_shown = datasets.is_progress_bar_enabled()
    try:
        (datasets.enable_progress_bars if is_shown else datasets.disable_progress_bars)()
        sources.read_repository_folder(folder)
        assert datasets.is_progress_bar_enabled() is is_shown
    finally:
        (datasets.enable_progress_bars if was_shown else datasets.disable_progress_bars)()


def test_reading_says_nothing(tmp_path, write_corpus, capfd):
    sources.read_repository_folder(write_corpus(tmp_path / "set", {"train": [{"a": 1}]}))
    assert capfd.readouterr() == ("", "")


# The Hub, by a folder laid out like a repository: `datasets` streams both in the same way.


@pytest.fixture
def repository(tmp_path, write_corpus):
    rows = [{"en": f"e{i}", "fr": f"f{i}", "image": b"1" * 50} for i in range(5)]
    folder = write_corpus(tmp_path / "repository", {"train": rows, "validation": rows[:1]})
    readme = folder / "README.md"
    readme.write_text(readme.read_text().replace("config_name: default\n  default: true", "config_name: en-fr"))
    return str(folder)


def test_a_hub_split_is_streamed_with_only_the_columns_and_rows_asked_for(repository):
    found = sources.read_hub_split(HubLocation(repository, "main", "en-fr", columns=("en", "fr"), row_limit=3), "train")
    assert found.column_names == ["en", "fr"]
    assert found["en"][:] == ["e0", "e1", "e2"]
    assert found["fr"][:] == ["f0", "f1", "f2"]


def test_a_repository_of_one_split_is_shared_out_by_ranges(repository):
    hub = HubLocation(repository, "main", "en-fr", ranges={"train": (2, 9), "validation": (0, 1), "test": (1, 1)})
    assert sources.read_hub_split(hub, "train")["en"][:] == ["e2", "e3", "e4"]
    assert sources.read_hub_split(hub, "validation")["en"][:] == ["e0"]
    assert sources.read_hub_split(hub, "test")["en"][:] == ["e1"]


def test_a_hub_split_without_limits_is_read_whole_and_adapted(repository):
    hub = HubLocation(repository, "main", "en-fr", adapt=lambda row: {"both": row["en"] + row["fr"]})
    found = sources.read_hub_split(hub, "train")
    assert found.column_names == ["both"]
    assert found["both"][:] == [f"e{i}f{i}" for i in range(5)]


@pytest.mark.parametrize(
    ("config", "split", "columns"),
    [("de-fr", "train", None), ("en-fr", "test", None), ("en-fr", "train", ("en", "de"))],
)
def test_what_the_hub_lacks_is_one_short_line(repository, config, split, columns):
    with pytest.raises(DataError) as caught:
        sources.read_hub_split(HubLocation(repository, "v1", config, columns=columns), split)
    sentence = str(caught.value)
    assert sentence.startswith(f"{repository} (revision v1) could not be read from the Hub: ")
    assert "\n" not in sentence
    assert len(sentence) < 300 + len(repository)


def test_the_hub_is_asked_for_the_pinned_revision_and_streamed(monkeypatch):
    import datasets

    asked = []

    class Rows(list):
        def take(self, count):
            return self[:count]

    def load_dataset(**options):
        asked.append(options)
        return Rows([{"text": "one"}, {"text": "two"}])

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    found = sources.read_hub_split(
        HubLocation("owner/name", "refs/pr/2", "cfg", columns=("text",), row_limit=1), "test"
    )
    assert found["text"][:] == ["one"]
    everywhere = {"path": "owner/name", "split": "test", "revision": "refs/pr/2", "streaming": True}
    assert asked == [everywhere | {"name": "cfg", "columns": ["text"]}]
    sources.read_hub_split(HubLocation("owner/name", "refs/pr/2"), "test")
    assert asked[1] == everywhere | {"name": None}
    sources.read_hub_split(HubLocation("owner/name", "abc", files="en-fr/{split}-*.parquet"), "test")
    files = {"test": "hf://datasets/owner/name@abc/en-fr/test-*.parquet"}
    assert asked[2] == {"path": "parquet", "data_files": files, "split": "test", "streaming": True}
