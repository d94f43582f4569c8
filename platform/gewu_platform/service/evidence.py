"""Evidence handed in with a command: files its giver uploaded, of the right type, and not the report's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gewu_platform.core.lifecycle import Given
from gewu_platform.records.hot import cases as stored
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.media_types import fits
from gewu_platform.service.problems import Fault

MOST = 50
"""Files one command may bring."""

LONGEST_NAME = 120

_KINDS = frozenset({"photo", "video", "audio", "file", "signature"})
_SIGNERS = frozenset({"owner", "worker", "handler"})


def read_evidence(
    engine: Engine, caller: Caller, submission: str, listed: Any, faults: list[Fault]
) -> tuple[Given, ...]:
    """The evidence in `listed`, with a fault for each piece that is none. Inside a transaction.

    A hash alone is no right to a file: only who uploaded it may hand it in. And what was photographed before anything
    was handled proves nothing about the handling.
    """
    if not isinstance(listed, list | tuple):
        faults.append(Fault("evidence", "type", "须为列表", "must be a list"))
        return ()
    if len(listed) > MOST:
        faults.append(Fault("evidence", "at_most", f"一次最多 {MOST} 份", f"at most {MOST} at once"))
        return ()
    found = [given for given in map(_read_given, listed) if given is not None]
    if len(found) < len(listed):
        words = "每份须有 kind、name、sha256", "each has a kind, a name and a sha256"
        faults.append(Fault("evidence", "type", *words))
    hashes = [str(given.sha256) for given in found]
    known = stored.list_handed_in(engine.store, caller.id, submission, hashes) if hashes else {}
    for given in found:
        fault = _find_fault(given, known.get(str(given.sha256)))
        faults += [fault] if fault else []
    return tuple(found)


def _find_fault(given: Given, file: Mapping[str, Any] | None) -> Fault | None:
    name = given.name
    if file is not None and file["of_report"] and not file["handed_in"]:
        words = (
            f"“{name}”是上报时的附件，不能作为处置证据",
            f"“{name}” came with the report and proves no handling",
        )
        return Fault("evidence", "of-report", *words)
    if file is None or not file["handed_in"]:
        return Fault("evidence", "unknown", f"文件“{name}”尚未上传", f"“{name}” was not uploaded")
    if not fits(given.kind, file["media_type"]):
        return Fault("evidence", "wrong-type", f"文件“{name}”的类型不符", f"“{name}” is of another type")
    return None


def _read_given(entry: Any) -> Given | None:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("sha256"), str):
        return None
    kind, _, by = str(entry.get("kind", "")).partition(":")
    by = by or str(entry.get("by") or "")
    name = entry.get("name") or kind
    if (
        kind not in _KINDS
        or (by and by not in _SIGNERS)
        or not isinstance(name, str)
        or len(name) > LONGEST_NAME
    ):
        return None
    return Given(kind, by or None, name, entry["sha256"])
