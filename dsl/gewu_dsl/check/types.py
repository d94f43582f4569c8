"""G3: values that do not fit each other, or the operator they stand beside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gewu_dsl import model, tree
from gewu_dsl.check.remarks import Remark, word_sort
from gewu_dsl.diagnostics import Fix, Text
from gewu_dsl.fixes import replace
from gewu_dsl.names import Sort
from gewu_dsl.phrases import Phrases
from gewu_dsl.resolve.binding import Names, describe
from gewu_dsl.words import Language

_ORDERED = {"number", "date", "time", "severity", "unknown"}
_ORDERING = {"<", "<=", ">", ">="}
_CHOSEN = {"choice", "yes_no", "check", "severity", "finding", "kind", "class", "open", "condition"}


def compared_values_are_of_one_sort(names: Names) -> Iterator[Remark]:
    for span, left, right in _compared(names):
        one, other = names.sort(left), names.sort(right)
        if "choices" in (one.kind, other.kind) or _fit(names, left, right):
            continue
        first, second = word_sort(one), word_sort(other)
        message = Text(
            f"左边是{first.zh}，右边是{second.zh}，两样东西没法比，这个条件永远不会成立。",
            f"The left side is {first.en}, the right side {second.en}: they cannot be compared, so this never holds.",
        )
        help = _help_to_fit(names, left, right)
        yield Remark(
            span, message, help, fixes=fit_value(names, left, right) or fit_value(names, right, left)
        )


def only_ordered_values_are_ordered(names: Names) -> Iterator[Remark]:
    pairs = [(n.span, n.left, n.right) for n, _ in names.each(tree.Compare) if n.operator in _ORDERING]
    pairs += [(n.span, n.value, n.low) for n, _ in names.each(tree.Between)]
    for span, left, right in pairs:
        sort = names.sort(left)
        if sort.kind in _ORDERED or sort.kind == "choices" or not _fit(names, left, right):
            continue
        word = word_sort(sort)
        message = Text(
            f"{word.zh}没有大小先后，不知道怎样算更大。",
            f"There is no order among {word.en}, so nothing tells which is more.",
        )
        yield Remark(span, message, Text("用 =、!= 或者“属于（……，……）”。", "use =, != or `in (…, …)`."))


def arithmetic_is_on_numbers(names: Names) -> Iterator[Remark]:
    sums: list[tuple[tree.Expression, ...]] = [(n.left, n.right) for n, _ in names.each(tree.Arithmetic)]
    sums += [(node.operand,) for node, _ in names.each(tree.Negative)]
    for operands in sums:
        wrong = [each for each in operands if names.sort(each).kind not in ("number", "unknown")]
        if not wrong:
            continue
        word, subject = word_sort(names.sort(wrong[0])), describe(wrong[0])
        message = Text(
            f"{f'“{subject}”' if subject else '这里'}是{word.zh}，不能加减乘除。",
            f"{f'`{subject}`' if subject else 'This'} is {word.en}, which cannot be added or multiplied.",
        )
        if all(names.sort(each).kind == "date" for each in wrong):
            help = Text(
                "日期只能比先后，例如：…… >= 2026-01-31；要算天数，另问一道整数题。",
                "dates are compared only, e.g. … >= 2026-01-31; for a number of days ask an integer question.",
            )
        else:
            help = Text("换成整数或数值题。", "use an integer or decimal question.")
        yield Remark(wrong[0].span, message, help)


def units_agree(names: Names) -> Iterator[Remark]:
    units: dict[str, str | None] = {}
    for name, sort in names.let_sorts.items():
        units[name] = _unit(names, names.lets[name].value, units) if sort.kind == "number" else None
    pairs = _compared(names)
    pairs += [(n.span, n.left, n.right) for n, _ in names.each(tree.Arithmetic) if n.operator in "+-"]
    for span, left, right in pairs:
        one, other = _unit(names, left, units), _unit(names, right, units)
        if one and other and one != other:
            message = Text(
                f"一边的单位是“{one}”，另一边是“{other}”，直接相比会差出许多倍。",
                f"One side is in {one}, the other in {other}: the result would be off by a factor.",
            )
            help = Text("先换算成同一个单位，例如 x * 100。", "convert one of them first, e.g. x * 100.")
            yield Remark(span, message, help)


def any_of_answers_are_asked_with_includes(names: Names) -> Iterator[Remark]:
    subjects = [
        (span, *sides) for span, left, right in _related(names) for sides in ((left, right), (right, left))
    ]
    subjects += [(node.span, node.value, node.options[0]) for node, _ in names.each(tree.In)]
    seen: set[tree.Span] = set()
    for span, side, other in subjects:
        if names.sort(side).kind != "choices" or span in seen:
            continue
        seen.add(span)
        subject = describe(side)
        message = Text(
            f"“{subject}”可以选好几项，不会等于其中一项。",
            f"`{subject}` may have several choices at once, so it does not equal one of them.",
        )
        help = Text(f"写成：{subject} 包含 ……", f"write: {subject} includes …")
        yield Remark(span, message, help, fixes=_include(names, span, side, other))


def includes_asks_an_any_of_answer(names: Names) -> Iterator[Remark]:
    for node, _ in names.each(tree.Includes):
        sort = names.sort(node.value)
        if sort.kind in ("choices", "unknown"):
            continue
        subject, word = describe(node.value), word_sort(sort)
        message = Text(
            f"“包含”只能问多选题，左边是{word.zh}。",
            f"`includes` asks an any-of question; the left side is {word.en}.",
        )
        help = Text(f"写成：{subject} = ……", f"write: {subject} = …")
        equal = tree.Compare("=", node.value, node.option)
        fitting = _fit(names, node.value, node.option) and sort.names is not None
        offered = (replace(node.span, Phrases(names.language).expression(equal)),) if fitting else ()
        yield Remark(node.span, message, help, fixes=offered)


def only_checks_are_hazards(names: Names) -> Iterator[Remark]:
    for node, _ in names.each(tree.Is):
        if node.state != "hazard" or names.sort(node.value).kind == "unknown":
            continue
        meaning = names.bound.get(id(node.value))
        asked = names.fields.get(meaning.question) if isinstance(meaning, model.Answer) else None
        if asked is None or asked.type != "check":
            message = Text(
                "“为 隐患”只能问“检查”，别的题没有说哪个答案算隐患。",
                "`is hazard` asks a `check`; no other question says which answer is a hazard.",
            )
            help = Text(
                "把这道题写成“检查”，或者直接比较答案。", "make it a `check`, or compare the answer itself."
            )
            yield Remark(node.span, message, help)


def conditions_are_conditions(names: Names) -> Iterator[Remark]:
    for node in conditions_in(names):
        sort = names.sort(node)
        if sort.kind in ("condition", "yes_no", "unknown"):
            continue
        subject, word = describe(node), word_sort(sort)
        message = Text(
            f"这里要写一个条件，{f'“{subject}”' if subject else '写的'}却是{word.zh}，说不上成立不成立。",
            f"A condition belongs here, but {f'`{subject}`' if subject else 'this'} is {word.en}: neither true nor false.",
        )
        help = _help_to_condition(subject or "x", sort)
        asked = tree.Is(node, "hazard") if sort.kind == "check" else None
        offered = (replace(node.span, Phrases(names.language).expression(asked)),) if asked else ()
        yield Remark(node.span, message, help, fixes=offered)


def conditions_in(names: Names) -> list[tree.Expression]:
    """Everything that stands where a condition belongs."""
    wanted = [site.expression for site in names.sites if site.role != "let"]
    wanted += [node.operand for node, _ in names.each(tree.Not)]
    wanted += [part for node, _ in names.each(tree.And) for part in node.operands]
    wanted += [part for node, _ in names.each(tree.Or) for part in node.operands]
    return wanted


def options_are_written_values(names: Names) -> Iterator[Remark]:
    options = [option for node, _ in names.each(tree.In) for option in node.options]
    options += [node.option for node, _ in names.each(tree.Includes)]
    for option in options:
        written = isinstance(option, tree.Number | tree.String | tree.Date | tree.Time)
        meaning = names.bound.get(id(option))
        if written or isinstance(meaning, model.Constant) or names.sort(option).kind == "unknown":
            continue
        message = Text(
            "括号里只能写现成的值，不能再写问题或算式。",
            "Only written values stand here, no questions and no sums.",
        )
        yield Remark(option.span, message, Text("用 = 和“或”分开写。", "write it with = and `or`."))


def periods_are_in_days(names: Names) -> Iterator[Remark]:
    for node, _ in names.each(tree.History):
        if node.period.unit != "days":
            yield _period(node.period, names.language)
    for asked in names.fields.values():
        shares = asked.modifiers.get(tree.Shares)
        if isinstance(shares, tree.Shares) and shares.within.unit != "days":
            yield _period(shares.within, names.language)


def _period(period: tree.Duration, language: Language) -> Remark:
    message = Text(
        "往回数的时间只能用自然日，否则不知道从哪一天数起。",
        "A look back is counted in days, else nothing tells which day it starts on.",
    )
    amount = period.amount
    help = Text(f"写成：{amount} 自然日。", f"write: {amount} days.")
    text = Phrases(language).duration(tree.Duration(amount, "days"))
    return Remark(period.span, message, help, fixes=(replace(period.span, text),))


_Pairs = list[tuple[tree.Span, tree.Expression, tree.Expression]]


def _related(names: Names) -> _Pairs:
    pairs = [(node.span, node.left, node.right) for node, _ in names.each(tree.Compare)]
    for node, _ in names.each(tree.Between):
        pairs += [(node.low.span, node.value, node.low), (node.high.span, node.value, node.high)]
    return pairs


def _compared(names: Names) -> _Pairs:
    """What is related by a sign or `between`, and every option of an `in` with its value."""
    pairs = _related(names)
    for among, _ in names.each(tree.In):
        pairs += [(option.span, among.value, option) for option in among.options]
    return pairs


def _fit(names: Names, left: tree.Expression, right: tree.Expression) -> bool:
    """Whether two values can be compared: of one plain sort, or a name beside its choices."""
    one, other = names.sort(left), names.sort(right)
    if "unknown" in (one.kind, other.kind):
        return True
    if "location" in (one.kind, other.kind):
        return False
    if "open" in (one.kind, other.kind):
        return {one.kind, other.kind} <= {"open", "text"}
    if one.kind in _CHOSEN and other.kind in _CHOSEN:
        return bool(set(one.names or ()) & set(other.names or ()))
    return one.kind == other.kind


def _include(
    names: Names, span: tree.Span, answer: tree.Expression, choice: tree.Expression
) -> tuple[Fix, ...]:
    """`Q = a` and `Q != a` of an any-of question with `includes`."""
    compared = [node for node, _ in names.each(tree.Compare) if node.span == span]
    if len(compared) != 1 or compared[0].operator not in ("=", "!="):
        return ()
    if not isinstance(names.bound.get(id(choice)), model.Constant):
        return ()
    includes: tree.Expression = tree.Includes(answer, choice)
    said = tree.Not(includes) if compared[0].operator == "!=" else includes
    return (replace(span, Phrases(names.language).expression(said)),)


_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def fit_value(names: Names, subject: tree.Expression, value: tree.Expression) -> tuple[Fix, ...]:
    """A value in quotes that belongs bare, or a bare one that belongs in quotes, beside `subject`."""
    sort = names.sort(subject)
    if sort.kind == "text" and isinstance(value, tree.Number):
        return (replace(value.span, Phrases(names.language).quote(str(value.value))),)
    if not isinstance(value, tree.String):
        return ()
    written = value.value.strip()
    if (sort.kind == "number" and _NUMBER.fullmatch(written)) or (
        sort.kind == "date" and _DATE.fullmatch(written)
    ):
        return (replace(value.span, written),)
    asked = names.fields.get(describe(subject))
    choices = asked.node.type.choices if asked and isinstance(asked.node, tree.Ask) else ()
    return tuple(
        replace(value.span, choice.name.text)
        for choice in choices
        if written in (choice.label, choice.name.text)
    )


def _help_to_fit(names: Names, left: tree.Expression, right: tree.Expression) -> Text:
    for subject, value in ((left, right), (right, left)):
        sort = names.sort(subject)
        if sort.names and isinstance(value, tree.String):
            asked = names.fields.get(describe(subject))
            node = asked.node if asked else None
            choices = node.type.choices if isinstance(node, tree.Ask) else ()
            meant = next(
                (c.name.text for c in choices if value.value in (c.label, c.name.text)), sort.names[0]
            )
            return Text(
                f"写选项的名字，不加引号：{meant}。", f"write the choice's name without quotes: {meant}."
            )
        if sort.kind == "number" and isinstance(value, tree.String):
            return Text("写数字，不加引号。", "write the number without quotes.")
        if sort.kind == "date" and isinstance(value, tree.String):
            return Text("日期不加引号：2026-01-31。", "write the date without quotes: 2026-01-31.")
        if sort.kind == "text" and isinstance(value, tree.Number):
            return Text("文本加引号：“12”。", 'put text in quotes: "12".')
        if sort.names:
            listed = "、".join(sort.names[:6])
            return Text(f"可以比较的有：{listed}。", f"compare it with: {', '.join(sort.names[:6])}.")
    word = word_sort(names.sort(left))
    return Text(f"右边也写{word.zh}。", f"write {word.en} on the right side as well.")


def _help_to_condition(subject: str, sort: Sort) -> Text:
    if sort.kind == "check":
        return Text(
            f"写成：{subject} 为 隐患，或 {subject} = 否。", f"write: {subject} is hazard, or {subject} = no."
        )
    if sort.kind == "choices":
        return Text(f"写成：{subject} 包含 ……", f"write: {subject} includes …")
    if sort.kind == "number":
        return Text(f"写成：{subject} > 0。", f"write: {subject} > 0.")
    example = sort.names[0] if sort.names else "……"
    return Text(
        f"写成：{subject} = {example}，或 {subject} 为 已填。",
        f"write: {subject} = {example}, or {subject} is answered.",
    )


def _unit(names: Names, node: tree.Expression, lets: Mapping[str, str | None]) -> str | None:
    """The unit a number is in, as far as it is certain; `lets` are those of the lets it may read."""
    match node:
        case tree.Reference(name):
            meaning = names.bound.get(id(node))
            return names.fields[name].unit if isinstance(meaning, model.Answer) else lets.get(name)
        case tree.PlaceAttribute(name):
            units = {register.fields[name].unit for register in names.registers if name in register.fields}
            return units.pop() if len(units) == 1 else None
        case tree.Negative(operand):
            return _unit(names, operand, lets)
        case tree.Arithmetic("+" | "-", left, right):
            return _unit(names, left, lets) or _unit(names, right, lets)
    return None
