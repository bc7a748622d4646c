"""What the gate stops and what it lets pass: sabotaged candidates, and such as are truly better.

    python benchmarks/gate_trials.py run RESULTS.jsonl [--offices 25]
    python benchmarks/gate_trials.py show RESULTS.jsonl

Every office is a demo office of 20,000 cases of its own seed, whose true probabilities are known.
Its champion was trained on what was known by June 2025; a candidate a year later, and it is put
to all that stands before promotion: leak finder, the past that must stand still, tables that must
be up to date and, in the first `COMPARED` offices, worth and the comparison with the champion. What
each says is kept apart. `run` goes on where it stopped: a trial with a line in RESULTS is not made
again.

Sabotaged is the data that the candidate is trained on, from its first day to its last, and by
which the gate judges it; nobody has other data.

flipped    the grade of every review turned to the other outcome with probability 0.2
leaked     one more column that knows the outcome, of five strengths in turn (`LEAKS`)
shifted    in one unit, the values of every code exchanged for each other; the unit in turn
stale      in turn: no event of the last year; or no record at all of the last year, said to be new

A true AUC is of the 7,000 cases closed in the year before that nobody reviewed, by whether each
truly has a defect, their facts as they truly are; of a leaked column what it holds there. (Not by
the probability in `truth.parquet`: an office's own check, a fact since July 2025, has seen the very
defect.) A sabotaged candidate *harms* if its true AUC is lower than that of the honest candidate by
`HARM` or more; set before the first run.

A true gain is that of the way of training: the unreviewed cases of each quarter are scored by what
was fitted before it, and by the champion. Gains are of two sorts. *Noise*: on the champion's
or on the candidate's log-odds, so that their true AUC differs by exactly as much. *Facts*: a
champion that was given some of the facts only, so that it differs by about as much (`NEAR`).

To be quicker, only the regression is fitted, which is what training mostly picks here, and of the
baselines only the base rate; complexity and effort are left out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtr

from benchmarks.gate_offices import (
    CASES,
    CHAMPION_OF,
    LEAKS,
    NEW,
    SABOTAGE,
    Place,
    auc,
    quickly,
    sabotaged,
    trained,
)
from cases.numeric import Floats, Z
from cases.progress import silent
from cases.tables.tables import Tables
from evaluation.leaks.finder import find_leaks, stopping
from evaluation.promotion import gate
from evaluation.promotion.comparison import MARGINS, later_scores
from evaluation.promotion.gate import Verdict, against_champions
from evaluation.promotion.last_year import run_last_year_backtest
from evaluation.promotion.same_past import changes, learnt_from
from evaluation.promotion.up_to_date import behind
from evaluation.statistics.metrics import wilson_interval
from features.catalogue import risk_features
from models.bundle.bundle import Bundle

OFFICES, SEED = 25, 7_000
COMPARED = 5  # offices in which the sabotaged are fitted and compared, too; it takes long
EACH = 2  # trials of each sabotage in an office
HARM = 0.01  # of true AUC
GAINS = (0.0, 0.02, 0.05, -0.02)
NEAR = 0.006  # of true AUC
SHARES = (0.9, 0.7, 0.5, 0.4, 0.3)  # of the facts, for a champion that knows less


# Trials: one line of results each.


def trial(place: Place, tables: Tables, kind: str, *, compared: bool) -> dict[str, Any]:
    """What everything before promotion says of a candidate trained on `tables`.

    With a further column the champion is of other definitions, and nothing is compared; that it is
    worth using is plain from what the column knows. Others have no column to be found.
    """
    said = guards(place, tables, kind)
    if not compared:
        return said
    bundle = trained(tables, NEW)
    if kind != "leaked":
        worth = gate._worth(tables, bundle, run_last_year_backtest(tables, bundle, silent), 1)
        said |= {"worth": worth.holds, "why": str(worth.reason)}
        said |= compared_with(tables, bundle, place.champion)
    return {
        **said,
        "auc": place.auc(bundle, tables if kind == "leaked" else None),
        "honest": place.auc(place.honest),
    }


def guards(place: Place, tables: Tables, kind: str) -> dict[str, Any]:
    """What is said before any comparison: of leaks, of the past, of how far the tables reach."""
    late = behind(tables, NEW)
    said: dict[str, Any] = {"behind": None if late is None else str(late)}
    if kind in {"honest", "leaked"}:
        found = find_leaks(tables, NEW)
        said["leaks"] = [[one.column, one.severity] for one in found]
        said["stops"] = [one.column for one in stopping(tables.office, found)]
    if kind != "leaked":
        now = learnt_from(tables, place.champion, NEW)
        past = changes(place.learnt, now)
        said["past"] = {"too_many": past.too_many, "says": str(past.says(tables.office))}
    return said


def compared_with(tables: Tables, bundle: Bundle, champion: Bundle) -> dict[str, Any]:
    """The comparison with the champion, and its figures."""
    scores = later_scores(tables, bundle, champion)
    return _said(against_champions(scores), scores)


def _said(verdict: Verdict, scores: pl.DataFrame) -> dict[str, Any]:
    figures = {name.removeprefix("gate."): value for name, value in verdict.figures.items()}
    positives = int(scores["y"].sum())
    return {"holds": verdict.promoted, "n": scores.height, "bad": positives, "figures": figures}


def of_noise(place: Place, gain: float) -> dict[str, Any]:
    """The comparison of scores whose true AUC differs by exactly `gain`."""
    unseen = place.out_of_time
    unseen = unseen.with_columns(champion=place.champion.answer("risk", unseen)["risk"])
    honest = auc(unseen["true"], unseen["candidate"]) - auc(unseen["true"], unseen["champion"])
    name = "champion" if gain > honest else "candidate"
    rng = np.random.default_rng([place.seed, round(100 * gain) + 50])
    noise = rng.standard_normal(unseen.height)

    def off(spread: float) -> float:
        noised = unseen.with_columns(under_noise(unseen[name], spread, noise))
        own, other = (auc(noised["true"], noised[one]) for one in ("candidate", "champion"))
        return own - other - gain

    spread, scores = float(brentq(off, 0.0, 20.0, xtol=1e-3)), place.scores
    noised = under_noise(scores[name], spread, rng.standard_normal(scores.height))
    scores = scores.with_columns(noised)
    return {"gain": gain, "real": honest, **_said(against_champions(scores), scores)}


def under_noise(score: pl.Series, spread: float, noise: Floats) -> pl.Series:
    """Probabilities of log-odds under noise, drawn together so far that they stay right."""
    z = logit(score.to_numpy())
    shrunk = z.var() / (z.var() + spread**2)
    return pl.Series(score.name, expit(z.mean() + shrunk * (z - z.mean() + spread * noise)))


def of_facts(place: Place) -> Iterator[dict[str, Any]]:
    """Champions that know some of the facts, the nearest to each true gain of none or more."""
    rng = np.random.default_rng([place.seed, 99])
    names, unseen = np.array(risk_features(place.tables.office)), place.out_of_time
    best, known = auc(unseen["true"], unseen["candidate"]), []
    for share in SHARES:
        some = sorted(rng.choice(names, max(3, round(share * len(names))), replace=False).tolist())
        less = trained(place.tables, CHAMPION_OF, some)
        known.append((best - auc(unseen["true"], less.answer("risk", unseen)["risk"]), less))
    for gain in GAINS[:3]:
        real, less = min(known, key=lambda one: abs(one[0] - gain))
        if abs(real - gain) <= NEAR:
            yield {"gain": gain, "real": real, **compared_with(place.tables, place.honest, less)}


def run(results: Path, offices: int) -> None:
    """Every trial that has no line yet."""
    done = {(line["office"], line["what"], line["at"]) for line in lines(results)}
    with results.open("a", encoding="utf-8") as file, quickly():
        for number in range(offices):
            for what, at, made in _trials(number, done):
                print(
                    json.dumps({"office": number, "what": what, "at": at, **made}),
                    file=file,
                    flush=True,
                )


def _trials(
    number: int, done: set[tuple[int, str, int]]
) -> Iterator[tuple[str, int, dict[str, Any]]]:
    wanted = [("honest", number), ("noise", number), ("facts", number)]
    wanted += [(kind, EACH * number + k) for kind in SABOTAGE for k in range(EACH)]
    left = [one for one in wanted if (number, *one) not in done]
    if not left:
        return
    place = Place.made(SEED + number)
    for what, at in left:
        if what == "honest":
            yield what, at, trial(place, place.tables, what, compared=True)
        elif what == "noise":
            yield what, at, {"each": [of_noise(place, gain) for gain in GAINS]}
        elif what == "facts":
            yield what, at, {"each": list(of_facts(place))}
        else:
            tables = sabotaged(place, what, at)
            yield what, at, trial(place, tables, what, compared=number < COMPARED)


def lines(results: Path) -> list[dict[str, Any]]:
    """What there is so far."""
    if not results.exists():
        return []
    return [json.loads(line) for line in results.read_text("utf-8").splitlines()]


def show(results: Path) -> None:
    """The tables: what was stopped, and what passed."""
    made = lines(results)
    print(f"{len({line['office'] for line in made})} offices of {CASES:,} cases\n")
    print("| Sabotage | stopped | of those that harm | true AUC, median | by comparison alone |")
    print("|---|---|---|---|---|")
    for kind in SABOTAGE:
        for name, part in _parts(kind, [line for line in made if line["what"] == kind]).items():
            print(f"| {name} | {_sabotage(part)} |")
    print("\n| True gain | promoted | power, of AUC alone | AUC seen, mean |\n|---|---|---|---|")
    honest = [line for line in made if line["what"] == "honest"]
    print(f"| honest | {_share([not stopped(line) and passed(line) for line in honest])} | | |")
    for sort in ("noise", "facts"):
        each = [one for line in made if line["what"] == sort for one in line["each"]]
        for gain in GAINS:
            part = [one for one in each if one["gain"] == gain]
            if part:
                print(f"| {gain:+.2f}, {sort} | {_gain(part, gain)} |")


def _parts(kind: str, made: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """All of a kind, and its sorts."""
    sorts = {"leaked": LEAKS, "stale": ("no event of the last year", "no record of it")}
    named = sorts.get(kind, ())
    of_sort = {
        f"- {name}": [line for line in made if line["at"] % len(named) == place]
        for place, name in enumerate(named)
    }
    return {f"**{kind}**": made, **of_sort}


def stopped(line: dict[str, Any]) -> bool:
    """Whether anything before worth and comparison stops the candidate."""
    too_many = line.get("past", {}).get("too_many", False)
    return bool(line["behind"] or line.get("leaks") or too_many)


def passed(line: dict[str, Any]) -> bool:
    """Whether worth and comparison let it pass; a leaked column is worth using, it seems."""
    return bool(line.get("worth", True) and line.get("holds", True))


def _sabotage(part: list[dict[str, Any]]) -> str:
    fitted = [line for line in part if "auc" in line]
    harm = [line for line in fitted if line["honest"] - line["auc"] >= HARM]
    lost = [line["auc"] - line["honest"] for line in fitted]
    compared = [line for line in part if "holds" in line]
    return " | ".join(
        (
            _share([stopped(line) or not passed(line) for line in part]),
            _share([stopped(line) or not passed(line) for line in harm]),
            f"{np.median(lost):+.3f}" if lost else "-",
            _share([not passed(line) for line in compared]),
        )
    )


def _gain(part: list[dict[str, Any]], gain: float) -> str:
    errors = [(one["figures"]["auc.at_worst"] - one["figures"]["auc.worse"]) / Z for one in part]
    power = np.mean([ndtr((MARGINS["auc"] + gain) / error - Z) for error in errors])
    seen = np.mean([-one["figures"]["auc.worse"] for one in part])
    return f"{_share([one['holds'] for one in part])} | {power:.2f} | {seen:+.3f}"


def _share(flags: Sequence[bool]) -> str:
    """So many of so many, and Wilson's interval."""
    if not flags:
        return "-"
    low, high = wilson_interval(sum(flags) / len(flags), len(flags))
    return f"{sum(flags)} of {len(flags)} ({low:.0%} to {high:.0%})"


def main() -> None:
    """Run or show."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("run", "show"))
    parser.add_argument("results", type=Path)
    parser.add_argument("--offices", type=int, default=OFFICES)
    chosen = parser.parse_args()
    if chosen.what == "run":
        run(chosen.results, chosen.offices)
    show(chosen.results)


if __name__ == "__main__":
    main()
