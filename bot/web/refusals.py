"""Refusals as the API says them: a sentence in English, and a code by which the chat says it in the customer's language."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.errors import AmendsError, BadInput, Conflict, NotAllowed, NotFound, StoreUnavailable

STATUS = {BadInput: 400, NotAllowed: 401, NotFound: 404, Conflict: 409, StoreUnavailable: 503}
WORDS = {404: "There is nothing at this address.", 405: "This address does not take that method."}


class Refusal(HTTPException):
    """A refusal of the door itself. `code`: as in AmendsError."""

    def __init__(self, status: int, words: str, code: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, words, headers)
        self.code = code


async def refused(_request: Request, error: Exception) -> JSONResponse:
    """What the door or the framework refuses."""
    assert isinstance(error, HTTPException)
    words = WORDS.get(error.status_code, error.detail)
    return JSONResponse(_body(words, getattr(error, "code", "")), error.status_code, headers=error.headers)


async def failed(_request: Request, error: Exception) -> JSONResponse:
    """What handling refuses."""
    assert isinstance(error, AmendsError)
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    return JSONResponse(_body(str(error), error.code), status)


def _body(words: str, code: str) -> dict[str, str]:
    return {"error": words, **({"code": code} if code else {})}
