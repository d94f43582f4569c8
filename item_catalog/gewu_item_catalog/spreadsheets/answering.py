"""How a row of a checklist is answered, and which answer is the hazard."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from gewu_dsl import tree
from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.identifiers import name_for

_YES = {"是": "yes", "有": "yes", "yes": "yes", "y": "yes", "√": "yes", "合格": "yes", "符合": "yes"}
_NO = {"否": "no", "无": "no", "没有": "no", "no": "no", "n": "no", "×": "no", "不合格": "no", "不符合": "no"}
_ANSWERS = {**_YES, **_NO}
_TROUBLE = {
    "异常": "正常",
    "有问题": "无问题",
    "不正常": "正常",
    "存在问题": "无问题",
    "损坏": "完好",
    "不完好": "完好",
}
_FILLED = {"非空", "有内容", "填写即隐患", "non-empty", "nonempty"}
_NOTHING = {"", "none", "无隐患", "不判定", "/", "-", "—", "记录"}
_KINDS: tuple[tuple[str, tree.TypeKind], ...] = (
    ("照片|拍照|photo", "photo"), ("视频|video", "video"), ("签名|签字|signature", "signature"),
    ("整数|数量|integer", "integer"), ("数值|小数|decimal|number", "decimal"), ("日期|date", "date"),
    ("文本|文字|填空|text", "text"),
)  # fmt: skip
_OPTIONS = re.compile(r"[（(]([^（）()]*/[^（）()]*)[）)]|^([^/（）()]+(?:/[^/（）()]+)+)$")
_BOX = re.compile(r"\s*[□☐■▢◻☑☒✓✔√][\s:：]*")
_LINE = re.compile(r"[\s_＿…]*[_＿…]{2}[\s_＿…]*")
_NOT_ASKED = frozenset({"不适用", "不涉及", "无此项", "na", "n/a"})
_WRONG = re.compile(
    r"违[规法章反]|(?:是否|有无).{0,8}(?:存在|超过|超期|过期|私自|私拉|擅自|堵塞|占用|损坏|破损|泄漏|老化|堆放|杂物|不合格|隐患|混放|住人)"
)
"""Questions to which yes is probably the bad news: 是否堆放杂物."""
_DENIED = re.compile(
    r"(?:是否|有无)(?:已|均|都)?(?:不|没有|未|无|清除|消除|整改|禁止|落实|采取|制定|设置|张贴|防)"
)
_YES_OR_NO = re.compile(r"yes|是|判断|choice|选择|单选|有")
_MANY = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """`check` is answered yes, no or na; `choice` by one of `options`; `open` by text, a number or files, and what is
    written at all may be the hazard. `hazard` is the hazardous answer, None where there is none."""

    kind: Literal["check", "choice", "open"]
    hazard: str | None = None
    type: tree.TypeKind = "text"
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    said: tuple[tuple[str, Text, Text], ...] = ()

    @property
    def is_hazardous(self) -> bool:
        return self.hazard is not None

    def answer(self, text: str) -> tree.Word | tree.Reference | None:
        """An answer by the word the table has for it; None where it is not one of them."""
        if self.kind == "check":
            word = _ANSWERS.get(_plain(text))
            return None if word is None else tree.Word(word)
        names = {label: name for name, label in self.options}
        return tree.Reference(names[text]) if text in names else None

    def hazardous_answer(self) -> tree.Literal_:
        """The hazardous answer as an example gives it."""
        if self.kind == "check":
            return tree.Word(self.hazard or "no")
        return tree.Reference(self.hazard or "") if self.kind == "choice" else tree.String("有")

    def condition(self, name: str) -> tree.Expression:
        """When the question called `name` shows a hazard."""
        if self.kind == "check":
            return tree.Is(tree.Reference(name), "hazard")
        if self.kind == "open":
            return tree.Is(tree.Reference(name), "answered")
        return tree.Compare("=", tree.Reference(name), tree.Reference(self.hazard or ""))

    def question(self, name: str, text: str, when: tree.Expression | None) -> tree.Ask | tree.Check:
        """The statement that asks it."""
        shown: list[tree.Modifier] = [tree.Hint(self.hint)] if self.hint else []
        shown += [] if when is None else [tree.When(when)]
        if self.kind == "check" and self.is_hazardous:
            hazard: list[tree.Modifier] = [tree.Hazard("yes")] if self.hazard == "yes" else []
            return tree.Check(tree.Name(name), text, (*hazard, *shown))
        if self.kind == "check":
            return tree.Ask(tree.Name(name), tree.Type("yes_no"), text, tuple(shown))
        if self.kind == "choice":
            choices = tuple(
                tree.Choice(tree.Name(choice), None if choice == label else label)
                for choice, label in self.options
            )
            return tree.Ask(tree.Name(name), tree.Type("one_of", choices), text, tuple(shown))
        own = [tree.Optional()] if self.type == "text" else [tree.AtLeast(1), tree.AtMost(_MANY)]
        if self.type in ("integer", "decimal", "date"):
            own = []
        return tree.Ask(tree.Name(name), tree.Type(self.type), text, (*own, *shown))


def read_answer(kind: str, hazard: str, text: str) -> Asked:
    """How a row with this kind of answer and this hazard is asked; `text` is the question."""
    said: list[tuple[str, Text, Text]] = []
    kind = _without_boxes(kind)
    options = _options_in(kind)
    meant = _plain(hazard)
    for pattern, type_ in _KINDS:
        if not options and re.search(pattern, kind.lower()):
            return _open(type_, meant)
    parts = [part for part in re.split(r"[/、,]", meant) if part]
    trouble = next((part for part in parts if part in (options or _TROUBLE)), None)
    if options and not meant:
        trouble = next((option for option in options if option in _TROUBLE), None)
        said.append(("check_unread", _NO_HAZARD, _RECORDED if trouble is None else _option_taken(trouble)))
        if trouble is None:
            return _choice(options, None, said)
    labels = options or ((_TROUBLE[trouble], trouble, "不适用") if trouble else ())
    if kind and not options and not (_is_graded(kind) or _YES_OR_NO.search(kind.lower())):
        done = _as_choice(labels) if trouble else _AS_CHECK
        said.append(("check_unread", Text(f"填写方式“{kind}”看不懂", f"“{kind}” is not understood"), done))
    if trouble is not None:
        return _choice(labels, trouble, said)
    answer = next((_ANSWERS[part] for part in parts if part in _ANSWERS), None)
    if answer is None and not meant:
        answer = "yes" if _WRONG.search(text) and not _DENIED.search(text) else "no"
        if not _is_graded(kind):
            said.append(("check_unread", _NO_HAZARD, _taken(answer)))
        else:
            answer = "no"
    if answer is None:
        if meant not in _NOTHING:
            said.append(("check_recorded", _hazard_unread(hazard), _RECORDED))
        return Asked("check", None, said=tuple(said))
    hint = "有选“是”，无选“否”" if parts and parts[0] in ("有", "无") else ""
    return Asked("check", answer, hint=hint, said=tuple(said))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _options_in(kind: str) -> tuple[str, ...]:
    """Three answers or more in brackets or between strokes, or two of which one is a trouble; others are yes and no
    by other names, with 不适用 or without."""
    match = _OPTIONS.search(kind)
    options = tuple(part.strip() for part in (match[1] or match[2]).split("/")) if match else ()
    meant = {_plain(option) for option in options} - _NOT_ASKED
    if not all(options) or meant <= _ANSWERS.keys():
        return ()
    return options if len(options) > 2 or meant & _TROUBLE.keys() else ()


def _without_boxes(kind: str) -> str:
    """`☑是 □否` as 是/否; a line to write on as a text."""
    if _LINE.fullmatch(kind):
        return "文本"
    return "/".join(part.strip() for part in _BOX.split(kind) if part.strip()) if _BOX.search(kind) else kind


def _is_graded(kind: str) -> bool:
    """Whether the answers say themselves which one is bad: 合格/不合格."""
    return any(each in kind for each in ("不合格", "不符合"))


def _open(type_: tree.TypeKind, hazard: str) -> Asked:
    if type_ == "text" and hazard in _FILLED:
        return Asked("open", "", type_)
    if hazard in _NOTHING:
        return Asked("open", None, type_)
    return Asked("open", None, type_, said=(("check_recorded", _hazard_unread(hazard), _RECORDED),))


def _choice(labels: tuple[str, ...], hazard: str | None, said: list[tuple[str, Text, Text]]) -> Asked:
    taken: set[str] = set()
    options: list[tuple[str, str]] = []
    for label in dict.fromkeys(labels):
        options.append((name_for(label, taken, choice=True), label))
    named = {label: name for name, label in options}
    if hazard is None:
        return Asked("choice", None, options=tuple(options), said=tuple(said))
    if hazard not in named:
        return Asked("check", None, said=(*said, ("check_recorded", _hazard_unread(hazard), _RECORDED)))
    return Asked("choice", named[hazard], options=tuple(options), said=tuple(said))


def _hazard_unread(hazard: str) -> Text:
    return Text(f"看不出哪个答案是隐患：“{hazard}”", f"which answer is the hazard is not said: “{hazard}”")


def _taken(answer: str) -> Text:
    shown = "是" if answer == "yes" else "否"
    return Text(f"以“{shown}”为隐患；请核对", f"{answer} is taken for the hazard; please check")


def _option_taken(option: str) -> Text:
    return Text(f"以“{option}”为隐患；请核对", f"“{option}” is taken for the hazard; please check")


def _as_choice(labels: tuple[str, ...]) -> Text:
    return Text(f"当作单选：{'、'.join(labels)}", f"taken as a choice of {', '.join(labels)}")


_NO_HAZARD = Text("没有写哪个答案是隐患", "which answer is the hazard is not given")
_AS_CHECK = Text("当作是否题", "taken as a yes-no check")
_RECORDED = Text(
    "只记录，不立案；要立案请补一条情形", "recorded, no case is made; add a finding if there should be one"
)
