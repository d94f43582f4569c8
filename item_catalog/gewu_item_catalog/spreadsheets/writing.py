"""Planned items → trees → text, laid out as `gewu format` would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from gewu_dsl import tree
from gewu_dsl.format import format_tree
from gewu_item_catalog.spreadsheets.entries import Entry
from gewu_item_catalog.spreadsheets.limits import Case
from gewu_item_catalog.spreadsheets.offices import Register
from gewu_item_catalog.spreadsheets.pen import Pen
from gewu_item_catalog.spreadsheets.plans import PlannedFinding, PlannedItem, Waiting
from gewu_item_catalog.spreadsheets.standards import LEVEL, PHOTO

_LEVEL_WORDS: dict[tree.Level, str] = {"minor": "一般", "major": "较大", "critical": "重大"}
_SEVERE_FIRST: tuple[tree.Level, ...] = ("critical", "major", "minor")
_MOST_PHOTOS = 9


def write_items(
    items: Iterable[PlannedItem],
    department: str,
    register: Register,
    headlines: Iterable[str],
    *,
    many_sheets: bool,
) -> str:
    """A file of items below its `headlines`. `register` gets the offices that their routes name; `many_sheets`: rows are
    told with theirs."""
    pen = Pen()
    for headline in headlines:
        pen.comment(headline)
    declarations: list[tree.Declaration] = []
    for item in items:
        writer = _ItemWriter(pen, item, department, register, many_sheets=many_sheets)
        if item.findings or item.questions:
            declarations.append(writer.write())
        else:
            pen.comment(f"待定：事项“{item.title}”没有一行可以写成情形", begins=True)
            writer.write_waiting()
    return format_tree(tree.File(tuple(declarations), tuple(pen.comments), "zh"), "zh")


def write_department(code: str, title: str, register: Register, others: Sequence[str]) -> str:
    """The department with the offices that routes name; `others` are those that the standard only mentions."""
    pen = Pen()
    pen.comment("机构照标准中的单位列出；级别是按名称猜的，请核对")
    head = pen.put(tree.Department(tree.Name(code), title))
    offices = tuple(pen.put(office) for office in register.added.values())
    if others:
        pen.comment(f"标准里还提到，但没有派给它们的：{'、'.join(others)}")
    return format_tree(tree.File((replace(head, body=offices),), tuple(pen.comments), "zh"), "zh")


class _ItemWriter:
    """One item, from top to bottom: the order of the calls is the order of the lines."""

    def __init__(
        self, pen: Pen, item: PlannedItem, department: str, register: Register, *, many_sheets: bool
    ) -> None:
        self.pen, self.item, self.register = pen, item, register
        self.name = f"{department}.{item.name}"
        self.many_sheets = many_sheets
        self.offices = {_kept_offices(finding.entries) for finding in item.findings}
        self.unwritten: set[str] = set()
        """Findings of checks that have no clause of their own: they are not written and bear the check's name."""

    def write(self) -> tree.Item:
        item, pen = self.item, self.pen
        for remark in item.remarks:
            pen.comment(remark)
        if len(self.offices) == 1:
            self._comment_offices(*self.offices)
        head = pen.put(tree.Item(tree.Name(self.name), item.title))
        body: list[tree.ItemStatement] = []
        if item.number:
            body.append(pen.put(tree.ItemNumber(item.number)))
        body += [pen.put(tree.Basis(text)) for text in item.basis]
        body += self._questions()
        clauses = {finding.name: self._clauses(finding) for finding in item.findings}
        defaults = self._defaults(list(clauses.values()))
        body += [pen.put(clause) for clause in defaults]
        for finding in item.findings:
            own = [clause for clause in clauses[finding.name] if clause not in defaults]
            if finding.check is not None and not own:
                self.unwritten.add(finding.name)
            else:
                body.append(self._finding(finding, own))
        self.write_waiting()
        body += [example for finding in item.findings for example in self._examples(finding)]
        return replace(head, body=tuple(body))

    def _questions(self) -> list[tree.ItemStatement]:
        written: list[tree.ItemStatement] = []
        if self.item.photo:
            modifiers = (tree.AtLeast(1), tree.AtMost(_MOST_PHOTOS), tree.Hint(self.item.photo))
            photo = tree.Ask(tree.Name(PHOTO), tree.Type("photo"), "现场照片", modifiers)
            written.append(self.pen.put(photo))
        for question, entry, remarks in self.item.questions:
            for remark in remarks:
                self.pen.comment(remark)
            written.append(self.pen.put(question))
            if entry is not None:
                self.pen.comment_behind(self._place_of([entry]))
        for finding in self.item.findings:
            if finding.level:
                written.append(self.pen.put(self._level_question(finding)))
        return written

    def _level_question(self, finding: PlannedFinding) -> tree.Ask:
        listed = [_LEVEL_WORDS[case.level] for case in _severe_first(finding) if case.level]
        choices = tuple(tree.Choice(tree.Name(word)) for word in reversed(listed))
        picked = tree.Includes(tree.Fact("finding"), tree.Reference(finding.name))
        name = tree.Name(finding.level)
        return tree.Ask(name, tree.Type("one_of", choices), f"“{finding.label}”{LEVEL}", (tree.When(picked),))

    # Clauses

    def _clauses(self, finding: PlannedFinding) -> list[tree.Clause]:
        clauses: list[tree.Clause] = []
        severity = self._severity(finding)
        if severity is not None:
            clauses.append(severity)
        clauses.append(self._route(finding))
        clauses += finding.steps
        clauses.append(tree.Limit("handle", _limit_branches(finding)))
        if finding.closing or finding.evidence:
            clauses.append(tree.Close(finding.closing, finding.evidence))
        return clauses

    def _severity(self, finding: PlannedFinding) -> tree.Severity | None:
        if not finding.level:
            if finding.severity is None:
                return None
            return tree.Severity((tree.Branch(tree.LevelWord(finding.severity)),))
        question = tree.Reference(finding.level)
        *first, last = [case.level for case in _severe_first(finding) if case.level]
        branches = [
            tree.Branch(
                tree.LevelWord(level),
                tree.Compare("=", question, tree.Word(level, _LEVEL_WORDS[level])),
            )
            for level in first
        ]
        return tree.Severity((*branches, tree.Branch(tree.LevelWord(last), None, True)))

    def _route(self, finding: PlannedFinding) -> tree.Route:
        supervising = finding.offices.supervising[:1]
        codes = {
            each: self.register.code_of(each)
            for each in (*finding.offices.handlers, *finding.offices.assisting, *supervising)
        }
        return tree.Route(
            (tree.Branch(tree.Target(tuple(codes[each] for each in finding.offices.handlers))),),
            tuple(codes[each] for each in finding.offices.assisting),
            codes[supervising[0]] if supervising else None,
        )

    def _defaults(self, clauses: Sequence[list[tree.Clause]]) -> list[tree.Clause]:
        """What every finding says alike is said once, before them; a limit and a closing stay with what is picked. Of a
        checklist's clauses it is what most rows say."""
        if not clauses or (len(clauses) == 1 and self.item.findings[0].check is None):
            return []
        if not self.item.questions:
            alike = [clause for clause in clauses[0] if all(clause in others for others in clauses)]
            return [clause for clause in alike if _is_general(clause)]
        found: dict[str, list[tree.Clause]] = {}
        for clause in chain.from_iterable(clauses):
            found.setdefault(_kind_of(clause), []).append(clause)
        # A kind of clause that some rows lack has no default: they would inherit it.
        return [max(each, key=each.count) for each in found.values() if len(each) == len(clauses)]

    def _finding(self, finding: PlannedFinding, clauses: Sequence[tree.Clause]) -> tree.Finding:
        pen = self.pen
        for remark in finding.remarks:
            pen.comment(remark)
        if len(self.offices) > 1:
            self._comment_offices(_kept_offices(finding.entries))
        head = pen.put(tree.Finding(tree.Name(finding.name), finding.label, finding.when))
        pen.comment_behind(self._place_of(finding.entries))
        return replace(head, clauses=tuple(pen.put(clause) for clause in clauses))

    def _comment_offices(self, cells: Sequence[str]) -> None:
        for text in cells:
            self.pen.comment(f"原文单位：{text}")

    def write_waiting(self) -> None:
        """Rows that wait, as comments with their reason."""
        for each in self.item.waiting:
            first = each is self.item.waiting[0] and bool(self.item.findings)
            self.pen.comment(f"待定 {self._place_of([each.entry])}：{each.reason.zh}", begins=first)
            self.pen.comment(f"  {_as_written(each)}", ends=each is self.item.waiting[-1])

    def _place_of(self, entries: Sequence[Entry]) -> str:
        rows = "、".join(str(entry.row) for entry in entries)
        return f"{entries[0].sheet} 第 {rows} 行" if self.many_sheets else f"第 {rows} 行"

    # Examples

    def _examples(self, finding: PlannedFinding) -> list[tree.Example]:
        given: list[tuple[tree.Reference | tree.Fact, tree.Literal_]] = [
            (tree.Reference(name), answer) for name, answer in finding.given
        ]
        if finding.when is None and finding.check is None:
            given = [(tree.Fact("finding"), tree.Reference(finding.name))]
            if self.item.photo:
                given.append((tree.Reference(PHOTO), tree.Number(1)))
        examples = []
        cases = _severe_first(finding)
        for case in cases:
            facts: list[tuple[tree.Reference | tree.Fact, tree.Literal_]] = []
            title = finding.label
            if case.level:
                word = _LEVEL_WORDS[case.level]
                facts.append((tree.Reference(finding.level), tree.Word(case.level, word)))
                title = f"{title}（{word}）"
            if case.area and len(cases) > 1:
                facts.append((tree.Fact("area.class"), tree.Reference(case.area)))
                title = f"{title}（{case.area} 类区域）"
            examples.append(self._example(finding, case, title, [*given, *facts]))
        return examples

    def _example(
        self,
        finding: PlannedFinding,
        case: Case,
        title: str,
        given: Sequence[tuple[tree.Reference | tree.Fact, tree.Literal_]],
    ) -> tree.Example:
        pen = self.pen
        head = pen.put(tree.Example(title, (), tree.ExpectNothing()))
        answers = tuple(pen.put(tree.Given(subject, (value,))) for subject, value in given)
        level = case.level or finding.severity
        expected: list[tree.ExpectedValue] = []
        if level:
            expected.append(tree.ExpectedValue("severity", tree.LevelWord(level)))
        handler = self.register.code_of(finding.offices.handlers[0])
        expected += [tree.ExpectedValue("route", handler), tree.ExpectedValue("handle", case.value)]
        shown = finding.check if finding.name in self.unwritten else None
        name = tree.Name(shown or finding.name)
        expect = pen.put(tree.ExpectFindings((tree.ExpectedFinding(name, tuple(expected)),)))
        return replace(head, given=answers, expect=expect)


