"""The rules of the design that a machine can check. Each is shown to catch what it forbids, then run on the project.

The direction of imports is written down in pyproject.toml (import-linter); the other rules are functions below that
take the text of one file and return what is wrong with it.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = ("app.py", "asgi.py", "engine", "pages", "tests")
MAXIMUM_LINES = 499
MAXIMUM_PAGE_LINES = 149
MAXIMUM_DATA_BYTES = 150 * 2**20
MAXIMUM_DATA_FILE_BYTES = 16 * 2**20
VAGUE_NAMES = re.compile(r"(utils?|helpers?|common|misc|.*managers?)$")

UNSAFE_CALLS = {
    "eval",
    "exec",
    "os.system",
    "os.popen",
    "torch.load",
    "torch.save",
    "torch.jit.load",
    "torch.jit.script",
    "torch.jit.trace",
    "torch.export.load",
    "pickle.load",
    "pickle.loads",
    "joblib.load",
    "cloudpickle.load",
    "cloudpickle.loads",
    "numpy.load",
    "np.load",
    "pd.read_pickle",
    "pandas.read_pickle",
    "yaml.load",
    "marshal.loads",
}

UNPICKLER = "engine/exchange/weight_files.py"  # opens what torch.save wrote, tensors alone, where the app is one's own


parsed = functools.lru_cache(maxsize=1)(ast.parse)  # half of the rules read the same file one after the other


# Rules for one Python file: (its path in the project, its text) -> what is wrong, one sentence each.


def unsafe_calls(path: str, text: str) -> Iterator[str]:
    """No call that runs code from data: eval, pickle, torch.load, a shell, HTML from text. Tests may make such data."""
    if path.startswith("tests/"):
        return
    for node in ast.walk(parsed(text)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        settings = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        reads_tensors_alone = (path, name, settings.get("weights_only")) == (UNPICKLER, "torch.load", "True")
        if name in UNSAFE_CALLS and not reads_tensors_alone:
            yield f"{path}:{node.lineno} calls {name}"
        if settings.get("shell", "False") != "False":
            yield f"{path}:{node.lineno} runs a shell"
        if "unsafe_allow_html" in settings or name.endswith((".html", "components.v1.html")):
            yield f"{path}:{node.lineno} writes HTML"
        if settings.get("persist", "None") != "None" and "cache" in name:
            yield f"{path}:{node.lineno} keeps a cache on disk, which is read back with pickle"
        if settings.get("trust_remote_code", "False") != "False":
            yield f"{path}:{node.lineno} runs code from a Hub"


def swallowed_errors(path: str, text: str) -> Iterator[str]:
    """No bare except, and none that catches everything and says nothing."""
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.ExceptHandler):
            is_broad = node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            if node.type is None or (is_broad and all(isinstance(line, ast.Pass) for line in node.body)):
                yield f"{path}:{node.lineno} swallows every error"


def vague_names(path: str, text: str) -> Iterator[str]:
    """No file or folder whose name says nothing."""
    for part in Path(path).with_suffix("").parts:
        if VAGUE_NAMES.fullmatch(part):
            yield f"{path} has a name that says nothing: {part}"


def too_long(path: str, text: str) -> Iterator[str]:
    """Files under 500 lines, pages under 150."""
    is_page = Path(path).parent == Path("pages")
    maximum = MAXIMUM_PAGE_LINES if is_page else MAXIMUM_LINES
    lines = text.count("\n")
    if lines > maximum:
        yield f"{path} has {lines} lines; {maximum} are allowed"


def session_outside_components(path: str, text: str) -> Iterator[str]:
    """Pages leave session state, URL and caches to the components; caches live in one file."""
    if not path.startswith("pages/"):
        return
    for node in ast.walk(parsed(text)):
        name = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
        if name in {"st.session_state", "st.query_params"} and not path.startswith("pages/components/"):
            yield f"{path}:{node.lineno} touches {name}"
        if re.fullmatch(r"st\.cache_\w+", name) and path != "pages/components/computing/cache.py":
            yield f"{path}:{node.lineno} caches outside pages/components/computing/cache.py"


def day_of_display(path: str, text: str) -> Iterator[str]:
    """Pages state the day that is kept with a result, never that on which it is shown."""
    if path.startswith("pages/") and re.search(r"\bdate\.today\(", text):
        yield f"{path} asks for the day of display"


def imports_of_pages(path: str, text: str) -> Iterator[str]:
    """Components and the engine do not import pages."""
    for node in ast.walk(parsed(text)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if re.match(r"pages\.(?!components\b)", name) and path.startswith(("pages/", "engine/", "app.py")):
                yield f"{path}:{node.lineno} imports {name}"


def machine_paths(path: str, text: str) -> Iterator[str]:
    """No path of one person's machine and no package index."""
    for number, line in enumerate(text.splitlines(), start=1):
        if re.search(r"(?<![\w.])/(home|root|Users)/\w|--(extra-)?index-url|--find-links|-f https?:", line):
            yield f"{path}:{number} names a machine's path or a package index"


