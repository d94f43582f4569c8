"""Runs forms in JavaRosa, the engine of ODK Collect, which lies in the jar of ODK Validate. A process of its own.

    python javarosa.py JAVA_HOME JAR

Every line in is {"form": XML, "submissions": [XML, or null for a form opened for the first time], "nodes": [paths below
the root], "finish": bool}; every line out
has for each submission, opened and computed anew: the text of those nodes (null: blank) and, where it is to be
finished, the path of the first question that refuses (null: none does) and the instance as it would be sent.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jpype


def start(java_home: str, jar: str) -> None:
    machine = next(Path(java_home).rglob("*jvm.so"), None) or next(Path(java_home).rglob("*jvm.d*"))
    options = ["-XX:TieredStopAtLevel=1", "-Xshare:auto", "--enable-native-access=ALL-UNNAMED"]
    jpype.startJVM(str(machine), *options, classpath=[jar])
    jpype.JClass("org.javarosa.model.xform.XFormsModule")().registerModule()


def run(case: dict[str, Any]) -> list[dict[str, Any]]:
    forms = jpype.JClass("org.javarosa.xform.util.XFormUtils")
    form = forms.getFormFromInputStream(stream(case["form"]))
    blank = form.getMainInstance().getRoot().deepCopy(True)
    told = []
    for submission in case["submissions"]:
        root = opened(form, blank, submission)
        told.append({"values": [text_of(root, path) for path in case["nodes"]]})
        if case["finish"]:
            told[-1].update(refused=refusing(form), sent=sent(form))
    return told


def opened(form: Any, blank: Any, submission: str | None) -> Any:
    """As ODK Collect opens a form, new or filled in before."""
    parser = jpype.JClass("org.javarosa.xform.parse.XFormParser")
    start = jpype.JClass("org.javarosa.core.model.instance.InstanceInitializationFactory")
    root = blank.deepCopy(True)
    if submission is not None:
        root.populate(parser.restoreDataModel(stream(submission), None).getRoot(), form)
    form.getMainInstance().setRoot(root)
    form.initialize(submission is None, start())
    return root


def refusing(form: Any) -> str | None:
    outcome = form.validate()
    return None if outcome is None else str(outcome.failedPrompt.getReference().toString(False))


def sent(form: Any) -> str:
    serializer = jpype.JClass("org.javarosa.model.xform.XFormSerializingVisitor")()
    return bytes(serializer.serializeInstance(form.getMainInstance())).decode()


def text_of(root: Any, path: str) -> str | None:
    node = root
    for step in path.split("/"):
        node = node.getFirstChild(step)
    if not node.isRelevant() or node.getValue() is None:
        return None
    return str(node.getValue().uncast().getString())


def stream(text: str) -> Any:
    return jpype.JClass("java.io.ByteArrayInputStream")(text.encode())


if __name__ == "__main__":
    start(*sys.argv[1:3])
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()
