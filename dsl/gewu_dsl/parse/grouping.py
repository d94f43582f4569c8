"""The flat list of statements under their declarations, clauses under their findings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from gewu_dsl import tree
from gewu_dsl.diagnostics import Text
from gewu_dsl.parse.builder import TreeBuilder
from gewu_dsl.parse.machine import Lost
from gewu_dsl.tree import Span

_DECLARATIONS = (tree.Department, tree.Place, tree.Item)
_DECLARING = {"_DEPARTMENT": "department", "_PLACE": "place", "_ITEM": "item"}
_CLAUSES = get_args(tree.Clause)
_ITEM_STATEMENTS = get_args(tree.ItemStatement)
_DEPARTMENT_STEPS = ("accept", "file", "dispatch", "verify")


def group_statements(builder: TreeBuilder, lost: list[Lost]) -> tuple[tree.Declaration, ...]:
    """The declarations of a text. What stands under a declaration that was given up is left out silently."""
    grouping = _Grouping(builder)
    marks: list[tuple[int, Any]] = [(node.span.start, node) for node in builder.statements]
    marks += [(each.span.start, each) for each in lost]
    for _, mark in sorted(marks, key=lambda pair: pair[0]):
        if isinstance(mark, Lost):
            grouping.lose(mark)
        else:
            grouping.add(mark)
    grouping.close()
    return tuple(grouping.done)


class _Grouping:
    def __init__(self, builder: TreeBuilder) -> None:
        self.builder = builder
        self.done: list[tree.Declaration] = []
        self.head: tree.Declaration | None = None
        self.body: list[Any] = []
        self.finding: tree.Finding | None = None
        self.clauses: list[Any] = []
        self.has_finding = False
        self.silent = self.silent_finding = self.astray = False

    def add(self, node: Any) -> None:
        if isinstance(node, _DECLARATIONS):
            self.close()
            self.head, self.silent = node, False
        elif self.head is None:
            if not self.silent:
                self._refuse(node, _NO_DECLARATION, _NO_DECLARATION_HELP)
                self.silent = True
        elif isinstance(self.head, tree.Department):
            self._add_to_department(node)
        elif isinstance(self.head, tree.Place):
            if isinstance(node, tree.Ask):
                self._take(node)
            else:
                self._refuse_first(node, _IN_PLACE, _IN_PLACE_HELP)
        else:
            self._add_to_item(node)

    def lose(self, lost: Lost) -> None:
        if lost.keyword in _DECLARING:
            self.close()
            self.silent = True
        elif lost.keyword == "_FINDING":
            self._close_finding()
            self.has_finding = self.silent_finding = True

    def _add_to_department(self, node: Any) -> None:
        allowed = isinstance(node, (tree.Office, tree.Calendar, tree.Escalate))
        if allowed or (isinstance(node, tree.Limit) and node.step in _DEPARTMENT_STEPS):
            self._take(node)
        else:
            self._refuse_first(node, _IN_DEPARTMENT, _IN_DEPARTMENT_HELP)

    def _take(self, node: Any) -> None:
        self.body.append(node)
        self.astray = False

    def _refuse_first(self, node: tree.Node, message: Text, help: Text) -> None:
        """Of statements that stand wrongly in a row, the first: most likely the item's own line is missing above."""
        if not self.astray:
            self._refuse(node, message, help)
        self.astray = True

    def _add_to_item(self, node: Any) -> None:
        if isinstance(node, tree.Finding):
            self._close_finding()
            self.finding, self.has_finding, self.silent_finding = node, True, False
        elif isinstance(node, _CLAUSES):
            if self.finding is not None:
                self.clauses.append(node)
            elif not self.has_finding:
                self.body.append(node)
            elif not self.silent_finding:
                self._refuse(node, _LATE_DEFAULT, _LATE_DEFAULT_HELP)
        elif isinstance(node, _ITEM_STATEMENTS):
            self._close_finding()
            self.silent_finding = False
            self.body.append(node)
        else:
            self._refuse(node, _IN_ITEM, _IN_ITEM_HELP)

    def _refuse(self, node: tree.Node, message: Text, help: Text) -> None:
        self.builder.report("G107", node.span, message, help)

    def _close_finding(self) -> None:
        if self.finding is None:
            return
        clauses = tuple(self.clauses)
        span = _join(self.finding.span, clauses)
        self.body.append(replace(self.finding, clauses=clauses, span=span))
        self.finding, self.clauses = None, []

    def close(self) -> None:
        """End the declaration at hand."""
        self._close_finding()
        if self.head is not None:
            head: Any = self.head
            span = _join(head.span, tuple(self.body))
            self.done.append(replace(head, body=tuple(self.body), span=span))
        self.head, self.body, self.has_finding, self.silent_finding = None, [], False, False
        self.astray = False


def _join(span: Span, parts: tuple[tree.Node, ...]) -> Span:
    if not parts:
        return span
    last = parts[-1].span
    return Span(span.line, span.column, last.end_line, last.end_column, span.start, last.end)


_NO_DECLARATION = Text(
    "这条语句前面没有“部门”“台账”或“事项”，不知道它属于谁。",
    "No `department`, `place` or `item` stands before this statement, so it belongs to nothing.",
)
_NO_DECLARATION_HELP = Text("先写：事项 名称 “标题”", 'begin with: item name "title"')
_IN_DEPARTMENT = Text(
    "部门里只能写机构、日历、督办和受理、立案、派遣、核查的时限。",
    "A department holds offices, a calendar, escalations and the limits of accept, file, dispatch and verify.",
)
_IN_DEPARTMENT_HELP = Text(
    "把它移到某个“事项”下面；如果它本来属于一个事项，上面少了一行：事项 名称 “标题”",
    'move it below an `item`; if it belongs to one, a line is missing above: item name "title"',
)
_IN_PLACE = Text("台账里只能写“询问”。", "A place holds `ask` statements only.")
_IN_PLACE_HELP = _IN_DEPARTMENT_HELP
_IN_ITEM = Text(
    "机构和日历属于部门，不属于事项。", "Offices and calendars belong to a department, not to an item."
)
_IN_ITEM_HELP = Text("把它移到“部门”下面。", "move it below the `department`.")
_LATE_DEFAULT = Text(
    "各情形共用的规定要写在第一个情形之前；写在这里，不知道属于哪个情形。",
    "An item's defaults stand before its first finding; here it belongs to no finding.",
)
_LATE_DEFAULT_HELP = Text(
    "移到第一个“情形”之前，或者移到它所属的情形里。",
    "move it before the first `finding`, or into the finding it is about.",
)
