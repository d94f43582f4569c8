"""Photos and other files: checked, kept once by what they hold, and only shown to those who may see what they belong to."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pony.orm import count, select

from gewu_platform.records import journal
from gewu_platform.records.hot.reports import area_path
from gewu_platform.service.caller import Caller
from gewu_platform.service.catalogue.publishing import published_item
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import reaches, require
from gewu_platform.service.problems import Fault, Problem, not_found
from gewu_platform.service.reach import require_case, sees
from gewu_platform.service.reports.media_types import ALLOWED, HEAD, is_sound, sniff
from gewu_platform.service.reports.receipts import added_cases
from gewu_platform.service.reports.report_bodies import read_uuid
from gewu_platform.service.reports.report_files import private_files

LARGEST = 10 * 1024 * 1024
"""Bytes a file may have."""

MOST = 100
"""Files a submission may have."""

_CHUNK = 64 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[^\W.][\w. ()@+-]{0,119}")


@dataclass(frozen=True, slots=True)
class StoredFileView:
    """A file as it was stored; its type is what it holds, whatever the sender called it."""

    sha256: str
    name: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file to be sent: the bytes at `path`, under a type from the allow-list."""

    sha256: str
    path: Path
    size: int
    media_type: str


# Storing


def store_file(
    engine: Engine,
    caller: Caller,
    submission: str,
    name: str,
    stream: BinaryIO,
    media_type: str | None = None,
    sha256: str | None = None,
) -> StoredFileView:
    """Keep what `stream` holds as `name` of a submission that is not sent yet. The same again changes nothing.

    The `media_type` a sender names is not believed; `sha256`, where given, must be that of the bytes. Problem `invalid-body`,
    `too-large`, `wrong-type`, or `clash` where the form was sent already or belongs to somebody else.
    """
    require(caller, "files.store")
    uuid = read_uuid(submission)
    _check_name(name)

    def attach(file: Any) -> bool:
        db = engine.store.db
        if db.Submission.exists(id=uuid):
            known = db.Attachment.get(submission=uuid, name=name, case_id=None)
            if known is None or known.file != file:
                raise Problem(
                    "clash", "该填报已提交，不能再加附件", "The form was sent already; no file can be added"
                )
            return False
        return _attach(engine, caller, uuid, name, file)

    return _store(engine, caller, name, stream, sha256, f"submission:{uuid}", attach)


def store_evidence(
    engine: Engine, caller: Caller, case_id: int, name: str, stream: BinaryIO, media_type: str | None = None
) -> StoredFileView:
    """Keep a file that a command on the case will name as evidence by its hash; see `store_file`."""
    require(caller, "files.store")
    _check_name(name)
    with engine.store.transaction():
        require_case(engine, caller, case_id)
    return _store(engine, caller, name, stream, None, None, lambda file: True)


def _store(
    engine: Engine,
    caller: Caller,
    name: str,
    stream: BinaryIO,
    sha256: str | None,
    subject: str | None,
    attach: Callable[[Any], bool],
) -> StoredFileView:
    with _received(engine.files, stream) as (path, digest, size, media_type):
        if sha256 is not None and sha256.lower() != digest:
            raise Problem(
                "invalid-body",
                errors=[Fault("sha256", "differs", "文件传输有误，请重传", "The bytes differ")],
            )
        _keep(engine.files, path, digest)

    def work() -> StoredFileView:
        db = engine.store.db
        file = db.StoredFile.get(sha256=digest)
        if file is None:
            file = db.StoredFile(sha256=digest, size=size, media_type=media_type, stored_at=engine.now())
            db.flush()
        about = subject or f"file:{digest}"
        body = {"name": name, "sha256": digest, "size": size, "media_type": media_type}
        if attach(file):
            journal.append(engine.store, engine.now(), caller.id, "file-stored", about, body)
        return StoredFileView(digest, name, size, media_type)

    return engine.store.retrying(work)


def _attach(engine: Engine, caller: Caller, uuid: str, name: str, file: Any) -> bool:
    """Put the file on the form; False where it is there already."""
    db = engine.store.db
    others = select(a for a in db.Attachment if a.submission == uuid and a.user != caller.id)
    if others.exists():
        raise Problem("clash", "该填报编号属于他人", "This submission is somebody else's")
    known = db.Attachment.get(submission=uuid, name=name)
    if known is not None:
        changes = known.file != file
        known.set(file=file, attached_at=engine.now() if changes else known.attached_at)
        return bool(changes)
    if count(a for a in db.Attachment if a.submission == uuid) >= MOST:
        raise Problem("too-large", f"一份填报最多 {MOST} 个附件", f"A form has at most {MOST} files")
    db.Attachment(submission=uuid, name=name, file=file, user=caller.id, attached_at=engine.now())
    return True


