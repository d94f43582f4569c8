"""Files are what they hold: checked, kept once, and shown only to those who may see what they belong to."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import threading
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gewu_platform.records import journal
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import attachments, media_types
from gewu_platform.service.reports.attachments import LARGEST

Callers = Callable[[str], Caller]
Ids = Callable[[str], int]

FORM = "0b0e9c3e-6f0a-4c56-9f0c-3d5a5d1f1a11"
OTHER = "0b0e9c3e-6f0a-4c56-9f0c-3d5a5d1f1a12"


def picture(kind: str = "JPEG", colour: str = "red") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(data, kind)
    return data.getvalue()


def store(engine: Engine, caller: Caller, data: bytes, form: str = FORM, name: str = "a.jpg", **more: str):  # type: ignore[no-untyped-def]
    return attachments.store_file(engine, caller, form, name, io.BytesIO(data), **more)


def bytes_of(engine: Engine, caller: Caller, sha256: str) -> bytes:
    return attachments.read_file(engine, caller, sha256).path.read_bytes()


def files_in(engine: Engine) -> list[Path]:
    return sorted(path for path in engine.files.rglob("*") if path.is_file())


def submit(engine: Engine, caller: Caller, grid: int, office: int, form: str = FORM) -> int:
    """A sent form with one case, as the report service leaves it; the case's id."""
    at = datetime(2026, 3, 2)
    with engine.store.transaction(write=True):
        db = engine.store.db
        sent = db.Submission(
            id=form, item="sanitation.litter", version="1", department="sanitation", user=caller.id, grid=grid,
            answers="{}", context="{}", decision="{}", receipt="{}", body_hash="x", reported_at=at, received_at=at,
        )  # fmt: skip
        case = db.Case(
            number=form, submission=sent, item="sanitation.litter", version="1", department="sanitation", finding="pile",
            title="x", state="dispatched", grid=grid, office=office, reporter=caller.id, decision="{}", calendar="cn@1",
            opened_at=at,
        )  # fmt: skip
        db.flush()
        return int(case.id)


# What is taken


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "video/mp4"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0", "audio/mp4"),
        (b"%PDF-1.7\n", "application/pdf"),
    ],
)
def test_a_files_type_is_what_it_holds(engine: Engine, caller: Callers, data: bytes, media_type: str) -> None:
    stored = store(engine, caller("worker1"), data, media_type="text/html")
    assert (stored.media_type, stored.size) == (media_type, len(data))
    assert attachments.read_file(engine, caller("worker1"), stored.sha256).media_type == media_type


@pytest.mark.parametrize(
    "data",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a<script>alert(1)</script>",
        b"PK\x03\x04",
        b"\x7fELF",
        b"\0\0\0\x18ftypqwer\0\0\0\0",
        b"\xff\xd8\xff<script>",
        picture("PNG")[:40],
    ],
)
def test_markup_programs_and_broken_pictures_are_refused_whatever_they_are_called(
    engine: Engine, caller: Callers, data: bytes
) -> None:
    with pytest.raises(Problem) as caught:
        store(engine, caller("worker1"), data, media_type="image/jpeg")
    assert caught.value.status == 415
    assert files_in(engine) == []


def test_a_picture_that_would_unpack_into_gigabytes_is_refused(engine: Engine, caller: Callers) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(Problem, match="wrong-type"):
        store(engine, caller("worker1"), bomb)


@given(st.binary(max_size=80))
def test_nothing_is_taken_for_a_type_that_is_not_on_the_list(head: bytes) -> None:
    assert media_types.sniff(head) in media_types.ALLOWED | {None}


def test_no_type_on_the_list_is_markup() -> None:
    assert not [
        each
        for each in media_types.ALLOWED
        if not each.startswith(("image/", "video/", "audio/", "application/pdf"))
    ]
    assert not [each for each in media_types.ALLOWED if "svg" in each or "xml" in each or "html" in each]


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(engine: Engine, caller: Callers) -> None:
    head = b"%PDF-1.7\n"
    assert store(engine, caller("worker1"), head + b"x" * (LARGEST - len(head))).size == LARGEST
    with pytest.raises(Problem) as caught:
        store(engine, caller("worker1"), head + b"x" * (LARGEST - len(head) + 1), name="b.pdf")
    assert caught.value.status == 413
    assert len(files_in(engine)) == 1


