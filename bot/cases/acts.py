"""What a text does for the customer: the acts of a good reply, told by its words, in the order they first stand."""

import re
from collections.abc import Iterator
from itertools import islice

from bot.cases.wording import Flaw, flaws, masked, sentence_spans

LONGEST_PUBLIC = 50  # words; long exchanges in public spread a complaint
_PERSON = r"(person|human|colleague|someone|somebody|team lead|manager|supervisor)"
_TROUBLE = (
    r"(late|missing|lost|broken|faulty|damaged|spoiled|torn|cracked|defective|dirty|wrong|incomplete|stuck|overcharged|cancelled"
    r"|down|failing|ignored|rude|in question|too (small|big|large|long))"
)
_DEED = (
    r"(refund|replace|(re-?)?send|(re-?)?ship|redeliver|credit|repair|redo|collect|waive|cancel|pay|exchange|fix|file|report|move"
    r"|take (it|them|this) back)"
)
_DONE = r"(refunded|replaced|sent|shipped|credited|repaired|collected|waived|cancelled|paid|ordered|booked|moved|filed)"
_WEEKDAY = r"(mon|tues|wednes|thurs|fri|satur|sun)day"
_PATTERNS: dict[str, tuple[str, ...]] = {
    "disclose": (
        r"\b(I['’]m|I am|this is|you are (chatting|talking|writing) (with|to))\b(?! not (an? )?(automated|bot))"
        r"[^.?!]{0,60}?(?<!not a )(?<!no )(?<!not an )\b(automated|(chat)?bot|virtual|AI|machine)\b",
        r"\bnot a (person|human)\b",
    ),
    "restate": (
        r"(?<!what )(?<!everything )(?<!other thing )\byou (have )?(wrote|written|told (me|us)|mention(ed)?|named|describe|reported)\b",
        r"\byour words\b|\b(it|this) concerns\b|\bit is to do with\b|\byou are telling us\b",
        r"(?<!what )\byou (ordered|booked|waited|received|got|were (sent|given|told|charged|promised|left|treated|kept)|have been)\b",
        r"(?<!the way )\byou (bought|paid)\b(?! (from )?us\b)|\byou have something different\b",
        r"\byou (are|were) (still )?(waiting|stuck|without|owed|left|not content)\b|\b(left|kept) waiting\b",
        rf"\b(is|are|was|were|be|been|came|arrived|has|have) (\w+ ){{0,3}}?{_TROUBLE}\b",
        r"(?<!what )(?<!when something )\b(went|gone) (wrong|badly)\b|\bthe wrong \w",
        r"\b(does|did) not (do|work|add up|treat|come|arrive)\b|\bdo not have it\b|\b(has|have) not worked\b",
        r"\bwould not\b|\bfail(s|ed) you\b|\bf[ae]lls? short\b",
        r"\bnot (all of it|come|with you|arrived|as described|good enough|what (it|you|we))\b|\bnever (came|arrived)\b",
        r"\byou (are|were) (overcharged|hung up on|refused|ignored|let down|not told|treated|delayed|paying)\b|\bis in question\b",
        r"\b(it|packaging|packing) (broke|stopped working|leaked|crashed|keeps (crashing|freezing|failing)|got lost)\b",
        r"\b(it|packaging|packing) (is (gone|slow|delayed|overdue|cracked)|was (spoiled|rotten|promised|cancell?ed|to be))\b",
        r"\b(will|does|do) not (load|connect|play|open|download|fit|look|show|work|turn on|charge)\b|\bcan['’]t (log|get|use|connect)\b",
        r"\bnot (working|of the quality|as good|right for you|fit to eat|content|shipped|received|what you (asked|expected|wanted))\b",
        r"\bnot (come|gone|go|keep|help|get|do well)\b|\b(nobody|no one) gave you\b|\bunhelpful\b|\btreated you\b|\breached you\b",
        r"\bshould (be with|have (come|reached))\b|\b(thinner|smaller|bigger) than\b|\b(is|are|was|were) missing\b|\bmix-up\b",
        r"\bwent wrong\b|\bis defective\b",
        r"\b[Ii]t seems\b|\bYou (mention|write (about|of))\b|\b([Tt]his|[Ii]t) is about (the|a|harm|something)\b",
        r"\byou (called|asked|tried|find|returned|expected|wanted|ask for help|could not)\b(?! (this|what it))",
        r"\byou (name|question|speak of|have trouble|write about|got less)\b|\bcancelled on you\b",
        r"\byou (want|would like|ask) to cancel\b",
        r"^you (tell us|ask|write|say|want to know|told us) (that|why|where|when|how)\b|^your question is\b",
        r"\byou have had trouble with\b|\bkeeps you from\b",
        r"^you (want|ask for) a (refund|replacement)\b",
        r"\b(can['’]t tell|not sure) yet (if|whether) (it|this) is about\b",
        r"\bmade this hard\b|\bspoiled or\b|\bstopped working\b|\bcame (open|wet|torn|broken|cold|stale|damaged)\b|\btell us that\b",
        r"\b(is|are|was|were) (not as|broken|torn|cracked|faulty|failing|stale|rotten|canceled)\b|\bleft you stuck\b|\btrouble over\b",
        r"\b(of|have) wait(ing|ed)\b|\bgone on for\b|\b(has )?lasted\b|\bthe sum in it\b|\bis about \$|\bowed money\b|\bquality of\b",
        r"\bmoney for\b.*\bnot come back\b|\bdisappoints\b|\blonger than\b|\btoo long\b|\bpast the time\b|\bdifferent (from|one)\b",
        r"\blater than\b|\bwith you sooner\b",
        r"\b(nobody|no one) (has )?(answer|call|came|wrote)",
    ),
    "apologise": (r"(?<!need to )(?<!need not )\b(sorry|apologi[sz](e|ing))\b|\b(our|my) (sincere )?apolog(y|ies)\b|^apologies\b",),
    "own": (
        r"(?<!not )\b(our|my) (own )?(fault|failure|mistake|error|slip|oversight|job|doing)\b|\bours to\b|\bon (us|our (side|part))\b",
        r"\bwe (failed|got|made a mistake|lost|broke|forgot|let you down|are (at fault|responsible)|were wrong|should have|fell short)\b",
        r"\bwe (sent (you )?the wrong|(did not|didn['’]t) (?!receive|find|get|have))|\b(for us to|we must) (find|put|mend|fix)\b",
        r"\b(we|but|and) will find out\b",
        r"\bI (made a mistake|got (it|this|that) wrong|should have)\b",
    ),
    "regret": (r"\bregret\b|\bsorry,? (that |about |for |to hear )?(this|it|that|you|your|the|about)\b",),
    "explain": (
        r"\bbecause\b|\bdue to (?!you\b)|\bcaused by\b|(?<!whatever )(?<!into )\bthe (cause|reason)\b|\bI see why\b",
        r"(\bnot|n['’]t) (yet )?(know|say|known)( yet)? (why|what|how|where|the cause)\b|\bnot (yet )?known\b|\bwhat lies behind it\b",
        r"\b(records?|carrier|banks?) (shows?|says?|marked|can show|(had|has) it)\b|\b(was|is|had it) due on\b|\bhad it due\b",
        r"\bhas (not )?left (us|our warehouse)\b|\bis (being packed|with (?-i:[A-Z][a-z]))",
        r"\b(order( \S+)?|it) was (delivered|cancelled)\b|\bnever sent back\b",
        r"\b(sand)?storm\b|\bsnow|\bflood|\bstrike\b|\bcrash(ed)?\b|\boutage\b|\bpower cut\b|\bbroke down\b|\bmixed up\b|\bbacklog\b",
        r"\bwhy is not known\b|\bwhy, our record does not say\b",
        r"\bshort of staff\b|\b(colleague|employee|person) .{0,40}\bleft\b|\bwent down\b|\bfailed on our side\b",
    ),
    "remedy": (
        r"\ba voucher of\b",
        rf"\b(I|we|they)(['’]ll)? ((will|can|now|also|often|already|have|[a-z]+ally) ){{0,3}}({_DEED}|{_DONE})\b(?! (you )?the wrong)",
        rf"\b(I|we)['’]ve {_DONE}\b",
        r"\bI can do\b|\bfree of charge\b|\bat no cost\b|(?<!owed )\bmoney back\b|\bfull refund\b|\bI can have\b|\bis owed\b",
        r"(?<!nothing )\b(is|are) filed\b|\bis with a team lead as\b|\bcan still be cancelled\b|\bkeeps its place\b",
        r"\byou can (take|have|keep|choose|return|cancel)\b|\byou keep (it|the|everything)\b|\byou return\b",
        r"^(send(?! us| me)|refund|ship|cancel|keep|return|wait for|have a|check|report|look into|replace) ",
        r"\b(calls you|rings the number|looks into what|checks (the payment|what))\b",
    ),
    "next": (
        rf"\bby (\d|noon|midnight|the end of|{_WEEKDAY})|\b(I|we|he|she|they|you)(['’]ll| will)\b|\bwill (call|write|answer|send|come)\b",
        r"(?<!nobody )(?<!no one )\banswers? you\b|\btakes (it )?up\b|\bperson looks into\b|\bgoes to a person\b|\bsorts it out with you\b",
        r"\blet us\b|\bonce I\b|\bbefore I\b",
        r"(?<!that )\b(I|we) can (?!only|not)|\bstays open\b|\bI have your order\b|\bI file\b|\bopens your order\b",
    ),
    "ask": (r"^(please )?(tell|let) (me|us)\b|^(pick|choose)\b|\bplease (tell|send|give|say|write)\b",),
    "human": (
        rf"(?<!not )\b(a|another|the|our|have|to) (real |live )?{_PERSON}\b|\b(leads|runs) [a-z]+\b",
        r"\b(type|say|write|reply|enter|word) [“\"'‘](person|human|·+)[”\"'’]",
        r"\b(team|desk)\b[^.?!]{0,30}\b(has|have|can see|answers|decides|reads|checks|must agree)\b",
        r"(?-i:\b[A-Z][a-z]+) (has (your case|handed)|is here now|answers for)\b",
    ),
}
_ACTS = {act: re.compile("|".join(patterns), re.IGNORECASE) for act, patterns in _PATTERNS.items()}
ACTS = tuple(_ACTS)
_WITHIN_A_QUESTION = ("remedy", "human")  # all else in a question is asked, not said
_PERSONAL = re.compile(r"[\w.+-]{1,64}@[\w-]+\.\w+|(?!\d{4}-\d\d-\d\d\b)\+?\b\d(?:[ ()-]?\d){6,}|\b[A-Z]{1,3}-?\d{4,}\b")
# Any one of these acts, or else this is what the reply lacks.
_PUBLIC_NEEDS = (
    (("restate",), "Name what went wrong, in the customer's terms."),
    (("apologise", "own", "regret"), "Say sorry here, in public, and whose it is to put right."),
    (("next", "remedy"), "Say what happens next and by when, and only then ask for a private message."),
)


