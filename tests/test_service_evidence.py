"""Evidence is a file that its giver uploaded, of the type it claims to be, and never the photo of the report itself."""

from __future__ import annotations

from typing import Any

import pytest
from loop_help import PROOF, count, dispatched, handled, person, report, row_of, settle, upload

from gewu_platform.records import journal
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop import handling
from gewu_platform.service.loop.case_files import load_case
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import attachments

PHOTO = "c" * 64


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def _refusal(engine: Engine, by: str, case: int, command: str, evidence: Any) -> list[str]:
    before = row_of(engine, case)
    with pytest.raises(Problem) as raised:
        handling.run_command(engine, person(engine, by), case, command, {"evidence": evidence})
    assert (raised.value.code, row_of(engine, case)) == ("invalid-body", before)
    return [fault.code for fault in raised.value.errors]


def _uploaded(engine: Engine, by: str, case: int, media_type: str = "image/jpeg") -> None:
    """A file of PHOTO's hash that `by` uploaded for the case."""
    upload(engine, person(engine, by), "", (), PHOTO, media_type)
    with engine.store.transaction(write=True):
        journal.append(
            engine.store, engine.now(), person(engine, by).id, "file-stored", f"file:{PHOTO}", {"case": case}
        )


def test_knowing_the_hash_of_somebody_elses_file_gives_no_right_to_it(engine: Engine) -> None:
    case = dispatched(engine)
    _uploaded(engine, "worker3", case)
    evidence = [{"kind": "photo", "name": "x", "sha256": PHOTO}]
    assert _refusal(engine, "handler2", case, "handle", evidence) == ["unknown"]
    with pytest.raises(Problem, match="not-found"):
        attachments.read_file(engine, person(engine, "handler2"), PHOTO)


def test_the_photo_of_the_report_proves_no_handling(engine: Engine) -> None:
    case = handled(engine)
    with engine.store.transaction():
        (shown,) = engine.store.db.Attachment.select(
            lambda a: a.submission == row_of(engine, case)["submission"]
        )
        before = shown.file.sha256
    # The reporter may verify, and did upload this picture: it still shows what was there before.
    evidence = [{"kind": "photo", "name": "x", "sha256": before}]
    assert _refusal(engine, "worker1", case, "verify", evidence) == ["of-report"]


@pytest.mark.parametrize("kind", ["photo", "video", "signature:owner"])
def test_evidence_is_of_the_type_it_claims(engine: Engine, kind: str) -> None:
    case = dispatched(engine)
    _uploaded(engine, "handler2", case, "application/pdf")
    evidence = [{"kind": kind, "name": "x", "sha256": PHOTO}]
    assert _refusal(engine, "handler2", case, "handle", evidence) == ["wrong-type"]
    evidence[0]["kind"] = "file"
    handling.run_command(engine, person(engine, "handler2"), case, "handle", {"evidence": evidence})


def test_evidence_is_bounded(engine: Engine) -> None:
    case = dispatched(engine)
    many = [{"kind": "photo", "name": "x", "sha256": f"{number:064x}"} for number in range(70_000)]
    assert _refusal(engine, "handler2", case, "handle", many) == ["at_most"]
    assert _refusal(engine, "handler2", case, "handle", [{**PROOF[0], "name": "x" * 121}]) == ["type"]
    assert _refusal(engine, "handler2", case, "handle", [{**PROOF[0], "name": ["x"]}]) == ["type"]


def test_evidence_for_a_case_that_is_not_ones_own_is_not_stored(engine: Engine) -> None:
    case = report(engine).cases[0].id
    for number in (case, 2**70, -1):
        with pytest.raises(Problem, match="not-found"):
            attachments.store_evidence(engine, person(engine, "handler4"), number, "a.jpg", None)  # type: ignore[arg-type]


# Signatures


def _signature(
    engine: Engine, by: str, case: int, kind: str, signer: str | None = None
) -> list[dict[str, str]]:
    _uploaded(engine, by, case, "image/png")
    piece = {"kind": kind, "name": "sign.png", "sha256": PHOTO}
    return [piece if signer is None else {**piece, "signer": signer}]


def _given(engine: Engine, case: int) -> list[tuple[str, str | None, str | None]]:
    with engine.store.transaction():
        return [(given.kind, given.by, given.signer) for given in load_case(engine, case).state.evidence]


@pytest.mark.parametrize("signer", ["worker2", "李网格", " 李网格 "])
def test_a_worker_signs_as_one_who_works_in_the_town(engine: Engine, signer: str) -> None:
    case = dispatched(engine)
    evidence = _signature(engine, "handler2", case, "signature:worker", signer)
    handling.run_command(engine, person(engine, "handler2"), case, "handle", {"evidence": evidence})
    assert _given(engine, case) == [("signature", "worker", "worker2")]


@pytest.mark.parametrize(
    ("signer", "code"),
    [("worker3", "signer-unknown"), ("handler2", "signer-unknown"), ("张三丰", "signer-unknown"),
     (None, "signer-missing"), ("", "signer-missing"), ("x" * 61, "type"), (["worker1"], "type")],
)  # fmt: skip
def test_nobody_signs_for_a_worker_of_elsewhere(engine: Engine, signer: Any, code: str) -> None:
    case = dispatched(engine)
    evidence = _signature(engine, "handler2", case, "signature:worker", signer)
    assert _refusal(engine, "handler2", case, "handle", evidence) == [code]


def test_who_hands_in_a_signature_of_their_own_kind_signs_it_themselves(engine: Engine) -> None:
    case = dispatched(engine)
    evidence = _signature(engine, "handler2", case, "signature:handler")
    handling.run_command(engine, person(engine, "handler2"), case, "handle", {"evidence": evidence})
    assert _given(engine, case) == [("signature", "handler", "handler2")]


def test_a_handler_signs_for_an_office_that_has_the_case(engine: Engine) -> None:
    case = handled(engine)
    evidence = _signature(engine, "worker1", case, "signature:handler", "handler1")
    assert _refusal(engine, "worker1", case, "verify", evidence) == ["signer-unknown"]
    evidence[0]["signer"] = "handler2"
    handling.run_command(engine, person(engine, "worker1"), case, "verify", {"evidence": evidence})
    assert _given(engine, case) == [("signature", "handler", "handler2")]


def test_an_owner_signs_with_a_name_or_with_none(engine: Engine) -> None:
    case = dispatched(engine)
    evidence = _signature(engine, "handler2", case, "signature:owner", " 欧阳  老板 ")
    handling.run_command(engine, person(engine, "handler2"), case, "handle", {"evidence": evidence})
    assert _given(engine, case) == [("signature", "owner", "欧阳 老板")]


def test_a_file_proves_one_thing_only(engine: Engine) -> None:
    case = dispatched(engine)
    (piece,) = _signature(engine, "handler2", case, "signature:owner")
    twice = [piece, {**piece, "kind": "photo"}]
    assert _refusal(engine, "handler2", case, "handle", twice) == ["repeated"]
    handling.run_command(engine, person(engine, "handler2"), case, "handle", {"evidence": [piece]})
    assert _refusal(engine, "handler2", case, "confirm", twice[1:]) == ["repeated"]
    # The same again is no second piece.
    handling.run_command(engine, person(engine, "handler2"), case, "confirm", {"evidence": [piece]})
    assert len(_given(engine, case)) == 1
    assert count(engine, "attachments", f"case_id = {case}") == 1
