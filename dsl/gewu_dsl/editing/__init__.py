"""What an editor asks about texts, pure: nothing here knows a protocol, a file or a screen.

`analyse` reads the texts of one pack, right or wrong, an `Analyst` again and again. Everything else asks what came out:
`complete`, `hover`, `rename`, `outline`, `fold`, and an analysis itself, where a name is declared and read. Places are
offsets into a text, from 0.
"""

from gewu_dsl.editing.analysis import Analysis, Analyst, analyse
from gewu_dsl.editing.completion import Completion, complete
from gewu_dsl.editing.hovering import Hover, hover
from gewu_dsl.editing.occurrences import Occurrence, Symbol
from gewu_dsl.editing.outline import Entry, fold, outline
from gewu_dsl.editing.renaming import Refusal, Renaming, rename

__all__ = [
    "Analysis",
    "Analyst",
    "Completion",
    "Entry",
    "Hover",
    "Occurrence",
    "Refusal",
    "Renaming",
    "Symbol",
    "analyse",
    "complete",
    "fold",
    "hover",
    "outline",
    "rename",
]
