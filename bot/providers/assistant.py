"""The assistant behind its HTTP door: Rasa with `bot.channels.assistant_input`."""

from typing import Any

import httpx

from bot.cases.card import read_card
from bot.errors import AssistantFailed, AssistantNotReady
from bot.ports import Reply

TIMEOUT_S = 5.0  # after this the customer hears that a person will look
PROBE_S = 1.0
PATH = "/webhooks/amends/webhook"


class RasaAssistant:
    """Asks Rasa at this address, with the secret that both know. One client, for all threads."""

    def __init__(self, url: str, secret: str, timeout: float = TIMEOUT_S) -> None:
        # A connection of its own for every message: where none is accepted, surely nothing was asked. A kept one that
        # is found dead leaves that open.
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=0)
        headers = {"Authorization": f"Bearer {secret}"}
        self.client = httpx.Client(base_url=url, headers=headers, timeout=timeout, limits=limits, trust_env=False)

    def ask(self, sender_id: str, text: str, metadata: dict[str, Any]) -> Reply:
        """The reply. Raises AssistantNotReady where nothing was asked, AssistantFailed where no usable answer came."""
        try:
            answer = self.client.post(PATH, json={"sender": sender_id, "text": text, "metadata": metadata})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise AssistantNotReady() from error
        except httpx.HTTPError as error:
            raise AssistantFailed(type(error).__name__) from error
        if answer.status_code != httpx.codes.OK:
            raise AssistantFailed(f"status {answer.status_code}")
        return _reply(answer)

    def is_ready(self) -> bool:
        """Whether it would answer now: Rasa opens its port only once its model is loaded."""
        return answers(self.client, "/webhooks/amends/")

    def close(self) -> None:
        self.client.close()


class ActionServer:
    """The server of the custom actions; asked only whether it is there."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=PROBE_S, trust_env=False)

    def is_ready(self) -> bool:
        return answers(self.client, "/health")


def answers(client: httpx.Client, path: str) -> bool:
    """Whether something answers there, within a second."""
    try:
        return client.get(path, timeout=PROBE_S).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _reply(answer: httpx.Response) -> Reply:
    """All that was said, as one text with all its choices and its card."""
    try:
        said = answer.json()["messages"]
        texts = [one["text"] for one in said if one.get("text")]
        buttons = [button for one in said for button in one.get("buttons") or []]
        choices = [{"label": str(one["title"]), "payload": str(one["payload"])} for one in buttons]
        card = read_card(next((one["custom"].get("card") for one in said if one.get("custom")), None))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AssistantFailed("unreadable answer") from error
    text = "\n\n".join(map(str, texts)).strip()
    if not text:
        raise AssistantFailed("empty answer")
    return Reply(text, choices, card)
