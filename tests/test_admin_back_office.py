"""The back office: what it shows, whom it lets change what, and that every change is in the journal."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import PACKS
from flask import Flask
from flask.testing import FlaskClient
from sample_town import PASSWORD, square
from site_help import put_report

from gewu_admin.back_office import add_back_office
from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.history import auditing
from gewu_platform.service.town import organisation, people, places
from gewu_platform.web.site import SiteOptions, create_site

SECTIONS = ("users", "offices", "areas", "places", "calendars", "webhooks", "deliveries", "journal")
OPEN_TO = {
    "roster": {"users", "offices", "areas", "places", "calendars", "webhooks", "deliveries"},
    "auditor": set(SECTIONS),
    "supervisor": {"offices", "areas", "places", "calendars"},
    "author": {"offices", "areas"},
    "worker": {"offices", "areas"},
}


@pytest.fixture
def site(engine: Engine) -> Flask:
    site = create_site(engine, SiteOptions(secret_key="k" * 40))
    add_back_office(site, engine)
    return site


@pytest.fixture
def client_of(site: Flask) -> Callable[[str], FlaskClient]:
    """`client_of("roster1")` is that user's browser, signed in."""

    def sign_in(name: str) -> FlaskClient:
        client = site.test_client()
        token = token_in(client.get("/sign-in").text)
        answer = client.post("/sign-in", data={"name": name, "password": PASSWORD, "csrf_token": token})
        assert answer.status_code == 302
        return client

    return sign_in


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def send(client: FlaskClient, url: str, **fields: str) -> tuple[int, str]:
    """Fill in the form at `url` and send it; where it is taken, the answer is a redirect."""
    token = token_in(client.get(url).text)
    answer = client.post(url, data={"csrf_token": token, **fields})
    return answer.status_code, answer.text


def errors_in(page: str) -> list[str]:
    """What stands beside fields."""
    lists = re.findall(r'<ul class="form-text text-danger[^"]*"[^>]*>(.*?)</ul>', page, re.DOTALL)
    return re.findall(r"<li>(.*?)</li>", "".join(lists), re.DOTALL)


@pytest.mark.parametrize("role", OPEN_TO)
def test_a_role_sees_its_own_sections_and_no_others(
    client_of: Callable[[str], FlaskClient], role: str
) -> None:
    client = client_of(f"{role}1")
    seen = {name for name in SECTIONS if client.get(f"/admin/{name}/").status_code == 200}
    assert seen == OPEN_TO[role]
    for name in set(SECTIONS) - seen:
        assert client.get(f"/admin/{name}/").status_code == 403


def test_a_stranger_is_asked_to_sign_in(site: Flask) -> None:
    for path in ("/admin/", *(f"/admin/{name}/" for name in SECTIONS)):
        answer = site.test_client().get(path)
        assert answer.status_code == 302
        assert "/sign-in" in answer.location


@pytest.mark.parametrize("name", ["auditor1", "supervisor1", "author1"])
def test_whoever_only_reads_changes_nothing(
    engine: Engine, client_of: Callable[[str], FlaskClient], name: str
) -> None:
    client, before = client_of(name), auditing.verify_journal(engine, SYSTEM).entries
    page = client.get("/admin/areas/").text
    assert "/admin/areas/new/" not in page
    assert "/admin/areas/edit/" not in page
    token = token_in(client.get("/notices").text)
    for path in ("/admin/areas/new/", "/admin/areas/edit/?id=1", "/admin/areas/delete/"):
        answer = client.post(
            path, data={"csrf_token": token, "id": "1", "name": "改名", "code": "z", "tier": "city"}
        )
        assert answer.status_code in (302, 403)
    assert auditing.verify_journal(engine, SYSTEM).entries == before


def test_the_journal_has_no_form_for_anybody(client_of: Callable[[str], FlaskClient]) -> None:
    client = client_of("auditor1")
    page = client.get("/admin/journal/").text
    assert "signed-in" in page
    assert "/admin/journal/edit/" not in page
    assert "/admin/journal/new/" not in page
    assert client.get("/admin/journal/new/").status_code == 302


