"""What went wrong, said to whoever asked: a problem document (RFC 9457) to programs, a page to people."""

from __future__ import annotations

import structlog
from flask import Flask, Response, g, jsonify, render_template, request
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from gewu_platform.api.current import wants_json
from gewu_platform.api.documents import problem_document
from gewu_platform.service.problems import Code, Problem
from gewu_platform.web.identity import ask_to_sign_in
from gewu_platform.web.words import language

log = structlog.get_logger()

HTTP_CODES: dict[int, Code] = {404: "not-found", 405: "wrong-method", 413: "too-large", 415: "wrong-type"}


def init_problems(site: Flask) -> None:
    """Every exception ends here; none reaches a caller as a trace."""
    site.register_error_handler(Problem, answer_problem)
    site.register_error_handler(CSRFError, _answer_csrf)
    site.register_error_handler(RateLimitExceeded, _answer_rate_limit)
    site.register_error_handler(HTTPException, _answer_http)
    site.register_error_handler(Exception, _answer_unexpected)


def answer_problem(problem: Problem) -> Response:
    """The problem as JSON or as a page, with its status."""
    if wants_json():
        response = jsonify(problem_document(problem, language(), request.path, g.get("request_id", "")))
        response.mimetype = "application/problem+json"
    elif problem.code == "not-signed-in":
        return ask_to_sign_in()
    else:
        response = Response(
            render_template("problem.html", problem=problem, request_id=g.get("request_id", ""))
        )
    response.status_code = problem.status
    if problem.status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _answer_csrf(error: CSRFError) -> Response:
    return answer_problem(
        Problem(
            "csrf",
            "请重新打开页面再提交；填写的内容仍在手机上。",
            "Open the page again and resend; what you typed is kept on the phone.",
        )
    )


def _answer_rate_limit(error: RateLimitExceeded) -> Response:
    return answer_problem(Problem("rate-limited", "请等一分钟再试。", "Wait a minute and try again."))


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(error.get_response().get_data(), status, error.get_response().headers)
    return answer_problem(Problem(HTTP_CODES.get(status, "invalid-request")))


def _answer_unexpected(error: Exception) -> Response:
    log.exception("unexpected", path=request.path)
    return answer_problem(
        Problem(
            "unexpected",
            "没有改动任何数据。请稍后再试；如再出现，请报上编号。",
            "Nothing was changed. Try again later; if it comes back, quote the number.",
        )
    )
