"""Kinds of words on which it hangs whether a few words of a customer may be quoted without saying something else."""

NEGATIONS = frozenset({"not", "n't", "nt", "never", "no", "nobody", "nothing", "none", "without"})
SUPPOSING = frozenset({"if", "unless", "whether", "until", "till", "so", "before"})  # what follows has not happened
# Tags of words that nothing ends with: more is to come.
OPEN_ENDED = frozenset({"CC", "TO", "IN", "WDT", "WP", "WRB", "DT", "PRP$", "MD", "POS", "EX", "PDT", "WP$"})
