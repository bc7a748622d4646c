"""What assignment promises, tried: balance, floor, recusals and shares.

    .venv/bin/python benchmarks/assignment.py [--only balance|shares]

`balance`: a demo office of 100 handlers in memory, eighteen months of arrivals of which the
last twelve count, in daily batches and one case at a time (singly). Each way to assign sees the
expected work left: an effort predicted at intake (least squares on the logarithm, fitted on
cases decided before the start; or the true effort) that falls in a straight line over the
usual days to a decision. Printed is the coefficient of variation of load per capacity at the
end of every working day, of expected and of true work left, among handlers of the same unit
and kinds (weighted by their number) and over the whole office.

`shares`: whether the check of realised shares keeps its level on honest redraws of those
assignments, and finds cheats.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import polars as pl

from cases.demo import simulate
from cases.demo.clock import START
from cases.numeric import Flags, Floats, Ints
from evaluation.intake.shares import check_shares
from policies.assignment.assign import assign
from policies.assignment.draw import draw_handlers
from policies.assignment.eligibility import RECUSALS
from policies.assignment.result import AssignmentParameters, DrawnAssignment

CASES = 25_000  # for about 100 handlers
BEGIN, COUNT_FROM, END = 182.0, 366.0, 731.0  # days
RECUSED = 0.03  # of pairs of a case and a handler of its unit
FLOORS = (0.0, 0.05, 0.1, 0.2, 0.5)


@dataclass
class Office:
    """What the simulation knows: cases in order of opening, handlers, and who is recused."""

    cases: pl.DataFrame
    handlers: pl.DataFrame
    recused: Flags  # (cases, handlers)
    eligible: Flags  # without the recused

    @classmethod
    def make(cls, seed: int = 2026) -> Office:
        """A demo office with recusals, and an effort predicted for every case."""
        rng = np.random.default_rng(seed)
        cases, handlers = simulate(rng, CASES)
        cases = cases.sort("opened").with_columns(predicted=predicted(cases.sort("opened")))
        cases = cases.filter(pl.col("opened").is_between(BEGIN, END))
        unit = cases["unit"].to_numpy()[:, None] == handlers["unit"].to_numpy()
        takes = handlers["kinds"].fill_null("").to_numpy()
        kind = (takes == "") | (cases["kind"].to_numpy()[:, None] == takes)
        recused = (rng.random(unit.shape) < RECUSED) & unit
        recused &= (unit & kind & ~recused).any(axis=1)[:, None]
        return cls(cases, handlers, recused, unit & kind & ~recused)


def predicted(cases: pl.DataFrame) -> Floats:
    """Expected effort from intake facts, fitted on what was decided before `BEGIN`."""
    facts = cases.select(
        one=1.0,
        volumes=pl.col("evidence_volumes").log(),
        suspects=pl.col("suspects").log(),
        juvenile=pl.col("juvenile").cast(pl.Float64),
        cross=pl.col("cross_region").cast(pl.Float64),
    ).hstack(cases.select("charge", "kind").to_dummies(drop_first=True).cast(pl.Float64))
    x, y = facts.to_numpy(), np.log(cases["effort"].to_numpy())
    known = cases["decided"].to_numpy() < BEGIN
    weights, *_ = np.linalg.lstsq(x[known], y[known], rcond=None)
    spread = np.var(y[known] - x[known] @ weights)
    expected: Floats = np.exp(x @ weights + spread / 2)
    return expected


Choice = Callable[["State", Ints], Ints]


@dataclass
class State:
    """A running simulation: who has which case, and what remains of it."""

    office: Office
    effort: Floats  # as the policy sees it
    now: float = BEGIN
    handler: Ints = field(init=False)
    kept: list[DrawnAssignment] = field(default_factory=list)
    spreads: list[tuple[float, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        cases = self.office.cases
        self.handler = np.full(cases.height, -1, np.int64)
        self.opened = cases["opened"].to_numpy()
        self.decided = cases["decided"].to_numpy()
        self.true = cases["effort"].to_numpy()
        days = (pl.col("decided") - pl.col("opened")).mean().over("kind")
        self.usual = cases.select(days).to_series().to_numpy()
        self.capacity = self.office.handlers["capacity"].to_numpy()
        places = self.office.handlers.select("unit", pl.col("kinds").fill_null(""))
        self.alike = places.select(pl.concat_str(pl.all(), separator=":")).to_series().to_numpy()

    def _sum(self, work: Floats, running: Flags) -> Floats:
        return np.bincount(self.handler[running], work[running], len(self.capacity)).astype(float)

    def loads(self) -> tuple[Floats, Floats, Floats]:
        """Expected and true work left of every handler, and the number of undecided cases."""
        running = (self.handler >= 0) & (self.decided > self.now)
        age = self.now - self.opened
        left = np.clip(1 - age / self.usual, 0.1, 1)
        truly = np.clip(1 - age / (self.decided - self.opened), 0, 1)
        return (
            self._sum(self.effort * left, running),
            self._sum(self.true * truly, running),
            self._sum(np.ones(len(age)), running),
        )

    def measure(self) -> None:
        """Note today's coefficients of variation."""
        expected, true, _ = self.loads()
        self.spreads.append(
            tuple(
                spread
                for load in (expected / self.capacity, true / self.capacity)
                for spread in (self._among_alike(load), float(load.std() / load.mean()))
            )
        )

    def _among_alike(self, load: Floats) -> float:
        groups = [load[self.alike == one] for one in np.unique(self.alike)]
        return float(
            np.average(
                [group.std() / group.mean() for group in groups if len(group) > 2],
                weights=[len(group) for group in groups if len(group) > 2],
            )
        )


