"""A photo that does not exist is no evidence: attached answers name files that their sender uploaded under that id."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from loop_help import MIXED, body, count, person, settle, upload
from site_help import make_site, photo, put_report, with_token

from gewu_platform.service.desk.cases import read_case
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import attachments, reporting

KEPT, OTHER = "e" * 64, "f" * 64


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def _faults(engine: Engine, uuid: str, shot: object, files: object = None) -> set[tuple[str, str]]:
    sent = body({**MIXED, "shot": shot}, **({} if files is None else {"files": files}))
    with pytest.raises(Problem) as raised:
        reporting.submit_report(engine, person(engine, "worker1"), uuid, sent)
    assert raised.value.code == "invalid-answers"
    assert count(engine, "submissions") == count(engine, "cases") == 0
    return {(fault.where, fault.code) for fault in raised.value.errors}


@pytest.mark.parametrize(
    ("shot", "code"), [(1, "type"), (9, "type"), (["a.jpg"], "missing-file"), (["a.jpg", "a.jpg"], "type")]
)
def test_an_answer_without_its_file_is_refused(engine: Engine, shot: object, code: str) -> None:
    assert _faults(engine, str(uuid4()), shot) == {("shot", code)}


def test_a_file_under_another_forms_id_does_not_count(engine: Engine) -> None:
    upload(engine, person(engine, "worker1"), str(uuid4()), ["a.jpg"])
    assert _faults(engine, str(uuid4()), ["a.jpg"]) == {("shot", "missing-file")}


def test_a_file_of_somebody_else_does_not_count(engine: Engine) -> None:
    uuid = str(uuid4())
    upload(engine, person(engine, "worker2"), uuid, ["a.jpg"])
    assert _faults(engine, uuid, ["a.jpg"]) == {("files", "clash")}


@pytest.mark.parametrize("media_type", ["application/pdf", "video/mp4", "audio/mpeg"])
def test_what_is_no_picture_is_no_photo(engine: Engine, media_type: str) -> None:
    uuid = str(uuid4())
    upload(engine, person(engine, "worker1"), uuid, ["a.jpg"], OTHER, media_type)
    assert _faults(engine, uuid, ["a.jpg"]) == {("shot", "wrong-type")}


def test_what_arrived_is_what_was_sent(engine: Engine) -> None:
    uuid = str(uuid4())
    upload(engine, person(engine, "worker1"), uuid, ["a.jpg"])
    assert _faults(engine, uuid, ["a.jpg"], {"a.jpg": OTHER}) == {("shot", "differs")}
    assert _faults(engine, uuid, ["a.jpg"], {"a.jpg": KEPT, "b.jpg": KEPT}) == {("files", "missing-file")}


LISTED = {"name": "a.jpg", "question": "shot", "type": "image/jpeg", "size": 1}


@pytest.mark.parametrize(
    "files",
    [None, [], {}, {"a.jpg": KEPT}, {"a.jpg": KEPT.upper()}, {"a.jpg": None}, [{**LISTED, "sha256": None}],
     [{**LISTED, "sha256": KEPT}]],
)  # fmt: skip
def test_an_uploaded_photo_is_taken_in_and_shown_with_the_case(engine: Engine, files: Any) -> None:
    caller, uuid = person(engine, "worker1"), str(uuid4())
    upload(engine, caller, uuid, ["a.jpg"])
    receipt, created = reporting.submit_report(engine, caller, uuid, body(MIXED, files=files))
    assert created
    assert [photo.name for photo in read_case(engine, caller, receipt.cases[0].id).photos] == ["a.jpg"]


@pytest.mark.parametrize(
    "files",
    ["a.jpg", 1, ["a.jpg"], [{}], [{"name": 1}], {"": KEPT}, {"a.jpg": "zz"}, {"a.jpg": 7},
     [{"name": "a.jpg"}, {"name": "a.jpg"}]],
)  # fmt: skip
def test_a_list_of_files_that_cannot_be_read_is_refused_at_its_field(engine: Engine, files: object) -> None:
    with pytest.raises(Problem) as raised:
        reporting.submit_report(engine, person(engine, "worker1"), str(uuid4()), body(MIXED, files=files))
    assert [(fault.where, fault.code) for fault in raised.value.errors] == [("files", "type")]


def test_a_file_of_a_question_that_is_not_shown_is_not_asked_for(engine: Engine) -> None:
    answers: Mapping[str, Any] = {"bins": "sorted", "lid": "yes", "shot": ["gone.jpg"]}
    _, created = reporting.submit_report(engine, person(engine, "worker1"), str(uuid4()), body(answers))
    assert created


def test_the_photo_of_a_private_question_is_only_for_who_sent_it(engine: Engine) -> None:
    with engine.store.transaction(write=True):
        row = engine.store.db.ItemVersion.get(item="sanitation.waste", retired_at=None)
        artifact = json.loads(row.artifact)
        for question in artifact["questions"]:
            question["private"] = question["name"] == "shot"
        row.artifact = json.dumps(artifact)
    engine.cache.clear()
    sender, uuid = person(engine, "worker1"), str(uuid4())
    upload(engine, sender, uuid, ["a.jpg"])
    receipt, _ = reporting.submit_report(engine, sender, uuid, body())
    centre = person(engine, "acceptor1")
    assert read_case(engine, centre, receipt.cases[0].id).photos == ()
    with pytest.raises(Problem, match="not-found"):
        attachments.read_file(engine, centre, KEPT)
    # The bytes of this test are nowhere, and that is told to nobody but the sender.
    with pytest.raises(Problem, match="gone"):
        attachments.read_file(engine, sender, KEPT)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_over_http_a_number_of_photos_is_no_photo(engine: Engine) -> None:
    worker = with_token(make_site(engine), engine, "worker1")
    refused = put_report(worker, answers={**MIXED, "shot": 1})
    assert refused.status_code == 422
    assert [error["question"] for error in refused.json["errors"]] == ["shot"]
    digest = sha256(photo()).hexdigest()
    listed = [
        {
            "name": "shot-1.jpg",
            "question": "shot",
            "type": "image/jpeg",
            "size": len(photo()),
            "sha256": digest,
        }
    ]
    assert put_report(worker, files=listed).status_code == 201
    assert put_report(worker, files={"shot-1.jpg": digest}).status_code == 201
