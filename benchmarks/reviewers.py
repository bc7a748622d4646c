"""Whether reviewers get the readings in the shares that were published, and nobody else does.

    .venv/bin/python benchmarks/reviewers.py DEMO/.triage/reviewers/PLAN [--draws 2000]

Draws again and again, each time with another seed, who reviews the cases of a folder that
`triage begin` kept: first readers, and given these the second ones. Of every case, reading and
reviewer the number of draws is compared with the sum of the probabilities published in each
draw. Printed are the largest deviation in standard errors with what the largest of so many
would be by luck (95 % of the time less than), the share beyond 1.96 (5 % by luck), and how
often somebody was drawn who may not review the case, or who reads it first.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.stats import norm

from policies.reviewers.draw import DrawnReviewers
from serving.kept.folders import json_object
from serving.kept.reviewers.checks import draw_again
from serving.kept.reviewers.folder import JSON_FILE

LEAST = 5.0  # draws expected of a cell that is compared, and expected not to be


def main() -> None:
    """Draw and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--draws", type=int, default=2000)
    asked = arguments.parse_args()
    described = json_object(asked.folder / JSON_FILE)
    sums: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    wrong = same = readings = 0
    for number in range(asked.draws):
        parameters = described["parameters"] | {"seed": f"benchmark {number}"}
        drawn = draw_again(asked.folder, described | {"parameters": parameters})
        _add(drawn, sums)
        wrong += _ineligible(drawn)
        same += _read_twice_by_one(drawn)
        readings += sum(one.reviewer is not None for one in drawn.given)
    z = _deviations(sums)
    luck = norm.ppf(0.5 + 0.5 * 0.95 ** (1 / len(z)))
    print(f"{asked.draws} draws, {readings:,} readings given, {len(z):,} cells compared")
    print(f"largest deviation {np.abs(z).max():.2f} standard errors (by luck below {luck:.2f})")
    print(f"beyond 1.96: {(np.abs(z) > 1.96).mean():.1%}; mean square {(z**2).mean():.3f}")
    print(f"readers who may not review the case: {wrong}; second readers who read first: {same}")


def _add(drawn: DrawnReviewers, sums: dict[tuple[str, str, str], list[float]]) -> None:
    """Add to each cell: whether it was drawn, its probability, and the variance of the draw."""
    given = {(one.reading, one.case_id): one.reviewer for one in drawn.given}
    for reading, draw in drawn.draws.items():
        some = draw.chances.drop_nulls("handler").select("case_id", "handler", "probability")
        for case_id, reviewer, p in some.iter_rows():
            cell = sums[reading, case_id, reviewer]
            cell[0] += given[reading, case_id] == reviewer
            cell[1] += p
            cell[2] += p * (1 - p)


def _deviations(sums: dict[tuple[str, str, str], list[float]]) -> np.ndarray:
    """Numbers less what was published, in standard errors, where there is enough to compare."""
    count, published, variance = np.array(list(sums.values())).T
    enough = variance >= LEAST
    deviations: np.ndarray = (count - published)[enough] / np.sqrt(variance[enough])
    return deviations


def _ineligible(drawn: DrawnReviewers) -> int:
    """Who was drawn and may not review the case, worked out from the tables anew."""
    worked = dict(drawn.cases.select("case_id", "handled_by").iter_rows())
    recused = {*drawn.recusals.select("case_id", "handler").iter_rows()}
    units = dict(drawn.cases.select("case_id", "unit").iter_rows())
    kinds = dict(drawn.cases.select("case_id", "kind").iter_rows())
    people = {row["reviewer"]: row for row in drawn.reviewers.to_dicts()}
    day, wrong = drawn.parameters.as_of.date(), 0
    for one in drawn.given:
        who = people.get(one.reviewer or "")
        if who is None:
            continue
        away = who["absent_from"] or who["absent_until"]
        wrong += (
            one.reviewer in worked[one.case_id]
            or (one.case_id, one.reviewer) in recused
            or (drawn.parameters.other_unit and who["unit"] == units[one.case_id] is not None)
            or (who["kinds"] is not None and kinds[one.case_id] not in who["kinds"].split(";"))
            or bool(away and (who["absent_from"] or day) <= day <= (who["absent_until"] or day))
        )
    return wrong


def _read_twice_by_one(drawn: DrawnReviewers) -> int:
    first = {one.case_id: one.reviewer for one in drawn.given if one.reading == "first"}
    second = [one for one in drawn.given if one.reading == "second" and one.reviewer is not None]
    return sum(one.reviewer == first[one.case_id] for one in second)


if __name__ == "__main__":
    main()
