"""What the API can be asked, and who does it."""

from typing import Any

from starlette.responses import JSONResponse, Response

from bot.cases.api import Scope
from bot.cases.case import CaseStatus
from bot.cases.conversation import Conversation
from bot.cases.instants import instant
from bot.handling import case_api, hooks, people
from bot.handling.files import open_file
from bot.web.api.schemas import COUNT, FLAG, INSTANT, REFERENCE, words
from bot.web.api.table import Call, Operation

PAGE, LARGEST_PAGE = 20, 100
INLINE = {"x-content-type-options": "nosniff", "content-disposition": "attachment", "cache-control": "no-store"}
LIMIT = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "description": f"How many at most; {PAGE} where it is not given."}


def list_cases(call: Call) -> Response:
    asked = call.query
    statuses = [CaseStatus(asked["status"])] if "status" in asked else []
    shown, following = case_api.cases(
        call.shop, asked.get("cursor"), asked.get("limit", PAGE), statuses, asked.get("waiting"), asked.get("since")
    )
    return JSONResponse({"cases": shown, "next": following})


def one_case(call: Call) -> Response:
    return JSONResponse(case_api.one_case(call.shop, call.path["ref"]))


def list_messages(call: Call) -> Response:
    after, limit = call.query.get("after", 0), call.query.get("limit", LARGEST_PAGE)
    return JSONResponse({"messages": case_api.messages(call.shop, call.path["ref"], after, limit)})


def one_file(call: Call) -> Response:
    found, content = open_file(call.shop, case_api.conversation_of_case(call.shop, call.path["ref"]), call.path["file"])
    return Response(content, media_type=found.media_type, headers=INLINE)


def reply(call: Call) -> Response:
    body, reference = call.body, call.path["ref"]
    sent = people.reply(call.shop, reference, body["agent"], body["text"], call.now, body.get("version"), body["key"])
    with call.shop.begin(False) as uow:
        version = uow.conversations.get(sent.message.conversation_id).handler_version
    shown = {"message": case_api.message_json(sent.message, ()), "version": version}
    return JSONResponse({**shown, "duplicate": sent.duplicate, "warnings": [*sent.warnings]}, 200 if sent.duplicate else 201)


def take(call: Call) -> Response:
    taken = people.take(call.shop, call.path["ref"], call.body["agent"], call.now, call.body.get("version"))
    return JSONResponse(_standing(call, taken))


def hand_back(call: Call) -> Response:
    body = call.body
    given = people.hand_back(call.shop, call.path["ref"], body.get("note", ""), call.now, body["agent"], body.get("version"))
    return JSONResponse(_standing(call, given))


def _standing(call: Call, conversation: Conversation) -> dict[str, Any]:
    who = {"handler": conversation.handler.value, "agent": conversation.agent}
    return {"case": call.path["ref"].upper(), **who, "version": conversation.handler_version}


def add_note(call: Call) -> Response:
    body = call.body
    note = case_api.add_note(call.shop, call.path["ref"], body["agent"], body["text"], body["key"], call.now)
    return JSONResponse({"id": note.id, "agent": note.agent, "text": note.text, "at": instant(note.at)}, 201)


def list_handoffs(call: Call) -> Response:
    return JSONResponse({"handoffs": case_api.waiting(call.shop)})


def ask_for_person(call: Call) -> Response:
    return JSONResponse(case_api.ask_for_person(call.shop, call.body["case"], call.body.get("reason", "asked"), call.now), 201)


def list_hooks(call: Call) -> Response:
    return JSONResponse({"hooks": [hooks.hook_json(*one) for one in hooks.listed(call.shop)]})


def add_hook(call: Call) -> Response:
    events = tuple(call.body.get("events", ()))
    made = hooks.add(call.shop, call.body["url"], events, call.now, with_private=call.with_private, by=f"token {call.token.name}")
    return JSONResponse({**hooks.hook_json(made, {}), "secret": made.secret}, 201)


def remove_hook(call: Call) -> Response:
    hooks.remove(call.shop, call.path["hook"], call.now, by=f"token {call.token.name}")
    return Response(status_code=204)


def try_hook(call: Call) -> Response:
    hooks.ping(call.shop, call.path["hook"], call.now)
    return Response(status_code=202)


CASES = {
    "status": words(CaseStatus) | {"description": "Only cases that stand so."},
    "waiting": FLAG | {"description": "Only those that wait for a person (true), or that do not (false)."},
    "since": INSTANT | {"description": "Only those opened at this instant or later, such as 2026-03-03T12:00:00Z."},
    "cursor": {
        "type": "string",
        "pattern": f"^{REFERENCE}$",
        "description": "`next` of the page before: the case after which this one begins.",
    },
    "limit": LIMIT,
}
MESSAGES = {"after": COUNT | {"description": "The seq of the newest message you have."}, "limit": LIMIT}
R, W, H = Scope.READ, Scope.WRITE, Scope.HOOKS
OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/cases", "Cases in the order in which they were opened.", R, list_cases, (200, "Cases"), CASES, refusals=(404, 422)),
    Operation("GET", "/cases/{ref}", "One case with all that was said.", R, one_case, (200, "CaseWithMessages"), refusals=(404, 422)),
    Operation(
        *("GET", "/cases/{ref}/messages", "What was said, oldest first.", R, list_messages, (200, "Messages"), MESSAGES),
        refusals=(404, 422),
    ),
    Operation(
        *("GET", "/cases/{ref}/files/{file}", "A photo or document of the chat.", R, one_file, (200, None)),
        refusals=(404, 422),
        media_type="*/*",
    ),
    Operation(
        *("POST", "/cases/{ref}/messages", "A person's reply: it takes the chat where nobody has it.", W, reply, (201, "Replied")),
        body="Reply",
        also=(200,),
        refusals=(400, 404, 409, 413, 415, 422),
    ),
    Operation(
        *("POST", "/cases/{ref}/take", "A person takes the chat; the assistant falls silent.", W, take, (200, "Standing")),
        body="Take",
        refusals=(400, 404, 409, 413, 415, 422),
    ),
    Operation(
        *("POST", "/cases/{ref}/hand-back", "Gives the chat back to the assistant.", W, hand_back, (200, "Standing")),
        body="HandBack",
        refusals=(400, 404, 409, 413, 415, 422),
    ),
    Operation(
        *("POST", "/cases/{ref}/notes", "A note that no customer reads.", W, add_note, (201, "Note")),
        body="NewNote",
        refusals=(400, 404, 409, 413, 415, 422),
    ),
    Operation(
        "GET", "/handoffs", "Who waits for a person, the next answer due first.", R, list_handoffs, (200, "Handoffs"), refusals=(422,)
    ),
    Operation(
        *("POST", "/handoffs", "Brings a person into a chat that the assistant has.", W, ask_for_person, (201, "Handoff")),
        body="AskForPerson",
        refusals=(400, 404, 409, 413, 415, 422),
    ),
    Operation("GET", "/hooks", "Where is told what happens.", H, list_hooks, (200, "Hooks"), refusals=(422,)),
    Operation(
        *("POST", "/hooks", "Tells this address from now on.", H, add_hook, (201, "NewHook")),
        body="AskForHook",
        refusals=(400, 413, 415, 422),
    ),
    Operation("DELETE", "/hooks/{hook}", "Tells it nothing more.", H, remove_hook, (204, None), refusals=(404, 422)),
    Operation("POST", "/hooks/{hook}/ping", "Sends it an event that says nothing.", H, try_hook, (202, None), refusals=(404, 422)),
)
