"""Who handles: the cells of 责任部门, 协办 and 主管 as offices of the department or as those every area has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gewu_dsl import tree
from gewu_dsl.words import OFFICE_WORDS
from gewu_item_catalog.spreadsheets.identifiers import name_for

_BUILT_IN: dict[str, tuple[str, ...]] = {
    "owner": ("产权单位", "权属单位", "各产权单位", "权属人", "产权人", "业主", "业主单位", "owner", "property owner"),
    "community": ("属地", "社区", "村居", "村（居）", "社区居委会", "居委会", "村委会", "属地社区", "community"),
    "town": (
        "镇", "镇街", "乡镇", "街道", "街道办", "街道办事处", "属地镇街", "所属街办", "属地街办", "所属街道", "属地街道", "town",
    ),
    "county": ("县", "县级", "区级", "county"),
    "reporter": ("上报人", "采集员", "网格员", "巡查员", "reporter"),
}  # fmt: skip
_FROM_WORDS = {spelling: name for name, spellings in _BUILT_IN.items() for spelling in spellings}
_SECTION = re.compile(
    r"(处置|责任|承办|牵头|办理|协办|配合|主管|监管)(?:部门|单位|主体)?\s*[:：]\s*", re.IGNORECASE
)
_ROLES = {"协办": "assisting", "配合": "assisting", "主管": "supervising", "监管": "supervising"}
_BETWEEN = re.compile(r"\s*[/、，,;；|\n]+\s*")
_ELSE = re.compile(r"\s*(?:否则|\belse\b)\s*")
_SHARED = re.compile(
    r"[(（]?(?:等?(?:单位|部门)?(?:各自?)?(?:按|依)(?:照|据)?(?:各自)?(?:职责|职能|权限)(?:分工|范围)?(?:内?负责|处置|办理)?)[)）]?$"
)
_BLANK = re.compile(r"[-—–/\\·.\s]*|无|none|n/a")
_TIERS: tuple[tuple[str, tree.Tier], ...] = (
    ("网格", "grid"), ("社区|居委|村", "village"), ("镇|乡|街道|街办|所$", "town"), ("^市[^政容场]|市级|^.{2,3}市[^政容场]", "city"),
)  # fmt: skip
LONGEST = 16


def is_blank(text: str) -> bool:
    """Whether a cell only says that there is nothing: empty, `/`, `—`, 无."""
    return _BLANK.fullmatch(text.strip().lower()) is not None


@dataclass(frozen=True, slots=True)
class Offices:
    """Who a row names, as titles; a built-in office as its canonical name. `handlers` are tried in turn."""

    handlers: tuple[str, ...] = ()
    assisting: tuple[str, ...] = ()
    supervising: tuple[str, ...] = ()


def read_offices(handling: str, assisting: str = "", supervising: str = "") -> Offices:
    """The first office of a cell handles, the others assist; `A 否则 B` are tried in turn. A cell may itself say who
    does what: `处置：甲；乙 | 主管：丙`."""
    roles: dict[str, list[str]] = {"handling": [], "assisting": [], "supervising": []}
    for text, role in ((handling, "handling"), (assisting, "assisting"), (supervising, "supervising")):
        for said, part in _sections(text, role):
            roles[said] += [each for each in _BETWEEN.split(part) if not is_blank(each)]
    named = list(dict.fromkeys(roles["handling"]))
    first = tuple(dict.fromkeys(_canonical(each) for each in _ELSE.split(named[0]) if each)) if named else ()
    others = (_canonical(each) for each in (*named[1:], *roles["assisting"]))
    return Offices(
        first,
        tuple(each for each in dict.fromkeys(others) if each not in first),
        tuple(dict.fromkeys(_canonical(each) for each in roles["supervising"])),
    )


def _sections(text: str, role: str) -> Iterable[tuple[str, str]]:
    parts = _SECTION.split(text)
    yield role, parts[0]
    for word, part in zip(parts[1::2], parts[2::2], strict=True):
        yield _ROLES.get(word, "handling"), part


def _canonical(text: str) -> str:
    bare = text.strip("。.：: ")
    bare = _SHARED.sub("", bare) or bare
    return _FROM_WORDS.get(unicodedata.normalize("NFKC", bare).lower(), bare)


def guess_tier(title: str) -> tree.Tier:
    """Where an office of this name probably stands: 所 and 街道 at the town, 社区 at the village, else at the county."""
    for pattern, tier in _TIERS:
        if re.search(pattern, title):
            return tier
    return "county"


@dataclass(slots=True)
class Register:
    """The offices of the department: those it has already and those that the standard adds, by title."""

    known: Mapping[str, str] = field(default_factory=dict)
    """Title or code → code, of offices that are declared already."""
    added: dict[str, tree.Office] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._taken |= set(self.known.values())

    def code_of(self, office: str) -> tree.Name:
        """What a route writes for an office, which is added where it is new."""
        if office in OFFICE_WORDS:
            return tree.Name(office)
        if office in self.known:
            return tree.Name(self.known[office])
        if office not in self.added:
            code = name_for(office, self._taken, longest=LONGEST, otherwise="机构")
            self.added[office] = tree.Office(tree.Name(code), office, guess_tier(office))
        return self.added[office].code