def test_an_endless_stream_is_cut_off(engine: Engine, caller: Callers) -> None:
    class Endless(io.RawIOBase):
        read_so_far = 0

        def read(self, size: int = -1) -> bytes:
            self.read_so_far += size
            return b"%PDF-" + b"x" * (size - 5)

    stream = Endless()
    with pytest.raises(Problem, match="too-large"):
        attachments.store_file(engine, caller("worker1"), FORM, "a.pdf", stream)  # type: ignore[arg-type]
    assert stream.read_so_far < LARGEST * 1.1


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../a.jpg", "a/b.jpg", "a\\b.jpg", ".hidden", "a\0.jpg", "x" * 121]
)
def test_a_name_is_no_path(engine: Engine, caller: Callers, name: str) -> None:
    with pytest.raises(Problem, match="invalid-body"):
        store(engine, caller("worker1"), picture(), name=name)


@pytest.mark.parametrize("name", ["a.jpg", "照片 1.jpg", "shot-1_2 (3).jpg"])
def test_ordinary_names_are_taken(engine: Engine, caller: Callers, name: str) -> None:
    assert store(engine, caller("worker1"), picture(), name=name).name == name


def test_an_empty_file_a_wrong_hash_and_a_wrong_form_id_are_refused(engine: Engine, caller: Callers) -> None:
    worker = caller("worker1")
    for ask in (
        lambda: store(engine, worker, b""),
        lambda: store(engine, worker, picture(), sha256="0" * 64),
        lambda: store(engine, worker, picture(), form="not-a-uuid"),
    ):
        with pytest.raises(Problem, match="invalid-body"):
            ask()
    assert files_in(engine) == []


# How it is kept


def test_the_same_content_is_kept_once_under_its_hash(engine: Engine, caller: Callers) -> None:
    data = picture()
    digest = hashlib.sha256(data).hexdigest()
    for form, name in ((FORM, "a.jpg"), (FORM, "b.jpg"), (OTHER, "a.jpg")):
        assert store(engine, caller("worker1"), data, form, name, sha256=digest).sha256 == digest
    assert files_in(engine) == [engine.files / digest[:2] / digest]
    assert bytes_of(engine, caller("worker1"), digest) == data
    with engine.store.transaction():
        assert engine.store.execute("SELECT count(*) FROM attachments").fetchone() == (3,)


def test_another_picture_under_the_same_name_takes_its_place_until_the_form_is_sent(
    engine: Engine, caller: Callers, area: Ids, office: Ids
) -> None:
    worker = caller("worker1")
    store(engine, worker, picture())
    blue = store(engine, worker, picture(colour="blue"))
    with engine.store.transaction():
        assert engine.store.execute("SELECT file FROM attachments").fetchall() == [(blue.sha256,)]
    submit(engine, worker, area("g1"), office("sanitation.station@north"))
    assert store(engine, worker, picture(colour="blue")) == blue
    for name, colour in (("a.jpg", "green"), ("b.jpg", "blue")):
        with pytest.raises(Problem, match="clash"):
            store(engine, worker, picture(colour=colour), name=name)


def test_nobody_adds_to_somebody_elses_form(engine: Engine, caller: Callers) -> None:
    store(engine, caller("worker1"), picture())
    with pytest.raises(Problem, match="clash"):
        store(engine, caller("worker2"), picture(), name="b.jpg")


def test_storing_is_journaled_once_with_the_hash(engine: Engine, caller: Callers) -> None:
    for _ in range(2):
        stored = store(engine, caller("worker1"), picture())
    with engine.store.transaction():
        (entry,) = journal.entries(engine.store, f"submission:{FORM}")
    assert (entry.kind, entry.actor, entry.body["sha256"]) == (
        "file-stored",
        caller("worker1").id,
        stored.sha256,
    )