def run(office: Office, choice: Choice, effort: str, one_by_one: bool = False) -> State:
    """The simulation under one way to choose."""
    state = State(office, office.cases[effort].to_numpy())
    day = np.floor(state.opened)
    for today in np.arange(np.floor(BEGIN), END):
        new = np.flatnonzero(day == today)
        for batch in new[:, None] if one_by_one else [new] if len(new) else []:
            state.now = state.opened[batch[-1]]
            state.handler[batch] = choice(state, batch)
        state.now = today + 1
        if today >= COUNT_FROM and today % 7 < 5:
            state.measure()
    return state


def at_random(seed: int) -> Choice:
    """Everybody eligible alike."""
    rng = np.random.default_rng(seed)

    def choose(state: State, batch: Ints) -> Ints:
        return np.array([rng.choice(np.flatnonzero(state.office.eligible[case])) for case in batch])

    return choose


def greedy(state: State, batch: Ints) -> Ints:
    """One case after the other to the handler with the least per capacity."""
    load, chosen = state.loads()[0], []
    for case in batch:
        who = np.flatnonzero(state.office.eligible[case])
        chosen.append(who[np.argmin(load[who] / state.capacity[who])])
        load[chosen[-1]] += state.effort[case]
    return np.array(chosen)


def by_linear_program(floor: float) -> Choice:
    """The assignment under test."""

    def choose(state: State, batch: Ints) -> Ints:
        office = state.office
        load, _, count = state.loads()
        cases = office.cases[batch].select(
            "case_id", "kind", "unit", effort=pl.Series(state.effort[batch])
        )
        handlers = office.handlers.with_columns(
            load=pl.Series(load), open_cases=pl.Series(count.astype(np.int64))
        )
        case, who = np.nonzero(office.recused[batch])
        recusals = pl.DataFrame(
            {
                "handler": handlers["handler"][who],
                "case_id": cases["case_id"][case],
                "party": pl.Series([None] * len(case), dtype=pl.String),
            },
            schema=RECUSALS,
        )
        moment = START + timedelta(days=float(state.now))
        parameters = AssignmentParameters(as_of=moment, seed=f"benchmark {state.now}", floor=floor)
        found = assign(cases, handlers, recusals, parameters)
        state.kept.append(found)
        given = dict(found.lines.select("case_id", "handler").iter_rows())
        place = {name: number for number, name in enumerate(handlers["handler"])}
        return np.array([place[given[case]] for case in cases["case_id"]])

    return choose


def one_at_a_time(floor: float) -> Choice:
    """What the programme does with a single case, in closed form; every 50th is held against it.

    But for the floor the case goes to the handler with the least half-way through it.
    """
    rng, asked = np.random.default_rng(3), by_linear_program(floor)

    def choose(state: State, batch: Ints) -> Ints:
        load, effort = state.loads()[0], state.effort[batch[0]]
        who = np.flatnonzero(state.office.eligible[batch[0]])
        levels = (load[who] + effort / 2) / state.capacity[who]
        least = who[levels == levels.min()]
        if batch[0] % 50 == 0:
            chosen = asked(state, batch)
            likely = state.kept[-1].chances.sort("probability").row(-1, named=True)
            assert likely["handler"] in state.office.handlers["handler"].gather(least)
            stated = (1 - floor) / len(least) + floor / len(who)
            assert abs(likely["probability"] - stated) < 1e-8
            return chosen
        return np.array([rng.choice(who if rng.random() < floor else least)])

    return choose


