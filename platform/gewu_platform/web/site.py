"""The web site: one Flask application over one `Engine`, put together from blueprints."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask
from werkzeug.routing import IntegerConverter, Map

from gewu_platform.api.calls import calls
from gewu_platform.service.engine import Engine
from gewu_platform.web import assets, identity, menu, observing, problem_pages, protection, words
from gewu_platform.web.pages import board, cases, desks, entrance, items, notices, worker


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """How a site is served. `secret_key` signs sessions; `secure` is True where it is reached over HTTPS only."""

    secret_key: str
    secure: bool = False
    demo: bool = False


def create_site(engine: Engine, options: SiteOptions) -> Flask:
    """The application: pages for people, `/api/v1` for programs, health and metrics for operators."""
    site = Flask("gewu_platform.web")
    site.config.update(
        SECRET_KEY=options.secret_key,
        MAX_FORM_MEMORY_SIZE=2**20,
        DEMO=options.demo,
    )
    site.json.ensure_ascii = False  # type: ignore[attr-defined]
    site.json.sort_keys = False  # type: ignore[attr-defined]
    site.extensions["gewu_engine"] = engine
    site.url_map.converters["int"] = IdConverter
    # What runs before each request runs in this order: it has its id before anything can go wrong.
    observing.init_observing(site)
    problem_pages.init_problems(site)
    protection.init_protection(site, secure=options.secure)
    words.init_words(site)
    assets.init_assets(site)
    identity.init_identity(site)
    menu.init_menu(site)
    for blueprint in _blueprints():
        site.register_blueprint(blueprint)
    protection.init_limits(site)
    return site


class IdConverter(IntegerConverter):
    """Numbers in addresses are ids: one that no database can hold is not there."""

    def __init__(self, addresses: Map) -> None:
        super().__init__(addresses, max=2**53)


def _blueprints() -> list[Blueprint]:
    return [
        calls,
        entrance.pages,
        worker.pages,
        items.pages,
        cases.pages,
        desks.pages,
        board.pages,
        notices.pages,
    ]
