"""What is typed into the fields of the back office, as use cases take it; a Problem at the field for what is wrong."""

from __future__ import annotations

import json
from typing import Any

from gewu_platform.api.current import engine
from gewu_platform.service.problems import Fault, Problem
from gewu_platform.service.town import organisation


def read_codes(text: str | None) -> list[str]:
    """Codes separated by commas, blanks or lines, in either width."""
    return (text or "").replace("，", " ").replace(",", " ").replace("、", " ").split()


def area_id(code: str | None, where: str) -> int:
    """The id of the area of that code; a Problem at the field where there is none."""
    try:
        return organisation.area_by_code(engine(), code or "").id
    except Problem as problem:
        raise Problem("invalid-body", errors=[Fault(where, "unknown", problem.zh, problem.en)]) from problem


def read_json(text: str | None, where: str) -> Any:
    """A JSON object typed into a field, None for nothing; a Problem at the field for anything else."""
    if not text or not text.strip():
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        zh, en = f"不是 JSON：{error}", f"not JSON: {error}"
        raise Problem("invalid-body", errors=[Fault(where, "type", zh, en)]) from error
    if not isinstance(value, dict):
        zh, en = "须为一个 JSON 对象", "one JSON object is needed"
        raise Problem("invalid-body", errors=[Fault(where, "type", zh, en)])
    return value
