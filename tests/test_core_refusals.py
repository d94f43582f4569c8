"""A refusal says why not, and who could do it or when."""

from __future__ import annotations

import pytest
from core_loop import (
    ACCEPTOR,
    DISPATCHER,
    HANDLER,
    HELPING_OFFICE,
    OTHER,
    REACHED,
    REPORTER,
    REPORTER_AT_OFFICE,
    STRANGER,
    SUPERVISOR,
    TO_DISPATCHED,
    TO_HANDLING,
    WORKER,
    assisted,
    ready,
    refused,
    walk,
)

from gewu_platform.core.duties import states_for
from gewu_platform.core.lifecycle import Actor, Command, State

AT_OFFICE = Actor(5, "acceptor", offices=frozenset({100}))
TWO_REQUESTS = walk(*TO_HANDLING, ("extend", HANDLER), ("park", HANDLER))
URGED = walk(*TO_DISPATCHED, "urge")


@pytest.mark.parametrize(
    ("state", "command", "code", "zh", "en"),
    [
        (REACHED["filed"], ready("close", ACCEPTOR), "not-possible-now",
         "案件现为“待派遣”，不能结案；可在以下状态：待结案、当场整改待审核", "possible when: waiting to be closed"),
        (REACHED["closed"], ready("urge", SUPERVISOR), "not-possible-now",
         "案件现为“已结案”，不能督办；可在以下状态：结案之前", "possible when: open"),
        (REACHED["handled"], ready("verify", DISPATCHER), "not-allowed",
         "由网格员、受理员办理", "This is for: grid worker, acceptor"),
        (REACHED["settled"], ready("unsettle", WORKER), "not-allowed", "由受理员办理", "This is for: acceptor"),
        (REACHED["filed"], ready("acknowledge", DISPATCHER), "request-missing",
         "没有待答复的：督办", "Nothing is waiting for an answer: order to hurry"),
        (REACHED["handling"], ready("grant", SUPERVISOR), "request-missing",
         "没有待答复的：延期申请、挂账申请", "request for more time, request to park"),
        (TWO_REQUESTS, ready("grant", SUPERVISOR), "argument-missing", "请指明是哪一项", "say which one"),
        (REACHED["handled"], ready("verify", STRANGER), "not-allowed",
         "由该网格的网格员办理", "not rostered in this grid"),
        (REACHED["dispatched"], ready("handle", OTHER), "not-allowed", "由承办机构办理", "the office that has it"),
        (assisted(finished=False), ready("assist", OTHER), "not-allowed",
         "协办任务不是给您的机构的", "only those asked answer"),
        (URGED, ready("acknowledge", DISPATCHER), "not-allowed",
         "督办不是发给您的（派遣员）", "not addressed to you (dispatcher)"),
        (REACHED["dispatched"], ready("handle", REPORTER_AT_OFFICE), "separation",
         "上报人不能处置，由机构的其他人员办理", "who reported cannot handle"),
        (REACHED["handled"], ready("verify", AT_OFFICE), "separation",
         "处置方不能核查、结案或作决定，由未参与处置的网格员、受理员办理", "who handled cannot verify"),
        (walk("accept", "check"), ready("file", ACCEPTOR), "not-possible-now",
         "核实任务还没有反馈", "A check before filing is still out"),
        (walk(*TO_HANDLING, "confirm", "check"), ready("verify", ACCEPTOR), "not-possible-now",
         "核查任务还没有反馈", "A check after handling is still out"),
        (TWO_REQUESTS, ready("park", HANDLER), "not-possible-now", "挂账申请已经提出", "request to park"),
        (TWO_REQUESTS, ready("extend", HANDLER), "not-possible-now", "延期申请已经提出", "request for more time"),
        (walk(*TO_DISPATCHED, ("extend", DISPATCHER)), ready("extend", DISPATCHER), "not-allowed",
         "第二次延期由督查决定", "the supervisor's"),
        (REACHED["filed"], ready("regrade", DISPATCHER, severity="minor"), "argument-wrong",
         "须改为另一等级：较大、重大", "Another severity is needed: major, critical"),
        (REACHED["filed"], ready("regrade", DISPATCHER, severity=None), "argument-missing",
         "请选择等级：较大、重大", "Choose a severity: major, critical"),
        (REACHED["filed"], ready("escalate", ACCEPTOR, tier="grid"), "argument-wrong",
         "须升级到更高一级：村（社区）、镇街、县（区）、市", "village, town, county, city"),
        (REACHED["handling"], ready("park", DISPATCHER, until=ready("park", DISPATCHER).until.replace(year=2028)),
         "argument-wrong", "2027-11-22 以前", "not after 2027-11-22"),
    ],
)  # fmt: skip
def test_it_says_why_not_and_who_could_or_when(
    state: State, command: Command, code: str, zh: str, en: str
) -> None:
    refusal = refused(state, command)
    assert refusal.code == code
    assert zh in refusal.words.zh
    assert en in refusal.words.en
    assert str(refusal) == refusal.words.en


def test_roles_are_named_in_one_order_wherever_they_are_named() -> None:
    """The order of the people's words, whatever order a row was written in."""
    assert "派遣员、处置人员、督查" in refused(REACHED["parked"], ready("resume", ACCEPTOR)).words.zh


@pytest.mark.parametrize("name", ["reopen", "extend", "handle"])
def test_it_names_the_states_in_which_the_command_is_given(name: str) -> None:
    refusal = refused(REACHED["reported"], ready(name, ACCEPTOR))
    assert refusal.possible == states_for(name)  # type: ignore[arg-type]
    assert refusal.lacks == ()


def test_the_helping_office_counts_its_people_only() -> None:
    reporter = Actor(REPORTER, "handler", offices=frozenset({HELPING_OFFICE}))
    assert "上报人" in refused(assisted(finished=False), ready("assist", reporter)).words.zh
