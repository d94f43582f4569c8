"""Decision models executed by other people's engines, beside what `decide` says."""

from __future__ import annotations

import json
import platform
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gewu_dsl.model import ATTACHED, Item
from gewu_dsl.rules import Rules, normalise_context

FOLDER = Path(__file__).parent / "decision_models"

Executed = tuple[list[str], list[dict[str, Any]]]
"""What an engine had to say against a model, and the values of its decisions for every input."""


class Feelin:
    """dmn-moddle and feelin, in Node: they open models, and execute them by FEEL's own rules."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, xml: str, inputs: Sequence[Mapping[str, Any]]) -> Executed:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"xml": xml, "contexts": inputs}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["problems"], answer["results"]


def install(folder: Path, what: str = "executing decision models") -> None:
    """What the folder's lock names, if it is not there yet; skips where it cannot be had."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip(f"{what} needs Node: no `node` and `npm` on the PATH")
    if not (folder / "node_modules").is_dir():
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        if subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode:
            pytest.skip(f"{what} needs packages from npm, which cannot be reached")


@contextmanager
def feelin() -> Iterator[Feelin]:
    """The engine, installed from its lock if need be."""
    install(FOLDER)
    command = ["node", str(FOLDER / "execute.mjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Feelin(process)
        assert process.stdin
        process.stdin.close()


class Drools:
    """Apache KIE's DMN engine, as a server on this machine."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"

    def run(self, xml: str, inputs: Sequence[Mapping[str, Any]]) -> Executed:
        found = self._post("/jitdmn/validate", xml.encode(), "application/xml")
        found = [each for each in found if not each["message"].startswith("First Normal Form Violation")]
        problems = [each["message"] for each in found if each["severity"] == "ERROR"]
        results = []
        for context in inputs:
            body = json.dumps({"model": xml, "context": context}).encode()
            told = self._post("/jitdmn/dmnresult", body, "application/json")
            problems += [each["message"] for each in told["messages"] if each["severity"] == "ERROR"]
            results.append(told["dmnContext"])
        return problems, results

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._address}/q/health") as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _post(self, path: str, body: bytes, kind: str) -> Any:
        request = urllib.request.Request(self._address + path, body, {"Content-Type": kind})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


@contextmanager
def drools() -> Iterator[Drools]:
    """The engine, installed from its lock if need be; 80 MB, so only the soak runs it."""
    if platform.machine() != "x86_64" or platform.system() != "Linux":
        pytest.skip("Drools is packed as one program for Linux on x86-64 only")
    install(FOLDER / "drools")
    program = FOLDER / "drools/node_modules/@kie-tools/jitexecutor-native/dist/linux/jitexecutor"
    program.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["-Dquarkus.http.host=127.0.0.1", f"-Dquarkus.http.port={port}", "-Dquarkus.log.level=OFF"]
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL) as process:
        engine = Drools(port)
        while not engine.is_up():
            assert process.poll() is None, "Drools ended before it was up"
        yield engine
        process.terminate()


def inputs_of(item: Item, answers: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """A submitted sheet and the facts of a report as a decision model takes them: blanks null, files counted."""
    inputs: dict[str, Any] = {}
    for question in item.questions:
        value = answers.get(question.name)
        if question.type in ATTACHED:
            value = (len(value) if isinstance(value, list) else value) or None
        inputs[question.name] = value
    facts: dict[str, Any] = {base: {} for base in ("place", "area", "reported", "reporter")}
    facts |= {"open_cases": None, "cases_in_30": None}
    for name, value in normalise_context(context).items():
        base, _, part = name.partition(".")
        if base in ("cases_in", "visits_in"):
            facts[f"{base}_{part}"] = value
        elif part:
            facts[base][part] = list(value) if isinstance(value, tuple) else value
        else:
            facts[base] = value
    return {**facts, **inputs}


def decided(rules: Rules, answers: Mapping[str, Any], context: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What `decide` says, in the shape of a model's decision `findings`."""
    found = []
    for finding in rules.decide(answers, context).findings:
        route = finding.route
        offices = [office for office in (route.handler, *route.fallbacks) if office is not None]
        limits = {step: str(limit) for step, limit in finding.limits.items()}
        found.append({"name": finding.name, "severity": finding.severity, "route": offices, **limits})
    return found


def told(findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A model's `findings`; a step for which no branch held has no limit."""
    return [
        {key: value for key, value in finding.items() if value is not None or key == "severity"}
        | {"route": finding.get("route") or []}
        for finding in findings
    ]
