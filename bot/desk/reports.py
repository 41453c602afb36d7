"""The report at the desk: a page that needs no script, the cases behind each figure, and the files to take away.

For leads, owners and auditors. One report is worked out at a time: a large one takes seconds of the processor.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import structlog
from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.cases import periods
from bot.cases.desk import SEES_ALL, Agent
from bot.cases.periods import Period, PeriodKind
from bot.cases.report import Report
from bot.desk.door import Door, Handler, SignedOut
from bot.errors import BadInput, NotFound, ReportFailed
from bot.handling import report as reports
from bot.ports import Reporter
from bot.reports import rendering

ADDRESS = "/desk/report"
CSS = f"{ADDRESS}/report.css"
ASKED = tuple(map(str, PeriodKind))
# As of every page of the desk, and the form that chooses a period may be sent.
POLICY = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
PAGE = {"content-security-policy": POLICY}
log = structlog.get_logger(__name__)
TYPES = {"html": "text/html", "md": "text/markdown", "csv": "text/csv", "json": "application/json"}


def report_routes(door: Door, public_url: str | None, reporter: Reporter) -> list[Route]:
    """GET /desk/report, and below it cases, file and report.css. `public_url`: by it a file taken away leads back to the desk."""
    limiter: list[CapacityLimiter] = []  # made within the loop it is used in
    desk = f"{public_url.rstrip('/')}/desk" if public_url else ""

    async def told(request: Request) -> Report:
        limiter[:] = limiter or [CapacityLimiter(1)]
        now, asked = door.now(), {name: request.query_params.get(name, "")[:20] for name in ASKED}
        period = reports.period_of(door.shop, now, **asked)
        return await to_thread.run_sync(work_out, period, now, limiter=limiter[0])

    def work_out(period: Period, now: datetime) -> Report:
        if not reports.has_many(door.shop, period):
            return reports.report(door.shop, period, now)
        with reporter.helper() as helper:
            return helper.report(period, now)

    async def show(request: Request, _agent: Agent) -> Response:
        found = await told(request)
        at_desk = rendering.AtDesk(CSS, _lists_of(found.period), _picker(found.period, door.now()))
        return HTMLResponse(await to_thread.run_sync(rendering.html, found, "", at_desk), headers=PAGE)

    async def cases(request: Request, _agent: Agent) -> Response:
        found, name = await told(request), request.query_params.get("list", "")
        references = dict(found.lists()).get(name)
        if references is None:
            raise NotFound("This report has no such list of cases. Open it from the report.")
        rows = await to_thread.run_sync(reports.cases_of, door.shop, references)
        back = _address("", found.period)
        return HTMLResponse(await to_thread.run_sync(rendering.case_list, found, name, rows, back, CSS), headers=PAGE)

    async def file(request: Request, _agent: Agent) -> Response:
        kind = request.query_params.get("format", "")
        if kind not in TYPES:
            raise BadInput(f"There is no format {kind[:20]!r}: use {', '.join(TYPES)}.")
        found = await told(request)
        text = await to_thread.run_sync(rendering.written, found, kind, desk)
        named = f'attachment; filename="report-{found.period.name}.{kind}"'
        return Response(text, media_type=f"{TYPES[kind]}; charset=utf-8", headers={"content-disposition": named, **PAGE})

    async def css(_request: Request) -> Response:
        return Response(rendering.CSS.read_text(encoding="utf-8"), media_type="text/css")

    return [
        Route(ADDRESS, _page(door, show), methods=["GET"]),
        Route(f"{ADDRESS}/cases", _page(door, cases), methods=["GET"]),
        Route(f"{ADDRESS}/file", _page(door, file), methods=["GET"]),
        Route(CSS, css, methods=["GET"]),
    ]


def _page(door: Door, do: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Whoever is signed out is led to the door; what cannot be shown is said on a page."""
    inner = door.reads(do, SEES_ALL)

    async def endpoint(request: Request) -> Response:
        try:
            return await inner(request)
        except SignedOut:
            return RedirectResponse("/desk/sign-in", 303)
        except HTTPException as error:
            return _problem(str(error.detail), error.status_code)
        except ReportFailed as error:
            log.error("report.failed", why=str(error))
            return _problem(f"{error} Try it again, or make it with amends report.", 503)
        except (BadInput, NotFound) as error:
            return _problem(str(error), 404 if isinstance(error, NotFound) else 400)

    return endpoint


def _problem(said: str, status: int) -> Response:
    return HTMLResponse(rendering.problem(said, ADDRESS, CSS), status, PAGE)


def _address(path: str, period: Period, **more: str) -> str:
    return f"{ADDRESS}{path}?{urlencode({str(period.kind): period.name, **more})}"


def _lists_of(period: Period) -> Callable[[str], str]:
    return lambda name: _address("/cases", period, list=name)


def _picker(period: Period, now: datetime) -> Mapping[str, Any]:
    """What the form shows: this period, and those of the other kinds that hold its last day."""
    chosen = {str(kind): periods.of(kind, min(period.last, now.astimezone(period.zone).date()), period.zone).name for kind in PeriodKind}
    after = periods.of(period.kind, period.after, period.zone)
    return {
        **chosen,
        str(period.kind): period.name,
        "before": _address("", period.before()),
        "after": _address("", after) if after.starts_at <= now else None,
        "files": [(kind.upper(), _address("/file", period, format=kind)) for kind in TYPES],
    }
