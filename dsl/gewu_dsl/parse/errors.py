"""The words of the parser's diagnostics: what may stand at a place, what was probably meant."""

from __future__ import annotations

from gewu_dsl.diagnostics import Text
from gewu_dsl.parse.advice import advise
from gewu_dsl.parse.guesses import NEGATIVE, NEVER_OFFERED, PROSE_WORDS
from gewu_dsl.parse.lexing import OTHER_TERMINALS, Token
from gewu_dsl.parse.slips import prose
from gewu_dsl.words import (
    KEYWORDS,
    SPELLINGS,
    STATEMENT_IDS,
    TIER_WORDS,
    TYPE_WORDS,
    UNIT_WORDS,
    Language,
    spell,
)

TERMINALS = (*KEYWORDS, *OTHER_TERMINALS)
_MOST_OFFERED = 10

_DESCRIPTIONS: dict[str, Text] = {
    "NAME": Text("名称", "a name"),
    "STRING": Text("“文字”", "a “string”"),
    "INT": Text("整数", "a whole number"),
    "FLOAT": Text("数字", "a number"),
    "DATE_VALUE": Text("日期（如 2026-03-01）", "a date (2026-03-01)"),
    "TIME_VALUE": Text("时刻（如 17:00）", "a time (17:00)"),
    "_EQ": Text("“=”", "`=`"),
    "EQ_ORDER": Text("比较符 != < <= > >=", "!= < <= > >="),
    "_LPAR": Text("括号（", "`(`"),
    "_RPAR": Text("括号）", "`)`"),
    "_COMMA": Text("逗号", "a comma"),
    "PERCENT": Text("“%”", "`%`"),
}
_ARITHMETIC = frozenset(("PLUS", "MINUS", "STAR", "SLASH"))
_CONNECTIVES = frozenset(("_AND", "_OR"))
_STEPS = frozenset(("ACCEPT", "FILE_STEP", "DISPATCH", "HANDLE", "VERIFY"))
_GROUPS: tuple[tuple[frozenset[str], Text], ...] = (
    (STATEMENT_IDS, Text("另起一条语句", "a new statement")),
    (_STEPS, Text("环节", "a step")),
    (frozenset(word.id for word in TYPE_WORDS), Text("题型", "a type")),
    (frozenset(word.id for word in UNIT_WORDS), Text("时间单位", "a unit of time")),
    (frozenset(word.id for word in TIER_WORDS), Text("层级", "a tier")),
)


def describe_expected(expected: list[str], language: Language) -> Text:
    """What may stand here, the most telling first; keywords as the author would type them."""
    rest = [each for each in expected if each not in NEVER_OFFERED and each not in _ARITHMETIC]
    if "INT" in rest and "FLOAT" in rest:
        rest.remove("FLOAT" if {"_LPAR", "DATE_VALUE"}.isdisjoint(rest) else "INT")
    if len(rest) > _MOST_OFFERED:
        rest = [each for each in rest if each not in _CONNECTIVES]
    zh: list[str] = []
    en: list[str] = []
    for group, title in _GROUPS:
        members = [each for each in rest if each in group]
        if len(members) < 4 or (group is STATEMENT_IDS and _STEPS.issuperset(members)):
            continue
        rest = [each for each in rest if each not in group]
        examples = members[:5] if group is not STATEMENT_IDS else []
        shown = [spell(each, language) for each in examples]
        more_zh, more_en = ("…", ", …") if len(members) > 5 else ("", "")
        zh.append(title.zh + (f"（{' '.join(shown)}{more_zh}）" if shown else ""))
        en.append(title.en + (f" ({', '.join(shown)}{more_en})" if shown else ""))
    order = sorted(rest, key=lambda each: each in KEYWORDS)
    for each in order[:_MOST_OFFERED]:
        description = _DESCRIPTIONS.get(each)
        zh.append(description.zh if description else f"“{spell(each, language)}”")
        en.append(description.en if description else f"`{spell(each, language)}`")
    zh.sort(key=lambda text: text.startswith("另起"))
    en.sort(key=lambda text: text.startswith("a new"))
    return Text("、".join(zh), ", ".join(en))


