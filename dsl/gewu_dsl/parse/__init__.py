"""Text to tree: `parse` takes any text and never raises."""

from __future__ import annotations

from dataclasses import dataclass

from gewu_dsl import tree
from gewu_dsl.diagnostics import Diagnostic, Text, diagnose, sort_diagnostics
from gewu_dsl.parse.builder import TreeBuilder
from gewu_dsl.parse.grouping import group_statements
from gewu_dsl.parse.lexing import Token, scan
from gewu_dsl.parse.machine import Machine
from gewu_dsl.parse.tables import load_tables
from gewu_dsl.tree import Span
from gewu_dsl.words import SPELLINGS, Language, is_chinese


@dataclass(frozen=True, slots=True)
class ParseResult:
    """`tree` holds every statement that could be read. `lost` are the names that statements given up would have
    declared: who looks names up should not call these unknown. `torn` are the lines on which a statement breaks off:
    what else seems wrong there follows from that."""

    tree: tree.File
    diagnostics: tuple[Diagnostic, ...]
    lost: frozenset[str] = frozenset()
    torn: frozenset[int] = frozenset()


def parse(text: str, file: str = "") -> ParseResult:
    """Read a `.gewu` text. `file` is only for the diagnostics, which come sorted by place."""
    comments: list[tree.Comment] = []
    tokens = list(scan(text, comments))
    builder = TreeBuilder(file)
    language = find_language(tokens)
    machine = Machine(load_tables(), text, tokens, builder, language)
    machine.run()
    declarations = group_statements(builder, machine.lost)
    result = tree.File(declarations, tuple(comments), language, span=_measure(text))
    lost = frozenset(each.name for each in machine.lost if each.name)
    diagnostics = tuple(sort_diagnostics(builder.diagnostics))
    return ParseResult(result, diagnostics, lost, frozenset(machine.torn))


def read_source(source: bytes, file: str = "") -> tuple[str, tuple[Diagnostic, ...]]:
    """The text of a file's bytes: UTF-8, with or without a byte order mark. Bytes that are not UTF-8 give a
    diagnostic and come back as replacement characters."""
    try:
        return source.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        good = source[: error.start].decode("utf-8-sig", errors="replace")
        line = good.count("\n") + 1
        column = len(good) - (good.rfind("\n") + 1) + 1
        span = Span(line, column, line, column + 1, len(good), len(good) + 1)
        problem = diagnose("G108", file, span, _NOT_UTF8, _looks_like(source))
        return source.decode("utf-8", errors="replace"), (problem,)


def find_language(tokens: list[Token]) -> Language:
    """The language that most keywords of a text are in."""
    balance = 0
    for token in tokens:
        if token.kind == "NAME" and token.text in SPELLINGS:
            balance += 1 if is_chinese(token.text) else -1
    return "zh" if balance > 0 else "en"


def _measure(text: str) -> Span:
    line = text.count("\n") + 1
    return Span(1, 1, line, len(text) - (text.rfind("\n") + 1) + 1, 0, len(text))


_NOT_UTF8 = Text(
    "这个文件不是 UTF-8 文本，里面的汉字读不出来。", "This file is not UTF-8 text, its words cannot be read."
)
_SAVE_AS = Text("在编辑器里另存为 UTF-8 编码。", "save it as UTF-8 in your editor.")


def _looks_like(source: bytes) -> Text:
    try:
        source.decode("gb18030")
    except UnicodeDecodeError:
        return _SAVE_AS
    return Text(
        "看起来是 GBK/GB18030 编码，请在编辑器里另存为 UTF-8。",
        "it looks like GBK/GB18030; save it as UTF-8 in your editor.",
    )
