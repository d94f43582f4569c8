"""What the bind of a question says: its type, and what may not be answered, with the words that refuse it."""

from __future__ import annotations

from gewu_dsl.decision import Refused
from gewu_dsl.emit.xform_nodes import number_text
from gewu_dsl.emit.xpath import literal
from gewu_dsl.identifiers import PATTERNS
from gewu_dsl.model import ATTACHED, Question
from gewu_dsl.validity import LONGEST_TEXT, refusal

_LARGEST_INT = 2**31 - 1
"""JavaRosa keeps an `int` in 32 bits."""

_TYPES = {
    "decimal": "decimal", "date": "date", "time": "time", "location": "geopoint", "scan": "barcode",
}  # fmt: skip

Limit = tuple[str, Refused]
"""A test of `.`, the answer, and what is said where it fails."""


def bind_type(question: Question) -> str:
    """The data type of a question's node; choices are plain strings, as in every OpenRosa form."""
    if question.type in ATTACHED:
        return "binary"
    if question.type == "integer":
        return "decimal" if _is_large(question) else "int"
    return _TYPES.get(question.type, "string")


def limits(question: Question) -> list[Limit]:
    """What an answer has to be by itself. Check characters of identifiers are left to `check_answers`."""
    match question.type:
        case "integer" | "decimal":
            return _number_limits(question)
        case "any_of":
            return _counted(question, "count-selected(.)", "choices")
        case "text" | "scan" | "person":
            return _text_limits(question)
        case _:
            return []


def _number_limits(question: Question) -> list[Limit]:
    found: list[Limit] = []
    if _is_large(question):
        found.append((". mod 1 = 0", refusal(question.name, "type", "integer")))
    if question.minimum is not None:
        said = refusal(question.name, "minimum", bound=question.minimum)
        found.append((f". >= {number_text(question.minimum)}", said))
    if question.maximum is not None:
        said = refusal(question.name, "maximum", bound=question.maximum)
        found.append((f". <= {number_text(question.maximum)}", said))
    return found


def _text_limits(question: Question) -> list[Limit]:
    found: list[Limit] = []
    if question.matching:
        pattern = literal(PATTERNS[question.matching])
        found.append((f"regex(., {pattern})", refusal(question.name, "matching", question.matching)))
    if question.at_most is None:
        said = refusal(question.name, "at_most", "at_most characters", bound=LONGEST_TEXT)
        found.append((f"string-length(.) <= {LONGEST_TEXT}", said))
    return found + _counted(question, "string-length(.)", "characters")


def _counted(question: Question, count: str, what: str) -> list[Limit]:
    found: list[Limit] = []
    if question.at_least is not None:
        said = refusal(question.name, "at_least", f"at_least {what}", bound=question.at_least)
        found.append((f"{count} >= {question.at_least}", said))
    if question.at_most is not None:
        said = refusal(question.name, "at_most", f"at_most {what}", bound=question.at_most)
        found.append((f"{count} <= {question.at_most}", said))
    return found


def _is_large(question: Question) -> bool:
    bounds = (question.minimum, question.maximum)
    return question.type == "integer" and any(abs(bound or 0) > _LARGEST_INT for bound in bounds)
