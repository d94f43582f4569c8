"""The instance of an OpenRosa form: empty within the form, filled in as a submission, and read back as answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from gewu_dsl.answers import Answers, normalise_answers
from gewu_dsl.emit.xform_nodes import ROOT, Nodes, number_text, slot_name, slots
from gewu_dsl.model import ATTACHED, Item, Question

NAMESPACE = "urn:gewu:questions"
"""Of the attribute that says which question a node is of, where the node could not have its name."""


def instance(item: Item, nodes: Nodes, version: str) -> ET.Element:
    """The instance without its facts, lets and notes: a node for every answer, all of them blank."""
    root = ET.Element(ROOT, {"xmlns:gewu": NAMESPACE, "id": item.name, "version": version})
    for question in item.questions:
        name = nodes.names[question.name]
        node = ET.SubElement(root, name)
        if name != question.name:
            node.set("gewu:question", question.name)
        if question.type in ATTACHED:
            for slot in ("count", *(slot_name(index) for index in range(1, slots(question) + 1))):
                ET.SubElement(node, slot)
    return root


def fill(root: ET.Element, item: Item, nodes: Nodes, answers: Mapping[str, Any]) -> None:
    """Write answers into an instance of `instance`. Files beyond its room on a phone get nodes of their own."""
    for question in item.questions:
        if question.name not in answers:
            continue
        node, value = root.find(nodes.names[question.name]), answers[question.name]
        assert node is not None
        if question.type not in ATTACHED:
            node.text = _answer_text(question, value)
            continue
        files = [str(name) for name in value] if isinstance(value, list | tuple) else _unnamed(value)
        for index, file in enumerate(files, 1):
            slot = node.find(slot_name(index))
            (ET.SubElement(node, slot_name(index)) if slot is None else slot).text = file


def answers_from_submission(item: Item, xml: str | bytes) -> Answers:
    """The answers of a submitted instance of the item's form, for `answers.check_answers` to look at.

    ValueError where it is no XML, has a document type, or is of another form: `id` says which one. What is not of its
    question's type stays a text, and is refused as such.
    """
    try:
        root = ET.fromstring(xml, ET.XMLParser(target=_Builder()))  # noqa: S314  the builder takes no document types
    except ET.ParseError as error:
        raise ValueError(f"not a submission: {error}") from error
    if root.get("id") != item.name:
        raise ValueError(f"a submission of {root.get('id')!r}, not of {item.name!r}")
    found = {_local(node): node for node in root}
    nodes = Nodes(item)
    answers: Answers = {}
    for question in item.questions:
        node = found.get(nodes.names[question.name])
        if node is not None:
            answers[question.name] = _answer(question, node)
    return normalise_answers(item, answers)


class _Builder(ET.TreeBuilder):
    """Refuses document types: with them a few lines can stand for gigabytes."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ValueError(f"a submission has no document type, this one has {name}")


def _answer(question: Question, node: ET.Element) -> Any:
    if question.type in ATTACHED:
        return [(slot.text or "").strip() for slot in node if _local(slot).startswith("file")]
    text = (node.text or "").strip()
    match question.type:
        case "any_of":
            return text.split()
        case "integer" | "decimal":
            return _number(text)
        case "location":
            return _location(text)
        case "date":
            return text[:10]
        case "time":
            return text[:5]  # the hour on the phone's clock; what follows are seconds and its zone
    return text


def _number(text: str) -> int | float | str:
    try:
        return int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:
        return text


def _location(text: str) -> dict[str, float] | str:
    """`lat lng altitude accuracy`, the last two optional; an accuracy of zero is none."""
    try:
        parts = [float(part) for part in text.split()]
    except ValueError:
        return text
    if len(parts) not in (2, 3, 4):
        return text
    place = {"lat": parts[0], "lng": parts[1]}
    return {**place, "accuracy": parts[3]} if len(parts) == 4 and parts[3] else place


def _answer_text(question: Question, value: Any) -> str:
    if question.type == "any_of" and isinstance(value, list | tuple):
        return " ".join(str(name) for name in value)
    if question.type == "location" and isinstance(value, Mapping):
        parts = [value.get("lat", 0), value.get("lng", 0)]
        parts += [0, value["accuracy"]] if value.get("accuracy") else []
        return " ".join(number_text(part) for part in parts)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    return f"{value}:00.000" if question.type == "time" else str(value)


def _unnamed(count: Any) -> list[str]:
    """Names for files of which only the number is known."""
    return [f"{index}" for index in range(1, count + 1)] if isinstance(count, int) else []


def _local(node: ET.Element) -> str:
    return node.tag.rpartition("}")[2]