def imports_inside_tests(path: str, text: str) -> Iterator[str]:
    """The app does not import its tests."""
    if not path.startswith("tests/") and re.search(r"^\s*(from|import) tests\b", text, re.MULTILINE):
        yield f"{path} imports from tests"


def any_without_reason(path: str, text: str) -> Iterator[str]:
    """The engine's types are `Any` only where a comment beside it, or above it, says why; lines in a row share one."""
    if not path.startswith("engine/"):
        return
    lines, explained = ["", *text.splitlines()], -1
    uses = {node.lineno for node in ast.walk(parsed(text)) if isinstance(node, ast.Name) and node.id == "Any"}
    for number in sorted(uses):
        if "  # " in lines[number] or lines[number - 1].lstrip().startswith("# ") or explained == number - 1:
            explained = number
        else:
            yield f"{path}:{number} says Any and not why"


RULES = [
    any_without_reason,
    unsafe_calls,
    swallowed_errors,
    vague_names,
    too_long,
    session_outside_components,
    day_of_display,
    imports_of_pages,
    machine_paths,
    imports_inside_tests,
]

VIOLATIONS = [
    (any_without_reason, "engine/a.py", "def read(state: Any) -> None:\n    pass"),
    (any_without_reason, "engine/a.py", "a: Any  # JSON\n\nb: list[Any] = []"),
    (unsafe_calls, "engine/a.py", "torch.load(path)"),
    (unsafe_calls, "engine/a.py", "torch.load(path, weights_only=True)"),
    (unsafe_calls, "engine/exchange/weight_files.py", "torch.load(path)"),
    (unsafe_calls, "engine/exchange/weight_files.py", "torch.load(path, weights_only=False)"),
    (unsafe_calls, "engine/a.py", "pickle.loads(data)"),
    (unsafe_calls, "engine/a.py", "value = eval(text)"),
    (unsafe_calls, "engine/a.py", "subprocess.run(command, shell=True)"),
    (unsafe_calls, "engine/a.py", "load_dataset(name, trust_remote_code=True)"),
    (unsafe_calls, "pages/a.py", "st.markdown(text, unsafe_allow_html=True)"),
    (unsafe_calls, "pages/a.py", "st.html(text)"),
    (unsafe_calls, "pages/components/computing/cache.py", "@st.cache_data(persist='disk')\ndef read(): pass"),
    (swallowed_errors, "engine/a.py", "try:\n    go()\nexcept:\n    stop()"),
    (swallowed_errors, "engine/a.py", "try:\n    go()\nexcept Exception:\n    pass"),
    (vague_names, "engine/text/utils.py", ""),
    (vague_names, "engine/common/words.py", ""),
    (vague_names, "pages/components/session_manager.py", ""),
    (too_long, "engine/a.py", "\n" * 500),
    (too_long, "pages/a.py", "\n" * 150),
    (session_outside_components, "pages/a.py", "st.session_state['a'] = 1"),
    (session_outside_components, "pages/a.py", "value = st.query_params.get('a')"),
    (session_outside_components, "pages/components/controls/forms.py", "@st.cache_data\ndef read(): pass"),
    (day_of_display, "pages/components/a.py", "measured = date.today().isoformat()"),
    (imports_of_pages, "pages/components/controls/forms.py", "from pages.generation import PAGE"),
    (imports_of_pages, "pages/components/controls/forms.py", "from pages import generation"),
    (machine_paths, "engine/a.py", "FOLDER = '/home/somebody/data'"),
    (machine_paths, "requirements.txt", "--extra-index-url somewhere"),
    (imports_inside_tests, "engine/a.py", "from tests.pages import open"),
]


@functools.cache
def code_files() -> dict[str, str]:
    """Return path -> text of every Python file of the project."""
    files = [file for name in CODE for file in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))]
    return {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in sorted(files)}


def plain_files() -> dict[str, str]:
    """Return path -> text of the files beside the code that are written by hand."""
    names = ("Makefile", "README.md", "CONTRIBUTING.md", "LICENSE", "Dockerfile", "pyproject.toml", ".ci/run")
    files = [ROOT / name for name in names] + sorted(ROOT.glob("requirements*.txt"))
    return {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files if file.exists()}


@pytest.mark.parametrize(("rule", "path", "text"), VIOLATIONS)
def test_rule_catches_a_violation(rule: Callable[[str, str], Iterator[str]], path: str, text: str) -> None:
    assert list(rule(path, text))


