"""Rules of the process that the log suggests, for people to decide on.

`candidates.py` is the entry. What is proposed (`proposals.py`) is tried by the very judge of
breaches, so that support and counter-examples are those the rule would have had.
"""
