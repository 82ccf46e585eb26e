"""The routes of Data health."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timezone
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jinja2
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException

from leads.page import audit, guard, model
from leads.page.airflow_facts import DAG_ID, Airflow, AirflowFacts, RefusedError
from leads.page.entry import AIRFLOW_APP, PREFIX
from leads.page.model import Links, Teller
from leads.page.plan import MOST_DAYS, ChoiceError, Planned, plan
from leads.page.reading import Memory, WarehouseDownError, is_well, read_facts, read_started
from leads.page.words import Words, borrowed, words
from leads.settings import settings
from leads.sources import registry
from leads.warehouse import VARIABLE, WarehouseConnectionError, conninfo_from_airflow

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
STATIC = {"page.css": "text/css", "page.js": "text/javascript"}
MOST_BYTES = 64 * 1024  # of a form
LIVE_SECONDS = 10.0  # anybody may ask; the warehouse is asked at most this often
NOTED_SECONDS = 60.0
TOLD_SECONDS = 5.0  # how long what Airflow said to one reader is repeated to them

router = APIRouter(dependencies=[Depends(guard.signed_in)])
public = APIRouter()


def create_app() -> FastAPI:
    """The page, as an app to be mounted in Airflow's."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(router)
    app.include_router(public)
    app.state.memory = Memory()
    app.state.live = _Live()
    app.state.noted = (0.0, None)
    app.state.told = {}
    app.exception_handler(StarletteHTTPException)(_refuse)
    app.exception_handler(WarehouseDownError)(_warehouse_down)
    app.exception_handler(audit.UnauditedError)(_unaudited)
    app.exception_handler(Exception)(_broken)
    return app


# What is read ------------------------------------------------------------------------------------


@router.get("/", response_class=HTMLResponse)
async def page(
    request: Request,
    run: str | None = None,
    task: str | None = None,
    choose: str | None = None,
    started: str | None = None,
) -> Response:
    """The page itself."""
    now, tell, links = _telling(request)
    conninfo = await run_in_threadpool(_conninfo)
    airflow, facts, may_start = await asyncio.gather(
        _facts(request),
        run_in_threadpool(
            partial(read_facts, conninfo, now, request.app.state.memory, run=run, task=task)
        ),
        run_in_threadpool(guard.may_start, request, request.state.reader),
    )
    await run_in_threadpool(_note, request, conninfo, airflow, now)
    numbers = [int(part) for part in (started or "").split(",") if part.isdecimal()][:50]
    fresh = await run_in_threadpool(read_started, conninfo, numbers) if numbers else []
    language, rows = tell.words.language, facts.rows
    chosen = frozenset([choose] if choose else [])
    return _html(
        "page.html",
        tell,
        links,
        faults=facts.faults,
        asked=tell.moment(now),
        zone=settings().time_zone,
        overall=model.overall(facts, airflow, tell),
        incidents=model.incidents(rows["incidents"], tell),
        sources=model.sources(facts, tell),
        calendar=model.calendar(facts, tell, chosen),
        states=model.STATES,
        may_start=may_start,
        runs=model.runs(rows["runs"], tell, links),
        rejects=model.waiting(rows["rejects"], tell, "reject", "reason_code"),
        unmatched=_with_reasons(
            model.waiting(rows["unmatched"], tell, "", "reason_code"), language
        ),
        review=model.waiting(rows["review"], tell, "review", "kind"),
        checks=model.checks(rows["checks"], tell, borrowed("views", "claim", language)),
        totals=model.totals(rows["totals"], tell, borrowed("views", "figure", language)),
        started=[(row["dag_run_id"], links.run(DAG_ID, row["dag_run_id"])) for row in fresh],
    )


