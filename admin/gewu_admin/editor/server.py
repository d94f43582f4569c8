"""The language server: what an editor asks by the protocol, answered by `gewu_dsl.editing` and the compiler.

It speaks over standard input and output and ends with the editor.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, json_rpc, lsp_method
from pygls.uris import from_fs_path, to_fs_path

from gewu_admin.cli.units import pack_above
from gewu_admin.editor import answers
from gewu_admin.editor.documents import Document
from gewu_admin.editor.positions import Encoding
from gewu_admin.editor.projects import Project, Workbench, find_root
from gewu_dsl.words import Language
from gewu_item_catalog.catalogue import ENGINE_VERSION

PAUSE = 0.15
"""Seconds without a keystroke after which an open pack is compiled."""

Answer = TypeVar("Answer")


class Protocol(LanguageServerProtocol):
    """pygls would end lines where Python does, the protocol does not: the texts are kept here instead."""

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Iterator[Any]:
        handler = self.fm.features.get(types.TEXT_DOCUMENT_DID_CHANGE)
        if handler is not None:
            yield handler, (params,), None


class GewuServer(LanguageServer):
    """Open texts, the projects they lie in, and what was last said of each file."""

    def __init__(self, language: Language | None = None) -> None:
        super().__init__("gewu", ENGINE_VERSION, protocol_cls=Protocol)
        self.chosen = language
        self.language: Language = language or "zh"
        self.documents: dict[str, Document] = {}
        self.benches: dict[Path, Workbench] = {}
        self.projects: dict[Path, Project] = {}
        self.said: dict[Path, set[str]] = {}
        self.waiting: dict[Path, asyncio.TimerHandle] = {}
        self.said_goodbye = False

    @property
    def encoding(self) -> Encoding:
        encoding = self.workspace.position_encoding
        return "utf-8" if encoding == "utf-8" else "utf-32" if encoding == "utf-32" else "utf-16"

    # Texts

    def path_of(self, uri: str) -> Path:
        """Where a text is, or would be: one that was never saved has a path of its own, too."""
        path = to_fs_path(uri) if uri.startswith("file:") else None
        return Path(path) if path else Path("/", uri.replace("/", "_"))

    def uri_of(self, path: Path) -> str:
        for uri in self.documents:
            if self.path_of(uri) == path:
                return uri
        return from_fs_path(str(path)) or path.as_uri()

    def root_of(self, uri: str) -> Path:
        """Where the project of a text begins."""
        return find_root(self.path_of(uri))

    def project_of(self, uri: str) -> Project:
        """The project of a text, compiled as it is now."""
        return self.project_at(self.root_of(uri))

    def project_at(self, root: Path) -> Project:
        if root not in self.projects:
            opened = {self.path_of(each): document.text for each, document in self.documents.items()}
            bench = self.benches.setdefault(root, Workbench(root))
            self.projects[root] = bench.read(opened)
        return self.projects[root]

    def place(self, uri: str) -> answers.Place | None:
        """What an answer needs to know about an open text; None for one that is not open."""
        if uri not in self.documents:
            return None
        project = self.project_of(uri)
        file = self.path_of(uri).relative_to(project.root).as_posix()
        return answers.Place(project, file, self.language, self.encoding, self.uri_of)

    # Diagnostics

    def touch(self, root: Path) -> None:
        """Something of a project has changed: it is compiled when the typing pauses."""
        self.projects.pop(root, None)
        if (before := self.waiting.pop(root, None)) is not None:
            before.cancel()
        self.waiting[root] = asyncio.get_running_loop().call_later(PAUSE, self.publish, root)

    def publish(self, root: Path) -> None:
        """Tell what is wrong in every file of a project, and that nothing is any more in those that it has lost."""
        self.waiting.pop(root, None)
        found: dict[str, list[types.Diagnostic]] = {}
        if self._is_there(root):
            project = self.project_at(root)
            found = answers.diagnostics_of(project, self.language, self.encoding, self.uri_of)
        before = self.said.pop(root, set())
        for uri in before.difference(found, *self.said.values()):
            self._tell(uri, [])
        for uri, diagnostics in found.items():
            self._tell(uri, diagnostics)
        if found:
            self.said[root] = set(found)

    def _is_there(self, root: Path) -> bool:
        """Whether a project still begins here: a file may have been deleted, or have become part of a pack."""
        if root.is_dir():
            return pack_above(root) == root
        opened = any(self.path_of(uri) == root for uri in self.documents)
        return (opened or root.is_file()) and find_root(root) == root

    def _tell(self, uri: str, diagnostics: list[types.Diagnostic]) -> None:
        document = self.documents.get(uri)
        version = document.version if document else None
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics, version))


def language_of(params: types.InitializeParams) -> Language:
    """The language an editor asks for: its option `language`, else its locale."""
    options = params.initialization_options
    asked = options.get("language") if isinstance(options, dict) else getattr(options, "language", None)
    return "en" if str(asked or params.locale or "zh").lower().startswith("en") else "zh"


def make_server(language: Language | None = None) -> GewuServer:
    """A server whose messages are in `language`, else in the one the editor asks for."""
    server = GewuServer(language)
    logging.getLogger(json_rpc.__name__).addFilter(_is_no_refusal)
    _begin_and_end(server)
    _keep_texts(server)
    _answer(server)
    return server


def _is_no_refusal(record: logging.LogRecord) -> bool:
    """A name that cannot be changed is told to the person who asked, and is nothing to log."""
    return record.exc_info is None or not isinstance(record.exc_info[1], JsonRpcInvalidParams)


def _begin_and_end(server: GewuServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.language = server.chosen or language_of(params)

    @server.feature(types.SHUTDOWN)
    def shut_down(params: None) -> None:
        server.said_goodbye = True

    @server.feature(types.EXIT)
    def leave(params: None) -> None:
        # A thread of pygls waits for the editor's next word and would keep the process alive until it comes.
        os._exit(0 if server.said_goodbye else 1)


def _keep_texts(server: GewuServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        opened = params.text_document
        server.documents[opened.uri] = Document(opened.uri, opened.text, opened.version)
        server.touch(server.root_of(opened.uri))

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        document = server.documents.get(params.text_document.uri)
        if document is not None:
            document.change(params.content_changes, server.encoding)
            document.version = params.text_document.version
            server.touch(server.root_of(document.uri))

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        if server.documents.pop(params.text_document.uri, None) is not None:
            server.touch(server.root_of(params.text_document.uri))

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_files(params: types.DidChangeWatchedFilesParams) -> None:
        server.projects.clear()
        for root in {*server.said, *map(server.root_of, server.documents)}:
            server.touch(root)


def _answer(server: GewuServer) -> None:
    def ask(method: str, answer: Callable[[answers.Place, Any], Answer], options: Any = None) -> None:
        def handle(params: Any) -> Answer | None:
            place = server.place(params.text_document.uri)
            return answer(place, params) if place is not None else None

        server.feature(method, options)(handle)

    ask(types.TEXT_DOCUMENT_COMPLETION, answers.complete, types.CompletionOptions(trigger_characters=["."]))
    ask(types.TEXT_DOCUMENT_HOVER, answers.hover)
    ask(types.TEXT_DOCUMENT_DEFINITION, answers.define)
    ask(types.TEXT_DOCUMENT_REFERENCES, answers.refer)
    ask(types.TEXT_DOCUMENT_PREPARE_RENAME, answers.prepare_rename)
    ask(types.TEXT_DOCUMENT_RENAME, answers.rename, types.RenameOptions(prepare_provider=True))
    ask(types.TEXT_DOCUMENT_FORMATTING, answers.lay_out)
    ask(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, answers.outline)
    ask(types.TEXT_DOCUMENT_FOLDING_RANGE, answers.fold)
    kinds = [types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite]
    ask(types.TEXT_DOCUMENT_CODE_ACTION, answers.act, types.CodeActionOptions(code_action_kinds=kinds))