def test_rules_allow_what_the_design_asks_for() -> None:
    allowed = {
        "engine/training/checkpoints.py": "safetensors.torch.load_file(path)",
        "pages/components/computing/cache.py": "@st.cache_data(max_entries=4)\ndef read(): pass",
        "pages/components/controls/state.py": "st.session_state['a'] = 1",
        "pages/a.py": "from pages.components.controls import forms\nst.text(text)",
        "engine/a.py": "try:\n    go()\nexcept ValueError:\n    pass\nmodel.eval()",
        "engine/b.py": "from typing import Any\na: Any  # JSON\nb: Any\n\n# JSON\nc: dict[str, Any]",
    }
    assert [found for rule in RULES for path, text in allowed.items() for found in rule(path, text)] == []


@pytest.fixture(scope="module")
def violations() -> dict[str, list[str]]:
    """What every rule finds in the project, by the rule's name; file after file, so that each is parsed once."""
    found: dict[str, list[str]] = {rule.__name__: [] for rule in RULES}
    for path, text in code_files().items():
        for rule in RULES:
            if not (rule is machine_paths and path == "tests/test_architecture.py"):  # quotes violations
                found[rule.__name__] += rule(path, text)
    for path, text in plain_files().items():
        found[machine_paths.__name__] += machine_paths(path, text)
    return found


@pytest.mark.parametrize("rule", RULES)
def test_project_keeps_the_rule(rule: Callable[[str, str], Iterator[str]], violations: dict[str, list[str]]) -> None:
    assert violations[rule.__name__] == []


# The direction of imports.

BROKEN_IMPORTS = [
    ("engine-without-surface", "engine/errors.py", "import streamlit"),
    ("engine-without-surface", "engine/decoding/limits.py", "from pages.components.controls import state"),
    ("pages-without-torch", "pages/generation.py", "import torch"),
    ("pages-without-torch", "pages/components/controls/forms.py", "import torch"),
    ("engine-layers", "engine/cells/base.py", "import engine.models.base"),
    ("engine-layers", "engine/text/base.py", "import engine.cells.base"),
    ("engine-layers", "engine/layers/scan.py", "import engine.models.base"),
    ("engine-layers", "engine/models/base.py", "import engine.decoding.greedy"),
    ("engine-layers", "engine/decoding/greedy.py", "import engine.training.trainer"),
    ("engine-layers", "engine/training/trainer.py", "import engine.recipes.base"),
    ("engine-layers", "engine/recipes/base.py", "import engine.experiments"),
    ("engine-layers", "engine/experiments/__init__.py", "import engine.jobs"),
    ("engine-layers", "engine/jobs/__init__.py", "import engine.command_line"),
    ("engine-layers", "engine/plotting/theme.py", "import engine.models.folder"),
    ("engine-layers", "engine/evaluation/base.py", "import engine.families.tagging"),
    ("engine-layers", "engine/new_idea.py", "text = 1"),
    ("plotting-knows-arrays", "engine/plotting/theme.py", "import torch"),
    ("runtimes-without-torch", "engine/runtimes/program.py", "import torch"),
    ("rooms-of-inspection", "engine/inspection/tagging/quality.py", "import engine.inspection.classification.quality"),
    ("rooms-of-inspection", "engine/inspection/cells/units.py", "import engine.inspection.writing.surprise"),
    ("rooms-of-inspection", "engine/inspection/stored/tables.py", "import engine.inspection.cells.units"),
    ("rooms-of-experiments", "engine/experiments/findings/verdicts.py", "import engine.experiments.costs.pace"),
    ("rooms-of-experiments", "engine/experiments/new_idea.py", "text = 1"),
    ("only-writing-uses-cells", "engine/inspection/tagging/quality.py", "import engine.inspection.cells.units"),
    ("plotting-knows-arrays", "engine/plotting/theme.py", "import engine.corpora"),
    ("cells-without-torch", "engine/cells/lstm.py", "import torch"),
]


