"""The grammar by which VS Code and other editors colour a text; written by `python -m gewu_admin.editor.textmate FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from gewu_admin.editor.patterns import DECLARATION, PATTERNS

SCOPE = "source.gewu"


def make_grammar() -> dict[str, Any]:
    """The grammar as TextMate's JSON."""
    declaration = {
        "match": DECLARATION,
        "captures": {
            "1": {"name": "keyword.control.gewu"},
            "3": {"name": "entity.name.gewu"},
        },
    }
    patterns = [{"match": each.regex, "name": f"{each.scope}.gewu"} for each in PATTERNS]
    comments_and_strings = sum(
        each.scope.startswith(("comment", "string", "invalid.illegal")) for each in PATTERNS
    )
    return {
        "name": "Gewu",
        "scopeName": SCOPE,
        "fileTypes": ["gewu"],
        "patterns": [*patterns[:comments_and_strings], declaration, *patterns[comments_and_strings:]],
    }


def write_grammar() -> str:
    """The grammar's file."""
    return json.dumps(make_grammar(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(write_grammar(), encoding="utf-8")
