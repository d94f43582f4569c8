"""The README's tour is walked as it stands there."""

from __future__ import annotations

import json
import re
from pathlib import Path

from gewu_dsl.compiler import Result, compile_text
from gewu_dsl.emit.html import page_html
from gewu_dsl.rules import compile_rules

README = Path(__file__).parent.parent / "README.md"


def tour() -> Result:
    block = re.search(r"```gewu\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    return compile_text(re.sub(r"(?m)^   ", "", block.group(1)), "department.gewu")


def test_the_item_of_the_tour_has_nothing_wrong_with_it() -> None:
    result = tour()
    assert [each.render() for each in result.diagnostics] == []
    assert [each.item.name for each in result.items] == ["parks.bench"]


def test_the_answers_of_the_tour_are_decided_as_its_example_says() -> None:
    text = README.read_text(encoding="utf-8")
    answers = re.search(r"`(\{\"photo\".*?\})`", text)
    assert answers is not None
    (compiled,) = tour().items
    decision = compile_rules(compiled.item, compiled.lines).decide(json.loads(answers.group(1)), {}).to_json()
    (finding,) = decision["findings"]
    assert finding["severity"] == "critical"
    assert finding["route"]["handler"] == "parks.bureau"
    assert finding["limits"]["handle"] == "2 hours"
    assert finding["trace"]


def test_the_form_of_the_tour_asks_every_question() -> None:
    (compiled,) = tour().items
    page = page_html(compiled.item)
    for question in compiled.item.questions:
        assert f'data-question="{question.name}"' in page


def test_the_files_the_map_names_are_there() -> None:
    names = re.findall(r"`([\w/]+\.py)`", README.read_text(encoding="utf-8"))
    assert len(names) > 5
    assert [name for name in names if not (README.parent / name).is_file()] == []
