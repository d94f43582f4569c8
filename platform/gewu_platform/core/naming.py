"""The words for states, steps, commands, tasks, roles and evidence, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gewu_dsl.model import Finding
from gewu_platform.core.words import Words

STATE_WORDS: Mapping[str, Words] = {
    "on_site": Words("待当场整改", "waiting to be settled on the spot"),
    "reported": Words("待受理", "waiting to be accepted"),
    "accepted": Words("待立案", "waiting to be filed"),
    "filed": Words("待派遣", "waiting to be dispatched"),
    "returned": Words("已退回", "returned"),
    "dispatched": Words("待处置", "waiting to be handled"),
    "handling": Words("处置中", "being handled"),
    "parked": Words("挂账中", "parked"),
    "handled": Words("待核查", "waiting to be verified"),
    "verified": Words("待结案", "waiting to be closed"),
    "settled": Words("当场整改待审核", "settled on the spot (to be closed)"),
    "closed": Words("已结案", "closed"),
    "refused": Words("不予受理", "refused"),
    "void": Words("已作废", "void"),
    "merged": Words("已并案", "merged"),
}

STEP_WORDS: Mapping[str, Words] = {
    "settle": Words("当场整改", "settle on the spot"),
    "accept": Words("受理", "accept"),
    "file": Words("立案", "file"),
    "dispatch": Words("派遣", "dispatch"),
    "handle": Words("处置", "handle"),
    "verify": Words("核查", "verify"),
    "close": Words("结案", "close"),
}

CLOCK_WORDS: Mapping[str, Words] = {
    **STEP_WORDS,
    "check": Words("核实核查反馈", "answer a check"),
    "assist": Words("协办", "assist"),
    "park": Words("挂账", "parked"),
}
"""What a clock measures: a step, or a task beside it."""

COMMAND_WORDS: Mapping[str, Words] = {
    "settle": Words("当场整改完成", "settle on the spot"),
    "unsettle": Words("转为待受理", "not settled on the spot"),
    "accept": Words("受理", "accept"),
    "refuse": Words("不予受理", "refuse"),
    "file": Words("立案", "file"),
    "check": Words("下发核实核查", "ask for a check"),
    "answer": Words("反馈核实核查", "answer the check"),
    "dispatch": Words("派遣", "dispatch"),
    "return": Words("退回", "return"),
    "handle": Words("处置", "handle"),
    "confirm": Words("处置完成", "confirm as handled"),
    "assist": Words("协办完成", "finish assisting"),
    "verify": Words("核查通过", "verify"),
    "rework": Words("返工", "rework"),
    "close": Words("结案", "close"),
    "inform": Words("告知结案", "close by informing"),
    "void": Words("作废", "void"),
    "merge": Words("并案", "merge"),
    "extend": Words("延期", "extend"),
    "park": Words("挂账", "park"),
    "grant": Words("批准", "grant"),
    "deny": Words("驳回", "deny"),
    "resume": Words("恢复处置", "resume"),
    "appeal": Words("申诉", "appeal"),
    "urge": Words("督办", "urge"),
    "acknowledge": Words("签收督办", "acknowledge"),
    "escalate": Words("升级", "escalate"),
    "regrade": Words("调整等级", "regrade"),
    "reopen": Words("重新办理", "reopen"),
}

TASK_WORDS: Mapping[str, Words] = {
    "pre_check": Words("核实任务", "check before filing"),
    "post_check": Words("核查任务", "check after handling"),
    "assist": Words("协办任务", "request to assist"),
    "extend": Words("延期申请", "request for more time"),
    "park": Words("挂账申请", "request to park"),
    "appeal": Words("申诉", "appeal"),
    "urge": Words("督办", "order to hurry"),
}

RESULT_WORDS: Mapping[str, Words] = {
    "yes": Words("是", "yes"),
    "no": Words("否", "no"),
    "granted": Words("已批准", "granted"),
    "denied": Words("已驳回", "denied"),
    "done": Words("已完成", "done"),
    "received": Words("已签收", "received"),
    "lapsed": Words("已失效", "lapsed"),
}
"""How a task ended; it lapses where the case left what it was about."""

CHECK_RESULT_WORDS: Mapping[str, Mapping[str, Words]] = {
    "pre_check": {"yes": Words("属实", "it is so"), "no": Words("不属实", "it is not so")},
    "post_check": {"yes": Words("已整改", "it is put right"), "no": Words("未整改", "it is not put right")},
}
"""What yes and no mean as the answer to each kind of check."""

REQUEST_WORDS: Mapping[str, Words] = {
    "extend": Words("申请延期", "ask for more time"),
    "park": Words("申请挂账", "ask to park it"),
}
"""Commands that are only requests where a handler gives them, by what they are then."""

CLOSED_AS_WORDS: Mapping[str, Words] = {
    "handled": Words("处置结案", "closed after handling"),
    "settled": Words("当场整改结案", "closed as settled on the spot"),
    "informed": Words("告知结案", "closed by informing"),
}

ARGUMENT_WORDS: Mapping[str, Words] = {
    "reason": Words("理由", "reason"),
    "note": Words("说明", "note"),
    "office": Words("机构", "office"),
    "evidence": Words("证据", "evidence"),
    "task": Words("任务", "task"),
    "result": Words("结果", "result"),
    "until": Words("截至日期", "until"),
    "tier": Words("层级", "tier"),
    "into": Words("并入的案件", "case to merge into"),
    "severity": Words("等级", "severity"),
}

ROLE_WORDS: Mapping[str, Words] = {
    "worker": Words("网格员", "grid worker"),
    "acceptor": Words("受理员", "acceptor"),
    "dispatcher": Words("派遣员", "dispatcher"),
    "handler": Words("处置人员", "handler"),
    "supervisor": Words("督查", "supervisor"),
}

TIER_WORDS: Mapping[str, Words] = {
    "grid": Words("网格", "grid"),
    "village": Words("村（社区）", "village"),
    "town": Words("镇街", "town"),
    "county": Words("县（区）", "county"),
    "city": Words("市", "city"),
}

SEVERITY_WORDS: Mapping[str, Words] = {
    "minor": Words("一般", "minor"),
    "major": Words("较大", "major"),
    "critical": Words("重大", "critical"),
}

HANDLER_WORDS: Mapping[str, Words] = {
    "owner": Words("业主", "the owner"),
    "reporter": Words("上报人", "the reporter"),
    "community": Words("属地村（社区）", "the community"),
    "town": Words("镇街中心", "the town's centre"),
    "county": Words("县（区）中心", "the county's centre"),
}
"""Handlers every area has without a department declaring them."""

_EVIDENCE = {
    "photo": Words("照片", "photo"),
    "video": Words("视频", "video"),
    "note": Words("文字说明", "note"),
    "signature": Words("签名", "signature"),
}
_SIGNERS = {
    "owner": Words("业主", "the owner"),
    "worker": Words("网格员", "a worker"),
    "handler": Words("处置人员", "a handler"),
}


def result_words(kind: str, result: str) -> Words:
    """How a task of `kind` ended: a check says what was found there."""
    return CHECK_RESULT_WORDS.get(kind, RESULT_WORDS).get(result) or RESULT_WORDS[result]


def clock_words(finding: Finding, step: str, stage: str | None) -> Words:
    """What a clock measures: a step or a task, or a stage of handling by the title that the item gives it."""
    words = CLOCK_WORDS[step]
    title = next((each.label for each in finding.stages if each.name == stage), stage)
    return Words(f"{words.zh}（{title}）", f"{words.en} ({title})") if title else words


def evidence_words(kind: str, by: str | None, count: int) -> Words:
    """`业主签名 1 份`, `1 signature by the owner`."""
    thing = _EVIDENCE[kind]
    plural = thing.en if count == 1 else f"{thing.en}s"
    if by is None:
        return Words(f"{thing.zh} {count} 份", f"{count} {plural}")
    return Words(f"{_SIGNERS[by].zh}{thing.zh} {count} 份", f"{count} {plural} by {_SIGNERS[by].en}")


def join_words(parts: Sequence[Words]) -> Words:
    """A list as one text: `甲、乙`, `a, b`."""
    return Words("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))
