"""What a check hands back, and the words most of them need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gewu_dsl.diagnostics import Fix, Text
from gewu_dsl.fixes import replace
from gewu_dsl.model import BUILT_IN_OFFICES
from gewu_dsl.names import Miss, Sort, near
from gewu_dsl.tree import Span
from gewu_dsl.words import ANSWER_WORDS, LEVEL_WORDS, OFFICE_WORDS, Language


@dataclass(frozen=True, slots=True)
class Remark:
    """A mistake at a place. `file` is None for the file of what is being checked."""

    span: Span
    message: Text
    help: Text = Text("", "")
    file: str | None = None
    counterexample: Mapping[str, Any] | None = None
    fixes: tuple[Fix, ...] = ()


_SORTS = {
    "number": Text("数字", "a number"),
    "text": Text("文本", "text"),
    "date": Text("日期", "a date"),
    "time": Text("时刻", "a time"),
    "choice": Text("单选", "one of its choices"),
    "choices": Text("多选", "any of its choices"),
    "yes_no": Text("是或否", "yes or no"),
    "check": Text("检查结果（是、否、不适用）", "a check's answer (yes, no or na)"),
    "severity": Text("等级（一般、较大、重大）", "a severity (minor, major or critical)"),
    "finding": Text("情形", "a finding"),
    "kind": Text("台账种类", "a kind of place"),
    "class": Text("区域类别（A、B、C）", "a class of area (A, B or C)"),
    "open": Text("名称", "a name"),
    "location": Text("位置", "a location"),
    "condition": Text("条件（成立或不成立）", "a condition (true or false)"),
    "unknown": Text("未知", "something unknown"),
}


def word_sort(sort: Sort) -> Text:
    """What values of a sort are called."""
    return _SORTS[sort.kind]


def suggest(name: str, candidates: Iterable[str], otherwise: Text) -> Text:
    """“Did you mean …?” with the nearest candidate and what else there is, or `otherwise` where there is none."""
    names = list(dict.fromkeys(candidates))
    if not names:
        return otherwise
    chinese = _in_chinese(names)
    spelled = {chinese.get(each, each): each for each in names} | {each: each for each in names}
    meant = next((spelled[each] for each in near(name, spelled)), None)
    zh, en = "、".join(chinese.get(each, each) for each in names[:8]), ", ".join(names[:8])
    if len(names) > 8:
        zh, en = f"{zh}……", f"{en}, …"
    if meant is None:
        return Text(f"可以写：{zh}。", f"write one of: {en}.")
    if len(names) == 1:
        return Text(f"是不是想写“{chinese.get(meant, meant)}”？", f"did you mean `{meant}`?")
    return Text(
        f"是不是想写“{chinese.get(meant, meant)}”？可以写：{zh}。",
        f"did you mean `{meant}`? There are: {en}.",
    )


def offer(miss: Miss, language: Language, prefix: str = "") -> tuple[Fix, ...]:
    """A fix for every name that was likely meant, spelt in the language of the file."""
    chinese = _in_chinese(list(dict.fromkeys(miss.candidates)))
    spelled: dict[str, str] = {}
    for name in miss.candidates:
        translated = chinese.get(name, name)
        spelled |= dict.fromkeys((name, translated), translated if language == "zh" else name)
    likely = dict.fromkeys(spelled[each] for each in near(miss.name, spelled))
    return tuple(replace(miss.span, prefix + each) for each in likely)


def _in_chinese(names: list[str]) -> dict[str, str]:
    """The built-in ones among the names in Chinese words; an author's own names stay as they are."""
    if set(BUILT_IN_OFFICES) <= set(names):
        return OFFICE_WORDS
    if set(names) <= set(_ANSWERS) or set(names) == set(_LEVELS):
        return _ANSWERS | _LEVELS
    return {}


_ANSWERS = {keyword.en[0]: keyword.zh[0] for keyword in ANSWER_WORDS}
_LEVELS = {keyword.en[0]: keyword.zh[0] for keyword in LEVEL_WORDS}
