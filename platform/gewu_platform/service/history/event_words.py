"""What happened to a case, in plain words: one line for every kind of event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from gewu_platform.core.lifecycle import Event, State, Task
from gewu_platform.core.naming import (
    CLOSED_AS_WORDS,
    ROLE_WORDS,
    SEVERITY_WORDS,
    TASK_WORDS,
    TIER_WORDS,
    join_words,
)
from gewu_platform.core.words import Words
from gewu_platform.core.zones import to_local

SYSTEM_NAME = Words("系统", "the system")
"""Who acted where nobody did."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event between the states before and after it, with the titles of `offices` and the numbers of `cases` by id."""

    event: Event
    before: State
    after: State
    offices: Mapping[int, str]
    cases: Mapping[int, str]

    @property
    def office(self) -> Words:
        """The title of the event's office."""
        return _title(self.offices, self.event.office)

    @property
    def case(self) -> Words:
        """The number of the other case."""
        number = self.cases.get(self.event.case or 0, str(self.event.case))
        return Words(number, number)


def event_words(told: Told) -> Words:
    """The event in words, with what it asked of whom and which open questions it made pointless; KeyError for no kind."""
    parts = [EVENT_WORDS[told.event.kind](told)]
    if told.event.kind != "urged":
        parts += [_asked(told, task) for task in told.event.opens]
    lapsed = lapsed_tasks(told)
    if lapsed:
        kinds = join_words(list(dict.fromkeys(TASK_WORDS[task.kind] for task in lapsed)))
        parts.append(Words(f"{kinds.zh}随之失效", f"lapsed with it: {kinds.en}"))
    return Words("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def lapsed_tasks(told: Told) -> tuple[Task, ...]:
    """The tasks that were open before, are not any more, and were not answered."""
    standing = {task.number for task in told.after.tasks}
    return tuple(
        task for task in told.before.tasks if task.number not in standing and task.number != told.event.ends
    )


def addressee_words(office: str | None, role: str | None) -> Words:
    """Whom a task is addressed to: an office, or everybody of a role over the case's grid."""
    if office is not None:
        return Words(office, office)
    return ROLE_WORDS.get(role or "", Words("", ""))


def name_words(names: Mapping[int, str], user: int | None) -> Words:
    """Somebody's full name; the system has none."""
    name = names.get(user or 0, "")
    return SYSTEM_NAME if user is None else Words(name, name)


def said_words(body: Mapping[str, object]) -> Words:
    """What was said with an entry, as the end of a sentence: `：等施工`; empty where nothing was."""
    event = body.get("event")
    said = (event.get("reason") or event.get("note")) if isinstance(event, Mapping) else None
    return Words(f"：{said}", f": {said}") if said else Words("", "")


def local_time(at: datetime, zone: ZoneInfo) -> str:
    """A moment (naive UTC) as people write it there."""
    return f"{to_local(at, zone):%Y-%m-%d %H:%M}"


def day_words(day: date | None) -> Words:
    text = "" if day is None else day.isoformat()
    return Words(text, text)


def _asked(told: Told, task: Task) -> Words:
    kind, to = TASK_WORDS[task.kind], _addressee(told, task)
    return Words(f"{kind.zh}交{to.zh}", f"{kind.en} for {to.en}")


def _addressee(told: Told, task: Task) -> Words:
    title = None if task.office is None else told.offices.get(task.office, "")
    return addressee_words(title, task.role)


def _title(offices: Mapping[int, str], office: int | None) -> Words:
    title = offices.get(office or 0, "")
    return Words(title, title)


def _plain(zh: str, en: str) -> Callable[[Told], Words]:
    return lambda _: Words(zh, en)


def _unsettled(told: Told) -> Words:
    if told.before.state == "settled":
        return Words("当场整改审核未通过，转为待受理", "did not take it as settled: it waits to be accepted")
    if told.event.by is None:
        return Words(
            "当场整改时限已到，转为待受理", "was not settled on the spot in time: it waits to be accepted"
        )
    return Words("未能当场整改，转为待受理", "could not settle it on the spot: it waits to be accepted")


def _dispatched(told: Told) -> Words:
    again = bool(told.before.returned_by)
    return Words(
        f"{'改派' if again else '派往'}{told.office.zh}",
        f"dispatched it {'again, ' if again else ''}to {told.office.en}",
    )


def _returned(told: Told) -> Words:
    return Words(f"{told.office.zh}退回", f"returned it from {told.office.en}")


def _assisted(told: Told) -> Words:
    return Words(f"{told.office.zh}协办完成", f"{told.office.en} finished assisting")


def _answered(told: Told) -> Words:
    asked = next((task for task in told.before.tasks if task.number == told.event.ends), None)
    before_filing = asked is not None and asked.kind == "pre_check"
    if told.event.result == "yes":
        return Words(
            "核实反馈：属实" if before_filing else "核查反馈：已整改",
            "answered the check: it is so" if before_filing else "answered the check: it is put right",
        )
    return Words(
        "核实反馈：不属实" if before_filing else "核查反馈：未整改",
        "answered the check: it is not so" if before_filing else "answered the check: it is not put right",
    )


def _closed(told: Told) -> Words:
    words = CLOSED_AS_WORDS[told.after.closed_as or "handled"]
    return words if told.event.by is not None else Words(f"自动{words.zh}", f"{words.en}, by itself")


def _merged(told: Told) -> Words:
    return Words(f"并入案件 {told.case.zh}", f"merged it into case {told.case.en}")


def _joined(told: Told) -> Words:
    return Words(f"案件 {told.case.zh} 并入本案", f"case {told.case.en} was merged into this one")


def _added(told: Told) -> Words:
    return Words("同一情况再次上报，并入本案", "reported the same thing again, which was added to this case")


def _parking_asked(told: Told) -> Words:
    until = day_words(told.event.until)
    return Words(f"申请挂账至 {until.zh}", f"asked to park it until {until.en}")


def _parked(told: Told) -> Words:
    until = day_words(told.event.until)
    return Words(f"挂账至 {until.zh}", f"parked it until {until.en}")


def _resumed(told: Told) -> Words:
    if told.event.by is None:
        return Words("挂账到期，自动恢复处置", "the day it was parked until has come: handling goes on")
    return Words("恢复处置", "let handling go on")


def _extended(told: Told) -> Words:
    number = told.after.extensions
    if told.event.ends is not None:
        return Words(f"批准第 {number} 次延期", f"granted extension {number}")
    return Words(f"第 {number} 次延期", f"gave extension {number}")


def _urged(told: Told) -> Words:
    """Whom the order is for is all there is to say of it; its text is the note."""
    to = next((_addressee(told, task) for task in told.event.opens), Words("", ""))
    return Words(f"督办{to.zh}", f"urged {to.en}".strip())


def _escalated(told: Told) -> Words:
    tier = TIER_WORDS.get(told.event.tier or "", Words("", ""))
    return Words(f"升级至{tier.zh}", f"escalated it to the {tier.en}")


def _regraded(told: Told) -> Words:
    old, new = severity_words(told.before.severity), severity_words(told.event.severity)
    return Words(f"等级由{old.zh}调整为{new.zh}", f"changed the severity from {old.en} to {new.en}")


def severity_words(severity: str | None) -> Words:
    return Words("未定等级", "no severity") if severity is None else SEVERITY_WORDS[severity]


def _reopened(told: Told) -> Words:
    return {
        "closed": Words("重新办理，待派遣", "reopened it: it waits to be dispatched"),
    }.get(told.before.state, Words("重新办理，待立案", "reopened it: it waits to be filed"))


EVENT_WORDS: Mapping[str, Callable[[Told], Words]] = {
    "settled": _plain("当场整改完成，待审核", "settled it on the spot"),
    "unsettled": _unsettled,
    "accepted": _plain("受理", "accepted it"),
    "refused": _plain("不予受理", "refused it"),
    "filed": _plain("立案", "filed it"),
    "check-asked": _plain("发起核实核查，等待反馈", "asked for a check and waits for the answer"),
    "check-answered": _answered,
    "dispatched": _dispatched,
    "returned": _returned,
    "handling": _plain("处置中", "is handling it"),
    "confirmed": _plain("确认处置完成", "confirmed that it is handled"),
    "assisted": _assisted,
    "verified": _plain("核查通过", "verified it"),
    "reworked": _plain("核查未通过，返工", "sent it back for rework"),
    "closed": _closed,
    "informed": _plain("告知结案", "closed it by informing"),
    "voided": _plain("作废", "voided it"),
    "merged": _merged,
    "joined": _joined,
    "extension-asked": _plain("申请延期", "asked for more time"),
    "extended": _extended,
    "extension-denied": _plain("驳回延期申请", "denied more time"),
    "parking-asked": _parking_asked,
    "parked": _parked,
    "parking-denied": _plain("驳回挂账申请", "denied parking it"),
    "resumed": _resumed,
    "appealed": _plain("提出申诉", "appealed"),
    "appeal-granted": _plain(
        "申诉成立：仍为超期，不计入考核", "granted the appeal: it stays late and counts in no figures"
    ),
    "appeal-denied": _plain("驳回申诉", "denied the appeal"),
    "urged": _urged,
    "acknowledged": _plain("签收督办", "acknowledged the order"),
    "escalated": _escalated,
    "regraded": _regraded,
    "reopened": _reopened,
    "adjusted": _plain(
        "节假日安排更新，重新核定到期时间", "the calendar changed: deadlines were measured again"
    ),
    "added": _added,
}
"""For every kind of event the state can be moved by, what it is in words."""
