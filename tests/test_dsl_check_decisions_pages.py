"""Ways to put mistakes of decisions right, and every sheet that a page shows."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from counterexamples import SHOWN, reproduces
from test_dsl_check_decisions import FORM, diagnose, family

from gewu_dsl import fixes
from gewu_dsl.codes import explain
from gewu_dsl.compiler import compile_text

ROOT = Path(__file__).parent.parent
FAMILIES = ("G4", "G5", "G6")
"""An example that fails (G7) is no whole sheet."""


def blocks(page: str) -> list[str]:
    """The programs on a page."""
    return re.findall(r"^```gewu\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("code", ["G402", "G403", "G404", "G409", "G412", "G413"])
def test_the_first_fix_puts_the_mistake_right(code: str) -> None:
    text = blocks(explain(code) or "")[0]
    [mistake] = [each for each in compile_text(text).diagnostics if each.code == code]
    mended = fixes.apply(text, mistake.fixes[0])
    assert [each.code for each in compile_text(mended).diagnostics if each.code != "G702"] == []


def test_the_last_of_several_branches_may_take_the_rest() -> None:
    [gap] = diagnose("minor when s = a  major when s = b")
    assert [edit.text for edit in gap.fixes[0].edits] == ["major otherwise"]
    [gap] = diagnose("minor when s = a")
    assert gap.fixes == ()


def test_an_otherwise_that_is_left_alone_becomes_the_value() -> None:
    branches = "minor when s = a  major otherwise"
    text = f'{FORM}  finding f "F" when s = b\n    severity {branches}\n'
    [dead] = family(text)
    mended = fixes.apply(text, dead.fixes[0])
    assert "severity major\n" in mended.replace("  ", " ")
    assert family(mended) == []


PAGES = [
    *(Path(__file__).parent / "spec").glob("*.md"),
    *(ROOT / "dsl" / "gewu_dsl" / "explain").glob("*.md"),
]


def test_every_sheet_on_a_page_is_reproduced() -> None:
    shown: Counter[str] = Counter()
    for page in PAGES:
        for text in blocks(page.read_text(encoding="utf-8")):
            for each in compile_text(text).diagnostics:
                if each.counterexample is not None and each.code[:2] in FAMILIES:
                    assert reproduces(text, each), (page.name, each)
                    shown[each.code] += 1
    assert {"G403", *SHOWN} <= set(shown)
