"""G3: modifiers that do not fit their question, bounds the wrong way round, statements written twice."""

from __future__ import annotations

from collections.abc import Iterator

from gewu_dsl import model, tree
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Text
from gewu_dsl.fixes import delete, end_of, join, replace, say, swap
from gewu_dsl.names import UNKNOWN, Field
from gewu_dsl.resolve.binding import Names
from gewu_dsl.resolve.scopes import ItemScope, Unit

_NUMBERS = frozenset({"integer", "decimal"})
_COUNTED = frozenset({"any_of", "text", *model.ATTACHED})
_FITTING: dict[type, tuple[frozenset[str], Text]] = {
    tree.UnitOf: (_NUMBERS, Text("单位", "unit")),
    tree.Range: (_NUMBERS | {"date"}, Text("从 … 到 …", "from … to …")),
    tree.AtLeast: (_COUNTED, Text("至少", "at least")),
    tree.AtMost: (_COUNTED, Text("至多", "at most")),
    tree.Matching: (frozenset({"text", "scan"}), Text("格式", "matching")),
}
_TYPES = {
    "yes_no": Text("是否题", "yes-no"), "check": Text("检查", "check"), "one_of": Text("单选", "one of"),
    "any_of": Text("多选", "any of"), "integer": Text("整数", "integer"), "decimal": Text("数值", "decimal"),
    "text": Text("文本", "text"), "date": Text("日期", "date"), "time": Text("时刻", "time"),
    "photo": Text("照片", "photo"), "video": Text("视频", "video"), "audio": Text("录音", "audio"),
    "file": Text("附件", "file"), "signature": Text("签名", "signature"), "location": Text("位置", "location"),
    "scan": Text("扫码", "scan"), "person": Text("人员", "person"),
}  # fmt: skip


def modifiers_fit_the_question(names: Names) -> Iterator[Remark]:
    for asked in names.fields.values():
        for kind, modifier in asked.modifiers.items():
            types, word = _FITTING.get(kind, (None, None))
            if types is None or word is None:
                continue
            if asked.type not in types:
                yield _misfit(asked, modifier, word, types)
            elif isinstance(modifier, tree.Range):
                yield from _bounds_of_type(asked, modifier)


def ranges_run_upwards(names: Names) -> Iterator[Remark]:
    for asked in names.fields.values():
        bounds = asked.modifiers.get(tree.Range)
        if not isinstance(bounds, tree.Range) or type(bounds.low) is not type(bounds.high):
            continue
        low, high = bounds.low.value, bounds.high.value
        if low > high:  # type: ignore[operator]
            message = Text(
                f"从 {low} 到 {high} 之间一个值也没有，这道题永远填不对。",
                f"Nothing lies from {low} to {high}, so no answer could be right.",
            )
            help = Text(f"写成：从 {high} 到 {low}。", f"write: from {high} to {low}.")
            swapped = swap(bounds.low.span, str(high), bounds.high.span, str(low))
            yield Remark(bounds.span, message, help, fixes=(swapped,))


def counts_run_upwards(names: Names) -> Iterator[Remark]:
    for asked in names.fields.values():
        least, most = asked.modifiers.get(tree.AtLeast), asked.modifiers.get(tree.AtMost)
        if isinstance(least, tree.AtLeast) and isinstance(most, tree.AtMost) and least.count > most.count:
            message = Text(
                f"至少 {least.count} 又至多 {most.count}，怎么填都不对。",
                f"At least {least.count} and at most {most.count}: no answer could be right.",
            )
            help = Text(
                f"写成：至少 {most.count} 至多 {least.count}。",
                f"write: at least {most.count} at most {least.count}.",
            )
            fewer = f"{say('_AT_LEAST', names.language)} {most.count}"
            more = f"{say('_AT_MOST', names.language)} {least.count}"
            swapped = swap(least.span, fewer, most.span, more)
            yield Remark(most.span, message, help, fixes=(swapped,))


def periods_in_force_end_after_they_start(item: ItemScope) -> Iterator[Remark]:
    for since in item.each(tree.Since):
        if since.until is not None and since.start > since.until:
            message = Text(
                f"自 {since.start} 至 {since.until}，还没开始就结束了，这个事项永远不会生效。",
                f"Since {since.start} until {since.until}: it ends before it starts and is never in force.",
            )
            help = Text(
                f"写成：自 {since.until} 至 {since.start}。",
                f"write: since {since.until} until {since.start}.",
            )
            words = [say("_SINCE", item.names.language), say("_UNTIL", item.names.language)]
            text = f"{words[0]} {since.until} {words[1]} {since.start}"
            yield Remark(since.span, message, help, fixes=(replace(since.span, text),))


