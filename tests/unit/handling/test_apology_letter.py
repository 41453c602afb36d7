"""The formal apology: due once, when the repair has landed; six parts from the records; read and signed by a person."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.case import Alert, Known
from bot.cases.dates import clock_of
from bot.cases.issue import Fault, Issue, Severity
from bot.cases.letter import PARTS, SHOWN, AdmissionMode, Letter, LetterState
from bot.cases.policy import Jurisdiction
from bot.cases.remedy import Remedy, RemedyKind, RemedyState
from bot.cases.wording import admissions, apologies, causes, faults
from bot.errors import BadInput, Conflict, NotAllowed, NotFound
from bot.handling import apology, ledger
from bot.handling.apology import Records, parts_of
from bot.handling.shop import Shop
from bot.policy_files import Rules
from bot.store.database import Database
from bot.wording import Wording
from bot.worker.apologies import Apologies
from tests.builders import NOON, a_case, a_remedy, an_incident, an_item, an_order
from tests.unit.handling.chats import Chat, take_incidents, take_orders

LATER = NOON + timedelta(days=1)
LEAD, AGENT = "Tomas Lindqvist", "Amira Haddad"
COMPLAINT = {"order_number": "A10021", "email": "nina@example.com"}


def under(shop: Shop, mode: AdmissionMode) -> Shop:
    """The shop under a law that protects a full apology, or regret only."""
    return replace(shop, policy=replace(shop.policy, jurisdiction=Jurisdiction("XX", mode)))


def filed(shop: Shop) -> Chat:
    """Nina's order, four days late, is refunded: filed, not settled yet."""
    chat = Chat(shop)
    chat.say("my order is late", "late_delivery", **COMPLAINT)
    chat.tap("refund")
    chat.tap("Yes")
    return chat


def settle(chat: Chat) -> Chat:
    with chat.shop.begin(True) as uow:
        for one in chat.filed:
            ledger.settle(chat.shop, uow, uow.remedies.get(one.id), LATER)
    return chat


def drafted(shop: Shop) -> Chat:
    """Settled, and its letter drafted by the worker."""
    chat = settle(filed(shop))
    assert Apologies(shop).run(LATER) == 1
    return chat


def letter_of(chat: Chat) -> Letter:
    return apology.find(chat.shop, chat.case.reference)


def alerts(shop: Shop) -> list[Alert]:
    with shop.begin(False) as uow:
        return [one for one in uow.alerts.unseen() if one.kind.startswith("letter")]


def words_of(chat: Chat) -> list[str]:
    with chat.shop.begin(False) as uow:
        return [one.text for one in uow.messages.of(chat.id)]


class TestDue:
    def test_it_is_drafted_once_the_repair_has_landed_and_the_lead_is_told(self, shop: Shop) -> None:
        chat = drafted(shop)
        assert letter_of(chat).state is LetterState.DRAFTED
        assert [(one.kind, one.for_whom, one.case_id) for one in alerts(shop)] == [("letter_draft", "lead", chat.case.id)]

    def test_case_gets_no_second_one(self, shop: Shop) -> None:
        chat = drafted(shop)
        assert Apologies(shop).run(LATER + timedelta(hours=1)) == 0
        assert apology.draft(shop, chat.case.id, LATER) is None

    def test_not_while_the_repair_is_pending(self, shop: Shop) -> None:
        chat = filed(shop)
        assert Apologies(shop).run(LATER) == 0
        with pytest.raises(NotFound):
            letter_of(chat)

    def test_not_for_an_annoyance(self, shop: Shop, memory_database: Database) -> None:
        take_orders(memory_database, an_order(promised_by=NOON - timedelta(days=1)))
        chat = settle(filed(shop))
        assert chat.case.severity is Severity.S1
        assert Apologies(shop).run(LATER) == 0

    def test_what_was_taken_back_is_no_repair(self, shop: Shop) -> None:
        chat = settle(filed(shop))
        back = ledger.undo(shop, chat.filed[0].reference, LEAD, "sent in error", LATER)
        ledger.approve(shop, back.reference, "Priya Raman", "agreed", LATER)
        with shop.begin(True) as uow:
            ledger.settle(shop, uow, uow.remedies.get(back.id), LATER)
        assert Apologies(shop).run(LATER) == 0

    def test_developers_chats_get_none(self, shop: Shop) -> None:
        chat = settle(filed(shop))
        with shop.begin(True) as uow:
            case = uow.cases.find(chat.case.id)
            assert case is not None
            case.channel = "dev"
        assert Apologies(shop).run(LATER) == 0


