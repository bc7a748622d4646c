"""An office file that drafts itself: from tables as they lie there to a file a person completes.

Pure: frames go in, a drafted office comes out as a value, and `toml.py` writes it as text.
Nothing here decides when a column becomes known: only people can know that.
"""
