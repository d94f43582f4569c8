"""Answers to an editor's questions, as the protocol's values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from gewu_admin.editor.positions import Encoding, Positions
from gewu_admin.editor.projects import Project
from gewu_dsl import editing, fixes
from gewu_dsl.diagnostics import Diagnostic, Text, has_errors
from gewu_dsl.editing.renaming import can_rename
from gewu_dsl.format import format_tree
from gewu_dsl.tree import Span
from gewu_dsl.words import Language


@dataclass(frozen=True)
class Place:
    """The text a question is about, and how its answer is to be put."""

    project: Project
    file: str
    language: Language
    encoding: Encoding
    uri_of: Callable[[Path], str]

    @property
    def text(self) -> str:
        return self.project.sources[self.file]

    def positions(self, file: str | None = None) -> Positions:
        return Positions(self.project.sources[file or self.file], self.encoding)

    def offset(self, position: types.Position) -> int:
        return self.positions().offset_of(position.line, position.character)

    def uri(self, file: str | None = None) -> str:
        return self.uri_of(self.project.path_of(file or self.file))


def _range(positions: Positions, start: int, end: int) -> types.Range:
    return types.Range(
        types.Position(*positions.position_of(start)), types.Position(*positions.position_of(end))
    )


# What is wrong


def diagnostics_of(
    project: Project, language: Language, encoding: Encoding, uri_of: Callable[[Path], str]
) -> dict[str, list[types.Diagnostic]]:
    """Everything wrong with a project, by the URI of the file; files with nothing wrong are there, too."""
    place = Place(project, "", language, encoding, uri_of)
    found: dict[str, list[types.Diagnostic]] = {place.uri(file): [] for file in project.sources}
    for each in project.diagnostics:
        found.setdefault(place.uri(each.file), []).append(_diagnostic(place, each))
    return found


def _diagnostic(place: Place, each: Diagnostic) -> types.Diagnostic:
    message, help = each.message.in_words(place.language), each.help.in_words(place.language)
    start, end = _offsets(place, each)
    positions = Positions(place.project.sources.get(each.file, ""), place.encoding)
    return types.Diagnostic(
        _range(positions, start, end),
        f"{message}\n{help}" if help else message,
        types.DiagnosticSeverity.Error if each.severity == "error" else types.DiagnosticSeverity.Warning,
        each.code,
        _page_of(each.code),
        "gewu",
        related_information=_related(place, each, start),
    )


def _offsets(place: Place, each: Diagnostic) -> tuple[int, int]:
    """The compiler counts lines and columns; its lines end with a line feed only."""
    text = place.project.sources.get(each.file, "")
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    last = len(starts) - 1
    start, end = starts[min(each.line - 1, last)], starts[min(each.end_line - 1, last)]
    return start + each.column - 1, end + each.end_column - 1


def _page_of(code: str) -> types.CodeDescription | None:
    page = Path(str(resources.files("gewu_dsl").joinpath("explain", f"{code}.md")))
    return types.CodeDescription(page.as_uri()) if page.is_file() else None


def _related(place: Place, each: Diagnostic, start: int) -> list[types.DiagnosticRelatedInformation] | None:
    """Where else a thing is declared that is declared twice."""
    analysis = place.project.analysis if each.code in _TWICE else None
    here = analysis.occurrence_at(each.file, start) if analysis else None
    if analysis is None or here is None:
        return None
    others = [other for other in analysis.occurrences_like(here) if other.declares and other != here]
    message = Text("另一处", "declared here, too").in_words(place.language)
    return [types.DiagnosticRelatedInformation(_location(place, other), message) for other in others]


_TWICE = frozenset(("G209", "G214", "G216", "G801"))


def act(place: Place, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Quick fixes of what is wrong in a range; the whole text in the other language's words."""
    first, last = place.offset(params.range.start), place.offset(params.range.end)
    wanted = set(params.context.only or ["quickfix", "refactor"])
    actions: list[types.CodeAction] = []
    for each in place.project.diagnostics:
        if each.file != place.file:
            continue
        start, end = _offsets(place, each)
        if start <= last and first <= end and any("quickfix".startswith(kind) for kind in wanted):
            actions += _quick_fixes(place, each)
    if any("refactor.rewrite".startswith(kind) for kind in wanted):
        actions += _translations(place)
    return actions


def _quick_fixes(place: Place, each: Diagnostic) -> Iterable[types.CodeAction]:
    positions = place.positions()
    for index, fix in enumerate(each.fixes):
        edits = [
            types.TextEdit(_range(positions, start, end), new)
            for start, end, new in fixes.settle(place.text, fix)
        ]
        yield types.CodeAction(
            fix.title.in_words(place.language),
            types.CodeActionKind.QuickFix,
            [_diagnostic(place, each)],
            is_preferred=index == 0 and len(each.fixes) == 1,
            edit=types.WorkspaceEdit({place.uri(): edits}),
        )


def _translations(place: Place) -> Iterable[types.CodeAction]:
    parsed = place.project.analysis.parsed[place.file]
    if has_errors(parsed.diagnostics):
        return
    titles: dict[Language, Text] = {
        "zh": Text("关键词改成中文", "write the keywords in Chinese"),
        "en": Text("关键词改成英文", "write the keywords in English"),
    }
    for language, title in titles.items():
        text = format_tree(parsed.tree, language)
        if parsed.tree.language != language and text != place.text:
            edit = types.WorkspaceEdit({place.uri(): [_whole(place, text)]})
            yield types.CodeAction(
                title.in_words(place.language), types.CodeActionKind.RefactorRewrite, edit=edit
            )


