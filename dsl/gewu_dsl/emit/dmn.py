"""An item as a decision model: DMN 1.3, to be opened and executed by other people's tools.

Inputs are the answers of a sheet as it is submitted (without answers to questions that are not shown; attached files as
their number) and the facts of the report. Every branched choice is a decision table, every finding a decision that is
true or false, and `findings` puts them together: what `decide` decides, as far as branches decide it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from gewu_dsl.emit.decision_tables import Table, branch_table
from gewu_dsl.emit.feel import DECISIONS, Feel, Names, text_literal
from gewu_dsl.emit.xml_text import document_text
from gewu_dsl.model import (
    Answer,
    Branch,
    Branches,
    Derived,
    Duration,
    Expression,
    Fact,
    Finding,
    History,
    Item,
    PlaceAttribute,
    PlaceKind,
    Question,
    Route,
)
from gewu_dsl.render import expression_words
from gewu_dsl.rules.source import clauses_of, condition_of
from gewu_dsl.truth import ALWAYS, Truth, question_kind
from gewu_dsl.words import Language

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
FEEL = "https://www.omg.org/spec/DMN/20191111/FEEL/"

_TYPES = {"number": "number", "text": "string"}
_WORDS = {
    "zh": {
        "holds": "是否成立", "severity": "等级", "route": "派往", "accept": "受理时限", "file": "立案时限",
        "dispatch": "派遣时限", "handle": "处置时限", "verify": "核查时限", "otherwise": "其他", "basis": "依据",
        "condition": "条件", "refused": "拒收", "excluded": "不采集", "findings": "成立的情形及其处置",
        "reading": "输入是提交的内容：不显示的问题没有答案，附件是个数。没有填的是 null，任何条件都不把它当作答案。",
    },
    "en": {
        "holds": "holds", "severity": "severity", "route": "route", "accept": "accept", "file": "file",
        "dispatch": "dispatch", "handle": "handle", "verify": "verify", "otherwise": "otherwise", "basis": "basis",
        "condition": "condition", "refused": "refused", "excluded": "excluded",
        "findings": "the findings that hold, and what is decided of each",
        "reading": "Inputs are the answers as submitted: a question that is not shown has none, attached files are their "
        "number. A blank is null, and no condition takes it for an answer.",
    },
}  # fmt: skip


def dmn_xml(item: Item, language: Language = "zh", *, places: Sequence[PlaceKind] = ()) -> str:
    """The model as a document; `language` is that of labels and annotations."""
    return _Model(item, language, places).document()


class _Model:
    def __init__(self, item: Item, language: Language, places: Sequence[PlaceKind]) -> None:
        self.item = item
        self.words = _WORDS[language]
        self.language: Language = language
        self.places = places
        self.truth = Truth(item)
        self.names = Names()
        self.variables: dict[Expression, str] = {}
        self.typed: frozenset[Expression] = frozenset()
        self.ids: dict[str, str] = {}
        self.inputs: dict[str, tuple[str, str]] = {}
        self.decisions: list[ET.Element] = []
        self.root = ET.Element(
            "definitions",
            {"xmlns": MODEL, "id": "model", "name": item.title, "namespace": f"urn:gewu:{item.name}"},
        )

    def document(self) -> str:
        ET.SubElement(self.root, "description").text = self.words["reading"]
        self._declare_inputs()
        self._lets()
        refused, excluded = self._refused(), self._excluded()
        parts = [self._finding(finding) for finding in self.item.findings]
        self._findings(refused, excluded, parts)
        for name, (label, kind) in self.inputs.items():
            element = ET.SubElement(
                self.root, "inputData", {"id": self.ids[name], "name": name, "label": label}
            )
            ET.SubElement(element, "variable", {"name": name, "typeRef": kind})
        self.root.extend(self.decisions)
        return document_text(self.root)

    # What is read

    def _declare_inputs(self) -> None:
        self._declare_facts()
        for question in self.item.questions:
            name = self._new_id(self.names.take(question.name), "input")
            self.variables[Answer(question.name)] = name
            self.inputs[name] = (question.label or question.name, self._type(question))

    def _declare_facts(self) -> None:
        """An input for every number, and one with components for the place, the area, the reporter, the moment."""
        parts: dict[str, dict[str, str]] = {}
        for leaf in self._leaves():
            match leaf:
                case PlaceAttribute(name):
                    parts.setdefault("place", {})[name] = kind = self._attribute_type(name)
                    self.typed |= {leaf} if kind != "Any" else set()
                case Fact(name) if "." in name:
                    base, part = name.split(".")
                    parts.setdefault(base, {})[part] = _TYPES[self.truth.kind(leaf)]
                case Fact("open_cases") | History():
                    name = f"{leaf.name}_{leaf.days}" if isinstance(leaf, History) else leaf.name
                    self.inputs[self._new_id(self.names.take(name), "input")] = (self._said(leaf), "number")
        for base, components in parts.items():
            self._structure(f"t_{base}", components)
            self.inputs[self._new_id(base, "input")] = (base, f"t_{base}")

    def _leaves(self) -> list[Expression]:
        item = self.item
        conditions = [must.condition for must in item.musts]
        conditions += [exclude.condition for exclude in item.excludes]
        conditions += [let.value for let in item.lets]
        for finding in item.findings:
            branches = [branch for _, clause in clauses_of(finding) for branch in clause]
            conditions += [when for when in (finding.when, *(b.when for b in branches)) if when is not None]
        return list(dict.fromkeys(leaf for condition in conditions for leaf in self.truth.leaves(condition)))

    def _type(self, question: Question) -> str:
        kind = question_kind(question.type)
        if kind == "list":
            return self._texts()
        return "Any" if kind == "object" else _TYPES[kind]

    def _attribute_type(self, name: str) -> str:
        """What every register that knows the attribute agrees on."""
        types = {self._type(each) for place in self.places for each in place.attributes if each.name == name}
        return types.pop() if len(types) == 1 else "string" if name == "kind" else "Any"

    def _texts(self) -> str:
        """The type of a list of texts, declared where it is first needed."""
        if "t_texts" not in self.ids:
            self.ids["t_texts"] = "type"
            definition = ET.SubElement(
                self.root, "itemDefinition", {"name": "t_texts", "isCollection": "true"}
            )
            ET.SubElement(definition, "typeRef").text = "string"
        return "t_texts"

    def _structure(self, name: str, components: Mapping[str, str]) -> None:
        definition = ET.Element("itemDefinition", {"name": name})
        for component, kind in components.items():
            inner = ET.SubElement(definition, "itemComponent", {"name": component})
            ET.SubElement(inner, "typeRef").text = kind
        self.root.append(definition)

    # What is decided

    def _lets(self) -> None:
        """A decision for every `let` that is the same for all findings; the others are printed where they are read."""
        for let in self.item.lets:
            if {Fact("severity"), Fact("finding")}.isdisjoint(self.truth.leaves(let.value)):
                feel, kind = self._feel(), self.truth.kind(let.value)
                text = feel.value(let.value, "raw" if kind == "any" else kind)
                name = self._literal(let.name, let.name, text, feel, _TYPES.get(kind, "Any"))
                self.variables[Derived(let.name)] = name

    def _refused(self) -> str:
        if not self.item.musts:
            return "[]"
        feel = self._feel()
        tests = [
            f"if {feel.form(self.truth.certainly_false(must.condition))} then {text_literal(must.message)} else null"
            for must in self.item.musts
        ]
        text = f"[{', '.join(tests)}][item != null]"
        return self._literal("refused", self.words["refused"], text, feel, self._texts())

    def _excluded(self) -> str:
        branches: Branches[str] = tuple(Branch(each.reason, each.condition) for each in self.item.excludes)
        return self._choice(
            "excluded", self.words["excluded"], branches, self._feel(), text_literal, "string"
        )

    def _finding(self, finding: Finding) -> str:
        """The decisions of a finding; gives the name of the last, which puts them together."""
        feel = self._feel(finding.name)
        condition = condition_of(finding)
        form = feel.fold(self.truth.certainly_true(condition)) if condition is not None else ALWAYS
        label = f"{finding.title} · {self.words['holds']}"
        holds = self._literal(f"{finding.name}_holds", label, feel.form(form), feel, "boolean")
        entries = {"name": text_literal(finding.name)}
        for clause, branches in clauses_of(finding):
            name, label = f"{finding.name}_{clause}", f"{finding.title} · {self.words[clause]}"
            kind = self._texts() if clause == "route" else "string"
            feel = self._feel(finding.name, entries.get("severity", "null"))
            entries[clause] = self._choice(name, label, branches, feel, _output, kind)
        together = self._feel()
        together.used |= {each: None for each in (holds, *entries.values()) if each in self.ids}
        fields = ", ".join(f"{key}: {value}" for key, value in entries.items())
        text = f"if {holds} then {{{fields}}} else null"
        return self._literal(finding.name, finding.title, text, together, "Any")

    def _findings(self, refused: str, excluded: str, findings: list[str]) -> None:
        feel = self._feel()
        feel.used |= {each: None for each in (refused, excluded, *findings) if each in self.ids}
        stopped = [f"count({refused}) > 0"] if refused in self.ids else []
        stopped += [f"{excluded} != null"] if excluded != "null" else []
        text = f"[{', '.join(findings)}][item != null]"
        text = f"if {' or '.join(stopped)} then [] else {text}" if stopped else text
        self._literal("findings", self.words["findings"], text, feel, "Any")

    def _feel(self, finding: str | None = None, severity: str = "null") -> Feel:
        return Feel(self.truth, self.variables, finding, severity, self.typed)

    # Elements

    def _choice(
        self, name: str, label: str, branches: Branches[Any], feel: Feel, output: Any, kind: str
    ) -> str:
        """The name of a table where the branches read something, else the one value there is."""
        table = branch_table(branches, feel, output, self._said)
        if not table.columns:
            return table.rows[0].output if table.rows else "null"
        name, decision = self._decision(name, label, feel, kind)
        decision.append(self._table(table, label, len(self.decisions)))
        return name

    def _literal(self, name: str, label: str, text: str, feel: Feel, kind: str) -> str:
        name, decision = self._decision(name, label, feel, kind)
        expression = ET.SubElement(decision, "literalExpression")
        ET.SubElement(expression, "text").text = text
        return name

    def _decision(self, name: str, label: str, feel: Feel, kind: str) -> tuple[str, ET.Element]:
        name = self._new_id(name if name in DECISIONS else self.names.take(name), "decision")
        attributes = {"id": self.ids[name], "name": name, "label": label}
        decision = ET.Element("decision", attributes)
        ET.SubElement(decision, "variable", {"name": name, "typeRef": kind})
        for used in feel.used:
            identifier = self.ids[used]
            requirement = ET.SubElement(decision, "informationRequirement")
            required = "requiredInput" if identifier.startswith("input") else "requiredDecision"
            ET.SubElement(requirement, required, {"href": f"#{identifier}"})
        self.decisions.append(decision)
        return name, decision

    def _table(self, table: Table, label: str, number: int) -> ET.Element:
        attributes = {"id": f"table_{number}", "hitPolicy": "FIRST", "outputLabel": label}
        element = ET.Element("decisionTable", attributes)
        for column in table.columns:
            clause = ET.SubElement(element, "input", {"label": column.label})
            expression = ET.SubElement(clause, "inputExpression", {"typeRef": column.type})
            ET.SubElement(expression, "text").text = column.text
        ET.SubElement(element, "output")
        for title in ("condition", "basis"):
            ET.SubElement(element, "annotation", {"name": self.words[title]})
        basis = "；".join(self.item.basis)
        for row in table.rows:
            rule = ET.SubElement(element, "rule")
            for tag, text in [*(("inputEntry", cell) for cell in row.cells), ("outputEntry", row.output)]:
                ET.SubElement(ET.SubElement(rule, tag), "text").text = text
            for text in (row.note, basis):
                ET.SubElement(ET.SubElement(rule, "annotationEntry"), "text").text = text
        return element

    def _said(self, expression: Expression | None) -> str:
        if expression is None:
            return self.words["otherwise"]
        return expression_words(expression, self.item, self.language, self.places)

    def _new_id(self, name: str, kind: str) -> str:
        self.ids[name] = f"{kind}_{len(self.ids)}"
        return name


def _output(value: Any) -> str:
    """The outcome of a choice in FEEL: a text, for a route the list of offices to try."""
    match value:
        case Route(handlers):
            return f"[{', '.join(map(text_literal, handlers))}]"
        case Duration():
            return text_literal(str(value))
    return text_literal(str(value))
