"""What every keyword and every built-in fact means, in a line, and the page of the manual that says more."""

from __future__ import annotations

from typing import NamedTuple

from gewu_dsl.diagnostics import Text


class Meaning(NamedTuple):
    """`page` is the name of a page of the manual."""

    page: str
    text: Text


def _read(table: str) -> dict[str, Meaning]:
    rows = {}
    for line in table.strip().splitlines():
        identifier, page, zh, en = (part.strip() for part in line.split("|"))
        rows[identifier] = Meaning(page, Text(zh, en))
    return rows


MEANINGS = _read("""
    _DEPARTMENT    | item       | 一个部门：它的机构，和它所有事项共用的时限 | a department: its offices, and limits for all its items
    _OFFICE        | routes     | 收案件的机构，写明级别 | an office that receives cases, with its tier
    _CALENDAR      | limits     | 按哪一种工作日历算时限 | the working calendar that limits are counted by
    _PLACE         | questions  | 台账：一类场所登记了什么 | a register: what is known of a kind of place
    _ITEM          | item       | 一个入格事项，名称写成 部门.名称 | a grid item, called department.name
    _NUMBER        | item       | 标准里的编号 | its code in the standard
    _BASIS         | item       | 法律依据，可以写几条 | its legal basis, repeatable
    _SINCE         | item       | 从哪一天起生效，可写到哪一天为止 | the day it comes into force, and the last one
    _FOR           | item       | 在哪些场所检查；不写就是随处可报 | which places it is inspected at; without it, it is reported anywhere
    _VISIT         | branches   | 每月、每季……要去几次 | how often a place is visited
    _SECTION       | questions  | 表单上把问题分组 | groups questions on the form
    _ASK           | questions  | 一道题：名称、题型、问什么 | a question: name, type, wording
    _CHECK         | checks     | 检查一项：是、否、不适用，“否”就是隐患 | a check: yes, no or na; no is a hazard
    _LET           | conditions | 由别的答案算出来的值 | a value computed from others
    _MUST          | conditions | 一定不成立时拒收，并说出这句话 | refuses a report in which it certainly fails, with these words
    _EXCLUDE       | excludes   | 一定成立时不立案，只留记录 | no case where it certainly holds
    _FINDING       | findings   | 发现的一种情形：派给谁、多久办完 | something found: who handles it, until when
    _EXAMPLE       | examples   | 一份填好的表和它应有的结果，每次检查都会运行 | a filled form and what must follow; run at every check
    _SEVERITY      | branches   | 一般、较大、重大 | minor, major or critical
    _ON_SITE       | limits     | 先当场整改，到时没改好才立案 | settle it on the spot first; a case only if that fails
    _ROUTE         | routes     | 谁来处置；“否则”接着写候补 | who handles it; `else` names who does where that office is missing
    ACCEPT         | limits     | 受理的时限 | the limit for accepting a report
    FILE_STEP      | limits     | 立案的时限，可以写“自动” | the limit for filing; may be `automatically`
    DISPATCH       | limits     | 派遣的时限，可以写“自动” | the limit for dispatching; may be `automatically`
    HANDLE         | limits     | 处置的时限，从派遣算起 | the limit for handling, from dispatch
    VERIFY         | limits     | 核查的时限 | the limit for verifying
    _STAGE         | limits     | 处置的一个阶段，都从派遣算起 | a stage of handling; all count from dispatch
    _ESCALATE      | limits     | 快到期或超期时提醒谁、升到哪一级 | who is told when time runs out, and how far up it goes
    _CLOSE         | findings   | 怎样算办结，须附什么 | what closes it, and what must be attached
    MINUTES        | limits     | 分钟，不停表 | minutes; the clock never stops
    HOURS          | limits     | 紧急工作时：不停表，夜里和节假日照算 | hours: the clock never stops, nights and holidays count
    WORK_HOURS     | limits     | 工作时：只算上班时间 | work hours: only working time counts
    WORKDAYS       | limits     | 工作日：只算上班时间；周五 16:00 加 1 到周一 16:00 | workdays: working time only; Friday 16:00 + 1 = Monday 16:00
    DAYS           | limits     | 自然日：每日 24 小时，节假日照算 | days of 24 hours, holidays included
    _BY_TIME       | limits     | 到某个钟点为止 | until a time of the day
    TODAY          | limits     | 当天 | on the same day
    NEXT_WORKDAY   | limits     | 下一个工作日 | on the next working day
    _AFTER_WORKDAYS | limits    | 满几个工作日以后 | after so many working days
    _WHEN          | branches   | 条件一定成立时才算 | only where the condition certainly holds
    _OTHERWISE     | branches   | 前面都不算的时候，包括没填 | whatever no branch above covers, blanks included
    _ELSE          | routes     | 前一个机构在这个区域没有时 | where the area has no office of the kind before it
    _WITH_OFFICES  | routes     | 协办的机构 | offices that help
    _UNDER         | routes     | 主管的机构 | the supervising body
    AUTOMATICALLY  | limits     | 不用人来办 | done by the system at once
    YES_NO         | questions  | 答“是”或“否” | answered yes or no
    ONE_OF         | questions  | 几项里选一项 | one choice of several
    ANY_OF         | questions  | 几项里选若干项，用“包含”来问 | any number of choices; asked about with `includes`
    INTEGER        | questions  | 整数 | a whole number
    DECIMAL        | questions  | 可带小数的数 | a number with decimals
    TEXT           | questions  | 一段文字 | words
    DATE           | questions  | 一个日期 | a date
    TIME           | questions  | 一个时刻 | a time of day
    PHOTO          | questions  | 照片；在条件里是张数 | photos; in a condition, how many
    VIDEO          | questions  | 视频；在条件里是个数 | videos; in a condition, how many
    AUDIO          | questions  | 录音；在条件里是个数 | recordings; in a condition, how many
    FILE           | questions  | 附件；在条件里是个数 | files; in a condition, how many
    SIGNATURE      | questions  | 签名；在条件里是个数 | signatures; in a condition, how many
    LOCATION       | questions  | 地图上的位置 | a place on the map
    SCAN           | questions  | 扫描的二维码或条码 | a scanned code
    PERSON         | questions  | 一个人 | a person
    _UNIT          | questions  | 数字的单位 | the unit of a number
    _FROM          | questions  | 允许的范围，两头都算 | the allowed range, both ends included
    _AT_LEAST      | questions  | 最少几件、几项、几个字 | the least number of files, choices or characters
    _AT_MOST       | questions  | 最多几件、几项、几个字 | the greatest number of files, choices or characters
    _MATCHING      | questions  | 按身份证、信用代码、电话、车牌核对 | checked as an identity card, credit code, phone or plate
    OPTIONAL       | questions  | 可以不填；别的题只要显示就必填 | may be left blank; every other question shown must be answered
    PRIVATE        | questions  | 打码显示，查看会留痕 | masked; who reads it is recorded
    _HINT          | questions  | 题目下面的一句提示 | a line below the question
    _SHARES        | questions  | 别的部门刚问过就不再问 | not asked again where another department just did
    _WITHIN        | questions  | 多少天以内算新 | how many days an answer stays fresh
    _HAZARD        | checks     | 哪个答案算隐患 | which answer is a hazard
    _GIVEN         | examples   | 示例里填了什么 | what the example fills in
    _EXPECT        | examples   | 示例应有的结果 | what must follow
    NOTHING        | examples   | 没有情形 | no finding
    EXCLUDED       | excludes   | 不采集 | excluded
    _REFUSED       | examples   | 因为这道题被拒收 | refused because of this question
    _AND           | conditions | 两边都成立 | both hold
    _OR            | conditions | 至少一边成立 | at least one holds
    _NOT           | conditions | 不成立时成立；没填仍是未知 | holds where the rest fails; a blank stays unknown
    _IN            | conditions | 是括号里的一个 | is one of those in parentheses
    _INCLUDES      | conditions | 多选的答案里有这一项 | the any-of answer has this choice
    _BETWEEN       | conditions | 在两个值之间，两头都算 | lies between two values, both included
    IS_BLANK       | blanks     | 没有填 | has no answer
    IS_ANSWERED    | blanks     | 填了 | has an answer
    IS_HAZARD      | checks     | 检查的答案是隐患 | the check's answer is a hazard
    YES            | conditions | 是 | yes
    NO             | conditions | 否 | no
    NA             | checks     | 不适用 | not applicable
    area.class     | conditions | 区域类别 A、B、C | the class of the area: A, B or C
    area.kind      | conditions | 区域类型 | the kind of area
    place.kind     | conditions | 场所属于哪个台账 | which register the place is in
    reporter.role  | conditions | 上报人的身份 | who reports
    reported.month | conditions | 上报的月份 1–12 | the month of the report, 1–12
    reported.weekday | conditions | 上报是星期几，1 是星期一 | the weekday of the report, 1 is Monday
    reported.hour  | conditions | 上报的钟点 0–23 | the hour of the report, 0–23
    reported.on_workday | conditions | 上报那天是不是工作日 | whether the report was made on a working day
    open_cases     | conditions | 这个地方还没办结的案件数 | how many cases are open at this place
    cases_in       | conditions | 这个地方最近若干天的案件数 | how many cases this place had in the last days
    visits_in      | conditions | 这个地方最近若干天的巡查数 | how many visits this place had in the last days
""")


def meaning_of(identifier: str) -> Text:
    """The line for a keyword's identifier or a fact's path; empty where the word says it all."""
    meaning = MEANINGS.get(identifier)
    return meaning.text if meaning else Text("", "")
