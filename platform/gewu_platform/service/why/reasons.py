"""The smallest change of answers that would have changed a case's office, severity or deadline.

Found by deciding the report again with the version of its item and the context that were kept with it, and by routing
it again with the offices there were. Answers to private questions stay as they are, and are never shown.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gewu_dsl.decision import DecidedFinding, Decision
from gewu_dsl.model import Duration, Finding
from gewu_dsl.render import limit_words
from gewu_dsl.rules.source import clauses_of
from gewu_item_catalog.smallest_changes import (
    MOST_CHANGED,
    OtherAnswer,
    Outcomes,
    Search,
    find_smallest_changes,
)
from gewu_platform.core.deadlines import due
from gewu_platform.core.naming import SEVERITY_WORDS
from gewu_platform.core.routing import Offices, alternatives, route
from gewu_platform.core.words import Words
from gewu_platform.records.hot import reports
from gewu_platform.records.journal import Entry
from gewu_platform.service.catalogue.publishing import Published
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.event_words import local_time
from gewu_platform.service.history.replaying import clocks_in
from gewu_platform.service.loop.acting import path_above
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.why.choice_words import answer_words
from gewu_platform.service.why.past_offices import past_offices
from gewu_platform.service.why.why_views import AnswerChange, Outcome, SmallestChange

OUTCOMES: tuple[Outcome, ...] = ("office", "severity", "deadline")


def smallest_changes(
    engine: Engine, case: CaseFile, published: Published, entries: Sequence[Entry]
) -> tuple[SmallestChange, ...]:
    """For each of `OUTCOMES`, the fewest answers that would have changed it, or why none are told.

    Inside a transaction.
    """
    form = reports.find_submission(engine.store, case.fixed["submission"])
    if form is None:
        return ()
    private = frozenset(question.name for question in published.item.questions if question.private)
    open_ = {outcome for outcome in OUTCOMES if not _is_fixed(case.finding, outcome)}
    path = path_above(engine, case)
    past = past_offices(engine, path)
    rerun = _Rerun(engine, case, path, past.at(entries[0].seq), past.titles, _start(entries), open_)
    search = Search({}, 0, True)
    if open_:
        search = find_smallest_changes(
            published.rules, json.loads(form["answers"]), json.loads(form["context"]), rerun.outcomes_of,
            untouched=private,
        )  # fmt: skip
    return tuple(
        _told(rerun, published, search, outcome, bool(private))
        if outcome in open_
        else SmallestChange(outcome, (), _fixed_words(outcome))
        for outcome in OUTCOMES
    )


def _is_fixed(finding: Finding, outcome: Outcome) -> bool:
    """Whether the finding has it one way only, whatever is answered: no branch has a condition."""
    clause = {"office": "route", "deadline": "handle"}.get(outcome, outcome)
    branches = dict(clauses_of(finding)).get(clause, ())
    return all(branch.when is None for branch in branches)


class _Rerun:
    """What a decision comes to, had it been this case's: the office found then, the severity, when handling is due."""

    def __init__(
        self,
        engine: Engine,
        case: CaseFile,
        path: Sequence[int],
        offices: Offices,
        titles: Mapping[int, str],
        start: datetime,
        open_: Collection[Outcome],
    ) -> None:
        self._engine, self._case, self._start, self._open = engine, case, start, open_
        self._path, self._offices, self._titles = path, offices, titles
        self._dues: dict[Duration, datetime] = {}
        self._limits: dict[datetime, Duration] = {}

    def outcomes_of(self, decision: Decision) -> Outcomes | None:
        """None where the finding is not there: then there is no case to compare with."""
        name = self._case.finding.name
        finding = next((each for each in decision.findings if each.name == name), None)
        if finding is None:
            return None
        found: dict[Outcome, Hashable] = {
            "office": self._office(finding),
            "severity": finding.severity,
            "deadline": self._deadline(finding),
        }
        return {outcome: value for outcome, value in found.items() if outcome in self._open}

    def words(self, outcome: Outcome, value: Any) -> Words:
        """What it would have become."""
        if outcome == "severity":
            return Words("等级不定", "it would have no severity") if value is None else Words(
                f"等级为{SEVERITY_WORDS[value].zh}", f"it would be {SEVERITY_WORDS[value].en}"
            )  # fmt: skip
        if outcome == "office":
            title = self._titles.get(value, "")
            return (
                Words("没有机构承办", "no office would take it")
                if value is None
                else Words(f"由{title}承办", f"{title} would take it")
            )
        if value is None:
            return Words("处置不限时", "handling would have no limit")
        limit = self._limits[value]
        moment = local_time(value, self._engine.zone)
        zh, en = limit_words(limit, "zh"), limit_words(limit, "en")
        return Words(f"处置时限为 {zh}，到期 {moment}", f"handling would take {en}, due {moment}")

    def _office(self, finding: DecidedFinding) -> int | None:
        handlers = alternatives(finding.route.handler, finding.route.fallbacks)
        return route(handlers, (), None, self._path, self._offices).office

    def _deadline(self, finding: DecidedFinding) -> datetime | None:
        """The moment alone: two limits that end together make no difference to anybody."""
        limit = finding.limits.get("handle")
        if limit is None:
            return None
        if limit not in self._dues:
            self._dues[limit] = due(self._start, limit, self._case.calendar, (), self._engine.zone).due
            self._limits.setdefault(self._dues[limit], limit)
        return self._dues[limit]


def _start(entries: Sequence[Entry]) -> datetime:
    """When handling was first measured from; for a case not yet dispatched, its report."""
    begun = [clock.started_at for entry in entries for clock in clocks_in(entry) if clock.step == "handle"]
    return min(begun, default=entries[0].at)


def _told(
    rerun: _Rerun, published: Published, search: Search, outcome: Outcome, private: bool
) -> SmallestChange:
    found = search.found.get(outcome)
    if found is None:
        return SmallestChange(outcome, (), _none_found(outcome, search, private))
    answers = tuple(_answer(published, change) for change in found.answers)
    return SmallestChange(outcome, answers, rerun.words(outcome, found.outcomes[outcome]))


def _answer(published: Published, change: OtherAnswer) -> AnswerChange:
    question = published.item.question(change.question)
    return AnswerChange(
        question.label, answer_words(question, change.old), answer_words(question, change.new)
    )


_OF: Mapping[Outcome, Words] = {
    "office": Words("承办机构", "the office"),
    "severity": Words("等级", "the severity"),
    "deadline": Words("处置期限", "the deadline of handling"),
}


def _fixed_words(outcome: Outcome) -> Words:
    of = _OF[outcome]
    return Words(
        f"这一情形的{of.zh}是固定的，与答案无关", f"{of.en} is the same for every report of this finding"
    )


def _none_found(outcome: Outcome, search: Search, private: bool) -> Words:
    of = _OF[outcome]
    if not search.whole:
        return Words(
            f"试过 {search.tried} 份答案，没有找到会改变{of.zh}的；没有试完",
            f"of {search.tried} other sheets tried none would have changed {of.en}; not all were tried",
        )
    kept = Words("（不看保密的答案）", " (leaving private answers as they are)") if private else Words("", "")
    return Words(
        f"改变 {MOST_CHANGED} 个以内的答案都不会改变{of.zh}{kept.zh}",
        f"no change of up to {MOST_CHANGED} answers would have changed {of.en}{kept.en}",
    )
