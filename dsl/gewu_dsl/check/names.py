"""G2: names that stand for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from gewu_dsl import fixes, model
from gewu_dsl.check.remarks import Remark, offer, suggest
from gewu_dsl.check.types import conditions_in
from gewu_dsl.diagnostics import Fix, Text
from gewu_dsl.names import Field, Miss
from gewu_dsl.resolve.binding import Names
from gewu_dsl.resolve.scopes import Unit
from gewu_dsl.words import FACT_WORDS, HISTORY_WORDS, PLACE_HEAD, read_numeral

_FACTS_ZH = {**FACT_WORDS, "severity": "等级", "finding": "情形"}


def names_are_questions_or_lets(names: Names) -> Iterator[Remark]:
    for miss in _misses(names, "name"):
        message = Text(
            f"没有叫“{miss.name}”的问题或计算，这里就不知道该读什么。",
            f"There is no question or let called `{miss.name}`, so there is nothing to read here.",
        )
        owner = next((asked for asked in names.fields.values() if miss.name in asked.choices), None)
        offered = offer(miss, names.language)
        if owner is not None:
            offered = _ask_for_choice(names, miss, owner)
            help = Text(
                f"“{miss.name}”是问题“{owner.name}”的选项，写成：{owner.name} = {miss.name}。",
                f"`{miss.name}` is a choice of `{owner.name}`: write {owner.name} = {miss.name}.",
            )
        elif (numeral := read_numeral(miss.name)) is not None and numeral[1] == len(miss.name):
            help = Text(f"数要写数字：{numeral[0]}。", f"write a number in digits: {numeral[0]}.")
            offered = (fixes.replace(miss.span, numeral[0]),)
        else:
            missing = Text(f"先写：询问 {miss.name} ……", f"first write: ask {miss.name} …")
            help = suggest(miss.name, miss.candidates, missing)
        yield Remark(miss.span, message, help, fixes=offered)


def _ask_for_choice(names: Names, miss: Miss, owner: Field) -> tuple[Fix, ...]:
    """A choice alone where a condition belongs asks whether its question has that answer."""
    if not any(node.span == miss.span for node in conditions_in(names)):
        return ()
    sign = fixes.say("_INCLUDES", names.language) if owner.sort.kind == "choices" else "="
    return (fixes.replace(miss.span, f"{owner.name} {sign} {miss.name}"),)


def choices_belong_to_their_question(names: Names) -> Iterator[Remark]:
    for miss in _misses(names, "choice"):
        subject_zh, subject_en = (
            (f"“{_FACTS_ZH.get(miss.where, miss.where)}”", f"`{miss.where}`")
            if miss.where
            else ("左边", "the other side")
        )
        message = Text(
            f"{subject_zh}没有“{miss.name}”这个选项，谁也选不到它。",
            f"{subject_en} has no choice `{miss.name}`: nobody could ever pick it.",
        )
        help = suggest(miss.name, miss.candidates, Text("", ""))
        yield Remark(miss.span, message, help, fixes=offer(miss, names.language))


def offices_exist(names: Names) -> Iterator[Remark]:
    for miss in _misses(names, "office"):
        message = Text(
            f"没有叫“{miss.name}”的机构，案件会派不出去。",
            f"There is no office `{miss.name}`, so a case could not be dispatched.",
        )
        help = suggest(miss.name, miss.candidates, Text("", ""))
        if set(miss.candidates) == set(model.BUILT_IN_OFFICES):
            help = Text(
                f"在部门下写：机构 {miss.name.rpartition('.')[2]} “名称” 级别 镇。",
                f'declare it: office {miss.name.rpartition(".")[2]} "name" at town.',
            )
        offered = offer(miss, names.language)
        if miss.where:
            help = Text(
                f"“{miss.name}”是机构 {miss.where} 的名称，这里写它的代码：{miss.where}。",
                f"“{miss.name}” is the title of an office; write its code here: {miss.where}.",
            )
            offered = (fixes.replace(miss.span, miss.where),)
        yield Remark(miss.span, message, help, fixes=offered)


def place_kinds_are_declared(names: Names) -> Iterator[Remark]:
    for miss in _misses(names, "kind"):
        message = Text(
            f"没有叫“{miss.name}”的台账，不知道有哪些场所要去。",
            f"There is no register `{miss.name}`, so nobody knows which places these are.",
        )
        missing = Text(f"先写：台账 {miss.name} “名称” ……", f'first write: place {miss.name} "label" …')
        help = suggest(miss.name, miss.candidates, missing)
        yield Remark(miss.span, message, help, fixes=offer(miss, names.language))


def attributes_are_in_the_register(names: Names) -> Iterator[Remark]:
    for miss in _misses(names, "attribute"):
        message = Text(
            f"台账里没有“{miss.name}”这一项，这里读到的永远是空白。",
            f"No register has `{miss.name}`, so this would always read a blank.",
        )
        missing = Text(f"在台账下写：询问 {miss.name} ……", f"in the register write: ask {miss.name} …")
        help = suggest(miss.name, miss.candidates, missing)
        head = PLACE_HEAD[names.language == "zh"]
        yield Remark(miss.span, message, help, fixes=offer(miss, names.language, f"{head}."))


def findings_and_stages_exist(names: Names) -> Iterator[Remark]:
    for miss in _misses(names, "finding", "stage"):
        what = Text("情形", "finding") if miss.what == "finding" else Text("阶段", "stage")
        message = Text(
            f"没有叫“{miss.name}”的{what.zh}，这里说的事永远不会发生。",
            f"There is no {what.en} `{miss.name}`, so what is said here can never happen.",
        )
        missing = Text(f"先写一个{what.zh}。", f"first write a {what.en}.")
        help = suggest(miss.name, miss.candidates, missing)
        yield Remark(miss.span, message, help, fixes=offer(miss, names.language))


def functions_are_known(names: Names) -> Iterator[Remark]:
    for miss in _misses(names, "function"):
        message = Text(
            f"没有叫“{miss.name}”的函数，这个值算不出来。",
            f"There is no function `{miss.name}`, so this value cannot be computed.",
        )
        help = Text(
            "可以用：案件数(30 自然日)、巡查数(30 自然日)。",
            "there are: cases_in(30 days), visits_in(30 days).",
        )
        known = HISTORY_WORDS.values() if names.language == "zh" else HISTORY_WORDS
        yield Remark(miss.span, message, help, fixes=fixes.rename(miss.span, miss.name, known))


def items_belong_to_a_department(unit: Unit) -> Iterator[Remark]:
    for miss in unit.misses:
        code, dot, _ = miss.name.partition(".")
        if not dot:
            message = Text(
                f"事项“{miss.name}”没有写明是哪个部门的，没有人会收到它的案件。",
                f"Item `{miss.name}` does not say whose it is, so nobody would receive its cases.",
            )
            first = miss.candidates[0] if miss.candidates else "department"
            help = Text(f"写成：事项 {first}.{miss.name} ……", f"write: item {first}.{miss.name} …")
            offered = tuple(fixes.replace(miss.span, f"{each}.{miss.name}") for each in miss.candidates[:3])
        else:
            message = Text(
                f"没有叫“{code}”的部门，事项“{miss.name}”就没有人负责。",
                f"There is no department `{code}`, so nobody answers for item `{miss.name}`.",
            )
            missing = Text(f"先写：部门 {code} “名称”。", f'first write: department {code} "name".')
            help = suggest(code, miss.candidates, missing)
            offered = fixes.rename(fixes.part(miss.span, 0, len(code)), code, miss.candidates)
        yield Remark(miss.span, message, help, miss.file, fixes=offered)


def _misses(names: Names, *what: str) -> Iterator[Miss]:
    return (miss for miss in names.misses if miss.what in what)
