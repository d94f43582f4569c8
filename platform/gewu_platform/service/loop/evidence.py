"""Evidence handed in with a command: files its giver uploaded, of the right type, and not the report's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gewu_platform.core.lifecycle import Given
from gewu_platform.records.hot import cases as stored
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.problems import Fault
from gewu_platform.service.reports.media_types import fits

MOST = 50
"""Files one command may bring."""

LONGEST_NAME = 120

LONGEST_SIGNER = 60

_KINDS = frozenset({"photo", "video", "audio", "file", "signature"})
_SIGNERS = frozenset({"owner", "worker", "handler"})


def read_evidence(
    engine: Engine, caller: Caller, case: CaseFile, listed: Any, faults: list[Fault]
) -> tuple[Given, ...]:
    """The evidence in `listed`, with a fault for each piece that is none. Inside a transaction.

    A hash alone is no right to a file: only who uploaded it may hand it in. What was photographed before anything
    was handled proves nothing about the handling, and no file proves two things.
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
    known = stored.list_handed_in(engine.store, caller.id, case.fixed["submission"], hashes) if hashes else {}
    signed: list[Given] = []
    for given in found:
        fault = _find_fault(given, known.get(str(given.sha256))) or _find_repetition(given, signed, case)
        faults += [fault] if fault else []
        signed.append(_signed(engine, caller, case, given, faults))
    return tuple(signed)


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


def _find_repetition(given: Given, others: Iterable[Given], case: CaseFile) -> Fault | None:
    """A file that stands for something else already, now or from an earlier command."""
    before = [other for other in case.state.evidence if (other.kind, other.by) != (given.kind, given.by)]
    if given.sha256 not in {other.sha256 for other in (*others, *before)}:
        return None
    return Fault(
        "evidence", "repeated",
        f"“{given.name}”已作为另一份证据提交，一份文件只证明一件事",
        f"“{given.name}” stands for something else already: a file proves one thing",
    )  # fmt: skip


def _signed(engine: Engine, caller: Caller, case: CaseFile, given: Given, faults: list[Fault]) -> Given:
    """A signature with whose it is: the account of a worker or handler, or the name an owner signs with."""
    if given.kind != "signature" or given.by in (None, "owner"):
        return given
    if given.signer is None and caller.role == given.by:
        return replace(given, signer=caller.name)
    people = signers(engine, case, str(given.by))
    named = [name for name, full_name in people if given.signer in (name, full_name)]
    if len(named) == 1:
        return replace(given, signer=named[0])
    if given.signer is None:
        zh, en = f"请注明“{given.name}”由谁签名", f"say who signed “{given.name}”"
        faults.append(Fault("evidence", "signer-missing", zh, en))
    elif given.by == "worker":
        zh = f"“{given.signer}”不是本镇街的网格员"
        en = f"“{given.signer}” is no grid worker of this town"
        faults.append(Fault("evidence", "signer-unknown", zh, en))
    else:
        zh = f"“{given.signer}”不是承办或协办机构的处置人员"
        en = f"“{given.signer}” is no handler of the offices that have this case"
        faults.append(Fault("evidence", "signer-unknown", zh, en))
    return given


def signers(engine: Engine, case: CaseFile, by: str) -> list[tuple[str, str]]:
    """Account and full name of whoever may sign as `by`: workers of the case's town, handlers of its offices."""
    if by == "worker":
        return stored.workers_around(engine.store, case.fixed["town"] or case.fixed["grid"])
    state = case.state
    offices = {state.office, *state.offices, *(task.office for task in state.tasks)} - {None}
    return stored.handlers_of(engine.store, sorted(office for office in offices if office is not None))


def _read_given(entry: Any) -> Given | None:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("sha256"), str):
        return None
    kind, _, by = str(entry.get("kind", "")).partition(":")
    by = by or str(entry.get("by") or "")
    name, signer = entry.get("name") or kind, entry.get("signer") or ""
    if (
        kind not in _KINDS
        or (by and by not in _SIGNERS)
        or not isinstance(name, str)
        or len(name) > LONGEST_NAME
        or not isinstance(signer, str)
        or len(signer) > LONGEST_SIGNER
    ):
        return None
    # Spaces in a name are nobody else.
    signed_by = " ".join(signer.split()) if kind == "signature" else ""
    return Given(kind, by or None, name, entry["sha256"], signed_by or None)
