"""Checks on every sentence a customer may read. From the evidence: conditional or blaming apologies do harm
(Robbennolt 2003; Weitzl 2018), vows and stock phrases sound hollow, vague times are promises nobody can keep."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

LONGEST_MESSAGE, LONGEST_APOLOGY = 80, 25  # words; apologies wrapped in more lower satisfaction (Singh 2018)
LONGEST_SENTENCE, LONGEST_MEAN = 25, 20  # words; plain-language guidance
HIGHEST_GRADE, FEWEST_FOR_GRADE = 6, 30  # of Flesch and Kincaid; in fewer words than 30 one long word decides it
FEWEST_FOR_MEAN = 3  # sentences; a mean of fewer says no more than the longest
Span = tuple[int, int]


@dataclass(frozen=True)
class Phrases:
    """Words to keep out of what customers read. What `stops` is never sent; the rest is advice."""

    kind: str
    rule: int  # of the apology research, 1 to 38
    stops: bool
    pattern: str
    better: str


@dataclass(frozen=True)
class Measure:
    """What is counted or weighed rather than looked up."""

    kind: str
    rule: int
    find: Callable[[str], Iterator[Span]]
    better: str


@dataclass(frozen=True)
class Flaw:
    """One thing amiss in a text: the rule, its class, the words that trip it and where they start, a better way."""

    rule: int
    kind: str
    words: str
    better: str
    start: int


A_DATE = "Give the day by which it is done, with the time where there is one."
PHRASES = (
    Phrases("conditional", 10, True, r"any inconvenience|inconvenience (this|it|that) (may|might)|apologi[sz]e if|sorry if|to the extent"
            r"|sorry (that )?you(['’]re| are)? feel|may have caused|mistakes were made|an error (has )?occurred",
            "Say plainly what went wrong and that you are sorry for it, with no “if” and no “any”."),
    Phrases("conditional", 10, False, r"\b(sorry|apologi[sz]e|apologies) for (any|whatever|the inconvenience)\b|might have (caused|upset)"
            r"|for any (trouble|upset|confusion|distress|delay)\b|if there (was|were|has been) any?\b"
            r"|if (this|it|that|we|our \w+) (has |have )?(caused|upset|offended|inconvenienced|disappointed)",
            "Name what it cost the customer, such as the evening they waited in."),
    Phrases("passive", 5, False, r"\b(mistake|error|failure|lapse|slip|oversight)s? (was|were|has been|have been|had been) made\b"
            r"|\b(is|are) (deeply |sincerely |much )?regretted\b|(?<!our )(?<!my )\bapologies (for|about|that)\b"
            r"|\bapolog(y|ies) (is|are|was|were|has been|have been) (offered|extended|due|made|given)\b",
            "Say who did it and who is sorry: “We sent the wrong one, and I'm sorry.”"),
    Phrases("blame", 11, True, r"you should have|you (failed|neglected|forgot) to|you (must|didn['’]?t) read|calm down|actually,? you"
            r"|as (already )?(stated|mentioned|explained)|per (our|the) (policy|terms)|not (our|my) (fault|responsibility)|not responsible",
            "Leave out who could have done what; say what the record shows and what can be done now."),
    Phrases("blame", 11, False, r"\byou (ought to have|could have|were supposed to|are mistaken|are wrong)\b"
            r"|\byour own (fault|mistake|error)\b|\bif you had (only )?(read|checked|told|called|waited)\b"
            r"|\bread (our|the) (terms|small print)\b|\b(outside|beyond) our control\b",
            "Show what the record says and where it may mislead, and offer help all the same."),
    Phrases("policy_shield", 12, True, r"(unfortunately|regrettably),? (our|the|company) policy|(our|company) policy (does|doesn['’]?t|is)"
            r"|there['’]?s nothing (we|i) can do|at least (you|it)|other customers",
            "Give the reason, what is possible instead, and how to appeal."),
    Phrases("policy_shield", 12, False, r"\bcould (have been|be) worse\b|\bothers (have|had|are|were) (waited|waiting|had|it worse)\b"
            r"|\bthere is nothing (we|i) can do\b|\b(against|not) (our|company) policy\b",
            "Leave out the comparison and the policy; say what can be done."),
    Phrases("vow", 15, True, r"(never|won['’]?t|not) happen again|forgive us|accept our (sincere(st)? )?apolog|rest assured",
            "Promise only the repair, with a day; name a change only where somebody is on record for it."),
    Phrases("vow", 15, False, r"\b(will|to|must) do better\b|\bforgive me\b|\b(my|our) word that\b|\blearn from (this|our)\b"
            r"|\bwe (promise|vow|strive)\b|\b(another|second) chance\b"
            r"|\bmake sure (that )?(this|it) (never|does not|doesn['’]t|won['’]t)\b",
            "Leave out the vow; say what is being done and by when."),
    Phrases("filler", 4, True, r"valued customer|your (call|satisfaction|business) is (very |so )?(important|valued|appreciated)"
            r"|top priority|we take .{0,20}(very )?seriously",
            "Leave it out; the next step says it better."),
    Phrases("filler", 16, True, r"(totally|completely|truly) understand|how (frustrating|upsetting) this must",
            "Name what happened in the customer's own words, which shows that it was heard."),
    Phrases("diagnosis", 16, False, r"\byour (anger|frustration|disappointment|annoyance|distress)\b|\bhow you (must )?feel\b"
            r"|\bi can(['’]t| only|not)? imagine\b|\byou (must|seem|sound|appear) (to )?(be |feel )?(so |very |really |quite )?"
            r"(angry|upset|frustrated|annoyed|disappointed|worried|anxious|furious)\b",
            "Name a feeling only in the customer's own word; otherwise name what it cost them."),
    Phrases("feelings", 17, True, r"\bI(['’]m| am) (so |very |really |super )?(excited|delighted|thrilled|happy|glad|sad|devastated)"
            r"|as a customer myself",
            "Leave out your own feelings and say what you do."),
    Phrases("feelings", 17, False, r"\bwe(['’]re| are) (so |very |really |super )?(excited|delighted|thrilled|happy|glad|sad|devastated)\b"
            r"|\b(oh no|oops|whoops|uh-oh|yikes|good news|great news|my pleasure|feel your pain)\b",
            "Say it plainly; cheer and dismay do not help somebody who complains."),
    Phrases("feelings", 17, True, r"!", "End the sentence with a full stop."),
    Phrases("feelings", 17, True, r"[\U0001F300-\U0001FAFF]", "Leave out the emoji."),
    Phrases("feelings", 17, False, r"[\u2600-\u27BF\u2B50\U0001F1E6-\U0001F2FF]|(?<!\S)[:;]-?[()D](?!\w)", "Leave out the emoji."),
    Phrases("vague_time", 25, True, r"\b((?<!as )soon|shortly|asap|in due course|as soon as possible|at the earliest)\b", A_DATE),
    Phrases("vague_time", 25, False, r"\b(in the near future|before long|in no time|momentarily|at some point|in a (little )?while"
            r"|as (quickly|fast|soon) as (possible|we can|i can)|(in|within) (a )?reasonable time|in a timely"
            r"|(in|within) (a few|a couple of|several|some|the next few|the coming) (minutes|hours|days|weeks))\b", A_DATE),
    Phrases("redirect", 21, True, r"please (e-?mail|call|write to|contact|fill (in|out)|visit)|reach out to our",
            "Do it here, or bring a person into this conversation."),
    Phrases("patience", 14, False, r"\bbear(ing)? with (us|me)\b"
            r"|\b(thanks?|thank you|grateful|appreciate)( you)?( so| very)?( much)?( again)?"
            r"( in advance)?( for)? (your|being so) (continued |kind )?(patience|patient|understanding)\b|\bfor waiting patiently\b",
            "Thank for something the customer did, such as checking a number."),
    Phrases("broken", 1, True, r"[{}]|(?-i:\bNone\b)(?! of\b)", "Fill in the value that is missing here."),
    Phrases("broken", 18, True, r"  | [.,?]", "Take out the space that does not belong here."),
    Phrases("broken", 18, True, r"\b(\w+) \1\b", "Write the word once."),
)  # fmt: skip


def _union(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(one.pattern for one in PHRASES if one.kind == kind and one.stops), re.IGNORECASE)


_BROKEN = _union("broken")
# Words that own a failure, and words that name a cause: left out of a letter where the law protects sympathy only.
_ADMITS = re.compile(
    r"\b(our|my|the (shop|company)['’]?s) (own )?(fault|failure|mistake|error|slip|oversight|negligence|blame|doing)\b"
    r"|\b(we|I)( have| had| were| are| was| am|['’]re|['’]m|['’]ve)?( \w+ly)? (failed|at fault|to blame|responsible|liable|wrong"
    r"|careless|let you down|broke|lost|caused|neglected|forgot|overlooked|mishandled|fell short|got (it|this|that) wrong)\b"
    r"|\b(we|I) (made an?( \w+)? (mistake|error)|should(n['’]t| not)? have|ought to have|did not do (our|my)"
    r"|had not done (our|my|ours)|sent (you )?the wrong|(take|accept|admit|bear|own)( \w+)? (responsibility|liability|blame|fault|it))\b"
    r"|\b(fault|failure|mistake|error|responsibility|liability) (is|was|lies|lay) (ours|mine|with us)\b"
    r"|\bnegligen(t|ce)\b|\bliab(le|ility)\b",
    re.IGNORECASE,
)
_CAUSES = re.compile(r"\b(because|due to|caused by|the (cause|reason)|owing to|as a result of)\b", re.IGNORECASE)
LEXICON = {one.kind: _union(one.kind) for one in PHRASES if one.stops and one.kind != "broken"}
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|\n+")
_APOLOGY = re.compile(r"\b(sorry|apologi[sz]e|apologi[sz]ing|apology|apologies|regret)\b", re.IGNORECASE)
_QUESTION = re.compile(r"\?+(?!\w)")
_STRAIGHT_QUOTES = re.compile(r"(?<!\w)\"[^\"\n]+\"(?!\w)")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?<=[aeiouy]l)e$|(?<=[^aeiouyl])e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouysxzcgh])es$")
# Sounds choose between "a" and "an". A capital within a sentence is a name ("plan A"); so is "a" before these words ("plan a is").
_ARTICLE = re.compile(r"(?:\b(?=a)|^(?=A)|(?<=[.?!\n] )(?=A))(?P<article>[aA]n?) (?=[(“‘\"'$€£]?(?P<word>[A-Za-z0-9][\w,'’-]*))")
_NO_NOUN = frozenset({"is", "are", "or", "and", "of", "as", "at", "in", "on"})
_YOU_OR_ONE = r"eu[a-z]|ewe|one(?![a-z])|once(?![a-z])|oneself|ubi|ufo|uk|uni(?:[cfloqstv]|$)|ur[aiou]|us(?:[eiu]|a[bg])|ut[eio]"
_VOWEL_SOUND = re.compile(rf"hour|honest|hono|heir|(?!{_YOU_OR_ONE})[aeiou]")
# Capitals that are read letter by letter: an X-ray, an R-2B4C6D, an SMS; a U-turn, a USB stick. Others may be words: RAM, SIM, URGENT.
_NAMED = re.compile(r"[aefhilmnorsxAEFHILMNORSX](?![A-Za-z'’])|[FHLMNRSX][B-DF-HJ-NP-TV-XZ]+(?![A-Za-z])|(?:MRI|LED|SUV)(?![A-Za-z])")
_NAMED_YOU = re.compile(r"(?:[uU]|UK|US|USA|USB|URL|UPS)(?![A-Za-z'’])")
_EITHER_SOUND = re.compile(r"[FHLMNRSUX][A-Z]|[hH](?:istor|erb)")
_DAY = re.compile(
    r"\b(?:(?P<far>tomorrow|yesterday|(?:next|last) (?:week|month|(?:mon|tues|wednes|thurs|fri|satur|sun)day))"
    r"|today|tonight|this (?:morning|afternoon|evening|week))\b(?!['’]s)",
    re.IGNORECASE,
)
_CLOCK_BEFORE = re.compile(r"\d ?(?:[ap]m)?(?: \(\w+\))?,? (?:on )?$", re.IGNORECASE)
_CLOCK_OR_DAY_AFTER = re.compile(
    r",? \(?(?:(?:on|the|between|by|at|before|from) )?(?:\d|(?:mon|tues|wednes|thurs|fri|satur|sun)day)", re.IGNORECASE
)
_PROMISED = re.compile(r"(?:\bwill|['’]ll)\b|\b(?:by|before|until|later|end of) $", re.IGNORECASE)


def faults(text: str) -> list[str]:
    """The classes of the lexicon that a text trips, and "broken" where a value or a space is amiss. Quoted customer words are left out."""
    ours = _without_quotes(text)
    found = [name for name, pattern in LEXICON.items() if pattern.search(ours)]
    return found + (["broken"] if _BROKEN.search(ours) else [])


def flaws(text: str) -> tuple[Flaw, ...]:
    """All that could be said better in a text, by the rules, in the order it stands; whatever `faults` finds among it."""
    ours, kept, reached = masked(text), [], dict[str, int]()
    found = (Flaw(one.rule, one.kind, text[start:end], one.better, start) for one, find in _CHECKS for start, end in find(ours))
    for flaw in sorted(found, key=lambda one: (one.start, -len(one.words))):
        if flaw.start >= reached.get(flaw.kind, 0):  # words that two patterns of one class trip are named once
            reached[flaw.kind] = flaw.start + max(len(flaw.words), 1)
            kept.append(flaw)
    return tuple(kept)


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [text[start:end] for start, end in sentence_spans(text)]


def sentence_spans(text: str) -> Iterator[Span]:
    """Where each sentence of a text starts and ends."""
    breaks = [*_SENTENCE_END.finditer(text)]
    starts, ends = [0, *(one.end() for one in breaks)], [*(one.start() for one in breaks), len(text)]
    return ((start, end) for start, end in zip(starts, ends, strict=True) if text[start:end].strip())


def apologies(text: str) -> int:
    """How often a text says sorry: once a failure is right (Singh 2018: more lowers satisfaction)."""
    return len(_APOLOGY.findall(_without_quotes(text)))


def admissions(text: str) -> list[str]:
    """The words by which a text owns a failure; what stands in quotes is the customer's."""
    return [found[0] for found in _ADMITS.finditer(_without_quotes(text))]


