"""The formal apology: drafted from the case's records, read and signed by a person, mailed once, kept as it was sent.

It is the only other apology than the one of the first reply (rule 13): the chat only says that a letter was sent.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cases import letter as rules
from bot.cases.authority import Role
from bot.cases.case import Alert, Case, Known, known
from bot.cases.claim import DAMAGES
from bot.cases.conversation import Author, Conversation
from bot.cases.dates import Clock, clock_of, days_said
from bot.cases.finding import WITHOUT_ORDER
from bot.cases.incident import Incident
from bot.cases.instants import instant
from bot.cases.issue import Issue, Severity
from bot.cases.letter import PARTS, Letter, LetterState
from bot.cases.names import tidy_name
from bot.cases.order import Order
from bot.cases.remedy import Remedy
from bot.cases.wording import admissions, apologies, causes, faults
from bot.errors import BadInput, Conflict, NotAllowed, NotFound
from bot.handling.accept import add_reply
from bot.handling.clean import visible
from bot.handling.handoff import hand_off, who_line
from bot.handling.letters import address_of
from bot.handling.roles import role_of
from bot.handling.shop import Shop
from bot.ports import Mail

if TYPE_CHECKING:
    from bot.store.unit_of_work import UnitOfWork

FORMAL = "formal_letter"  # kind of its outbox row
LONGEST = 6000  # characters
MOST_ITEMS = 4  # named one by one; of more, the order's number tells
NOBODY = frozenset({"assistant", "automated assistant", "worker", "system", "amends", "customer", "bot"})


@dataclass(frozen=True)
class Records:
    """All that a letter is drawn from. `note` and `incident` are what the record showed when remedies were offered."""

    case: Case
    facts: Known
    remedies: tuple[Remedy, ...]  # done, in that order
    clock: Clock
    order: Order | None = None
    note: str | None = None
    incident: Incident | None = None


@dataclass(frozen=True)
class Signed:
    """A letter is frozen. `warnings` name what could be said better; `by_mail`: it goes out by itself, else a person shows it."""

    letter: Letter
    warnings: tuple[str, ...]
    by_mail: bool


def due(shop: Shop, limit: int = 20) -> list[str]:
    """The cases whose letter is due."""
    with shop.begin(False) as uow:
        return uow.letters.due(limit)


def draft(shop: Shop, case_id: str, now: datetime) -> Letter | None:
    """Writes the one letter of a case and tells the lead that it waits. None where it is not due, or stands already."""
    with shop.begin(False) as uow:
        found = uow.cases.find(case_id)
        if found is None:
            return None
        conversation_id, number = found.conversation_id, found.order_number if found.proven else None
    order, incidents = shop.orders.find(number) if number else None, shop.orders.incidents()
    with shop.begin(True) as uow:
        conversation = uow.conversations.get(conversation_id)
        case = uow.cases.find(case_id)  # locked: of two workers the second finds the letter of the first
        if case is None or uow.letters.of(case_id) or not _is_due(uow, case):
            return None
        text = "\n\n".join(words for _, words in parts_of(shop, _records(shop, uow, case, conversation, order, incidents, now)))
        letter = Letter(secrets.token_hex(12), case.id, _opened(shop, case, order) + "\n\n" + text, shop.policy.version, now)
        uow.add(letter)
        uow.flush()
        uow.note(case.id, "worker", "letter.drafted", now, policy=shop.policy.version)
        _alert(shop, uow, "letter_draft", case, letter, now)
        return letter


def _is_due(uow: "UnitOfWork", case: Case) -> bool:
    return rules.is_due(case.severity, uow.remedies.of(case.id), uow.claims.of(case.id))


def _alert(shop: Shop, uow: "UnitOfWork", kind: str, case: Case, letter: Letter, now: datetime) -> None:
    team = shop.policy.escalation("letter_failed" if kind == "letter_failed" else "above_limit").team
    uow.alerts.raise_once(Alert(kind, team, now, f"{kind}:{letter.id}", case.id, {"case": case.reference}))


def _records(
    shop: Shop,
    uow: "UnitOfWork",
    case: Case,
    conversation: Conversation,
    order: Order | None,
    incidents: tuple[Incident, ...],
    now: datetime,
) -> Records:
    decided = [one.inputs for one in uow.remedies.decisions(case.id)]
    note = decided[-1].get("note") if decided else None
    code = decided[-1].get("incident") if decided else case.incident_code
    return Records(
        case,
        known(uow.cases.facts(case.id)),
        tuple(rules.landed(uow.remedies.of(case.id))),
        clock_of(conversation.time_zone, shop.policy.hours.zone, now),
        order,
        str(note) if note else None,
        next((one for one in incidents if one.code == code), None),
    )


def _opened(shop: Shop, case: Case, order: Order | None) -> str:
    name = order.buyer.name.strip() if order else ""
    return shop.wording.say("letter_greeting", case.id, name=name) if name else shop.wording.say("letter_greeting_plain", case.id)


def parts_of(shop: Shop, records: Records) -> tuple[tuple[str, str], ...]:
    """The six parts, each with its name, in the order of PARTS."""
    case, say = records.case, shop.wording.say
    only_regret = rules.only_regret(shop.policy.jurisdiction.admission, case.severity)
    carrier = records.order.carrier if records.order and case.issue in (Issue.LATE_DELIVERY, Issue.LOST_OR_MISSING) else None
    carried = carrier or say("noun_carrier")
    whose = rules.responsibility(only_regret, case.fault, bool(carrier))
    sorry = rules.regret(case.severity, only_regret, case.fault)
    why = rules.reasons(only_regret, records.note, bool(records.incident))
    texts = (
        " ".join(_recognition(shop, records)),
        say(f"letter_responsibility_{whose}", case.id, carrier=carried),
        say(f"apologise_letter_{sorry}", case.id),
        say(f"letter_reasons_{why}", case.id, carrier=carried) if why or not records.incident else records.incident.explanation.strip(),
        "\n".join([say("letter_redress", case.id), *(_done(shop, records, one) for one in records.remedies)]),
        say("letter_release", case.id, ref=case.reference),
    )
    return tuple(zip(PARTS, texts, strict=True))


def _recognition(shop: Shop, records: Records) -> list[str]:
    """What the customer told, about which items of which order, and how late it was."""
    case, order, clock, say = records.case, records.order, records.clock, shop.wording.say
    parts = [say(f"letter_recognition_{case.issue or Issue.OTHER_COMPLAINT}", case.id, told=clock.day(case.created_at))]
    if order is None or case.issue in WITHOUT_ORDER:
        return parts
    items = order.pick(records.facts.lines())
    if len(items) <= MOST_ITEMS:
        names = [f"the {one.name}" for one in items]
        listed = f" {say('noun_and')} ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        parts.append(say("letter_recognition_items", case.id, items=listed, order=order.number))
    else:
        parts.append(say("letter_recognition_order", case.id, order=order.number))
    delay = rules.delay_of(case.issue, order, case.created_at)
    if delay:
        name = "letter_recognition_came" if delay.came else "letter_recognition_not_come"
        values = {"promised": clock.day(delay.promised), "delivered": clock.day(delay.until), "days": days_said(delay.days)}
        parts.append(say(name, case.id, **values))
    return parts


def _done(shop: Shop, records: Records, remedy: Remedy) -> str:
    own = "damages" if remedy.wording == DAMAGES else str(remedy.kind)
    done = records.clock.day(remedy.settled_at or remedy.changed_at)
    return shop.wording.say(f"letter_redress_{own}", records.case.id, remedy=remedy.reference, amount=remedy.amount, done=done)


def listed(shop: Shop) -> list[dict[str, str | None]]:
    """Every letter with its case and where it stands, oldest first. Instants are ISO 8601, UTC."""
    with shop.begin(False) as uow:
        rows = [(uow.cases.find(one.case_id), one) for one in uow.letters.every()]
        return [
            {
                "case": case.reference,
                "severity": str(case.severity),
                "state": str(one.state),
                "drafted": instant(one.drafted_at, "minutes"),
                "signed_by": one.signed_by,
                "sent": instant(one.sent_at, "minutes"),
            }
            for case, one in rows
            if case
        ]


def find(shop: Shop, reference: str) -> Letter:
    """The letter of a case. Raises NotFound."""
    with shop.begin(False) as uow:
        return _letter(uow, uow.cases.by_reference(reference.strip()))


def _letter(uow: "UnitOfWork", case: Case) -> Letter:
    letter = uow.letters.of(case.id)
    if letter is None:
        raise NotFound(f"{case.reference} has no letter: it is drafted when a case of S2 or above has its repair landed.")
    return letter


def _place(shop: Shop, reference: str) -> str:
    """The conversation of a case. Every turn locks it first, so whoever changes what belongs to a case does so too."""
    with shop.begin(False) as uow:
        return uow.cases.by_reference(reference.strip()).conversation_id


def _held(uow: "UnitOfWork", place: str, reference: str) -> tuple[Conversation, Case, Letter]:
    """All three, locked in the order in which a turn locks them."""
    conversation = uow.conversations.get(place)
    case = uow.cases.by_reference(reference.strip())
    return conversation, case, _letter(uow, case)


def edit(shop: Shop, reference: str, text: str, who: str, now: datetime) -> Letter:
    """Puts a person's text in place of the draft. Raises Conflict once it is signed: what was signed stays as it is."""
    words = visible(text).strip()
    if not words:
        raise BadInput("The letter is empty. To decide against it, drop it.")
    if len(words) > LONGEST:
        raise BadInput(f"The letter has {len(words)} characters: {LONGEST} is the most.")
    place = _place(shop, reference)
    with shop.begin(True) as uow:
        _, case, letter = _held(uow, place, reference)
        _must_be(letter, case, LetterState.DRAFTED, "its text is frozen")
        letter.text = words
        uow.note(case.id, who or "a person", "letter.edited", now)
        return letter


