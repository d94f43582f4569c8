"""A derivation in plain words, told from its stored JSON: what was counted, what was not, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from gewu_dsl.render import limit_words
from gewu_dsl.words import Language
from gewu_platform.core.clock import DAY
from gewu_platform.core.limits import parse_limit
from gewu_platform.core.words import Words

REASON_WORDS: Mapping[str, Words] = {
    "always": Words("全天计时", "the clock never stops"),
    "workday": Words("工作日", "workday"),
    "make-up workday": Words("调休上班", "make-up workday"),
    "weekend": Words("周末", "weekend"),
    "holiday": Words("节假日", "holiday"),
    "lunch": Words("午休", "lunch break"),
    "outside hours": Words("非工作时间", "outside working hours"),
    "pause": Words("暂停计时", "clock paused"),
}
CAUSE_WORDS: Mapping[str, Words] = {
    "parked": Words("挂账", "parked"),
    "check": Words("等待核查反馈", "a check was awaited"),
    "verification": Words("已办结送核查，后返工", "handled and being verified, then sent back"),
}
_WEEKDAYS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def describe(derivation: Mapping[str, Any], language: Language) -> list[str]:
    """The JSON of a derivation in plain words, one line a step; the totals end at the whole limit, leg by leg."""
    chinese = language == "zh"
    limit = limit_words(parse_limit(derivation["limit"]), language)
    start, end = (_moment(datetime.fromisoformat(derivation[key]), language) for key in ("from", "due"))
    lines = [f"自 {start} 起，时限 {limit}" if chinese else f"From {start}, limit {limit}"]
    total: float = 0
    leg = 0
    for part in derivation["timeline"]:
        if part.get("leg", 0) != leg:
            leg, total = part["leg"], 0
            lines.append(_extension(derivation["legs"][leg], leg, language))
        if part["kind"] == "counted":
            total += part["minutes"]
        lines.append(_line(part, total, language))
    lines.append(f"到期 {end}" if chinese else f"Due {end}")
    lines.append(_certainty(derivation, language))
    return lines


def reason_words(reason: str, language: Language) -> str:
    """Why a day or a stretch counted or did not, as the JSON has it: `holiday: 春节`."""
    kind, _, name = reason.partition(": ")
    why = REASON_WORDS[kind].text(language)
    if kind == "pause" and name:
        name = CAUSE_WORDS[name].text(language) if name in CAUSE_WORDS else name
    if not name:
        return why
    return f"{why}（{name}）" if language == "zh" else f"{why} ({name})"


def _line(part: Mapping[str, Any], total: float, language: Language) -> str:
    start, end = (datetime.fromisoformat(part[key]) for key in ("from", "to"))
    stretch = _stretch(start, end, language)
    why, chinese = reason_words(part["reason"], language), language == "zh"
    if part["kind"] != "counted":
        return f"不计 {stretch}：{why}" if chinese else f"Skipped {stretch}: {why}"
    minutes, whole = _number(part["minutes"]), _number(total)
    if chinese:
        return f"计入 {stretch}：{why}，{minutes} 分钟，累计 {whole} 分钟"
    return f"Counted {stretch}: {why}, {minutes} minutes, {whole} so far"


def _extension(leg: Mapping[str, Any], number: int, language: Language) -> str:
    limit = limit_words(parse_limit(leg["limit"]), language)
    start = _moment(datetime.fromisoformat(leg["from"]), language)
    if language == "zh":
        return f"第 {number} 次延期：自 {start} 起，再计 {limit}"
    return f"Extension {number}: from {start}, once more {limit}"


def _certainty(derivation: Mapping[str, Any], language: Language) -> str:
    code, version, confirmed = (derivation["calendar"][key] for key in ("code", "version", "confirmed_until"))
    if language == "zh":
        source = f"日历 {code} 第 {version} 版，放假安排已确认至 {confirmed}"
        return f"{source}；此后的安排尚未公布，到期时间为暂定" if derivation["provisional"] else source
    source = f"Calendar {code}, version {version}, confirmed until {confirmed}"
    return (
        f"{source}; days beyond are not published yet: provisional" if derivation["provisional"] else source
    )


def _stretch(start: datetime, end: datetime, language: Language) -> str:
    if end - start == DAY and start.time() == end.time() == time():
        return _day_name(start, language)
    if end > start and start.time() == end.time() == time():
        last = _day_name(end - DAY, language)
        return f"{_day_name(start, language)} {'至' if language == 'zh' else 'to'} {last}"
    shown = _clock_time(end) if start.date() == end.date() else _moment(end, language)
    return f"{_moment(start, language)} – {shown}"


def _moment(moment: datetime, language: Language) -> str:
    return f"{_day_name(moment, language)}{'' if language == 'zh' else ' '}{_clock_time(moment)}"


def _day_name(moment: datetime, language: Language) -> str:
    weekday = _WEEKDAYS[language][moment.weekday()]
    return f"{moment.date()}（{weekday}）" if language == "zh" else f"{moment.date()} ({weekday})"


def _number(minutes: float) -> str:
    return f"{minutes:.2f}".rstrip("0").rstrip(".")


def _clock_time(moment: datetime) -> str:
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
