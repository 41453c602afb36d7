"""`amends chat`: the public door from the terminal. Choices are numbered; an empty line only looks for news."""

import select
import sys
import time
import uuid
from typing import Any

import httpx

from bot import settings
from bot.errors import AmendsError

ANSWER_S = 15.0  # how long to wait for an answer before asking for the next line
NAME = "Amends"


class DoorClosed(AmendsError):
    """The chat cannot be reached."""


def talk(url: str) -> None:
    """Until the end of input or Ctrl-C."""
    chosen = settings.read()
    address = url or f"http://{'127.0.0.1' if chosen.host == '0.0.0.0' else chosen.host}:{chosen.port}"
    try:
        with httpx.Client(base_url=address, timeout=40, trust_env=False) as client:
            begun = client.post("/api/conversations").raise_for_status().json()
            client.headers["authorization"] = f"Bearer {begun['token']}"
            print(f"Conversation {begun['id']}. Write to the assistant; Ctrl-D ends.")
            Talk(client).run()
    except httpx.HTTPError as error:
        raise DoorClosed(f"The chat at {address} cannot be reached ({error}): start it with make run.") from error
    except KeyboardInterrupt:
        print()


class Talk:
    """One conversation: what was read last, and what may be chosen now."""

    def __init__(self, client: httpx.Client) -> None:
        self.client, self.after = client, 0
        self.choices: list[dict[str, str]] = []

    def run(self) -> None:
        while True:
            line = self._typed()
            if line is None:
                return
            if line.strip():
                self._send(line.strip())

    def _typed(self) -> str | None:
        """The next line; meanwhile, what people write is shown."""
        print("> ", end="", flush=True)
        if sys.stdin.isatty():
            while not select.select([sys.stdin], [], [], 0.1)[0]:
                if self._show(wait=1, at_prompt=True):
                    print("> ", end="", flush=True)
        line = sys.stdin.readline()
        if not sys.stdin.isatty():
            print(line.rstrip())
        return line or None

    def _send(self, line: str) -> None:
        body: dict[str, Any] = {"client_id": uuid.uuid4().hex, "text": line}
        if line.isdigit() and 1 <= int(line) <= len(self.choices):
            body = {"client_id": body["client_id"], "choice": self.choices[int(line) - 1]["id"]}
        answer = self.client.post("/api/messages", json=body)
        if answer.status_code != httpx.codes.ACCEPTED:
            print(answer.json().get("error", f"Refused with status {answer.status_code}."))
            return
        until = time.monotonic() + ANSWER_S
        while time.monotonic() < until and not self._show(wait=5):
            pass

    def _show(self, wait: int, at_prompt: bool = False) -> bool:
        """Prints what is new; True where somebody answered, or where a person answers and nobody need be waited for."""
        page = self.client.get("/api/messages", params={"after": self.after, "wait": wait}).raise_for_status().json()
        ours = [one for one in page["messages"] if one["author"] != "customer"]
        self.after = max([self.after, *(one["seq"] for one in page["messages"])])
        for one in ours:
            lead = "\n" if at_prompt else ""
            print(f"{lead}{one['agent'] or NAME}: {one['text']}")
            self.choices = one["choices"]
            for place, choice in enumerate(self.choices, 1):
                print(f"  {place}. {choice['label']}")
        is_still = not page["messages"] and page["handler"] != "assistant"  # their own line comes first, and may bring the assistant back
        return bool(ours) or (not at_prompt and is_still)
