"""The language server as an editor sees it: a real process over standard input and output; and the colours."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types
from programs_dsl import COVER, EXIT
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import BaseLanguageClient
from pygments import highlight, lexers
from pygments.formatters import TerminalFormatter
from pygments.token import Comment, Error, Keyword, String

from gewu_admin.editor.documents import Document
from gewu_admin.editor.highlighting import GewuLexer
from gewu_admin.editor.patterns import PATTERNS
from gewu_admin.editor.positions import Encoding, Positions
from gewu_admin.editor.textmate import make_grammar, write_grammar
from gewu_dsl.codes import CODES, explain
from gewu_dsl.format import format_tree
from gewu_dsl.parse import parse

ROOT = Path(__file__).parent.parent
VSCODE = ROOT / "editors" / "vscode"
ENCODINGS: list[Encoding] = ["utf-8", "utf-16", "utf-32"]
WAIT = 30
GEWU = (sys.executable, "-c", "from gewu_admin.cli import main; main()")

DEPARTMENT = "部门 parks “公园𠮷”\n  机构 bureau “公园管理中心” 级别 县\n"
BENCH = """\
事项 parks.bench “座椅”
  询问 loose 是否题 “𠮷座椅𠮷是否松动”  选填
  询问 people 整数 “附近人数” 从 0 到 500
  情形 unsafe “𠮷松动” 当 lose = 是
    派往 bureau
    处置 2 工作日
  示例 “松动”
    已知 loose = 是，people = 3
    预期 unsafe 派往 bureau
