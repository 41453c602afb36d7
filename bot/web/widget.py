"""/widget.js: the chat element as one file, put together from its modules, its sheet and its strings.

One file, so that a shop can pin it with one integrity hash and its page needs no further request. Each module is a plain
ES module as written; here its imports and exports go, and all share one scope that leaves nothing on the host page.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.web.languages import Languages

Made = tuple[bytes, bytes, str]
MODULES = ("words", "keep", "line", "talk", "sound", "back", "bubbles", "cards", "files", "element")  # each after those it imports
_IMPORT = re.compile(r"^import \{[^}]*\} from \"[^\"]*\";\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=class|const|function|async)", re.MULTILINE)
# Any shop's page may load it, whatever that page allows of others. A copy is asked for again, and seldom sent again.
OPEN = {
    "cross-origin-resource-policy": "cross-origin",
    "access-control-allow-origin": "*",
    "cache-control": "public, max-age=300",
    "vary": "accept-encoding",
}


def assembled(static: Path) -> str:
    """The script. `static` holds widget/*.js, widget/widget.css and strings/<language>.json."""
    strings = Languages.read(static / "strings").of_the_chat()
    sheet = (static / "widget" / "widget.css").read_text(encoding="utf-8")
    parts = [(static / "widget" / f"{name}.js").read_text(encoding="utf-8") for name in MODULES]
    body = "\n".join(_EXPORT.sub("", _IMPORT.sub("", part)) for part in parts)
    given = f"const STRINGS = {json.dumps(strings, ensure_ascii=False)};\nconst SHEET = {json.dumps(sheet, ensure_ascii=False)};\n"
    return f'(() => {{\n"use strict";\n{given}{body}}})();\n'


def widget_routes(static: Path, is_production: bool) -> list[Route]:
    """/widget.js and /strings/<language>.json; in development as the files are now, else as they were at the start."""
    made: Callable[[], Made] = partial(_made, static)
    if is_production:
        made = cache(made)

    async def widget(request: Request) -> Response:
        plain, small, tag = made()
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={**OPEN, "etag": tag})
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(small, media_type="text/javascript", headers={**OPEN, "etag": tag, "content-encoding": "gzip"})
        return Response(plain, media_type="text/javascript", headers={**OPEN, "etag": tag})

    async def strings(request: Request) -> Response:
        path = static / "strings" / f"{request.path_params['language']}.json"
        if not re.fullmatch(r"[a-z]{2,3}", path.stem) or not path.is_file():
            return JSONResponse({"error": "The chat does not speak that language."}, 404)
        return Response(path.read_bytes(), media_type="application/json", headers=OPEN)

    return [Route("/widget.js", widget), Route("/strings/{language}.json", strings)]


def _made(static: Path) -> Made:
    """The script as it is, gzipped, and its entity tag."""
    plain = assembled(static).encode()
    return plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:24]}"'