def causes(text: str) -> list[str]:
    """The words by which a text names a cause."""
    return [found[0] for found in _CAUSES.finditer(_without_quotes(text))]


def masked(text: str) -> str:
    """The text at its length, with dots for what stands in quotes: a customer's words, not ours."""
    parts, reached = [], 0
    for start, end in _quotes(text):
        parts += [text[reached : start + 1], _dots(text[start + 1 : end])]
        reached = end
    return _STRAIGHT_QUOTES.sub(lambda found: f'"{_dots(found[0][1:-1])}"', "".join([*parts, text[reached:]]))


def reading_grade(text: str) -> float:
    """The grade of Flesch and Kincaid: about the years at school that reading takes. Figures count as words, not as syllables."""
    words = re.findall(r"[^\W\d_]+", text)
    lengths = [len(one.split()) for one in sentences(text)]
    return 0.39 * sum(lengths) / len(lengths) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59 if words else 0.0


def syllables(word: str) -> int:
    """How many syllables an English word has, told by its vowels: right for most, and one off for a few."""
    return max(1, len(_VOWELS.findall(_SILENT.sub("", word.lower()))))


def sounds_like_a_vowel(word: str) -> bool | None:
    """Whether "an" stands before a word. None where either is heard, as with capitals that may be a word or letters."""
    if word[0].isdigit():
        digits = re.sub(r"\D.*", "", word.replace(",", ""))
        return digits[0] == "8" or (digits[:2] in ("11", "18") and len(digits) % 3 == 2)
    if _NAMED_YOU.match(word):
        return False
    if _NAMED.match(word):
        return True
    return None if _EITHER_SOUND.match(word) else bool(_VOWEL_SOUND.match(word.lower()))


