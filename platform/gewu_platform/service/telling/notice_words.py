"""What a message says, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gewu_platform.core.naming import SEVERITY_WORDS, STEP_WORDS, TIER_WORDS
from gewu_platform.core.words import Words
from gewu_platform.core.zones import to_local

DIGEST = "digest"
"""The kind of a message that gathers reminders."""

_NOTHING = Words("", "")
_CLOCK_WORDS: Mapping[str, Words] = {
    **STEP_WORDS,
    "check": Words("核查反馈", "check"),
    "assist": Words("协办", "assistance"),
}


def words_of(kind: str, body: Mapping[str, Any], zone: ZoneInfo) -> Words:
    """The message of `kind` (a key of WORDS) that `body` is about; KeyError for any other kind."""
    zh, en = WORDS[kind]
    parts = _Parts(body, zone)
    return Words(zh(parts), en(parts))


class _Parts:
    """What sentences are put together from, each in both languages."""

    def __init__(self, body: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.count = len(body.get("cases", ()))
        self.case_zh = self.case_en = body.get("number", "")
        if "number" in body:
            self.case_zh = f"{body['number']}“{body['title']}”"
            self.case_en = f"{body['number']} “{body['title']}”"
        self.step = _CLOCK_WORDS.get(body.get("step") or "", _NOTHING)
        stage = body.get("stage")
        self.clock = Words(f"{self.step.zh}（{stage}）", f"{self.step.en} ({stage})") if stage else self.step
        self.due = (
            f"{to_local(datetime.fromisoformat(body['due_at']), zone):%m-%d %H:%M}"
            if body.get("due_at")
            else ""
        )
        self.until = f"{date.fromisoformat(body['until']):%Y-%m-%d}" if body.get("until") else ""
        self.tier = TIER_WORDS.get(body.get("tier") or "", _NOTHING)
        self.reached = TIER_WORDS.get(body.get("reached") or "", _NOTHING)
        self.severity = SEVERITY_WORDS.get(body.get("severity") or "", _NOTHING)
        self.passed = body.get("result") == "yes"
        self.other = body.get("other") or ""
        reason = body.get("reason")
        self.why = Words(f"：{reason}", f": {reason}") if reason else _NOTHING
        self.by = Words(f"，{self.due} 到期", f", due at {self.due}") if self.due else _NOTHING


Text = Callable[[_Parts], str]


def _above(parts: _Parts) -> Words:
    """Said where the tier an escalation is for has nobody, so that the next above reads it."""
    if not parts.reached.zh:
        return _NOTHING
    return Words(
        f"（{parts.tier.zh}没有督查人员，报{parts.reached.zh}）",
        f" (nobody supervises at the {parts.tier.en}, so the {parts.reached.en} is told)",
    )


WORDS: Mapping[str, tuple[Text, Text]] = {
    # A case is on its way.
    "waiting": (
        lambda p: f"{p.case_zh}等待{p.step.zh}{p.by.zh}",
        lambda p: f"{p.case_en} waits for you to {p.step.en} it{p.by.en}",
    ),
    "returned": (lambda p: f"{p.case_zh}被退回{p.why.zh}", lambda p: f"{p.case_en} was returned{p.why.en}"),
    "rework": (lambda p: f"{p.case_zh}须返工{p.why.zh}{p.by.zh}", lambda p: f"{p.case_en} needs rework{p.why.en}{p.by.en}"),
    "resumed": (
        lambda p: f"{p.case_zh}已恢复办理{p.by.zh}",
        lambda p: f"{p.case_en} was taken up again{p.by.en}",
    ),
    "reopened": (lambda p: f"{p.case_zh}重新办理{p.why.zh}", lambda p: f"{p.case_en} was reopened{p.why.en}"),
    "regraded": (
        lambda p: f"{p.case_zh}等级调整为{p.severity.zh}{p.by.zh}{p.why.zh}",
        lambda p: f"{p.case_en} is {p.severity.en} now{p.by.en}{p.why.en}",
    ),
    "adjusted": (
        lambda p: f"工作日历更新，{p.case_zh}的期限已调整{p.by.zh}",
        lambda p: f"The working calendar changed and with it the deadline of {p.case_en}{p.by.en}",
    ),
    "joined": (lambda p: f"{p.other} 已并入{p.case_zh}", lambda p: f"{p.other} was merged into {p.case_en}"),
    "added": (
        lambda p: f"又有人上报了同一问题，已并入{p.case_zh}",
        lambda p: f"Somebody else reported the same thing: it was added to {p.case_en}",
    ),
    "copied": (
        lambda p: f"{p.case_zh}已派遣，抄送贵单位监督",
        lambda p: f"{p.case_en} was dispatched; this copy is for you who supervise it",
    ),
    # … and at its end.
    "unsettled": (
        lambda p: f"{p.case_zh}未能当场整改，转入受理{p.why.zh}",
        lambda p: f"{p.case_en} was not settled on the spot and goes on as a report{p.why.en}",
    ),
    "refused": (lambda p: f"{p.case_zh}不予受理{p.why.zh}", lambda p: f"{p.case_en} was refused{p.why.en}"),
    "voided": (lambda p: f"{p.case_zh}已作废{p.why.zh}", lambda p: f"{p.case_en} was voided{p.why.en}"),
    "merged": (
        lambda p: f"{p.case_zh}已并入 {p.other}{p.why.zh}",
        lambda p: f"{p.case_en} was merged into {p.other}{p.why.en}",
    ),
    "closed": (lambda p: f"{p.case_zh}已结案", lambda p: f"{p.case_en} was closed"),
    "informed": (
        lambda p: f"{p.case_zh}已告知结案{p.why.zh}",
        lambda p: f"{p.case_en} was closed with this information{p.why.en}",
    ),
    # Somebody is asked something …
    "check": (
        lambda p: f"请核查{p.case_zh}并反馈{p.why.zh}",
        lambda p: f"Please check {p.case_en} and answer{p.why.en}",
    ),
    "assist": (lambda p: f"请协办{p.case_zh}{p.why.zh}", lambda p: f"Please assist with {p.case_en}{p.why.en}"),
    "extension-asked": (
        lambda p: f"{p.case_zh}申请延期{p.why.zh}",
        lambda p: f"More time is asked for {p.case_en}{p.why.en}",
    ),
    "parking-asked": (
        lambda p: f"{p.case_zh}申请挂账至 {p.until}{p.why.zh}",
        lambda p: f"It is asked to park {p.case_en} until {p.until}{p.why.en}",
    ),
    "appealed": (
        lambda p: f"{p.case_zh}申诉超期，待裁定{p.why.zh}",
        lambda p: f"An appeal about {p.case_en} waits for your decision{p.why.en}",
    ),
    "urged": (
        lambda p: f"督办{p.case_zh}，请签收{p.why.zh}",
        lambda p: f"You are urged about {p.case_en}; please acknowledge{p.why.en}",
    ),
    "withdrawn": (
        lambda p: f"{p.case_zh}不再需要协办{p.why.zh}",
        lambda p: f"Assistance with {p.case_en} is no longer needed{p.why.en}",
    ),
    # … and answered.
    "check-answered": (
        lambda p: f"{p.case_zh}的核查反馈：{'属实' if p.passed else '不属实'}{p.why.zh}",
        lambda p: f"The check of {p.case_en} says {'yes' if p.passed else 'no'}{p.why.en}",
    ),
    "assisted": (lambda p: f"{p.case_zh}的协办已完成{p.why.zh}", lambda p: f"Assistance with {p.case_en} is done{p.why.en}"),
    "extended": (lambda p: f"{p.case_zh}已延期{p.by.zh}", lambda p: f"{p.case_en} was given more time{p.by.en}"),
    "extension-denied": (
        lambda p: f"{p.case_zh}的延期申请未批准{p.why.zh}",
        lambda p: f"No more time for {p.case_en}{p.why.en}",
    ),
    "parked": (
        lambda p: f"{p.case_zh}已挂账至 {p.until}",
        lambda p: f"{p.case_en} was parked until {p.until}",
    ),
    "parking-denied": (
        lambda p: f"{p.case_zh}的挂账申请未批准{p.why.zh}",
        lambda p: f"{p.case_en} was not parked{p.why.en}",
    ),
    "appeal-granted": (
        lambda p: f"{p.case_zh}的申诉成立，不计入超期统计{p.why.zh}",
        lambda p: f"The appeal about {p.case_en} was granted: it does not count as late{p.why.en}",
    ),
    "appeal-denied": (
        lambda p: f"{p.case_zh}的申诉不成立{p.why.zh}",
        lambda p: f"The appeal about {p.case_en} was denied{p.why.en}",
    ),
    "acknowledged": (
        lambda p: f"{p.case_zh}的督办已签收{p.why.zh}",
        lambda p: f"Your order about {p.case_en} was acknowledged{p.why.en}",
    ),
    # What the clock says.
    "remind": (
        lambda p: f"{p.case_zh}的{p.clock.zh}将于 {p.due} 到期",
        lambda p: f"{p.case_en}: {p.clock.en} is due at {p.due}",
    ),
    "overdue": (
        lambda p: f"{p.case_zh}的{p.clock.zh}已超期（{p.due} 到期）",
        lambda p: f"{p.case_en}: {p.clock.en} is overdue (was due at {p.due})",
    ),
    "escalate": (
        lambda p: f"{p.case_zh}已升级至{p.tier.zh}{_above(p).zh}（{p.step.zh}{p.by.zh}）{p.why.zh}",
        lambda p: f"{p.case_en} was escalated to the {p.tier.en}{_above(p).en} ({p.step.en}{p.by.en}){p.why.en}",
    ),
    DIGEST: (
        lambda p: f"{p.count} 件案件的提醒，请逐件查看",
        lambda p: f"Reminders about {p.count} cases: please look at each",
    ),
}  # fmt: skip
"""The sentence of each kind of message in Chinese and in English."""
