"""The process as the office declares it: where a case breaks one of its rules, in a sentence.

`breaches.py` is the entry. A rule is judged by what was known at the moment, and is broken only
where that is sure: of two steps of which one may have been before the other, it was.
"""
