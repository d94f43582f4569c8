"""Which packs an installation has."""

from __future__ import annotations

from gewu_admin.settings import Settings
from gewu_item_catalog.cache import Cache, Compile, compile_pack
from gewu_item_catalog.catalogue import Catalogue, load_catalogue
from gewu_item_catalog.packs import installed_pack_paths


def load_packs(settings: Settings) -> Catalogue:
    """Every pack on the pack path and of installed distributions."""
    return load_catalogue([*settings.pack_paths, *installed_pack_paths()], compiler_for(settings))


def compiler_for(settings: Settings) -> Compile:
    """How packs are compiled here: out of the cache, where they are there."""
    folder = settings.cache_folder
    return compile_pack if folder is None else Cache(folder).compile_sources
