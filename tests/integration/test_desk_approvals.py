"""Remedies at the desk: looked at before they are given, agreed to by whoever may, once, and by exactly what was seen."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.cases.conversation import Author
from bot.errors import NotAllowed
from bot.handling import agents, ledger
from bot.store import tables
from bot.store.database import Database
from bot.worker.remedies import Remedies
from tests.desks import Person, TestDesk, a_desk
from tests.unit.handling.chats import Chat, dear_order, take_orders

AGENT, OTHER, LEAD = "Amira Haddad", "Jonas Weber", "Tomas Lindqvist"


@pytest.fixture
def desk(database: Database, now: datetime, tmp_path: Path) -> Iterator[TestDesk]:
    take_orders(database, dear_order())
    with a_desk(database, now, tmp_path) as found:
        yield found


def broken(desk: TestDesk) -> str:
    """The reference of a case about a bookcase of $1,249, with a person."""
    chat = Chat(desk.shop, now=desk.at)
    chat.say("A10021 nina@example.com came broken", "damaged_or_defective", order_number="A10021", email="nina@example.com")
    chat.say("I want a person", "ask_human")
    return chat.case.reference


def wish(amount: str | None = "100.00", kind: str = "partial_refund", **more: Any) -> dict[str, Any]:
    worth = {"amount": amount, "currency": "USD"} if amount else {}
    return {"kind": kind, **worth, "lines": [1], "reason": "scratched", **more}


def give(person: Person, ref: str, **given: Any) -> dict[str, Any]:
    """Looks at it and gives it."""
    seen = person.post(f"cases/{ref}/grant/preview", **wish(**given))
    assert seen["problem"] is None
    found: dict[str, Any] = person.post(f"cases/{ref}/grant", **wish(**given), digest=seen["digest"])
    return found | {"seen": seen}


def waiting(person: Person) -> dict[str, dict[str, Any]]:
    return {row["remedy"]: row for row in person.get("approvals")["rows"]}


def counts(desk: TestDesk) -> dict[str, int]:
    """How many rows each table has, but for signs of life."""
    with desk.database.begin(False) as uow:
        every = [one for one in tables.metadata.sorted_tables if one.name not in ("desk_sessions",)]
        return {one.name: uow.session.execute(select(func.count()).select_from(one)).scalar() or 0 for one in every}


def refusals(desk: TestDesk) -> list[tuple[str, str]]:
    """(who, route) of all that was refused at the desk's door."""
    with desk.shop.begin(False) as uow:
        return [(one.who, one.detail["route"]) for one in uow.audit.lines("shop") if one.act == "desk.refused"]


def test_a_preview_changes_nothing_and_tells_the_very_words(desk: TestDesk) -> None:
    agent, ref = desk.person(AGENT), broken(desk)
    before, said = counts(desk), desk.said(ref)
    seen = agent.post(f"cases/{ref}/grant/preview", **wish())
    assert (counts(desk), desk.said(ref)) == (before, said)
    assert (seen["needs_approval"], seen["by"], seen["problem"]) == (False, None, None)
    assert "goes out at once" in seen["effect"] and "order A10021" in seen["effect"]
    agent.post(f"cases/{ref}/grant", 409, **wish(reason="something else"), digest=seen["digest"])
    agent.post(f"cases/{ref}/grant", 409, **wish("101.00"), digest=seen["digest"])
    assert counts(desk) == before | {"audit": before["audit"] + 2}  # that it was refused
    given = agent.post(f"cases/{ref}/grant", **wish(), digest=seen["digest"])
    assert given == {"ref": seen["remedy"], "state": "queued"}
    assert desk.said(ref)[-1] == (str(Author.SYSTEM), seen["text"])
    assert "filed already" in agent.post(f"cases/{ref}/grant", 409, **wish(), digest=seen["digest"])["error"]
    assert len(desk.said(ref)) == len(said) + 1
    assert "filed already" in agent.post(f"cases/{ref}/grant/preview", **wish())["problem"]


NOT_SO: list[tuple[dict[str, Any], str]] = [
    ({"kind": "money"}, "kind must be one of"),
    ({"kind": ["refund"]}, "kind must be one of"),
    ({"amount": None}, "needs an amount"),
    ({"amount": "-5"}, "above nothing"),
    ({"amount": "1e30"}, "is no amount"),
    ({"amount": True}, "must be a number"),
    ({"currency": "EUR"}, "paid in USD"),
    ({"currency": 7}, "three letters"),
    ({"lines": [2]}, "no line 2"),
    ({"lines": ["1; DROP TABLE cases"]}, "line numbers"),
    ({"reason": " \u200b "}, "reason is empty"),
    ({"reason": "x" * 301}, "too long"),
    ({"amount": "1250.00"}, "more than this case may reach"),
    ({"kind": "replacement"}, "has no amount"),
]


