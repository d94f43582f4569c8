"""Bytes to text, and what to say of bytes that are none."""

from __future__ import annotations

from gewu_dsl.diagnostics import Diagnostic, Text, diagnose
from gewu_dsl.spans import Span


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


_NOT_UTF8 = Text(
    "这个文件不是 UTF-8 文本，里面的汉字读不出来。", "This file is not UTF-8 text, its words cannot be read."
)
_SAVE_AS = Text("在编辑器里另存为 UTF-8 编码。", "save it as UTF-8 in your editor.")


def _looks_like(source: bytes) -> Text:
    if source[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Text(
            "看起来是 UTF-16 编码（记事本里叫“Unicode”），请在编辑器里另存为 UTF-8。",
            "it looks like UTF-16 (“Unicode” in Notepad); save it as UTF-8 in your editor.",
        )
    try:
        text = source.decode("gb18030")
    except UnicodeDecodeError:
        return _SAVE_AS
    if not any(word in text for word in _COMMON_WORDS):
        return _SAVE_AS
    return Text(
        "看起来是 GBK/GB18030 编码，请在编辑器里另存为 UTF-8。",
        "it looks like GBK/GB18030; save it as UTF-8 in your editor.",
    )


_COMMON_WORDS = ("部门", "事项", "情形", "询问", "department", "item", "finding", "ask")
