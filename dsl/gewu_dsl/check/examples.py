"""G3, G7: what examples give, and findings that none of them shows."""

from __future__ import annotations

from collections.abc import Iterator

from gewu_dsl import model, tree
from gewu_dsl.check.remarks import Remark, word_sort
from gewu_dsl.check.types import fit_value
from gewu_dsl.diagnostics import Text
from gewu_dsl.names import Sort
from gewu_dsl.resolve.binding import Names, describe
from gewu_dsl.resolve.scopes import ItemScope

_OPEN = ("open", "text")


def given_values_fit(item: ItemScope) -> Iterator[Remark]:
    for example in item.each(tree.Example):
        for given in example.given:
            sort = item.names.sort(given.subject)
            meaning = item.names.bound.get(id(given.subject))
            known = meaning is not None or isinstance(given.subject, tree.History)
            if not known or sort.kind == "unknown":
                continue
            if meaning in (model.Fact("severity"), model.Fact("finding")):
                yield Remark(given.span, _DECIDED, _DECIDED_HELP)
            elif len(given.values) != 1 and sort.kind != "choices":
                yield _too_many(given)
            else:
                yield from _misfits(item.names, given, sort)


def _too_many(given: tree.Given) -> Remark:
    subject = describe(given.subject)
    message = Text(
        f"“{subject}”只有一个答案，这里给了 {len(given.values)} 个。",
        f"`{subject}` has one answer, but {len(given.values)} are given.",
    )
    return Remark(given.span, message, Text("只写一个。", "give one."))


def _misfits(names: Names, given: tree.Given, sort: Sort) -> Iterator[Remark]:
    for value in given.values:
        found = names.sort(value)
        written = isinstance(value, tree.Number | tree.String | tree.Date | tree.Time)
        constant = written or isinstance(names.bound.get(id(value)), model.Constant)
        fits = found.kind == sort.kind or (sort.kind in _OPEN and found.kind in _OPEN)
        fits = fits or (sort.kind == "location" and found.kind == "text")
        if found.kind != "unknown" and not (constant and fits):
            subject, wanted = describe(given.subject), word_sort(sort)
            message = Text(
                f"“{subject}”要{wanted.zh}，这个值填不进表里。",
                f"`{subject}` takes {wanted.en}; this value could not be filled in.",
            )
            offered = fit_value(names, given.subject, value)
            yield Remark(value.span, message, _example_of(sort.kind), fixes=offered)


def findings_have_an_example(item: ItemScope) -> Iterator[Remark]:
    shown = {
        expected.name.text
        for example in item.each(tree.Example)
        if isinstance(example.expect, tree.ExpectFindings)
        for expected in example.expect.findings
    }
    for finding in item.findings.values():
        if finding.name not in shown and not item.damaged:
            message = Text(
                f"没有示例说明情形“{finding.name}”，改动以后没有办法知道它还对不对。",
                f"No example shows finding `{finding.name}`, so nothing notices when a change breaks it.",
            )
            help = Text(
                f"写一个：示例 “……” 已知 …… 预期 {finding.name}；gewu check --coverage 会替你拟一个。",
                f'write one: example "…" given … expect {finding.name}; `gewu check --coverage` proposes it.',
            )
            yield Remark(finding.span, message, help)


def _example_of(kind: str) -> Text:
    written = {
        "number": ("3", "3"), "text": ("“……”", '"…"'), "date": ("2026-01-31", "2026-01-31"), "time": ("08:00", "08:00"),
        "location": ("“30.27,120.15”", '"30.27,120.15"'),
    }.get(kind)  # fmt: skip
    if written is None:
        return Text("写选项的名字，不加引号。", "write the choice's name without quotes.")
    return Text(f"例如：{written[0]}。", f"for example: {written[1]}.")


_DECIDED = Text(
    "等级和情形是算出来的，不是填出来的，给了也不起作用。",
    "Severity and findings are decided, not filled in; giving them does nothing.",
)
_DECIDED_HELP = Text("写到“预期”后面。", "write it after `expect`.")
