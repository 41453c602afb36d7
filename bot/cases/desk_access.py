"""Who at the desk may see which chat and its case: one rule for the board, the thread, the case pane and the approvals."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.cases.case import Case
from bot.cases.conversation import DEV, Conversation, Handler
from bot.cases.desk import SEES_ALL, Agent


@dataclass(frozen=True)
class Standing:
    """As much of a chat as says who sees it. `teams`: keys of escalation.yml of whoever was brought in last."""

    channel: str
    handler: Handler
    agent: str | None = None
    assignee: str | None = None
    teams: Collection[str] = ()


def sees(agent: Agent, chat: Standing) -> bool:
    """Leads, owners and auditors see all; an agent what waits for people, their own, and what their teams were brought in for."""
    if agent.disabled_at is not None or chat.channel == DEV:
        return False
    if agent.role in SEES_ALL or chat.handler is Handler.QUEUE or agent.name in (chat.agent, chat.assignee):
        return True
    return bool(set(chat.teams) & set(agent.teams)) if agent.teams else bool(chat.teams)


def may_see(agent: Agent, case: Case, conversation: Conversation, teams: Collection[str] = ()) -> bool:
    """The same, of a case and its conversation."""
    return sees(agent, Standing(conversation.channel, conversation.handler, conversation.agent, case.assignee, teams))


def team_keys(teams: Mapping[str, str], said: Iterable[str]) -> frozenset[str]:
    """The keys of teams that escalations name in words."""
    words = set(said)
    return frozenset(key for key, name in teams.items() if name in words)
