"""Both languages say everything: what the sources ask for stands in the translations, and nothing else does."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from site_help import make_site, put_report, sign_in

from gewu_platform.service.engine import Engine
from gewu_platform.web import words

ROOT = Path(__file__).parent.parent
SOURCES = ("platform/gewu_platform/web", "admin/gewu_admin")
ENGLISH = ROOT / "platform/gewu_platform/web/translations/en/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def said_in_sources() -> set[str]:
    """Every text that a page hands to gettext."""
    methods = [("**.py", "python"), ("**.html", "jinja2")]
    return {
        str(message)
        for source in SOURCES
        for _, _, message, _, _ in extract_from_dir(ROOT / source, methods, keywords=KEYWORDS)
    }


@pytest.fixture(scope="module")
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file)


def test_the_translations_hold_exactly_what_the_sources_say(english: Catalog) -> None:
    translated = {str(message.id) for message in english if message.id}
    said = said_in_sources()
    assert len(said) > 150
    assert said - translated == set(), "to be translated"
    assert translated - said == set(), "said nowhere any more"


def test_no_translation_is_missing_fuzzy_or_still_chinese(english: Catalog) -> None:
    for message in english:
        if message.id:
            assert message.string, message.id
            assert not message.fuzzy, message.id
            assert not CHINESE.search(str(message.string)), message.id
            assert not re.search(
                "[，。：；！？（）、“]", str(message.string).replace("“", "").replace("”", "")
            ), message.id
            values = [sorted(re.findall(r"%\(\w+\)s", str(text))) for text in (message.id, message.string)]
            assert values[0] == values[1], message.id


def test_no_template_says_something_in_one_language_only() -> None:
    for file in (ROOT / SOURCES[0] / "templates").glob("*.html"):
        text = re.sub(
            r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        assert not CHINESE.search(text), file.name


def test_a_site_without_compiled_translations_does_not_start(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "TRANSLATIONS", tmp_path)
    with pytest.raises(words.TranslationsMissing, match="make frontend"):
        make_site(engine)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
class TestPages:
    @pytest.fixture
    def site(self, engine: Engine) -> Flask:
        return make_site(engine)

    def test_a_page_comes_in_the_language_that_was_chosen_and_the_account_remembers(
        self, site: Flask
    ) -> None:
        client = sign_in(site, "worker1")
        assert 'lang="zh-CN"' in client.get("/mine").text
        answer = client.post("/language/en", data={"next": "/mine"})
        assert answer.location == "/mine"
        page = client.get("/mine").text
        assert '<html lang="en">' in page
        assert "My reports" in page
        assert "My reports" in sign_in(site, "worker1").get("/mine").text
        assert client.post("/language/fr").status_code == 404

    def test_a_stranger_reads_what_the_browser_asks_for(self, site: Flask) -> None:
        client = site.test_client()
        assert "Sign in" in client.get("/sign-in", headers={"Accept-Language": "en-GB,en;q=0.8"}).text
        assert "登录" in client.get("/sign-in", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}).text
        assert "登录" in client.get("/sign-in").text

    def test_an_english_page_has_chinese_only_where_people_and_departments_wrote_it(
        self, site: Flask
    ) -> None:
        client = sign_in(site, "worker1")
        client.post("/language/en")
        case = put_report(client).json["cases"][0]["id"]
        theirs = re.compile(
            "环卫所|垃圾分类投放|垃圾混投|道路垃圾|柳记杂货|大街|柳村[一二]网格|北镇|张网格|县环卫中心|商铺|中文|普通|《[^》]*》第[十三四]+条|"
            "柳村|城县|环卫站|分类容器情况|混投重量|现场照片|垃圾桶盖是否完好|已分类投放|混投|等级|面积|业主电话|柳街面馆|未分类"
        )
        for path in ("/today", "/report", "/mine", "/notices", "/items", "/cases", f"/cases/{case}"):
            text = re.sub(r"<script.*?</script>|<[^>]*>", " ", client.get(path).text, flags=re.DOTALL)
            left = theirs.sub("", text)
            assert not CHINESE.search(left), (path, re.findall(r"\S*[\u4e00-\u9fff]+\S*", left))

    def test_how_long_something_took_is_said_in_its_two_largest_units(self, site: Flask) -> None:
        with site.test_request_context("/", headers={"Accept-Language": "zh-CN"}):
            told = [
                words.show_duration(seconds) for seconds in (0, 29, 59 * 60 + 40, 7_260, 86_400 * 3 + 7_199)
            ]
        assert told == ["0 分", "0 分", "1 小时 0 分", "2 小时 1 分", "3 天 2 小时"]

    def test_initials_find_what_chinese_words_say(self, site: Flask) -> None:
        assert words.pinyin_initials("疏散通道") == "sstd"
        page = sign_in(site, "worker1").get("/report").text
        assert 'data-filter-text="垃圾分类投放 ljfltf HW-001 sanitation.waste"' in page


def test_the_build_compiles_what_is_missing_or_older_and_leaves_the_rest(tmp_path: Path) -> None:
    target = tmp_path / "platform/gewu_platform/web/translations/en/LC_MESSAGES/messages.po"
    target.parent.mkdir(parents=True)
    shutil.copy(ENGLISH, target)
    builder = load_build_hook()
    builder.compile_translations(tmp_path)
    compiled = target.with_suffix(".mo")
    with compiled.open("rb") as file:
        assert GNUTranslations(file).gettext("今日") == "Today"
    os.utime(compiled, (2e9, 2e9))
    builder.compile_translations(tmp_path)
    assert compiled.stat().st_mtime == 2e9
    os.utime(target, (2.1e9, 2.1e9))
    builder.compile_translations(tmp_path)
    assert compiled.stat().st_mtime < 2e9


def load_build_hook() -> Any:
    specification = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
