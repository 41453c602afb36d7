"""What a lead sees and does at the desk: the whole at one look, alerts, incidents, what is in force, and who leaves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cases.assignment import Assignment, Mode
from bot.handling import people
from bot.store.database import Database
from bot.worker.clocks import Clocks
from bot.worker.offers import Offers
from tests.builders import an_order
from tests.desks import Person, TestDesk, a_desk
from tests.unit.handling.chats import take_orders

MINUTE = timedelta(minutes=1)
LATE = {
    "code": "DEPOT-7",
    "title": "Depot 7 stands still",
    "fault": "third_party",
    "issue_types": ["late_delivery"],
    "explanation": "A fire has closed the depot in Phoenix.",
    "action": "Parcels leave from Tucson from tomorrow on.",
}


@pytest.fixture
def desk(database: Database, now: datetime, tmp_path: Path) -> Iterator[TestDesk]:
    with a_desk(database, now + timedelta(hours=6), tmp_path, AMENDS_UNDO_SECONDS="0") as found:  # 11:00 where the shop is
        yield found


def audited(desk: TestDesk, act: str) -> list[tuple[str, dict[str, Any]]]:
    with desk.shop.begin(False) as uow:
        return [(one.who, one.detail) for one in uow.audit.lines("shop") if one.act == act]


def test_whole_at_one_look(desk: TestDesk) -> None:
    lead, amira = desk.person("Grace Oyelaran", "lead", teams=("legal",)), desk.person("Amira Haddad", teams=("care",))
    quiet = lead.get("live")
    assert (quiet["waiting"], quiet["longest_wait"], quiet["first_reply_p50"], quiet["breaches"]) == (0, 0, None, 0)
    refs = [desk.waiting(f"Lamp {number} is broken.") for number in range(4)]
    Clocks(desk.shop).run(desk.at)
    for ref, minutes in zip(refs[:3], (2, 5, 60), strict=True):
        people.reply(desk.shop, ref, "Amira Haddad", "I look into it.", desk.at + minutes * MINUTE)
    desk.at += 61 * MINUTE
    Clocks(desk.shop).run(desk.at)
    found = lead.get("live")
    assert (found["waiting"], found["longest_wait"], found["answered_today"]) == (1, 61 * 60, 3)
    assert (found["first_reply_p50"], found["first_reply_p95"]) == (5 * 60, 60 * 60)
    assert found["by_team"] == [{"team": "care", "name": "our customer care team", "waiting": 1}]
    assert (found["breaches"], found["breached_today"]) == (1, {"first_reply": 2})  # one was answered in the minute it was due
    people_seen = {one["name"]: (one["state"], one["chats"]) for one in found["agents"]}
    assert people_seen == {"Amira Haddad": ("gone", 3), "Grace Oyelaran": ("there", 0)}
    assert found["health"]["parts"] == {"web": True, "database": True, "assistant": True, "worker": False} and not found["health"]["ready"]
    assert [(one["kind"], one["ref"]) for one in found["alerts"]].count(("clock_breached", refs[3])) == 1
    assert "broken" not in str(found)
    amira.get("live", 403)
    colleagues = amira.get("people")["people"]
    assert [(one["name"], one["away"]) for one in colleagues] == [("Amira Haddad", False), ("Grace Oyelaran", False)]
    assert set(colleagues[0]) == {"name", "role", "state", "teams", "away"}


def test_alert_is_seen_once_by_whom_it_is_for(desk: TestDesk) -> None:
    ref = desk.waiting()
    people.reply(desk.shop, ref, "Amira Haddad", "I look into it.", desk.at)
    desk.customer(ref, "And now?")
    desk.at += 51 * MINUTE
    Clocks(desk.shop).run(desk.at)
    amira, other = desk.person("Amira Haddad", teams=("care",)), desk.person("Jonas Weber", teams=("technical",))
    auditor = desk.person("Ada Auditor", "auditor")
    (alert,) = amira.get("alerts")["alerts"]
    assert (alert["kind"], alert["ref"], alert["detail"]["clock"]) == ("clock_due", ref, "next_reply")
    assert other.get("alerts")["alerts"] == [] and len(auditor.get("alerts")["alerts"]) == 1
    other.post(f"alerts/{alert['id']}/seen", 403)
    auditor.post(f"alerts/{alert['id']}/seen", 403)
    for _ in range(2):
        amira.post(f"alerts/{alert['id']}/seen")
    assert amira.get("alerts")["alerts"] == [] and desk.acts(ref).count("alert.seen") == 1
    for wrong in ("999999", "x", "9" * 40):
        amira.post(f"alerts/{wrong}/seen", 404)


def test_incident_from_its_opening_to_its_end(desk: TestDesk) -> None:
    take_orders(desk.database, an_order())
    lead, amira = desk.person("Grace Oyelaran", "lead"), desk.person("Amira Haddad")
    amira.post("incidents", 403, **LATE)
    bad = lead.post("incidents", 400, **(LATE | {"explanation": "Sorry for any inconvenience!"}))
    assert bad["error"].startswith("explanation: ")
    lead.post("incidents", 400, **(LATE | {"colour": "red"}))
    assert lead.get("live")["incidents"] == [] and lead.get("incidents")["rows"] == []
    assert lead.post("incidents", **LATE) == {"code": "DEPOT-7", "told": 0}
    lead.post("incidents", 409, **LATE)
    later = (desk.at + timedelta(hours=3)).isoformat()
    lead.post("incidents/DEPOT-7/news", action="Parcels leave from Tucson today.", next_update_at=later)
    lead.post("incidents/DEPOT-7/news", 400, action="Parcels leave today.", next_update_at="soon")
    lead.post("incidents/DEPOT-7/publish", 400, published="yes")
    assert lead.post("incidents/DEPOT-7/publish", published=True) == {"code": "DEPOT-7", "published": True}
    (row,) = lead.get("live")["incidents"]
    assert (row["published"], row["action"], row["next_update_at"]) == (True, "Parcels leave from Tucson today.", later)
    lead.post("incidents/DEPOT-7/close", 400)
    lead.post("incidents/DEPOT-7/close", words="All parcels have left.")
    assert lead.get("live")["incidents"] == [] and lead.get("incidents")["rows"][0]["ended_at"] == desk.at.isoformat()
    lead.post("incidents/DEPOT-7/publish", 409, published=False)
    lead.post("incidents/NOWHERE/close", 404, words="Done.")
    for act in ("incident.opened", "incident.news", "incident.published", "incident.closed"):
        assert [who for who, _ in audited(desk, act)] == ["Grace Oyelaran"]


def test_what_is_in_force_is_shown_with_its_versions(desk: TestDesk) -> None:
    auditor, amira = desk.person("Ada Auditor", "auditor"), desk.person("Amira Haddad")
    policy = auditor.get("policy")
    files = {one["name"]: one["text"] for one in policy["files"]}
    assert policy["version"] == desk.shop.policy.version and "first_reply: {urgent: 30" in files["clocks.yml"]
    assert set(files) >= {"authority.yml", "escalation.yml", "hours.yml", "remedies.yml"}
    wording = auditor.get("wording")
    assert len(wording["version"]) == 8 and "handoff_who_away" in [one["name"] for one in wording["responses"]]
    hours = auditor.get("hours")
    assert (hours["zone"], hours["open_now"], hours["week"][0]) == (
        "America/Phoenix",
        True,
        {"day": "monday", "spans": [["08:00", "20:00"]]},
    )
    assert hours["clocks"]["minutes"]["next_reply"]["urgent"] == 15 and hours["assignment"]["mode"] == "pull"
    for name in ("policy", "wording", "hours"):
        amira.get(name, 403)


def test_person_goes_away_and_sets_their_own_desk(desk: TestDesk) -> None:
    amira, auditor = desk.person("Amira Haddad"), desk.person("Ada Auditor", "auditor")
    assert amira.post("me", away=True, sound=True) == {"away": True, "shortcuts": True, "sound": True}
    amira.post("me", away=True)
    told = amira.get("me")
    assert (told["away"], told["sound"], told["shortcuts"]) == (True, True, True)
    for wrong in ({"away": "yes"}, {"role": "owner"}, {"capacity": 50}, {"away": None}):
        amira.post("me", 400, **wrong)
    amira.post("me", away=False)
    assert [len(audited(desk, act)) for act in ("agent.away", "agent.back")] == [1, 1]
    auditor.post("me", 403, away=True)
    assert auditor.post("me", shortcuts=False)["shortcuts"] is False
    amira.csrf = "forged"
    amira.post("me", 403, away=True)


def test_lead_hands_over_all_of_one_who_leaves(desk: TestDesk) -> None:
    lead, amira, _ = desk.person("Grace Oyelaran", "lead"), desk.person("Amira Haddad"), desk.person("Ada Auditor", "auditor")
    ref = desk.waiting()
    people.take(desk.shop, ref, "Amira Haddad", desk.at)
    amira.post("agents/Amira Haddad/leave", 403, to="Grace Oyelaran")
    lead.post("agents/Amira Haddad/leave", 404, to="Nobody Known")
    lead.post("agents/Amira Haddad/leave", 400, to="Ada Auditor")
    moved = lead.post("agents/Amira Haddad/leave", to="Grace Oyelaran")
    assert (moved["chats"], moved["cases"]) == (1, 1)
    assert desk.conversation(ref).agent == "Grace Oyelaran"
    assert audited(desk, "agent.left")[0][0] == "Grace Oyelaran" and audited(desk, "agent.left")[0][1]["agent"] == "Amira Haddad"
    lead.post("agents/Amira Haddad/leave", to="Grace Oyelaran")  # escalation.yml still names her, which is said again


def test_offer_is_declined_by_whom_it_is_made_to(desk: TestDesk) -> None:
    object.__setattr__(desk.shop.policy, "assignment", Assignment(Mode.OFFER, 60))
    amira, jonas = desk.person("Amira Haddad"), desk.person("Jonas Weber")
    ref = desk.waiting()
    Offers(desk.shop).run(desk.at)
    row = amira.rows()[ref]
    assert (row["offered_to"], row["offered_until"]) == ("Amira Haddad", (desk.at + MINUTE).isoformat())
    jonas.post(f"chats/{ref}/decline", 409)
    amira.post(f"chats/{ref}/decline")
    Offers(desk.shop).run(desk.at)
    assert offered_to(jonas, ref) == "Jonas Weber"
    jonas.post(f"chats/{ref}/decline")
    amira.post(f"chats/{ref}/decline", 409)
    Offers(desk.shop).run(desk.at)
    assert offered_to(amira, ref) is None
    assert desk.acts(ref)[-4:] == ["offer.made", "offer.declined", "offer.made", "offer.declined"]


def offered_to(person: Person, ref: str) -> str | None:
    found: str | None = person.rows()[ref]["offered_to"]
    return found