def unexpected(token: Token, expected: list[str], language: Language) -> tuple[Text, Text]:
    """A token that fits nothing."""
    written = token.text if token.kind != "STRING" else f"“{token.text}”"
    message = Text(f"这里不能写 {_shorten(written)}。", f"`{_shorten(written)}` cannot stand here.")
    if token.kind in ("_EQ", "EQ_ORDER") and "_AND" in expected:
        joined = spell("_AND", language)
        return message, Text(
            f"比较不能连写，拆成两个：a < b {joined} b < c。", f"compare twice: a < b {joined} b < c."
        )
    if token.kind == "_COMMA" and "_AND" in expected:
        both = spell("_AND", language), spell("_OR", language)
        return message, Text(
            f"两个条件之间写“{both[0]}”或“{both[1]}”。", f"put `{both[0]}` or `{both[1]}` between conditions."
        )
    if token.kind == "STRING" and _stands_bare(token.text, expected):
        return message, Text(f"不加引号：{_shorten(token.text)}", f"without quotes: {_shorten(token.text)}")
    if token.text in NEGATIVE:
        positive = spell(NEGATIVE[token.text], language)
        no = spell("_NOT", language)
        return message, Text(f"写成：{no} a {positive} ……", f"write: {no} a {positive} …")
    if (advice := advise(token, expected, language)) is not None:
        return message, advice
    may = describe_expected(expected, language)
    return message, Text(f"这里可以写：{may.zh}。", f"here may stand: {may.en}.")


def _stands_bare(text: str, expected: list[str]) -> bool:
    """Whether what was put in quotes can stand here without them."""
    first = text.split(" ", maxsplit=1)[0]
    if "NAME" in expected or ("INT" in expected and first.isdecimal()):
        return True
    return any(first in KEYWORDS[each].zh + KEYWORDS[each].en for each in expected if each in KEYWORDS)


def nameless(text: str) -> tuple[Text, Text]:
    """A string where the name before it is missing."""
    return (
        Text("这里少一个名称，别处没有办法提到它。", "A name is missing here, so nothing could refer to it."),
        Text(
            f"先写名称（自己起，一个词）：名称 “{_shorten(text)}”",
            f'put a name before it: name "{_shorten(text)}"',
        ),
    )


def unfinished(expected: list[str], language: Language) -> tuple[Text, Text]:
    """A statement broken off behind a token."""
    if "_RPAR" in expected:
        return (
            Text("括号没有配对，少一个“）”。", "The parentheses do not match: one `)` is missing."),
            Text("在这里补上“）”，或去掉多余的“（”。", "write `)` here, or leave the other one out."),
        )
    may = describe_expected(expected, language)
    return (
        Text("这条语句到这里还没有写完。", "This statement breaks off here."),
        Text(f"后面还要写：{may.zh}。", f"go on with: {may.en}."),
    )


def misspelt(written: str, meant: str) -> tuple[Text, Text]:
    if written in PROSE_WORDS:
        return prose(written, meant)
    return (
        Text(f"没有“{_shorten(written)}”这个关键词。", f"There is no keyword `{_shorten(written)}`."),
        Text(f"是不是“{meant}”？", f"did you mean `{meant}`?"),
    )


def missing_comma(written: str) -> tuple[Text, Text]:
    return (
        Text(f"“{_shorten(written)}”前面少一个逗号。", f"A comma is missing before `{_shorten(written)}`."),
        Text("同类的几项之间写逗号，全角半角都行。", "put a comma between things of one list."),
    )


def glued(keyword: str, rest: str) -> tuple[Text, Text]:
    return (
        Text(
            f"关键词“{keyword}”和“{_shorten(rest)}”连在一起，会被当成一个名称。",
            f"The keyword `{keyword}` is glued to `{_shorten(rest)}` and reads as one name.",
        ),
        Text(
            f"中间加一个空格：{keyword} {_shorten(rest)}",
            f"put a blank between them: {keyword} {_shorten(rest)}",
        ),
    )


