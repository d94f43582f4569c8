"""G6: questions that no answer fits, that wait for each other, and forms of which nothing comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil, floor

from gewu_dsl import fixes, model, tree
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Edit, Fix, Text
from gewu_dsl.names import Field
from gewu_dsl.phrases import Phrases
from gewu_dsl.resolve.binding import Names
from gewu_dsl.resolve.clauses import Clauses
from gewu_dsl.resolve.scopes import ItemScope

_MOST_NAMED = 3


def ranges_hold_an_answer(names: Names) -> Iterator[Remark]:
    for asked in names.fields.values():
        bounds = asked.modifiers.get(tree.Range)
        if asked.type != "integer" or not isinstance(bounds, tree.Range):
            continue
        low, high = asked.low, asked.high
        if low is not None and high is not None and low <= high and ceil(low) > floor(high):
            message = Text(
                f"从 {bounds.low.value} 到 {bounds.high.value} 之间没有整数，这道题怎么填都不对。",
                f"There is no whole number from {bounds.low.value} to {bounds.high.value}: no answer could be right.",
            )
            help = Text(
                "把范围写宽，或者把题型改成：数值。", "widen the range, or make it a `decimal` question."
            )
            yield Remark(bounds.span, message, help, fixes=_as_decimal(asked, names))


def counts_can_be_reached(names: Names) -> Iterator[Remark]:
    for asked in names.fields.values():
        least, most = asked.modifiers.get(tree.AtLeast), asked.modifiers.get(tree.AtMost)
        if isinstance(most, tree.AtMost) and most.count == 0:
            yield Remark(most.span, _NOTHING, _NOTHING_HELP, fixes=(fixes.delete(most.span),))
        if isinstance(least, tree.AtLeast) and asked.type == "any_of" and least.count > len(asked.choices):
            count = len(asked.choices)
            message = Text(
                f"至少选 {least.count} 项，可是一共只有 {count} 个选项，这道题怎么填都不对。",
                f"At least {least.count} are to be chosen of {count}: no answer could be right.",
            )
            help = Text(f"写成：至少 {count}。", f"write: at least {count}.")
            text = _modifier(tree.AtLeast(count), names)
            yield Remark(least.span, message, help, fixes=(fixes.replace(least.span, text),))


def counts_ask_for_something(names: Names) -> Iterator[Remark]:
    for asked in names.fields.values():
        least = asked.modifiers.get(tree.AtLeast)
        if not isinstance(least, tree.AtLeast) or least.count > 0:
            continue
        if asked.optional:
            offered = (fixes.delete(least.span),)
            help = Text("删掉“至少 0”。", "delete `at least 0`.")
        else:
            offered = (fixes.replace(least.span, _modifier(tree.Optional(), names)),)
            help = Text("可以不填就写：选填。", "where it may be left blank, write: optional.")
        yield Remark(least.span, _STILL_OPTIONAL if asked.optional else _AT_LEAST_NONE, help, fixes=offered)


def questions_do_not_wait_for_each_other(names: Names) -> Iterator[Remark]:
    reads = _shown_by(names)
    for circle in _circles(reads):
        for name in circle:
            condition = names.fields[name].shown_when
            if condition is not None:
                yield Remark(condition.span, _waiting(name, circle), _CIRCLE_HELP)


def _waiting(name: str, circle: list[str]) -> Text:
    if len(circle) == 1:
        return Text(
            f"“{name}”显示不显示要看它自己的答案：没有显示就没有答案，没有答案就不显示。",
            f"Whether `{name}` is shown depends on its own answer: hidden it has none, and without one it is hidden.",
        )
    others = [each for each in circle[: _MOST_NAMED + 1] if each != name][:_MOST_NAMED]
    more = len(circle) > _MOST_NAMED + 1
    zh, en = "、".join(others) + "……" * more, ", ".join(others) + ", …" * more
    return Text(
        f"“{name}”显示不显示要看“{zh}”，“{zh}”显示不显示又要看“{name}”：从空白的表开始，填的人等不到它们。",
        f"Whether `{name}` is shown depends on {en}, and that depends on `{name}`: on a blank form nobody can tell "
        "which comes first.",
    )


def forms_lead_to_something(item: ItemScope) -> Iterator[Remark]:
    if item.findings or item.damaged:
        return
    if not item.names.fields:
        yield Remark(item.node.name.span, _EMPTY, _EMPTY_HELP)
    elif _says_anything(item.defaults) or item.each(tree.Exclude):
        yield Remark(item.node.name.span, _NO_FINDING, _NO_FINDING_HELP)


def evidence_is_asked_for_once(item: ItemScope) -> Iterator[Remark]:
    for clauses in (item.defaults, *(finding.own for finding in item.findings.values())):
        evidence = clauses.closing.evidence if clauses.closing else ()
        for index, each in enumerate(evidence):
            first = next((b for b in evidence[:index] if (b.kind, b.by) == (each.kind, each.by)), None)
            if first is None:
                continue
            say = Phrases(item.names.language).evidence
            both = say(tree.Evidence(each.kind, each.count + first.count, each.by))
            message = Text(
                "同一种材料写了两遍，只算多的那一个，不会相加。",
                "The same kind of evidence is asked for twice: only the larger number counts, they do not add up.",
            )
            help = Text(f"合起来写一次，例如：{both}。", f"say it once, e.g. {both}.")
            spare = Edit(fixes.join(fixes.end_of(evidence[index - 1].span), each.span), "")
            edits = (spare,) if first.count >= each.count else (Edit(first.span, say(each)), spare)
            yield Remark(each.span, message, help, fixes=(Fix(_ONLY_THE_LARGER, edits),))


def _shown_by(names: Names) -> dict[str, set[str]]:
    """For every question with a condition those whose answers it reads, also through lets."""
    shown = {id(asked.shown_when): name for name, asked in names.fields.items() if asked.shown_when}
    reads: dict[str, set[str]] = {name: set() for name in shown.values()}
    for node, site in names.each(tree.Reference) + names.each(tree.Fact) if shown else ():
        name = shown.get(id(site.expression))
        if name is not None:
            reads[name] |= _answers_in(names, node)
    return reads


def _answers_in(names: Names, node: tree.Expression) -> set[str]:
    meaning = names.bound.get(id(node))
    if isinstance(meaning, model.Answer):
        return {meaning.question}
    found: set[str] = set()
    waiting = [meaning.name] if isinstance(meaning, model.Derived) else []
    seen = set(waiting)
    while waiting:
        for part in tree.walk(names.lets[waiting.pop()].value):
            inner = names.bound.get(id(part))
            if isinstance(inner, model.Answer):
                found.add(inner.question)
            elif isinstance(inner, model.Derived) and inner.name not in seen:
                seen.add(inner.name)
                waiting.append(inner.name)
    return found


def _circles(reads: dict[str, set[str]]) -> Iterator[list[str]]:
    """The questions that read each other, circle by circle, each in the order of the form; in linear time."""
    order = _finished(reads, reads)
    backwards: dict[str, set[str]] = {name: set() for name in reads}
    for name, others in reads.items():
        for other in others & reads.keys():
            backwards[other].add(name)
    places = {name: index for index, name in enumerate(reads)}
    seen: set[str] = set()
    for name in reversed(order):
        circle = [each for each in _finished(backwards, [name], seen) if each in places]
        if len(circle) > 1 or any(each in reads[each] for each in circle):
            yield sorted(circle, key=places.__getitem__)


def _finished(graph: dict[str, set[str]], starts: Iterable[str], seen: set[str] | None = None) -> list[str]:
    """What is reached and was not `seen` before, each after what is reached from it."""
    seen = set() if seen is None else seen
    order: list[str] = []
    for start in starts:
        waiting = [(start, False)]
        while waiting:
            name, done = waiting.pop()
            if done:
                order.append(name)
            elif name not in seen:
                seen.add(name)
                waiting.append((name, True))
                waiting.extend((each, False) for each in graph.get(name, ()) if each not in seen)
    return order


def _as_decimal(asked: Field, names: Names) -> tuple[Fix, ...]:
    node = asked.node
    if not isinstance(node, tree.Ask):
        return ()
    return (fixes.replace(node.type.span, fixes.say("DECIMAL", names.language)),)


def _modifier(node: tree.Modifier, names: Names) -> str:
    return " ".join(piece.text for piece in Phrases(names.language).modifier(node))


def _says_anything(clauses: Clauses) -> bool:
    """Whether the item's defaults say what becomes of a case."""
    return bool(
        clauses.severity or clauses.route or clauses.on_site or clauses.limits or clauses.stages
        or clauses.ladder or clauses.closing
    )  # fmt: skip