def _quotes(text: str) -> Iterator[Span]:
    """Where each pair of curly quotes stands. Searched for by hand: a pattern takes quadratic time over quotes never closed."""
    start = text.find("“")
    while start >= 0 and (end := text.find("”", start)) >= 0:
        yield start, end
        start = text.find("“", end)


def _without_quotes(text: str) -> str:
    parts, reached = [], 0
    for start, end in _quotes(text):
        parts.append(text[reached : start + 1])
        reached = end
    return "".join([*parts, text[reached:]])


def _dots(quoted: str) -> str:
    return re.sub(r"\s", " ", re.sub(r"\S|\s(?=\s)", "·", quoted))


def _matches(pattern: re.Pattern[str], ours: str, spared: int = 0) -> Iterator[Span]:
    return (found.span() for found in islice(pattern.finditer(ours), spared, None))


def _wrong_articles(ours: str) -> Iterator[Span]:
    for found in _ARTICLE.finditer(ours):
        word, is_an = found["word"], found["article"].lower() == "an"
        if word.lower() not in _NO_NOUN and sounds_like_a_vowel(word) is (not is_an):
            yield found.start(), found.end("word")


def _bare_days(ours: str) -> Iterator[Span]:
    """Days that hang on when they are read, with no clock time or date beside them. "Today" tells of the past, too, and may."""
    for found in _DAY.finditer(ours):
        before = _SENTENCE_END.split(ours[max(0, found.start() - 80) : found.start()])[-1]
        is_fixed = _CLOCK_BEFORE.search(before) or _CLOCK_OR_DAY_AFTER.match(ours, found.end())
        if not is_fixed and (found["far"] or _PROMISED.search(before)):
            yield found.span()