@router.get("/status.json")
async def status(request: Request) -> Response:
    """The same rows for machines: 200, or 503 when a critical table is RED."""
    now, tell, _ = _telling(request)
    conninfo = await run_in_threadpool(_conninfo)
    airflow, facts = await asyncio.gather(
        _facts(request),
        run_in_threadpool(
            partial(read_facts, conninfo, now, request.app.state.memory, run=None, task=None)
        ),
    )
    sources = [
        {
            **{name: row[name] for name in _STATUS_FIELDS},
            "action": tell.verdict(row["diagnosis"], row["evidence"] or {})["action"] or None,
        }
        for row in facts.rows["sources"]
    ]
    is_red = not sources or any(row["is_critical"] and row["level"] == "RED" for row in sources)
    document = {
        "asked_at": now,
        "sources": sources,
        "open_incidents": [
            {name: row[name] for name in ("id", "cause_key", "verdict", "opened_at", "since_at")}
            for row in facts.rows["incidents"]
        ],
        "airflow": asdict(airflow),
        "unreadable": dict(facts.faults),
    }
    text = json.dumps(document, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return Response(text, 503 if is_red else 200, media_type="application/json")


_STATUS_FIELDS = (
    "source_name",
    "source_type",
    "level",
    "health_status",
    "diagnosis",
    "since_at",
    "max_business_date",
    "max_ingestion_ts",
    "is_critical",
)


@router.get("/static/{name}")
def static(name: str) -> Response:
    """The style sheet and the script."""
    if name not in STATIC:
        raise HTTPException(404)
    return Response(
        _static(name),
        media_type=STATIC[name],
        headers={"Cache-Control": "private, max-age=86400"},
    )


@public.get("/live")
def live(request: Request) -> Response:
    """200 or 503 for a monitor, and nothing else: the one route without sign-in."""
    return Response(status_code=200 if request.app.state.live.is_well() else 503)


# What is done ------------------------------------------------------------------------------------


@router.get("/load", response_class=HTMLResponse)
async def preview(request: Request) -> Response:
    """What loading the chosen days would start."""
    _, tell, links = _telling(request)
    if not await run_in_threadpool(guard.may_start, request, request.state.reader):
        return _refused(tell, links, "role", 403)
    try:
        planned = _plan(request.query_params.getlist("day"))
    except ChoiceError as error:
        return _refused(tell, links, error.key, 400)
    airflow = await _facts(request)
    return _html(
        "load.html",
        tell,
        links,
        planned=planned,
        days=[f"{source}:{day}" for source, day in _days(planned)],
        is_paused=airflow.is_paused,
        token=guard.form_token(request.state.reader),
    )


@router.post("/load", response_class=HTMLResponse)
async def load(request: Request) -> Response:
    """Start the runs for the chosen days; every attempt of a signed-in user is written down."""
    _, tell, links = _telling(request)
    user = str(request.state.reader.get_name())
    form = await _form(request)
    choice = form.get("day", [])
    asked = {"days": [one[:80] for one in choice[:MOST_DAYS]]}
    conninfo = await run_in_threadpool(_conninfo)

    async def note(request: dict[str, Any], outcome: str) -> int:
        return await run_in_threadpool(audit.open_action, conninfo, user, request, outcome)

    try:
        token = form.get("token", [""])[0]
        await run_in_threadpool(guard.check_action, request, request.state.reader, token)
        planned = _plan(choice)
    except guard.RefusedHereError as refused:
        await note(asked, refused.why)
        return _refused(tell, links, "role" if refused.why.endswith("role") else "origin", 403)
    except ChoiceError as error:
        await note(asked, f"refused: {error.key}")
        return _refused(tell, links, error.key, 400)
    numbers: list[int] = []
    for one in planned:
        number = await note(one.conf, "asked")
        try:
            run_id = await _airflow(request).start(one.conf, f"Data health: {user}")
        except RefusedError as error:
            why = f"refused by Airflow: {error.status}"
            await run_in_threadpool(audit.close_action, conninfo, number, why)
            return _refused(
                tell, links, "airflow", 502, answer=error.status or "–", begun=len(numbers)
            )
        await run_in_threadpool(audit.close_action, conninfo, number, "started", run_id)
        numbers.append(number)
    request.app.state.told = {}
    return RedirectResponse(links.own(started=",".join(map(str, numbers))), 303)


def _plan(choice: list[str]) -> list[Planned]:
    return plan(choice, tuple(registry().sources), datetime.now(settings().zone).date())


def _days(planned: list[Planned]) -> list[tuple[str, str]]:
    return [
        (source, datetime.fromordinal(one.date_from.toordinal() + place).date().isoformat())
        for one in planned
        for source in one.sources
        for place in range(one.day_count)
    ]


async def _form(request: Request) -> dict[str, list[str]]:
    """The fields of a urlencoded form; of anything else, or of too much, none."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    return parse_qs(body.decode("utf-8", "replace"), max_num_fields=1000)


# How it is told ----------------------------------------------------------------------------------


def _telling(request: Request) -> tuple[datetime, Teller, Links]:
    now = datetime.now(timezone.utc)
    own = words(request.query_params.get("lang") or settings().language)
    root = str(request.scope.get("root_path", ""))
    links = Links(root, root.removesuffix(PREFIX), own.language)
    return now, Teller(own, now, settings().zone), links


def _html(
    template: str, tell: Teller, links: Links, status_code: int = 200, **values: Any
) -> HTMLResponse:
    text = (
        _templates()
        .get_template(template)
        .render(
            t=tell.words,
            links=links,
            css=f"static/page.css?v={_digest('page.css')}",
            js=f"static/page.js?v={_digest('page.js')}",
            **values,
        )
    )
    return HTMLResponse(text, status_code)


def _refused(tell: Teller, links: Links, key: str, status_code: int, **values: Any) -> Response:
    said = tell.words(f"refused.{key}", status=values.get("answer", ""))
    if begun := values.get("begun"):
        said = f"{said} {tell.words('refused.partly', count=begun)}"
    return _html(
        "notice.html",
        tell,
        links,
        status_code,
        title=tell.words("refused.title"),
        text=said,
        link=(links.own(), tell.words("back")),
    )


def _with_reasons(rows: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    reasons = borrowed("identity", "reason", language)
    return [{**row, "words": reasons.get(row["code"], row["code"])} for row in rows]


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
    )


@cache
def _static(name: str) -> bytes:
    return (HERE / "static" / name).read_bytes()


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(_static(name)).hexdigest()[:12]


def _plain(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


# Where it is read --------------------------------------------------------------------------------


def _conninfo() -> str:
    """The warehouse: Airflow's connection `warehouse`, whether variable or secret.

    Raises:
        WarehouseDownError: there is none, or it cannot be read; its value is never told.
    """
    try:
        return conninfo_from_airflow(os.environ.get(VARIABLE) or guard.warehouse_uri())
    except WarehouseConnectionError as error:
        log.error("%s", error)
    except Exception as error:  # noqa: BLE001 - any secrets backend may stand behind it
        log.error("Airflow's connection warehouse cannot be read: %s", type(error).__name__)
    raise WarehouseDownError


def _airflow(request: Request) -> Airflow:
    return Airflow(request.scope[AIRFLOW_APP], guard.bearer(request))


async def _facts(request: Request) -> AirflowFacts:
    """What Airflow says to this reader; a page that is loaded again at once asks it no more."""
    key = hashlib.sha256(guard.bearer(request).encode()).digest()
    told: dict[bytes, tuple[float, AirflowFacts]] = request.app.state.told
    now = time.monotonic()
    if key in told and now < told[key][0]:
        return told[key][1]
    facts = await _airflow(request).facts()
    young = {known: one for known, one in told.items() if now < one[0]}
    if facts.is_known:
        young[key] = (now + TOLD_SECONDS, facts)
    request.app.state.told = young
    return facts


def _note(request: Request, conninfo: str, facts: AirflowFacts, now: datetime) -> None:
    """Tell the views what Airflow said, when it is news or a minute has gone by."""
    until, known = request.app.state.noted
    if known == (conninfo, facts) and time.monotonic() < until:
        return
    audit.note_airflow(conninfo, facts, now)
    request.app.state.noted = (time.monotonic() + NOTED_SECONDS, (conninfo, facts))


class _Live:
    """The answer of `/live`, asked of the warehouse by one request at a time and kept a while."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._is_well = False

    def is_well(self, clock: Callable[[], float] = time.monotonic) -> bool:
        with self._lock:
            if clock() >= self._until:
                try:
                    self._is_well = is_well(_conninfo(), datetime.now(timezone.utc))
                except WarehouseDownError:
                    self._is_well = False
                self._until = clock() + LIVE_SECONDS
            return self._is_well


# What went wrong ---------------------------------------------------------------------------------


async def _refuse(request: Request, error: Exception) -> Response:
    code = getattr(error, "status_code", 500)
    if request.url.path.endswith(".json"):
        return JSONResponse({"detail": "refused"}, code)
    _, tell, links = _telling(request)
    say: Words = tell.words
    if code == 401:
        title, text, link = (
            say("signin.title"),
            say("signin.text"),
            (guard.login_url(), say("signin.link")),
        )
    else:
        title = say("title")
        text = say("signin.forbidden" if code == 403 else "missing_page")
        link = (links.own(), say("back"))
    return _html("notice.html", tell, links, code, title=title, text=text, link=link)


async def _warehouse_down(request: Request, error: Exception) -> Response:
    if request.url.path.endswith(".json"):
        return JSONResponse({"detail": "warehouse down"}, 503)
    return _notice(request, 503, "down.title", "down.text")


async def _unaudited(request: Request, error: Exception) -> Response:
    return _notice(request, 503, "refused.title", "refused.unaudited")


async def _broken(request: Request, error: Exception) -> Response:
    # Starlette raises the error again behind this answer, for the server's log.
    return _notice(request, 500, "title", "broken")


def _notice(request: Request, status_code: int, title: str, text: str) -> Response:
    _, tell, links = _telling(request)
    return _html(
        "notice.html",
        tell,
        links,
        status_code,
        title=tell.words(title),
        text=tell.words(text),
        link=(links.own(), tell.words("back")),
    )
