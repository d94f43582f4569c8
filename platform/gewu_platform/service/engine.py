"""What every use case is given: the database, the catalogue, the files, the clock and the place on earth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher

from gewu_item_catalog.catalogue import Catalogue
from gewu_platform.records.store import Store


@dataclass(frozen=True)
class Engine:
    """One running Gewu. `now` tells naive UTC; `files` is the folder of attachments; `zone` is where local time is told.

    `passwords` decides how much work a password check costs. `private_webhooks` allows webhooks at addresses that are not
    public. `cache` keeps what is derived from immutable rows.
    """

    store: Store
    catalogue: Catalogue
    files: Path
    now: Callable[[], datetime]
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    language: str = "zh"
    passwords: PasswordHasher = field(default_factory=PasswordHasher, repr=False)
    private_webhooks: bool = False
    cache: dict[tuple[str, ...], Any] = field(default_factory=dict, repr=False, compare=False)
