"""What is handed in with a command: files by kind of evidence, who signed, and what an attempt before left uploaded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from gewu_platform.api.current import caller, engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import attachments
from gewu_platform.web.forms import posted_files

SIGNER = "signer:"
SIGNATURE = "signature:"
STORED = "stored"
"""The field of evidence that was uploaded with an attempt that was refused; it need not be chosen again."""

_PARTS = ("kind", "name", "sha256", "signer")


def hand_in(case_id: int, texts: Mapping[str, str]) -> list[dict[str, str]]:
    """Store what was uploaded; the evidence as `handling.run_command` takes it, with what was stored before.

    A field is called after the kind: `photo`, `signature:owner`; a second one by the same `signature:owner:2`. Who
    signed stands in the field `signer:owner`, `signer:owner:2`.
    """
    evidence = _read_stored(request.form.getlist(STORED))
    for field, name, stream in posted_files():
        stored = attachments.store_evidence(engine(), caller(), case_id, name, stream)
        piece = {"kind": ":".join(field.split(":")[:2]), "name": name, "sha256": stored.sha256}
        signer = texts.get(SIGNER + field.removeprefix(SIGNATURE), "").strip()
        evidence.append(piece | ({"signer": signer} if signer and field.startswith(SIGNATURE) else {}))
    return evidence


def keep_stored(evidence: Sequence[Mapping[str, str]]) -> list[tuple[str, Mapping[str, str]]]:
    """Each piece with the value of the `STORED` field with which it goes along once more."""
    return [(json.dumps(dict(piece), ensure_ascii=False), piece) for piece in evidence]


def _read_stored(texts: Sequence[str]) -> list[dict[str, str]]:
    found = []
    for text in texts:
        try:
            piece: Any = json.loads(text)
        except ValueError:
            piece = None
        if not isinstance(piece, dict) or not all(isinstance(value, str) for value in piece.values()):
            raise Problem("invalid-request", "文件清单无法读取。", "The list of files cannot be read.")
        found.append({name: piece[name] for name in _PARTS if name in piece})
    return found
