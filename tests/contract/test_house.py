"""Rules of the house that no other tool checks. A number that a test refuses is a question, not a number to raise."""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .documents import ROOT

PLUGIN, CONTRACT = ROOT / "cocoom_slack_plugin", ROOT / "hooks" / "cocoom_hooks"
MODULES = sorted(each for package in (PLUGIN, CONTRACT) for each in package.rglob("*.py"))
MIGRATIONS = PLUGIN / "migrations" / "versions"

LONGEST_MODULE, LONGEST_FUNCTION, TYPICAL_MODULE = 400, 60, 100
DRAWERS = {"common", "helper", "helpers", "misc", "util", "utils"}
"""Names of rooms in which anything may be put, and nothing found."""

SHIPPED_BESIDE_CODE = {".css", ".jinja2", ".js", ".mako", ".mo", ".po", ".png", ".svg"}

every_module = pytest.mark.parametrize("module", MODULES, ids=lambda each: str(each.relative_to(ROOT)))


def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def imported(module: Path) -> Iterator[str]:
    """Top-level names of what the module imports, inside functions as well."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


# --- small things with names ---


@every_module
def test_a_module_is_read_in_one_go(module: Path) -> None:
    if module.is_relative_to(MIGRATIONS):
        return  # a list of statements, written once and never changed
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


def test_modules_are_about_a_hundred_lines() -> None:
    lengths = [len(each.read_text(encoding="utf-8").splitlines()) for each in MODULES]
    median = statistics.median(lengths)
    print(f"median of {len(lengths)} modules: {median:g} lines")  # noqa: T201
    assert median <= TYPICAL_MODULE


@every_module
def test_a_function_is_seen_at_one_glance(module: Path) -> None:
    if module.is_relative_to(MIGRATIONS):
        return
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno + 1 <= LONGEST_FUNCTION, node.name


@every_module
def test_a_module_is_named_after_what_is_in_it(module: Path) -> None:
    assert not DRAWERS & {module.stem, *module.relative_to(ROOT).parts}


@every_module
def test_a_module_says_what_it_is_for(module: Path) -> None:
    assert ast.get_docstring(tree(module))


# --- what may not be in it ---


@every_module
def test_nothing_is_printed(module: Path) -> None:
    calls = [node.func for node in ast.walk(tree(module)) if isinstance(node, ast.Call)]
    assert "print" not in map(ast.unparse, calls)


@every_module
def test_the_environment_is_the_business_of_the_host_and_of_the_command_line(module: Path) -> None:
    if module == PLUGIN / "cli.py" or module.parent == PLUGIN / "commands":
        return
    names = {ast.unparse(node) for node in ast.walk(tree(module)) if isinstance(node, ast.Attribute)}
    assert not names & {"os.environ", "os.environb", "os.getenv"}
    froms = [
        node for node in ast.walk(tree(module)) if isinstance(node, ast.ImportFrom) and node.module == "os"
    ]
    assert not {alias.name for node in froms for alias in node.names} & {"environ", "environb", "getenv"}


@pytest.mark.parametrize("module", sorted(CONTRACT.rglob("*.py")), ids=lambda each: each.name)
def test_the_contract_imports_pluggy_and_the_standard_library_only(module: Path) -> None:
    assert set(imported(module)) <= sys.stdlib_module_names | {"cocoom_hooks", "pluggy"}


@pytest.mark.parametrize("package", [PLUGIN, CONTRACT], ids=lambda each: each.name)
def test_a_package_tells_type_checkers_that_it_is_typed(package: Path) -> None:
    assert (package / "py.typed").read_text(encoding="utf-8") == ""


# --- what is shipped ---


def package_data() -> dict[str, list[str]]:
    """The argument of this name in setup.py, read without running it."""
    setup = tree(ROOT / "setup.py")
    [found] = [
        node.value for node in ast.walk(setup) if isinstance(node, ast.keyword) and node.arg == "package_data"
    ]
    data: dict[str, list[str]] = ast.literal_eval(found)
    return data


def data_files(package: Path) -> set[Path]:
    """What has to be shipped with a package and is no module of it."""
    beside = {
        each for each in package.rglob("*") if each.suffix in SHIPPED_BESIDE_CODE or each.name == "py.typed"
    }
    orphans = {each for each in package.rglob("*.py") if not (each.parent / "__init__.py").exists()}
    return beside | orphans


@pytest.mark.parametrize("package", [PLUGIN, CONTRACT], ids=lambda each: each.name)
def test_every_file_that_is_no_module_is_in_the_wheel(package: Path) -> None:
    matched = {each for pattern in package_data()[package.name] for each in package.glob(pattern)}
    assert data_files(package) - matched == set()
    assert all(any(package.glob(pattern)) for pattern in package_data()[package.name])


def test_every_file_of_the_plugin_has_a_kind_that_we_know_how_to_ship() -> None:
    known = {".py", ".pyc", ".typed", *SHIPPED_BESIDE_CODE}
    for package in (PLUGIN, CONTRACT):
        strange = [each for each in package.rglob("*") if each.is_file() and each.suffix not in known]
        assert strange == []


def test_every_file_of_the_demo_and_the_documents_is_in_the_source_distribution() -> None:
    kinds: dict[str, set[str]] = {}
    for line in (ROOT / "MANIFEST.in").read_text(encoding="utf-8").splitlines():
        command, folder, *patterns = line.split()
        if command == "recursive-include":
            kinds[folder] = {pattern.removeprefix("*") for pattern in patterns}
    for folder, endings in kinds.items():
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".py":
                assert file.name.endswith(tuple(endings)), f"MANIFEST.in forgets {file.relative_to(ROOT)}"
