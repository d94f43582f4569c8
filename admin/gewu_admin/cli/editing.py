"""The command for editors: lsp."""

from __future__ import annotations

from importlib.util import find_spec

import click

from gewu_admin.cli.output import Command, Failure, pick
from gewu_dsl.words import Language


@click.command("lsp", cls=Command)
@click.pass_context
def serve_editor(context: click.Context) -> None:
    """编辑器的语言服务：检查、补全、改名、快速修复；经标准输入输出与编辑器对话。

    The language server for editors: diagnostics, completion, renaming, quick fixes. It talks to the editor over
    standard input and output; the editor starts it.

    \b
    例 / Example:
      gewu lsp
    """
    language: Language = context.obj
    if find_spec("pygls") is None:
        raise Failure(
            pick(
                language,
                "语言服务还没有装：pip install 'gewu-grid[editor]'",
                "the language server is not installed: pip install 'gewu-grid[editor]'",
            )
        )
    from gewu_admin.editor.server import make_server

    typed = click.core.ParameterSource.COMMANDLINE
    asked = any(each.get_parameter_source("lang") is typed for each in (context, context.find_root()))
    make_server(language if asked else None).start_io()


COMMANDS = (serve_editor,)
