"""An item's form as an OpenRosa XForm, for ODK Collect, Enketo and everything else that runs one.

What the item says of a single question stands in the question's bind: when it is shown, whether it has to be answered,
what it may be. A `must` is a constraint on every question it concerns, and a note behind the last of them where that is
not enough. So a phone refuses what the server would refuse, except for what only the server can check (`limits`). Rules
that choose offices and deadlines stay with the server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any
from xml.etree import ElementTree as ET

from gewu_dsl.artifact import version_of
from gewu_dsl.emit.xform_instance import fill, instance
from gewu_dsl.emit.xform_limits import bind_type, limits
from gewu_dsl.emit.xform_nodes import ROOT, Nodes, fact_texts
from gewu_dsl.emit.xml_text import document_text, element_text
from gewu_dsl.emit.xpath import FALSE, TRUE, At, Printer, both, negated
from gewu_dsl.model import ATTACHED, Item, Must, Question
from gewu_dsl.rules import normalise_context
from gewu_dsl.truth import CONDITIONS
from gewu_dsl.validity import choice_names, refusal

Words = tuple[str, str]
"""Chinese and English; what an author wrote is the same in both."""

_NAMESPACES = {
    "xmlns": "http://www.w3.org/2002/xforms",
    "xmlns:h": "http://www.w3.org/1999/xhtml",
    "xmlns:jr": "http://openrosa.org/javarosa",
    "xmlns:odk": "http://www.opendatakit.org/xforms",
}
_LANGUAGES = ("中文 (zh)", "English (en)")
_ANSWERS: dict[str, Words] = {"yes": ("是", "Yes"), "no": ("否", "No"), "na": ("不适用", "Not applicable")}
_PRIVATE: Words = ("仅办理人员可见", "seen by case handlers only")
_MEDIA = {
    "photo": "image/*",
    "signature": "image/*",
    "video": "video/*",
    "audio": "audio/*",
    "file": "application/*",
}
_NOW = {
    "reported_month": "format-date(now(), '%n')",
    "reported_hour": "format-date-time(now(), '%h')",
    # Days since 1970-01-01, a Thursday, of the date on the phone's clock, whatever its zone.
    "reported_weekday": (
        "(decimal-date-time(concat(format-date(now(), '%Y-%m-%d'), 'T00:00:00.000Z')) + 3) mod 7 + 1"
    ),
}


def xform(item: Item, version: str | None = None, context: Mapping[str, Any] | None = None) -> str:
    """The whole form. `context` is what is known before it is opened (the place, its history), as `decide` takes it."""
    return Form(item, version).xml(context)


class Form:
    """The form of one item. `nodes` tells where everything stands in its instance."""

    def __init__(self, item: Item, version: str | None = None) -> None:
        self.item = item
        self.version = version or version_of(item)
        self.nodes = Nodes(item)
        self._printer = Printer(item, self.nodes)
        self._words: dict[str, Words] = {}
        self._binds: list[ET.Element] = []
        self._notes: list[str] = []
        self._body = ET.Element("h:body")
        self._write()

    def xml(self, context: Mapping[str, Any] | None = None) -> str:
        """The form's text, its hidden facts filled in from `context`."""
        html = ET.Element("h:html", _NAMESPACES)
        head = ET.SubElement(html, "h:head")
        ET.SubElement(head, "h:title").text = self.item.title
        model = ET.SubElement(head, "model", {"odk:xforms-version": "1.0.0"})
        model.append(self._itext())
        ET.SubElement(model, "instance").append(self._instance(context))
        model.extend(self._binds)
        model.extend(self._first_values(context))
        html.append(self._body)
        return document_text(html)

    def submission(self, answers: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> str:
        """The form filled in with `answers`, as a phone sends it."""
        root = self._instance(context)
        fill(root, self.item, self.nodes, answers)
        return element_text(root)

    def _write(self) -> None:
        for section, questions in groupby(self.item.questions, lambda question: question.section):
            parent = self._body
            if section:
                parent = ET.SubElement(self._body, "group")
                self._say(parent, f"section {len(self._body)}", (section, section))
            for question in questions:
                self._ask(question, parent)
                self._block(question.name, parent)
        self._bind_lets()
        for index, exclude in enumerate(self.item.excludes, 1):
            shown = self._printer.certainly_true(exclude.condition)
            words = (f"不采集：{exclude.reason}", f"No case is made: {exclude.reason}")
            self._note(self._body, f"excluded{index}", shown, words)
        self._block(None, self._body)
        self._bind_facts()
        self._bind(f"/{ROOT}/meta/instanceID", "string", {"readonly": TRUE, "jr:preload": "uid"})

    def _ask(self, question: Question, parent: ET.Element) -> None:
        path = self.nodes.question(question.name)
        relevant = {} if question.when is None else {"relevant": self._printer.certainly_true(question.when)}
        if question.type in ATTACHED:
            self._attach(question, parent, relevant)
            return
        asked = {} if question.optional else self._required(question)
        self._bind(path, bind_type(question), {**relevant, **asked, **self._constraint(question)})
        if question.type not in ("one_of", "any_of", "yes_no", "check"):
            self._label(ET.SubElement(parent, "input", {"ref": path}), question)
            return
        control = ET.SubElement(parent, "select" if question.type == "any_of" else "select1", {"ref": path})
        self._label(control, question)
        labels = {choice.name: (choice.label, choice.label) for choice in question.choices}
        for index, name in enumerate(choice_names(question), 1):
            entry = ET.SubElement(control, "item")
            self._say(entry, f"{path}/{index}" if labels else name, labels.get(name) or _ANSWERS[name])
            ET.SubElement(entry, "value").text = name

    def _attach(self, question: Question, parent: ET.Element, relevant: Mapping[str, str]) -> None:
        """One upload a file, each but the first shown when the one before it is taken, and how many there are."""
        path, files = self.nodes.question(question.name), self.nodes.files(question)
        if relevant:
            self._bind(path, None, relevant)
        taken = " + ".join(["1", *(f"number({file} != '')" for file in files[1:])])
        self._bind(f"{path}/count", "int", {"calculate": f"if({files[0]} != '', {taken}, '')"})
        for index, file in enumerate(files):
            needed = not question.optional if index == 0 else index < (question.at_least or 0)
            asked = self._required(question) if needed else {}
            shown = {"relevant": f"{files[index - 1]} != ''"} if index else {}
            self._bind(file, bind_type(question), {**shown, **asked})
            upload = ET.SubElement(parent, "upload", {"ref": file, "mediatype": _MEDIA[question.type]})
            if question.type == "signature":
                upload.set("appearance", "signature")
            self._label(upload, question, f" {index + 1}/{len(files)}" if len(files) > 1 else "")

    def _required(self, question: Question) -> dict[str, str]:
        said = refusal(question.name, "required")
        words = self._text("required", (said.message, said.message_en))
        return {"required": TRUE, "jr:requiredMsg": words}

    def _constraint(self, question: Question) -> dict[str, str]:
        """What the answer has to be, with everything that may be wrong with it in one message: a bind has only one."""
        tests: list[tuple[str, Words]] = [
            (test, (said.message, said.message_en)) for test, said in limits(question)
        ]
        for must in self.item.musts:
            if question.name in must.questions:
                tests.append((negated(self._caught(must, question)), (must.message, must.message)))
        tests = [(test, words) for test, words in tests if test != TRUE]
        if not tests:
            return {}
        said = dict.fromkeys(words for _, words in tests)
        words = "；".join(zh for zh, _ in said), "; ".join(en for _, en in said)
        message = self._text(f"{self.nodes.question(question.name)}:constraint", words)
        return {"constraint": both(*(test for test, _ in tests)), "jr:constraintMsg": message}

    def _caught(self, must: Must, question: Question) -> str:
        """When the constraint of a question can tell that a must fails: not by what is only asked further down."""
        reached = [each.name for each in self.item.questions].index(question.name)
        later = frozenset(each.name for each in self.item.questions[reached + 1 :])
        return self._printer.certainly_false(must.condition, At(own=question.name, later=later))

    def _block(self, last: str | None, parent: ET.Element) -> None:
        """The musts whose last question is `last` (None: that ask nothing), where constraints alone do not hold them.

        A constraint is not looked at while its answer is blank, nor on files. Such a must becomes a note that appears
        when it fails and, being required, cannot be got past; `required` on the question itself would make a circle of
        questions that wait for each other, which JavaRosa refuses.
        """
        for index, must in enumerate(self.item.musts, 1):
            concerned = [question for question in self.item.questions if question.name in must.questions]
            if (concerned[-1].name if concerned else None) == last and not self._is_held(must, concerned):
                shown = self._printer.certainly_false(must.condition)
                said = self._text(f"/{ROOT}/notes/refused{index}:label", (must.message, must.message))
                note = self._note(parent, f"refused{index}", shown, (must.message, must.message))
                note.attrib.update({"required": TRUE, "jr:requiredMsg": said})

    def _is_held(self, must: Must, concerned: list[Question]) -> bool:
        """Whether a must can fail only where one of its questions is answered and sees it."""
        refused = self._printer.certainly_false
        return any(
            question.type not in ATTACHED
            and refused(must.condition, At(blank=question.name)) == FALSE
            and refused(must.condition, At(own=question.name)) == self._caught(must, question)
            for question in concerned
        )

    def _bind_lets(self) -> None:
        for let in self.item.lets:
            computed = self._printer.let(let.value)
            if computed is not None:
                kind = "string" if isinstance(let.value, CONDITIONS) else "decimal"
                self._bind(self.nodes.let(let.name), kind, {"calculate": computed})

    def _bind_facts(self) -> None:
        for node, (_, kind) in self.nodes.facts.items():
            self._bind(f"/{ROOT}/context/{node}", "decimal" if kind == "number" else "string", {})

    def _note(self, parent: ET.Element, name: str, shown: str, words: Words) -> ET.Element:
        """Words that appear on the form by themselves; returns their bind."""
        path = f"/{ROOT}/notes/{name}"
        self._notes.append(name)
        self._say(ET.SubElement(parent, "input", {"ref": path}), path, words)
        return self._bind(path, "string", {"relevant": shown, "readonly": TRUE})

    def _bind(self, path: str, kind: str | None, more: Mapping[str, str]) -> ET.Element:
        self._binds.append(ET.Element("bind", {"nodeset": path, **({"type": kind} if kind else {}), **more}))
        return self._binds[-1]

    def _instance(self, context: Mapping[str, Any] | None) -> ET.Element:
        root = instance(self.item, self.nodes, self.version)
        for group, nodes in (
            ("derived", dict.fromkeys(self.nodes.lets.values(), "")),
            ("context", fact_texts(self.nodes.facts, normalise_context(context))),
            ("notes", dict.fromkeys(self._notes, "")),
        ):
            parent = ET.SubElement(root, group) if nodes else root
            for node, text in nodes.items():
                ET.SubElement(parent, node).text = text
        ET.SubElement(ET.SubElement(root, "meta"), "instanceID")
        return root

    def _first_values(self, context: Mapping[str, Any] | None) -> Iterator[ET.Element]:
        """What the phone itself knows when the form is opened, unless `context` says it."""
        given = normalise_context(context)
        for node, now in _NOW.items():
            if node in self.nodes.facts and self.nodes.facts[node][0] not in given:
                path = f"/{ROOT}/context/{node}"
                yield ET.Element("setvalue", {"event": "odk-instance-first-load", "ref": path, "value": now})

    def _itext(self) -> ET.Element:
        itext = ET.Element("itext")
        for index, language in enumerate(_LANGUAGES):
            translation = ET.SubElement(itext, "translation", {"lang": language})
            if index == 0:
                translation.set("default", TRUE)
            for name, words in self._words.items():
                ET.SubElement(ET.SubElement(translation, "text", {"id": name}), "value").text = words[index]
        return itext

    def _text(self, name: str, words: Words) -> str:
        self._words[name] = words
        return f"jr:itext('{name}')"

    def _say(self, parent: ET.Element, name: str, words: Words, tag: str = "label") -> None:
        ET.SubElement(parent, tag, {"ref": self._text(f"{name}:{tag}", words)})

    def _label(self, control: ET.Element, question: Question, more: str = "") -> None:
        path = control.get("ref", "")
        zh, en = (f"（{question.unit}）", f" ({question.unit})") if question.unit else ("", "")
        self._say(control, path, (f"{question.label}{zh}{more}", f"{question.label}{en}{more}"))
        hints = [(question.hint, question.hint)] if question.hint else []
        hints += [_PRIVATE] if question.private else []
        if hints:
            words = " · ".join(zh for zh, _ in hints), " · ".join(en for _, en in hints)
            self._say(control, path, words, "hint")