def glued_inside(written: str, keyword: str) -> tuple[Text, Text]:
    head, _, tail = written.rpartition(keyword)
    parts = " ".join(part for part in (head, keyword, tail) if part)
    return (
        Text(
            f"“{_shorten(written)}”里有关键词“{keyword}”，连在一起会被当成一个名称。",
            f"The keyword `{keyword}` inside `{_shorten(written)}` is glued to a name and reads as part of it.",
        ),
        Text(
            f"如果是关键词，前后加空格：{_shorten(parts)}",
            f"if it is meant, put blanks around it: {_shorten(parts)}",
        ),
    )


def unclosed(text: str) -> tuple[Text, Text]:
    return (
        Text(
            "引号没有成对，文字从哪里结束说不清。",
            "The quotes do not match, so the string has no certain end.",
        ),
        Text(
            f"写成“{_shorten(_label(text))}”，引号左右同一种，不跨行。",
            f'write "{_shorten(_label(text))}" on one line.',
        ),
    )


def _label(text: str) -> str:
    """The words before the first that reads as a keyword: where the string was most likely meant to end."""
    words = text.split()
    end = next((at for at, word in enumerate(words) if at and word in SPELLINGS), len(words))
    return " ".join(words[:end])


def misquoted(text: str) -> tuple[Text, Text]:
    return (
        Text("文字用的不是双引号。", "A string stands in double quotes."),
        Text(f"写成“{_shorten(text)}”。", f'write "{_shorten(text)}".'),
    )


def unquoted(text: str) -> tuple[Text, Text]:
    shown = _shorten(text)
    return (
        Text(f"{shown} 是一段文字，文字要加引号。", f"`{shown}` is a string, and a string stands in quotes."),
        Text(f"写成“{shown}”。", f'write "{shown}".'),
    )


def wrong_dot(written: str, name: str) -> tuple[Text, Text]:
    return (
        Text(f"名称中间的点写成了“{written}”。", f"The dot inside a name is written `{written}`."),
        Text(f"用半角的点：{_shorten(name)}", f"use a full stop: {_shorten(name)}"),
    )


def numeral(written: str, digits: str) -> tuple[Text, Text]:
    return (
        Text(f"数要写数字，不写“{written}”。", f"A number is written in digits, not `{written}`."),
        Text(f"写成：{digits}", f"write: {digits}"),
    )


def unknown_symbol(text: str) -> tuple[Text, Text]:
    shown = _shorten(text)
    if text and text[0] in ":：":
        return (
            Text("这里不用写冒号。", "No colon is needed here."),
            Text("去掉冒号，用空格隔开。", "leave it out; a blank separates words."),
        )
    if text[:1] in "。．." or text[:1] == "…":
        return (
            Text("语句末尾不写标点。", "No full stop ends a statement."),
            Text(f"去掉“{shown}”。", f"leave `{shown}` out."),
        )
    if not text.isprintable():
        shown = " ".join(f"U+{ord(character):04X}" for character in text[:4])
    return (
        Text(f"不认识的符号：{shown}", f"Unknown character: {shown}"),
        Text(
            "去掉它；如果是文字的一部分，请加引号。",
            "leave it out, or put it in quotes if it belongs to a string.",
        ),
    )


def foreign_symbol(text: str, meant: str, language: Language) -> tuple[Text, Text]:
    meant = spell(f"_{meant.upper()}", language) if meant.isalpha() else meant
    return (
        Text(f"没有“{text}”这个写法。", f"`{text}` is not written so."),
        Text(f"写“{meant}”。", f"write `{meant}`."),
    )


def too_deep() -> tuple[Text, Text]:
    return (
        Text(
            "这条语句嵌套太深，没有人能看懂，也无法核对。",
            "This statement is nested too deeply for anyone to check.",
        ),
        Text("用“计算”给其中一部分起个名字，再引用它。", "name a part of it with `let` and use the name."),
    )


