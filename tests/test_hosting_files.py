"""What a host is given: image, proxy, compose file and samples say the same, and can be read by what reads them."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import stat
import subprocess
from typing import Any

import pytest
import yaml
from streamlit import config

from engine import limits
from pages.components.server import hosting
from pages.components.shell import serving
from tests.load.server import ROOT

HOSTING = ROOT / "docs" / "hosting"
PROXY = (HOSTING / "haproxy.cfg").read_text(encoding="utf-8")
START = (HOSTING / "start.sh").read_text(encoding="utf-8")
IMAGE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
PODS = list(yaml.safe_load_all((HOSTING / "kubernetes.yaml").read_text(encoding="utf-8")))
MOST_PROCESSES = 8


def instructions(name: str) -> list[str]:
    """Return what follows an instruction of the Dockerfile, in order."""
    return re.findall(rf"^{name}\s+(.*)$", IMAGE, re.MULTILINE)


def kind(name: str) -> dict[str, Any]:
    """Return the object of a kind in the sample for Kubernetes."""
    (found,) = [document for document in PODS if document["kind"] == name]
    return found


def test_the_image_is_no_ones_root_and_is_asked_whether_it_lives() -> None:
    assert instructions("USER") == ["visitor"]
    order = [line.split()[0] for line in IMAGE.splitlines() if line and not line.startswith("#")]
    assert order.index("USER") < order.index("CMD")
    assert order[-1] == "CMD"
    (health,) = instructions("HEALTHCHECK")
    assert "/healthz" in health
    assert instructions("FROM") == ["python:3.11-slim-bookworm"]
    assert any("torch.version.cuda is None" in line for line in instructions("RUN"))
    assert instructions("EXPOSE") == ["8501"]
    assert not re.search(r"password|secret|token", IMAGE, re.IGNORECASE)


def test_the_image_leaves_out_what_the_app_does_not_need_and_holds_what_it_does() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv", "runs", "tests"} <= set(ignored)
    for needed in ("app.py", "asgi.py", "data", "engine", "pages", ".streamlit", "requirements.txt", "docs/hosting"):
        assert needed not in ignored
        assert (ROOT / needed).exists()


def test_the_proxy_sends_a_visitor_back_to_the_same_process_and_knows_who_is_ready() -> None:
    assert "cookie unrolled_process insert indirect nocache httponly" in PROXY
    assert "option httpchk GET /readyz" in PROXY
    assert "path_end /metrics" in PROXY
    assert re.search(r"timeout tunnel\s+1h", PROXY)
    servers = re.findall(r"server (p\d) 127\.0\.0\.1:(\d+) cookie (p\d)", PROXY)
    assert [(name, int(port), cookie) for name, port, cookie in servers] == [
        (f"p{number}", 8600 + number, f"p{number}") for number in range(1, MOST_PROCESSES + 1)
    ]


def test_as_many_processes_are_started_as_the_proxy_knows_at_most() -> None:
    processes = configparser.RawConfigParser(inline_comment_prefixes=None)
    processes.read_string((HOSTING / "supervisord.conf").read_text(encoding="utf-8"))
    app = processes["program:app"]
    assert (app["numprocs"], app["numprocs_start"]) == ("%(ENV_PROCESSES)s", "1")
    assert "asgi.py --host 127.0.0.1 --port 860%(process_num)d" in app["command"]
    assert int(app["stopwaitsecs"]) > 10
    assert f"cores < {MOST_PROCESSES} ? cores : {MOST_PROCESSES}" in START
    assert set(re.findall(r"ENV_(\w+)", str(dict(app) | dict(processes["supervisord"])))) == {"PROCESSES", "RUN_AS"}
    assert (HOSTING / "start.sh").stat().st_mode & stat.S_IXUSR
    assert subprocess.run(["sh", "-n", HOSTING / "start.sh"], check=False).returncode == 0


@pytest.mark.skipif(shutil.which("haproxy") is None, reason="no haproxy here")
def test_the_proxy_takes_its_configuration() -> None:
    environment = os.environ | {"PORT": "8501"}
    checked = subprocess.run(["haproxy", "-c", "-f", HOSTING / "haproxy.cfg"], env=environment, check=False)
    assert checked.returncode == 0


def test_compose_starts_the_image_within_bounds() -> None:
    (service,) = COMPOSE["services"].values()
    assert service["build"]["context"] == "."
    assert service["ports"] == ["8501:8501"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "/tmp" in service["tmpfs"]
    assert service["volumes"] == ["kept:/data"]
    assert "kept" in COMPOSE["volumes"]


def test_kubernetes_asks_the_right_paths_and_keeps_a_visitor_at_one_pod() -> None:
    (container,) = kind("Deployment")["spec"]["template"]["spec"]["containers"]
    assert container["command"][:2] == ["python", "asgi.py"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert kind("Deployment")["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"] is True
    notes = kind("Ingress")["metadata"]["annotations"]
    assert notes["nginx.ingress.kubernetes.io/affinity"] == "cookie"
    assert int(notes["nginx.ingress.kubernetes.io/proxy-read-timeout"]) >= 3600
    most = limits.PROFILES["hosted"].mebibytes
    assert int(notes["nginx.ingress.kubernetes.io/proxy-body-size"].removesuffix("m")) > most
    assert kind("Service")["spec"]["sessionAffinity"] == "ClientIP"


def test_a_space_is_told_how_to_build_and_where_to_look() -> None:
    text = (HOSTING / "space.md").read_text(encoding="utf-8")
    _, front, words = text.split("---\n", 2)
    head = yaml.safe_load(front)
    assert (head["sdk"], head["app_port"], head["title"]) == ("docker", 8501, "Unrolled")
    assert hosting.FRAMES in words


def test_the_community_cloud_finds_what_it_looks_for() -> None:
    """It serves `app.py` by `streamlit run` with the one requirements.txt and .streamlit/config.toml at the root."""
    assert (ROOT / "app.py").is_file()
    assert (ROOT / ".streamlit" / "config.toml").is_file()
    pinned = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    assert all("==" in line for line in pinned)
    assert not [name for name in ("uv.lock", "Pipfile", "environment.yml") if (ROOT / name).exists()]


@pytest.mark.parametrize(
    "file", ["Dockerfile", "compose.yaml", "docs/hosting/kubernetes.yaml", "docs/hosting/space.md"]
)
def test_variables_that_are_set_are_read(file: str) -> None:
    sources = [path.read_text(encoding="utf-8") for room in ("engine", "pages") for path in (ROOT / room).rglob("*.py")]
    for name in set(re.findall(r"UNROLLED_\w+", (ROOT / file).read_text(encoding="utf-8"))):
        assert any(f'"{name}"' in source for source in sources), name


def test_pages_may_load_from_the_server_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = dict(rule.split(" ", 1) for rule in hosting.content_policy().split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'self'"
    assert "unsafe" not in policy["script-src"].replace("'wasm-unsafe-eval'", "")
    assert policy["script-src"].count("sha256-") == len(serving.scripts()) >= 2
    assert not re.search(r"https?:|\*", hosting.content_policy())
    monkeypatch.setenv(hosting.FRAMES, "'self' https://example.org")
    assert "frame-ancestors 'self' https://example.org" in hosting.content_policy()


def test_the_servers_settings_are_those_of_a_host() -> None:
    options = config.get_config_options(force_reparse=True)
    wanted = {
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
        "browser.gatherUsageStats": False,
        "server.maxUploadSize": limits.PROFILES["hosted"].mebibytes,
        "server.maxMessageSize": 20,
        "server.maxWidgetStateSize": 2,
        "server.disconnectedSessionTTL": 60,
        "server.maxCacheDataSize": "256mb",
        "server.enableAgentApi": False,
        "server.enableXsrfProtection": True,
        "server.enableCORS": True,
        "server.enableStaticServing": False,
        "server.fileWatcherType": "none",
        "runner.postScriptGC": False,
    }
    assert {name: options[name].value for name in wanted} == wanted
