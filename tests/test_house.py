"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE_ROOTS = {
    "dsl": "gewu_dsl",
    "item_catalog": "gewu_item_catalog",
    "platform": "gewu_platform",
    "admin": "gewu_admin",
}
PACKS = ROOT / "plugins"
MADE = {
    ".git", ".venv", "node_modules", "dist", "build", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache",
    ".hypothesis", ".import_linter_cache", "gewu-data", "gewu.egg-info",
}  # fmt: skip
TEXTS = {
    "", ".css", ".gewu", ".html", ".js", ".json", ".lark", ".lock", ".md", ".mjs", ".po", ".py", ".sql", ".toml", ".txt",
    ".yaml",
}  # fmt: skip

LONG = {
    "dsl/gewu_dsl/model.py": "the whole of what a text can mean, to be read in one piece; three lines a value",
    "dsl/gewu_dsl/tree.py": "the whole of what can be written, beside the grammar that makes it",
}
"""Files of more than 400 lines, each with the reason why it is not two."""

LONGEST = 400
WIDEST = 130  # the formatter wraps code at 110; what it cannot wrap are strings


def texts(*folders: Path) -> Iterator[Path]:
    """Every hand-written text below the folders (the whole house when none is given)."""
    for folder in folders or (ROOT,):
        for path in sorted(folder.iterdir()):
            if path.name in MADE:
                continue
            if path.is_dir():
                yield from texts(path)
            elif path.suffix in TEXTS and path.name != "package-lock.json":
                yield path


def sources() -> list[Path]:
    return [
        path
        for path in texts(*(ROOT / root for root in SOURCE_ROOTS))
        if path.suffix in (".py", ".js", ".mjs")
    ]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_with(pattern: str, paths: Iterator[Path] | list[Path]) -> list[str]:
    """`file:line: text` wherever the pattern occurs."""
    wanted = re.compile(pattern)
    return [
        f"{name_of(path)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if wanted.search(line)
    ]


def test_source_root_x_holds_the_package_gewu_x_and_is_none_itself() -> None:
    for root, package in SOURCE_ROOTS.items():
        assert (ROOT / root / package / "__init__.py").is_file()
        assert not (ROOT / root / "__init__.py").exists(), f"{root}/__init__.py would shadow other modules"


@pytest.mark.parametrize("root", [*SOURCE_ROOTS, "plugins"])
def test_every_root_says_what_it_is(root: str) -> None:
    assert (ROOT / root / "README.md").is_file()


def test_no_department_is_known_outside_its_pack() -> None:
    departments = sorted(path.name for path in PACKS.iterdir() if (path / "department.gewu").is_file())
    assert departments, "no pack found to take names from"
    pattern = rf"(?<![a-zA-Z_])({'|'.join(map(re.escape, departments))})(?![a-zA-Z_])"
    assert lines_with(pattern, texts(*(ROOT / root for root in SOURCE_ROOTS))) == []


def test_no_pack_is_imported() -> None:
    assert (
        lines_with(r"^\s*(from|import)\s+plugins\b", [path for path in sources() if path.suffix == ".py"])
        == []
    )


def test_no_file_names_a_package_registry_or_a_machine() -> None:
    hosts = r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|registry\.|(?<![\w./])/(work|home|root|Users|opt)/"
    here = Path(__file__).name
    assert lines_with(hosts, [path for path in texts() if path.name != here]) == []


