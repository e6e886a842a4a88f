"""Sentences about the whole tree that no linter says."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("shared", "kiosk", "cloud_api", "admin_desktop")
SOURCES = sorted(path for name in PROGRAMS for path in (ROOT / name).rglob("*.py"))
DOMAIN = sorted((ROOT / "shared" / "domain").glob("*.py"))


def imports(path: Path) -> set[str]:
    """The modules a file imports, by their full names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            assert node.level == 0, f"{path}: a relative import"
    return found


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DOMAIN, ids=named)
def test_the_domain_imports_only_the_standard_library_and_itself(path):
    foreign = {
        module
        for module in imports(path)
        if not module.startswith("shared.domain.") and module.split(".")[0] not in sys.stdlib_module_names
    }
    assert foreign == set()


@pytest.mark.parametrize("path", DOMAIN, ids=named)
def test_the_domain_reads_no_clock_file_or_environment_and_waits_for_nothing(path):
    outside = {
        "os",
        "io",
        "time",
        "pathlib",
        "socket",
        "threading",
        "asyncio",
        "random",
        "logging",
        "subprocess",
        "sqlite3",
    }
    assert {module.split(".")[0] for module in imports(path)} & outside == set()


def test_packaging_shadows_no_library():
    assert list((ROOT / "packaging").rglob("__init__.py")) == []


def test_nothing_is_left_for_later():
    mark = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|NotImplementedError")
    assert [named(path) for path in SOURCES if mark.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("name", [name for name in PROGRAMS if (ROOT / name).is_dir()])
def test_a_room_has_content(name):
    """No empty folder and no placeholder module: a room appears with its first real content."""
    folders = {path.parent for path in (ROOT / name).rglob("__init__.py")}
    empty = [
        named(folder)
        for folder in folders
        if not any(path.name != "__init__.py" for path in folder.rglob("*.py"))
        and not (folder / "__init__.py").read_text(encoding="utf-8").strip()
    ]
    assert empty == []


def test_every_module_says_what_it_is_for():
    silent = [
        named(path)
        for path in SOURCES
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_a_module_stays_readable():
    """The trouble of the code we admire sits in the few modules that grew without end."""
    lengths = {named(path): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > 400 and "texts" not in name} == {}
