"""Why a case is where it is, as grave as it is, and due when it is: every handler tried, every clock, everybody's hand in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Databases
from loop_help import LIGHT, MISSING, PROOF, dispatched, give, handled, person, report, settle
from river_help import opened_river
from sample_town import Clock
from wandering import Wanderer

from gewu_platform.core.words import Words
from gewu_platform.service.desk.cases import explain_case
from gewu_platform.service.engine import Engine
from gewu_platform.service.timing import sweeping
from gewu_platform.service.why.why_views import Counting, Explanation


@pytest.fixture
def dialect() -> str:
    """One will do: what is told here is read like every page, and test_service_replaying reads pages on both."""
    return "sqlite"


@pytest.fixture
def river(dialect: str, databases: Databases, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    yield from opened_river(databases, dialect, clock, tmp_path / "files")


@pytest.fixture
def town(engine: Engine) -> Engine:
    settle(engine)
    return engine


def explain(engine: Engine, case: int) -> Explanation:
    return explain_case(engine, person(engine, "acceptor1"), case)


def counting_of(engine: Engine, case: int, step: str) -> Counting:
    return next(each for each in explain(engine, case).deadlines if each.step == step)


def chinese(lines: tuple[Words, ...]) -> list[str]:
    return [line.zh for line in lines]


def test_every_handler_that_was_tried_is_told_area_by_area(town: Engine) -> None:
    north = explain(town, dispatched(town, LIGHT))
    assert chinese(north.routing) == [
        "镇环卫站：柳村一网格、柳村没有，北镇有北镇环卫站", "2026-03-02 09:00 派往北镇环卫站（孙派遣）",
    ]  # fmt: skip
    receipt = report(town, MISSING, "shop-4", "worker3")
    south = explain(town, receipt.cases[0].id)
    assert chinese(south.routing) == [
        "镇环卫站：杉村一网格、杉村、南镇、城县都没有", "属地村（社区）：杉村一网格没有，杉村有杉村居委会",
    ]  # fmt: skip
    assert south.routing[0].en.endswith("none at 杉村一网格, 杉村, 南镇, 城县")
    assert "此处没有镇环卫站，由属地村（社区）承办" in south.office.zh


def test_what_people_did_about_the_office_is_told(town: Engine, clock: Clock, office: Any) -> None:
    case = dispatched(town, LIGHT)
    clock.advance(minutes=10)
    give(town, "handler1", case, "return", reason="不归我管")
    community = office("community@willow")
    give(town, "dispatcher1", case, "dispatch", office=community, note="社区先办")
    told = explain(town, case)
    assert chinese(told.routing)[-3:] == [
        "2026-03-02 09:00 派往北镇环卫站（孙派遣）", "2026-03-02 09:10 北镇环卫站退回（周处置）：不归我管",
        "2026-03-02 09:10 派往柳村居委会（孙派遣）",
    ]  # fmt: skip
    assert (
        chinese(told.routing)[0] == "镇环卫站：北镇的北镇环卫站退回过，不再派，柳村一网格、柳村、城县都没有"
    )
    assert "镇环卫站退回过，由属地村（社区）承办" in told.office.zh
    assert "此处没有" not in told.office.zh
    bureau = office("sanitation.bureau@county")
    give(town, "handler3", case, "return", reason="办不了")
    give(town, "dispatcher1", case, "dispatch", office=bureau)
    told = explain(town, case)
    assert "派遣员改派县环卫中心" in chinese(told.routing)[-1]
    assert "县环卫中心（由派遣员改派）" in told.office.zh


def test_the_severity_has_its_line_its_values_its_basis_and_whoever_changed_it(town: Engine) -> None:
    case = dispatched(town)
    before = explain(town, case)
    assert (
        before.severity.zh
        == "较大。等级：第 1 条，因为 混投重量 > 50（混投重量 = 60）；见 department.gewu 第 32 行"
    )
    give(town, "acceptor1", case, "regrade", severity="minor", reason="量少")
    after = explain(town, case)
    assert after.severity.zh.startswith("一般")
    assert chinese(after.grading) == [
        "按规则为较大。等级：第 1 条，因为 混投重量 > 50（混投重量 = 60）；见 department.gewu 第 32 行",
        "依据：《生活垃圾分类办法》第十条", "2026-03-02 09:00 赵受理由较大调整为一般：量少",
    ]  # fmt: skip
    assert after.grading[2].en.endswith("changed it from major to minor: 量少")


def test_a_deadline_tells_its_line_and_everything_that_moved_it(town: Engine, clock: Clock) -> None:
    case = dispatched(town)
    give(town, "dispatcher1", case, "extend", reason="等材料")
    clock.advance(hours=1)
    give(town, "supervisor1", case, "park", reason="等施工", until="2026-03-05")
    clock.advance(days=1)
    give(town, "handler2", case, "resume")
    give(town, "acceptor1", case, "regrade", severity="minor", reason="量少")
    told = counting_of(town, case, "handle")
    assert "见 department.gewu 第 34 行；依据：《生活垃圾分类办法》第十条" in told.definition.zh
    assert chinese(told.history) == [
        "2026-03-02 09:00 第 1 次延期，再计 4 工作时，到期改为 2026-03-03 09:00（孙派遣）：等材料",
        "2026-03-02 10:00 暂停计时（挂账）（陈督查）：等施工",
        "2026-03-03 10:00 继续计时：2026-03-02 10:00 至 2026-03-03 10:00 不计（挂账），到期改为 2026-03-04 09:00（吴处置）",
        "2026-03-03 10:00 等级调整为一般，时限由 4 工作时 改为 1 个工作日，到期改为 2026-03-05 09:00（赵受理）：量少",
    ]  # fmt: skip
    assert "暂停计时（挂账）" in "".join(told.lines["zh"])
    assert "Extension 1" in "".join(told.lines["en"])
    park = counting_of(town, case, "park")
    assert park.words.zh == "挂账自 2026-03-02 10:00 起，至 2026-03-05 00:00"
    assert park.limit == ""
    assert park.ended_at is not None


def test_checks_have_a_deadline_of_their_own_and_stop_whoever_asked(town: Engine, clock: Clock) -> None:
    case = handled(town)
    give(town, "acceptor1", case, "check", note="去看看")
    check, verify = counting_of(town, case, "check"), counting_of(town, case, "verify")
    assert (check.task, check.limit) == (1, "30 minutes")
    assert "城市管理标准" in check.definition.zh
    assert verify.words.zh.endswith("（现停止计时）")
    clock.advance(minutes=20)
    give(town, "worker1", case, "answer", result="yes")
    assert chinese(counting_of(town, case, "verify").history)[-1].startswith(
        "2026-03-02 09:20 继续计时：2026-03-02 09:00 至 2026-03-02 09:20 不计（等待核查反馈）"
    )
    assert chinese(counting_of(town, case, "check").history) == [
        "2026-03-02 09:20 停止计时，未超期（张网格）"
    ]


def test_a_clock_that_ran_out_says_so(town: Engine, clock: Clock) -> None:
    case = dispatched(town)
    give(town, "handler2", case, "handle", evidence=PROOF[:1])
    clock.advance(days=3)
    sweeping.sweep(town)
    give(town, "handler2", case, "confirm")
    assert chinese(counting_of(town, case, "handle").history) == [
        "2026-03-05 09:00 停止计时，已超期（吴处置）"
    ]


def test_co_handlers_and_whoever_supervises_are_told(river: Engine, clock: Clock) -> None:
    from random import Random

    wanderer = Wanderer(river, clock, Random(1))
    wanderer.findings = ("dump",)
    wanderer.walk(0)
    (case,) = wanderer.cases
    told = explain_case(river, person(river, "auditor1"), case)
    lines = chinese(told.routing)
    assert lines[0].startswith("县河道管理中心：")
    assert [line[:2] for line in lines[1:4]] == ["协办", "协办", "主管"]
    assert "城县有城县网格中心" in lines[3]


def test_a_clock_that_ended_before_the_severity_changed_keeps_its_line(town: Engine) -> None:
    case = dispatched(town)
    give(town, "handler2", case, "return", reason="不归我管")
    give(town, "acceptor1", case, "regrade", severity="minor", reason="量少")
    give(town, "dispatcher1", case, "dispatch")
    first, second = (each for each in explain(town, case).deadlines if each.step == "handle")
    assert (first.limit, second.limit) == ("4 work hours", "1 workday")
    assert first.definition.zh.startswith("处置：第 1 条，因为 等级 = 较大")
    assert second.definition.zh.startswith("处置：第 2 条，因为 其他情形都不符合")
