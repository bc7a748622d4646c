"""A drafted office as the text of an office file, with a comment behind every guess."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from cases.draft.columns.profile import Profile
from cases.draft.columns.roles import AT_INTAKE, Guess, Sure
from cases.draft.draft import Draft, DraftedAttribute, DraftedGrade, DraftedTable, Raw, Unused
from cases.draft.lines import Line, out, query, text_of, toml, words
from cases.draft.logs import quoted
from cases.errors import shorten
from cases.language.messages import Sayable, _, listed, sentences
from cases.office.base import UNANSWERED

SURE: Mapping[Sure, Sayable] = {
    "sure": _("sure"),
    "likely": _("likely"),
    "unsure": _("not sure"),
}
FEWEST_GRADES = 2
DATED = {"opened_at", "reviewed_at"}  # by which a query sorts its rows
SHOWN = 8  # columns that a comment lists at most
USUAL_LAYOUT = {"encoding": "utf-8", "separator": ",", "header_row": 1, "decimal": "."}
MY_OFFICE = _("My office")


def office_toml(draft: Draft) -> str:
    """The office file of a drafted office; its comments are in the language of the office."""
    return text_of(_lines(draft), draft.language)


def _lines(draft: Draft) -> Iterator[Line]:
    yield from _head(draft)
    for table in draft.tables:
        yield from _table(draft, table)
    yield from _attributes(draft)
    yield from _activities(draft)
    yield from _reviews(draft)
    for unused in draft.unused:
        yield from _unused(unused, draft.tables[0])


def _head(draft: Draft) -> Iterator[Line]:
    yield Line(
        comment=_("Drafted by `triage draft` from the tables themselves: all of it is a guess.")
    )
    yield Line(comment=_("Read the comments; those that begin with `?` ask you something."))
    yield Line()
    yield Line("[office]")
    name = f"{{ {draft.language} = {toml(MY_OFFICE.say(draft.language))} }}"
    yield Line(f"name = {name}", _("? what is the office called?"))
    yield Line(f"language = {toml(draft.language)}")
    if draft.time_zone:
        why = _("? times are given with several offsets; which clock is the office's?")
        yield Line(f"time_zone = {toml(draft.time_zone)}", why)
    if draft.blanks:
        why = _("? these words seem to stand for a blank cell; do they?")
        yield Line(f"blank = {toml(list(draft.blanks))}", why)
    yield Line()


def _table(draft: Draft, table: DraftedTable) -> Iterator[Line]:
    own = draft.attributes if table.name == "cases" else ()
    profiles = {ours: table.raw.columns[guess.theirs] for ours, guess in table.guesses.items()}
    profiles |= {attribute.name: attribute.profile for attribute in own}
    yield Line(f"[tables.{table.name}]", table.why)
    yield from _place(table, own)
    yield from _formats(profiles)
    yield from _words(profiles)
    yield from _not_found(table)
    if not table.select:
        yield Line()
        yield Line(f"[tables.{table.name}.columns]")
        for guess in table.guesses.values():
            yield Line(
                f"{guess.ours} = {toml(guess.theirs)}", _said(guess, of_case=table.name == "cases")
            )
        for attribute in own:
            if attribute.name != attribute.theirs:
                yield Line(f"{attribute.name} = {toml(attribute.theirs)}")
    for column in table.left_out:
        name = shorten(column.theirs)
        yield Line(comment=_("Left out: {column} ({why}).", column=name, why=column.why))
    yield Line()


def _place(table: DraftedTable, own: tuple[DraftedAttribute, ...]) -> Iterator[Line]:
    """Where a table is: a file, a query over one, or a database."""
    raw = table.raw
    if raw.database is not None:
        yield Line(f"database = {toml(raw.database)}")
    elif table.select:
        yield Line(f"files = {{ {raw.name} = {_file(raw)} }}")
    if table.select:
        for guess in table.guesses.values():
            yield Line(
                comment=_(
                    "{column}: {said}",
                    column=guess.ours,
                    said=_said(guess, of_case=table.name == "cases"),
                )
            )
        yield Line(f"sql = {query(_sql(table, own))}")
    elif raw.sql is not None:
        yield Line(f"sql = {query(raw.sql)}")
    else:
        yield Line(f"path = {toml(raw.path)}")
        for key, value in _layout(raw).items():
            yield Line(f"{key} = {toml(value)}", _("as the file was read"))


def _sql(table: DraftedTable, own: tuple[DraftedAttribute, ...]) -> str:
    """The query that makes a table of what its file or database has."""
    raw, columns = table.raw, dict(table.select)
    columns |= {quoted(one.name): f"MIN({quoted(one.theirs)})" for one in own}
    selected = ",\n       ".join(f"{sql} AS {name}" for name, sql in columns.items())
    parts = [
        f"SELECT {selected}",
        f"FROM {_from(raw)}",
    ]
    parts += [f"WHERE {table.where}"] if table.where else []
    parts += [f"GROUP BY {quoted(table.group_by)}"] if table.group_by else []
    first = ", ".join(dict.fromkeys((*DATED.intersection(columns), "case_id")))
    return "\n".join(("", *parts, f"ORDER BY {first}", ""))


def _layout(raw: Raw) -> dict[str, object]:
    """What of the layout of a file is to be written down: all that is not as usual."""
    return {
        key: value
        for key, value in asdict(raw.layout).items()
        if value is not None and value != USUAL_LAYOUT.get(key)
    }


def _file(raw: Raw) -> str:
    """A file of a query: its path, or with it how the file is laid out."""
    layout = _layout(raw)
    if not layout:
        return toml(raw.path)
    keys = ", ".join(f"{key} = {toml(value)}" for key, value in layout.items())
    return f"{{ path = {toml(raw.path)}, {keys} }}"


def _formats(profiles: Mapping[str, Profile]) -> Iterator[Line]:
    """How numbers and dates are written that are not read by themselves."""
    decimal = "," if any(profile.decimal == "," for profile in profiles.values()) else "."
    if decimal == ",":
        yield Line('decimal = ","', _("as most numbers are written"))
    marks = {profile.thousands for profile in profiles.values()} - {None, decimal}
    if marks:
        why: Sayable = _("? it seems to separate thousands, as in 9,015; does it?")
        yield Line(f"thousands = {toml(min(marks, key=str))}", why)
    for ours, profile in profiles.items():
        dates = profile.dates
        if dates is None or not dates.formats:
            continue
        why = _("as most of its values are written")
        if dates.others:
            why = _(
                "? they could be in {formats} as well; which is it?", formats=listed(dates.others)
            )
        yield Line(f"date_format.{ours} = {toml(list(dates.formats))}", why)


def _words(profiles: Mapping[str, Profile]) -> Iterator[Line]:
    """The words among dates and numbers, for people to say whether they mean blank."""
    among = {ours: profile for ours, profile in profiles.items() if profile.words}
    found = sorted({word for profile in among.values() for word in profile.words})
    if found:
        why = _(
            "? such words stand among the dates or numbers of {columns}; do they mean blank?",
            columns=listed(among),
        )
        yield Line(f"blank = {toml(found)}", why)


def _not_found(table: DraftedTable) -> Iterator[Line]:
    """What the table must have and no column seems to be."""
    for column in table.not_found:
        yield Line(
            comment=_(
                "? NOT FOUND: no column seems to be `{column}`, and the table cannot be read "
                "without it. Name the one that is.",
                column=column.name,
            )
        )


def _said(guess: Guess, *, of_case: bool) -> Sayable:
    """How sure a guess is, why, what else fits, and examples."""
    said: Sayable = _("{sure}: {why}", sure=SURE[guess.sure], why=guess.why)
    at_intake = guess.ours in AT_INTAKE and of_case
    if at_intake:
        said = _("{said}; is it there when the case comes in, and not changed later?", said=said)
    if guess.others:
        others = listed(shorten(name) for name in guess.others[:SHOWN])
        said = _("{said}; or is it {columns}?", said=said, columns=others)
    said = _with_examples(said, guess.examples)
    return _("? {said}", said=said) if guess.sure == "unsure" or at_intake else said


def _with_examples(said: Sayable, examples: tuple[str, ...]) -> Sayable:
    if not examples:
        return said
    return _("{said}; for example {examples}", said=said, examples=listed(map(shorten, examples)))


def _attributes(draft: Draft) -> Iterator[Line]:
    if not draft.attributes:
        return
    yield Line(
        comment=_(
            "The office's own columns. Nothing is made of one until `known` says when it is known. "
            "Only people know that: a column that is filled in after the review would leak."
        )
    )
    yield Line()
    for attribute in draft.attributes:
        yield from _attribute(attribute, draft)


def _attribute(attribute: DraftedAttribute, draft: Draft) -> Iterator[Line]:
    profile = attribute.profile
    filled = _("filled in {share:.0%} of the rows", share=profile.share)
    when = _("? when is it known: intake or closing?")
    if draft.activities:
        when = _("? when is it known: intake, closing, or with an activity below?")
    yield Line(f"[attributes.{attribute.name}]")
    yield Line(f"type = {toml(attribute.type)}", _with_examples(filled, profile.examples))
    yield Line(f"meaning = {words(attribute.theirs)}")
    open_ = attribute.known == UNANSWERED
    yield Line(f"known = {toml(attribute.known)}", when if open_ else None)
    yield Line()


def _activities(draft: Draft) -> Iterator[Line]:
    if not draft.activities:
        return
    yield Line("[activities]")
    for activity in draft.activities:
        yield Line(f"{toml(activity)} = {{ meaning = {words(activity)} }}")
    yield Line()


def _reviews(draft: Draft) -> Iterator[Line]:
    """What a defect is; commented out as long as people have to say it."""
    if not draft.grades:
        return
    too_few = len(draft.grades) < FEWEST_GRADES
    asks = any(grade.defect is None for grade in draft.grades)
    if too_few:
        yield Line(comment=_("? Only one grade occurs: from that nothing can be learnt."))
    elif asks:
        yield Line(
            comment=_(
                "? Which grades are a defect? Say true or false for each, best grade first, and "
                "take the # away from these lines."
            )
        )
    lines = [Line("[reviews]"), *_kinds(draft.review_kinds)]
    lines += [line for grade in draft.grades for line in _grade(grade)]
    yield from map(out, lines) if too_few or asks else lines
    yield Line()


def _kinds(kinds: Mapping[str, str]) -> Iterator[Line]:
    if kinds:
        yield Line("[reviews.kinds]")
        for word, kind in kinds.items():
            yield Line(f"{toml(word)} = {toml(kind)}", _("by its name"))


def _grade(grade: DraftedGrade) -> Iterator[Line]:
    yield Line()
    yield Line("[[reviews.grades]]")
    yield Line(f"code = {toml(grade.code)}")
    yield Line(f"meaning = {words(grade.code)}")
    if grade.defect is None:
        asks = _("? in {rows:,} rows: is a case with this grade defective?", rows=grade.rows)
        yield Line("defect = ", asks)
    else:
        says = _("in {rows:,} rows", rows=grade.rows)
        if grade.guessed:
            says = _("? in {rows:,} rows; guessed by its name: is it so?", rows=grade.rows)
        yield Line(f"defect = {toml(grade.defect)}", says)


def _unused(unused: Unused, cases: DraftedTable) -> Iterator[Line]:
    raw = unused.raw
    yield Line(comment=sentences(_("Not used: {file}.", file=raw.path or raw.name), unused.why))
    columns = listed(shorten(name) for name in raw.columns)
    yield Line(comment=_("Its columns: {columns}.", columns=columns))
    if unused.column is not None:
        yield from _joined(raw, unused.column, cases)
    yield Line()


def _joined(raw: Raw, column: str, cases: DraftedTable) -> Iterator[Line]:
    """How to count the rows of a file for each case; `column` holds the case."""
    theirs, ours = quoted(column), quoted(cases.guesses["case_id"].theirs)
    if not (theirs + ours).isprintable():
        return
    yield Line(comment=_("To use it, give [tables.cases] a `sql` with a part as"))
    if raw.path is not None and cases.raw.path is not None:
        files = ", ".join(f"{one.name} = {_file(one)}" for one in (cases.raw, raw))
        yield Line(f"#     files = {{ {files} }}")
    counted = f"SELECT {theirs}, COUNT(*) AS rows_of_it FROM {_from(raw)} GROUP BY {theirs}"  # noqa: S608
    yield Line(f"#     LEFT JOIN ({counted}) AS {raw.name}")
    yield Line(f"#     ON {raw.name}.{theirs} = {cases.raw.name}.{ours}")


def _from(raw: Raw) -> str:
    """What a query reads the rows of a table from."""
    return raw.name if raw.sql is None else f"({raw.sql}) AS whole"
