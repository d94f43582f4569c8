"""The printed 检查表: an item's form on paper, to be filled in by hand where there is no phone.

A4. Checks are rows with a box for each answer; other questions have their choices or a line. Heads of tables repeat on
every page and no row is torn apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from gewu_dsl.model import ATTACHED, Department, Item, PlaceKind, Question
from gewu_dsl.render import expression_words
from gewu_dsl.words import Language

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "sheet": "检查表", "number": "编号", "basis": "依据", "place": "检查对象", "where": "检查地点", "address": "地址",
        "grid": "网格", "date": "日期", "date_blank": "　　　　年　　月　　日　　时　　分", "worker": "检查人", "row": "序号",
        "question": "检查内容", "yes": "是", "no": "否", "na": "不适用", "note": "备注", "hazard": "答“{answer}”为隐患",
        "when": "仅当 {condition} 时填写", "optional": "选填", "one": "单选", "several": "可多选", "between": "{low} 至 {high}",
        "least": "至少 {low}", "most": "至多 {high}", "numbers": "编号", "photo": "照片", "video": "视频", "audio": "录音",
        "file": "附件", "signature": "签名", "month": "年　　月　　日", "clock": "时　　分", "rules": "填写要求",
        "excluded": "不采集", "findings": "发现的情形", "signed": "签名", "worker_signs": "检查人签名",
        "owner_signs": "被检查单位（场所）负责人签名", "comment": "处理意见", "located": "经度　　　　　纬度　　　　　",
    },
    "en": {
        "sheet": "Inspection sheet", "number": "No.", "basis": "Basis", "place": "Inspected", "where": "Where",
        "address": "Address", "grid": "Grid", "date": "Date", "date_blank": "", "worker": "By", "row": "#",
        "question": "Question", "yes": "Yes", "no": "No", "na": "n/a", "note": "Notes", "hazard": "“{answer}” is a hazard",
        "when": "only if {condition}", "optional": "optional", "one": "one", "several": "any number",
        "between": "{low} to {high}", "least": "at least {low}", "most": "at most {high}", "numbers": " numbers",
        "photo": "photo", "video": "video", "audio": "audio", "file": "file", "signature": "signature",
        "month": "", "clock": "", "rules": "To be checked before it is sent", "excluded": "Not collected", "findings": "Findings",
        "signed": "Signed", "worker_signs": "Inspector", "owner_signs": "For the place inspected",
        "comment": "Remarks", "located": "",
    },
}  # fmt: skip

_PIECES: Mapping[Language, Mapping[str, str]] = {
    "zh": {"photo": "张", "video": "段", "audio": "段", "file": "个", "signature": "个"},
    "en": {},
}

BOX = "☐"


def inspection_sheet_html(
    item: Item, department: Department, language: Language = "zh", *, places: Sequence[PlaceKind] = ()
) -> str:
    """Pages of A4 to print; `places` give the labels of the registers the item is inspected at."""
    lang = "zh-CN" if language == "zh" else "en"
    title = f"{item.title} · {_WORDS[language]['sheet']}"
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{inspection_sheet_body(item, department, language, places=places)}\n</body>\n</html>\n"
    )


def inspection_sheet_body(
    item: Item, department: Department, language: Language = "zh", *, places: Sequence[PlaceKind] = ()
) -> str:
    """What stands on those pages."""
    sheet = _Sheet(item, department, language, places)
    parts = (sheet.heading(), sheet.head(), sheet.questions(), sheet.rules(), sheet.signatures())
    return "\n".join(parts)


class _Sheet:
    def __init__(
        self, item: Item, department: Department, language: Language, places: Sequence[PlaceKind]
    ) -> None:
        self.item = item
        self.department = department
        self.language: Language = language
        self.words = _WORDS[language]
        self.places = places

    def heading(self) -> str:
        about = [self.item.number or self.item.name, *self.item.basis]
        return (
            f"<header><p>{escape(self.department.title)}</p>"
            f"<h1>{escape(self.item.title)} · {escape(self.words['sheet'])}</h1>"
            f"<p>{escape('　'.join(about))}</p></header>"
        )

    def head(self) -> str:
        """Where, when and by whom: always the same lines, to be filled in first."""
        kinds = {place.kind: place.label for place in self.places}
        label = "、".join(kinds.get(kind, kind) for kind in self.item.kinds)
        where = f"{self.words['place']}（{label}）" if label else self.words["where"]
        rows = [
            (where, "", self.words["grid"], ""),
            (self.words["address"], "", self.words["worker"], ""),
            (self.words["date"], self.words["date_blank"], self.words["number"], ""),
        ]
        cells = "".join(
            "<tr>"
            + "".join(f"<th>{escape(a)}</th><td>{escape(b)}</td>" for a, b in ((p, q), (r, s)))
            + "</tr>"
            for p, q, r, s in rows
        )
        columns = '<col class="name"><col><col class="short"><col class="who">'
        return f'<table class="head"><colgroup>{columns}</colgroup><tbody>{cells}</tbody></table>'

    def questions(self) -> str:
        names = ("row", "question", "yes", "no", "na", "note")
        head = "".join(f'<th class="{name}">{escape(self.words[name])}</th>' for name in names)
        columns = "".join(f'<col class="{name}">' for name in names)
        rows, section = list[str](), None
        for number, question in enumerate(self.item.questions, 1):
            if question.section != section and question.section is not None:
                rows.append(f'<tr class="section"><th colspan="6">{escape(question.section)}</th></tr>')
            section = question.section
            rows.append(self._row(number, question))
        if not rows:
            return ""
        return (
            f'<table class="questions"><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead>\n'
            f"<tbody>\n{''.join(rows)}</tbody></table>"
        )

    def rules(self) -> str:
        """What would be refused or not collected: on paper nothing else says so."""
        lines = [f"{self.words['rules']}：{must.message}" for must in self.item.musts]
        lines += [f"{self.words['excluded']}：{exclude.reason}" for exclude in self.item.excludes]
        return "".join(f'<p class="rule">{escape(line)}</p>' for line in lines)

    def signatures(self) -> str:
        def signed(label: str) -> str:
            return f"<tr><th>{escape(label)}</th><td></td><th>{escape(self.words['date'])}</th><td></td></tr>"

        comment = f'<tr class="tall"><th>{escape(self.words["comment"])}</th><td colspan="3"></td></tr>'
        signers = signed(self.words["worker_signs"]) + signed(self.words["owner_signs"])
        columns = '<col class="name"><col><col class="short"><col class="who">'
        return f'<table class="signatures"><colgroup>{columns}</colgroup><tbody>{comment}{signers}</tbody></table>'

    def _row(self, number: int, question: Question) -> str:
        about = "；".join(self._about(question))
        small = f"<small>{escape(about)}</small>" if about else ""
        cells = f'<td class="row">{number}</td><td>{escape(self._label(question))}{small}</td>'
        if question.type in ("check", "yes_no"):
            na = BOX if question.type == "check" else "—"
            boxes = "".join(f'<td class="box">{box}</td>' for box in (BOX, BOX, na))
            return f"<tr>{cells}{boxes}<td></td></tr>\n"
        return f'<tr>{cells}<td class="answer" colspan="4">{self._answer(question)}</td></tr>\n'

    def _label(self, question: Question) -> str:
        picked = question.name == "finding" and any(finding.picked for finding in self.item.findings)
        return self.words["findings"] if picked else question.label

    def _about(self, question: Question) -> list[str]:
        """What stands in small print below a question."""
        parts = []
        if question.when is not None:
            condition = expression_words(question.when, self.item, self.language, self.places)
            parts.append(self.words["when"].format(condition=condition))
        if question.hazard is not None:
            parts.append(self.words["hazard"].format(answer=self.words[question.hazard]))
        if question.hint:
            parts.append(question.hint)
        return [*parts, *([self.words["optional"]] if question.optional else [])]

    def _answer(self, question: Question) -> str:
        if question.type in ("one_of", "any_of"):
            several = f"<small>{escape(self.words['several'])}</small>" if question.type == "any_of" else ""
            options = (f"<span>{BOX} {escape(choice.label)}</span>" for choice in question.choices)
            return f'<div class="choices">{"".join(options)}</div>{several}'
        if question.type in ATTACHED:
            kind = self.words[question.type]
            asked = self._between(question.at_least, question.at_most)
            counted = (
                f"（{asked} {_PIECES[self.language].get(question.type, '')}）".replace(" ）", "）")
                if asked
                else ""
            )
            if question.type == "signature":
                return f'<div class="sign">{escape(kind + counted)}</div>'
            return self._line(f"{kind}{self.words['numbers']}", counted)
        if question.type in ("date", "time", "location"):
            template = {"date": "month", "time": "clock", "location": "located"}[question.type]
            return f'<span class="blank">　　　　{escape(self.words[template])}</span>'
        if question.type in ("integer", "decimal"):
            asked = self._between(question.minimum, question.maximum)
            return self._line("", f"{question.unit or ''}{f'（{asked}）' if asked else ''}")
        return '<i class="long"></i>'

    def _between(self, low: float | None, high: float | None) -> str:
        if low is None and high is None:
            return ""
        if low is None or high is None:
            return self.words["most" if low is None else "least"].format(low=low, high=high)
        return str(low) if low == high else self.words["between"].format(low=low, high=high)

    def _line(self, before: str, after: str) -> str:
        return f"{escape(before)} <i></i> {escape(after.strip())}"


STYLE = """
@page { size: A4; margin: 16mm; @bottom-center { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 178mm; color: #000; line-break: strict; word-break: normal; overflow-wrap: anywhere;
  font: 9.5pt/1.4 "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; }
header { text-align: center; } header p { margin: 0; font-size: 8.5pt; color: #333; }
h1 { margin: 1mm 0; font-size: 15pt; line-height: 1.3; text-wrap: balance; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; margin-top: 3mm; }
th, td { border: .6pt solid #000; padding: 1.1mm 1.6mm; text-align: left; vertical-align: middle; font-weight: 400; }
thead { display: table-header-group; } tr { break-inside: avoid; }
thead th { background: #eee; font-weight: 600; text-align: center; padding: 1.1mm .5mm; }
.section th { background: #f6f6f6; font-weight: 600; } .section { break-after: avoid; }
.head th, .signatures th { background: #f6f6f6; } .head td { height: 8mm; }
col.name { width: 34mm; } col.short { width: 14mm; } col.who { width: 38mm; } .head col.short { width: 18mm; }
col.row { width: 9mm; } col.yes, col.no { width: 10mm; } col.na { width: 13mm; } col.note { width: 34mm; }
.row, .box { text-align: center; padding-inline: 0; } .box { font-size: 13pt; line-height: 1; }
small { display: block; font-size: 7.8pt; line-height: 1.35; color: #333; }
.choices { display: flex; flex-wrap: wrap; gap: .6mm 4mm; } .choices span { display: inline-block; }
i { display: inline-block; min-width: 22mm; border-bottom: .6pt solid #000; height: 1.1em; vertical-align: baseline; }
.sign { height: 12mm; color: #777; font-size: 8pt; } .blank { white-space: pre; }
.rule { margin: 1.5mm 0 0; font-size: 8.5pt; } .signatures { break-inside: avoid; } .signatures td { height: 10mm; }
.signatures .tall td { height: 18mm; } i.long { display: block; width: 100%; height: 6mm; }
@media screen { body { padding: 8mm 4mm; box-sizing: content-box; } }
@media screen and (max-width: 600px) {
  col.name { width: 24%; } col.short, .head col.short { width: 17%; } col.who { width: 24%; } col.note { width: 15%; }
  i { min-width: 12mm; }
}
"""
"""The only style on those pages: whoever serves them may allow just this one."""