def test_an_entry_of_the_journal_leads_to_its_case_and_is_folded_on_the_list_only(
    client_of: Callable[[str], FlaskClient],
) -> None:
    worker = client_of("worker1")
    token = re.search(r'name="csrf-token" content="([^"]+)"', worker.get("/today").text)
    assert token is not None
    worker.environ_base["HTTP_X_CSRFTOKEN"] = token[1]
    received = put_report(worker).json
    assert received is not None
    case = f"case:{received['cases'][0]['id']}"
    client = client_of("auditor1")
    page = client.get("/admin/journal/").text
    assert f'<a href="/cases/{case[5:]}">{case}</a>' in page
    assert "<details>" in page
    assert "<details>" not in client.get("/admin/journal/details/?id=1").text
    assert "<a href" not in client.get("/admin/journal/export/csv/").text


def test_a_change_without_the_forms_token_is_refused(client_of: Callable[[str], FlaskClient]) -> None:
    client = client_of("roster1")
    assert client.post("/admin/areas/edit/?id=1", data={"name": "改名"}).status_code == 400


def test_a_list_is_searched_filtered_sorted_and_paged(client_of: Callable[[str], FlaskClient]) -> None:
    client = client_of("roster1")
    assert names_in(client.get("/admin/users/?search=worker").text) == ["worker1", "worker2", "worker3"]
    assert names_in(client.get("/admin/users/?search=张网格").text) == ["worker1"]
    assert names_in(client.get("/admin/users/?search=worker 李").text) == ["worker2"]
    filters = client.get("/admin/users/?flt0_0=handler").text
    assert names_in(filters) == ["handler1", "handler2", "handler3", "handler4"]
    newest = names_in(client.get("/admin/users/?sort=0&desc=1").text)
    assert newest[:2] == ["worker3", "worker2"]
    assert newest == sorted(newest, reverse=True)
    assert names_in(client.get("/admin/users/?page=1&page_size=20").text) == []


def names_in(page: str) -> list[str]:
    return re.findall(r'<td class="col-name">\s*(\S+)\s*</td>', page)


def test_hostile_queries_find_nothing_and_break_nothing(client_of: Callable[[str], FlaskClient]) -> None:
    client = client_of("roster1")
    for query in (
        "search=' or 1=1 --", "search=%25", "flt0_0=' or '1'='1", "flt0_99=x", "flt0_3=x", "sort=99", "sort=-1", "page=-1",
        "page=99999999", "page=99999999999999999999", "page_size=0", "page_size=1000000000", "sort=x", "search=\\", "flt0_6=maybe",
    ):  # fmt: skip
        assert client.get(f"/admin/users/?{query}").status_code == 200, query
    for wrong in ("x", "-1", "99999999999999999999", ""):
        assert client.get(f"/admin/users/details/?id={wrong}").status_code == 302
        assert client.get(f"/admin/users/edit/?id={wrong}").status_code == 302


def test_a_list_is_exported_whole_and_holds_no_formula(
    engine: Engine, client_of: Callable[[str], FlaskClient], area: Callable[[str], int]
) -> None:
    organisation.change_area(engine, SYSTEM, area("g1"), name="=HYPERLINK(1)")
    extra = [
        places.NewPlace("shop", f"店{n}", area("g1"), "大街", None, None, {"grade": "plain", "space": 1})
        for n in range(120)
    ]
    places.add_places(engine, SYSTEM, extra)
    client = client_of("roster1")
    pages = [names_in(client.get(f"/admin/places/?page={page}&page_size=100").text) for page in (0, 1)]
    assert [len(page) for page in pages] == [100, 24]
    assert not set(pages[0]) & set(pages[1])
    areas = list(csv.reader(io.StringIO(client.get("/admin/areas/export/csv/").text)))
    assert areas[0][:2] == ["代码", "名称"]
    assert "'=HYPERLINK(1)" in [row[1] for row in areas]
    assert len(list(csv.reader(io.StringIO(client.get("/admin/places/export/csv/").text)))) == 1 + 4 + 120