def _must_be(letter: Letter, case: Case, state: LetterState, so: str) -> None:
    if letter.state is not state:
        raise Conflict(f"The letter of {case.reference} is {letter.state}: {so}.")


def sign(shop: Shop, reference: str, who: str, now: datetime) -> Signed:
    """A person puts their name to it; from here the text is frozen, and goes out once.

    Raises Conflict where it is signed or the repair is under way again, BadInput for words that own a failure where the
    law protects sympathy only, NotAllowed where a lead must sign.
    """
    name = _person(shop, who)
    place = _place(shop, reference)
    with shop.begin(True) as uow:
        _, case, letter = _held(uow, place, reference)
        _must_be(letter, case, LetterState.DRAFTED, "it can be signed once")
        if not _is_due(uow, case):
            raise Conflict(f"The repair of {case.reference} has not landed: the letter waits until all its remedies are settled.")
        if _needs_lead(uow, case) and role_of(shop, uow, name) is not Role.LEAD:
            raise NotAllowed(f"{case.reference} is about harm or loss: a lead signs it.")
        warnings = _checked(shop, case, letter.text)
        letter.text = f"{letter.text}\n\n{shop.wording.say('letter_signature', case.id, by=name, shop=shop.name)}"
        letter.signed_by, letter.signed_at, letter.state = name, now, LetterState.SIGNED
        by_mail = shop.mails and _address(shop, uow, case) is not None
        if by_mail:
            uow.outbox.add(FORMAL, "email", letter.id, now, case.conversation_id)
        else:
            _alert(shop, uow, "letter_to_show", case, letter, now)
        uow.note(case.id, name, "letter.signed", now, by_mail=by_mail)
        return Signed(letter, warnings, by_mail)


