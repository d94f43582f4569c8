"""G2, G8: things declared twice, in a circle, or for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gewu_dsl import fixes, tree
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Text
from gewu_dsl.names import Field, Twice, near
from gewu_dsl.phrases import Phrases
from gewu_dsl.resolve.binding import Names
from gewu_dsl.resolve.scopes import ItemScope, Unit

_WHAT = {
    "department": Text("部门", "department"),
    "kind": Text("台账", "register"),
    "attribute": Text("台账项", "attribute"),
    "question": Text("问题", "question"),
    "let": Text("计算", "let"),
    "finding": Text("情形", "finding"),
    "item": Text("事项", "item"),
}
_PATTERNS = ("id-card", "uscc", "phone", "plate")


def names_are_declared_once(unit: Unit) -> Iterator[Remark]:
    for twice in [*unit.twice, *(twice for item in unit.items for twice in item.twice)]:
        if twice.what not in ("item", "office"):
            yield _declared_twice(twice, _WHAT[twice.what])


def choices_and_stages_are_declared_once(unit: Unit) -> Iterator[Remark]:
    for item in unit.items:
        yield from _repeated_choices(item.names.fields.values(), item.file)
        for own in (item.defaults, *(finding.own for finding in item.findings.values())):
            yield from _repeated((stage.name for stage in own.stages), Text("阶段", "stage"), item.file)
    for register in unit.registers.values():
        yield from _repeated_choices(register.fields.values(), register.file)


def offices_are_declared_once(unit: Unit) -> Iterator[Remark]:
    for twice in unit.twice:
        if twice.what != "office":
            continue
        if twice.first_line is not None:
            yield _declared_twice(twice, Text("机构", "office"))
            continue
        name = twice.name.text
        message = Text(
            f"“{name}”是每个区域都有的内置机构，派往它的案件不会到这个机构。",
            f"`{name}` is built in for every area; a case routed to it would not come to this office.",
        )
        help = Text("给机构换一个名字。", "give the office another name.")
        yield Remark(twice.name.span, message, help, twice.file)


def items_are_declared_once(unit: Unit) -> Iterator[Remark]:
    for twice in unit.twice:
        if twice.what == "item":
            yield _declared_twice(twice, _WHAT["item"])


def lets_are_not_circular(item: ItemScope) -> Iterator[Remark]:
    for let in item.circular:
        message = Text(
            f"计算“{let.name}”绕了一圈又用到自己，永远算不出来。",
            f"Let `{let.name}` reads itself in a circle and could never be computed.",
        )
        help = Text("让它只用到别的问题或计算。", "let it read other questions and lets only.")
        yield Remark(let.name.span, message, help)


def lets_are_used(item: ItemScope) -> Iterator[Remark]:
    read = {node.name for node, _ in item.names.each(tree.Reference)}
    for name, let in item.names.lets.items():
        if name not in read:
            message = Text(f"计算“{name}”没有被用到，多半是哪里漏写了。", f"Let `{name}` is never used.")
            help = Text("在条件里用它，或者删掉它。", "use it in a condition, or delete it.")
            yield Remark(let.name.span, message, help, fixes=(fixes.delete(let.span),))


def offices_are_used(unit: Unit) -> Iterator[Remark]:
    """Only where the compilation has items of that department, and none that names an office there is not."""
    if any(miss.what == "office" for item in unit.items for miss in item.names.misses):
        return
    used = {office for item in unit.items for office in item.offices.values()}
    active = {item.department.department.code for item in unit.items if item.department}
    for scope in unit.departments.values():
        if scope.node is None or scope.department.code not in active:
            continue
        for office in scope.node.body:
            if isinstance(office, tree.Office) and f"{scope.department.code}.{office.code}" not in used:
                message = Text(
                    f"没有事项派往机构“{office.code}”，它不会收到案件。",
                    f"No item routes to office `{office.code}`, so it will never receive a case.",
                )
                help = Text(
                    "在派往、协办或主管里用它，或者删掉它。",
                    "name it after route, with or under, or delete it.",
                )
                yield Remark(office.code.span, message, help, scope.file, fixes=(fixes.delete(office.span),))


def patterns_are_known(unit: Unit) -> Iterator[Remark]:
    tables = [item.names for item in unit.items]
    tables += [register.names for register in unit.registers.values() if register.names is not None]
    for names in tables:
        for asked in names.fields.values():
            matching = asked.modifiers.get(tree.Matching)
            if isinstance(matching, tree.Matching) and matching.pattern not in _PATTERNS:
                yield _unknown_pattern(names, matching)


def _unknown_pattern(names: Names, matching: tree.Matching) -> Remark:
    message = Text(
        f"没有“{matching.pattern}”这种格式，填的内容没法核对。",
        f"There is no pattern “{matching.pattern}”, so answers could not be checked.",
    )
    help = Text(
        "可以写：“id-card”（身份证号）、“uscc”（统一社会信用代码）、“phone”（电话）、“plate”（车牌）。",
        "write one of: " + ", ".join(f'"{each}"' for each in _PATTERNS) + ".",
    )
    head, phrases = fixes.say("_MATCHING", names.language), Phrases(names.language)
    offered = tuple(
        fixes.replace(matching.span, f"{head} {phrases.quote(each)}")
        for each in near(matching.pattern, _PATTERNS)
    )
    return Remark(matching.span, message, help, names.file, fixes=offered)


def _declared_twice(twice: Twice, what: Text) -> Remark:
    name = twice.name.text
    elsewhere = twice.first_file != twice.file
    if twice.first_line is None and twice.first_file == "":
        where = Text("别的部门包里", "in another pack")
    elif twice.first_line is None:
        where = Text("系统里", "by the form itself")
    else:
        place = f"{twice.first_file}:{twice.first_line}" if elsewhere else str(twice.first_line)
        where = Text(
            f"第 {place} 行" if not elsewhere else f"{place} ", f"on line {place}" if not elsewhere else place
        )
    message = Text(
        f"{what.zh}“{name}”已经在{where.zh}写过了，两个不知道该用哪一个。",
        f"`{name}` is already declared ({where.en}), and nothing tells which {what.en} is meant.",
    )
    return Remark(
        twice.name.span, message, Text("给其中一个换个名字。", "give one of them another name."), twice.file
    )


def _repeated_choices(fields: Iterable[Field], file: str) -> Iterator[Remark]:
    for asked in fields:
        if isinstance(asked.node, tree.Ask):
            yield from _repeated(
                (choice.name for choice in asked.node.type.choices), Text("选项", "choice"), file
            )


def _repeated(names: Iterable[tree.Name], what: Text, file: str) -> Iterator[Remark]:
    lines: dict[str, int] = {}
    for name in names:
        if name.text in lines:
            yield _declared_twice(Twice("", name, lines[name.text], file, file), what)
        lines.setdefault(name.text, name.span.line)
