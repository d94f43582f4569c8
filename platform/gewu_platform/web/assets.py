"""Built front-end files: templates name an entry, the manifest names the file with its content hash."""

from __future__ import annotations

import gzip
import json
import mimetypes
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for

PACKED = frozenset({"text/html", "text/javascript", "application/json", "application/problem+json"})
WORTH_PACKING = 1000

DIST = Path(__file__).parent / "static" / "dist"


class AssetsMissing(RuntimeError):
    """The front end was never built."""


def init_assets(site: Flask) -> None:
    """Give templates `asset("app.js")`, and let browsers keep hashed files for a year."""
    manifest = read_manifest()

    def asset(entry: str) -> str:
        return url_for("static", filename=f"dist/{manifest[entry]}")

    site.jinja_env.globals["asset"] = asset
    site.before_request(_send_packed)
    site.after_request(_cache_hashed)
    site.after_request(_pack_page)


def read_manifest() -> dict[str, str]:
    """Entry name → file name; AssetsMissing with what to run when there is none."""
    file = DIST / "manifest.json"
    if not file.is_file():
        raise AssetsMissing("the front end is not built: run `make frontend`")
    manifest: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return manifest


def _cache_hashed(response: Response) -> Response:
    if request.path.startswith("/static/dist/") and response.status_code == 200:
        response.vary.add("Accept-Encoding")
        response.cache_control.max_age = 31_536_000
        response.cache_control.public = True
        response.cache_control.immutable = True
        response.cache_control.no_cache = None
    return response


def _pack_page(response: Response) -> Response:
    """Pages and documents are packed on their way out: a list of items takes a tenth of the bytes on a phone."""
    if (
        response.mimetype not in PACKED
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
    ):
        return response
    response.vary.add("Accept-Encoding")
    content = response.get_data()
    if len(content) < WORTH_PACKING or not request.accept_encodings["gzip"]:
        return response
    response.set_data(gzip.compress(content, 5, mtime=0))
    response.content_encoding = "gzip"
    return response


def _send_packed() -> Response | None:
    """The `.gz` twin of a built file, made once and packed better than a server would at each request."""
    name = Path(request.path).name
    if not request.path.startswith("/static/dist/") or not request.accept_encodings["gzip"]:
        return None
    if not (DIST / f"{name}.gz").is_file():
        return None
    response = send_from_directory(DIST, f"{name}.gz", mimetype=mimetypes.guess_type(name)[0])
    response.content_encoding = "gzip"
    return response