def _whole(place: Place, text: str) -> types.TextEdit:
    return types.TextEdit(_range(place.positions(), 0, len(place.text)), text)


def lay_out(place: Place, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
    """The text in the one layout there is; nothing while it has mistakes."""
    parsed = place.project.analysis.parsed[place.file]
    if has_errors(parsed.diagnostics):
        return None
    text = format_tree(parsed.tree)
    return [_whole(place, text)] if text != place.text else []


# Names


def complete(place: Place, params: types.CompletionParams) -> types.CompletionList:
    offset = place.offset(params.position)
    positions = place.positions()
    items = []
    for index, each in enumerate(editing.complete(place.project.analysis, place.file, offset)):
        replaced = types.TextEdit(_range(positions, each.start, offset), each.text)
        items.append(
            types.CompletionItem(
                each.text,
                kind=_COMPLETIONS.get(each.kind, types.CompletionItemKind.Variable),
                detail=each.detail.in_words(place.language) or None,
                filter_text=each.filter or each.text,
                sort_text=f"{index:04}",
                text_edit=replaced,
            )
        )
    return types.CompletionList(is_incomplete=True, items=items)


_COMPLETIONS = {
    "keyword": types.CompletionItemKind.Keyword,
    "choice": types.CompletionItemKind.EnumMember,
    "office": types.CompletionItemKind.Module,
    "department": types.CompletionItemKind.Module,
    "finding": types.CompletionItemKind.Event,
    "attribute": types.CompletionItemKind.Property,
    "fact": types.CompletionItemKind.Constant,
    "unit": types.CompletionItemKind.Unit,
    "kind": types.CompletionItemKind.Class,
}


def hover(place: Place, params: types.HoverParams) -> types.Hover | None:
    found = editing.hover(place.project.analysis, place.file, place.offset(params.position))
    if found is None:
        return None
    text = found.text.in_words(place.language)
    if found.page:
        manual = Text("手册", "manual").in_words(place.language)
        text += f"\n\n{manual}: tests/spec/{found.page}.md"
    content = types.MarkupContent(types.MarkupKind.Markdown, text)
    return types.Hover(content, _range(place.positions(), found.start, found.end))


def _location(place: Place, occurrence: editing.Occurrence) -> types.Location:
    positions = place.positions(occurrence.file)
    return types.Location(place.uri(occurrence.file), _range(positions, occurrence.start, occurrence.end))


def define(place: Place, params: types.DefinitionParams) -> list[types.Location]:
    return [_location(place, each) for each in _named(place, params.position) if each.declares]


def refer(place: Place, params: types.ReferenceParams) -> list[types.Location]:
    declared = params.context.include_declaration
    return [
        _location(place, each) for each in _named(place, params.position) if declared or not each.declares
    ]


def _named(place: Place, position: types.Position) -> list[editing.Occurrence]:
    analysis = place.project.analysis
    occurrence = analysis.occurrence_at(place.file, place.offset(position))
    return analysis.occurrences_like(occurrence) if occurrence else []


def prepare_rename(place: Place, params: types.PrepareRenameParams) -> types.Range:
    found = can_rename(place.project.analysis, place.file, place.offset(params.position))
    if isinstance(found, editing.Refusal):
        raise JsonRpcInvalidParams(found.reason.in_words(place.language))
    return _range(place.positions(), found.start, found.end)


def rename(place: Place, params: types.RenameParams) -> types.WorkspaceEdit:
    offset = place.offset(params.position)
    renaming = editing.rename(place.project.analysis, place.file, offset, params.new_name)
    if isinstance(renaming, editing.Refusal):
        raise JsonRpcInvalidParams(renaming.reason.in_words(place.language))
    changes: dict[str, Any] = {}
    for file, edits in renaming.edits.items():
        positions = place.positions(file)
        changes[place.uri(file)] = [
            types.TextEdit(_range(positions, start, end), new) for start, end, new in edits
        ]
    return types.WorkspaceEdit(changes)


# The text as a whole


def outline(place: Place, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    positions = place.positions()
    tree = place.project.analysis.parsed[place.file].tree
    return [_symbol(positions, each) for each in editing.outline(tree)]


def _symbol(positions: Positions, entry: editing.Entry) -> types.DocumentSymbol:
    def reach(span: Span) -> types.Range:
        return _range(positions, span.start, span.end)

    return types.DocumentSymbol(
        entry.name or "…",
        _SYMBOLS[entry.kind],
        reach(entry.span),
        reach(entry.name_span),
        entry.detail or None,
        children=[_symbol(positions, each) for each in entry.children],
    )


_SYMBOLS = {
    "department": types.SymbolKind.Namespace,
    "office": types.SymbolKind.Module,
    "place": types.SymbolKind.Struct,
    "item": types.SymbolKind.Class,
    "section": types.SymbolKind.String,
    "question": types.SymbolKind.Field,
    "let": types.SymbolKind.Variable,
    "finding": types.SymbolKind.Event,
    "example": types.SymbolKind.Object,
}


def fold(place: Place, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    tree = place.project.analysis.parsed[place.file].tree
    return [
        types.FoldingRange(
            each.first - 1, each.last - 1, kind=types.FoldingRangeKind.Comment if each.comment else None
        )
        for each in editing.fold(tree)
    ]
