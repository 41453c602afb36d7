"""Files as they come over HTTP and go back: one way for the customer's door and the desk's."""

from urllib.parse import quote, unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.attachment import LARGEST, File, FileKind
from bot.web.bodies import bounded

AT_ONCE = 2  # files written anew by one door of this process
NAME = "x-file-name"  # percent-encoded UTF-8; not in the address, which is kept in logs
NOTHING_RUNS = "default-src 'none'; sandbox"


async def file_in(request: Request, too_large: HTTPException) -> tuple[str, bytes]:
    """The name and the raw bytes, which are the body. Raises the refusal where there are too many."""
    raw = await bounded(request, LARGEST, too_large)
    return unquote(request.headers.get(NAME, ""), errors="replace"), raw


def file_answer(found: File, content: bytes) -> Response:
    """A file as it is kept: a photo to look at, anything else to save; whatever it is, nothing in it runs."""
    shown = "inline" if found.kind is FileKind.PHOTO else "attachment"
    headers = {"content-disposition": f"{shown}; filename*=UTF-8''{quote(found.name)}", "content-security-policy": NOTHING_RUNS}
    return Response(content, media_type=found.media_type, headers=headers)
