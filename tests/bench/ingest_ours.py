"""The real site over the sample town, for `bench_ingest`: `python ingest_ours.py FOLDER` prints its port and a token.

Beside the API it has `PUT /bench/nothing/<uuid>`, which goes the same way (token, limits, headers, log, a JSON body
in, a JSON receipt out) and stores nothing, and `/bench/spent`, the processor time used so far. The clock stands
still, so that every report of one kind has the same deadline.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import waitress
from argon2 import PasswordHasher
from flask import Flask, Response, jsonify, request
from sample_town import Clock, build_town, middle_of

from gewu_admin.logs import set_up_logs
from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.api.bodies import json_body
from gewu_platform.api.current import caller
from gewu_platform.records.store import Store
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.town import people, places
from gewu_platform.web import protection
from gewu_platform.web.site import SiteOptions, create_site

PACKS = Path(__file__).parent.parent / "packs"
SHOPS = 100
THREADS = 8


def main(folder: Path) -> None:
    store = Store(f"sqlite:///{folder / 'ours.sqlite'}")
    store.migrate()
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    engine = Engine(
        store, load_catalogue([PACKS]), folder, Clock(), ZoneInfo("Asia/Shanghai"), "zh", passwords=cheap
    )
    build_town(engine)
    _add_shops(engine)
    token = people.issue_token(engine, SYSTEM, "worker1")
    set_up_logs("info")
    # Limits are counted, but hold up nobody.
    protection.EVERYTHING = "1000000 per second"
    site = create_site(engine, SiteOptions(secret_key="bench"))
    _add_bench(site)
    server = waitress.create_server(site, host="127.0.0.1", port=0, threads=THREADS)
    sys.__stdout__.write(json.dumps({"port": server.effective_port, "token": token}) + "\n")
    sys.__stdout__.flush()
    server.run()


def _add_shops(engine: Engine) -> None:
    with engine.store.transaction():
        grid = engine.store.db.Area.get(code="g1").id
    attributes = {"grade": "plain", "space": 40}
    shops = [
        places.NewPlace("shop", f"商铺 {n}", grid, "大街", *middle_of("g1"), attributes, f"bench-{n}")
        for n in range(SHOPS)
    ]
    places.add_places(engine, SYSTEM, shops)


def _add_bench(site: Flask) -> None:
    @site.put("/bench/nothing/<uuid:submission>")
    def nothing(submission: object) -> tuple[Response, int]:
        body = json_body(request)
        return jsonify(id=str(submission), item=body["item"], reporter=caller().name, cases=[]), 201

    @site.get("/bench/spent")
    def spent() -> Response:
        return jsonify(time.process_time())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
