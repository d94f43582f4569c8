"""What a client sends as a report, read strictly: every fault of the body is named at its field."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeGuard
from uuid import UUID

from gewu_platform.core.zones import from_offset
from gewu_platform.records.journal import canonical
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Fault, Problem
from gewu_platform.service.texts import require_plain

AHEAD = timedelta(minutes=5)
"""How far a phone's clock may be ahead."""

OLDEST = timedelta(days=7)
"""How long a report may wait on a phone before it is sent."""

_FIELDS = frozenset(
    {"item", "version", "place", "location", "grid", "answers", "reported_at", "files", "add_to"}
)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ReportBody:
    """One filled form as sent; `point` is (lon, lat), `reported_at` naive UTC, `hash` that of the whole body.

    `files` are the attachments it was sent with and the SHA-256 of each; None where the phone could not tell. `add_to` names
    for a finding the open case that the report is to be added to, instead of opening another.
    """

    item: str
    version: str | None
    place: str | None
    grid: str | None
    point: tuple[float, float] | None
    answers: Mapping[str, Any]
    reported_at: datetime
    files: Mapping[str, str | None]
    hash: str
    add_to: Mapping[str, int] = field(default_factory=dict)


def read_uuid(text: str) -> str:
    """The UUID in its canonical form; Problem invalid-body where it is none."""
    try:
        return str(UUID(text))
    except (ValueError, AttributeError, TypeError):
        fault = Fault("id", "type", "不是 UUID", "is no UUID")
        raise Problem("invalid-body", "编号须为 UUID", "The id must be a UUID", (fault,)) from None


def hash_body(body: object) -> str:
    """Tells a repeat from a clash: the order of keys and white space make no difference."""
    try:
        return hashlib.sha256(canonical(body).encode("utf-8", "surrogatepass")).hexdigest()
    except (TypeError, ValueError):
        raise Problem("invalid-body", "内容不是 JSON", "The body is no JSON") from None


def read_body(engine: Engine, body: object, now: datetime) -> ReportBody:
    """The report of a parsed JSON body; Problem invalid-body with every fault in it."""
    if not isinstance(body, Mapping):
        raise Problem("invalid-body", "须为 JSON 对象", "A JSON object is expected")
    require_plain(body)
    faults: list[Fault] = [
        Fault(str(name), "unknown", "没有这个字段", "is no field of a report")
        for name in body
        if name not in _FIELDS
    ]
    for name, required in (("item", True), ("version", False), ("place", False), ("grid", False)):
        if not _is_text(body.get(name), required):
            faults.append(Fault(name, "type", "须为文本", "must be a text"))
    answers, files = body.get("answers"), _read_files(body.get("files"), faults)
    add_to = _read_add_to(body.get("add_to"), faults)
    if not isinstance(answers, Mapping):
        faults.append(Fault("answers", "type", "须为对象", "must be an object"))
    point = _read_point(body.get("location"), faults)
    reported_at = _read_moment(engine, body.get("reported_at"), now, faults)
    if faults or not isinstance(answers, Mapping):
        raise Problem("invalid-body", "上报内容有误", "The report cannot be read", faults)
    return ReportBody(
        body["item"], body.get("version") or None, body.get("place") or None, body.get("grid") or None, point,
        answers, reported_at, files, hash_body(body), add_to,
    )  # fmt: skip


def _is_text(value: object, required: bool) -> bool:
    return isinstance(value, str) and bool(value or not required) if value is not None else not required


def _read_files(files: object, faults: list[Fault]) -> dict[str, str | None]:
    """`{name: SHA-256}`, or the list `[{"name", "sha256", …}]` in which `sha256` may be null."""
    if isinstance(files, Mapping):
        listed = list(files.items())
    elif isinstance(files, list | tuple) and all(isinstance(file, Mapping) for file in files):
        listed = [(file.get("name"), file.get("sha256")) for file in files]
    else:
        listed = [] if files is None else [(None, None)]
    found: dict[str, str | None] = {}
    for name, digest in listed:
        if not isinstance(name, str) or not name or name in found or not _is_digest(digest):
            words = "须为 {名称: SHA-256} 或 [{name, sha256}]", "must be {name: SHA-256} or [{name, sha256}]"
            faults.append(Fault("files", "type", *words))
            return {}
        found[name] = digest.lower() if digest else None
    return found


def _read_add_to(add_to: object, faults: list[Fault]) -> dict[str, int]:
    """`{finding: case id}`; left out or null for none."""
    if add_to is None:
        return {}
    if isinstance(add_to, Mapping) and all(map(_is_id, add_to.values())):
        return {str(finding): case for finding, case in add_to.items()}
    faults.append(Fault("add_to", "type", "须为 {情形: 案件 id}", "must be {finding: case id}"))
    return {}


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_ID


def _is_digest(digest: object) -> bool:
    return digest is None or (isinstance(digest, str) and _SHA256.fullmatch(digest.lower()) is not None)


def _read_point(location: object, faults: list[Fault]) -> tuple[float, float] | None:
    if location is None:
        return None
    if isinstance(location, Mapping):
        lon, lat = location.get("lon"), location.get("lat")
        if _is_number(lon) and _is_number(lat) and abs(float(lon)) <= 180 and abs(float(lat)) <= 90:
            return float(lon), float(lat)
    faults.append(Fault("location", "type", "须为 {lon, lat}，单位为度", "must be {lon, lat} in degrees"))
    return None


def _is_number(value: object) -> TypeGuard[int | float]:
    """A finite number; whole ones that no float holds are too large for anything measured in degrees."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e6 < value < 1e6


def _read_moment(engine: Engine, text: object, now: datetime, faults: list[Fault]) -> datetime:
    if text is None:
        return now
    try:
        moment = from_offset(text if isinstance(text, str) else "", engine.zone)
    except (ValueError, OverflowError):
        faults.append(Fault("reported_at", "type", "须为 ISO 8601 时间", "must be a time in ISO 8601"))
        return now
    if moment > now + AHEAD:
        faults.append(Fault("reported_at", "maximum", "上报时间晚于现在", "lies in the future"))
    elif moment < now - OLDEST:
        faults.append(Fault("reported_at", "minimum", "上报时间早于 7 天前", "lies more than 7 days back"))
    return moment