def acts(text: str) -> frozenset[str]:
    """The acts a finished text performs, among ACTS. What stands in quotes is the customer's and performs none."""
    return frozenset(order_of(text))


def order_of(text: str) -> tuple[str, ...]:
    """The acts of a text, each where it first stands."""
    first: dict[str, int] = {}
    for act, start in _performed(text):
        first[act] = min(first.get(act, start), start)
    return tuple(sorted(first, key=lambda act: (first[act], ACTS.index(act))))


def public_flaws(text: str) -> tuple[Flaw, ...]:
    """As `flaws`, with what a reply that all can read lacks or tells too much. What is lacking has no words and stands at the end."""
    private = (Flaw(35, "personal_data", one[0], "Leave this for the private message.", one.start()) for one in _PERSONAL.finditer(text))
    beyond = islice(re.finditer(r"\S+", text), LONGEST_PUBLIC, LONGEST_PUBLIC + 1)
    long = (Flaw(35, "public_length", text[one.start() :], f"Stay within {LONGEST_PUBLIC} words in public.", one.start()) for one in beyond)
    performed = acts(text)
    lacking = (Flaw(35, "lacking_act", "", better, len(text)) for any_of, better in _PUBLIC_NEEDS if performed.isdisjoint(any_of))
    return tuple(sorted([*flaws(text), *private, *long, *lacking], key=lambda one: one.start))


def _performed(text: str) -> Iterator[tuple[str, int]]:
    ours = masked(text)
    for start, end in sentence_spans(ours):
        sentence = ours[start:end]
        is_question = sentence.rstrip("”\"'’) ").endswith("?")
        if is_question:
            yield "ask", start
        for act in _WITHIN_A_QUESTION if is_question else ACTS:
            found = _ACTS[act].search(sentence)
            if found:
                yield act, start + found.start()