_ONLY_THE_LARGER = Text("只留多的那一个", "keep the larger number only")
_NOTHING = Text(
    "至多 0 就是什么都不能填，这道题怎么填都不对。", "At most 0 means none at all: no answer could be right."
)
_NOTHING_HELP = Text("写 1 或更多，或者删掉它。", "write 1 or more, or delete it.")
_STILL_OPTIONAL = Text(
    "至少 0 什么也没有要求：选填的题本来就可以不填。",
    "At least 0 asks for nothing: an optional question may be left blank anyway.",
)
_AT_LEAST_NONE = Text(
    "至少 0 什么也没有要求；题目没有写“选填”，还是必须填。",
    "At least 0 asks for nothing; without `optional` the question has to be answered all the same.",
)
_CIRCLE_HELP = Text(
    "让其中一道题的“当”不看另一道的答案。", "let the `when` of one of them read something else."
)
_EMPTY = Text(
    "这个事项没有问题，也没有情形：表是空的，什么也报不上来。",
    "This item has no questions and no findings: its form is empty and nothing can be reported.",
)
_EMPTY_HELP = Text(
    "写一条检查或者一个情形，例如：情形 破损 “井盖破损”。",
    'write a check or a finding, e.g. finding broken "Broken".',
)
_NO_FINDING = Text(
    "这个事项写了案件怎么办，却没有情形也没有检查：填了表也不会立案。",
    "This item says what becomes of a case, but has neither findings nor checks: no report ever makes one.",
)
_NO_FINDING_HELP = Text(
    "写一个情形，例如：情形 破损 “井盖破损” 当 ……；只登记、不立案的事项，把派往、时限、结案都删掉。",
    'write a finding, e.g. finding broken "Broken" when …; where nothing but data is collected, delete the other clauses.',
)
