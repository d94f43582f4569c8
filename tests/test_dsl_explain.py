"""One code, one check, one page: the table of codes, the checks, and the pages agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gewu_dsl import check
from gewu_dsl.codes import CODES, explain
from gewu_dsl.compiler import compile_text
from gewu_dsl.parse import read_source

ROOT = Path(__file__).parent.parent
DSL = ROOT / "dsl" / "gewu_dsl"
CATALOG = ROOT / "item_catalog" / "gewu_item_catalog"
TABLES = (check.NAMES_CHECKS, check.ITEM_CHECKS, check.UNIT_CHECKS, check.PART_CHECKS, check.MEANING_CHECKS)
CHECKED = [code for table in TABLES for code in table]
HEADINGS = ["是什么 / What", "为什么 / Why", "错误 / Wrong", "正确 / Right"]
BYTES = "G108"
"""Its wrong example is a matter of bytes, which a page of text cannot hold."""
SIZE = "G113"
"""Its wrong example would be a million characters long."""
PACKS = {code for code in CODES if code.startswith("G81")}
"""Mistakes of whole packs, which the catalogue finds: one text cannot show them."""


def blocks(code: str) -> list[str]:
    return re.findall(r"^```gewu\n(.*?)^```$", explain(code) or "", re.MULTILINE | re.DOTALL)


def codes_of(text: str) -> set[str]:
    return {each.code for each in compile_text(text).diagnostics}


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_page_in_one_form(code: str) -> None:
    page = explain(code)
    assert page is not None
    row = CODES[code]
    assert page.startswith(f"# {code} {row.zh} / {row.en}\n")
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == HEADINGS
    assert len(blocks(code)) == 2
    for section in page.split("## ")[1:3]:
        assert re.search(r"[\u4e00-\u9fff]", section)
        assert re.search(r"[a-z]{3}", section.partition("\n")[2])


@pytest.mark.parametrize("code", [code for code in CODES if code not in {BYTES, SIZE, *PACKS}])
def test_the_wrong_example_has_the_mistake(code: str) -> None:
    assert code in codes_of(blocks(code)[0])


@pytest.mark.parametrize("code", CODES)
def test_the_right_example_is_without_it(code: str) -> None:
    assert code not in codes_of(blocks(code)[1])


@pytest.mark.parametrize("code", CHECKED)
def test_the_pages_of_checks_show_nothing_else(code: str) -> None:
    wrong, right = map(codes_of, blocks(code))
    assert wrong <= {code, "G702"}
    assert right <= {"G702"}


def test_bytes_that_are_not_text_are_said_to_be() -> None:
    assert [each.code for each in read_source("事项".encode("gb18030"))[1]] == [BYTES]


def test_every_page_belongs_to_a_code() -> None:
    assert {path.stem for path in (DSL / "explain").glob("*.md")} == set(CODES)


def test_one_check_one_function_one_code() -> None:
    functions = [function for table in TABLES for function in table.values()]
    assert len(set(functions)) == len(functions)
    assert len(set(CHECKED)) == len(CHECKED)


def test_every_code_is_said_somewhere_and_every_code_said_exists() -> None:
    written: set[str] = set()
    for path in [*DSL.rglob("*.py"), *CATALOG.rglob("*.py")]:
        if path.name != "codes.py":
            written |= set(re.findall(r'"(G\d{3})"', path.read_text(encoding="utf-8")))
    assert written == set(CODES)


def test_no_code_is_explained_that_does_not_exist() -> None:
    assert explain("G999") is None
    assert explain("../codes") is None
