"""The words of the language: one table, English beside Chinese, read by the parser and by the formatter.

A keyword has an identifier (the grammar's terminal; one that starts with `_` carries no meaning into the tree)
and spellings in both languages. The first spelling is the one the formatter prints; the others are read only.
A spelling may serve several keywords (`at`, `照片`): the grammar allows at most one of them at a place.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Keyword(NamedTuple):
    """A keyword's identifier and spellings; a spelling of several words stands with single blanks."""

    id: str
    en: tuple[str, ...]
    zh: tuple[str, ...]

    def spell(self, language: Language) -> str:
        """The spelling to print."""
        return (self.zh or self.en)[0] if language == "zh" else (self.en or self.zh)[0]


def _read(table: str) -> tuple[Keyword, ...]:
    rows = []
    for line in table.strip().splitlines():
        identifier, en, zh = (part.strip() for part in line.split("|"))
        rows.append(Keyword(identifier, _spellings(en), _spellings(zh)))
    return tuple(rows)


def _spellings(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(",") if part.strip())


STATEMENT_WORDS = _read("""
    _DEPARTMENT | department | 部门
    _OFFICE     | office     | 机构
    _CALENDAR   | calendar   | 日历
    _PLACE      | place      | 台账
    _ITEM       | item       | 事项
    _NUMBER     | number     | 编号
    _BASIS      | basis      | 依据
    _SINCE      | since      | 自
    _FOR        | for        | 适用
    _VISIT      | visit      | 巡查
    _SECTION    | section    | 分组
    _ASK        | ask        | 询问
    _CHECK      | check      | 检查
    _LET        | let        | 计算
    _MUST       | must       | 必须
    _EXCLUDE    | exclude    | 不采集
    _FINDING    | finding    | 情形
    _EXAMPLE    | example    | 示例
    _SEVERITY   | severity   | 等级
    _ON_SITE    | on site    | 当场整改
    _ROUTE      | route      | 派往
    ACCEPT      | accept     | 受理
    FILE_STEP   | file       | 立案
    DISPATCH    | dispatch   | 派遣
    HANDLE      | handle     | 处置
    VERIFY      | verify     | 核查
    _STAGE      | stage      | 阶段
    _ESCALATE   | escalate   | 督办
    _CLOSE      | close      | 结案
""")

TIER_WORDS = _read("""
    GRID    | grid    | 网格
    VILLAGE | village | 村
    TOWN    | town    | 镇
    COUNTY  | county  | 县
    CITY    | city    | 市
""")

LEVEL_WORDS = _read("""
    MINOR    | minor    | 一般
    MAJOR    | major    | 较大
    CRITICAL | critical | 重大
""")

ANSWER_WORDS = _read("""
    YES | yes | 是
    NO  | no  | 否
    NA  | na  | 不适用
""")

TYPE_WORDS = _read("""
    YES_NO    | yes-no                | 是否题
    ONE_OF    | one of                | 单选
    ANY_OF    | any of                | 多选
    INTEGER   | integer               | 整数
    DECIMAL   | decimal               | 数值
    TEXT      | text                  | 文本
    DATE      | date                  | 日期
    TIME      | time                  | 时刻
    PHOTO     | photo, photos         | 照片
    VIDEO     | video, videos         | 视频
    AUDIO     | audio                 | 录音
    FILE      | file                  | 附件
    SIGNATURE | signature, signatures | 签名
    LOCATION  | location              | 位置
    SCAN      | scan                  | 扫码
    PERSON    | person                | 人员
""")

UNIT_WORDS = _read("""
    MINUTES    | minutes, minute       | 分钟
    HOURS      | hours, hour           | 紧急工作时
    WORK_HOURS | work hours, work hour | 工作时
    WORKDAYS   | workdays, workday     | 工作日
    DAYS       | days, day             | 自然日
""")

AMBIGUOUS_WORDS = _read("""
    AMBIGUOUS_HOURS | | 小时, 个小时, 钟头
    AMBIGUOUS_DAYS  | | 天, 日
""")

PERIOD_WORDS = _read("""
    WEEK    | a week, per week       | 每周, 每星期
    MONTH   | a month, per month     | 每月
    QUARTER | a quarter, per quarter | 每季, 每季度
    YEAR    | a year, per year       | 每年
""")

OTHER_WORDS = _read("""
    _AT_TIER        | at               | 级别
    _UNTIL          | until            | 至
    _TIMES          | times            | 次
    _WHEN           | when             | 当
    _OTHERWISE      | otherwise        | 其他, 其它
    _ELSE           | else             | 否则
    _WITH_OFFICES   | with             | 协办
    _UNDER          | under            | 主管
    AUTOMATICALLY   | automatically    | 自动
    _AT_PERCENT     | at               | 达到
    _AFTER_LIMIT    | after            | 超期
    REMIND          | remind           | 提醒
    _TO_TIER        | to               | 升至
    _WITH_EVIDENCE  | with             | 须附
    NOTE            | note, notes      | 说明
    _BY_SIGNER      | by               | 由
    SIGNER_OWNER    | owner            | 业主
    SIGNER_WORKER   | worker           | 网格员
    SIGNER_HANDLER  | handler          | 处置人
    _BY_TIME        | by               | 于
    TODAY           | today            | 当天, 当日, 今天
    NEXT_WORKDAY    | next workday     | 下一工作日, 次工作日
    _AFTER_WORKDAYS | after            | 满
    _UNIT           | unit             | 单位
    _FROM           | from             | 从
    _TO             | to               | 到
    _AT_LEAST       | at least         | 至少
    _AT_MOST        | at most          | 至多
    _MATCHING       | matching         | 格式
    OPTIONAL        | optional         | 选填
    PRIVATE         | private          | 隐私
    _HINT           | hint             | 提示
    _SHARES         | shares           | 共享
    _WITHIN         | within           | 近
    _HAZARD         | hazard           | 隐患
    _GIVEN          | given            | 已知
    _EXPECT         | expect           | 预期
    NOTHING         | nothing          | 无
    EXCLUDED        | excluded         | 不采集
    _REFUSED        | refused          | 拒收
    _AND            | and              | 且
    _OR             | or               | 或
    _NOT            | not              | 非
    _IN             | in               | 属于
    _INCLUDES       | includes         | 包含
    _BETWEEN        | between          | 介于
    _AND_TO         | and              | 和
    IS_BLANK        | is blank         | 为 未填, 为未填
    IS_ANSWERED     | is answered, is not blank | 为 已填, 为已填
    IS_HAZARD       | is hazard        | 为 隐患, 为隐患
""")