def line(name: str, state: State) -> Floats:
    """Print one line of the table of balance and return its figures."""
    figures: Floats = np.mean(state.spreads, axis=0)
    assigned = state.handler >= 0
    broken = ~state.office.eligible[assigned, state.handler[assigned]]
    print(f"{name:34s}" + "".join(f"{x:9.3f}" for x in figures) + f"{broken.sum():9d}", flush=True)
    return figures


def balance() -> State:
    """Figure 3; returns the run with the default floor and predicted effort."""
    office = Office.make()
    print(f"{office.cases.height} cases, {office.handlers.height} handlers")
    print(f"{'':34s}expected: alike, all; true: alike, all; not eligible")
    for effort in ("predicted", "effort"):
        line(f"{effort}: at random", run(office, at_random(1), effort))
        line(f"{effort}: least loaded", run(office, greedy, effort))
        floors = FLOORS if effort == "predicted" else (0.1,)
        for floor in floors:
            state = run(office, by_linear_program(floor), effort)
            line(f"{effort}: programme, floor {floor:g}", state)
            if effort == "predicted" and floor == 0.1:
                default = state
                print(f"least probability over floor: {least_over_floor(state.kept, floor):.9f}")
    singly = {"at random": at_random(1), "least loaded": greedy}
    singly |= {f"programme, floor {floor:g}": one_at_a_time(floor) for floor in FLOORS}
    for name, choice in singly.items():
        line(f"singly: {name}", run(office, choice, "predicted", one_by_one=True))
    singly_true = run(office, one_at_a_time(0.1), "effort", one_by_one=True)
    line("singly, true effort: floor 0.1", singly_true)
    return default


def least_over_floor(kept: list[DrawnAssignment], floor: float) -> float:
    """The smallest probability of an eligible handler, as a multiple of the floor."""
    chances = pl.concat([one.chances for one in kept]).drop_nulls("handler")
    even = 1 / pl.len().over("case_id")
    return float(chances.select((pl.col("probability") / (floor * even)).min()).item())


def shares(state: State, redraws: int = 100) -> None:
    """How often honest redraws are accused, and whether cheats are found."""
    kinds = state.office.cases.select("case_id", "kind")
    kept = [(one.chances, one.lines) for one in state.kept]
    print("as drawn:", check_shares(kept, kinds).sentence.say("en"))
    accused = [
        check_shares([honest(one.chances, f"redraw {seed}") for one in state.kept], kinds)
        for seed in range(redraws)
    ]
    print(f"accused: {sum(not one.agree for one in accused)} of {redraws} honest redraws")
    for name, cheat in (("spared", spare), ("steered", steer)):
        found = [
            check_shares([(c, cheat(c, dealt, number)) for c, dealt in kept], kinds)
            for number in range(10)
        ]
        print(f"{name}: found in {sum(not one.agree for one in found)} of 10")


def honest(chances: pl.DataFrame, seed: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The probabilities and another draw from them."""
    dealt = draw_handlers(chances, seed)
    lines = pl.DataFrame({"case_id": list(dealt), "handler": list(dealt.values())})
    return chances, lines.with_columns(how=pl.lit("drawn"))


def spare(chances: pl.DataFrame, lines: pl.DataFrame, number: int) -> pl.DataFrame:
    """Three in ten of one handler's cases go to a colleague who was eligible."""
    return _moved(chances, lines, f"H{7 * number + 3:03d}", pl.col("case_id").hash(number) % 10 < 3)


def steer(chances: pl.DataFrame, lines: pl.DataFrame, number: int) -> pl.DataFrame:
    """Three in five of one handler's cases of one kind go to a colleague."""
    fraud = pl.col("case_id").str.starts_with("A") & (pl.col("case_id").hash(number) % 5 < 3)
    return _moved(chances, lines, f"H{7 * number + 3:03d}", fraud)


def _moved(
    chances: pl.DataFrame, lines: pl.DataFrame, handler: str, moved: pl.Expr
) -> pl.DataFrame:
    others = chances.filter(pl.col("handler") != handler).sort("probability", descending=True)
    other = others.group_by("case_id", maintain_order=True).agg(other=pl.col("handler").first())
    gone = (pl.col("handler") == handler) & moved & pl.col("other").is_not_null()
    return lines.join(other, on="case_id", how="left").with_columns(
        handler=pl.when(gone).then("other").otherwise("handler")
    )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("balance", "shares"))
    arguments = parser.parse_args()
    if arguments.only in (None, "balance"):
        shares_of = balance()
    if arguments.only == "shares":
        shares_of = run(Office.make(), by_linear_program(0.1), "predicted")
    if arguments.only in (None, "shares"):
        shares(shares_of)


if __name__ == "__main__":
    main()