class TestText:
    def test_it_is_drawn_from_the_records(self, shop: Shop) -> None:
        chat = drafted(under(shop, AdmissionMode.FULL))
        text = letter_of(chat).text
        for told in ("Dear Nina Berg,", "A10021", "the Desk Lamp and the Wall Clock", "Northway Parcel", "4 days late", "$75.00"):
            assert told in text, text
        assert chat.filed[0].reference in text
        assert "Wednesday 4 March" in text  # when it was settled
        assert chat.case.reference in text

    def test_regret_says_neither_fault_nor_cause(self, shop: Shop) -> None:
        text = letter_of(drafted(under(shop, AdmissionMode.REGRET))).text
        assert "Northway Parcel" not in text
        assert (admissions(text), causes(text), apologies(text)) == ([], [], 1)

    def test_incident_is_told_in_its_own_words(self, shop: Shop, memory_database: Database) -> None:
        take_incidents(memory_database, an_incident())
        full = under(Shop(**{**vars(shop), "orders": type(shop.orders)(memory_database, incidents_kept=0)}), AdmissionMode.FULL)
        text = letter_of(drafted(full)).text
        assert "A storm has closed the roads around Phoenix." in text
        assert "nobody's failure" in text


issues, faults_, severities = (
    st.sampled_from(list(Issue)),
    st.sampled_from(list(Fault)),
    st.sampled_from([Severity.S2, Severity.S3, Severity.S4]),
)
notes = st.one_of(st.none(), st.sampled_from(sorted(SHOWN)), st.just("charged_as_ordered"))


@st.composite
def settled_remedies(draw: st.DrawFn) -> Remedy:
    kind = draw(st.sampled_from(list(RemedyKind)))
    wording = draw(st.sampled_from(["damages", "refund"])) if kind is RemedyKind.REFUND else str(kind)
    given = {"state": RemedyState.SETTLED, "settled_at": LATER, "wording": wording}
    return a_remedy("case", kind=kind, amount_minor=draw(st.integers(1, 10**7)), **given)


@given(
    issues,
    faults_,
    severities,
    notes,
    st.lists(settled_remedies(), min_size=1, max_size=4),
    st.sampled_from(list(AdmissionMode)),
    st.booleans(),
    st.booleans(),
    st.sampled_from([1, 2, 7]),
)
def test_whatever_the_case_the_letter_has_its_six_parts_and_no_flaw(
    rules: Rules,
    wording: Wording,
    issue: Issue,
    fault: Fault,
    severity: Severity,
    note: str | None,
    remedies: list[Remedy],
    mode: AdmissionMode,
    has_order: bool,
    explained: bool,
    items: int,
) -> None:
    jurisdiction = Jurisdiction("XX", mode)
    shop = Shop(None, None, replace(rules.policy, jurisdiction=jurisdiction), wording, rules.shop_name)  # type: ignore[arg-type]
    case = a_case("conversation", issue=issue, fault=fault, severity=severity)
    order = an_order(items=tuple(an_item(place, f"Desk Lamp {place}") for place in range(1, items + 1))) if has_order else None
    clock = clock_of(None, rules.policy.hours.zone, LATER)
    parts = parts_of(shop, Records(case, Known(), tuple(remedies), clock, order, note, an_incident() if explained else None))
    text = "\n\n".join(words for _, words in parts)
    assert tuple(name for name, _ in parts) == PARTS
    assert all(words.strip() for _, words in parts)
    assert faults(text) == []
    assert "  " not in text
    assert apologies(text) == 1
    assert all(text.index(before) < text.index(after) for (_, before), (_, after) in pairwise(parts))
    assert all(one.reference in parts[4][1] for one in remedies)
    if mode is AdmissionMode.REGRET or severity is Severity.S4:
        assert admissions(text) + causes(text) == []
    if mode is AdmissionMode.FULL and fault is Fault.OURS and severity is not Severity.S4:
        assert admissions(text)