def _person(shop: Shop, who: str) -> str:
    name = tidy_name(who)
    if not name or name.lower() in NOBODY or name.lower() == shop.name.lower() or not any(sign.isalpha() for sign in name):
        raise BadInput("A person signs a letter: give your own name.")
    return name


def _needs_lead(uow: "UnitOfWork", case: Case) -> bool:
    """After bereavement, injury and their like, told before or after a person came."""
    told = [reason for one in uow.messages.of(case.conversation_id) for reason in (one.heard or {}).get("reasons", ())]
    reasons = {one.reason for one in uow.cases.escalations(case.id)} | {*told}
    return case.severity is Severity.S4 or bool(reasons & rules.LEAD_SIGNS)


def _checked(shop: Shop, case: Case, text: str) -> tuple[str, ...]:
    """What could be said better. Raises BadInput where words own a failure that may not be owned."""
    warnings = [f"wording: {one}" for one in faults(text)]
    if apologies(text) != 1:
        warnings.append(f"wording: it says sorry {apologies(text)} times; once is right")
    if rules.only_regret(shop.policy.jurisdiction.admission, case.severity):
        owned = admissions(text)
        if owned:
            why = (
                "somebody came to harm"
                if case.severity is Severity.S4
                else f"the law of {shop.policy.jurisdiction.code} protects regret only"
            )
            raise BadInput(
                f"The letter owns a failure (“{owned[0]}”), and {why}. Say what you are sorry for, without whose failure it was."
            )
        warnings += [f"cause: “{one}”" for one in causes(text)]
    return tuple(warnings)


