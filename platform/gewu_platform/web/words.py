"""The language of a page: what the person chose, else what their account says, else what their browser asks for."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from flask import Flask, request, session
from flask_babel import Babel, format_timedelta, get_locale, gettext, lazy_gettext
from pypinyin import Style, lazy_pinyin

from gewu_dsl.render import OFFICES_ZH
from gewu_platform.api.current import caller_or_none, engine
from gewu_platform.core.naming import COMMAND_WORDS, ROLE_WORDS, SEVERITY_WORDS, STATE_WORDS, TIER_WORDS
from gewu_platform.core.zones import to_local
from gewu_platform.service.catalogue.publishing import department_of

LANGUAGES = ("zh", "en")
SIGNATURES = {
    "owner": lazy_gettext("业主签名"),
    "worker": lazy_gettext("网格员签名"),
    "handler": lazy_gettext("处置人员签名"),
}
"""Whose signature it is, by who is asked to sign."""
TRANSLATIONS = Path(__file__).parent / "translations"


class TranslationsMissing(RuntimeError):
    """The translations were never compiled."""


def init_words(site: Flask) -> None:
    """Chinese is written in the templates; English comes from `translations/en`."""
    if not (TRANSLATIONS / "en/LC_MESSAGES/messages.mo").is_file():
        raise TranslationsMissing("the English texts are not compiled: run `make frontend`")
    site.config["BABEL_DEFAULT_LOCALE"] = "zh"
    site.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(site, locale_selector=choose_language)
    site.jinja_env.filters["moment"] = show_moment
    site.jinja_env.filters["machine_time"] = machine_time
    site.jinja_env.filters["words"] = show_words
    site.jinja_env.filters["office_name"] = show_office
    site.jinja_env.filters["distance"] = show_distance
    site.jinja_env.filters["duration"] = show_duration
    site.jinja_env.filters["initials"] = pinyin_initials
    site.jinja_env.globals.update(
        language=language,
        case_states=STATE_WORDS,
        tier_words=TIER_WORDS,
        command_words=COMMAND_WORDS,
        role_words=ROLE_WORDS,
        severity_words=SEVERITY_WORDS,
        signature_words=SIGNATURES,
    )


def choose_language() -> str:
    """`zh` or `en` for this request."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    person = caller_or_none()
    if person is not None and person.language in LANGUAGES:
        return person.language
    return request.accept_languages.best_match(LANGUAGES) or engine().language


def language() -> Literal["zh", "en"]:
    """The language this page is being written in."""
    return "en" if str(get_locale()) == "en" else "zh"


def show_moment(moment: datetime | None) -> str:
    """A stored moment as wall time, to the minute."""
    return to_local(moment, engine().zone).strftime("%Y-%m-%d %H:%M") if moment else "—"


def machine_time(moment: datetime) -> str:
    """A stored moment for `<time datetime=…>`."""
    return to_local(moment, engine().zone).replace(tzinfo=engine().zone).isoformat(timespec="minutes")


def show_distance(moment: datetime) -> str:
    """How far off a stored moment is, either way: in days, nearer by in hours, at last in minutes."""
    apart = abs(moment - engine().now())
    unit = "day" if apart >= timedelta(days=2) else "hour" if apart >= timedelta(hours=2) else "minute"
    return str(format_timedelta(apart, granularity=unit, threshold=float("inf")))


def show_duration(seconds: float) -> str:
    """How long something took, in its two largest units: `2 天 3 小时`, `3 小时 20 分`, `5 分`."""
    minutes = round(seconds / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return str(gettext("%(days)s 天 %(hours)s 小时", days=days, hours=hours))
    if hours:
        return str(gettext("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=minutes))
    return str(gettext("%(minutes)s 分", minutes=minutes))


def show_words(value: Any) -> str:
    """`Words` in the page's language; anything else as it is."""
    return str(value.text(language())) if hasattr(value, "text") else str(value)


def show_office(name: str, department: str) -> str:
    """An office as the department's pack calls it; a built-in one in plain words."""
    titles = {office.name: office.title for office in department_of(engine(), department).offices}
    return titles.get(name) or (OFFICES_ZH.get(name, name) if language() == "zh" else name)


@lru_cache(maxsize=4096)
def pinyin_initials(text: str) -> str:
    """`疏散通道` → `sstd`: how people search on a phone keyboard."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors="ignore"))