def test_what_cannot_be_given_is_said_and_changes_nothing(desk: TestDesk) -> None:
    agent, ref = desk.person(AGENT), broken(desk)
    before = counts(desk)
    for body, words in NOT_SO:
        answer = agent.client.post(f"/desk/api/cases/{ref}/grant/preview", json={**wish(), **body}, headers={"x-amends-desk": agent.csrf})
        assert words in (answer.json()["error"] if answer.status_code == 400 else answer.json()["problem"]), body
    assert counts(desk) == before


def test_above_a_limit_somebody_else_agrees_to_exactly_that(desk: TestDesk) -> None:
    agent, other, lead, auditor = desk.person(AGENT), desk.person(OTHER), desk.person(LEAD, "lead"), desk.person("Ann Dit", "auditor")
    ref = broken(desk)
    given = give(agent, ref, amount="600.00")
    remedy, seen = given["ref"], given["seen"]
    assert (given["state"], seen["needs_approval"]) == ("needs_approval", True) and "customer care lead" in seen["by"]
    row = waiting(lead)[remedy]
    assert (row["asked_by"], row["amount"], row["lacking"], row["may"]) == (AGENT, "600.00 USD", 1, True)
    assert [waiting(one)[remedy]["may"] for one in (agent, other, auditor)] == [False, False, False]
    assert "somebody else" in waiting(agent)[remedy]["why_not"] and "a lead decides" in waiting(other)[remedy]["why_not"]
    path, right = f"remedies/{remedy}/approve", {"digest": row["digest"], "reason": "seen the picture"}
    assert "somebody else" in agent.post(path, 403, **right)["error"]
    assert "a lead decides" in other.post(path, 403, **right)["error"]
    auditor.post(path, 403, **right)
    assert "has changed" in lead.post(path, 409, digest="0" * 24, reason="")["error"]
    lead.post(path, 400, reason="no digest")
    lead.client.post(f"/desk/api/{path}", json=right)  # without the page's own seal
    assert waiting(lead)[remedy]["agreed"] == []
    agents.disable(desk.shop, OTHER, desk.at)
    other.post(path, 401, **right)
    route = "/desk/api/remedies/{ref}/approve"
    assert [who for who, where in refusals(desk) if where == route] == [AGENT, OTHER, "Ann Dit", LEAD, LEAD]
    assert lead.post(path, **right) == {"ref": remedy, "state": "queued", "lacking": 0}
    assert "waits for no approval" in lead.post(path, 409, **right)["error"]
    assert waiting(lead) == {}
    assert desk.acts(ref).count("remedy.approved") == 1


def test_of_so_much_two_people_decide_one_of_them_a_lead(desk: TestDesk) -> None:
    agent, other, lead = desk.person(AGENT), desk.person(OTHER), desk.person(LEAD, "lead")
    remedy = give(agent, broken(desk), amount="1200.00", kind="refund")["ref"]
    digest = waiting(lead)[remedy]["digest"]
    other.post(f"remedies/{remedy}/approve", 403, digest=digest)
    first = lead.post(f"remedies/{remedy}/approve", digest=digest)
    assert (first["state"], first["lacking"]) == ("needs_approval", 1)
    assert lead.post(f"remedies/{remedy}/approve", digest=digest)["lacking"] == 1
    row = waiting(lead)[remedy]
    assert (row["may"], [one["who"] for one in row["agreed"]]) == (False, [LEAD])
    assert waiting(other)[remedy]["may"]
    assert other.post(f"remedies/{remedy}/approve", digest=digest)["state"] == "queued"


def test_an_account_tells_how_far_a_word_goes(desk: TestDesk) -> None:
    """Tomas Lindqvist stands among the policy's leads; where he has an account, that decides."""
    agent, ref = desk.person(AGENT), broken(desk)
    remedy = give(agent, ref, amount="600.00")["ref"]
    assert ledger.approve(desk.shop, remedy, LEAD, "by the command", desk.at).lacking == 0
    second = give(agent, ref, amount="501.00")["ref"]
    tomas = desk.person(LEAD, "agent")
    assert not waiting(tomas)[second]["may"]
    with pytest.raises(NotAllowed, match="a lead decides"):
        ledger.approve(desk.shop, second, LEAD, "by the command", desk.at)
    desk.person("Olga Owner", "owner").post(f"remedies/{second}/approve", digest=waiting(tomas)[second]["digest"])
    desk.person("Ann Dit", "auditor")
    for nobody in ("Ann Dit", LEAD):
        agents.disable(desk.shop, LEAD, desk.at)
        with pytest.raises(NotAllowed, match="decides nothing"):
            ledger.grant(desk.shop, ref, nobody, ledger.RemedyKind.CALLBACK, desk.at, reason="wished")