def _shorten(text: str) -> str:
    clean = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return clean if len(clean) <= 24 else clean[:23] + "…"


def no_such(zh: str, en: str, written: str) -> Text:
    return Text(f"没有“{written}”这个{zh}。", f"There is no {en} {written}.")


def hours_message(written: str) -> Text:
    return Text(
        f"“{written}”有歧义：有的标准夜里和节假日照算，有的只算上班时间，期限会差出几天。",
        f"“{written}” is ambiguous: some standards count nights and holidays, others only working time.",
    )


def days_message(written: str) -> Text:
    return Text(
        f"“{written}”有歧义：有的标准连节假日一起算，有的只算上班的日子，期限会差出几天。",
        f"“{written}” is ambiguous: some standards count holidays, others only working days.",
    )


HOURS_HELP = Text(
    "不停表写“紧急工作时”，只算上班时间写“工作时”。",
    "write `hours` where the clock never stops, `work hours` where only working time counts.",
)
DAYS_HELP = Text(
    "只算工作日写“工作日”，连续计算写“自然日”。",
    "write `workdays` for working days, `days` for N × 24 hours.",
)
TWICE = Text("主管部门只能有一个，这里写了第二个。", "Only one body supervises; this is a second one.")
TWICE_HELP = Text("留下一个“主管”，其余写进“协办”。", "keep one `under` and put the others after `with`.")
AUTOMATIC = Text(
    "只有立案和派遣可以自动，其他环节要有人来做。",
    "Only `file` and `dispatch` can happen automatically; people do the others.",
)
AUTOMATIC_HELP = Text("去掉“自动”，写上时限。", "drop `automatically` and write a limit.")
BROKEN_AMOUNT = Text(
    "时限要用整数，否则各人折算不一。", "A limit is a whole number, or everybody converts it differently."
)
BROKEN_AMOUNT_HELP = Text(
    "换成更小的单位：半小时写“30 分钟”，半个工作日写“4 工作时”。",
    "use a smaller unit: `30 minutes` for half an hour, `4 work hours` for half a workday.",
)
AMOUNT_RANGE = (1, 100_000)
BAD_AMOUNT = Text(
    "时间要写 1 到 100000，不然算不出是什么时候。", "A time is 1 to 100000, or nobody can tell when it ends."
)
BAD_AMOUNT_HELP = Text(
    "马上要办的写“1 分钟”，当天要办的写“于 18:00 当天”；没有期限就不写。",
    "write `1 minute` for at once, `by 18:00 today` for the same day; leave it out where there is no limit.",
)
NO_EVIDENCE = Text("0 件等于没有要求。", "Nothing is asked for with 0.")
NO_EVIDENCE_HELP = Text("写 1 或更多；不要求就删掉它。", "write 1 or more, or leave it out.")
LONG_NUMBER = Text("这个数太长，不会是真的数据。", "This number is too long to be real.")
LONG_NUMBER_HELP = Text(
    "最多 15 位；编号和电话请加引号写成文本。",
    "at most 15 characters; put codes and phone numbers in quotes.",
)
DATE_HELP = Text("按“年-月-日”写，如 2026-03-01。", "write year-month-day, such as 2026-03-01.")
TIME_HELP = Text("按 24 小时制写，从 00:00 到 23:59。", "write 00:00 to 23:59.")
NOT_LITERAL = Text(
    "示例里要写具体的答案，不能写另一项事实。", "An example states a plain answer, not another fact."
)
NOT_LITERAL_HELP = Text(
    "写数字、选项、是/否、日期或“文字”。", "write a number, a choice, yes/no, a date or a string."
)
BROKEN_HISTORY = Text(
    "期限只能写在“案件数”“巡查数”里，而且只写一个。", "A period stands only in cases_in and visits_in, alone."
)
BROKEN_HISTORY_HELP = Text("写成：案件数（30 自然日）。", "write cases_in(30 days).")
