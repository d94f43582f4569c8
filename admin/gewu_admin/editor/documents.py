"""The texts that an editor has open, kept as it has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lsprotocol import types

from gewu_admin.editor.positions import Encoding, Positions


@dataclass(slots=True)
class Document:
    """An open text and the version that the editor gave it."""

    uri: str
    text: str
    version: int | None = None

    def change(self, changes: Iterable[types.TextDocumentContentChangeEvent], encoding: Encoding) -> None:
        """Make the editor's changes, one after another."""
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                positions = Positions(self.text, encoding)
                start = positions.offset_of(change.range.start.line, change.range.start.character)
                end = positions.offset_of(change.range.end.line, change.range.end.character)
                self.text = self.text[:start] + change.text + self.text[end:]
            else:
                self.text = change.text