def test_refused_undone_redriven_and_settled(desk: TestDesk) -> None:
    agent, other, lead, ref = desk.person(AGENT), desk.person(OTHER), desk.person(LEAD, "lead"), broken(desk)
    dear = give(agent, ref, amount="600.00")["ref"]
    other.post(f"remedies/{dear}/refuse", 403, reason="no")
    lead.post(f"remedies/{dear}/refuse", 400, reason=" ")
    lead.post(f"remedies/{dear}/refuse", 409, reason="no", digest="f" * 24)
    html = "<b>the picture</b> shows'; DROP TABLE cases;--"
    assert lead.post(f"remedies/{dear}/refuse", reason=html)["state"] == "refused"
    assert html.rstrip(".") in desk.said(ref)[-1][1]
    lead.post(f"remedies/{dear}/refuse", 409, reason="again")
    small = give(agent, ref, amount="50.00")["ref"]
    assert agent.post(f"remedies/{small}/undo", reason="wrong sum")["state"] == "cancelled"
    agent.post(f"remedies/{small}/undo", 409, reason="wrong sum")
    letter = give(agent, ref, amount=None, kind="replacement")["ref"]  # goods of $1,249 count as their price
    for one, state in ((lead, "needs_approval"), (other, "queued")):
        assert one.post(f"remedies/{letter}/approve", digest=waiting(one)[letter]["digest"])["state"] == state
    agent.post(f"remedies/{letter}/redrive", 409)
    agent.post(f"remedies/{letter}/settle", 409, note="done")  # it is on its way by itself yet
    job = Remedies(desk.shop, None, lambda: desk.at)
    job.run(desk.at)
    job.close()
    assert agent.post(f"remedies/{letter}/settle", note="parcel 77")["state"] == "settled"
    back = agent.post(f"remedies/{letter}/undo", reason="sent twice")
    assert back["state"] == "needs_approval" and waiting(lead)[back["ref"]]["undoes"]
    agent.post("remedies/R-NOTHING/undo", 404, reason="x")
    agent.post("remedies/'; DROP TABLE remedies/undo", 404, reason="x")


def at_once(*posts: tuple[Person, str, dict[str, Any]]) -> list[int]:
    """The status of each, all pressed at one moment."""
    together = threading.Barrier(len(posts))

    def press(one: tuple[Person, str, dict[str, Any]]) -> int:
        person, path, body = one
        together.wait()
        return person.client.post(f"/desk/api/{path}", json=body, headers={"x-amends-desk": person.csrf}).status_code

    with ThreadPoolExecutor(len(posts)) as threads:
        return sorted(threads.map(press, posts))


def test_pressed_twice_at_one_moment_it_is_done_once(desk: TestDesk) -> None:
    agent, lead, owner = desk.person(AGENT), desk.person(LEAD, "lead"), desk.person("Olga Owner", "owner")
    ref, other = broken(desk), broken(desk)
    digest = agent.post(f"cases/{ref}/grant/preview", **wish("600.00"))["digest"]
    assert at_once(*[(agent, f"cases/{ref}/grant", {**wish("600.00"), "digest": digest})] * 3) == [200, 409, 409]
    (row,) = waiting(lead).values()
    path, right = f"remedies/{row['remedy']}/approve", {"digest": row["digest"]}
    assert at_once((lead, path, right), (lead, path, right), (owner, path, right)) == [200, 409, 409]
    assert [desk.acts(ref).count(act) for act in ("remedy.granted", "remedy.approved")] == [1, 1]
    with desk.shop.begin(False) as uow:
        case = uow.cases.by_reference(ref)
        assert [one.what for one in uow.cases.promises(case.id) if one.remedy_id] == ["decision", "partial_refund"]
    crosswise = ((lead, f"cases/{ref}/merge", {"into": other}), (owner, f"cases/{other}/merge", {"into": ref}))
    assert at_once(*crosswise) == [200, 409]
    assert sorted(lead.get(f"cases/{one}")["status"] == "closed" for one in (ref, other)) == [False, True]
