"""One decision in words: what was found, how severe, whose it is, by when, and by which line of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gewu_dsl.decision import DecidedFinding, Decision
from gewu_dsl.diagnostics import Text
from gewu_dsl.model import Department, Item, PlaceKind
from gewu_dsl.render import OFFICES_ZH, evidence_words, expression_words, limit_words, word
from gewu_dsl.rules.source import clauses_of, condition_of
from gewu_dsl.words import Language

_CLAUSES = {
    "finding": Text("情形", "finding"),
    "severity": Text("等级", "severity"),
    "route": Text("派往", "route"),
}


def decision_words(
    decision: Decision,
    item: Item,
    department: Department,
    language: Language,
    places: Sequence[PlaceKind] = (),
) -> str:
    """The decision as lines for an author to read."""
    return "\n".join(_Told(item, department, language, places).lines(decision))


class _Told:
    def __init__(
        self, item: Item, department: Department, language: Language, places: Sequence[PlaceKind]
    ) -> None:
        self.item = item
        self.department = department
        self.language: Language = language
        self.places = places

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def lines(self, decision: Decision) -> Iterator[str]:
        labels = {question.name: question.label for question in self.item.questions}
        for refused in decision.refused:
            where = labels.get(refused.question or "", refused.question or "")
            message = self.say(refused.message, refused.message_en)
            yield self.say(f"拒收 {where}：{message}", f"refused {where}: {message}")
        if decision.excluded is not None:
            yield self.say(f"不采集：{decision.excluded}", f"excluded: {decision.excluded}")
        for finding in decision.findings:
            yield from self._finding(finding)
        if not (decision.refused or decision.findings or decision.excluded is not None):
            yield self.say("无", "nothing")

    def _finding(self, finding: DecidedFinding) -> Iterator[str]:
        severity = f" · {word(finding.severity, self.language)}" if finding.severity else ""
        yield f"{finding.title}（{finding.name}）{severity}"
        for name, value in self._outcomes(finding):
            yield f"  {name} {value}"
        yield self.say("  为什么", "  why")
        for reason in finding.trace:
            line = "" if reason.line is None else self.say(f"第 {reason.line} 行 ", f"line {reason.line} ")
            seen = ", ".join(f"{name} = {self._seen(value)}" for name, value in reason.saw.items())
            told = f"    {line}{self._clause(reason.clause)}：{self._because(finding.name, reason.clause, reason.branch)}"
            yield f"{told}  [{seen}]" if seen else told

    def _outcomes(self, finding: DecidedFinding) -> Iterator[tuple[str, str]]:
        route = finding.route
        if route.handler is not None:
            handlers = [self._office(name) for name in (route.handler, *route.fallbacks)]
            yield self._clause("route"), self.say(" 否则 ", " else ").join(handlers)
        if route.assisting:
            yield self.say("协办", "with"), ", ".join(map(self._office, route.assisting))
        if route.supervising is not None:
            yield self.say("主管", "under"), self._office(route.supervising)
        if finding.on_site is not None:
            yield self.say("当场整改", "on site"), limit_words(finding.on_site, self.language)
        for step, limit in finding.limits.items():
            yield self._clause(step), limit_words(limit, self.language)
        for stage in finding.stages:
            yield f"{self.say('阶段', 'stage')} {stage.label}", limit_words(stage.limit, self.language)
        if finding.closing is not None:
            evidence = [evidence_words(each, self.language) for each in finding.closing.evidence]
            yield self.say("结案", "close"), ", ".join([finding.closing.text, *evidence])

    def _because(self, finding: str, clause: str, branch: int) -> str:
        decided = self.item.finding(finding)
        if clause == "finding":
            when = condition_of(decided)
        else:
            when = dict(clauses_of(decided))[clause][branch - 1].when
        return (
            self.say("其他", "otherwise")
            if when is None
            else expression_words(when, self.item, self.language, self.places)
        )

    def _clause(self, clause: str) -> str:
        named = _CLAUSES.get(clause)
        return word(clause, self.language) if named is None else named.in_words(self.language)

    def _office(self, name: str) -> str:
        titles = {office.name: office.title for office in self.department.offices}
        built_in = OFFICES_ZH.get(name, name) if self.language == "zh" else name
        return titles.get(name, built_in)

    def _seen(self, value: object) -> str:
        if value is None:
            return self.say("未填", "blank")
        if isinstance(value, list):
            return "、".join(map(str, value)) if self.language == "zh" else ", ".join(map(str, value))
        return word(str(value), self.language)
