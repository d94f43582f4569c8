"""What a use case says when it will not: the one exception that use cases raise on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Code = Literal[
    "not-signed-in", "not-allowed", "not-found", "clash", "invalid-answers", "invalid-body", "not-possible-now",
    "too-large", "wrong-type", "rate-limited", "gone", "csrf", "invalid-query", "invalid-request", "wrong-method",
    "unexpected",
]  # fmt: skip

KINDS = MappingProxyType(
    {
        "not-signed-in": (401, "未登录", "Not signed in"),
        "not-allowed": (403, "没有权限", "Not allowed"),
        "not-found": (404, "没有找到", "Not found"),
        "clash": (409, "与已有内容冲突", "Clash"),
        "invalid-answers": (422, "填报内容有误", "Answers refused"),
        "invalid-body": (422, "请求内容有误", "Invalid body"),
        "not-possible-now": (409, "当前状态不能这样做", "Not possible now"),
        "too-large": (413, "内容过大", "Too large"),
        "wrong-type": (415, "文件类型不允许", "Wrong type"),
        "rate-limited": (429, "操作过于频繁", "Too many requests"),
        "gone": (410, "已不存在", "Gone"),
        "csrf": (400, "页面已过期", "This page is out of date"),
        "invalid-query": (400, "查询条件有误", "The query cannot be used"),
        "invalid-request": (400, "请求有误", "The request cannot be used"),
        "wrong-method": (405, "这里不能这样操作", "That cannot be done here"),
        "unexpected": (500, "系统出错了", "Something went wrong here"),
    }
)
"""Each code's HTTP status and its title in Chinese and English. A code is never reused for something else."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at `where`: a question's name, a field of a body, or `""` for the whole."""

    where: str
    code: str
    zh: str
    en: str

    def message(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Problem(Exception):
    """A refusal with a stable code, a detail in both languages and, for bodies and answers, every fault at its place.

    `possible` names the states in which a command would be possible, for `not-possible-now`; `reason` is the loop's own
    code for what is against a command (`separation`, `request-missing`, `evidence-missing` …, see `core.refusals`).
    """

    def __init__(
        self,
        code: Code,
        zh: str = "",
        en: str = "",
        errors: Sequence[Fault] = (),
        possible: Sequence[str] = (),
        reason: str | None = None,
    ) -> None:
        self.code: str = code
        self.status, self.title_zh, self.title_en = KINDS[code]
        self.zh = zh or self.title_zh
        self.en = en or self.title_en
        self.errors = tuple(errors)
        self.possible = tuple(possible)
        self.reason = reason
        super().__init__(f"{code}: {self.en}")

    def title(self, language: str) -> str:
        """What kind of problem it is."""
        return self.title_zh if language == "zh" else self.title_en

    def detail(self, language: str) -> str:
        """What stood in the way this time."""
        return self.zh if language == "zh" else self.en


def not_found(zh: str, en: str) -> Problem:
    """`zh`/`en` name what was looked for: `not_found("案件 7", "case 7")`."""
    return Problem("not-found", f"没有找到{zh}", f"There is no {en}")
