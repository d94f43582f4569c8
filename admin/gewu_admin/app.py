"""The composition root: the one place where settings become an engine, a site and its key."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from flask import Flask

from gewu_admin.back_office import add_back_office
from gewu_admin.logs import set_up_logs
from gewu_admin.packs import load_packs
from gewu_admin.settings import Settings
from gewu_item_catalog.catalogue import Catalogue
from gewu_platform.records.store import Store
from gewu_platform.service.clock_source import utc_now
from gewu_platform.service.engine import Engine
from gewu_platform.web.site import SiteOptions, create_site


def open_engine(settings: Settings, catalogue: Catalogue | None = None, *, make: bool = True) -> Engine:
    """The engine over the configured database and packs; with `make`, folders it needs are made."""
    if make:
        settings.data_folder.mkdir(parents=True, exist_ok=True)
        settings.files_folder.mkdir(parents=True, exist_ok=True)
    return Engine(
        store=Store(settings.database_url),
        catalogue=load_packs(settings) if catalogue is None else catalogue,
        files=settings.files_folder,
        now=utc_now,
        zone=settings.zone,
        language=settings.language,
        private_webhooks=settings.private_webhooks,
    )


def create_app(settings: Settings, engine: Engine, *, demo: bool = False) -> Flask:
    """The whole site: the platform's pages and API, and the back office."""
    set_up_logs(settings.log)
    options = SiteOptions(secret_key=secret_key(settings), secure=settings.secure_cookies, demo=demo)
    site = create_site(engine, options)
    add_back_office(site, engine)
    return site


def secret_key(settings: Settings) -> str:
    """`GEWU_SECRET_KEY`, or the key kept in the data folder, made once and readable by its owner only."""
    if given := os.environ.get("GEWU_SECRET_KEY"):
        return given
    file = settings.data_folder / "secret.key"
    try:
        return _read_key(file)
    except FileNotFoundError:
        settings.data_folder.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(file)
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(secrets.token_urlsafe(48))
    return _read_key(file)


def _read_key(file: Path) -> str:
    return file.read_text(encoding="ascii").strip()
