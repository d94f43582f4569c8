"""Runs the examples of an item through its rules and says where they differ from what is expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gewu_dsl.answers import answers_from_form, decide_answers, split_given
from gewu_dsl.decision import DecidedFinding, Decision, Reason
from gewu_dsl.diagnostics import Diagnostic, Text, diagnose
from gewu_dsl.model import Branches, Duration, Example, Expected, Expression, Finding, Item
from gewu_dsl.render import expression_words, limit_words, word
from gewu_dsl.rules import Rules, compile_rules
from gewu_dsl.rules.source import condition_of
from gewu_dsl.tree import Span
from gewu_dsl.words import FACT_WORDS, PLACE_HEAD


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that came out otherwise: `index` among the item's examples, every difference, and the sheet."""

    index: int
    differences: tuple[Text, ...]
    answers: Mapping[str, Any]
    context: Mapping[str, Any]


def run_examples(item: Item, rules: Rules | None = None) -> list[Failure]:
    """The examples that fail, in their order.

    An example is a sheet: required answers that it leaves out are no mistake, unless it expects a refusal.
    """
    rules = rules or (compile_rules(item) if item.examples else None)
    failures: list[Failure] = []
    for index, example in enumerate(item.examples):
        if rules is None:
            break
        answers, context = sheet_of(item, example)
        partial = example.outcome != "refused"
        decision = decide_answers(rules, answers, context, partial=partial, traced=False)
        if any(_differences(item, example, decision)):
            decision = decide_answers(rules, answers, context, partial=partial)  # now with the reasons
            differences = tuple(_differences(item, example, decision))
            failures.append(Failure(index, differences, answers, context))
    return failures


def sheet_of(item: Item, example: Example) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers and the context that an example gives; a location is written as a text `lat,lng`."""
    answers, context = split_given(item, example.given)
    located = {q.name: answers[q.name] for q in item.questions if q.type == "location" and q.name in answers}
    return {**answers, **answers_from_form(item, located)}, context


def diagnose_examples(rules: Rules, spans: list[Span], file: str) -> list[Diagnostic]:
    """Every failing example as G701; `spans` are the places of the item's examples."""
    item = rules.item
    found: list[Diagnostic] = []
    for failure in run_examples(item, rules):
        title = item.examples[failure.index].title
        message = Text(
            f"示例“{title}”的结果和预期不一样：" + "；".join(each.zh for each in failure.differences) + "。",
            f"Example “{title}” comes out differently: "
            + "; ".join(each.en for each in failure.differences)
            + ".",
        )
        sheet = {"answers": dict(failure.answers), "context": dict(failure.context)}
        found.append(diagnose("G701", file, spans[failure.index], message, _HELP, sheet))
    return found


def _differences(item: Item, example: Example, decision: Decision) -> Iterator[Text]:
    outcome = _outcome(decision)
    if example.outcome == "refused":
        refused = {each.question for each in decision.refused}
        for question in example.refused:
            if question not in refused:
                yield Text(
                    f"预期拒收 {question}，实际{outcome.zh}", f"expected refused {question}, got {outcome.en}"
                )
    elif example.outcome == "findings" and not decision.refused and decision.excluded is None:
        yield from _compare_findings(item, example, decision)
    elif (
        (example.outcome == "excluded") != (decision.excluded is not None)
        or decision.refused
        or decision.findings
    ):
        expected = _expected(example)
        yield Text(f"预期{expected.zh}，实际{outcome.zh}", f"expected {expected.en}, got {outcome.en}")


def _expected(example: Example) -> Text:
    if example.outcome == "findings":
        names = [each.finding for each in example.expected]
        return Text("情形 " + "、".join(names), ", ".join(names))
    return {"nothing": Text("无", "nothing"), "excluded": Text("不采集", "excluded")}[example.outcome]


def _outcome(decision: Decision) -> Text:
    if decision.refused:
        zh = "、".join(f"{each.question}（{each.message}）" for each in decision.refused)
        en = ", ".join(f"{each.question} ({each.message_en})" for each in decision.refused)
        return Text(f"拒收 {zh}", f"refused {en}")
    if decision.excluded is not None:
        return Text(f"不采集（{decision.excluded}）", f"excluded ({decision.excluded})")
    if not decision.findings:
        return Text("无", "nothing")
    names = [finding.name for finding in decision.findings]
    return Text("情形 " + "、".join(names), "findings " + ", ".join(names))


