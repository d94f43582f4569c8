"""Receipts as they are kept with their forms: written once, and read back as they were."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from gewu_platform.core.zones import from_offset, with_offset
from gewu_platform.records import journal
from gewu_platform.service.engine import Engine
from gewu_platform.service.views import Receipt, ReceiptCase, SimilarCase


def receipt_text(engine: Engine, receipt: Receipt) -> str:
    """The receipt as it is kept with its form: the one text that it has, local times with their offset."""
    kept = {
        name: getattr(receipt, name) for name in ("id", "item", "item_title", "version", "excluded", "visit")
    }
    kept["reported_at"] = with_offset(receipt.reported_at, engine.zone)
    kept["received_at"] = with_offset(receipt.received_at, engine.zone)
    kept["cases"] = [
        {
            "id": case.id, "number": case.number, "finding": case.finding, "title": case.title,
            "severity": case.severity, "office": case.office, "office_title": case.office_title, "state": case.state,
            "due": {step: with_offset(at, engine.zone) for step, at in case.due.items()}, "added": case.added,
            "similar": [_similar_json(engine, each) for each in case.similar],
        }
        for case in receipt.cases
    ]  # fmt: skip
    return journal.canonical(kept)


_OF_SIMILAR = tuple(each.name for each in fields(SimilarCase))


def _similar_json(engine: Engine, case: SimilarCase) -> dict[str, Any]:
    # By name: `asdict` copies every value deeply, for a tenth of what a report takes.
    return {name: getattr(case, name) for name in _OF_SIMILAR} | {
        "opened_at": with_offset(case.opened_at, engine.zone)
    }


def read_receipt(engine: Engine, text: str) -> Receipt:
    """The receipt as it was kept with its form."""
    kept = json.loads(text)
    return Receipt(**{
        **kept,
        "reported_at": from_offset(kept["reported_at"], engine.zone),
        "received_at": from_offset(kept["received_at"], engine.zone),
        "cases": tuple(_read_line(engine, case) for case in kept["cases"]),
    })  # fmt: skip


def added_cases(text: str) -> frozenset[int]:
    """The cases that a form was added to, by the receipt that was kept with it; none where there is no receipt yet."""
    lines = json.loads(text or "{}").get("cases", ())
    return frozenset(line["id"] for line in lines if line.get("added"))


def _read_line(engine: Engine, case: Mapping[str, Any]) -> ReceiptCase:
    alike = [
        SimilarCase(**{**each, "opened_at": from_offset(each["opened_at"], engine.zone)})
        for each in case.get("similar", ())
    ]
    due = {step: from_offset(at, engine.zone) for step, at in case["due"].items()}
    return ReceiptCase(**{**case, "due": due, "similar": tuple(alike)})
