"""The browser side: its own unit tests, what it weighs, and the generated form in a real browser.

The form's page, its questions and its conditions are what the compiler emits; only the server behind them is played.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from gewu_dsl.emit.html import form_html
from gewu_dsl.emit.javascript import conditions_module
from gewu_dsl.model import Answer, Choice, Compare, Constant, Item, Must, Question
from gewu_platform.web.assets import init_assets

ROOT = Path(__file__).parent.parent
FRONTEND = ROOT / "platform/frontend"
DIST = ROOT / "platform/gewu_platform/web/static/dist"
MANIFEST = DIST / "manifest.json"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'"
)

BLOCKED = Compare("=", Answer("exit"), Constant("blocked"))
ITEM = Item(
    name="fire.exit",
    department="fire",
    title="疏散通道",
    questions=(
        Question("exit", "one_of", "通道是否畅通", (Choice("clear", "畅通"), Choice("blocked", "堵塞"))),
        Question("width", "decimal", "净宽", section="测量", unit="m", minimum=0, maximum=10, when=BLOCKED),
        Question("shot", "photo", "照片", section="测量", at_least=1, at_most=2, when=BLOCKED),
        Question("note", "text", "备注", section="其他", optional=True),
    ),
    musts=(Must(Compare(">", Answer("width"), Constant(0.3)), "净宽小于 0.3 米请核对单位", ("width",)),),
)


def entry(name: str) -> Path:
    return DIST / json.loads(MANIFEST.read_text(encoding="utf-8"))[name]


def test_the_form_logic_passes_its_own_tests() -> None:
    node = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv/bin"))
    if node is None:
        pytest.skip("the unit tests of the front end need Node: none on PATH or in .venv")
    tests = sorted(str(test.relative_to(FRONTEND)) for test in (FRONTEND / "test").glob("*.test.js"))
    done = subprocess.run([node, "--test", *tests], cwd=FRONTEND, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.search(r"pass (\d+)", done.stdout)[1]) >= 20, done.stdout


def test_a_workers_page_paints_within_a_hundred_kilobytes() -> None:
    first_paint = ("theme.js", "app.css", "app.js", "worker.js")
    weights = {name: len(gzip.compress(entry(name).read_bytes(), 9)) for name in first_paint}
    assert sum(weights.values()) < 90_000, f"the page itself needs the other 10 kB: {weights}"


def test_every_built_text_has_its_compressed_twin() -> None:
    for file in DIST.iterdir():
        if file.suffix in (".js", ".css"):
            twin = file.with_name(file.name + ".gz")
            assert gzip.decompress(twin.read_bytes()) == file.read_bytes(), file.name


def test_no_built_script_needs_an_address_outside() -> None:
    for file in DIST.glob("*.css"):
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", file.read_text(encoding="utf-8")), (
            file.name
        )


def test_a_browser_that_unpacks_gets_the_packed_file_and_any_other_the_plain_one() -> None:
    site = Flask("gewu_platform.web")
    init_assets(site)
    address = f"/static/dist/{entry('app.css').name}"
    with site.test_client() as client:
        with client.get(address, headers={"Accept-Encoding": "gzip, br"}) as packed:
            assert packed.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(packed.data) == entry("app.css").read_bytes()
        with client.get(address, headers={"Accept-Encoding": "gzip;q=0"}) as plain:
            assert plain.data == entry("app.css").read_bytes()
        for answer in (packed, plain):
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert answer.mimetype == "text/css"
            assert "immutable" in answer.headers["Cache-Control"]


@dataclass
class Server:
    """Plays the server: keeps what was put, and answers a submission with `status` and `problem`."""

    put: dict[str, bytes] = field(default_factory=dict)
    tokens: set[str | None] = field(default_factory=set)
    status: int = 201
    problem: dict[str, Any] = field(default_factory=dict)
    address: str = ""

    def get(self, path: str) -> tuple[str, bytes] | None:
        if path == "/form":
            return "text/html; charset=utf-8", PAGE().encode()
        if path == "/items/fire.exit/v1/conditions.js":
            return "text/javascript", conditions_module(ITEM).encode()
        if path.startswith("/receipts/"):
            return "text/html; charset=utf-8", b"<h1>receipt</h1>"
        if path.startswith("/dist/") and (file := DIST / Path(path).name).is_file():
            return {".js": "text/javascript", ".css": "text/css"}.get(
                file.suffix, "image/png"
            ), file.read_bytes()
        return None

    @property
    def submissions(self) -> list[Any]:
        return [json.loads(body) for path, body in self.put.items() if "/files/" not in path]


def PAGE() -> str:  # noqa: N802 (a template, in capitals like one)
    return f"""<!doctype html><html lang="zh-CN"><head><meta name="csrf-token" content="t0">
      <meta name="gewu-user" content="7"><link rel="icon" href="data:,">
      <link rel="stylesheet" href="/dist/{entry("app.css").name}">
      <script type="module" src="/dist/{entry("app.js").name}"></script>
      <script type="module" src="/dist/{entry("worker.js").name}"></script>
      <script type="application/json" id="gewu-context">{{}}</script></head><body>
      <div data-gewu-queue hidden></div>
      <form method="post" data-gewu-form data-item="fire.exit" data-version="v1" data-place="R-1" data-title="通道">
      {form_html(ITEM)}<section data-preview></section><p data-form-status role="status"></p>
      <button>提交</button></form></body></html>"""


def handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = server.get(self.path)
            self.answer(200 if found else 404, *(found or ("text/plain", b"")))

        def do_POST(self) -> None:
            answers = json.loads(self.body())["answers"]
            self.answer(200, "text/html; charset=utf-8", f"<p>送往 {answers.get('exit')}</p>".encode())

        def do_PUT(self) -> None:
            body = self.body()
            server.tokens.add(self.headers["X-CSRFToken"])
            if server.status < 300:
                server.put[self.path] = body
            self.answer(server.status, "application/json", json.dumps(server.problem).encode())

        def body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"]))

        def answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
            """Keeps the test's output clean."""

    return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    played = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler(played))
    played.address = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield played
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("browser tests need Chromium on PATH (`make test` installs it where it may)")
    with sync_playwright() as playwright:
        arguments = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
        ]
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def open_form(phone: BrowserContext, server: Server) -> Iterator[Callable[[], Page]]:
    complaints: list[str] = []

    def open_page() -> Page:
        page = phone.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None
        )
        page.goto(f"{server.address}/form")
        page.wait_for_selector("form[novalidate]")
        return page

    yield open_page
    assert complaints == []