def _long_sentences(ours: str) -> Iterator[Span]:
    return (span for span in sentence_spans(ours) if _words(ours, span) > LONGEST_SENTENCE)


def _long_mean(ours: str) -> Iterator[Span]:
    spans = [*sentence_spans(ours)]
    if len(spans) >= FEWEST_FOR_MEAN and sum(_words(ours, span) for span in spans) > LONGEST_MEAN * len(spans):
        yield max(spans, key=partial(_words, ours))


def _high_grade(ours: str) -> Iterator[Span]:
    """The hardest sentence of a text that is too hard."""
    if len(ours.split()) >= FEWEST_FOR_GRADE and reading_grade(ours) > HIGHEST_GRADE:
        yield max(sentence_spans(ours), key=lambda span: reading_grade(ours[slice(*span)]))


def _long_message(ours: str) -> Iterator[Span]:
    return ((found.start(), len(ours)) for found in islice(re.finditer(r"\S+", ours), LONGEST_MESSAGE, LONGEST_MESSAGE + 1))


def _long_apology(ours: str) -> Iterator[Span]:
    spans = [span for span in sentence_spans(ours) if _APOLOGY.search(ours, *span)]
    if sum(_words(ours, span) for span in spans) > LONGEST_APOLOGY:
        yield spans[0]


