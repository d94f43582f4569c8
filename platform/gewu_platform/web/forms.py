"""Forms that browsers post without scripts: their texts and the files that came with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, cast

from flask import request

from gewu_platform.service.problems import Problem


def posted_texts() -> dict[str, str]:
    """The filled fields, without the token; Problem for a NUL, which no database keeps in a text."""
    texts = {name: value for name, value in request.form.items() if value and name != "csrf_token"}
    if any("\0" in text for text in texts.values()):
        raise Problem(
            "invalid-request", "填写的内容里有不能使用的字符。", "The form holds an unusable character."
        )
    return texts


def posted_files() -> Iterator[tuple[str, str, BinaryIO]]:
    """`(field, name, stream)` of every chosen file; the name is made of the field and a number, never the sender's."""
    for field, uploads in request.files.lists():
        for number, upload in enumerate((each for each in uploads if each.filename), 1):
            yield (
                field,
                f"{field.replace(':', '-')}-{number}.{_suffix(upload.filename or '')}",
                cast(BinaryIO, upload.stream),
            )


def _suffix(name: str) -> str:
    suffix = name.rpartition(".")[2][:8].lower()
    return suffix if suffix.isascii() and suffix.isalnum() else "bin"
