"""How the API writes things down: problem documents, receipts, cases, visits and figures as JSON."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gewu_platform.core.words import Words
from gewu_platform.core.zones import with_offset
from gewu_platform.service.problems import Problem
from gewu_platform.service.views import Board, BoardRow, Receipt


def problem_document(problem: Problem, language: str, instance: str, request_id: str) -> dict[str, Any]:
    """RFC 9457, with our stable `code`; for answers each refused question, for commands `reason` and `possible_in`."""
    document: dict[str, Any] = {
        "type": f"urn:gewu:problem:{problem.code}",
        "code": problem.code,
        "title": problem.title(language),
        "status": problem.status,
        "detail": problem.detail(language),
        "instance": instance,
        "request_id": request_id,
    }
    if problem.errors:
        document["errors"] = [
            {"question": each.where or None, "code": each.code, "message": each.message(language)}
            for each in problem.errors
        ]
    if problem.possible:
        document["possible_in"] = list(problem.possible)
    if problem.reason is not None:
        document["reason"] = problem.reason
    return document


def receipt_document(receipt: Receipt, zone: ZoneInfo) -> dict[str, Any]:
    """What a reporter holds in hand."""
    return {
        "id": receipt.id,
        "received_at": with_offset(receipt.received_at, zone),
        "version": receipt.version,
        "excluded": receipt.excluded,
        "cases": [
            {
                "id": each.id,
                "number": each.number,
                "finding": each.finding,
                "severity": each.severity,
                "office": each.office,
                "state": each.state,
                "due": {step: with_offset(moment, zone) for step, moment in each.due.items()},
                "added": each.added,
                "similar": [document(case, zone, "zh") for case in each.similar],
            }
            for each in receipt.cases
        ],
    }


def figures_document(board: Board, zone: ZoneInfo, language: str) -> dict[str, Any]:
    """The board: each number with the query that lists what it counts, and each row's rate from 0 to 1.

    `holders` and `ladder` are as of now, whatever the period.
    """

    def row(each: BoardRow) -> dict[str, Any]:
        return {**document(each, zone, language), "on_time_rate": each.on_time_rate}

    return {
        "since": with_offset(board.since, zone),
        "until": with_offset(board.until, zone),
        "rows": [row(each) for each in board.rows],
        "total": row(board.total),
        "holders": document(board.holders, zone, language),
        "ladder": document(board.ladder, zone, language),
    }


def document(value: Any, zone: ZoneInfo, language: str) -> Any:
    """Any view as JSON: fields by name, words in one language, times with their offset."""
    if isinstance(value, Words):
        return value.text(language)
    if isinstance(value, datetime):
        return with_offset(value, zone)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: document(getattr(value, each.name), zone, language) for each in fields(value)}
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): document(each, zone, language) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [document(each, zone, language) for each in value]
    return value
