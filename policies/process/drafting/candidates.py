"""The rules that a log suggests, with how often they held and cases in which they did not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from cases.draft.words import free_name
from cases.errors import BadInput, Fault
from cases.language.catalogues import languages
from cases.language.messages import _
from cases.office.model import Office
from cases.office.work.process import ProcessRule
from cases.tables.tables import Tables, moments_of
from features.as_of import cut
from policies.process.breaches import breaches_of
from policies.process.drafting.log import Log
from policies.process.drafting.naming import code_of, meaning_of
from policies.process.drafting.proposals import FEWEST, HOLDS, Proposal, Proposals

SHOWN = 3  # counter-examples


@dataclass(frozen=True)
class Candidate:
    """A rule that a person may decide to have.

    `tried` is the number of closed cases that it is about, `held` of those in which it held;
    `against` names some of the others.
    """

    rule: ProcessRule
    tried: int
    held: int
    against: tuple[str, ...]


@dataclass(frozen=True)
class Drafted:
    """The candidates, from how many closed cases, and when the first and the last was closed."""

    candidates: tuple[Candidate, ...]
    cases: int
    first: datetime
    last: datetime


def drafted_process(tables: Tables) -> Drafted:
    """What the log suggests, sort by sort, the most tried first; `BadInput` if it is too short.

    Rules that the office file has already are left out.
    """
    log = Log.of(tables)
    if log.cases.height < FEWEST or not log.activities:
        raise _too_little()
    tried = _tried(tables, log, list(Proposals(log, tables.office.roles).all()))
    kept = [one for one in _best(tried) if not _is_declared(tables.office, one.rule)]
    closed = log.cases["closed_at"]
    return Drafted(tuple(kept), log.cases.height, closed[0], closed[-1])


def _too_little() -> BadInput:
    problem = _("has fewer than {count} closed cases with declared activities.", count=FEWEST)
    remedy = _("Declare what happens under [activities], or wait until there are more cases.")
    return BadInput([Fault("events", problem, remedy)])


def _tried(tables: Tables, log: Log, proposals: Sequence[Proposal]) -> list[Candidate]:
    """Every proposal as a candidate, tried by the judge of breaches on the cases of the log."""
    rules = _rules(tables.office, proposals)
    office = tables.office.model_copy(update={"process": rules})
    trial = Tables.of(
        office, tables.case_rows, events=tables.event_rows, calendar=tables.rows("calendar")
    )
    asked = log.cases.select("case_id", moment=pl.lit(tables.latest_record, pl.Datetime("us")))
    broken: dict[str, dict[str, None]] = {rule.code: {} for rule in rules}
    for breach in breaches_of(trial, cut(trial, moments_of(asked))):
        broken[breach.rule][breach.case_id] = None
    return [
        Candidate(
            rule,
            tried=int(proposal.tried.sum()),
            held=int(proposal.tried.sum()) - len(broken[rule.code]),
            against=tuple(broken[rule.code])[:SHOWN],
        )
        for rule, proposal in zip(rules, proposals, strict=True)
    ]


def _rules(office: Office, proposals: Sequence[Proposal]) -> tuple[ProcessRule, ...]:
    """The proposals as rules, with codes that no rule has yet."""
    used = {rule.code for rule in office.process}
    rules = []
    for proposal in proposals:
        code = free_name(code_of(proposal), used)
        used.add(code)
        said = meaning_of(office, proposal)
        words = {language: said.say(language) for language in languages()}
        keys = {"code": code, "meaning": words, "rule": proposal.rule, **proposal.keys}
        rules.append(ProcessRule.model_validate(keys))
    return tuple(rules)


def _best(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """Those that hold; of a step before another the one that asks for it each time, if it does."""
    each_time = set()
    for one in candidates:
        if one.held < HOLDS * one.tried:
            continue
        pair = one.rule.activity, one.rule.before
        if one.rule.rule == "must_precede":
            each_time.add(pair)
        if one.rule.rule != "must_happen" or pair not in each_time:
            yield one


def _is_declared(office: Office, rule: ProcessRule) -> bool:
    """Whether the office file has a rule of the same sort about the same steps."""

    def about(one: ProcessRule) -> tuple[object, ...]:
        return one.rule, one.activity, {*one.activities}, one.before, one.after

    return any(about(rule) == about(declared) for declared in office.process)
