"""Has the running processes read their files anew: supervisord is told to start them again."""

from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from bot import supervision
from bot.settings import Settings

READ_POLICY = ("actions", "worker", "web")  # the assistant owns no rule; the door last, so that it is closed for the shortest time


def restart(chosen: Settings, programs: tuple[str, ...] = READ_POLICY) -> bool:
    """Starts these anew, one after the other; whether anything runs here. Whatever they were at is taken up by the next one."""
    path = supervision.socket_of(chosen)
    if not path.exists():
        return False
    transport = SupervisorTransport(None, None, serverurl=f"unix://{path}")
    told = ServerProxy("http://127.0.0.1", transport=transport)
    try:
        for name in programs:
            told.supervisor.stopProcess(f"amends:{name}", True)
            told.supervisor.startProcess(f"amends:{name}", True)
    except (OSError, Fault):
        return False
    return True
