"""The author's book is true: its programs compile, its commands run, its lists are whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from gewu_admin.cli import gewu
from gewu_dsl.codes import CODES
from gewu_dsl.compiler import compile_text
from gewu_dsl.words import AMBIGUOUS_WORDS, FACT_WORDS, HISTORY_WORDS, KEYWORDS, OFFICE_WORDS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def programs(name: str) -> list[str]:
    return [text for kind, _, text in BLOCK.findall(page(name)) if kind == "gewu"]


@pytest.mark.parametrize("text", programs("how-to.md"), ids=lambda text: text.splitlines()[1])
def test_every_recipe_has_nothing_wrong_with_it(text: str) -> None:
    assert [each.render("zh", text) for each in compile_text(text).diagnostics] == []


def test_the_tutorial_can_be_walked_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are written where the page names one, commands are run, and a `text` block says which codes came out."""
    monkeypatch.chdir(tmp_path)
    pack = tmp_path / "plugins/lighting"
    pack.mkdir(parents=True)
    commands = 0
    blocks = BLOCK.findall(page("first-item.md"))
    for (kind, file, text), following in zip(blocks, [*blocks[1:], ("", "", "")], strict=True):
        if file:
            (pack if file.endswith(".gewu") else tmp_path).joinpath(file).write_text(text, encoding="utf-8")
        if kind == "sh":
            codes = set(following[2].split()) if following[0] == "text" else set()
            for line in text.splitlines():
                commands += 1
                result = CliRunner().invoke(gewu, ["--lang", "zh", *line.split()[1:]])
                assert result.exit_code == (1 if codes and "check" in line else 0), (line, result.output)
                if "check" in line:
                    assert set(re.findall(r"错误 (G\d+)", result.output)) == codes, result.output
    assert commands >= 8


def test_the_finished_item_of_the_tutorial_is_clean() -> None:
    department, *steps = programs("first-item.md")
    assert [each.render("zh") for each in compile_text(department + max(steps, key=len)).diagnostics] == []


def test_the_cheat_sheet_shows_every_word_in_both_languages() -> None:
    text = page("cheatsheet.md")
    cells = {
        cell.strip() for line in text.splitlines() for part in line.split("|") for cell in part.split(" · ")
    }
    words = [each for key, each in KEYWORDS.items() if key not in {word.id for word in AMBIGUOUS_WORDS}]
    missing = [
        spelling for each in words for spelling in (each.en[0], each.zh[0]) if f"`{spelling}`" not in cells
    ]
    names = {**OFFICE_WORDS, **FACT_WORDS, **HISTORY_WORDS}
    missing += [name for pair in names.items() for name in pair if f"`{name}`" not in cells]
    assert missing == []


@pytest.mark.parametrize("text", programs("cheatsheet.md"), ids=["zh", "en"])
def test_the_programs_of_the_cheat_sheet_compile(text: str) -> None:
    assert [each.render("zh", text) for each in compile_text(text).diagnostics] == []


def test_the_index_of_codes_is_the_table_of_codes() -> None:
    rows = re.findall(
        r"^\| \[(G\d+)\]\(\.\./dsl/gewu_dsl/explain/(G\d+)\.md\) \| (\S+) \| (.+) \| (.+) \|$",
        page("codes.md"),
        re.MULTILINE,
    )
    severity = {"错误": "error", "提醒": "warning"}
    assert [(code, severity[said], zh, en) for code, _, said, zh, en in rows] == [
        (each.code, each.severity, each.zh, each.en) for each in CODES.values()
    ]
    assert all(code == file for code, file, *_ in rows)


def test_every_page_of_the_book_is_in_its_index() -> None:
    index = page("README.md")
    assert [
        path.name for path in DOCS.glob("*.md") if path.name != "README.md" and f"({path.name})" not in index
    ] == []
