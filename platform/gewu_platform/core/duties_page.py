"""The table of duties as a page for people: `python -m gewu_platform.core.duties_page > docs/duties.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence

from gewu_platform.core.conditions import PROVISIONS
from gewu_platform.core.duties import (
    BACK,
    DUTIES,
    HOLDER_OF,
    OPEN,
    STATES,
    STAYS,
    STEP_OF,
    SYSTEM_ROLE,
    Apart,
    Condition,
    Duty,
    Tie,
)
from gewu_platform.core.naming import (
    ARGUMENT_WORDS,
    COMMAND_WORDS,
    ROLE_WORDS,
    STATE_WORDS,
    STEP_WORDS,
    TASK_WORDS,
    join_words,
)
from gewu_platform.core.tasks import STANDS_FOR
from gewu_platform.core.words import Words

TIE_WORDS: Mapping[Tie, Words] = {
    "none": Words("", ""),
    "office": Words("案件所在机构的人员", "works in the case's office"),
    "grid": Words("网格员须在该网格值守", "a worker: rostered in its grid"),
    "task": Words("任务是给他的", "the task is addressed to them"),
}
APART_WORDS: Mapping[Apart, Words] = {
    "none": Words("", ""),
    "reporter": Words("不是上报人", "not a reporter"),
    "handled": Words("本人和机构没有处置过", "neither they nor their office handled it"),
}
EVIDENCE_COMPLETE = Words("结案证据齐全", "the closing's evidence is complete")

_SYSTEM = Words("系统", "the system")
_HEAD = """\
# 谁能做什么 · Who may do what

案件流转的全部规则就是下面这张表：它由程序打印，程序也只读这一张表。
Every rule of the loop stands in this one table; the program prints it and reads nothing else.

重新打印 · print it again: `python -m gewu_platform.core.duties_page > docs/duties.md`

## 状态 · States

| 状态 | state | | 等待 | waits for | 轮到 | whose turn |
|---|---|---|---|---|---|---|
"""
_TASKS = """
## 任务 · Tasks

一项任务问的是案件当时的状态或环节；案件离开它，任务就失效。
A task asks about the state or the step a case is in; once the case leaves it, the task lapses.

| 任务 | task | | 失效于离开 | lapses on leaving |
|---|---|---|---|---|
"""
_COMMANDS = """
## 命令 · Commands

`=` 状态不变 the state stays · `<` 回到挂账前的状态 back to where it was parked · （ ）可选 optional · “系统”办理的是自动环节 the
system takes automatic steps.

- 挂账日期：明天起、一年以内；批准时可另定。 A case is parked until a day after today, within a year; who grants may name another.
- 升级：高于已升级的层级；不指明即再高一级，第一次到镇街。 Escalating goes higher than before; by default one tier, first to the town.
- 督办发给轮到的岗位；处置环节发给承办机构。 An order goes to whose turn it is; while handled, to the case's office.
- 第二次延期、申诉由督查决定。 The second extension and appeals are the supervisor's.
- 核查反馈为“否”时须说明。 A check answered with no needs a note.
- 同一文件只算一项证据，同一人签名只算一次。 One file serves one need, one person signs once.

| 命令 | 谁 who | 从 from | 到 to | 关系 tie | 分离 apart | 需要 needs | 条件 provided | 任务 task |
|---|---|---|---|---|---|---|---|---|
"""


def print_page() -> str:
    """The whole page: states, tasks and commands, Chinese first."""
    return "".join((_HEAD, *_states(), _TASKS, *_tasks(), _COMMANDS, *_commands()))


def _states() -> Iterator[str]:
    for state in STATES:
        words, step = STATE_WORDS[state], STEP_OF.get(state)
        step_words = STEP_WORDS[step] if step else Words("", "")
        role = ROLE_WORDS[HOLDER_OF[step]] if step else Words("", "")
        yield _row(words.zh, words.en, f"`{state}`", step_words.zh, step_words.en, role.zh, role.en)


def _tasks() -> Iterator[str]:
    scopes = {"state": Words("状态", "its state"), "step": Words("环节", "its step")}
    for kind, scope in STANDS_FOR.items():
        words = TASK_WORDS[kind]
        yield _row(words.zh, words.en, f"`{kind}`", scopes[scope].zh, scopes[scope].en)


def _commands() -> Iterator[str]:
    for name, duties in DUTIES.items():
        command = COMMAND_WORDS[name]
        title = f"**{command.zh}**<br>{command.en}<br>`{name}`"
        for duty in duties:
            tie, apart = TIE_WORDS[duty.tie], APART_WORDS[duty.apart]
            yield _row(
                title,
                _joined([_SYSTEM if role == SYSTEM_ROLE else ROLE_WORDS[role] for role in duty.roles]),
                _from(duty),
                _target(duty),
                _both(tie),
                _both(apart),
                _arguments(duty),
                _lines([condition_words(condition) for condition in duty.provided]),
                _task(duty),
            )
            title = ""


def condition_words(condition: Condition) -> Words:
    """What must hold, in words."""
    provision = PROVISIONS.get(condition)
    return provision.words if provision else EVIDENCE_COMPLETE


def _from(duty: Duty) -> str:
    if duty.states == OPEN:
        return _both(Words("结案前的任何状态", "any open state"))
    return _joined([STATE_WORDS[state] for state in duty.states])


def _target(duty: Duty) -> str:
    return f"`{duty.leads_to}`" if duty.leads_to in (STAYS, BACK) else _both(STATE_WORDS[duty.leads_to])


def _arguments(duty: Duty) -> str:
    needs = join_words([ARGUMENT_WORDS[argument] for argument in duty.needs])
    takes = join_words([ARGUMENT_WORDS[argument] for argument in duty.takes])
    return _both(Words(_with_optional(needs.zh, takes.zh), _with_optional(needs.en, takes.en)))


def _with_optional(needs: str, takes: str) -> str:
    return f"{needs}（{takes}）" if takes else needs


def _task(duty: Duty) -> str:
    verbs = (
        (Words("提出", "opens"), duty.asks),
        (Words("答复", "answers"), duty.answers),
        (Words("一并了结", "also ends"), duty.ends),
    )
    return _lines([
        Words(f"{verb.zh}{TASK_WORDS[kind].zh}", f"{verb.en} {TASK_WORDS[kind].en}")
        for verb, kind in verbs if kind
    ])  # fmt: skip


def _both(words: Words) -> str:
    return f"{words.zh}<br>{words.en}" if words.zh else ""


def _joined(parts: Sequence[Words]) -> str:
    return _both(join_words(parts))


def _lines(parts: Sequence[Words]) -> str:
    """Conditions, which are sentences: the Chinese ones, then the English ones."""
    return _both(Words("；".join(part.zh for part in parts), "; ".join(part.en for part in parts)))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(print_page())
