"""Every presentation shows the whole machine, each state in one place."""

from __future__ import annotations

import pytest

from gewu_platform.core.duties import FINAL, OPEN, STATES, STEP_OF
from gewu_platform.core.presentations import PRESENTATIONS, Presentation, reached_steps

ALL = pytest.mark.parametrize("presentation", PRESENTATIONS.values(), ids=list(PRESENTATIONS))


@ALL
def test_every_open_state_and_the_closed_one_stands_in_exactly_one_step(presentation: Presentation) -> None:
    shown = [state for step in presentation.steps for state in step.states]
    assert sorted(shown) == sorted([*OPEN, "closed"])


@ALL
def test_only_steps_of_the_loop_pass_by_themselves(presentation: Presentation) -> None:
    assert presentation.automatic <= set(STEP_OF.values())


@ALL
def test_a_case_on_its_way_is_in_one_step_with_the_earlier_ones_behind_it(presentation: Presentation) -> None:
    for state in OPEN:
        course = reached_steps(presentation, state)
        (here,) = [index for index, point in enumerate(course) if point.current]
        assert [point.done for point in course] == [index < here for index in range(len(course))]
        assert state in course[here].step.states


@ALL
def test_a_closed_case_has_come_all_the_way_and_one_that_was_turned_away_stands_nowhere(
    presentation: Presentation,
) -> None:
    assert all(point.done and not point.current for point in reached_steps(presentation, "closed"))
    for state in FINAL - {"closed"}:
        assert not any(point.done or point.current for point in reached_steps(presentation, state))


@ALL
def test_no_step_of_the_usual_way_leads_back(presentation: Presentation) -> None:
    usual = [state for state in STATES if state not in FINAL | {"returned", "on_site", "settled"}]
    places = [
        next(i for i, p in enumerate(reached_steps(presentation, state)) if p.current) for state in usual
    ]
    assert places == sorted(places)


def test_the_names_are_those_of_the_field() -> None:
    assert [step.words.zh for step in PRESENTATIONS["five-step"].steps] == [
        "上报", "受理", "派遣", "处置", "核查结案",
    ]  # fmt: skip
    assert [step.words.zh for step in PRESENTATIONS["seven-step"].steps] == [
        "信息采集", "案卷建立", "任务派遣", "任务处理", "处理反馈", "核查结案", "综合评价",
    ]  # fmt: skip
    assert PRESENTATIONS["five-step"].automatic == {"file", "close"}
    assert PRESENTATIONS["whole"].automatic == PRESENTATIONS["seven-step"].automatic == frozenset()
    assert all(name == presentation.name for name, presentation in PRESENTATIONS.items())
