"""The commands of the loop as a case's page offers them: which its reader may give now, with which arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gewu_dsl.model import SEVERITIES, TIERS
from gewu_platform.core.duties import states_for
from gewu_platform.core.lifecycle import Actor, Situation, State, arguments_for, lacking, possible
from gewu_platform.core.naming import COMMAND_WORDS, SEVERITY_WORDS, TASK_WORDS, TIER_WORDS
from gewu_platform.core.words import Words
from gewu_platform.service.caller import Caller
from gewu_platform.service.desk.case_views import CommandView, OfficeOption, SimilarCase, TaskView
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.acting import offices_above, route_of
from gewu_platform.service.loop.case_files import CaseFile

Options = tuple[tuple[str, Words], ...]

_ANSWERS: Mapping[str, Options] = {
    "pre_check": (("yes", Words("属实", "it is so")), ("no", Words("不属实", "it is not so"))),
    "post_check": (
        ("yes", Words("已整改", "it is put right")),
        ("no", Words("未整改", "it is not put right")),
    ),
}
_ANSWERED: Mapping[str, frozenset[str]] = {
    "answer": frozenset({"pre_check", "post_check"}),
    "assist": frozenset({"assist"}),
    "grant": frozenset({"extend", "park", "appeal"}),
    "deny": frozenset({"extend", "park", "appeal"}),
    "acknowledge": frozenset({"urge"}),
}
"""The kinds of tasks that a command answers."""


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
            each: offers for each in arguments if (offers := _options(each, name, state, offered, situation))
        }
        found.append(
            CommandView(name, COMMAND_WORDS[name], refusal, tuple(arguments), tuple(required), options)
        )
    return tuple(found)


def office_options(engine: Engine, case: CaseFile, caller: Caller) -> tuple[OfficeOption, ...]:
    """Where a dispatcher may send it: the offices that stand above its grid, the routed one first.

    Inside a transaction.
    """
    if caller.role != "dispatcher" or case.state.state not in states_for("dispatch"):
        return ()
    routed = route_of(engine, case, case.state.returned_by).office
    options = [
        OfficeOption(row["id"], row["title"], row["department"], row["id"] == routed)
        for row in offices_above(engine, case)
    ]
    return tuple(sorted(options, key=lambda option: (not option.routed, option.id)))


def _is_routed(offices: Sequence[OfficeOption]) -> bool:
    return any(office.routed for office in offices)


def _options(argument: str, name: str, state: State, offered: Offered, situation: Situation) -> Options:
    match argument:
        case "office":
            return tuple((str(office.id), Words(office.title, office.title)) for office in offered.offices)
        case "task":
            return tuple(
                (str(task.number), _task_words(task)) for task in offered.tasks
                if task.ended_at is None and task.kind in _ANSWERED.get(name, ())
            )  # fmt: skip
        case "result":
            return _ANSWERS[state.check.kind] if state.check else ()
        case "tier":
            now = state.escalated_to or "village"
            above = TIERS[[str(tier) for tier in TIERS].index(now) + 1 :]
            return tuple((tier, TIER_WORDS[tier]) for tier in above)
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