def _words(ours: str, span: Span) -> int:
    return len(ours[slice(*span)].split())


MEASURES = (
    Measure("article", 18, _wrong_articles, "Choose “a” or “an” by the sound of the next word."),
    Measure("relative_day", 25, _bare_days, "Write the weekday and the date, with the time where there is one."),
    Measure("second_apology", 13, partial(_matches, _APOLOGY, spared=1), "Say sorry once, then say what is done."),
    Measure("second_question", 7, partial(_matches, _QUESTION, spared=1), "Ask only what decides the next step."),
    Measure("sentence_length", 18, _long_sentences, f"Cut it into sentences of at most {LONGEST_SENTENCE} words."),
    Measure("mean_length", 18, _long_mean, f"Shorten the sentences to {LONGEST_MEAN} words or fewer on average."),
    Measure("reading_grade", 18, _high_grade, "Use shorter words and sentences, here first."),
    Measure("message_length", 4, _long_message, f"Stay within {LONGEST_MESSAGE} words; the rest can follow later."),
    Measure("apology_length", 4, _long_apology, f"Keep the apology within {LONGEST_APOLOGY} words."),
)
_CHECKS: tuple[tuple[Phrases | Measure, Callable[[str], Iterator[Span]]], ...] = (
    *((one, partial(_matches, re.compile(one.pattern, re.IGNORECASE))) for one in PHRASES),
    *((one, one.find) for one in MEASURES),
)
