"""What must hold for a row of the duties besides who acts and when: each condition, what it says, and who can help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gewu_platform.core.commands import Situation
from gewu_platform.core.duties import Condition, Duty
from gewu_platform.core.escalation import tiers_above
from gewu_platform.core.naming import TASK_WORDS
from gewu_platform.core.states import State
from gewu_platform.core.words import Words

MOST_EXTENSIONS = 2
"""Extensions of one dispatch; the last one only by a supervisor."""

FIRST_TIER = "town"
"""Who hears first of a case that somebody escalates without saying to whom."""


@dataclass(frozen=True, slots=True)
class Provision:
    """`words` say what must hold, `otherwise` what to tell whoever tries although it does not."""

    holds: Callable[[State, Situation, Duty], bool]
    words: Words
    otherwise: Callable[[State, Duty], Words]
    code: str = "not-possible-now"


def next_tier(escalated_to: str | None) -> str | None:
    """The tier after the one a case was escalated to; None above the highest."""
    if escalated_to is None:
        return FIRST_TIER
    return next(iter(tiers_above(escalated_to)), None)


def _says(zh: str, en: str) -> Callable[[State, Duty], Words]:
    return lambda state, duty: Words(zh, en)


def _no_check(state: State, duty: Duty) -> Words:
    kind = TASK_WORDS[state.check.kind if state.check else "post_check"]
    return Words(
        f"{kind.zh}还没有反馈，待网格员反馈后再办",
        f"A {kind.en} is still out: possible once the grid worker has answered",
    )


def _assisting(state: State, duty: Duty) -> Words:
    count = len(state.open_tasks("assist"))
    return Words(
        f"还有 {count} 家协办机构没有完成，待其完成后再办",
        f"{count} assisting {'office has' if count == 1 else 'offices have'} not finished: possible once they have",
    )


def _asked(state: State, duty: Duty) -> Words:
    kind = TASK_WORDS[duty.asks or "extend"]
    return Words(f"{kind.zh}已经提出，正待答复", f"Already asked, and waiting for an answer: {kind.en}")


PROVISIONS: Mapping[Condition, Provision] = {
    "no check open": Provision(
        lambda state, situation, duty: state.check is None,
        Words("没有待反馈的核实、核查", "no check is out"),
        _no_check,
    ),
    "no assistance open": Provision(
        lambda state, situation, duty: not state.open_tasks("assist"),
        Words("协办机构均已完成", "all assisting offices have finished"),
        _assisting,
    ),
    "not asked already": Provision(
        lambda state, situation, duty: duty.asks is None or not state.open_tasks(duty.asks),
        Words("没有同样的申请待答复", "the same is not asked already"),
        _asked,
    ),
    "limited": Provision(
        lambda state, situation, duty: situation.limited,
        Words("处置有时限", "handling has a limit"),
        _says("这件案件的处置没有时限，不需要延期", "Handling has no limit here: there is nothing to extend"),
    ),
    "not overdue": Provision(
        lambda state, situation, duty: not situation.overdue,
        Words("尚未超期", "it is not overdue"),
        _says("已经超期，不能再延期；只能在到期之前申请", "It is overdue: time can only be asked for before that"),
    ),
    "extensions left": Provision(
        lambda state, situation, duty: state.extensions < MOST_EXTENSIONS,
        Words("每次派遣后延期不超过两次", "at most two extensions after a dispatch"),
        _says("已经延期两次，不能再延；重新派遣后方可", "It was extended twice already: only a new dispatch starts over"),
    ),
    "first extension": Provision(
        lambda state, situation, duty: state.extensions == 0,
        Words("第一次延期", "it is the first extension"),
        _says("第二次延期由督查决定", "The second extension is the supervisor's to decide"),
        "not-allowed",
    ),
    "never parked": Provision(
        lambda state, situation, duty: state.parked == 0,
        Words("没有挂过账", "it was never parked before"),
        _says("每件案件只能挂账一次，这件已经挂过", "A case is parked once at most, and this one was already"),
    ),
    "handled and closed": Provision(
        lambda state, situation, duty: state.closed_as == "handled",
        Words("经处置结案", "closed after handling"),
        _says(
            "只有经机构处置后结案的案件可以申诉", "Only a case that an office handled can be appealed"
        ),
    ),
    "was late": Provision(
        lambda state, situation, duty: situation.late,
        Words("处置超过期", "handling ran over its limit"),
        _says("这件案件没有超期，不需要申诉", "This case was never overdue: there is nothing to appeal"),
    ),
    "never appealed": Provision(
        lambda state, situation, duty: not state.appealed,
        Words("没有申诉过", "it was never appealed before"),
        _says("每件案件只能申诉一次，这件已经申诉过", "A case is appealed once at most, and this one was already"),
    ),
    "tier left": Provision(
        lambda state, situation, duty: next_tier(state.escalated_to) is not None,
        Words("还有上一级", "a tier stands above"),
        _says("已经升级到最高一级", "It was escalated to the highest tier already"),
    ),
}  # fmt: skip
"""Every condition but `evidence complete`, which what comes with the command may fulfil: see `lifecycle.decide`."""