KEYWORDS: dict[str, Keyword] = {
    keyword.id: keyword
    for table in (
        STATEMENT_WORDS, TIER_WORDS, LEVEL_WORDS, ANSWER_WORDS, TYPE_WORDS, UNIT_WORDS, AMBIGUOUS_WORDS,
        PERIOD_WORDS, OTHER_WORDS,
    )
    for keyword in table
}  # fmt: skip

# Not keywords of the grammar: names that mean something built in where an office or a fact is named.
OFFICE_WORDS: dict[str, str] = {
    "owner": "权属单位",
    "community": "属地",
    "reporter": "上报人",
    "town": "镇",
    "county": "县",
}
PLACE_HEAD = ("place", "台账")
FACT_WORDS: dict[str, str] = {
    "area.class": "区域.类别",
    "area.kind": "区域.类型",
    "place.kind": "台账.种类",
    "reporter.role": "上报人.身份",
    "reported.month": "上报.月份",
    "reported.weekday": "上报.星期",
    "reported.hour": "上报.时",
    "reported.on_workday": "上报.为工作日",
    "open_cases": "在办案件",
}
HISTORY_WORDS: dict[str, str] = {"cases_in": "案件数", "visits_in": "巡查数"}

_OFFICES_FROM_ZH = {zh: en for en, zh in OFFICE_WORDS.items()}
_HISTORY_FROM_ZH = {zh: en for en, zh in HISTORY_WORDS.items()}
_FACT_PARTS_FROM_ZH = {
    zh_part: en_part
    for en, zh in FACT_WORDS.items()
    for zh_part, en_part in zip(zh.split("."), en.split("."), strict=True)
}


def read_office(name: str) -> str:
    """The canonical name of a built-in office in either language, any other name unchanged."""
    return _OFFICES_FROM_ZH.get(name, name)


@lru_cache(maxsize=4096)
def read_fact(name: str) -> str | None:
    """The canonical path of a built-in fact in either language (mixed, too), None for any other name."""
    if name in FACT_WORDS:
        return name
    path = ".".join(_FACT_PARTS_FROM_ZH.get(part, part) for part in name.split("."))
    return path if path in FACT_WORDS else None


def read_history(name: str) -> str | None:
    """`cases_in` or `visits_in` for their spellings, None for any other name."""
    canonical = _HISTORY_FROM_ZH.get(name, name)
    return canonical if canonical in HISTORY_WORDS else None


@lru_cache(maxsize=4096)
def read_place_attribute(name: str) -> str | None:
    """X for `place.X` and `台账.X`, None for any other name."""
    head, _, attribute = name.partition(".")
    return attribute if attribute and head in PLACE_HEAD else None


def spell(identifier: str, language: Language) -> str:
    """How a keyword is printed."""
    return KEYWORDS[identifier].spell(language)


def is_chinese(spelling: str) -> bool:
    return not spelling.isascii()


_DIGITS = {character: index for index, character in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_NUMERAL = re.compile(
    "(?:([一二三四五六七八九])?(十))?([一二三四五六七八九两])?(?![一二三四五六七八九十百千万])"
)


def read_numeral(text: str) -> tuple[str, int] | None:
    """The digits of a Chinese numeral below a hundred that `text` begins with, and its length."""
    found = _NUMERAL.match(text)
    if found is None or not found.group():
        return None
    tens, ten, ones = found.groups()
    number = (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
    return str(number), found.end()


class Spelling(NamedTuple):
    """A way to write a keyword: its words in turn (`yes-no` counts as three)."""

    parts: tuple[str, ...]
    id: str


_PART = re.compile(r"\w+|-")


def _index_spellings() -> dict[str, tuple[Spelling, ...]]:
    index: dict[str, list[Spelling]] = {}
    for keyword in KEYWORDS.values():
        for text in keyword.en + keyword.zh:
            parts = tuple(_PART.findall(text))
            index.setdefault(parts[0], []).append(Spelling(parts, keyword.id))
    return {first: tuple(sorted(each, key=lambda s: -len(s.parts))) for first, each in index.items()}


# First word → the keywords that begin with it, those of more words first.
SPELLINGS: dict[str, tuple[Spelling, ...]] = _index_spellings()
STATEMENT_IDS = frozenset(keyword.id for keyword in STATEMENT_WORDS)
