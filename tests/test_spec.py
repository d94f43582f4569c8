"""The pages in `tests/spec` are the manual of the language; whatever they show is true."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from gewu_admin.cli import gewu
from gewu_dsl.answers import decide_answers
from gewu_dsl.artifact import canonical_bytes, to_json
from gewu_dsl.compiler import Result, compile_text
from gewu_dsl.emit.xform import xform
from gewu_dsl.format import format_tree
from gewu_dsl.model import Item
from gewu_dsl.parse import parse
from gewu_dsl.rules import compile_rules
from gewu_dsl.stages import TITLES as STAGES

SPEC = Path(__file__).parent / "spec"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
THEMES = {
    "item", "questions", "types", "checks", "findings", "routes", "limits", "closing", "visits", "branches",
    "conditions", "facts", "blanks", "excludes", "examples", "decisions", "mistakes",
    "limit_mistakes", "form_mistakes", "department_mistakes",
    "forms_on_phones", "outputs",
}  # fmt: skip


@dataclass
class Program:
    """A program of a page with what the page says of it."""

    page: str
    line: int
    text: str
    mistakes: list[str] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    outputs: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def programs() -> Iterator[Program]:
    for path in sorted(SPEC.glob("*.md")):
        current: Program | None = None
        text = path.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            kind, content = match[1], match[2]
            if kind == "gewu":
                if current is not None:
                    yield current
                current = Program(path.name, text.count("\n", 0, match.start()) + 2, content)
            else:
                assert current is not None, f"{path.name}: a block before any program"
                if kind == "diagnostics":
                    current.mistakes += content.split("\n")[:-1]
                elif kind == "outputs":
                    current.outputs += [tuple(line.split(": ", 1)) for line in content.splitlines()]  # type: ignore[misc]
                else:
                    assert kind == "json", f"{path.name}: unknown block {kind}"
                    current.claims.append(json.loads(content))
        if current is not None:
            yield current


PROGRAMS = list(programs())

ROW = re.compile(r"^\| `(.+)` \| (G\d+) (\d+) \| (.+) \| (.+) \|$", re.MULTILINE)


@dataclass
class Slip:
    """A line that does not belong below a program, and what is said of it."""

    program: str
    line: str
    code: str
    column: int
    said: tuple[str, str]


def slips() -> Iterator[Slip]:
    """The tables of mistakes.md: each under the program that its lines are put below."""
    program = ""
    for block in re.split(r"(?m)^```", (SPEC / "mistakes.md").read_text(encoding="utf-8")):
        if block.startswith("gewu\n"):
            program = block.removeprefix("gewu\n")
        for row in ROW.finditer(block):
            line, code, column, *said = (cell.replace(r"\|", "|") for cell in row.groups())
            yield Slip(program, line, code, int(column), (said[0], said[1]))


SLIPS = list(slips())


def test_every_theme_has_a_page() -> None:
    assert {path.stem for path in SPEC.glob("*.md")} == THEMES | {"README"}
    index = (SPEC / "README.md").read_text(encoding="utf-8")
    assert all(f"[{theme}]({theme}.md)" in index for theme in THEMES)


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_mistakes_are_where_the_page_says(program: Program) -> None:
    result = compile_text(program.text)
    shown = [f"{each.code} {each.line}:{each.column}" for each in result.diagnostics]
    errors = [
        f"{each.code} {each.line}:{each.column}" for each in result.diagnostics if each.severity == "error"
    ]
    expected = program.mistakes
    assert [each for each in expected if each in shown] == expected, shown
    assert [each for each in errors if each not in expected] == []


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.line)
def test_a_slip_is_answered_as_the_page_says(slip: Slip) -> None:
    result = compile_text(f"{slip.program}  {slip.line}\n")
    wanted = (slip.code, slip.program.count("\n") + 1, slip.column + 2)
    answers = [each for each in result.diagnostics if (each.code, each.line, each.column) == wanted]
    spoken = {
        (each.message.in_words(words), each.help.in_words(words))
        for each in answers
        for words in ("zh", "en")
    }
    assert slip.said in spoken, [each.render("zh") for each in result.diagnostics]


def test_the_page_of_mistakes_is_a_long_one() -> None:
    assert len(SLIPS) >= 60


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_claims_of_the_page_hold(program: Program) -> None:
    result = compile_text(program.text)
    for claim in program.claims:
        compiled = result.item(claim["item"])
        if "model" in claim:
            assert_contains(to_json(compiled.item), claim["model"], claim["item"])
        elif "binds" in claim:
            assert_contains(binds_of(compiled.item), claim["binds"], claim["item"])
        else:
            rules = compile_rules(compiled.item, compiled.lines)
            decision = decide_answers(rules, claim["answers"], claim.get("context"), partial=True)
            assert_contains(decision.to_json(), claim["decision"], claim["item"])


def binds_of(item: Item) -> dict[str, dict[str, str]]:
    """What the form for a phone says of every node, by its path."""
    form = ET.fromstring(xform(item).encode())
    binds = form.iterfind(".//{http://www.w3.org/2002/xforms}bind")
    return {each.attrib["nodeset"].removeprefix("/data/"): dict(each.attrib) for each in binds}


@pytest.mark.parametrize("program", [each for each in PROGRAMS if each.outputs], ids=str)
def test_outputs_hold_what_the_page_says(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "program.gewu"
    file.write_text(program.text, encoding="utf-8")
    for kind, expected in program.outputs:
        option = "--stage" if kind in STAGES else "--to"
        printed = CliRunner().invoke(gewu, ["--lang", "zh", "compile", str(file), option, kind]).stdout
        shown = unescape(re.sub(r"<[^>]*>", " ", printed)) if printed.startswith("<") else printed
        assert " ".join(expected.split()) in " ".join(shown.split()), (kind, shown)


@pytest.mark.parametrize("program", [each for each in PROGRAMS if not parse(each.text).diagnostics], ids=str)
def test_both_languages_mean_the_same(program: Program) -> None:
    written = parse(program.text)
    expected = meanings(compile_text(program.text))
    for words in ("zh", "en"):
        other = format_tree(written.tree, words)
        assert meanings(compile_text(other)) == expected, other


def meanings(result: Result) -> list[object]:
    """What a compilation means, and which mistakes it has, wherever they stand."""
    return [
        *(canonical_bytes(compiled.item) for compiled in result.items),
        *(canonical_bytes(kind) for kind in result.kinds),
        *(canonical_bytes(department) for department in result.departments),
        *sorted(each.code for each in result.diagnostics),
    ]


def assert_contains(actual: object, expected: object, where: str) -> None:
    """Whether `actual` has all that is written in `expected`; a field at its default may be absent."""
    if isinstance(expected, dict):
        assert isinstance(actual, dict), where
        for key, content in expected.items():
            assert_contains(actual.get(key), content, f"{where}.{key}")
    elif isinstance(expected, list):
        assert isinstance(actual, list), where
        assert len(actual) == len(expected), (where, actual)
        for index, content in enumerate(expected):
            assert_contains(actual[index], content, f"{where}[{index}]")
    else:
        assert actual == expected, where