def question(page: Page, name: str) -> Any:
    return page.locator(f'[data-question="{name}"]')


def error(page: Page, name: str) -> Any:
    return question(page, name).locator("[data-error]")


def choose(page: Page, value: str) -> None:
    page.check(f'[name=exit][value="{value}"]')


def photo() -> dict[str, Any]:
    """A camera's picture: large, and turned on its side as its EXIF says."""
    file = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.effect_noise((2400, 1200), 50).convert("RGB").save(file, "JPEG", exif=exif)
    return {"name": "IMG_1.JPG", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def fill_in(page: Page) -> None:
    choose(page, "blocked")
    page.fill("[name=width]", "０．８")
    page.set_input_files("[name=shot]", photo())
    expect(question(page, "shot").locator("img")).to_have_count(1)


@pytest.mark.browser
def test_questions_and_their_heading_appear_with_the_answers_that_make_them_relevant(
    open_form: Callable[[], Page],
) -> None:
    page = open_form()
    heading = page.locator(".gewu-section", has_text="测量")
    expect(question(page, "exit")).to_be_visible()
    expect(question(page, "width")).to_be_hidden()
    expect(heading).to_be_hidden()
    choose(page, "blocked")
    expect(question(page, "width")).to_be_visible()
    expect(heading).to_be_visible()
    choose(page, "clear")
    expect(question(page, "width")).to_be_hidden()
    assert page.locator("[name=width]").is_disabled()


@pytest.mark.browser
def test_mistakes_are_said_beside_the_question_as_they_are_typed(open_form: Callable[[], Page]) -> None:
    page = open_form()
    choose(page, "blocked")
    expect(error(page, "width")).to_be_hidden()
    page.fill("[name=width]", "11")
    expect(error(page, "width")).to_have_text("不能大于 10")
    page.fill("[name=width]", "0.2")
    expect(error(page, "width")).to_have_text("净宽小于 0.3 米请核对单位")
    page.fill("[name=width]", "宽")
    expect(error(page, "width")).to_have_text("请填写数字")
    assert page.locator("[name=width]").get_attribute("aria-invalid") == "true"
    page.fill("[name=width]", "0.8")
    expect(error(page, "width")).to_be_hidden()


@pytest.mark.browser
def test_an_incomplete_form_is_not_sent_and_shows_where_to_go_on(
    open_form: Callable[[], Page], server: Server
) -> None:
    page = open_form()
    choose(page, "blocked")
    page.click("form > button")
    expect(error(page, "width")).to_have_text("请填写此项")
    expect(page.locator("[name=width]")).to_be_focused()
    expect(page.locator("[data-form-status]")).to_contain_text("2")
    assert server.put == {}


@pytest.mark.browser
def test_a_filled_form_arrives_with_its_photo_made_small_and_upright(
    open_form: Callable[[], Page], server: Server
) -> None:
    page = open_form()
    fill_in(page)
    page.click("form > button")
    page.wait_for_url("**/receipts/*")
    [body] = server.submissions
    assert (body["item"], body["version"], body["place"]) == ("fire.exit", "v1", "R-1")
    [name] = body["answers"]["shot"]
    assert body["answers"] == {"exit": "blocked", "width": 0.8, "shot": [name]}
    [sent] = [content for path, content in server.put.items() if path.endswith(f"/files/{name}")]
    assert body["files"] == {name: sha256(sent).hexdigest()}
    assert Image.open(BytesIO(sent)).size == (800, 1600)
    assert server.tokens == {"t0"}
    assert page.url.rpartition("/")[2] in next(iter(server.put))


@pytest.mark.browser
def test_a_draft_comes_back_with_its_photo_and_is_gone_once_sent(open_form: Callable[[], Page]) -> None:
    page = open_form()
    fill_in(page)
    expect(page.locator("[data-form-status]")).to_have_text("草稿已保存在手机上")
    page.close()
    page = open_form()
    expect(page.locator("[data-form-status]")).to_have_text("已恢复上次未提交的草稿")
    expect(page.locator("[name=width]")).to_have_value("０．８")
    expect(question(page, "shot").locator("img")).to_have_count(1)
    page.click("form > button")
    page.wait_for_url("**/receipts/*")
    expect(open_form().locator("[name=width]")).to_have_value("")


@pytest.mark.browser
def test_without_a_network_the_report_waits_and_goes_out_by_itself(
    open_form: Callable[[], Page], phone: BrowserContext, server: Server
) -> None:
    page = open_form()
    fill_in(page)
    phone.set_offline(True)
    page.click("form > button")
    expect(page.locator("[data-form-status]")).to_have_text("已存在手机上，联网后自动发送")
    assert server.put == {}
    phone.set_offline(False)
    page.wait_for_url("**/receipts/*")
    assert len(server.submissions) == 1


@pytest.mark.browser
def test_a_waiting_report_survives_the_page_and_is_sent_once_at_the_next_opening(
    open_form: Callable[[], Page], server: Server
) -> None:
    page = open_form()
    fill_in(page)
    server.status = 503
    page.click("form > button")
    expect(page.locator("[data-form-status]")).to_contain_text("联网后自动发送")
    page.close()
    server.status = 201
    expect(open_form().locator("[name=width]")).to_have_value("")
    assert [body["answers"]["width"] for body in server.submissions] == [0.8]


@pytest.mark.browser
def test_what_the_server_refuses_is_shown_beside_its_question(
    open_form: Callable[[], Page], server: Server
) -> None:
    page = open_form()
    fill_in(page)
    server.status, server.problem = (
        422,
        {"errors": [{"question": "width", "code": "must", "message": "服务器的话"}]},
    )
    page.click("form > button")
    expect(error(page, "width")).to_have_text("服务器的话")
    server.status, server.problem = 201, {}
    page.fill("[name=width]", "0.9")
    expect(error(page, "width")).to_be_hidden()
    page.click("form > button")
    page.wait_for_url("**/receipts/*")


@pytest.mark.browser
def test_the_preview_follows_the_answers(open_form: Callable[[], Page]) -> None:
    page = open_form()
    choose(page, "clear")
    expect(page.locator("[data-preview]")).to_have_text("送往 clear")
