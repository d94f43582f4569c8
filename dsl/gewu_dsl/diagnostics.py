"""What the compiler tells an author: values with a code, a place, and words in Chinese and English.

A diagnostic never carries an exception and never a name out of the grammar. Printing them is here, too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from gewu_dsl.codes import CODES, CodeSeverity
from gewu_dsl.spans import Span
from gewu_dsl.words import Language


class Text(NamedTuple):
    """The same sentence in both languages."""

    zh: str
    en: str

    def in_words(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters of `span` by `text`; an empty span inserts."""

    span: Span
    text: str

    def to_json(self) -> dict[str, Any]:
        """`start` and `end` are offsets from 0 in characters, the rest is as in a diagnostic."""
        return {**self.span._asdict(), "text": self.text}


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to put a mistake right: edits of the mistake's file that do not overlap, made all together."""

    title: Text
    edits: tuple[Edit, ...]

    def to_json(self, language: Language = "zh") -> dict[str, Any]:
        return {"title": self.title.in_words(language), "edits": [each.to_json() for each in self.edits]}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake. Lines and columns count characters from 1; the end column is exclusive.

    `message` says what is wrong and why it matters, `help` what to type instead. `counterexample` is a complete
    answer sheet that shows the mistake, as the runtime takes it: `{"answers": {…}, "context": {…}}`. `fixes` are what an
    editor offers, the likeliest first.
    """

    code: str
    severity: CodeSeverity
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: Text
    help: Text
    counterexample: Mapping[str, Any] | None = None
    fixes: tuple[Fix, ...] = ()

    def to_json(self, language: Language = "zh") -> dict[str, Any]:
        """What `gewu check --json` prints for it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
            "message": self.message.in_words(language),
            "help": self.help.in_words(language),
            "counterexample": None if self.counterexample is None else dict(self.counterexample),
            "fixes": [each.to_json(language) for each in self.fixes],
        }

    def render(self, language: Language = "zh", source: str | None = None) -> str:
        """The diagnostic as lines for a terminal, with an underlined excerpt where `source` is given."""
        severity = _SEVERITIES[self.severity].in_words(language)
        title = CODES[self.code]
        lines = [
            f"{severity} {self.code} {title.zh if language == 'zh' else title.en}",
            f"  --> {self.file}:{self.line}:{self.column}",
        ]
        if source is not None:
            lines += render_excerpt(source, self)
        lines.append("  " + self.message.in_words(language))
        if help_text := self.help.in_words(language):
            lines.append(f"  {_HELP.in_words(language)}{help_text}")
        if self.counterexample is not None:
            lines.append(f"  {_COUNTEREXAMPLE.in_words(language)}{_render_sheet(self.counterexample)}")
        return "\n".join(lines)


_SEVERITIES: dict[CodeSeverity, Text] = {"error": Text("错误", "error"), "warning": Text("提醒", "warning")}
_HELP = Text("改法：", "help: ")
_COUNTEREXAMPLE = Text("例如这样填：", "for example, filled in so: ")


def diagnose(
    code: str,
    file: str,
    span: Span,
    message: Text,
    help: Text = Text("", ""),
    counterexample: Mapping[str, Any] | None = None,
    fixes: tuple[Fix, ...] = (),
) -> Diagnostic:
    """A diagnostic at `span`, as severe as the table of codes says."""
    return Diagnostic(
        code, CODES[code].severity, file, span.line, span.column, span.end_line, span.end_column,
        message, help, counterexample, fixes,
    )  # fmt: skip


def sort_diagnostics(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file, place and code; one that is said twice is kept once."""
    unique: dict[tuple[str, int, int, str, Text], Diagnostic] = {}
    for each in diagnostics:
        unique.setdefault((each.file, each.line, each.column, each.code, each.message), each)
    return [unique[key] for key in sorted(unique)]


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(each.severity == "error" for each in diagnostics)


def measure_width(text: str) -> int:
    """How many terminal columns `text` takes: wide and full-width characters two, combining ones none."""
    width = 0
    for character in text:
        if unicodedata.combining(character):
            continue
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def render_excerpt(source: str, where: Diagnostic) -> list[str]:
    """The first line of what is meant, under it carets as wide as the characters above them."""
    lines = source.split("\n")
    if not 1 <= where.line <= len(lines):
        return []
    line = lines[where.line - 1].rstrip("\r")
    end = where.end_column if where.end_line == where.line else len(line) + 1
    before, meant = _show(line[: where.column - 1]), _show(line[where.column - 1 : end - 1])
    before, shown, meant = _cut(before, _show(line), meant)
    number = str(where.line)
    gutter = " " * len(number)
    carets = "^" * max(1, measure_width(meant))
    return [f" {gutter} |", f" {number} | {shown}", f" {gutter} | {' ' * measure_width(before)}{carets}"]


_WIDEST = 110


def _cut(before: str, line: str, meant: str) -> tuple[str, str, str]:
    """A window of a very long line around what is meant."""
    if len(line) <= _WIDEST:
        return before, line, meant
    start = max(0, len(before) - _WIDEST // 2)
    shown = line[start : start + _WIDEST]
    kept = before[start:]
    return kept, shown, meant[: _WIDEST - len(kept)]


def _show(text: str) -> str:
    """Tabs as four blanks, what cannot be printed as a replacement character."""
    expanded = text.replace("\t", "    ")
    return "".join(
        character if character.isprintable() or character == "\u3000" else "\ufffd" for character in expanded
    )


def _render_sheet(sheet: Mapping[str, Any]) -> str:
    parts = []
    for key, value in sheet.items():
        if isinstance(value, Mapping):
            if value:
                parts.append(_render_sheet(value))
        elif isinstance(value, (list, tuple)):
            parts.append(f"{key} = ({', '.join(map(str, value))})")
        else:
            parts.append(f"{key} = {value}")
    return ", ".join(parts)