# The bytes


@contextmanager
def _received(folder: Path, stream: BinaryIO) -> Iterator[tuple[Path, str, int, str]]:
    """The stream as a temporary file with its hash, size and type; gone again unless it was moved away."""
    arriving = folder / "arriving"
    arriving.mkdir(parents=True, exist_ok=True)
    path = arriving / secrets.token_hex(16)
    try:
        digest, size, head = _copy(stream, path)
        media_type = sniff(head)
        if size == 0:
            raise Problem("invalid-body", errors=[Fault("file", "empty", "文件是空的", "The file is empty")])
        if media_type is None or not is_sound(path, media_type):
            raise Problem(
                "wrong-type",
                "只接受照片、视频、录音和 PDF",
                "Only photos, videos, recordings and PDF are taken",
            )
        yield path, digest, size, media_type
    finally:
        path.unlink(missing_ok=True)


def _copy(stream: BinaryIO, path: Path) -> tuple[str, int, bytes]:
    digest, size, head = hashlib.sha256(), 0, b""
    with path.open("xb") as file:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > LARGEST:
                limit = LARGEST // 2**20
                raise Problem("too-large", f"文件不能超过 {limit} MB", f"A file may have {limit} MB at most")
            head = (head + chunk)[:HEAD] if len(head) < HEAD else head
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size, head


def _keep(folder: Path, path: Path, digest: str) -> None:
    """Move the bytes to where their hash says. Whole or not there at all, also after a power cut."""
    home = path_of(folder, digest)
    if home.exists():
        return
    home.parent.mkdir(exist_ok=True)
    path.replace(home)
    for changed in (home.parent, folder):
        descriptor = os.open(changed, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def path_of(folder: Path, sha256: str) -> Path:
    """Where the bytes of a hash lie."""
    return folder / sha256[:2] / sha256


# Reading


def read_file(engine: Engine, caller: Caller, sha256: str) -> FileContent:
    """A stored file, for its sender and for whoever may see a case or a form it belongs to. Problem `not-found` otherwise."""
    require(caller, "files.read")
    with engine.store.transaction():
        file = engine.store.db.StoredFile.get(sha256=sha256) if _SHA256.fullmatch(sha256) else None
        if file is None or file.media_type not in ALLOWED or not _may_read(engine, caller, file):
            raise not_found("文件", "file")
        content = FileContent(sha256, path_of(engine.files, sha256), file.size, file.media_type)
    if not content.path.is_file():
        raise Problem("gone", "文件已不在存储中", "The file's bytes are gone")
    return content


def _may_read(engine: Engine, caller: Caller, file: Any) -> bool:
    db = engine.store.db
    for attachment in file.attachments:
        if attachment.user == caller.id:
            return True
        case = db.Case.get(id=attachment.case_id) if attachment.case_id is not None else None
        form = db.Submission.get(id=attachment.submission) if attachment.submission else None
        if form is not None and _is_private(engine, form, attachment.name):
            continue
        if any(_sees(engine, caller, each) for each in _cases_of(engine, case, form)):
            return True
        if (
            form is not None
            and caller.role != "handler"
            and reaches(caller, area_path(engine.store, form.grid))
        ):
            return True
    return False


def _cases_of(engine: Engine, case: Any, form: Any) -> Iterator[Any]:
    """The cases that a file belongs to: its own, those of its form, those its form was added to, and what they went into."""
    db = engine.store.db
    found = [case] if case is not None else list(form.cases) if form is not None else []
    if form is not None:
        found += [db.Case.get(id=each) for each in sorted(added_cases(form.receipt))]
    for each in found:
        while each is not None:
            yield each
            each = db.Case.get(id=each.merged_into) if each.merged_into is not None else None


def _is_private(engine: Engine, form: Any, name: str) -> bool:
    answers = json.loads(form.answers)
    if not any(isinstance(value, list) and name in value for value in answers.values()):
        return False
    return name in private_files(published_item(engine, form.item, form.version).item, answers)


def _sees(engine: Engine, caller: Caller, case: Any) -> bool:
    row = {"id": case.id, "office": case.office, "grid": case.grid, "reporter": case.reporter}
    return sees(engine, caller, row)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        fault = Fault("name", "form", "文件名有误", "1 to 120 letters, digits, spaces or . - _ ( ) @ +")
        raise Problem("invalid-body", errors=[fault])