"""


class Session:
    """An editor with the pack open."""

    def __init__(self, folder: Path) -> None:
        self.client = BaseLanguageClient("test", "1")
        self.folder = folder
        self.told: dict[str, list[types.Diagnostic]] = {}
        self.fresh: set[str] = set()
        self.news = asyncio.Event()

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def keep(params: types.PublishDiagnosticsParams) -> None:
            self.told[Path(params.uri).name] = list(params.diagnostics)
            self.fresh.add(Path(params.uri).name)
            self.news.set()

    async def start(self, *options: str, encodings: list[str] | None = None) -> types.InitializeResult:
        await self.client.start_io(*GEWU, "lsp", *options)
        general = types.GeneralClientCapabilities(position_encodings=encodings)
        capabilities = types.ClientCapabilities(general=general)
        result = await self.client.initialize_async(types.InitializeParams(capabilities, locale="en"))
        self.client.initialized(types.InitializedParams())
        return result

    def uri(self, name: str = "bench.gewu") -> str:
        return (self.folder / name).as_uri()

    def document(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri())

    def open(self, text: str) -> None:
        self.listen()
        item = types.TextDocumentItem(self.uri(), "gewu", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, edit: types.TextEdit, version: int = 2) -> None:
        self.listen()
        document = types.VersionedTextDocumentIdentifier(version, self.uri())
        change = types.TextDocumentContentChangePartial(edit.range, edit.new_text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def listen(self) -> None:
        """From now on only what is told anew counts."""
        self.fresh.clear()

    async def codes(self, name: str = "bench.gewu") -> list[str]:
        """The codes that are told next about a file."""
        async with asyncio.timeout(WAIT):
            while name not in self.fresh:
                self.news.clear()
                await self.news.wait()
        return [str(each.code) for each in self.told[name]]

    async def stop(self) -> int | None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        return await asyncio.wait_for(self.server.wait(), WAIT)

    @property
    def server(self) -> Any:
        return self.client._server

    def kill(self) -> None:
        if self.server is not None and self.server.returncode is None:
            self.server.kill()


def in_session(folder: Path, scenario: Callable[[Session], Awaitable[None]]) -> None:
    async def run() -> None:
        session = Session(folder)
        try:
            await asyncio.wait_for(scenario(session), WAIT)
            assert await session.stop() == 0
        finally:
            session.kill()
            await session.client.stop()

    asyncio.run(run())


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "parks"
    folder.mkdir()
    (folder / "department.gewu").write_text(DEPARTMENT, encoding="utf-8")
    (folder / "bench.gewu").write_text(BENCH, encoding="utf-8")
    return folder


def position(words: str, text: str = BENCH) -> types.Position:
    """Where `|` is in an excerpt, in UTF-16 code units."""
    before, _, behind = words.partition("|")
    return types.Position(*Positions(text).position_of(text.index(before + behind) + len(before)))


def edited(text: str, edits: list[types.TextEdit]) -> str:
    document = Document("", text)
    for edit in sorted(
        edits, key=lambda each: (each.range.start.line, each.range.start.character), reverse=True
    ):
        document.change([types.TextDocumentContentChangePartial(edit.range, edit.new_text)], "utf-16")
    return document.text


# A session


def test_a_broken_text_is_put_right_completed_renamed_and_laid_out(pack: Path) -> None:
    async def scenario(session: Session) -> None:
        result = await session.start()
        assert result.capabilities.position_encoding == "utf-16"
        session.open(BENCH)
        assert await session.codes() == ["G201"]
        [told] = session.told["bench.gewu"]
        assert told.range == types.Range(position("当 |lose"), position("当 lose|"))
        assert told.message.startswith("There is no question or let called `lose`")
        assert told.code_description
        assert told.code_description.href.endswith("/G201.md")

        await put_right(session)
        good = BENCH.replace("lose =", "loose =")
        await ask_about_names(session, good)
        await complete_and_rename(session, good)
        edits = await session.client.text_document_formatting_async(
            types.DocumentFormattingParams(session.document(), types.FormattingOptions(2, True))
        )
        laid_out = edited(good, list(edits or []))
        assert laid_out == format_tree(parse(good).tree) != good

    in_session(pack, scenario)


async def put_right(session: Session) -> None:
    whole = types.Range(types.Position(0, 0), types.Position(99, 0))
    context = types.CodeActionContext([], only=[types.CodeActionKind.QuickFix])
    actions = await session.client.text_document_code_action_async(
        types.CodeActionParams(session.document(), whole, context)
    )
    [action] = actions or []
    assert isinstance(action, types.CodeAction)
    assert action.title == "change it to: loose"
    [edit] = ((action.edit and action.edit.changes) or {})[session.uri()]
    session.change(edit)
    assert await session.codes() == []


async def ask_about_names(session: Session, text: str) -> None:
    here = types.TextDocumentPositionParams(session.document(), position("派往 bur|eau\n    处置", text))
    found = await session.client.text_document_definition_async(
        types.DefinitionParams(here.text_document, here.position)
    )
    [location] = found if isinstance(found, (list, tuple)) else []
    assert isinstance(location, types.Location)
    assert (location.uri, location.range.start.line) == (session.uri("department.gewu"), 1)
    references = await session.client.text_document_references_async(
        types.ReferenceParams(types.ReferenceContext(False), here.text_document, here.position)
    )
    assert [each.range.start.line for each in references or []] == [4, 8]
    hover = await session.client.text_document_hover_async(
        types.HoverParams(here.text_document, here.position)
    )
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert "公园管理中心 (county)" in hover.contents.value
    symbols = await session.client.text_document_document_symbol_async(
        types.DocumentSymbolParams(session.document())
    )
    assert [each.name for each in symbols or []] == ["parks.bench"]
    folds = await session.client.text_document_folding_range_async(
        types.FoldingRangeParams(session.document())
    )
    assert [(each.start_line, each.end_line) for each in folds or []] == [(0, 8), (3, 5), (6, 8)]


async def complete_and_rename(session: Session, text: str) -> None:
    at = position("𠮷松动” 当 |loose", text)
    completion = await session.client.text_document_completion_async(
        types.CompletionParams(session.document(), at)
    )
    assert isinstance(completion, types.CompletionList)
    assert [each.label for each in completion.items][:2] == ["loose", "people"]
    with pytest.raises(JsonRpcException, match="is a keyword"):
        await session.client.text_document_rename_async(types.RenameParams(session.document(), at, "当"))
    with pytest.raises(JsonRpcException, match="no name here"):
        await session.client.text_document_prepare_rename_async(
            types.PrepareRenameParams(session.document(), types.Position(0, 0))
        )
    renaming = await session.client.text_document_rename_async(
        types.RenameParams(session.document(), at, "松动")
    )
    assert renaming is not None
    assert renaming.changes is not None
    after = edited(text, list(renaming.changes[session.uri()]))
    assert after == re.sub(r"\bloose\b", "松动", text)


def test_an_open_text_counts_instead_of_the_one_on_disk(pack: Path) -> None:
    async def scenario(session: Session) -> None:
        await session.start("--lang", "zh")
        session.open(BENCH.replace("lose", "loose").replace("bureau", "burreau"))
        assert set(await session.codes()) == {"G203"}
        said = {each.message.partition("，")[0] for each in session.told["bench.gewu"]}
        assert said == {"没有叫“burreau”的机构"}
        session.listen()
        session.client.text_document_did_close(types.DidCloseTextDocumentParams(session.document()))
        assert await session.codes() == ["G201"]

    in_session(pack, scenario)


def test_an_editor_may_count_bytes_and_ask_for_the_other_words(pack: Path) -> None:
    async def scenario(session: Session) -> None:
        result = await session.start(encodings=["utf-8", "utf-16"])
        assert result.capabilities.position_encoding == "utf-8"
        session.open(BENCH)
        assert await session.codes() == ["G201"]
        [told] = session.told["bench.gewu"]
        start = len(BENCH.split("\n")[3].partition("lose")[0].encode())
        assert (told.range.start.character, told.range.end.character) == (start, start + 4)
        session.change(types.TextEdit(told.range, "loose"))
        assert await session.codes() == []
        assert "finding unsafe “𠮷松动” when loose = yes" in (await translated(session)).replace(
            '"𠮷松动"', "“𠮷松动”"
        )

    in_session(pack, scenario)


async def translated(session: Session) -> str:
    context = types.CodeActionContext([], only=[types.CodeActionKind.Refactor])
    nowhere = types.Range(types.Position(0, 0), types.Position(0, 0))
    actions = await session.client.text_document_code_action_async(
        types.CodeActionParams(session.document(), nowhere, context)
    )
    [action] = actions or []
    assert isinstance(action, types.CodeAction)
    assert action.title == "write the keywords in English"
    assert action.edit is not None
    [edit] = (action.edit.changes or {})[session.uri()]
    return edit.new_text


def test_a_file_that_is_gone_has_nothing_wrong_any_more(pack: Path) -> None:
    async def scenario(session: Session) -> None:
        await session.start()
        session.open(BENCH)
        assert await session.codes() == ["G201"]
        (pack / "bench.gewu").unlink()
        session.listen()
        session.client.text_document_did_close(types.DidCloseTextDocumentParams(session.document()))
        assert await session.codes() == []

    in_session(pack, scenario)


def test_a_pack_that_is_none_any_more_takes_back_what_was_said_of_its_files(pack: Path) -> None:
    async def scenario(session: Session) -> None:
        await session.start()
        (pack / "other.gewu").write_text(BENCH.replace("parks.bench", "parks.other"), encoding="utf-8")
        session.open(BENCH)
        assert await session.codes("other.gewu") == ["G201"]
        (pack / "department.gewu").unlink()
        session.listen()
        gone = types.FileEvent(session.uri("department.gewu"), types.FileChangeType.Deleted)
        session.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([gone]))
        assert await session.codes("other.gewu") == []
        # First it is taken back for the pack, then told for the file alone: in the end this is what stands.
        async with asyncio.timeout(WAIT):
            while "G207" not in await session.codes("bench.gewu"):
                session.listen()

    in_session(pack, scenario)


def test_questions_about_a_text_that_is_not_open_have_no_answer(pack: Path) -> None:
    async def scenario(session: Session) -> None:
        await session.start()
        for uri in (session.uri(), session.uri("none.gewu"), session.uri(""), "untitled:1", "file:///", ""):
            text = types.TextDocumentIdentifier(uri)
            assert (
                await session.client.text_document_hover_async(types.HoverParams(text, types.Position(0, 0)))
                is None
            )
            session.client.text_document_did_close(types.DidCloseTextDocumentParams(text))

    in_session(pack, scenario)


def test_the_server_ends_with_its_editor(pack: Path) -> None:
    server = subprocess.Popen(
        [*GEWU, "lsp"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    _, said = server.communicate(timeout=WAIT)
    assert server.returncode == 0
    assert b"Traceback" not in said


# Positions

texts = st.text(st.sampled_from("a通𠮷😀é\r\n\u2028\x0b\x85 “"), max_size=30)


@given(texts, st.sampled_from(ENCODINGS))
def test_offsets_and_positions_are_each_others_inverse(text: str, encoding: Encoding) -> None:
    positions = Positions(text, encoding)
    for offset in range(len(text) + 1):
        found = positions.offset_of(*positions.position_of(offset))
        inside_line_end = text[offset - 1 : offset + 1] == "\r\n"
        assert found == (offset - 1 if inside_line_end and offset else offset)


@given(texts)
def test_positions_count_code_units_and_the_protocols_line_ends(text: str) -> None:
    lines = re.split(r"\r\n|\n|\r", text)
    for encoding, size in (("utf-8", 1), ("utf-16", 2), ("utf-32", 4)):
        positions = Positions(text, encoding)  # type: ignore[arg-type]
        units = len(lines[-1].encode(f"{encoding}-le" if size > 1 else encoding)) // size
        assert positions.position_of(len(text)) == (len(lines) - 1, units)


@given(
    texts,
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), texts), max_size=4),
    st.sampled_from(ENCODINGS),
)
def test_changes_keep_the_servers_text_as_the_editor_has_it(
    text: str, changes: list[tuple[int, int, str]], encoding: Encoding
) -> None:
    document, mine = Document("", text), text
    for one, other, new in changes:
        start, end = sorted((min(one, len(mine)), min(other, len(mine))))
        positions = Positions(mine, encoding)
        here, there = positions.position_of(start), positions.position_of(end)
        start, end = positions.offset_of(*here), positions.offset_of(*there)
        reach = types.Range(types.Position(*here), types.Position(*there))
        document.change([types.TextDocumentContentChangePartial(reach, new)], encoding)
        mine = mine[:start] + new + mine[end:]
    assert document.text == mine


# Colours

BLOCK = re.compile(r"^```gewu\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def programs() -> Iterator[str]:
    yield from (EXIT, COVER)
    yield from (path.read_text(encoding="utf-8") for path in sorted((ROOT / "plugins").rglob("*.gewu")))
    for code in CODES:
        yield from BLOCK.findall(explain(code) or "")


def test_every_text_of_the_house_is_coloured_whole() -> None:
    for text in programs():
        tokens = [(kind, words) for _, kind, words in GewuLexer().get_tokens_unprocessed(text)]
        assert "".join(words for _, words in tokens) == text
        assert not [words for kind, words in tokens if kind in Error]


@settings(max_examples=50)
@given(st.text(max_size=80))
def test_any_text_is_coloured_whole(text: str) -> None:
    tokens = list(GewuLexer().get_tokens_unprocessed(text))
    assert "".join(words for _, _, words in tokens) == text
    assert not [words for _, kind, words in tokens if kind in Error]


def test_strings_comments_and_keywords_have_their_colours() -> None:
    text = "询问 宽度 数值 “净宽 # 不是注释” # “注释”\nhandle 2工作日 on site\n"
    kinds = {words: kind for _, kind, words in GewuLexer().get_tokens_unprocessed(text)}
    assert kinds["“净宽 # 不是注释”"] in String
    assert kinds["# “注释”"] in Comment
    assert all(kinds[word] in Keyword for word in ("询问", "数值", "handle", "工作日", "on site"))


def test_pygments_finds_the_language_by_name_and_by_file() -> None:
    assert isinstance(lexers.get_lexer_by_name("gewu"), GewuLexer)
    assert isinstance(lexers.get_lexer_for_filename("department.gewu"), GewuLexer)
    assert "\x1b[" in highlight(COVER, GewuLexer(), TerminalFormatter())


def test_the_grammar_of_vs_code_is_the_one_made_from_the_words() -> None:
    again = "run `python -m gewu_admin.editor.textmate editors/vscode/syntaxes/gewu.tmLanguage.json`"
    assert (VSCODE / "syntaxes" / "gewu.tmLanguage.json").read_text(encoding="utf-8") == write_grammar(), (
        again
    )


def test_the_extension_names_files_that_are_there_and_the_grammars_scope() -> None:
    package = json.loads((VSCODE / "package.json").read_text(encoding="utf-8"))
    [language], [grammar] = package["contributes"]["languages"], package["contributes"]["grammars"]
    assert all(
        (VSCODE / path).is_file() for path in (package["main"], language["configuration"], grammar["path"])
    )
    assert (grammar["scopeName"], grammar["language"]) == (make_grammar()["scopeName"], language["id"])
    json.loads((VSCODE / language["configuration"]).read_text(encoding="utf-8"))


def test_a_pattern_colours_something_and_stays_on_its_line() -> None:
    for pattern in PATTERNS:
        assert not re.fullmatch(pattern.regex, "")
        assert not any(
            "\n" in found.group() for text in (EXIT, COVER) for found in re.finditer(pattern.regex, text)
        )
