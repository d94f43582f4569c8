"""The catalogue: packs accepted or refused whole, and none of them in another's way."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_dsl.artifact import to_json
from gewu_dsl.codes import CODES
from gewu_item_catalog.catalogue import ENGINE_VERSION, Catalogue, LoadedPack, admit, load_catalogue
from gewu_item_catalog.packs import Pack

ITEM = """\
department {code} "{code}"
  office bureau "B" at county
place shop "Shop"
  ask size integer "Size" from 1 to 100
{more}
item {code}.bench "Bench"
  for shop
  ask loose yes-no "Loose?"
  finding loose "Loose" when loose = yes and place.size > {limit}
    route {code}.bureau  handle 1 workday
  example "loose"
    given loose = no
    expect nothing
"""


def pack(
    code: str,
    *,
    more: str = "",
    limit: int = 1,
    engine: str = "",
    root: str = "",
    text: str = "",
    problems: tuple[str, ...] = (),
) -> Pack:
    source = text or ITEM.format(code=code, more=more, limit=limit)
    return Pack(Path(root or code), "1.0", engine, "", (("department.gewu", source.encode()),), problems)


def catalogue_of(*packs: Pack) -> Catalogue:
    catalogue = Catalogue()
    for each in packs:
        catalogue = admit(catalogue, each)
    return catalogue


def codes(loaded: LoadedPack) -> set[str]:
    return {each.code for each in loaded.diagnostics if each.severity == "error"}


def test_an_accepted_pack_offers_what_it_declares() -> None:
    catalogue = catalogue_of(pack("parks"))
    (loaded,) = catalogue.packs
    assert (loaded.code, loaded.accepted, codes(loaded)) == ("parks", True, set())
    assert set(catalogue.departments) == {"parks"}
    assert set(catalogue.kinds) == {"shop"}
    assert set(catalogue.items) == {"parks.bench"}
    assert catalogue.source_of("parks.bench").startswith("department parks")
    with pytest.raises(KeyError):
        catalogue.source_of("parks.nothing")


def test_one_error_refuses_the_pack_whole_and_every_other_works_on() -> None:
    broken = pack(
        "water", text=ITEM.format(code="water", more="", limit=1) + '\nitem water.odd "Odd"\n  ask\n'
    )
    catalogue = catalogue_of(pack("parks"), broken, pack("roads"))
    refused = next(each for each in catalogue.packs if each.code == "water")
    assert not refused.accepted
    assert refused.items == ()
    assert refused.diagnostics
    assert set(catalogue.items) == {"parks.bench", "roads.bench"}
    assert set(catalogue.departments) == {"parks", "roads"}


def test_a_warning_refuses_nothing() -> None:
    catalogue = catalogue_of(pack("parks"))
    (loaded,) = catalogue.packs
    assert {each.code for each in loaded.diagnostics} == {"G702"}
    assert loaded.accepted


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (pack("parks", problems=("pack.toml: odd",)), "G811"),
        (pack("parks", text="# nothing"), "G812"),
        (pack("parks", text='department a "A"\n\ndepartment b "B"\n'), "G812"),
        (pack("parks", engine=">=9"), "G813"),
        (pack("parks", engine="newest, please"), "G813"),
    ],
)
def test_a_folder_that_is_no_pack_for_this_engine_is_refused(found: Pack, code: str) -> None:
    (loaded,) = catalogue_of(found).packs
    assert not loaded.accepted
    assert code in codes(loaded)
    assert code in CODES


@pytest.mark.parametrize("engine", ["", ">=0.1", ">=0.1,<1", f"=={ENGINE_VERSION}"])
def test_a_range_that_holds_this_engine_is_no_obstacle(engine: str) -> None:
    assert catalogue_of(pack("parks", engine=engine)).packs[0].accepted


def test_the_engine_is_the_version_that_is_distributed() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == ENGINE_VERSION


def test_a_text_in_another_encoding_is_shown_not_guessed() -> None:
    gbk = Pack(Path("parks"), "1", "", "", (("department.gewu", "部门 园林 “园林局”".encode("gb18030")),))
    (loaded,) = catalogue_of(gbk).packs
    assert [code for code in codes(loaded) if code.startswith("G1")] == ["G108"], "its letters are not judged"


def test_the_second_pack_of_a_code_is_refused_and_names_the_first() -> None:
    catalogue = catalogue_of(pack("parks", root="one"), pack("parks", root="two", limit=5))
    first, second = catalogue.packs
    assert (first.accepted, second.accepted) == (True, False)
    assert codes(second) == {"G814"}
    assert "one" in next(each for each in second.diagnostics if each.code == "G814").message.en
    assert catalogue.items["parks.bench"] == first.items[0]


def test_a_refused_pack_holds_no_code() -> None:
    broken = pack("parks", root="one", text='department parks "P"\nitem\n')
    assert [each.accepted for each in catalogue_of(broken, pack("parks", root="two")).packs] == [False, True]


def test_packs_that_agree_share_a_register_and_it_has_the_attributes_of_both() -> None:
    catalogue = catalogue_of(
        pack("parks", more='  ask lights integer "Lights"'),
        pack("water", more='  ask taps integer "Taps" optional'),
    )
    assert [each.accepted for each in catalogue.packs] == [True, True]
    assert [each.name for each in catalogue.kinds["shop"].attributes] == ["size", "lights", "taps"]


@pytest.mark.parametrize("other", ['  ask lights text "Lights"', '  ask lights integer "Lights" private'])
def test_packs_that_quarrel_over_an_attribute_do_not_both_get_in(other: str) -> None:
    catalogue = catalogue_of(pack("parks", more='  ask lights integer "Lights"'), pack("water", more=other))
    assert [each.accepted for each in catalogue.packs] == [True, False]
    assert codes(catalogue.packs[1]) == {"G815"}
    assert "lights" in next(each for each in catalogue.packs[1].diagnostics if each.code == "G815").message.zh
    assert [each.name for each in catalogue.kinds["shop"].attributes] == ["size", "lights"]


DRAWN = st.lists(
    st.builds(
        pack,
        st.sampled_from(["parks", "water", "roads", "bus"]),
        more=st.sampled_from(
            [
                "",
                '  ask lights integer "Lights"',
                '  ask lights text "Lights"',
                '  ask taps integer "Taps" optional',
                "  ask",
            ]
        ),
        limit=st.integers(1, 3),
        root=st.text("abcdef", min_size=4, max_size=4),
    ),
    max_size=4,
    unique_by=lambda each: each.root,
)


@given(DRAWN, st.integers(0, 4))
@settings(max_examples=25, deadline=None)
def test_a_pack_dropped_in_or_taken_away_never_changes_what_another_means(
    drawn: list[Pack], place: int
) -> None:
    stranger = pack("stranger", more='  ask lanes integer "Lanes" optional')
    without = catalogue_of(*drawn)
    with_it = catalogue_of(*drawn[:place], stranger, *drawn[place:])
    others = {name: each for name, each in with_it.items.items() if not name.startswith("stranger.")}
    assert {name: (each.version, to_json(each.item)) for name, each in others.items()} == {
        name: (each.version, to_json(each.item)) for name, each in without.items.items()
    }
    assert [(each.path, each.accepted) for each in with_it.packs if each.code != "stranger"] == [
        (each.path, each.accepted) for each in without.packs
    ]


def test_packs_on_disk_are_loaded_in_the_order_of_their_folders(tmp_path: Path) -> None:
    for code in ("water", "parks"):
        (tmp_path / code).mkdir()
        (tmp_path / code / "a.gewu").write_text(ITEM.format(code=code, more="", limit=1), encoding="utf-8")
    assert [each.code for each in load_catalogue([tmp_path]).packs] == ["parks", "water"]
    assert load_catalogue([tmp_path / "none"]) == Catalogue()