def _severe_first(finding: PlannedFinding) -> list[Case]:
    """The cases of a finding, the worst level first; others as they stand, those for everything else last."""
    if finding.level:
        return sorted(finding.cases, key=lambda case: _SEVERE_FIRST.index(case.level or "minor"))
    return sorted(finding.cases, key=lambda case: case.area is None)


def _limit_branches(finding: PlannedFinding) -> tuple[tree.Branch[tree.LimitValue], ...]:
    """The limit; by severity or by area class, what is last takes everything else, and those before it that say the same."""
    *first, last = _severe_first(finding)
    while first and first[-1].value == last.value:
        first.pop()
    if not first:
        return (tree.Branch(last.value),)
    branches = []
    for case in first:
        subject = tree.Fact("severity" if case.level else "area.class")
        value = (
            tree.Word(case.level, _LEVEL_WORDS[case.level]) if case.level else tree.Reference(case.area or "")
        )
        branches.append(tree.Branch(case.value, tree.Compare("=", subject, value)))
    return (*branches, tree.Branch(last.value, None, True))


def _is_general(clause: tree.Clause) -> bool:
    return not isinstance(clause, tree.Close) and not (
        isinstance(clause, tree.Limit) and clause.step == "handle"
    )


def _kind_of(clause: tree.Clause) -> str:
    return f"{type(clause).__name__} {clause.step if isinstance(clause, tree.Limit) else ''}"


def _kept_offices(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The cells of offices as they were, where the clauses cannot say all of it."""
    kept = []
    for entry in entries:
        cells = [entry["office"], entry["owner"] if entry["office"] else "", entry["supervising"]]
        filled = [cell for cell in cells if cell]
        if any(each in entry["office"] for each in "/|；;、:：") or (entry["office"] and entry["owner"]):
            kept.append("；".join(filled))
    return tuple(dict.fromkeys(kept))


def _as_written(waiting: Waiting) -> str:
    """A waiting row's cells, each behind its header."""
    entry = waiting.entry
    cells = []
    for column in entry.header.every:
        if entry[column.key] and column.field not in ("serial", "category", "item_name", "finding_name"):
            cells.append(f"{column.header or column.field or column.key}“{entry[column.key]}”")
    return " ".join(cells)