def test_a_user_is_added_assigned_disabled_and_all_of_it_is_in_the_journal(
    engine: Engine, client_of: Callable[[str], FlaskClient]
) -> None:
    client = client_of("roster1")
    status, _ = send(
        client,
        "/admin/users/new/",
        name="worker9",
        full_name="新网格",
        role="worker",
        password="correct horse",
        grids="g1, g3",
    )
    assert status == 302
    assert people.caller_named(engine, "worker9").role == "worker"
    row = next(each for each in people.list_users(engine, SYSTEM) if each.name == "worker9")
    assert row.grids == ("g1", "g3")

    status, _ = send(
        client, f"/admin/users/edit/?id={row.id}", grids="g2，g3", areas="", offices="", active="y"
    )
    assert status == 302
    row = next(each for each in people.list_users(engine, SYSTEM) if each.name == "worker9")
    assert (row.grids, row.active) == (("g2", "g3"), True)

    status, _ = send(client, f"/admin/users/edit/?id={row.id}", grids="g2 g3", password="another horse")
    assert status == 302
    row = next(each for each in people.list_users(engine, SYSTEM) if each.name == "worker9")
    assert not row.active
    kinds = [each.kind for each in auditing.read_journal(engine, SYSTEM, 0, 500, f"user:{row.id}")]
    assert kinds == [
        "user-added", "user-assigned", "unrostered", "rostered", "user-assigned", "password-set", "user-disabled",
    ]  # fmt: skip
    actor = people.caller_named(engine, "roster1").id
    assert {each.actor for each in auditing.read_journal(engine, SYSTEM, 0, 500, f"user:{row.id}")} == {actor}
    assert auditing.verify_journal(engine, SYSTEM).whole


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    engine: Engine, client_of: Callable[[str], FlaskClient]
) -> None:
    client = client_of("roster1")
    status, page = send(
        client,
        "/admin/users/new/",
        name="x",
        full_name="某 人",
        role="author",
        password="short",
        areas="county",
    )
    assert status == 200
    assert len(errors_in(page)) >= 2, page
    assert 'value="某 人"' in page
    assert 'value="county"' in page
    assert "short" not in page, "a password is never sent back"
    assert not [each for each in people.list_users(engine, SYSTEM) if each.name == "x"]

    status, page = send(
        client, "/admin/users/new/", name="worker1", full_name="甲", role="worker", password="correct horse"
    )
    assert status == 200
    assert "已被使用" in page


def test_half_of_a_refused_change_is_not_kept(
    engine: Engine, client_of: Callable[[str], FlaskClient]
) -> None:
    row = next(each for each in people.list_users(engine, SYSTEM) if each.name == "worker1")
    before = auditing.verify_journal(engine, SYSTEM).entries
    client = client_of("roster1")
    status, page = send(
        client, f"/admin/users/edit/?id={row.id}", areas="north", grids="g1, nowhere", active="y"
    )
    assert status == 200
    assert any("nowhere" in each for each in errors_in(page))
    after = next(each for each in people.list_users(engine, SYSTEM) if each.name == "worker1")
    assert after == row
    assert auditing.verify_journal(engine, SYSTEM).entries == before + 1, "only the sign-in"


