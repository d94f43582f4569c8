"""Compiled packs out of a folder: the same as compiled anew, whatever lies in the folder."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_admin.packs import compiler_for
from gewu_admin.settings import read_settings, user_cache
from gewu_dsl import compiler
from gewu_dsl.artifact import from_json
from gewu_dsl.compiler import compile_sources
from gewu_item_catalog import cache
from gewu_item_catalog.cache import Cache, Stored
from gewu_item_catalog.catalogue import load_catalogue

PACKS = Path(__file__).parent / "packs"
TEXT = """\
department parks "Parks"
  office squad "Squad" at town
place lawn "Lawn"
  ask grade one of (good, bad) "Grade"
item parks.bench "Bench"
  for lawn
  ask width decimal "Width" from 0 to {most}
  finding narrow "{title}" when width < 2
    severity critical when place.grade = bad {severity}
    route squad  handle {hours} hours
  example "narrow" given width = {given}, place.grade = good expect narrow
"""
PACK = {
    "department.gewu": TEXT.format(most="5", title="Narrow", severity="minor otherwise", hours="2", given="1")
}
LINES = st.builds(
    TEXT.format,
    most=st.sampled_from(["5", "x"]),
    title=st.sampled_from(["Narrow", "窄", ""]),
    severity=st.sampled_from(["minor otherwise", "", "otherwise"]),
    hours=st.sampled_from(["2", "0"]),
    given=st.integers(0, 4),
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def runs(monkeypatch):
    """The packs that were compiled."""
    found: list[object] = []

    def compile_and_count(sources):
        found.append(sources)
        return compile_sources(sources)

    monkeypatch.setattr(compiler, "compile_sources", compile_and_count)
    return found


@settings(max_examples=20, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=2))
def test_what_is_read_back_is_what_was_compiled(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("cache")
    sources = {f"{index}.gewu": text for index, text in enumerate(texts)}
    fresh = compile_sources(sources)
    assert [Cache(folder).compile_sources(sources) for _ in range(2)] == [fresh, fresh]
    assert fresh == Cache(folder).compile_sources(sources), "whichever side is asked"


def test_a_pack_is_compiled_once_for_all_processes(folder, runs):
    for _ in range(3):
        Cache(folder).compile_sources(PACK)
    assert runs == [PACK]


@pytest.mark.parametrize(
    "changed",
    [
        {"department.gewu": PACK["department.gewu"] + "\n"},
        {"other.gewu": PACK["department.gewu"]},
        {**PACK, "empty.gewu": ""},
    ],
)
def test_any_other_text_or_name_is_another_entry(folder, runs, changed):
    for sources in (PACK, changed):
        Cache(folder).compile_sources(sources)
    assert runs == [PACK, changed]


def test_another_engine_finds_nothing(folder, runs, monkeypatch):
    Cache(folder).compile_sources(PACK)
    monkeypatch.setattr(cache, "engine_stamp", lambda: "another")
    Cache(folder).compile_sources(PACK)
    assert len(runs) == 2


def test_an_item_is_decoded_when_it_is_first_read(folder, monkeypatch):
    Cache(folder).compile_sources(PACK)
    decoded: list[object] = []
    monkeypatch.setattr(cache, "from_json", lambda data: decoded.append(data) or from_json(data))
    (stored,) = Cache(folder).compile_sources(PACK).items
    assert (stored.name, stored.version, decoded) == (
        "parks.bench",
        compile_sources(PACK).items[0].version,
        [],
    )
    assert isinstance(stored, Stored)
    assert stored.item is stored.item
    assert len(decoded) == 1


def spoil(how, content):
    whole = json.dumps({"items": [], "departments": [[]], "kinds": [], "diagnostics": []}).encode()
    return {
        "empty": b"",
        "cut short": content[:-200],
        "a bit turned": content[:500] + bytes([content[500] ^ 1]) + content[501:],
        "no text": b"\xff\xfe\x00" * 50,
        "of another form": hashlib.sha256(whole).hexdigest().encode() + b"\n" + whole,
        "no object": hashlib.sha256(b"[]").hexdigest().encode() + b"\n[]",
    }[how]


@pytest.mark.parametrize(
    "how", ["empty", "cut short", "a bit turned", "no text", "of another form", "no object"]
)
def test_a_damaged_entry_is_as_good_as_none_and_is_written_anew(folder, runs, how):
    Cache(folder).compile_sources(PACK)
    (entry,) = folder.iterdir()
    good = entry.read_bytes()
    entry.write_bytes(spoil(how, good))
    assert Cache(folder).compile_sources(PACK) == compile_sources(PACK)
    assert len(runs) == 2
    assert entry.read_bytes() == good


def test_a_folder_that_cannot_be_written_is_no_mistake(tmp_path):
    taken = tmp_path / "file"
    taken.write_text("not a folder")
    assert Cache(taken).compile_sources(PACK) == compile_sources(PACK)


def test_only_the_packs_asked_for_last_are_kept(folder, runs):
    packs = [{"a.gewu": PACK["department.gewu"] + "#" * count} for count in range(3)]
    small = Cache(folder, kept=2)
    for age, pack in enumerate(packs[:2]):
        small.compile_sources(pack)
        os.utime(folder / f"{cache.key_of(pack)}.json", (1000 + age, 1000 + age))
    small.compile_sources(packs[0])
    small.compile_sources(packs[2])
    assert sorted(each.stem for each in folder.iterdir()) == sorted(map(cache.key_of, (packs[0], packs[2])))


def test_many_may_write_at_once(folder):
    packs = [{"a.gewu": PACK["department.gewu"] + "#" * (count % 3)} for count in range(12)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(Cache(folder, kept=2).compile_sources, packs))
    assert results == [compile_sources(pack) for pack in packs]
    assert not list(folder.glob(".*")), "nothing half written is left"


def test_a_catalogue_is_the_same_out_of_the_cache(folder):
    fresh = load_catalogue([PACKS])
    assert [load_catalogue([PACKS], Cache(folder).compile_sources) for _ in range(2)] == [fresh, fresh]


def test_the_setting_names_the_folder_or_switches_it_off(tmp_path):
    for value, wanted in [
        (str(tmp_path), tmp_path),
        ("off", None),
        ("", user_cache()),
        ("user", user_cache()),
    ]:
        assert read_settings({}, {"GEWU_CACHE": value}, tmp_path)[0].cache_folder == wanted
    assert user_cache({"XDG_CACHE_HOME": "/c"}) == Path("/c/gewu")
    compile_here = compiler_for(read_settings({}, {"GEWU_CACHE": str(tmp_path / "c")}, tmp_path)[0])
    compile_here(PACK)
    assert len(list((tmp_path / "c").iterdir())) == 1