def _compare_findings(item: Item, example: Example, decision: Decision) -> Iterator[Text]:
    found = {finding.name: finding for finding in decision.findings}
    for expected in example.expected:
        finding = found.pop(expected.finding, None)
        if finding is None:
            outcome = _outcome(decision)
            yield Text(
                f"预期有情形 {expected.finding}，实际{outcome.zh}",
                f"expected {expected.finding}, got {outcome.en}",
            )
        else:
            yield from _compare(item, expected, finding)
    for finding in found.values():
        why = _because(item, finding, "finding")
        yield Text(f"多出情形 {finding.name}{why.zh}", f"there is also {finding.name}{why.en}")


def _compare(item: Item, expected: Expected, actual: DecidedFinding) -> Iterator[Text]:
    route = actual.route
    stages = {stage.name: stage.limit for stage in actual.stages}
    pairs: list[tuple[str, object, object]] = [
        ("severity", expected.severity, actual.severity),
        ("route", expected.handler, route.handler),
        ("under", expected.supervising, route.supervising),
        ("on site", expected.on_site, actual.on_site),
    ]
    pairs += [
        ("with", office, office if office in route.assisting else None) for office in expected.assisting
    ]
    pairs += [(step, limit, actual.limits.get(step)) for step, limit in expected.limits.items()]
    pairs += [(f"stage {name}", limit, stages.get(name)) for name, limit in expected.stages.items()]
    for aspect, wanted, got in pairs:
        if wanted is None or wanted == got:
            continue
        why = _because(item, actual, aspect)
        yield Text(
            f"{actual.name} 的{_aspect(aspect)}预期 {_say(wanted)}，实际 {_say(got)}{why.zh}",
            f"{aspect} of {actual.name} expected {wanted}, got {'none' if got is None else got}{why.en}",
        )


def _aspect(aspect: str) -> str:
    """A clause as a Chinese author writes it."""
    head, _, name = aspect.partition(" ")
    return f"阶段 {name} " if head == "stage" else _CLAUSES_ZH.get(aspect) or word(aspect)


def _say(value: object) -> str:
    if value is None:
        return "没有"
    return limit_words(value) if isinstance(value, Duration) else word(str(value))


def _because(item: Item, finding: DecidedFinding, clause: str) -> Text:
    """The branch that decided a clause, and what it saw."""
    reason = next((each for each in finding.trace if each.clause == clause), None)
    condition = _condition(item.finding(finding.name), reason) if reason else None
    if reason is None or condition is None:
        return Text("", "")
    saw = "，".join(f"{_subject_zh(name)} = {_answer_zh(value)}" for name, value in reason.saw.items())
    saw_en = ", ".join(
        f"{name} = {'blank' if value is None else value}" for name, value in reason.saw.items()
    )
    return Text(
        f"（因为 {expression_words(condition, item, 'zh')}：{saw}）", f" (because {reason.because}: {saw_en})"
    )


def _condition(finding: Finding, reason: Reason) -> Expression | None:
    """The condition of the branch that decided; None for `otherwise` and for a single value."""
    if reason.clause == "finding":
        return condition_of(finding)
    lists: dict[str, Branches[Any]] = dict(finding.limits.items())
    lists |= {"severity": finding.severity, "route": finding.route}
    return lists[reason.clause][reason.branch - 1].when


def _subject_zh(name: str) -> str:
    """What a condition reads as a Chinese author types it."""
    head, dot, attribute = name.partition(".")
    if name in FACT_WORDS:
        return FACT_WORDS[name]
    return f"{PLACE_HEAD[1]}.{attribute}" if dot and head == PLACE_HEAD[0] else name


def _answer_zh(value: object) -> str:
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    return "未填" if value is None else word(str(value))


_CLAUSES_ZH = {"severity": "等级", "route": "派往", "under": "主管", "with": "协办", "on site": "当场整改"}
_HELP = Text("改事项的规定，或者改示例的预期。", "change the item, or what the example expects.")