def test_an_office_and_an_area_with_its_polygon_are_added_and_changed(
    engine: Engine, client_of: Callable[[str], FlaskClient], area: Callable[[str], int]
) -> None:
    client = client_of("roster1")
    polygon = json.dumps(square(7))
    status, _ = send(
        client,
        "/admin/areas/new/",
        code="g8",
        name="新网格",
        tier="grid",
        parent="willow",
        area_class="A",
        polygon=polygon,
    )
    assert status == 302
    assert organisation.area_by_code(engine, "g8").polygon == square(7)

    url = f"/admin/areas/edit/?id={area('g8')}"
    for wrong in (
        "{",
        "[1]",
        '{"type": "Point", "coordinates": [1, 2]}',
        '{"type":"Polygon","coordinates":[[[0,0],[1,1]]]}',
    ):
        status, page = send(client, url, name="新网格", area_class="B", polygon=wrong)
        assert status == 200, wrong
        assert errors_in(page), wrong
    assert organisation.area_by_code(engine, "g8").area_class == "A"
    assert send(client, url, name="更名网格", area_class="B", polygon=json.dumps(square(8)))[0] == 302
    changed = organisation.area_by_code(engine, "g8")
    assert (changed.name, changed.area_class, changed.polygon) == ("更名网格", "B", square(8))

    office = {"department": "sanitation", "code": "station", "title": "南镇环卫站"}
    status, page = send(client, "/admin/offices/new/", **office, area="maple")
    assert status == 200
    assert errors_in(page)
    assert send(client, "/admin/offices/new/", **office, area="south")[0] == 302
    made = next(each for each in organisation.list_offices(engine, SYSTEM) if each.title == "南镇环卫站")
    assert send(client, f"/admin/offices/edit/?id={made.id}", title="南镇环卫中心站")[0] == 302
    closed = next(each for each in organisation.list_offices(engine, SYSTEM) if each.id == made.id)
    assert (closed.title, closed.active) == ("南镇环卫中心站", False)
    assert auditing.verify_journal(engine, SYSTEM).whole


def test_a_place_is_added_and_changed_and_its_private_attributes_are_never_shown(
    engine: Engine, client_of: Callable[[str], FlaskClient], place: Callable[[str], int]
) -> None:
    client = client_of("roster1")
    new = {"kind": "shop", "name": "新店", "grid": "g2"}
    wrong = {**new, "attributes.grade": "odd", "attributes.space": "0", "attributes.phone": "1"}
    status, page = send(client, "/admin/places/new/", **wrong, lon="113.7", lat="x")
    assert status == 200
    assert errors_in(page)
    status, page = send(client, "/admin/places/new/", **wrong)
    assert status == 200
    assert errors_in(page) == ["请从所列选项中选择", "不能小于 1", "电话号码有误，请核对"]
    good = {**new, "attributes.grade": "plain", "attributes.space": "９", "attributes.phone": "13800138001"}
    assert send(client, "/admin/places/new/", **good, lon="113.71", lat="23.0")[0] == 302

    number = place("shop-1")
    edit = client.get(f"/admin/places/edit/?id={number}").text
    details = client.get(f"/admin/places/details/?id={number}").text
    assert "等级：普通" in details
    assert re.search(r'<option selected value="plain">普通</option>', edit)
    assert "13800138000" not in edit + details
    shown = {"name": "柳记", "active": "y", "attributes.grade": "plain", "attributes.space": "41"}
    assert send(client, f"/admin/places/edit/?id={number}", **shown)[0] == 302
    caller = people.caller_named(engine, "worker1")
    record = places.reveal_place(engine, caller, number)
    assert (record.name, record.values["space"], record.values["phone"]) == ("柳记", 41, "13800138000")


def test_an_attribute_is_cleared_by_emptying_its_field_and_a_private_one_is_replaced_by_filling_it(
    engine: Engine, client_of: Callable[[str], FlaskClient], place: Callable[[str], int]
) -> None:
    client, number = client_of("roster1"), place("shop-1")
    kept = {"name": "柳记", "active": "y", "attributes.grade": "plain", "attributes.space": "41"}
    dated = {**kept, "attributes.opened": "2026-01-31", "attributes.phone": "13800138002"}
    assert send(client, f"/admin/places/edit/?id={number}", **dated)[0] == 302
    caller = people.caller_named(engine, "worker1")
    values = places.reveal_place(engine, caller, number).values
    assert (values["opened"], values["phone"]) == ("2026-01-31", "13800138002")
    assert send(client, f"/admin/places/edit/?id={number}", **kept)[0] == 302
    values = places.reveal_place(engine, caller, number).values
    assert ("opened" in values, values["phone"]) == (False, "13800138002")
    status, page = send(client, f"/admin/places/edit/?id={number}", **{**kept, "attributes.space": ""})
    assert (status, errors_in(page)) == (200, ["请填写此项"])


