"""The department packs of this repository: complete, clean, and right by their own examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from gewu_dsl.answers import decide_answers, split_given
from gewu_dsl.artifact import canonical_bytes
from gewu_dsl.compiler import compile_sources
from gewu_dsl.format import format_tree
from gewu_dsl.model import BUILT_IN_OFFICES, Compiled, Example
from gewu_dsl.parse import parse
from gewu_dsl.rules import Rules
from gewu_dsl.words import Language
from gewu_item_catalog.catalogue import Catalogue, load_catalogue
from gewu_item_catalog.packs import find_packs

PLUGINS = Path(__file__).parents[1] / "plugins"
PACKS = ("fire", "housing", "urban_management")

# How many rows each heading of the published tables has, by the item that transcribes it.
COMPONENTS_NEW = """
    上水井盖 4 雨水箅子 5 路灯井盖 4 不明井盖 4 供水器 4 燃气调压站 4 露天燃气管道 2 沟槽盖板 2
    通讯交接箱 4 电力设施 4 电力立杆 4 通信立杆 4 监控电子眼 4 充电桩 4 路灯 6 地灯 4 景观灯 7
    报刊亭 3 户外健身设施 4 休息亭 3 停车场 4 过街天桥 7 地下通道 6 立交桥 6 渠化岛 4
    非机动车停放点 3 公交站亭 7 限高架 5 路名牌 5 交通护栏 4 便道桩 4 道路隔音屏 3 公共厕所 8
    化粪池 3 垃圾中转站 4 垃圾箱 6 户外广告 5 牌匾标识 5 宣传栏 5 古树名木 2 行道树 4 护树设施 4
    花钵花架 5 雕塑 4 街头座椅 4 绿地护栏 4 绿地附属设施 6 喷泉 5 加油加气站 3 液化气站 3
    水域附属设施 6 防汛墙 2
"""
COMPONENTS_EARLY = """
    热力井盖 2 燃气井盖 2 供水压力柜 3 露天供热管道 1 综合管廊设施 2 节庆装饰物 5 楼体亮化 3
    爱心驿站 6 边坡挡土墙 2 台阶 1 无障碍坡道及盲道 1 遮阳篷 3 高架桥 5 道路指示牌 5 路沿石 2
    平石 2 人行道 4 灭烟处 4 施工公示牌 4 绿地指示牌 5 其他指示牌 5 树池树篦 1 边绿地 7 高架挂箱 3
    花带石 1
"""
EVENTS = """
    私搭乱建 2 店面无证装修 1 违规小产权房 2 违法农村自建房 2 违章接坡 2 违章开设道口 1 私设地锁 1
    擅自架设管线 2 线体垂落 1 外立面裂缝 1 外立面不洁 3 阳台屋顶脏乱 1 擅挂彩旗 1 沿街晾挂 1
    光污染 1 违规养犬 1 擅自饲养家禽家畜 1 商业噪音 1 露天烧烤 1 暴露生活垃圾 1 积存垃圾渣土 1
    餐厨垃圾遗撒 4 非正规垃圾填埋场 1 乱丢弃医疗废物 1 废弃家具设备 1 乱堆物堆料 1 动物尸体 1
    焚烧垃圾树叶 1 垃圾未分类 2 垃圾满溢 1 道路不洁 1 道路遗撒 1 乱排污水 4 作业车辆管理 5
    道路破损 3 园路破损 1 绿地脏乱 1 绿化弃料 1 非装饰性吊挂 2 病虫害 1 非法伐树 2 非法占绿毁绿 1
    藤蔓类覆盖 1 水域不洁 1 河道污染 1 河道违采乱堆 1 河道违建 1 非法小广告 1 街头散发广告 1
    违规户外广告 2 广告语言文字不规范 1 户外广告位置不当 1 违规牌匾标识 1 违规标语宣传品 1
    公益性宣传品 3 施工扰民 2 施工占道 1 无证掘路 1 工地扬尘 1 施工废弃料 1 施工物料乱堆放 1
    施工工地围挡 4 工地道路未硬化 1 工地出入口破损 1 完工未清场 1 渣土车未密闭 1 工地车轮夹带 1
    未设施工公示牌 1 设施残留物 1 预埋件裸露钢筋 1 施工缓慢 2 无照经营游商 1 早夜市 3
    占道废品收购 1 店外经营 1 占道经营 1 非机动车乱停放 1 农贸市场管理 1 占用消防通道 1
    占道促销宣传 1 占道清洗装潢车辆 1 共享单车管理 6 便民服务摊点 2 早餐车管理 2 供水管道破裂 2
    燃气管道破裂 2 排水管道堵塞破裂 2 热力管道破裂 2 路面塌陷 1 道路积水 1 道路积雪积冰 1
    架空线缆脱落 1 高空坠物 1 其他突发事件 1 临街屠宰 1 门前四包 1 桥下空间管理 4 非法采砂取土 1
