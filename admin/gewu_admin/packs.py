"""Which packs an installation has."""

from __future__ import annotations

from gewu_admin.settings import Settings
from gewu_item_catalog.catalogue import Catalogue, load_catalogue
from gewu_item_catalog.packs import installed_pack_paths


def load_packs(settings: Settings) -> Catalogue:
    """Every pack on the pack path and of installed distributions."""
    return load_catalogue([*settings.pack_paths, *installed_pack_paths()])
