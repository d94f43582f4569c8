"""What a case's decision becomes when somebody sets another severity: new limits and, before it is dispatched, a new route."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from gewu_dsl.model import STEPS, Branch, Severity
from gewu_dsl.rules import Rules, compile_rules
from gewu_platform.records.hot import reports
from gewu_platform.service.catalogue.publishing import published_item
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.acting import route_of, routed_json
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.masking import hidden_attributes, masked_trace


def regrade(engine: Engine, case: CaseFile, severity: str) -> dict[str, Any]:
    """The decided finding of a case, as JSON, had its severity been `severity`. Inside a transaction.

    The form is decided again by the version the case was opened with. A case that an office has stays with it: it moves
    by a dispatch only. `regraded_from` keeps the severity that the rules had found.
    """
    form = reports.find_submission(engine.store, case.fixed["submission"]) or {}
    context = json.loads(form["context"])
    decision = _rules(engine, case, severity).decide(json.loads(form["answers"]), context)
    # Conditions of the finding itself do not read its severity: it is found again.
    (decided,) = decision.findings
    again, before = decided.to_json(), dict(case.decision)
    clauses = {*STEPS} if case.state.step == "handle" else {*STEPS, "route"}
    kept = [reason for reason in before["trace"] if reason["clause"] not in clauses]
    item = published_item(engine, case.fixed["item"], case.fixed["version"]).item
    masked = masked_trace(item, _hidden_attributes(engine, context), again["trace"])
    decided_again = [reason for reason in masked if reason["clause"] in clauses]
    decided_now = {
        **before,
        "severity": severity,
        "limits": again["limits"],
        "trace": kept + decided_again,
        "regraded_from": before.get("regraded_from", before["severity"]),
    }
    if "route" in clauses:
        decided_now["route"] = again["route"]
        rerouted = route_of(engine, replace(case, decision=decided_now), case.state.returned_by)
        decided_now["routed"] = routed_json(rerouted)
    return decided_now


def _rules(engine: Engine, case: CaseFile, severity: str) -> Rules:
    key = ("regraded", case.fixed["item"], case.fixed["version"], case.fixed["finding"], severity)
    if key not in engine.cache:
        published = published_item(engine, case.fixed["item"], case.fixed["version"])
        forced = replace(case.finding, severity=(Branch(cast(Severity, severity)),))
        item = replace(published.item, findings=(forced,))
        engine.cache[key] = compile_rules(item, published.lines, published.version)
    rules: Rules = engine.cache[key]
    return rules


def _hidden_attributes(engine: Engine, context: Mapping[str, Any]) -> frozenset[str]:
    """What the register knew of the place when it was reported, but does not show."""
    known = {name.removeprefix("place.") for name in context if name.startswith("place.")} - {"kind"}
    return hidden_attributes(engine, context.get("place.kind", ""), known)
