"""Filters of the back office's lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_admin.model.filters import BaseFilter
from flask_babel import lazy_gettext


class PonyFilter(BaseFilter):
    """A condition on one attribute of the entity listed."""

    operation_name: Any = ""

    def __init__(self, attribute: str, title: Any, options: Sequence[tuple[str, str]] | None = None) -> None:
        super().__init__(title, options=options)
        self.attribute = attribute

    def operation(self) -> Any:
        """Lazy, as the title is: one filter serves readers of both languages."""
        return self.operation_name


class Equals(PonyFilter):
    operation_name = lazy_gettext("等于")

    def apply(self, query: Any, value: str) -> Any:
        return query.filter(f"lambda row: row.{self.attribute} == value", {"value": value})


class Contains(PonyFilter):
    operation_name = lazy_gettext("包含")

    def apply(self, query: Any, value: str) -> Any:
        return query.filter(f"lambda row: value in row.{self.attribute}", {"value": value})


class Is(PonyFilter):
    """Yes or no."""

    operation_name = lazy_gettext("为")

    def apply(self, query: Any, value: str) -> Any:
        return query.filter(f"lambda row: row.{self.attribute} == value", {"value": value == "1"})


YES_NO = (("1", lazy_gettext("是")), ("0", lazy_gettext("否")))


def make_filters(attribute: str, title: Any, options: Sequence[tuple[str, str]] | None) -> list[PonyFilter]:
    """A yes-no question, a choice, or words, as `options` say."""
    if options is YES_NO:
        return [Is(attribute, title, options)]
    if options is not None:
        return [Equals(attribute, title, options)]
    return [Equals(attribute, title), Contains(attribute, title)]
