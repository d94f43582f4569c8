"""For operators: a request id on every answer and log line, health, readiness, metrics."""

from __future__ import annotations

import re
import secrets
import time

import structlog
from flask import Blueprint, Flask, Response, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

from gewu_platform.api.current import engine
from gewu_platform.service import health

log = structlog.get_logger()
_ACCEPTED_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")


def init_observing(site: Flask) -> None:
    """Attach the request id, the access log and the metrics of one site."""
    registry = CollectorRegistry()
    requests = Counter("gewu_requests_total", "Requests answered.", ["endpoint", "status"], registry=registry)
    seconds = Histogram("gewu_request_seconds", "Time to answer.", ["endpoint"], registry=registry)

    @site.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _ACCEPTED_ID.match(given) else secrets.token_hex(8)
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @site.after_request
    def finish(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        took = time.perf_counter() - g.get("began", time.perf_counter())
        response.headers["X-Request-ID"] = g.get("request_id", "")
        requests.labels(endpoint, str(response.status_code)).inc()
        seconds.labels(endpoint).observe(took)
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round(took * 1000, 1),
        )
        return response

    pages = Blueprint("observing", __name__)

    @pages.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @pages.get("/readyz")
    def readyz() -> tuple[Response, int]:
        problems = health.readiness(engine())
        status, code = ("not ready", 503) if problems else ("ok", 200)
        return jsonify(status=status, problems=problems), code

    @pages.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    site.register_blueprint(pages)
