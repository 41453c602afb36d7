"""One turn's scene: everything a decision and its words are made from."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from bot.cases.attachment import File
from bot.cases.case import Case, Known, known
from bot.cases.conversation import Conversation, Message
from bot.cases.finding import RECURS_WITHIN, Finding, examine, recurs
from bot.cases.heard import Heard
from bot.cases.incident import Incident
from bot.cases.issue import Issue
from bot.cases.order import Order
from bot.handling.cases import case_of, write_fact
from bot.handling.shop import Shop

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class LookedUp:
    """What the shop's order system said, asked before the unit of work was opened."""

    orders: dict[str, Order | None] = field(default_factory=dict)
    own: tuple[Order, ...] = ()  # a signed-in visitor's
    incidents: tuple[Incident, ...] = ()
    of_buyer: tuple[Order, ...] = ()  # of whoever bought the order named: for limits only, never shown


DELIVERY_NOTE = "delivery_note"  # a fact: how it is to be delivered, in their words
CANCELLATION = "cancellation"  # of the fact "enquiry": an order is to be cancelled, and nothing went wrong


@dataclass
class Scene:
    """Changes as the turn goes on: facts are written, the order opens, a remedy is chosen."""

    shop: Shop
    uow: "UnitOfWork"
    conversation: Conversation
    message: Message
    heard: Heard
    looked: LookedUp
    now: datetime
    is_first: bool  # nothing has been said to this customer yet
    just_proven: bool = False
    proof_was_wrong: bool = False
    taken_for_granted: bool = False  # which order was not said: there is only one it can be
    missed: bool = False  # counts as a misunderstanding
    digresses: bool = False  # asks something back, which is no try at what was asked
    keeps: bool = False  # another matter was told, and is kept to be taken up later
    explains: bool = False  # says what the remedies on offer do, since that was asked
    resumes: bool = False  # goes on to a matter kept from before
    is_apart: bool = False  # goes on with other items of the same matter
    divides: bool = False  # the items were parted in this message: each has its own wish
    moved_from: str | None = None  # the channel on which the case began that goes on here
    refused: str | None = None  # a remedy asked for that is not on offer
    loss: str | None = None  # what it cost besides, told in this message while the thing itself is open
    _case: Case | None = None
    _known: Known | None = None  # read once, until a fact is written or the case changes
    _earlier: dict[tuple[str, str, Issue | None], bool] = field(default_factory=dict)  # whether they failed alike, by case

    @property
    def present_case(self) -> Case | None:
        """The case there is, without opening one."""
        if self._case is None:
            found = self.uow.cases.find(self.conversation.case_id)
            self._case = None if found is None or found.is_closed else found
        return self._case

    @property
    def case(self) -> Case:
        """The case, opened if there is none."""
        if self.present_case is None:
            self._case = case_of(self.uow, self.conversation, self.now)
        assert self._case is not None
        return self._case

    def new_case(self, case: Case) -> None:
        self._case, self._known = case, None

    def forget_case(self) -> None:
        """The case is closed: what comes next opens another."""
        self._case = self._known = None

    @property
    def known(self) -> Known:
        case = self.present_case
        if case is None:
            return Known()
        if self._known is None:
            self._known = known(self.uow.cases.facts(case.id))
        return self._known

    def write(self, name: str, value: str, source: str = "customer") -> None:
        """Keeps a fact on the case."""
        write_fact(self.uow, self.case, name, value, source, self.now, self.message.id or None)
        self.uow.flush()
        self._known = None

    @cached_property
    def files(self) -> list[File]:
        """What came with the message; nothing comes later."""
        return self.uow.files.of_message(self.message.id)

    @property
    def has_files_alone(self) -> bool:
        """Whether it came without words."""
        return not self.message.text and bool(self.files)

    @property
    def order(self) -> Order | None:
        """The order, only once it is proven to be the customer's."""
        case = self.present_case
        return self.looked.orders.get(case.order_number or "") if case and case.proven else None

    @property
    def concerned(self) -> Order | None:
        """The order with no more of an item than the complaint is about."""
        order, lines, quantity = self.order, self.known.lines(), self.known.get("quantity")
        return order.narrowed(lines[0], int(quantity)) if order and quantity and len(lines) == 1 else order

    @property
    def finding(self) -> Finding | None:
        """What the record says of the case's issue."""
        case = self.present_case
        if case is None or case.issue is None:
            return None
        found = examine(case.issue, self.order, self.looked.incidents, self.now)
        again = recurs(case.issue, self.order, self.looked.of_buyer, self.now) or self._failed_before(case)
        return replace(found, again=again)

    def _failed_before(self, case: Case) -> bool:
        """Whether an earlier case of this customer says so, where the records of their orders do not."""
        if self.order is None or case.customer_id is None:
            return False
        about = (case.id, case.customer_id, case.issue)
        if about not in self._earlier:
            self._earlier[about] = self.uow.learning.failed_alike(case, self.now - RECURS_WITHIN)
        return self._earlier[about]