def test_the_front_ends_lock_names_no_registry() -> None:
    lock = (ROOT / "platform/frontend/package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_files_stay_short_enough_to_be_read() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    too_long = {name for name, length in lengths.items() if length > LONGEST}
    assert too_long == set(LONG), "a longer file needs a reason in LONG, a shorter one no longer does"


def test_lines_stay_narrow_enough_to_be_read() -> None:
    too_wide = [line for line in lines_with(rf"^.{{{WIDEST + 1},}}", sources()) if ".py:" in line]
    assert too_wide == []


def test_every_helper_of_the_tests_is_on_their_page() -> None:
    page = (ROOT / "tests/README.md").read_text(encoding="utf-8").partition("## Helpers")[2]
    told = {
        name
        for row in page.splitlines()
        for name in re.findall(r"`(\w+)`", row.split("|")[1] if row.startswith("|") else "")
    }
    helpers = {path.stem for path in (ROOT / "tests").glob("*.py")} - {"conftest"}
    assert told == {name for name in helpers if not name.startswith("test_")}


def test_nothing_on_the_path_shadows_the_standard_library() -> None:
    importable = {path.stem for path in (ROOT / "tests").glob("*.py")} | set(SOURCE_ROOTS.values())
    assert importable.isdisjoint(sys.stdlib_module_names)


def test_every_dependency_has_a_range_and_the_lock_a_version_for_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + [
        line for lines in project["optional-dependencies"].values() for line in lines
    ]
    locked = set(
        re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    )
    for line in wanted:
        name, bound = re.match(r"([A-Za-z0-9-]+)(?:\[[a-z]+\])?(.*)", line).groups()
        if name == project["name"] or "sys_platform" in bound:
            continue
        assert bound, f"{name} has no range"
        assert name.lower() in locked, f"{name} is not locked: run `make lock`"


def test_everything_imported_from_elsewhere_is_a_declared_dependency() -> None:
    declared = declared_in("postgres", "editor")
    assert {module for module, sellers in imported_by(sources()) if not sellers & declared} <= BROUGHT_ALONG


def test_everything_the_tests_import_is_declared_for_them() -> None:
    declared = declared_in("postgres", "editor", "test")
    files = list((ROOT / "tests").glob("*.py"))
    own = {path.stem for path in files}
    assert {
        module for module, sellers in imported_by(files) if module not in own and not sellers & declared
    } <= BROUGHT_ALONG | {"hatch_build"}


def declared_in(*extras: str) -> set[str]:
    """The names of the project's dependencies and of those extras'."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + [
        line for extra in extras for line in project["optional-dependencies"][extra]
    ]
    return {re.match(r"[A-Za-z0-9-]+", line)[0].lower() for line in lines}


def imported_by(files: Iterable[Path]) -> list[tuple[str, set[str]]]:
    """Every module from elsewhere that the files import, with the distributions that bring it."""
    bringers = packages_distributions()
    imported = {
        module
        for path in files
        if path.suffix == ".py"
        for module in imports_of(ast.parse(path.read_text(encoding="utf-8")))
        if module not in sys.stdlib_module_names and module not in SOURCE_ROOTS.values()
    }
    return [
        (module, {each.lower().replace("_", "-") for each in bringers.get(module, [])})
        for module in sorted(imported)
    ]


BROUGHT_ALONG = {"jinja2", "markupsafe", "werkzeug", "babel"}
"""Parts of Flask and Flask-Babel, in the versions that these ask for."""


def imports_of(tree: ast.Module) -> set[str]:
    """The top-level names of what a module imports, wherever in it the import stands."""
    nodes = list(ast.walk(tree))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.split(".")[0] for name in plain | named}


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{name_of(page)}: {target}"
        for page in texts()
        if page.suffix == ".md"
        for target in links_of(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def links_of(page: str) -> list[str]:
    """The files a Markdown page links or shows; addresses with a scheme are not ours to follow."""
    prose = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose)
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def test_what_a_page_names_by_its_path_is_there() -> None:
    """`service/loop/handling`, `dsl/gewu_dsl/truth.py`: from the root, from the page, or from inside a package."""
    packages = [ROOT / root / package for root, package in SOURCE_ROOTS.items()]
    lost = [
        f"{name_of(page)}: {path}"
        for page in texts()
        if page.suffix == ".md"
        for path in re.findall(r"`((?:[a-z_]+/)+[a-z_]+(?:\.py)?)`", page.read_text(encoding="utf-8"))
        for folders in [
            [at for at in (ROOT, page.parent, *packages) if (at / path.partition("/")[0]).is_dir()]
        ]
        if folders and not any((at / path).exists() or (at / f"{path}.py").exists() for at in folders)
    ]
    assert lost == []


def test_the_wheel_carries_everything_that_is_not_python(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        path.relative_to(ROOT / root).as_posix()
        for root, package in SOURCE_ROOTS.items()
        for path in texts(ROOT / root / package)
    }
    assert ours - packed == set()
    assert any(name.startswith("gewu_platform/web/static/dist/app-") for name in packed)
    assert not any("node_modules" in name or name.startswith(("tests/", "plugins/")) for name in packed)
