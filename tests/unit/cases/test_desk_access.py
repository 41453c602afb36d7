"""Who sees which chat at the desk."""

import pytest

from bot.cases.conversation import Handler
from bot.cases.desk import Agent, DeskRole
from bot.cases.desk_access import Standing, may_see, sees, team_keys
from tests.builders import NOON, a_case, a_conversation

MINE = "Amira Haddad"


def somebody(role: DeskRole = DeskRole.AGENT, teams: tuple[str, ...] = ("care",)) -> Agent:
    return Agent(MINE, "amira@example.com", role, "", NOON, [*teams])


@pytest.mark.parametrize(
    ("chat", "seen"),
    [
        (Standing("website", Handler.QUEUE), True),
        (Standing("website", Handler.QUEUE, teams=["legal"]), True),
        (Standing("website", Handler.AGENT, MINE), True),
        (Standing("website", Handler.ASSISTANT, assignee=MINE), True),
        (Standing("website", Handler.AGENT, "Jonas Weber", teams=["care"]), True),
        (Standing("website", Handler.AGENT, "Jonas Weber", teams=["legal"]), False),
        (Standing("website", Handler.AGENT, "Jonas Weber"), False),
        (Standing("website", Handler.ASSISTANT), False),
        (Standing("dev", Handler.QUEUE, MINE), False),
    ],
)
def test_agent_sees_what_waits_their_own_and_their_teams(chat: Standing, seen: bool) -> None:
    assert sees(somebody(), chat) is seen
    for role in (DeskRole.LEAD, DeskRole.OWNER, DeskRole.AUDITOR):
        assert sees(somebody(role), chat) is (chat.channel != "dev")


def test_of_no_team_is_of_all_and_a_closed_account_sees_nothing() -> None:
    theirs = Standing("website", Handler.AGENT, "Jonas Weber", teams=["legal"])
    everywhere = somebody(teams=())
    assert sees(everywhere, theirs) and not sees(everywhere, Standing("website", Handler.ASSISTANT))
    everywhere.disabled_at = NOON
    assert not sees(everywhere, theirs)


def test_a_case_is_seen_as_its_chat_is() -> None:
    chat = a_conversation(handler=Handler.AGENT, agent="Jonas Weber")
    case = a_case(chat.id)
    teams = team_keys({"care": "our care team", "legal": "our lead"}, ["our care team"])
    assert (teams, may_see(somebody(), case, chat, teams), may_see(somebody(), case, chat)) == ({"care"}, True, False)
    case.assignee = MINE
    assert may_see(somebody(), case, chat)
