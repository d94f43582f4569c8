"""The words for states, steps, commands, roles and evidence, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gewu_platform.core.words import Words

STATE_WORDS: Mapping[str, Words] = {
    "reported": Words("待受理", "waiting to be accepted"),
    "accepted": Words("待立案", "waiting to be filed"),
    "filed": Words("待派遣", "waiting to be dispatched"),
    "dispatched": Words("待处置", "waiting to be handled"),
    "handling": Words("处置中", "being handled"),
    "handled": Words("待核查", "waiting to be verified"),
    "verified": Words("待结案", "waiting to be closed"),
    "closed": Words("已结案", "closed"),
    "refused": Words("不予受理", "refused"),
    "void": Words("已作废", "void"),
    "returned": Words("已退回", "returned"),
}

STEP_WORDS: Mapping[str, Words] = {
    "accept": Words("受理", "accept"),
    "file": Words("立案", "file"),
    "dispatch": Words("派遣", "dispatch"),
    "handle": Words("处置", "handle"),
    "verify": Words("核查", "verify"),
    "close": Words("结案", "close"),
}

COMMAND_WORDS: Mapping[str, Words] = {
    **STEP_WORDS,
    "refuse": Words("不予受理", "refuse"),
    "return": Words("退回", "return"),
    "confirm": Words("处置完成", "confirm as handled"),
    "verify": Words("核查通过", "verify"),
    "rework": Words("返工", "rework"),
    "void": Words("作废", "void"),
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
