"""A help desk whose people answer Amends' customers: python docs/example_help_desk.py PORT AMENDS TOKEN SECRET. See docs/api.md."""

import hashlib
import hmac
import json
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

PORT, AMENDS, TOKEN, SECRET = int(sys.argv[1]), sys.argv[2].rstrip("/"), sys.argv[3], sys.argv[4].encode()
AGENT, SEEN, TICKETS = "Amira", set(), {}  # a real desk keeps both in its database; TICKETS: case by conversation


def ask(method: str, path: str, **body: object) -> dict:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    return json.load(urlopen(Request(f"{AMENDS}/api/v1{path}", json.dumps(body).encode() if body else None, headers, method=method)))


def told(event: dict) -> None:
    """A person is wanted: a ticket opens with all that was said. What the customer writes then is added to it."""
    if event["event"] == "handoff.asked":
        TICKETS[event["conversation_id"]] = event["case"]
        said = [f"  {one['author']}: {one['text']}" for one in ask("GET", f"/cases/{event['case']}")["messages"]]
        print(f"TICKET {event['case']} {event['handoff']['reason']}", *said, sep="\n", flush=True)
    elif event["event"] == "message.created" and event["message"]["author"] == "customer" and event["conversation_id"] in TICKETS:
        print(f"{TICKETS[event['conversation_id']]} customer: {event['message']['text']}", flush=True)


class Desk(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        signed = dict(part.partition("=")[::2] for part in self.headers.get("Amends-Signature", "").split(","))
        seal = hmac.new(SECRET, signed.get("t", "").encode() + b"." + content, hashlib.sha256).hexdigest()
        fits = hmac.compare_digest(seal, signed.get("v1", "")) and abs(time.time() - int(signed["t"])) < 300
        event = json.loads(content) if fits else {"id": None}
        if fits and event["id"] not in SEEN:
            told(event)
            SEEN.add(event["id"])  # only now: had it failed, Amends would send it again
        self.send_response(200 if fits else 401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


threading.Thread(target=ThreadingHTTPServer(("127.0.0.1", PORT), Desk).serve_forever, daemon=True).start()
for line in sys.stdin:  # "CASE words" answers the customer, "CASE /back note" gives the chat back to the assistant
    case, _, words = line.strip().partition(" ")
    if words.startswith("/back"):
        ask("POST", f"/cases/{case}/hand-back", agent=AGENT, note=words[5:].strip())
    else:
        ask("POST", f"/cases/{case}/messages", agent=AGENT, text=words, key=uuid.uuid4().hex)
