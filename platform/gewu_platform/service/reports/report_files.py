"""The files that a filled form names: uploaded before under its id, by its sender, and of a type its questions take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gewu_dsl.model import ATTACHED, Item
from gewu_platform.records.hot import reports
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Fault
from gewu_platform.service.reports.media_types import fits


def find_file_faults(
    engine: Engine,
    caller: Caller,
    uuid: str,
    item: Item,
    answers: Mapping[str, Any],
    files: Mapping[str, str | None],
) -> list[Fault]:
    """What is wrong with the attached answers of a sheet, each at its question; a number is no evidence of any file.

    `files` are the digests the sender gave: what arrived must be what was sent. Inside a transaction.
    """
    stored = {row["name"]: row for row in reports.list_uploads(engine.store, uuid)}
    if any(row["user_id"] != caller.id for row in stored.values()):
        return [
            Fault("files", "clash", "该填报编号下有他人的附件", "somebody else has put files under this id")
        ]
    faults = []
    for question in item.questions:
        if question.type in ATTACHED and question.name in answers:
            fault = _find_fault(question.name, question.type, answers[question.name], stored, files)
            faults += [fault] if fault else []
    lost = [name for name in files if name not in stored]
    if lost and not faults:
        faults.append(
            Fault("files", "missing-file", f"附件“{lost[0]}”尚未上传", f"“{lost[0]}” was not uploaded")
        )
    return faults


def private_files(item: Item, answers: Mapping[str, Any]) -> frozenset[str]:
    """The names of the files that answer private questions: only who sent them may look at them."""
    private = [question.name for question in item.questions if question.private and question.type in ATTACHED]
    lists = [value for question in private if isinstance(value := answers.get(question), list)]
    return frozenset(name for names in lists for name in names)


def _find_fault(
    question: str, kind: str, names: Any, stored: Mapping[str, Any], files: Mapping[str, str | None]
) -> Fault | None:
    if not isinstance(names, list | tuple) or len(set(names)) < len(names):
        return Fault(
            question, "type", "须为已上传附件的名称，各不相同", "must list uploaded files, each once"
        )
    for name in names:
        file = stored.get(name)
        if file is None:
            return Fault(question, "missing-file", f"附件“{name}”尚未上传", f"“{name}” was not uploaded")
        if not fits(kind, file["media_type"]):
            return Fault(question, "wrong-type", f"附件“{name}”的类型不符", f"“{name}” is of another type")
        if files.get(name) not in (None, file["sha256"]):
            return Fault(question, "differs", f"附件“{name}”传输有误，请重传", f"“{name}” arrived changed")
    return None