class TestSigning:
    def test_person_signs_and_the_text_is_frozen(self, shop: Shop) -> None:
        chat = drafted(replace(shop, mails=True))
        signed = apology.sign(chat.shop, chat.case.reference, AGENT, LATER)
        assert (signed.by_mail, signed.warnings) == (True, ())
        assert signed.letter.text.endswith("Amira Haddad, for Larkspur & Lane")
        with pytest.raises(Conflict, match="frozen"):
            apology.edit(chat.shop, chat.case.reference, "Something else.", AGENT, LATER)
        with pytest.raises(Conflict):
            apology.sign(chat.shop, chat.case.reference, LEAD, LATER)
        assert letter_of(chat).text == signed.letter.text

    @pytest.mark.parametrize("nobody", ["", "  ", "assistant", "Larkspur & Lane", "42"])
    def test_nobody_but_a_person_signs(self, shop: Shop, nobody: str) -> None:
        chat = drafted(shop)
        with pytest.raises(BadInput, match="your own name"):
            apology.sign(shop, chat.case.reference, nobody, LATER)

    def test_edited_text_is_what_goes_out(self, shop: Shop) -> None:
        chat = drafted(shop)
        apology.edit(shop, chat.case.reference, "Dear Nina,\n\nI am sorry. Call me on 4711 if you like.\n", AGENT, LATER)
        assert apology.sign(shop, chat.case.reference, AGENT, LATER).letter.text.startswith("Dear Nina,\n\nI am sorry. Call me on 4711")

    @pytest.mark.parametrize(
        "text", ["I am sorry. That was our fault.", "I am sorry: we failed you.", "I am sorry, we should have sent it."]
    )
    def test_admission_is_refused_where_the_law_protects_regret_only(self, shop: Shop, text: str) -> None:
        chat = drafted(under(shop, AdmissionMode.REGRET))
        apology.edit(chat.shop, chat.case.reference, text, AGENT, LATER)
        with pytest.raises(BadInput, match="protects regret only"):
            apology.sign(chat.shop, chat.case.reference, AGENT, LATER)
        assert letter_of(chat).state is LetterState.DRAFTED

    def test_admission_may_stand_where_the_law_protects_it(self, shop: Shop) -> None:
        chat = drafted(under(shop, AdmissionMode.FULL))
        apology.edit(chat.shop, chat.case.reference, "I am sorry. That was our fault.", AGENT, LATER)
        assert apology.sign(chat.shop, chat.case.reference, AGENT, LATER).warnings == ()

    def test_other_flaws_only_warn(self, shop: Shop) -> None:
        chat = drafted(shop)
        apology.edit(shop, chat.case.reference, "I am sorry, and sorry again. It will never happen again because we checked.", AGENT, LATER)
        warnings = apology.sign(shop, chat.case.reference, AGENT, LATER).warnings
        assert [one.split(":")[0] for one in warnings] == ["wording", "wording", "cause"]

    def test_not_while_another_repair_is_under_way(self, shop: Shop) -> None:
        chat = drafted(shop)
        ledger.grant(shop, chat.case.reference, AGENT, RemedyKind.REPLACEMENT, LATER, reason="the clock too")
        with pytest.raises(Conflict, match="has not landed"):
            apology.sign(shop, chat.case.reference, AGENT, LATER)

    @pytest.mark.parametrize("reason", ["injury", "vulnerable"])
    def test_after_harm_or_bereavement_a_lead_signs(self, shop: Shop, reason: str) -> None:
        chat = filed(shop)
        chat.say("and now this", "inform", reasons=(reason,))
        settle(chat)
        assert Apologies(shop).run(LATER) == 1
        with pytest.raises(NotAllowed, match="a lead signs"):
            apology.sign(shop, chat.case.reference, AGENT, LATER)
        assert apology.sign(shop, chat.case.reference, LEAD, LATER).letter.signed_by == LEAD

    def test_without_a_mail_server_a_person_shows_it_in_the_chat_once(self, shop: Shop) -> None:
        chat = drafted(shop)
        signed = apology.sign(shop, chat.case.reference, AGENT, LATER)
        assert (signed.by_mail, letter_of(chat).state) == (False, LetterState.SIGNED)
        assert [one.kind for one in alerts(shop)] == ["letter_draft", "letter_to_show"]
        apology.show_in_chat(shop, chat.case.reference, AGENT, LATER)
        assert words_of(chat)[-1] == signed.letter.text
        assert letter_of(chat).state is LetterState.SENT
        with pytest.raises(Conflict):
            apology.show_in_chat(shop, chat.case.reference, AGENT, LATER)

    def test_dropped_it_stays_dropped(self, shop: Shop) -> None:
        chat = drafted(shop)
        with pytest.raises(BadInput):
            apology.drop(shop, chat.case.reference, AGENT, " ", LATER)
        apology.drop(shop, chat.case.reference, AGENT, "she asked for none", LATER)
        assert Apologies(shop).run(LATER + timedelta(hours=1)) == 0
        with pytest.raises(Conflict):
            apology.sign(shop, chat.case.reference, AGENT, LATER)


def test_audit_tells_each_step_and_no_word_of_the_letter(shop: Shop) -> None:
    chat = drafted(shop)
    apology.sign(shop, chat.case.reference, AGENT, LATER)
    with shop.begin(False) as uow:
        lines = [line for line in uow.cases.audit(chat.case.id) if line["act"].startswith("letter")]
    assert [(line["act"], line["who"]) for line in lines] == [("letter.drafted", "worker"), ("letter.signed", AGENT)]
    assert "Nina" not in str([line["detail"] for line in lines])
