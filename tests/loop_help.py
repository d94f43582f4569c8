"""Steps through the loop that tests of the service share; what a step needs from the town is made ready on demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from gewu_platform.records import journal
from gewu_platform.records.hot.cases import find_case
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.catalogue.publishing import publish_catalogue
from gewu_platform.service.desk.case_views import CaseView
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop import handling
from gewu_platform.service.reports import reporting
from gewu_platform.service.timing.calendars import seed_calendars
from gewu_platform.service.town import people
from gewu_platform.service.views import Receipt

MIXED = {"bins": "mixed", "weight": 60, "shot": ["a.jpg"], "lid": "yes"}
"""One finding, `mixed`, major: 4 work hours at the county's bureau."""
LIGHT = {"bins": "mixed", "weight": 10, "shot": ["a.jpg"], "lid": "yes"}
"""One finding, `mixed`, minor: 1 workday at the town's station."""
MISSING = {"bins": "none", "shot": ["a.jpg"], "lid": "yes"}
"""One finding, `missing`: 2 hours at the station, else the community."""
NOTHING = {"bins": "sorted", "lid": "yes"}

PROOF = [
    {"kind": "photo", "name": "after.jpg", "sha256": "a" * 64},
    {"kind": "signature:owner", "name": "owner.png", "sha256": "b" * 64},
]
"""What closing a `mixed` asks for; `settle` stores the files."""


_UPLOAD = "e" * 64


def send(engine: Engine, caller: Caller, uuid: str, sent: Any) -> tuple[Receipt, bool]:
    """Upload a picture for every `….jpg` that the answers in `sent` name, as a phone does, then submit it."""
    answers = sent.get("answers") if isinstance(sent, dict) else None
    lists = (
        [value for value in answers.values() if isinstance(value, list)] if isinstance(answers, dict) else []
    )
    upload(engine, caller, uuid, [name for names in lists for name in names if str(name).endswith(".jpg")])
    return reporting.submit_report(engine, caller, uuid, sent)


def upload(
    engine: Engine,
    caller: Caller,
    uuid: str,
    names: Iterable[str],
    sha256: str = _UPLOAD,
    media_type: str = "image/jpeg",
) -> None:
    """Rows as `attachments.store_file` leaves them, without the bytes."""

    def work() -> None:
        db = engine.store.db
        file = db.StoredFile.get(sha256=sha256) or db.StoredFile(
            sha256=sha256, size=1, media_type=media_type, stored_at=engine.now()
        )
        db.flush()
        for name in names:
            if not db.Attachment.exists(submission=uuid, name=name):
                db.Attachment(submission=uuid, name=name, file=file, user=caller.id, attached_at=engine.now())

    engine.store.retrying(work)


def settle(engine: Engine) -> None:
    """A calendar, published items and the files of PROOF."""
    seed_calendars(engine, SYSTEM)
    publish_catalogue(engine, SYSTEM)
    with engine.store.transaction(write=True):
        for piece in PROOF:
            if engine.store.db.StoredFile.get(sha256=piece["sha256"]) is None:
                engine.store.db.StoredFile(
                    sha256=piece["sha256"], size=1, media_type="image/png", stored_at=engine.now()
                )


def person(engine: Engine, name: str) -> Caller:
    return people.caller_named(engine, name)


def body(
    answers: Mapping[str, Any] = MIXED,
    place: str | None = "shop-1",
    item: str = "sanitation.waste",
    **more: Any,
) -> dict[str, Any]:
    return {"item": item, "answers": dict(answers), **({"place": place} if place else {}), **more}


def report(
    engine: Engine, answers: Mapping[str, Any] = MIXED, place: str = "shop-1", by: str = "worker1"
) -> Receipt:
    receipt, _ = send(engine, person(engine, by), str(uuid4()), body(answers, place))
    return receipt


def give(engine: Engine, by: str, case: int, command: str, **arguments: Any) -> CaseView:
    """The command of a person who uploaded the pieces of PROOF among its evidence."""
    caller, evidence = person(engine, by), arguments.get("evidence")
    hand_in(engine, caller, [piece for piece in PROOF if isinstance(evidence, list) and piece in evidence])
    return handling.run_command(engine, caller, case, command, arguments)


def hand_in(engine: Engine, caller: Caller, evidence: Iterable[Mapping[str, str]]) -> None:
    """Enter the evidence as uploaded by `caller`, as `attachments.store_evidence` does."""
    entries = [
        (caller.id, "file-stored", f"file:{piece['sha256']}", {"name": piece["name"]}) for piece in evidence
    ]
    if entries:
        engine.store.retrying(lambda: journal.append_all(engine.store, engine.now(), entries))


def dispatched(engine: Engine, answers: Mapping[str, Any] = MIXED, place: str = "shop-1") -> int:
    """The id of a case that waits to be handled."""
    case = report(engine, answers, place).cases[0].id
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "file")
    give(engine, "dispatcher1", case, "dispatch")
    return case


def handled(
    engine: Engine, by: str = "handler2", answers: Mapping[str, Any] = MIXED, place: str = "shop-1"
) -> int:
    """The id of a case that waits to be verified, without any evidence yet."""
    case = dispatched(engine, answers, place)
    give(engine, by, case, "handle")
    give(engine, by, case, "confirm")
    return case


def row_of(engine: Engine, case: int) -> dict[str, Any]:
    with engine.store.transaction():
        found = find_case(engine.store, case)
    assert found is not None
    return found


def kinds_of(engine: Engine, case: int) -> list[str]:
    """What happened to a case, by kind."""
    with engine.store.transaction():
        return [entry.kind for entry in journal.entries(engine.store, f"case:{case}")]


def count(engine: Engine, table: str, where: str = "1 = 1") -> int:
    with engine.store.transaction():
        return int(engine.store.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0])
