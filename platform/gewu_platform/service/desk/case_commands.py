"""The commands of the loop as a case's page offers them: which its reader may give now, with which arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gewu_dsl.model import SEVERITIES
from gewu_platform.core.duties import DUTIES, CommandName, answered_by, states_for
from gewu_platform.core.escalation import tiers_above
from gewu_platform.core.lifecycle import Actor, Situation, State, arguments_for, lacking, possible
from gewu_platform.core.naming import (
    CHECK_RESULT_WORDS,
    COMMAND_WORDS,
    REQUEST_WORDS,
    SEVERITY_WORDS,
    TASK_WORDS,
    TIER_WORDS,
)
from gewu_platform.core.words import Words
from gewu_platform.service.caller import Caller
from gewu_platform.service.desk.case_views import CommandView, OfficeOption, TaskView
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.acting import offices_above, route_of
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.views import SimilarCase

Options = tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """What a command may be given from: where the case may be sent, what it is like, what is asked in it."""

    offices: Sequence[OfficeOption]
    similar: Sequence[SimilarCase]
    tasks: Sequence[TaskView]


def command_views(
    state: State, actor: Actor, situation: Situation, offered: Offered
) -> tuple[CommandView, ...]:
    """Every command of the loop, those that cannot be given now with the reason."""
    found = []
    for name, refusal in possible(state, actor, situation).items():
        needs, takes = arguments_for(state, name, actor)
        arguments = dict.fromkeys([*needs, *takes])
        required = [each for each in needs if not (each == "office" and _is_routed(offered.offices))]
        if name == "close" and "evidence" in arguments and lacking(state):
            required.append("evidence")
        options: dict[str, Options] = {
            each: offers for each in arguments if (offers := _options(each, name, state, offered))
        }
        asks = actor.role == "handler" and name in REQUEST_WORDS
        words = REQUEST_WORDS[name] if asks else COMMAND_WORDS[name]
        found.append(CommandView(name, words, refusal, tuple(arguments), tuple(required), options))
    return tuple(found)


def office_options(engine: Engine, case: CaseFile, caller: Caller) -> tuple[OfficeOption, ...]:
    """Where a dispatcher may send it: the offices that stand above its grid, the routed one first.

    Inside a transaction.
    """
    if caller.role != "dispatcher" or case.state.state not in states_for("dispatch"):
        return ()
    returned = case.state.returned_by
    routed = route_of(engine, case, returned).office
    options = [
        OfficeOption(row["id"], row["title"], row["department"], row["id"] == routed, row["id"] in returned)
        for row in offices_above(engine, case)
    ]
    return tuple(sorted(options, key=lambda option: (not option.routed, option.id)))


def _is_routed(offices: Sequence[OfficeOption]) -> bool:
    return any(office.routed for office in offices)


def _options(argument: str, name: CommandName, state: State, offered: Offered) -> Options:
    match argument:
        case "office":
            return tuple((str(office.id), Words(office.title, office.title)) for office in offered.offices)
        case "task":
            own = any(duty.tie == "task" for duty in DUTIES[name])
            return tuple(
                (str(task.number), _task_words(task)) for task in offered.tasks
                if task.ended_at is None and task.kind in answered_by(name) and (task.mine or not own)
            )  # fmt: skip
        case "result":
            return tuple(CHECK_RESULT_WORDS[state.check.kind].items()) if state.check else ()
        case "tier":
            return tuple((tier, TIER_WORDS[tier]) for tier in tiers_above(state.escalated_to or "village"))
        case "severity":
            return tuple(
                (severity, SEVERITY_WORDS[severity]) for severity in SEVERITIES if severity != state.severity
            )
        case "into":
            return tuple(
                (str(case.id), Words(f"{case.number} {case.title}", f"{case.number} {case.title}"))
                for case in offered.similar
            )
    return ()


def _task_words(task: TaskView) -> Words:
    """What is asked, by whom and why, in one line."""
    kind, who, why = TASK_WORDS[task.kind], task.asked_by_name, f"：{task.note}" if task.note else ""
    return Words(
        f"{kind.zh}（{who.zh}）{why}", f"{kind.en} ({who.en}){': ' + task.note if task.note else ''}"
    )
