"""No advice denies a finding, in whatever combination findings come."""

from __future__ import annotations

from itertools import product
from math import prod

from cases.language.catalogues import languages
from evaluation.report.findings.decisions import DECISIONS, NONE, decisions
from evaluation.report.findings.kinds import KINDS, Kind

# What nobody can decide who believes the finding: read from the two sentences, written by hand.
NOT_OURS = {"start", "not_in_use"}
NO_ORDER = {
    *("cases_or_reviewers", "reviewers_alone", "does_not_pay", "complex_not_seen", "lost"),
    *("untested", "too_few"),
}
DENIED: dict[str, set[str]] = {
    "choose": NOT_OURS | NO_ORDER | {"behind", "stand_ins"},
    "route": NO_ORDER | {"not_in_use", "routed_badly"},
    "order": NOT_OURS | NO_ORDER | {"level_holds"},
    "not_yet": {"pays", "pays_in_part", "complex_seen"},
    "simpler": {"ahead"},
    "train": {"data_changed"},
    "more": {"data_changed"},
    "draw": {"rate_known"},
}


def subjects() -> dict[str, list[str]]:
    """The codes of the findings of each subject, of which a report has one at most."""
    return {
        subject: [code for code, kind in KINDS.items() if kind.subject == subject]
        for subject in dict.fromkeys(kind.subject for kind in KINDS.values())
    }


def weight(kind: Kind) -> tuple[object, ...]:
    """What counts of a finding when decisions are chosen."""
    return kind.shows, kind.refutes, kind.calls_for


def distinct(codes: list[str]) -> list[tuple[str, ...]]:
    """One finding of each weight, and none where one weighs nothing or there may be none."""
    by_weight = {weight(KINDS[code]): (code,) for code in reversed(codes)}
    by_weight.pop((NONE, NONE, ()), None)
    return [(), *by_weight.values()]


def combinations() -> int:
    """How many combinations of findings there are."""
    return prod(1 + len(codes) for codes in subjects().values())


def test_no_advice_denies_a_finding() -> None:
    """Every combination of findings: none of the decisions on the front page denies any of them.

    Findings that show, refute and call for the same count once. Those without a claim whose
    decision takes nothing for granted add that decision to any advice, and are combined with none.
    """
    entangled = {
        subject: distinct(codes)
        for subject, codes in subjects().items()
        if any(KINDS[code].shows or KINDS[code].refutes for code in codes) or subject == "since"
    }
    assert combinations() > 1_000_000
    tried = 0
    for chosen in product(*entangled.values()):
        codes = {code for part in chosen for code in part}
        advised = decisions(KINDS[code] for code in codes)
        assert advised
        assert all(codes.isdisjoint(DENIED.get(one, ())) for one in advised), (codes, advised)
        tried += 1
    assert tried == prod(map(len, entangled.values())) > 10_000


def test_what_is_denied_is_as_the_sentences_say() -> None:
    """The rule by claims and the table written by hand from the sentences are the same."""
    by_rule = {
        code: {
            name
            for name, kind in KINDS.items()
            if decision.assumes & kind.refutes or decision.rejects & kind.shows
        }
        for code, decision in DECISIONS.items()
    }
    assert {code: names for code, names in by_rule.items() if names} == DENIED


def test_findings_without_a_claim_only_add_their_decision() -> None:
    """What the combinations leave out changes no other advice."""
    for subject, codes in subjects().items():
        for code in codes:
            kind = KINDS[code]
            if kind.shows or kind.refutes or subject == "since":
                continue
            assert all(not DECISIONS[one].assumes for one in kind.calls_for), code
            assert all(not DECISIONS[one].rejects for one in kind.calls_for), code


def test_decisions_and_findings_know_each_other() -> None:
    """Each decision called for exists, each is called for, and every refutation calls for one."""
    called = {code for kind in KINDS.values() for code in kind.calls_for}
    assert called | {"again"} == set(DECISIONS)
    for code, kind in KINDS.items():
        assert kind.calls_for or not kind.refutes, code
        if kind.calls_for:
            assert set(decisions([kind])) & set(kind.calls_for), code


def test_decisions_are_of_an_office() -> None:
    """No command stands in what is to be decided, in any language; how to do it is said apart."""
    for decision in DECISIONS.values():
        for language in languages():
            assert "`" not in decision.says.say(language)
            assert "triage" not in decision.says.say(language)
            assert decision.how.say(language)


def test_nothing_found_means_to_look_again() -> None:
    """Where no finding calls for anything the office looks again later."""
    assert decisions([]) == ("again",)
    assert decisions([KINDS["rate_known"], KINDS["cases_alike"]]) == ("again",)
