"""Whether the parts of an office file agree: names with each other, tables with what there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from cases.errors import Fault
from cases.language.messages import _, listed
from cases.nearest import did_you_mean
from cases.office.agreement.conditions import (
    BUILT_IN_TYPES,
    all_conditions,
    misfits,
    too_late,
)
from cases.office.agreement.limits import activities_of, unfit_limits
from cases.office.agreement.process import process_faults
from cases.office.model import CLOSING, Office
from cases.office.spot_checks import OF_EVERY_LIST, SORTABLE
from cases.tables.specification import SPECIFICATIONS
from cases.tables.specification.new_cases import PARTIES_AND_DESIGNATION
from cases.tables.specification.parts import ROW

DECLARED_TWICE = _("is declared twice.")
MOMENT = "moment"  # the column that says as of when a case is looked at
# Names of columns that every office has, so that no attribute may have them.
TAKEN = frozenset(
    (
        *SPECIFICATIONS["cases"].schema,
        *BUILT_IN_TYPES,
        *(column.name for column in PARTIES_AND_DESIGNATION),
        ROW,
        MOMENT,
    )
)


def disagreements(office: Office, name: str) -> list[Fault]:
    """Every fault in how the parts of the office file called `name` refer to each other."""
    return [
        *_tables(office, name),
        *_formats_of_no_column(office, name),
        *_taken_names(office, name),
        *_unknown_references(office, name),
        *_grades_at_odds(office, name),
        *_mapped_to_old(office, name),
        *misfits(office, name),
        *_declared_twice(office, name),
        *process_faults(office, name),
        *_unfit_similarities(office, name),
        *too_late(office, name),
        *_unfit_subject(office, name),
        *_unfit_effort(office, name),
        *_people_compared(office, name),
        *_unfit_rectification(office, name),
        *unfit_limits(office, name),
        *_unfit_lists(office, name),
    ]


def _tables(office: Office, name: str) -> Iterator[Fault]:
    """Faults for tables that no office has, and for those that every office must have."""
    for table in office.tables:
        if table not in SPECIFICATIONS:
            remedy = did_you_mean(table, SPECIFICATIONS, _("Remove it."))
            problem = _("is not a key of an office file.")
            yield Fault(name, problem, remedy, column=f"tables.{table}")
    for table, spec in SPECIFICATIONS.items():
        if spec.needed and table not in office.tables:
            remedy = _("Add `{key} = ...` there.", key=table)
            yield Fault(name, _("is missing."), remedy, column=f"tables.{table}")


def _formats_of_no_column(office: Office, name: str) -> Iterator[Fault]:
    """Faults for date formats of columns that are not dates of their table."""
    for table in office.tables.keys() & SPECIFICATIONS.keys():
        declared = office.tables[table].date_format
        dates = SPECIFICATIONS[table].dates_in_file(office)
        for column in declared if isinstance(declared, dict) else ():
            if column not in dates:
                problem = _("is not a column of dates of this table.")
                remedy = did_you_mean(column, dates, _("Remove it."))
                key = f"tables.{table}.date_format"
                yield Fault(name, problem, remedy, column=key, value=column)


def _taken_names(office: Office, name: str) -> list[Fault]:
    """Faults for attributes that would overwrite a column every office has."""
    return [
        Fault(
            name,
            _("is the name of a column that every office has."),
            _("Call the attribute something else."),
            column=f"attributes.{attribute}",
        )
        for attribute in (*office.attributes, *office.unanswered)
        if attribute in TAKEN
    ]


def _unknown_references(office: Office, name: str) -> list[Fault]:
    """Faults for every key that names an attribute or activity that is not declared."""
    attributes = [*office.attributes, *BUILT_IN_TYPES]
    activities = list(office.activities)
    moments = list(office.moments)

    named = [(f"attributes.{a}.known", d.known, moments) for a, d in office.attributes.items()]
    named.append(("handler_known", office.handler_known, moments))
    named.append(("risk.at", office.risk.at, moments))
    for limit in office.limits:
        named.append((f"limits.{limit.code}.start", limit.start, ["opened", *activities]))
        named.append((f"limits.{limit.code}.end", limit.end, ["closed", *activities]))
        of_clock = activities_of(limit)
        named += [(f"limits.{limit.code}.{key}", code, activities) for key, code in of_clock]
    named += [("fairness", group, [*attributes, "handler"]) for group in office.fairness]
    named += [("risk.similar_by", similar, attributes) for similar in office.risk.similar_by]
    named += [
        ("accepted_leaks", leak.column, [*attributes, "handler", "opened_at", "closed_at"])
        for leak in office.accepted_leaks
        if "." not in leak.column  # else a feature
    ]
    effort = office.effort.attribute
    named += [("effort.attribute", effort, list(office.attributes))] if effort else []
    subject = office.reviews.same_subject if office.reviews else None
    named += [("reviews.same_subject", subject, attributes)] if subject else []
    named += [(key, counts_as, list(known)) for key, counts_as, known in _mapped(office)]
    for key, conditions in all_conditions(office):
        for test in conditions:
            named += [(key, test.attribute, attributes)] if test.attribute else []
            named += [(key, code, activities) for code in (test.event, test.then) if code]
    wrong = [use for use in named if use[1] not in use[2]]
    return [
        _not_answered(name, *use[:2]) if use[1] in office.unanswered else _not_declared(name, *use)
        for use in wrong
    ]


def _not_answered(name: str, key: str, attribute: str) -> Fault:
    problem = _("is an attribute of which nobody has said when it is known.")
    remedy = _("Say it under [attributes.{attribute}].", attribute=attribute)
    return Fault(name, problem, remedy, column=key, value=attribute)


def _not_declared(name: str, key: str, value: str, known: list[str]) -> Fault:
    otherwise = _("Declare it under [attributes] or [activities].")
    problem = _("is not declared in this office file.")
    return Fault(name, problem, did_you_mean(value, known, otherwise), column=key, value=value)


def _mapped(office: Office) -> Iterator[tuple[str, str, dict[str, str | None]]]:
    """Of each old grade and dimension its key, what it counts as, and that of all of its sort."""
    if office.reviews is None:
        return
    sorts = {
        "grades": {grade.code: grade.maps_to for grade in office.reviews.grades},
        "dimensions": {code: one.maps_to for code, one in office.reviews.dimensions.items()},
    }
    for sort, mapped in sorts.items():
        for code, counts_as in mapped.items():
            if counts_as:
                yield f"reviews.{sort}.{code}.maps_to", counts_as, mapped


def _mapped_to_old(office: Office, name: str) -> Iterator[Fault]:
    """A fault for each old grade or dimension that counts as one that is old itself."""
    for key, counts_as, mapped in _mapped(office):
        if mapped.get(counts_as):
            problem = _("is a code that is old itself.")
            yield Fault(name, problem, _("Map it to a present one."), column=key, value=counts_as)


def _grades_at_odds(office: Office, name: str) -> Iterator[Fault]:
    """Faults for grades that stand twice, or map to one of another meaning."""
    grades = office.reviews.grades if office.reviews else ()
    twice = [code for code, times in Counter(grade.code for grade in grades).items() if times > 1]
    for code in twice:
        remedy = _("Keep one of the two.")
        yield Fault(name, DECLARED_TWICE, remedy, column="reviews.grades", value=code)
    by_code = {grade.code: grade for grade in grades if grade.code not in twice}
    for grade in grades:
        target = by_code.get(grade.maps_to or "")
        if target and target.defect != grade.defect:
            key = f"reviews.grades.{grade.code}.maps_to"
            problem = _("differs in whether it is a defect.")
            remedy = _("Map it to another grade, or correct `defect`.")
            yield Fault(name, problem, remedy, column=key, value=grade.maps_to)


def _declared_twice(office: Office, name: str) -> Iterator[Fault]:
    """A fault for each code that two rules, limits or schedules share."""
    groups = {
        "rules": [rule.code for rule in office.rules],
        "limits": [limit.code for limit in office.limits],
        "process": [rule.code for rule in office.process],
        "schedules": [schedule.code for schedule in office.schedules],
        "intake.rules": [rule.code for rule in office.intake.rules],
        "assignment.skills": [skill.code for skill in office.assignment.skills],
    }
    for key, codes in groups.items():
        for code, times in Counter(codes).items():
            if times > 1:
                remedy = _("Give one of the two another code.")
                yield Fault(name, DECLARED_TWICE, remedy, column=key, value=code)


def _unfit_similarities(office: Office, name: str) -> Iterator[Fault]:
    """A fault for each entry of `risk.similar_by` that no feature can be made of.

    By kind, unit and handler cases count as similar anyway, and features are named after
    one attribute or after two joined by `_and_`.
    """
    similar = office.risk.similar_by
    pairs = ["_and_".join(pair) for pair in combinations(similar, 2)]
    names = Counter(["office", "kind", "unit", "handler", *similar, *pairs])
    for entry in dict.fromkeys(similar):
        declared = office.attributes.get(entry)
        if names[entry] > 1:
            problem = _("is the name of another way of being similar.")
            remedy = _("Leave it out, or call the attribute something else.")
        elif entry in BUILT_IN_TYPES or (declared and declared.type != "code"):
            problem, remedy = _("is not a code."), _("Name attributes of type code only.")
        else:
            continue
        yield Fault(name, problem, remedy, column="risk.similar_by", value=entry)


def _unfit_subject(office: Office, name: str) -> Iterator[Fault]:
    """A fault if what says which cases concern the same subject is not a code."""
    subject = office.reviews.same_subject if office.reviews else None
    declared = office.attributes.get(subject or "")
    if (declared.type if declared else BUILT_IN_TYPES.get(subject or "", "code")) != "code":
        problem, remedy = _("is not a code."), _("Name an attribute of type code, kind or unit.")
        yield Fault(name, problem, remedy, column="reviews.same_subject", value=subject)


def _unfit_effort(office: Office, name: str) -> Iterator[Fault]:
    """A fault if effort is measured by what is not a number, or known before the work is done."""
    attribute = office.effort.attribute
    declared = office.attributes.get(attribute or "")
    if declared and (declared.type, declared.known) != ("number", CLOSING):
        problem = _("is not a number known at closing.")
        remedy = _("Name an attribute of type number, known at closing, or leave it out.")
        yield Fault(name, problem, remedy, column="effort.attribute", value=attribute)


def _unfit_lists(office: Office, name: str) -> Iterator[Fault]:
    """Faults in which further columns a list shows, and by which it is sorted."""
    columns, list_by = office.spot_checks.columns, office.spot_checks.list_by
    for column, times in Counter(columns).items():
        if column in OF_EVERY_LIST or column in TAKEN:
            problem = _("is the name of a column that every office has.")
            remedy = _("Leave it out, or give the column another name.")
        elif times > 1:
            problem, remedy = DECLARED_TWICE, _("Keep one of the two.")
        else:
            continue
        yield Fault(name, problem, remedy, column="spot_checks.columns", value=column)
    known = [*SORTABLE, *columns]
    if list_by is not None and list_by not in known:
        problem = _("is not a column that a list can be sorted by.")
        remedy = _("Give one of these: {choices}.", choices=listed(known))
        yield Fault(name, problem, remedy, column="spot_checks.list_by", value=list_by)


def _people_compared(office: Office, name: str) -> Iterator[Fault]:
    """A fault if the report is to compare the people who handled the cases."""
    if "handler" in office.fairness:
        problem = _("are people: cases are assessed, not those who handle them.")
        remedy = _("Name attributes of cases.")
        yield Fault(name, problem, remedy, column="fairness", value="handler")


def _unfit_rectification(office: Office, name: str) -> Iterator[Fault]:
    """Faults in how findings are followed: nothing to follow, or answered when all is final."""
    rectification, reviews = office.rectification, office.reviews
    if rectification is None:
        if office.goals.rectified_within_days is not None:
            problem = _("asks about findings, and none are followed.")
            remedy = _("Add a section [rectification], or leave the goal out.")
            yield Fault(name, problem, remedy, column="goals.rectified_within_days")
        return
    if reviews is None:
        problem, remedy = _("follows findings of reviews, and there are none."), _("Add [reviews].")
        yield Fault(name, problem, remedy, column="rectification")
    elif rectification.answer_days > reviews.maturity_days:
        problem = _(
            "is more than `reviews.maturity_days`: the grade would be final before the handler "
            "must have answered."
        )
        remedy = _("Give fewer days, or let grades become final later.")
        yield Fault(name, problem, remedy, column="rectification.answer_days")
    elif rectification.answer_days >= rectification.days:
        problem = _("leaves no day to rectify a defect once its handler can answer no more.")
        remedy = _("Give fewer days than `rectification.days`.")
        yield Fault(name, problem, remedy, column="rectification.answer_days")