"""
# How many rows of each table have which limit.
LIMITS = {
    "YC-BJ-2": {
        "1 workday": 69,
        "10 workdays": 1,
        "15 workdays": 1,
        "2 hours": 9,
        "2 work hours": 3,
        "2 workdays": 36,
        "3 workdays": 47,
        "4 hours": 4,
        "4 work hours": 17,
        "4 workdays": 1,
        "5 workdays": 34,
        "7 workdays": 4,
    },
    "YC-BJ-1": {
        "1 hour": 1,
        "1 workday": 26,
        "10 workdays": 1,
        "2 work hours": 3,
        "2 workdays": 9,
        "3 workdays": 14,
        "4 work hours": 1,
        "5 workdays": 20,
        "7 workdays": 4,
    },
    "YC-SJ-1": {
        "1 day": 1,
        "1 hour": 5,
        "1 workday": 30,
        "15 workdays": 4,
        "2 days": 3,
        "2 hours": 17,
        "2 work hours": 15,
        "2 workdays": 22,
        "3 workdays": 11,
        "4 work hours": 17,
        "5 workdays": 19,
    },
}


@pytest.fixture(scope="module")
def plugins() -> Catalogue:
    """All packs of the repository, compiled together."""
    return load_catalogue([PLUGINS])


@pytest.fixture(scope="module")
def items(plugins: Catalogue) -> list[Compiled]:
    return list(plugins.items.values())


@pytest.fixture(scope="module")
def rules_of_all(items: list[Compiled]) -> list[Rules]:
    return [Rules(compiled.item) for compiled in items]


def read_counts(table: str) -> dict[str, int]:
    words = table.split()
    return {
        f"urban_management.{name}": int(count) for name, count in zip(words[::2], words[1::2], strict=True)
    }


def read_sources(code: str) -> dict[str, str]:
    return {
        file.relative_to(PLUGINS).as_posix(): file.read_text("utf-8")
        for file in (PLUGINS / code).rglob("*.gewu")
    }


def test_every_pack_compiles_without_a_diagnostic(plugins: Catalogue) -> None:
    assert {pack.code: [str(each) for each in pack.diagnostics] for pack in plugins.packs} == {
        code: [] for code in PACKS
    }
    assert all(pack.accepted for pack in plugins.packs)


def test_every_pack_says_its_version_engine_and_contact() -> None:
    for pack in find_packs([PLUGINS]):
        assert pack.version != "0", pack.root
        assert pack.engine == ">=0.1,<0.2", pack.root
        assert pack.contact, pack.root
        assert (pack.root / "README.md").read_text("utf-8").startswith("# ")


def test_registers_of_several_packs_merge(plugins: Catalogue) -> None:
    rental = {attribute.name for attribute in plugins.kinds["rental"].attributes}
    assert rental >= {"grade", "rooms", "phone", "owner_id"}
    assert set(plugins.kinds) >= {"rental", "small_place", "enterprise", "key_unit"}


def test_every_department_has_offices_at_town_and_county(plugins: Catalogue) -> None:
    for department in plugins.departments.values():
        assert {office.tier for office in department.offices} >= {"town", "county"}, department.code


@pytest.mark.parametrize(
    ("table", "source", "at_least"),
    [(COMPONENTS_NEW, "YC-BJ-2", 40), (COMPONENTS_EARLY, "YC-BJ-1", 1), (EVENTS, "YC-SJ-1", 30)],
)
def test_every_row_of_a_published_table_is_a_finding(
    items: list[Compiled], table: str, source: str, at_least: int
) -> None:
    found = {
        compiled.item.name: len(compiled.item.findings)
        for compiled in items
        if (compiled.item.number or "").startswith(source)
    }
    assert found == read_counts(table)
    assert len(found) >= at_least


@pytest.mark.parametrize("source", list(LIMITS))
def test_limits_are_those_of_the_published_table(items: list[Compiled], source: str) -> None:
    found = Counter(
        str(finding.limits["handle"][0].value)
        if finding.limits.get("handle")
        else str(finding.stages[-1].limit)
        for compiled in items
        if (compiled.item.number or "").startswith(source)
        for finding in compiled.item.findings
    )
    assert dict(found) == LIMITS[source]


def test_what_may_not_wait_for_working_hours_is_major(items: list[Compiled]) -> None:
    for compiled in items:
        for finding in compiled.item.findings:
            if compiled.item.department == "urban_management" and "handle" in finding.limits:
                urgent = finding.limits["handle"][0].value.unit == "hours"
                assert finding.severity[0].value == ("major" if urgent else "minor"), (
                    compiled.item.name,
                    finding.name,
                )


def test_paired_questions_appear_only_where_there_is_something(rules_of_all: list[Rules]) -> None:
    names = {rules.item.name: rules for rules in rules_of_all}
    for name, pairs in (("fire.rental", 7), ("fire.small_place", 5)):
        rules = names[name]
        paired = [q.name for q in rules.item.questions if q.name.endswith("完好") and q.name != "灭火器完好"]
        assert len(paired) == pairs
        for second in paired:
            first = second.removesuffix("完好")
            assert second in rules.shown({first: "yes"}, {})
            assert second not in rules.shown({first: "no"}, {})
            assert second not in rules.shown({first: "na"}, {})


def test_every_example_is_reproduced_by_the_rules(rules_of_all: list[Rules]) -> None:
    for rules in rules_of_all:
        for example in rules.item.examples:
            assert outcome_of(rules, example) == expected_of(example), (rules.item.name, example.title)


def outcome_of(rules: Rules, example: Example) -> tuple[str, set[str | None]]:
    answers, context = split_given(rules.item, example.given)
    decision = decide_answers(rules, answers, context)
    if decision.refused:
        return "refused", {refused.question for refused in decision.refused}
    if decision.excluded is not None:
        return "excluded", set()
    by_name = {finding.name: finding for finding in decision.findings}
    for expected in example.expected:
        finding = by_name.get(expected.finding)
        if finding is None:
            continue
        assert expected.severity in (None, finding.severity)
        assert expected.handler in (None, finding.route.handler)
        assert dict(expected.limits).items() <= dict(finding.limits).items()
    return ("findings" if by_name else "nothing"), set(by_name)


def expected_of(example: Example) -> tuple[str, set[str | None]]:
    if example.outcome == "refused":
        return "refused", set(example.refused)
    return example.outcome, {expected.finding for expected in example.expected}


def test_every_finding_has_an_example_that_reaches_it(items: list[Compiled]) -> None:
    for compiled in items:
        reached = {expected.finding for example in compiled.item.examples for expected in example.expected}
        assert reached == {finding.name for finding in compiled.item.findings}, compiled.item.name


def test_every_branch_of_a_decision_is_reached_by_an_example(rules_of_all: list[Rules]) -> None:
    for rules in rules_of_all:
        reached = {
            (finding.name, reason.clause, reason.branch)
            for example in rules.item.examples
            for finding in decide_answers(rules, *split_given(rules.item, example.given)).findings
            for reason in finding.trace
        }
        for finding in rules.item.findings:
            clauses: dict[str, Sequence[object]] = {"severity": finding.severity, "route": finding.route}
            clauses.update({str(step): branches for step, branches in finding.limits.items()})
            for clause, branches in clauses.items():
                if len(branches) > 1:
                    missing = [
                        i for i in range(1, len(branches) + 1) if (finding.name, clause, i) not in reached
                    ]
                    assert not missing, (rules.item.name, finding.name, clause, missing)


def test_every_exclusion_is_reached_by_an_example(rules_of_all: list[Rules]) -> None:
    for rules in rules_of_all:
        reached = {
            decide_answers(rules, *split_given(rules.item, example.given)).excluded
            for example in rules.item.examples
        }
        assert {exclude.reason for exclude in rules.item.excludes} <= reached, rules.item.name


def test_every_item_says_its_basis_and_how_it_is_closed(items: list[Compiled]) -> None:
    for compiled in items:
        assert compiled.item.number, compiled.item.name
        assert compiled.item.basis, compiled.item.name
        assert all(finding.closing is not None for finding in compiled.item.findings), compiled.item.name


def test_routes_name_offices_that_the_department_has(plugins: Catalogue) -> None:
    for compiled in plugins.items.values():
        offices = {office.name for office in plugins.departments[compiled.item.department].offices}
        for finding in compiled.item.findings:
            handlers = {name for branch in finding.route for name in branch.value.handlers}
            named = handlers | set(finding.assisting) | ({finding.supervising} - {None})
            assert named <= offices | set(BUILT_IN_OFFICES), (compiled.item.name, finding.name)


@pytest.mark.parametrize("code", PACKS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_items_are_the_same_in_either_language(plugins: Catalogue, code: str, language: Language) -> None:
    sources = read_sources(code)
    pack = next(pack for pack in plugins.packs if pack.code == code)
    again = compile_sources(
        {file: format_tree(parse(text, file).tree, language) for file, text in sources.items()}
    )
    assert {each.item.name: canonical_bytes(each.item) for each in again.items} == {
        each.item.name: canonical_bytes(each.item) for each in pack.items
    }
    assert set(again.departments) == set(pack.departments)
    assert set(again.kinds) == set(pack.kinds)


@pytest.mark.parametrize("code", PACKS)
def test_files_are_laid_out_as_the_formatter_does(code: str) -> None:
    for file, text in read_sources(code).items():
        assert format_tree(parse(text, file).tree) == text, file
        assert text.count("\n") <= 305, file
