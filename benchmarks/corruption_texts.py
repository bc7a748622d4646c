"""Ways in which the text of a CSV file goes wrong, for `corruptions.py`."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.corruption_kinds import Corruption, Trial, called, content, form

TEXT_ONLY: set[str] = {"cut off"}  # corruptions of the bytes of a text, which only a CSV has


def text_form(function: Corruption) -> Corruption:
    """As `form`, of the bytes of a CSV file."""
    TEXT_ONLY.add(called(function))
    return form(function)


def _changed(on: Trial, change: Callable[[str], bytes]) -> None:
    on.office.bytes_of[on.name] = change


@text_form
def _another_encoding(on: Trial) -> None:
    codec = on.rng.choice(["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
    _changed(on, lambda text: text.encode(codec))


@text_form
def _broken_bytes(on: Trial) -> None:
    place, byte = on.rng.random(), on.rng.choice([0xFF, 0xC0, 0x00])

    def broken(text: str) -> bytes:
        raw = bytearray(text.encode())
        raw[int(place * len(raw))] = byte
        return bytes(raw)

    _changed(on, broken)


@text_form
def _another_separator(on: Trial) -> None:
    mark, note = on.rng.choice(";\t|"), on.rng.random() < 0.3
    _changed(on, lambda text: (f"sep={mark}\n" * note + text.replace(",", mark)).encode())


@text_form
def _other_line_ends(on: Trial) -> None:
    end = on.rng.choice(["\r", "\r\n", "\n\n"])
    _changed(on, lambda text: text.replace("\n", end).encode())


def _in_a_line(on: Trial, change: Callable[[str], str]) -> None:
    place = on.rng.random()

    def changed(text: str) -> bytes:
        lines = text.splitlines()
        number = 1 + int(place * (len(lines) - 1))
        lines[number] = change(lines[number])
        return ("\n".join(lines) + "\n").encode()

    _changed(on, changed)


@text_form
def _a_short_row(on: Trial) -> None:
    _in_a_line(on, lambda line: line.rsplit(",", on.rng.randrange(1, 3))[0])


@text_form
def _a_long_row(on: Trial) -> None:
    more = on.rng.choice([",", ",,", ",x", " ,"])
    _in_a_line(on, lambda line: line + more)


@text_form
def _quotation_marks(on: Trial) -> None:
    marks = ['"', '""', '\\"', 'x"y', '"x"y', "\u201c"]
    mark, place = on.rng.choice(marks), on.rng.random()

    def marked(line: str) -> str:
        at = int(place * len(line))
        return line[:at] + mark + line[at:]

    _in_a_line(on, marked)


@text_form
def _a_title_above(on: Trial) -> None:
    title = on.rng.choice(["2024\n", "A title,,,\n", "\n\nA title\n\n"])
    _changed(on, lambda text: (title + text).encode())


@content
def _cut_off(on: Trial) -> None:
    share = on.rng.uniform(0.3, 0.98)
    _changed(on, lambda text: text.encode()[: int(share * len(text.encode()))])
