"""The conditions of an item as an ES module, for the form in a browser; it agrees with the Python rules exactly.

Every function takes `a`, the answers as they stand in the form (attached questions: files or their number; blank: null,
undefined, "" or []), and `c`, the context of `rules.normalise_context`.
"""

from __future__ import annotations

import json
from typing import Any

from gewu_dsl.identifiers import PATTERNS
from gewu_dsl.model import (
    ATTACHED,
    Answer,
    Arithmetic,
    Constant,
    Derived,
    Expression,
    Fact,
    History,
    Item,
    Negate,
    PlaceAttribute,
    Question,
)
from gewu_dsl.truth import (
    All,
    Answered,
    Blank,
    Comparison,
    Contains,
    Form,
    Kind,
    Member,
    Some,
    Truth,
    finite,
    question_kind,
)

_RUNTIME = """\
const own = (o, k) => (o && Object.prototype.hasOwnProperty.call(o, k) ? o[k] : null);
const raw = (v) => (v === undefined || v === "" || (Array.isArray(v) && !v.length) ? null : v);
const num = (v) => (typeof v === "number" && Math.abs(v) <= Number.MAX_SAFE_INTEGER ? v : null);
const txt = (v) => (typeof v === "string" && v !== "" ? v : null);
const yes = (v) => (typeof v === "boolean" ? (v ? "yes" : "no") : txt(v));
const any = (v) => (typeof v === "number" ? num(v) : txt(v));
const list = (v) => (Array.isArray(v) ? raw(v.filter((e) => typeof e === "string")) : null);
const count = (v) => (Array.isArray(v) ? v.length || null : Number.isInteger(num(v)) && v >= 1 ? v : null);
const obj = (v) => (v && typeof v === "object" && !Array.isArray(v) && Object.keys(v).length ? v : null);
const day = (v) => (typeof v === "string" && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(v) ? v : null);
const hour = (v) => (typeof v === "string" && /^[0-9]{2}:[0-9]{2}$/.test(v) ? v : null);
const kept = (v) => (Number.isFinite(v) ? v : null);
const both = (x, y) => x !== null && y !== null;
const add = (x, y) => (both(x, y) ? kept(x + y) : null);
const subtract = (x, y) => (both(x, y) ? kept(x - y) : null);
const multiply = (x, y) => (both(x, y) ? kept(x * y) : null);
const divide = (x, y) => (both(x, y) && y !== 0 ? kept(x / y) : null);
const negate = (x) => (x === null ? null : -x);
const eq = (x, y) => both(x, y) && x === y;
const ne = (x, y) => both(x, y) && x !== y;
const lt = (x, y) => both(x, y) && x < y;
const le = (x, y) => both(x, y) && x <= y;
const gt = (x, y) => both(x, y) && x > y;
const ge = (x, y) => both(x, y) && x >= y;
const among = (x, l) => x !== null && l.includes(x);
const apart = (x, l) => x !== null && !l.includes(x);
const has = (l, x) => l !== null && l.includes(x);
const lacks = (l, x) => l !== null && !l.includes(x);
"""

_VISIBILITY = """\
/** The answers that count: without blanks and without those to questions that are not shown. */
export function sheet(a, c) {
  const s = {};
  for (const q of questions) if (raw(own(a, q)) !== null) Object.defineProperty(s, q, field(a[q]));
  for (let again = true; again; ) {
    again = false;
    for (const q of questions) {
      if (own(shown, q) && own(s, q) !== null && !shown[q](s, c)) again = delete s[q];
    }
  }
  return s;
}
const field = (value) => ({ value, enumerable: true, configurable: true });

/** The questions that are on the form beside these answers. */
export function visible(a, c) {
  const s = sheet(a, c);
  return questions.filter((q) => !own(shown, q) || shown[q](s, c));
}
"""

_COMPARISONS = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
_READERS = {"number": "num", "text": "txt", "list": "list", "object": "obj", "any": "any", "raw": "raw"}


def conditions_module(item: Item) -> str:
    """The module's text. It exports

    `questions` (names in order), `shown` {question: (a, c) => boolean}, `musts` [{refused(a, c), message, questions}],
    `excludes` [{excluded(a, c), reason}], `required` {question: true}, `limits` {question: {min, max, atLeast, atMost,
    pattern}}, `sheet(a, c)` and `visible(a, c)`. Nothing in it needs `eval`.
    """
    printer = _Printer(item)
    truth = printer.truth
    shown = {
        q.name: printer.function(truth.certainly_true(q.when)) for q in item.questions if q.when is not None
    }
    musts = [
        f"{{ refused: {printer.function(truth.certainly_false(must.condition))}, "
        f"message: {_js(must.message)}, questions: {_js(list(must.questions))} }}"
        for must in item.musts
    ]
    excludes = [
        f"{{ excluded: {printer.function(truth.certainly_true(exclude.condition))}, reason: {_js(exclude.reason)} }}"
        for exclude in item.excludes
    ]
    required = {question.name: "true" for question in item.questions if not question.optional}
    limits = {q.name: _js(limits) for q in item.questions if (limits := _limits(q))}
    parts = [
        f"export const questions = {_js([question.name for question in item.questions])};",
        printer.lets(item),
        f"export const shown = {_object(shown)};",
        f"export const musts = {_array(musts)};",
        f"export const excludes = {_array(excludes)};",
        f"export const required = {_object(required)};",
        f"export const limits = {_object(limits)};",
    ]
    return f"{_RUNTIME}\n" + "\n".join(parts) + f"\n\n{_VISIBILITY}"