def test_bytes_reach_the_disk_before_the_row_says_so(
    engine: Engine, caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    worker = caller("worker1")

    def rows() -> int:
        with engine.store.transaction():
            return int(engine.store.execute("SELECT count(*) FROM stored_files").fetchone()[0])

    def failing(*_: object) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(OSError, match="no space"):
        store(engine, worker, picture())
    assert (len(synced), rows(), files_in(engine)) == (1, 0, [])


def test_many_senders_of_the_same_content_keep_it_once(engine: Engine, caller: Callers) -> None:
    data, worker = picture(), caller("worker1")

    def send(number: int) -> None:
        store(engine, worker, data, name=f"{number}.jpg")

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files_in(engine)) == 1
    with engine.store.transaction():
        assert engine.store.execute("SELECT count(*) FROM attachments").fetchone() == (6,)


# Who may see it


def test_a_file_is_seen_by_its_sender_and_those_who_see_its_case(
    engine: Engine, caller: Callers, area: Ids, office: Ids
) -> None:
    sha256 = store(engine, caller("worker1"), picture()).sha256
    with pytest.raises(Problem, match="not-found"):
        bytes_of(engine, caller("supervisor1"), sha256)
    submit(engine, caller("worker1"), area("g1"), office("sanitation.station@north"))
    for name in ("worker1", "worker2", "handler1", "acceptor1", "supervisor2", "auditor1"):
        assert bytes_of(engine, caller(name), sha256) == picture(), name
    for name in ("worker3", "handler2", "handler3", "acceptor2"):
        with pytest.raises(Problem, match="not-found"):
            bytes_of(engine, caller(name), sha256)
    for name in ("roster1", "author1"):
        with pytest.raises(Problem, match="not-allowed"):
            bytes_of(engine, caller(name), sha256)


def test_whose_office_assists_or_supervises_sees_the_files_too(
    engine: Engine, caller: Callers, area: Ids, office: Ids
) -> None:
    sha256 = store(engine, caller("worker1"), picture()).sha256
    case = submit(engine, caller("worker1"), area("g1"), office("sanitation.station@north"))
    for name in ("handler2", "handler3"):
        with pytest.raises(Problem, match="not-found"):
            bytes_of(engine, caller(name), sha256)
    with engine.store.transaction(write=True):
        kept = engine.store.db.Case[case]
        kept.supervising = office("sanitation.bureau@county")
        engine.store.db.Task(
            case=kept, number=1, kind="assist", office=office("community@willow"), grid=kept.grid,
            asked_at=datetime(2026, 3, 2),
        )  # fmt: skip
    for name in ("handler2", "handler3"):
        assert bytes_of(engine, caller(name), sha256) == picture(), name
    with engine.store.transaction(write=True):
        engine.store.db.Task.get(case=case, number=1).result = "lapsed"
    with pytest.raises(Problem, match="not-found"):
        bytes_of(engine, caller("handler3"), sha256)


def test_an_unknown_hash_is_not_found_and_lost_bytes_are_said_to_be_gone(
    engine: Engine, caller: Callers
) -> None:
    worker = caller("worker1")
    for sha256 in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(Problem, match="not-found"):
            attachments.read_file(engine, worker, sha256)
    sha256 = store(engine, worker, picture()).sha256
    attachments.path_of(engine.files, sha256).unlink()
    with pytest.raises(Problem, match="gone"):
        attachments.read_file(engine, worker, sha256)


def test_evidence_is_stored_by_whoever_sees_the_case(
    engine: Engine, caller: Callers, area: Ids, office: Ids
) -> None:
    case = submit(engine, caller("worker1"), area("g1"), office("sanitation.station@north"))

    def give(name: str) -> str:
        return attachments.store_evidence(engine, caller(name), case, "a.jpg", io.BytesIO(picture())).sha256

    sha256 = give("handler1")
    assert give("worker1") == sha256
    for name in ("handler2", "worker3"):
        with pytest.raises(Problem, match="not-found"):
            give(name)
    with engine.store.transaction():
        assert [entry.kind for entry in journal.entries(engine.store, f"file:{sha256}")] == [
            "file-stored"
        ] * 2
    with pytest.raises(Problem, match="not-found"):
        attachments.store_evidence(engine, SYSTEM, 999_999, "a.jpg", io.BytesIO(picture()))