@pytest.fixture(scope="module")
def copy_of_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code and the tools' settings, to be broken."""
    copy = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name in ("engine", "pages"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def check_imports(folder: Path, contract: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run import-linter in a folder, on all contracts or on one."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    command += ["--no-cache", "--no-logo"] + (["--contract", contract] if contract else [])
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_imports_point_one_way() -> None:
    result = check_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("contract", "path", "line"), BROKEN_IMPORTS)
def test_contract_catches_a_wrong_import(copy_of_code: Path, contract: str, path: str, line: str) -> None:
    file = copy_of_code / path
    before = file.read_bytes() if file.exists() else None
    try:
        file.write_bytes(line.encode() + b"\n" + (before or b"").replace(b"from __future__ import annotations\n", b""))
        result = check_imports(copy_of_code, contract)
    finally:
        file.unlink() if before is None else file.write_bytes(before)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout, result.stdout


@pytest.mark.parametrize(
    "statement",
    [
        "import engine.plotting.theme",
        "import engine.cells",
        "from engine.plotting import theme; theme.architecture_names()",
        "from engine.models.folder import list_models; list_models()",
        "from engine.command_line import main; main(['models', '--json'])",
        "from engine.experiments.runs.results import list_results; list_results()",
        "from engine.corpora import CORPORA; CORPORA.names()",
        "from engine.task_family import in_order; in_order()",
        "from engine.command_line import build_parser; build_parser()",
    ],
)
def test_light_things_do_not_import_torch(statement: str) -> None:
    check = f"{statement}\nimport sys\nsys.exit('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr or "torch was imported"


# Names.


def repeated_classes(files: dict[str, str]) -> list[str]:
    """Return which class names stand in more than one module of the engine or the pages."""
    homes: dict[str, list[str]] = {}
    for path, text in files.items():
        if path.startswith(("engine/", "pages/")):
            for node in parsed(text).body:
                if isinstance(node, ast.ClassDef):
                    homes.setdefault(node.name, []).append(path)
    return [f"{name}: {', '.join(paths)}" for name, paths in homes.items() if len(paths) > 1]


def test_a_class_name_means_one_thing() -> None:
    assert repeated_classes({"engine/a.py": "class Word: ...", "pages/b.py": "class Word: ..."}) == [
        "Word: engine/a.py, pages/b.py"
    ]
    assert repeated_classes(code_files()) == []


# Files that are not code.


def test_every_requirement_is_pinned() -> None:
    for file in ROOT.glob("requirements*.txt"):
        lines = [line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines()]
        for line in filter(None, lines):
            assert (
                re.fullmatch(r"[\w.-]+==[\w.]+(; sys_platform != \"win32\")?", line) or line == "-r requirements.txt"
            ), f"{file.name}: {line}"


TAKEN_UP_BY_STREAMLIT = {"uvloop"}  # it runs on it where it is installed; nobody imports it


def pinned_packages(file: str) -> set[str]:
    """Return the modules whose packages a requirements file pins."""
    modules = {
        "import_linter": "importlinter",
        "protobuf": "google",
        "pyyaml": "yaml",
        "scikit_learn": "sklearn",
    }
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    names = {line.split("==")[0].strip().lower().replace("-", "_") for line in lines if "==" in line}
    return {modules.get(name, name) for name in names}


def imported_packages(files: dict[str, str]) -> set[str]:
    """Return the packages that files import and that are neither Python's nor the project's."""
    found: set[str] = set()
    for text in files.values():
        for node in ast.walk(parsed(text)):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"engine", "pages", "tests", "app", "asgi"}


def test_requirements_are_what_is_imported() -> None:
    """A package that is imported stands in the file by itself, not only as a package of a package."""
    files = code_files()
    app = imported_packages({path: text for path, text in files.items() if not path.startswith("tests/")})
    tests = imported_packages({path: text for path, text in files.items() if path.startswith("tests/")})
    assert app == pinned_packages("requirements.txt") - TAKEN_UP_BY_STREAMLIT
    assert tests - app - pinned_packages("requirements-dev.txt") == set(), "imported by tests but not pinned"
    assert (
        pinned_packages("requirements-dev.txt") - tests - {"importlinter", "mypy", "pytest_xdist", "ruff"} == set()
    ), "pinned but never imported"


def test_streamlit_knows_every_setting() -> None:
    from streamlit import config

    known = set(config._config_options_template)

    def names(table: dict[str, object], prefix: str = "") -> Iterator[str]:
        for key, value in table.items():
            yield from names(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key]

    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert "server.port" in known
    assert [name for name in names(settings) if name not in known] == []
    assert settings["runner"]["postScriptGC"] is False
    assert settings["server"]["fileWatcherType"] == "none"
    assert settings["browser"]["gatherUsageStats"] is False


def test_data_stays_small() -> None:
    sizes = {file: file.stat().st_size for file in (ROOT / "data").rglob("*") if file.is_file()}
    assert [str(file) for file, size in sizes.items() if size >= MAXIMUM_DATA_FILE_BYTES] == []
    assert sum(sizes.values()) < MAXIMUM_DATA_BYTES


def test_data_holds_files_only() -> None:
    assert [str(file) for file in (ROOT / "data").rglob("*.py")] == []


@pytest.mark.skipif("UNROLLED_DATA" not in os.environ, reason="UNROLLED_DATA is not set")
def test_no_mirrored_corpus_is_in_the_project() -> None:
    """The mirrors are other people's data; the project ships what was written for it."""

    def digests(folder: Path) -> dict[str, Path]:
        files = (file for file in folder.rglob("*") if file.is_file())
        return {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in files}

    theirs, ours = digests(Path(os.environ["UNROLLED_DATA"])), digests(ROOT / "data")
    assert theirs, "UNROLLED_DATA is empty"
    assert [str(ours[digest]) for digest in ours.keys() & theirs.keys()] == []