def test_the_form_of_a_place_asks_what_its_register_declares(client_of: Callable[[str], FlaskClient]) -> None:
    page = client_of("roster1").get("/admin/places/new/").text
    labels = re.findall(r'<label[^>]*for="attributes\.(\w+)"[^>]*>\s*([^<&]*)', page)
    assert [name for name, _ in labels] == ["grade", "space", "phone", "opened"]
    assert re.findall(r'name="attributes.(\w+)" required', page) == ["grade", "space"]
    starred = re.findall(r'<label[^>]*for="([\w.]+)"[^>]*>[^/]*<strong[^>]*>&#42;', page)
    assert starred == ["name", "grid", "attributes.grade", "attributes.space"]
    assert 'type="date"' in page
    assert "JSON" not in page


def test_where_there_are_several_registers_one_is_chosen_first(client_of_registers) -> None:
    client = client_of_registers("roster1")
    page = client.get("/admin/places/new/").text
    assert re.findall(r'href="/admin/places/new/\?kind=(\w+)"', page) == ["shop", "stall"]
    page = client.get("/admin/places/new/?kind=stall").text
    assert re.findall(r'name="attributes.(\w+)"', page) == ["wares"]
    assert "Failed" not in page


@pytest.fixture
def client_of_registers(engine: Engine, tmp_path):
    text = "部门 markets “市场”\n\n台账 stall “摊位”\n  询问 wares 文本 “经营品种”\n"
    return signing_in(engine, tmp_path, "markets", text)


def test_a_refused_pack_is_shown_with_its_mistakes(engine: Engine, tmp_path, client_of_catalogue) -> None:
    page = client_of_catalogue("author1").get("/admin/").text
    assert "未采用" in page
    assert "G812" in page
    assert "可用" in page


@pytest.fixture
def client_of_catalogue(engine: Engine, tmp_path):
    return signing_in(engine, tmp_path, "odd", "部门 a “甲”\n\n部门 b “乙”\n")


def signing_in(engine: Engine, folder: Path, pack: str, text: str) -> Callable[[str], FlaskClient]:
    """Clients of a site that has one more pack."""
    (folder / "packs" / pack).mkdir(parents=True)
    (folder / "packs" / pack / "department.gewu").write_text(text, encoding="utf-8")
    grown = replace(engine, catalogue=load_catalogue([PACKS, folder / "packs"]))
    site = create_site(grown, SiteOptions(secret_key="k" * 40))
    add_back_office(site, grown)

    def sign_in(name: str) -> FlaskClient:
        client = site.test_client()
        token = token_in(client.get("/sign-in").text)
        client.post("/sign-in", data={"name": name, "password": PASSWORD, "csrf_token": token})
        return client

    return sign_in


def test_it_speaks_both_languages_down_to_the_buttons(client_of: Callable[[str], FlaskClient]) -> None:
    client = client_of("roster1")
    assert "创建" in client.get("/admin/users/").text
    token = token_in(client.get("/admin/").text)
    client.post("/language/en", data={"csrf_token": token, "next": "/admin/"})
    page = client.get("/admin/users/").text
    assert "Create" in page
    chinese = set(re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<td.*?</td>", "", page, flags=re.DOTALL)))
    assert chinese <= {"中文"}


def test_its_pages_allow_no_script_but_their_own(client_of: Callable[[str], FlaskClient]) -> None:
    answer = client_of("roster1").get("/admin/users/")
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"script-src 'self' 'nonce-([^']+)'", policy)
    assert nonce
    assert "frame-ancestors 'none'" in policy
    for tag in re.findall(r"<script[^>]*>", answer.text):
        assert f'nonce="{nonce[1]}"' in tag, tag
