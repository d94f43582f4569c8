"""The cells of one row that are not its limit: offices, severity, closing, evidence, the limits of other steps."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from gewu_dsl import tree
from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.entries import Entry, Extract
from gewu_item_catalog.spreadsheets.limits import Habits, read_limit
from gewu_item_catalog.spreadsheets.offices import Offices, is_blank, read_offices
from gewu_item_catalog.spreadsheets.severities import read_level

_EVIDENCE = re.compile(
    r"(?P<by>业主|网格员|处置人)?(?P<kind>照片|相片|视频|文字说明|说明|签名|签字)\s*(?P<count>\d{1,3})?\s*[张段份个]?"
)
_Kind = Literal["photo", "video", "note", "signature"]
_KINDS: dict[str, _Kind] = {
    "照片": "photo", "相片": "photo", "视频": "video", "文字说明": "note", "说明": "note", "签名": "signature", "签字": "signature",
}  # fmt: skip
_SIGNERS: dict[str, tree.Signer] = {"业主": "owner", "网格员": "worker", "处置人": "handler"}
_STEPS: dict[str, tree.Step] = {"受理": "accept", "立案": "file", "派遣": "dispatch", "核查": "verify"}
_STEP = re.compile(rf"({'|'.join(_STEPS)}|当场整改)\s*[:：]?\s*(.+)")


@dataclass(frozen=True, slots=True)
class Clauses:
    """What a row says besides its limit."""

    offices: Offices
    severity: tree.Level | None
    closing: str
    evidence: tuple[tree.Evidence, ...]
    steps: tuple[tree.Limit | tree.OnSite, ...]


_NO_OFFICE = Text("没有写责任部门", "no office is given")
_NO_SUPERVISOR = Text("没有写主管", "no supervisor was written")
_NO_COLUMN = Text("表里没有责任部门一列", "the table has no column of offices")


def read_clauses(entry: Entry, habits: Habits, found: Extract, offices_said: set[str]) -> Clauses:
    """The row's clauses; what is not understood is noted. `offices_said` are the cells of offices noted before."""
    return Clauses(
        _read_offices(entry, found, offices_said),
        _read_severity(entry, found),
        "" if is_blank(entry["closing"]) else entry["closing"],
        _read_evidence(entry, found),
        _read_steps(entry, habits, found),
    )


def _read_offices(entry: Entry, found: Extract, said: set[str]) -> Offices:
    handling = entry["office"] or entry["owner"]
    supervising = entry["supervising"]
    if not handling and "office" not in entry.header.fields and supervising:
        handling, supervising = supervising, ""
    offices = read_offices(handling, entry["assisting"], supervising)
    if not offices.handlers:
        has_column = bool(entry.header.fields & {"office", "owner", "supervising"})
        if has_column or entry.sheet not in said:
            said.add(entry.sheet)
            message = _NO_OFFICE if has_column else _NO_COLUMN
            done = Text("派往属地；请核对", "routed to the territory; please check")
            found.notes.append(entry.note("office_missing", "look", message, done, about="office"))
        return Offices(("community",), offices.assisting, offices.supervising)
    if offices.supervising and offices.supervising[0] in offices.handlers:
        message = Text("责任部门同时是主管部门", "the office that handles it is to supervise itself")
        found.notes.append(entry.note("office_same", "info", message, _NO_SUPERVISOR, about="supervising"))
        offices = replace(offices, supervising=offices.supervising[1:])
    shown = f"{handling}\n{supervising}"
    several = len(offices.supervising) > 1 or (offices.assisting and not entry["assisting"])
    if several and shown not in said:
        said.add(shown)
        message = Text("一格里有几个单位", "there are several offices in one cell")
        done = Text(
            "第一个处置，其余协办；主管取第一个；原文留在注释里",
            "the first handles, the others assist; the first supervises; the cell is kept as a comment",
        )
        found.notes.append(entry.note("office_several", "info", message, done, about="office"))
    return offices


def _read_severity(entry: Entry, found: Extract) -> tree.Level | None:
    text = entry["severity"]
    if is_blank(text):
        return None
    level = read_level(text)
    if level is None:
        message = Text("等级只有一般、较大、重大", "a severity is minor, major or critical")
        done = Text("没有写等级", "no severity was written")
        found.notes.append(entry.note("level_unread", "look", message, done, about="severity"))
    return level


def _read_evidence(entry: Entry, found: Extract) -> tuple[tree.Evidence, ...]:
    text = entry["evidence"]
    if is_blank(text):
        return ()
    evidence = tuple(
        tree.Evidence(_KINDS[match["kind"]], int(match["count"] or 1) or 1, _SIGNERS.get(match["by"] or ""))
        for match in _EVIDENCE.finditer(text)
        if not (match["by"] and _KINDS[match["kind"]] != "signature")
    )
    if re.sub(r"[\s、，,;；。]", "", _EVIDENCE.sub("", text)) or not evidence:
        message = Text("附件要求有看不懂的字", "the evidence has words that are not understood")
        done = Text("只写了看得懂的部分", "only what is understood was written")
        found.notes.append(entry.note("evidence_unread", "look", message, done, about="evidence"))
    return tuple(dict.fromkeys(evidence))


def _read_steps(entry: Entry, habits: Habits, found: Extract) -> tuple[tree.Limit | tree.OnSite, ...]:
    steps: dict[str, tree.Limit | tree.OnSite] = {}
    for part in re.split(r"[;；\n]", entry["steps"]):
        if is_blank(part):
            continue
        match = _STEP.fullmatch(part.strip())
        reading = None if match is None else read_limit(match[2], habits)
        if match is None or reading is None or len(reading.cases) != 1 or reading.said or match[1] in steps:
            message = Text(f"看不懂“{part.strip()}”", f"“{part.strip()}” is not understood")
            done = Text("这一步的时限没有写", "this step's limit was not written")
            found.notes.append(entry.note("steps_unread", "look", message, done, about="steps"))
            continue
        value = reading.cases[0].value
        steps[match[1]] = (
            tree.OnSite(value)
            if match[1] == "当场整改"
            else tree.Limit(_STEPS[match[1]], (tree.Branch(value),))
        )
    return tuple(steps.values())