class _Printer:
    def __init__(self, item: Item) -> None:
        self.truth = Truth(item)
        self._questions = {question.name: question for question in item.questions}

    def function(self, form: Form) -> str:
        text = self.form(form)
        return (
            f"(a, c) => {{ const d = lets(a, c); return {text}; }}"
            if "own(d, " in text
            else f"(a, c) => {text}"
        )

    def lets(self, item: Item) -> str:
        """A function that computes every `let`, each after those it reads."""
        lines = ["const lets = (a, c) => {", "  const d = {};"]
        lines += [
            f"  Object.defineProperty(d, {_js(let.name)}, {{ value: {self._let(let.value)} }});"
            for let in item.lets
        ]
        return "\n".join([*lines, "  return d;", "};"])

    def form(self, form: Form) -> str:
        match form:
            case All(parts):
                return "(" + " && ".join(self.form(part) for part in parts) + ")" if parts else "true"
            case Some(parts):
                return "(" + " || ".join(self.form(part) for part in parts) + ")" if parts else "false"
            case Blank(value, kind):
                return f"{self.value(value, kind)} === null"
            case Answered(value, kind):
                return f"{self.value(value, kind)} !== null"
            case Member(value, options, present, kind):
                options_js = _js([finite(option.value) for option in options])
                operand = self.value(value, kind)
                return f"{'among' if present else 'apart'}({operand}, {options_js})"
            case Contains(value, option, present):
                return f"{'has' if present else 'lacks'}({self.value(value, 'list')}, {_js(option.value)})"
            case Comparison(operator, left, right, kind):
                return f"{_COMPARISONS[operator]}({self.value(left, kind)}, {self.value(right, kind)})"

    def value(self, expression: Expression, kind: Kind) -> str:
        """An operand, null where it is blank or of another kind."""
        match expression:
            case Constant(value):
                return _js(finite(value))
            case Fact("severity" | "finding"):
                return "null"
        own_kind = self.truth.kind(expression)
        if kind not in ("any", "raw") and own_kind not in (kind, "any"):
            return "null"
        match expression:
            case Answer(name):
                return f"{self._reader(name)}(own(a, {_js(name)}))"
            case PlaceAttribute(name):
                return f"{_READERS[kind]}(own(c, {_js(f'place.{name}')}))"
            case Fact(name):
                return f"{_READERS[own_kind]}(own(c, {_js(name)}))"
            case History(name, days):
                return f"num(own(c, {_js(f'{name}.{days}')}))"
            case Derived(name):
                read = f"own(d, {_js(name)})"
                return f"{_READERS[kind]}({read})" if own_kind == "any" else read
            case Arithmetic(operator, left, right):
                return f"{_ARITHMETIC[operator]}({self.value(left, 'number')}, {self.value(right, 'number')})"
            case Negate(operand):
                return f"negate({self.value(operand, 'number')})"
        return self._truth_value(expression)

    def _let(self, value: Expression) -> str:
        kind = self.truth.kind(value)
        return self.value(value, "raw" if kind == "any" else kind)

    def _truth_value(self, condition: Expression) -> str:
        true, false = self.truth.certainly_true(condition), self.truth.certainly_false(condition)
        return f"({self.form(true)} ? true : {self.form(false)} ? false : null)"

    def _reader(self, name: str) -> str:
        question = self._questions.get(name)
        if question is None:
            return "any"
        if question.type in ATTACHED:
            return "count"
        special = {"yes_no": "yes", "check": "yes", "date": "day", "time": "hour"}
        return special.get(question.type) or _READERS[question_kind(question.type)]


def _limits(question: Question) -> dict[str, Any]:
    limits = {
        "min": question.minimum,
        "max": question.maximum,
        "atLeast": question.at_least,
        "atMost": question.at_most,
        "pattern": PATTERNS[question.matching] if question.matching else None,
    }
    return {name: limit for name, limit in limits.items() if limit is not None}


def _js(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def _object(fields: dict[str, str]) -> str:
    """An object literal; keys are computed, so that no name is special (`__proto__`)."""
    return "{" + "".join(f"\n  [{_js(name)}]: {content}," for name, content in fields.items()) + "\n}"


def _array(entries: list[str]) -> str:
    return "[" + "".join(f"\n  {entry}," for entry in entries) + "\n]"
