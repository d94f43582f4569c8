"""Compiled packs kept in a folder, found again by what they were compiled from.

An entry is the hash of all that follows, a line of JSON that tells what the pack declares, and a line of JSON for each
item. Whatever is not exactly so is as good as not there and is written anew, so an entry cut short, of another version
or damaged does no harm; nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import gewu_dsl
from gewu_dsl import model
from gewu_dsl.artifact import canonical_bytes, decode, from_json, to_text
from gewu_dsl.codes import CodeSeverity
from gewu_dsl.diagnostics import Diagnostic, Edit, Fix, Text
from gewu_dsl.result import Result
from gewu_dsl.spans import Span

Compile = Callable[[Mapping[str, str]], Result]
"""Compiles the texts of one pack."""


def compile_pack(sources: Mapping[str, str]) -> Result:
    """Compile the texts of one pack. The compiler is loaded when it is first needed: that takes longer than all the
    rest of a command that finds its packs compiled."""
    from gewu_dsl.compiler import compile_sources

    return compile_sources(sources)


KEPT = 64
"""How many packs a folder holds; the ones not asked for the longest are removed."""


class Cache:
    """A folder of results. Safe for any number of processes: an entry is moved into place whole."""

    def __init__(self, folder: Path, kept: int = KEPT) -> None:
        self.folder = folder
        self.kept = kept

    def compile_sources(self, sources: Mapping[str, str]) -> Result:
        """What `compiler.compile_sources` gives, from the folder where it is there.

        Items are decoded when they are first asked for. A folder that cannot be written is no mistake.
        """
        file = self.folder / f"{key_of(sources)}.json"
        with suppress(OSError, ValueError, KeyError, TypeError):  # ArtifactError is a ValueError
            result = _read(file.read_bytes())
            os.utime(file)
            return result
        result = compile_pack(sources)
        content = _print(result)
        if _read(content).diagnostics == result.diagnostics:  # a counterexample may hold what JSON has not
            with suppress(OSError):
                self._write(file, content)
        return result

    def _write(self, file: Path, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".new")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(name).replace(file)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        for each in sorted(self.folder.glob("*.json"), key=_used, reverse=True)[self.kept :]:
            each.unlink(missing_ok=True)


class Stored(model.Compiled):
    """An item out of the folder, decoded from `written` when it is first read. It equals the item that was compiled."""

    __slots__ = ("_decoded", "_name", "_written")
    _decoded: model.Item | None
    _name: str
    _written: bytes

    def __init__(self, written: bytes, name: str, version: str, lines: Mapping[str, int], file: str) -> None:
        content = {"_name": name, "_written": written, "_decoded": None}
        for attribute, value in {**content, "version": version, "lines": lines, "file": file}.items():
            object.__setattr__(self, attribute, value)

    @property
    def name(self) -> str:
        return self._name

    @property
    def item(self) -> model.Item:
        decoded = self._decoded or from_json(json.loads(self._written))
        object.__setattr__(self, "_decoded", decoded)
        return decoded

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, model.Compiled):
            return NotImplemented
        mine = (self.version, self.lines, self.file, self.item)
        return mine == (other.version, other.lines, other.file, other.item)

    __hash__ = None  # type: ignore[assignment]


def key_of(sources: Mapping[str, str]) -> str:
    """The name of an entry: a hash of the engine and of everything that it was given."""
    key = hashlib.sha256(engine_stamp().encode())
    for part in (part for source in sources.items() for part in source):
        content = part.encode("utf-8", "surrogatepass")
        key.update(f"{len(content)} ".encode() + content)
    return key.hexdigest()[:32]


@cache
def engine_stamp() -> str:
    """Which language this is: the files of `gewu_dsl` with their sizes and times, so that an edit counts, too."""
    root = Path(gewu_dsl.__path__[0])
    files = sorted(each for kind in ("*.py", "*.lark") for each in root.rglob(kind))
    stamps = [f"{each.relative_to(root)} {each.stat().st_size} {each.stat().st_mtime_ns}" for each in files]
    return hashlib.sha256("\n".join(stamps).encode()).hexdigest()


def _used(file: Path) -> float:
    with suppress(OSError):
        return file.stat().st_mtime
    return 0.0


def _print(result: Result) -> bytes:
    about = {
        "departments": [_plain(each) for each in result.departments],
        "kinds": [_plain(each) for each in result.kinds],
        "items": [[each.name, each.version, dict(each.lines), each.file] for each in result.items],
        "diagnostics": [_flatten(each) for each in result.diagnostics],
    }
    lines = [json.dumps(about, separators=(",", ":")), *(to_text(each.item) for each in result.items)]
    body = "\n".join(lines).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _plain(value: model.Department | model.PlaceKind) -> Any:
    return json.loads(canonical_bytes(value))


def _read(content: bytes) -> Result:
    """The result that `_print` printed; ValueError, KeyError or TypeError for anything else."""
    mark, _, body = content.partition(b"\n")
    if mark != hashlib.sha256(body).hexdigest().encode():
        raise ValueError("not whole")
    written = body.split(b"\n")
    about = json.loads(written[0])
    return Result(
        tuple(decode(each, model.Department) for each in about["departments"]),
        tuple(decode(each, model.PlaceKind) for each in about["kinds"]),
        tuple(Stored(line, *each) for line, each in zip(written[1:], about["items"], strict=True)),
        tuple(_restore(*each) for each in about["diagnostics"]),
    )


def _flatten(said: Diagnostic) -> list[Any]:
    place = (said.line, said.column, said.end_line, said.end_column)
    fixes = [[fix.title, [[edit.span, edit.text] for edit in fix.edits]] for fix in said.fixes]
    sheet = None if said.counterexample is None else dict(said.counterexample)
    return [said.code, said.severity, said.file, place, said.message, said.help, sheet, fixes]


def _restore(
    code: str,
    severity: CodeSeverity,
    file: str,
    place: list[int],
    message: list[str],
    help: list[str],
    sheet: Mapping[str, Any] | None,
    fixes: list[Any],
) -> Diagnostic:
    restored = tuple(
        Fix(Text(*title), tuple(Edit(Span(*span), text) for span, text in edits)) for title, edits in fixes
    )
    line, column, end_line, end_column = place
    return Diagnostic(
        code, severity, file, line, column, end_line, end_column,
        Text(*message), Text(*help), sheet, restored,
    )  # fmt: skip
