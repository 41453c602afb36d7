"""Checks on every sentence a customer may read. From the evidence: conditional or blaming apologies do harm
(Robbennolt 2003; Weitzl 2018), vows and stock phrases sound hollow, vague times are promises nobody can keep."""

import re

LONGEST_SENTENCE = 25  # words; plain-language guidance
_PATTERNS = {
    "conditional": r"any inconvenience|inconvenience (this|it|that) (may|might)|apologi[sz]e if|sorry if"
    r"|sorry (that )?you(['’]re| are)? feel|may have caused|mistakes were made|an error (has )?occurred|to the extent",
    "blame": r"you should have|you (failed|neglected|forgot) to|you (must|didn['’]?t) read|as (already )?(stated|mentioned|explained)"
    r"|per (our|the) (policy|terms)|calm down|actually,? you|not (our|my) (fault|responsibility)|not responsible",
    "policy_shield": r"(unfortunately|regrettably),? (our|the|company) policy|(our|company) policy (does|doesn['’]?t|is)"
    r"|there['’]?s nothing (we|i) can do|at least (you|it)|other customers",
    "vow": r"(never|won['’]?t|not) happen again|forgive us|accept our (sincere(st)? )?apolog|rest assured",
    "filler": r"valued customer|your (call|satisfaction|business) is (very |so )?(important|valued|appreciated)|top priority"
    r"|we take .{0,20}(very )?seriously|(totally|completely|truly) understand|how (frustrating|upsetting) this must",
    "feelings": r"\bI(['’]m| am) (so |very |really |super )?(excited|delighted|thrilled|happy|glad|sad|devastated)"
    r"|as a customer myself|!|[\U0001F300-\U0001FAFF]",
    "vague_time": r"\b((?<!as )soon|shortly|asap|in due course|as soon as possible|at the earliest)\b",
    "redirect": r"please (e-?mail|call|write to|contact|fill (in|out)|visit)|reach out to our",
}
LEXICON = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PATTERNS.items()}
_BROKEN = re.compile(r"[{}]|  |\b(\w+) \1\b|(?-i:\bNone\b)(?! of\b)| [.,?]", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*”")


def faults(text: str) -> list[str]:
    """The classes of the lexicon that a text trips, and "broken" where a value or a space is amiss. Quoted customer words are left out."""
    ours = _QUOTED.sub("“”", text)
    found = [name for name, pattern in LEXICON.items() if pattern.search(ours)]
    return found + (["broken"] if _BROKEN.search(ours) else [])


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [part for part in re.split(r"(?<=[.?!])\s+|\n+", text) if part.strip()]


def apologies(text: str) -> int:
    """How often a text says sorry: once a failure is right (Singh 2018: more lowers satisfaction)."""
    return len(re.findall(r"\b(sorry|apologi[sz]e|apologi[sz]ing|apology|apologies|regret)\b", _QUOTED.sub("", text), re.IGNORECASE))