def _address(shop: Shop, uow: "UnitOfWork", case: Case) -> str | None:
    """The address on the case's own proven order, else on one proven in the same conversation."""
    order = shop.orders.find(case.order_number) if case.proven and case.order_number else None
    return order.buyer.email if order and order.buyer.email else address_of(shop, uow, case.conversation_id)


def drop(shop: Shop, reference: str, who: str, reason: str, now: datetime) -> Letter:
    """A person decides against the letter, and says why. Raises Conflict where it is on its way or sent."""
    if not who.strip() or not reason.strip():
        raise BadInput("Say who you are and why there is to be no letter: both are kept.")
    place = _place(shop, reference)
    with shop.begin(True) as uow:
        _, case, letter = _held(uow, place, reference)
        if letter.state in (LetterState.SENT, LetterState.DROPPED) or _is_on_its_way(uow, letter):
            raise Conflict(f"The letter of {case.reference} is {letter.state}: it cannot be dropped.")
        letter.state = LetterState.DROPPED
        uow.note(case.id, who, "letter.dropped", now)
        return letter


def _is_on_its_way(uow: "UnitOfWork", letter: Letter) -> bool:
    return letter.state is LetterState.SIGNED and uow.outbox.state_of(letter.id) is not None


def show_in_chat(shop: Shop, reference: str, who: str, now: datetime) -> Letter:
    """Where it cannot be mailed, a person puts the signed letter into the chat, word for word. Raises Conflict where mail has it."""
    name = _person(shop, who)
    place = _place(shop, reference)
    with shop.begin(True) as uow:
        conversation, case, letter = _held(uow, place, reference)
        if letter.state not in (LetterState.SIGNED, LetterState.FAILED):
            raise Conflict(f"The letter of {case.reference} is {letter.state}: only a signed one is shown.")
        if _is_on_its_way(uow, letter):
            raise Conflict(f"The letter of {case.reference} is on its way by mail.")
        add_reply(uow, conversation, Author.AGENT, letter.text, now, agent=name)
        letter.state, letter.sent_at = LetterState.SENT, now
        uow.note(case.id, name, "letter.shown", now)
        return letter


def mail(shop: Shop, uow: "UnitOfWork", letter_id: str) -> Mail | None:
    """The signed letter as it goes out, under its permanent id; None where it has gone or there is nowhere to send it."""
    letter = uow.letters.get(letter_id)
    case = uow.cases.find(letter.case_id)
    if case is None or letter.state is not LetterState.SIGNED:
        return None
    address = _address(shop, uow, case)
    subject = shop.wording.say("letter_subject", case.id, shop=shop.name, ref=case.reference)
    return Mail(letter.id, address, subject, letter.text) if address else None


def sent(shop: Shop, uow: "UnitOfWork", letter_id: str, conversation_id: str, now: datetime) -> None:
    """The mail server has it: the chat says that a letter was sent, and no more. Told twice, it is said once."""
    conversation = uow.conversations.get(conversation_id)
    letter = uow.letters.get(letter_id)
    case = uow.cases.find(letter.case_id)
    if case is None or letter.state is not LetterState.SIGNED:
        return
    letter.state, letter.sent_at = LetterState.SENT, now
    words = shop.wording.say("letter_sent", case.id, by=letter.signed_by, ref=case.reference)
    add_reply(uow, conversation, Author.SYSTEM, words, now)
    uow.note(case.id, "worker", "letter.sent", now)


def failed(shop: Shop, uow: "UnitOfWork", letter_id: str, conversation_id: str, now: datetime) -> None:
    """It did not go out and will not: the chat says so, and a person is brought, who shows it there."""
    conversation = uow.conversations.get(conversation_id)
    letter = uow.letters.get(letter_id)
    case = uow.cases.find(letter.case_id)
    if case is None or letter.state is not LetterState.SIGNED:
        return
    letter.state = LetterState.FAILED
    words = shop.wording.say("letter_not_delivered", case.id, ref=case.reference)
    escalation = hand_off(shop, uow, conversation, "letter_failed", now)
    add_reply(uow, conversation, Author.SYSTEM, f"{words} {who_line(shop, uow, conversation, case, escalation, now)}", now)
    _alert(shop, uow, "letter_failed", case, letter, now)
    uow.note(case.id, "worker", "letter.failed", now)
