"""What gets a colour: regular expressions that Python, Oniguruma and the language's own scanner read alike.

The words come from the table of keywords. The first pattern that fits a place colours it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gewu_dsl import words
from gewu_dsl.words import Keyword


class Pattern(NamedTuple):
    """`token` is Pygments' name for it, `scope` TextMate's."""

    regex: str
    token: str
    scope: str


_JOINING = frozenset(("_AND", "_OR", "_NOT", "_IN", "_INCLUDES", "_BETWEEN", "_AND_TO"))
_DECLARING = ("_DEPARTMENT", "_OFFICE", "_PLACE", "_ITEM", "_ASK", "_CHECK", "_LET", "_FINDING", "_STAGE")
_DIGIT = "[0-9０-９]"
_START, _END = r"(?<![^\W\d])(?<![.])", r"(?![\w.])"  # a word may follow a number at once: 2工作日
_NAME = r"[^\W\d]\w*(?:\.\w+)*"


def _any_of(spellings: Iterable[str]) -> str:
    """Whole words, the longest first; any blanks between the words of one."""
    longest_first = sorted(dict.fromkeys(spellings), key=lambda each: (-len(each), each))
    written = [each.replace(".", "[.]").replace(" ", "[ \\t]+") for each in longest_first]
    return f"{_START}(?:{'|'.join(written)}){_END}"


def _spellings(keywords: Iterable[Keyword]) -> list[str]:
    return [each for keyword in keywords for each in keyword.en + keyword.zh]


DECLARATION = f"({_any_of(_spellings(words.KEYWORDS[each] for each in _DECLARING))})([ \\t]+)({_NAME})"
"""A keyword that declares something, blanks, and the name of it: three groups."""

_JOINED = [each for each in words.OTHER_WORDS if each.id in _JOINING]
_CONSTANTS = (*words.TIER_WORDS, *words.LEVEL_WORDS, *words.ANSWER_WORDS)
_OTHER = [each for each in words.OTHER_WORDS if each.id not in _JOINING]
_BUILT_IN = (words.OFFICE_WORDS, words.FACT_WORDS, words.HISTORY_WORDS)

PATTERNS = (
    Pattern(r"#[^\n]*", "Comment.Single", "comment.line.number-sign"),
    Pattern(r'"(?:[^"\n]|"")*"?', "String.Double", "string.quoted.double"),
    Pattern("“(?:[^”\\n]|””)*”?", "String.Double", "string.quoted.double"),
    Pattern("＂(?:[^＂\\n]|＂＂)*＂?", "String.Double", "string.quoted.double"),
    Pattern("‘[^’\\n]*’?|'[^'\\n]*'?|「[^」\\n]*」?|『[^』\\n]*』?|”[^\\n]*", "String.Other", "invalid.illegal"),
    Pattern(f"{_DIGIT}{{4}}[-－]{_DIGIT}{{1,2}}[-－]{_DIGIT}{{1,2}}", "Literal.Date", "constant.other.date"),
    Pattern(f"{_DIGIT}{{1,2}}[:：]{_DIGIT}{{2}}", "Literal.Date", "constant.other.time"),
    Pattern(f"{_DIGIT}+(?:[.．]{_DIGIT}+)?", "Number", "constant.numeric"),
    Pattern(_any_of([*words.AMBIGUOUS_WORDS[0].zh, *words.AMBIGUOUS_WORDS[1].zh]), "Generic.Deleted", "invalid.deprecated"),
    Pattern(_any_of(_spellings(_JOINED)), "Operator.Word", "keyword.operator.word"),
    Pattern(_any_of(_spellings(_CONSTANTS)), "Keyword.Constant", "constant.language"),
    Pattern(_any_of(_spellings((*words.UNIT_WORDS, *words.PERIOD_WORDS))), "Keyword.Reserved", "keyword.other.unit"),
    Pattern(_any_of(_spellings(words.STATEMENT_WORDS)), "Keyword.Declaration", "keyword.control"),
    Pattern(_any_of(_spellings(words.TYPE_WORDS)), "Keyword.Type", "storage.type"),
    Pattern(_any_of(_spellings(_OTHER)), "Keyword", "keyword.other"),
    Pattern(_any_of(each for table in _BUILT_IN for pair in table.items() for each in pair), "Name.Builtin", "support.variable"),
    Pattern(f"{_START}(?:{'|'.join(words.PLACE_HEAD)})[.]\\w+", "Name.Attribute", "variable.other.property"),
    Pattern(_NAME, "Name", "variable.other"),
    Pattern("[=＝<＜>＞≤≥≠!！+＋*＊×÷/／%％−－-]", "Operator", "keyword.operator"),
    Pattern("[(（)）,，、;；]", "Punctuation", "punctuation.separator"),
)  # fmt: skip
