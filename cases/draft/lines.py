"""Lines of TOML, each with a comment that is put into a language when it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cases.language.catalogues import Language
from cases.language.messages import Sayable, say

HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Line:
    """A line of an office file, what is said of it, or both; neither is an empty line."""

    toml: str = ""
    comment: Sayable | None = None

    def written(self, language: Language) -> str:
        """The line, with its comment on the same one whatever that says."""
        if self.comment is None:
            return self.toml
        said = say(self.comment, language)
        said = "".join(letter if letter.isprintable() else " " for letter in said)
        return f"{self.toml}  # {said}" if self.toml else f"# {said}"


def text_of(lines: Iterable[Line], language: Language) -> str:
    """The lines as the text of a file."""
    return "\n".join(line.written(language) for line in lines).strip() + "\n"


def out(line: Line) -> Line:
    """The line commented out, for people to take in."""
    return Line(f"# {line.toml}" if line.toml else "#", line.comment)


def toml(value: object) -> str:
    r"""A text, number or list as TOML writes it.

    >>> toml('a "b"\x7f'), toml(3), toml(["a"])
    ('"a \\"b\\"\\u007f"', '3', '["a"]')
    """
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def query(sql: str) -> str:
    """A query of several lines as TOML writes it, as it stands where that can be."""
    if "'''" in sql or not all(letter.isprintable() or letter == "\n" for letter in sql):
        return toml(sql)
    return f"'''{sql}'''"


def words(text: str) -> str:
    """Words in the language that their letters are of.

    >>> words("amount")
    '{ en = "amount" }'
    """
    return f"{{ {'zh' if HAN.search(text) else 'en'} = {toml(text)} }}"
