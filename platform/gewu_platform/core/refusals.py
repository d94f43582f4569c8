"""Why a command cannot be given, in words that also say who could give it, or when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from gewu_platform.core.duties import OPEN, SYSTEM_ROLE, CommandName, Duty, states_for
from gewu_platform.core.evidence import Lack
from gewu_platform.core.naming import (
    COMMAND_WORDS,
    ROLE_WORDS,
    STATE_WORDS,
    TASK_WORDS,
    evidence_words,
    join_words,
)
from gewu_platform.core.tasks import TaskKind
from gewu_platform.core.words import Words

REASONS = (
    "not-possible-now", "request-missing", "not-allowed", "separation", "reason-missing", "office-missing",
    "argument-missing", "argument-wrong", "evidence-missing",
)  # fmt: skip
"""Every `code` of a Refusal."""


class Refusal(Exception):
    """A command that cannot be given.

    `code` is `not-possible-now` (the state or what happened before is against it), `request-missing` (nothing was
    asked that it could answer), `not-allowed`, `separation`, `reason-missing`, `office-missing`, `argument-missing`,
    `argument-wrong` or `evidence-missing`. `possible` are the states in which it could be given, `lacks` the missing
    evidence, `where` the argument it is about.
    """

    def __init__(
        self,
        code: str,
        words: Words,
        possible: tuple[str, ...] = (),
        lacks: tuple[Lack, ...] = (),
        where: str | None = None,
    ) -> None:
        super().__init__(words.en)
        self.code = code
        self.words = words
        self.possible = possible
        self.lacks = lacks
        self.where = where


def wrong_state(name: CommandName, state: str) -> Refusal:
    """The case is in a state that the command does not start from."""
    return Refusal("not-possible-now", _wrong_state_words(name, state), states_for(name))


@cache
def _wrong_state_words(name: CommandName, state: str) -> Words:
    # Said of most commands on every page of a case.
    now, command, when = STATE_WORDS[state], COMMAND_WORDS[name], states_words(states_for(name))
    return Words(
        f"案件现为“{now.zh}”，不能{command.zh}；可在以下状态：{when.zh}",
        f"The case is {now.en}: “{command.en}” is not possible now; possible when: {when.en}",
    )


def wrong_role(name: CommandName, duties: Iterable[Duty]) -> Refusal:
    """The command is somebody else's in this state."""
    roles = {role for duty in duties for role in duty.roles}
    who = join_words([words for role, words in ROLE_WORDS.items() if role in roles])
    if roles == {SYSTEM_ROLE}:
        words = Words("到时由系统自动办理", "The system does this by itself, in time")
    else:
        words = Words(f"由{who.zh}办理", f"This is for: {who.en}")
    return Refusal("not-allowed", words, states_for(name))


def nothing_asked(name: CommandName, kinds: Sequence[TaskKind]) -> Refusal:
    """No open task is there that the command would answer."""
    what = join_words([TASK_WORDS[kind] for kind in dict.fromkeys(kinds)])
    words = Words(f"没有待答复的：{what.zh}", f"Nothing is waiting for an answer: {what.en}")
    return Refusal("request-missing", words, states_for(name), where="task")


def several_asked(name: CommandName) -> Refusal:
    """More than one open task fits."""
    words = Words(
        "有几项任务待答复，请指明是哪一项", "Several tasks are waiting for an answer: say which one"
    )
    return Refusal("argument-missing", words, states_for(name), where="task")


def untied(name: CommandName, duty: Duty, role: str) -> Refusal:
    """The person has the role, but not over this case."""
    if duty.tie == "grid":
        words = Words(
            "您不在该网格值守，由该网格的网格员办理",
            "You are not rostered in this grid: its own workers do this",
        )
    elif duty.tie == "office":
        words = Words(
            "案件不在您的机构，由承办机构办理",
            "The case does not lie with your office: the office that has it does this",
        )
    elif duty.answers == "assist":
        words = Words(
            "协办任务不是给您的机构的", "Your office was not asked to help: only those asked answer"
        )
    else:
        role_words = ROLE_WORDS[role]
        words = Words(
            f"督办不是发给您的（{role_words.zh}），由被督办的机构或岗位签收",
            f"The order is not addressed to you ({role_words.en}): whoever it is addressed to acknowledges it",
        )
    return Refusal("not-allowed", words, states_for(name))


def mixed(name: CommandName, duty: Duty) -> Refusal:
    """Duties that are kept apart (采办分离)."""
    who = join_words([words for role, words in ROLE_WORDS.items() if role in duty.roles])
    if duty.apart == "reporter":
        words = Words(
            "采办分离：上报人不能处置，由机构的其他人员办理",
            "Duties are kept apart: who reported cannot handle; somebody else of the office does this",
        )
    else:
        words = Words(
            f"采办分离：处置方不能核查、结案或作决定，由未参与处置的{who.zh}办理",
            f"Duties are kept apart: who handled cannot verify, close or decide; others do this: {who.en}",
        )
    return Refusal("separation", words, states_for(name))


def lacking_evidence(name: CommandName, lacks: tuple[Lack, ...]) -> Refusal:
    """The closing asks for more than there is."""
    missing = join_words(
        [evidence_words(lack.need.kind, lack.need.by, lack.need.count - lack.have) for lack in lacks]
    )
    words = Words(f"结案还缺：{missing.zh}", f"To close, this is still missing: {missing.en}")
    return Refusal("evidence-missing", words, states_for(name), lacks)


def states_words(states: Sequence[str]) -> Words:
    """A list of states, short where they are all open ones."""
    if set(states) == set(OPEN):
        return Words("结案之前", "open")
    return join_words([STATE_WORDS[state] for state in states])