def musts_concern_a_question(item: ItemScope) -> Iterator[Remark]:
    for site in item.names.sites:
        if site.role != "must" or _reads_a_question(item.names, site.expression):
            continue
        message = Text(
            "这条“必须”没有用到任何问题，填表的人改什么都过不去。",
            "This `must` reads no question, so whoever fills in the form has nothing to correct.",
        )
        help = Text(
            "在条件里用到一道题，或者改用“适用 … 当 …”。", "read a question in it, or write `for … when …`."
        )
        yield Remark(site.expression.span, message, help)


def statements_are_written_once(unit: Unit) -> Iterator[Remark]:
    for scope in unit.departments.values():
        calendars = [
            node for node in (scope.node.body if scope.node else ()) if isinstance(node, tree.Calendar)
        ]
        for node in [*scope.defaults.twice, *calendars[1:]]:
            yield _written_twice(node, scope.file)
    for item in unit.items:
        for kind in (tree.ItemNumber, tree.Since, tree.For, tree.Visit):
            for node in item.each(kind)[1:]:
                yield _written_twice(node, item.file)
        for clauses in (item.defaults, *(finding.own for finding in item.findings.values())):
            for node in clauses.twice:
                yield _written_twice(node, item.file)
        yield from _repeated_modifiers(item.names, item.file)
        for example in item.each(tree.Example):
            yield from _repeated_answers(example, item.file)
    for register in unit.registers.values():
        if register.names is not None:
            yield from _repeated_modifiers(register.names, register.file)


def _repeated_modifiers(names: Names, file: str) -> Iterator[Remark]:
    for asked in names.fields.values():
        for modifier in asked.node.modifiers if asked.node else ():
            if asked.modifiers[type(modifier)] is not modifier:
                yield _written_twice(modifier, file)


def _repeated_answers(example: tree.Example, file: str) -> Iterator[Remark]:
    """What an example gives a second time, and findings it expects a second time."""
    expected = example.expect.findings if isinstance(example.expect, tree.ExpectFindings) else ()
    for listed in ([(g.subject, g) for g in example.given], [(f.name, f) for f in expected]):
        for index, (subject, node) in enumerate(listed):
            if any(subject == before for before, _ in listed[:index]):
                with_comma = join(end_of(listed[index - 1][1].span), node.span)
                yield _written_twice(node, file, with_comma)


def _written_twice(node: tree.Node, file: str, whole: tree.Span | None = None) -> Remark:
    message = Text(
        "同一项规定写了两遍，不知道该用哪一个。",
        "The same thing is said twice, and nothing tells which one counts.",
    )
    help = Text("删掉其中一个。", "delete one of them.")
    return Remark(node.span, message, help, file, fixes=(delete(whole or node.span),))


def _misfit(asked: Field, modifier: tree.Node, word: Text, types: frozenset[str]) -> Remark:
    mine = _TYPES[asked.type]
    fitting = [_TYPES[kind] for kind in _TYPES if kind in types]
    message = Text(
        f"“{asked.name}”是{mine.zh}题，用不上“{word.zh}”。" if not mine.zh.endswith("题") else
        f"“{asked.name}”是{mine.zh}，用不上“{word.zh}”。",
        f"`{asked.name}` is a question of type {mine.en}; `{word.en}` says nothing about it.",
    )  # fmt: skip
    help = Text(
        f"删掉它，或者把类型改成：{'、'.join(each.zh for each in fitting)}。",
        f"delete it, or make the question one of: {', '.join(each.en for each in fitting)}.",
    )
    return Remark(modifier.span, message, help, fixes=(delete(modifier.span),))


def _bounds_of_type(asked: Field, bounds: tree.Range) -> Iterator[Remark]:
    wanted: type = tree.Date if asked.type == "date" else tree.Number
    for bound in (bounds.low, bounds.high):
        if not isinstance(bound, wanted):
            zh, en = ("日期", "dates") if asked.type == "date" else ("数字", "numbers")
            message = Text(
                f"“{asked.name}”的范围要用{zh}，否则没法核对答案。",
                f"The range of `{asked.name}` takes {en}, or answers could not be checked.",
            )
            help = Text(f"两头都写{zh}。", f"write {en} at both ends.")
            yield Remark(bound.span, message, help)


def _reads_a_question(names: Names, condition: tree.Expression) -> bool:
    waiting, seen = [condition], set[str]()
    while waiting:
        for part in tree.walk(waiting.pop()):
            meaning = names.bound.get(id(part))
            if isinstance(meaning, model.Answer) or names.sorts.get(id(part)) is UNKNOWN:
                return True
            if isinstance(meaning, model.Derived) and meaning.name not in seen:
                seen.add(meaning.name)
                waiting.append(names.lets[meaning.name].value)
    return False
