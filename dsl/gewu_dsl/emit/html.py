"""An item's form as plain accessible HTML, in the classes of Bootstrap 5, without script or style of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from gewu_dsl.decision import Refused
from gewu_dsl.emit.inputs import Field, input_html
from gewu_dsl.model import Item, Question
from gewu_dsl.words import Language

Errors = Mapping[str, str | Iterable[str]] | Iterable[Refused]

WORDS = {
    "zh": {"optional": "选填", "submit": "提交", "private": "仅办理人员可见", "number": "编号", "basis": "依据"},
    "en": {
        "optional": "optional", "submit": "Submit", "private": "seen by case handlers only", "number": "No.",
        "basis": "Basis",
    },
}  # fmt: skip
_GROUPED = frozenset({"yes_no", "check", "one_of", "any_of"})


def form_html(
    item: Item,
    *,
    language: Language = "zh",
    values: Mapping[str, Any] | None = None,
    errors: Errors | None = None,
    action: str | None = None,
) -> str:
    """The questions of the form; with `action` also the `<form>` around them and its button.

    `values` are answers to show again (wrong ones too), `errors` messages by question or refusals. Inputs are named
    after their questions, so `answers.answers_from_form` reads what is posted. Questions that depend on others carry
    `data-conditional` and are never `required` in HTML: `emit.javascript` says when they are shown.
    """
    messages = _messages(errors, language)
    parts: list[str] = []
    section: str | None = None
    for question in item.questions:
        if question.section and question.section != section:
            parts.append(f'<h3 class="gewu-section h4 mt-4 mb-3">{escape(question.section)}</h3>')
        section = question.section
        value = (values or {}).get(question.name)
        parts.append(question_html(question, language, value, messages.get(question.name, ())))
    inner = "\n".join(parts)
    if action is None:
        return inner
    button = (
        f'<button type="submit" class="btn btn-primary btn-lg w-100">{WORDS[language]["submit"]}</button>'
    )
    return (
        f'<form class="gewu-form" method="post" action="{escape(action)}" enctype="multipart/form-data" novalidate>\n'
        f"{inner}\n{button}\n</form>"
    )


def question_html(question: Question, language: Language, value: Any, messages: Iterable[str] = ()) -> str:
    """One question: its words, its input, and the place of its errors."""
    name = escape(question.name)
    field_id = f"q-{name}"
    messages = tuple(messages)
    described = [f"{field_id}-hint"] if question.hint or question.private else []
    described.append(f"{field_id}-error")
    field = Field(
        id=field_id,
        name=name,
        described_by=" ".join(described),
        invalid=bool(messages),
        required=question.when is None and not question.optional,
    )
    body = input_html(question, language, value, field)
    hint = _hint(question, language, field_id)
    hidden = "" if messages else " hidden"
    error = (
        f'<p class="invalid-feedback{" d-block" if messages else ""}" id="{field_id}-error" data-error '
        f'aria-live="polite"{hidden}>{"<br>".join(escape(message) for message in messages)}</p>'
    )
    conditional = " data-conditional" if question.when is not None else ""
    opening = (
        f'<div class="gewu-question mb-4" data-question="{name}" data-type="{question.type}"{conditional}>'
    )
    title = _title(question, language)
    if question.type in _GROUPED:
        grouped = (
            f'<fieldset aria-describedby="{field.described_by}">\n<legend class="form-label h5">{title}</legend>\n'
            f"{hint}{body}\n{error}\n</fieldset>"
        )
        return f"{opening}\n{grouped}\n</div>"
    return f'{opening}\n<label class="form-label h5" for="{field_id}">{title}</label>\n{hint}{body}\n{error}\n</div>'


def page_html(item: Item, language: Language = "zh") -> str:
    """A whole page that stands alone: the form of an item to look at and to print."""
    words = WORDS[language]
    lines = [f"{words['number']} {item.number}"] if item.number else []
    lines += [f"{words['basis']} {basis}" for basis in item.basis]
    about = "".join(f'<p class="about">{escape(line)}</p>' for line in lines)
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if language == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(item.title)}</title>\n'
        f"<style>{_PAGE_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(item.title)}</h1>\n{about}\n"
        f'<form class="gewu-form" novalidate>\n{form_html(item, language=language)}\n</form>\n</main>\n</body>\n</html>\n'
    )


_PAGE_STYLE = """
body { margin: 0; background: #f6f8fb; color: #182433; font: 1rem/1.5 system-ui, "Noto Sans CJK SC", sans-serif; }
main { max-width: 40rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; background: #fff; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } .about { margin: 0; color: #667382; }
.gewu-section { margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 2px solid #066fd1; font-size: 1.1rem; }
.gewu-question { margin: 1.25rem 0; } fieldset { border: 0; margin: 0; padding: 0; }
.form-label { display: block; padding: 0; margin-bottom: .35rem; font-size: 1rem; font-weight: 600; }
.form-hint, .text-secondary { color: #667382; font-weight: 400; font-size: .875rem; margin: 0 0 .35rem; }
.form-check { display: flex; align-items: center; min-height: 2.75rem; gap: .6rem; }
.form-check-input { width: 1.25rem; height: 1.25rem; margin: 0; } .input-group { display: flex; gap: .5rem; }
.form-control { box-sizing: border-box; width: 100%; min-height: 2.75rem; padding: .4rem .6rem; font: inherit;
  border: 1px solid #a5b0bd; border-radius: .375rem; } .input-group-text { align-self: center; }
.btn { min-height: 2.75rem; padding: 0 1rem; font: inherit; } [hidden] { display: none; }
@media print { body { background: #fff; } main { padding: 0; } }
"""


def _title(question: Question, language: Language) -> str:
    mark = (
        f' <span class="text-secondary fw-normal">({WORDS[language]["optional"]})</span>'
        if question.optional
        else ""
    )
    return f"{escape(question.label)}{mark}"


def _hint(question: Question, language: Language, field_id: str) -> str:
    words = [question.hint] if question.hint else []
    words += [WORDS[language]["private"]] if question.private else []
    if not words:
        return ""
    return f'<p class="form-hint text-secondary" id="{field_id}-hint">{escape(" · ".join(words))}</p>\n'


def _messages(errors: Errors | None, language: Language) -> dict[str, list[str]]:
    messages: dict[str, list[str]] = {}
    if isinstance(errors, Mapping):
        for name, texts in errors.items():
            messages[name] = [texts] if isinstance(texts, str) else [str(text) for text in texts]
        return messages
    for refused in errors or ():
        text = refused.message_en if language == "en" else refused.message
        messages.setdefault(refused.question or "", []).append(text)
    return messages
