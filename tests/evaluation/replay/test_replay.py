"""The replay: what is revealed to whom, and that the figures add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import Refused
from cases.tables.tables import Tables
from evaluation.pages import charts
from evaluation.replay.page import render_replay
from evaluation.replay.replay import ReplayTask, Run, World, _drawn, play, world_of
from evaluation.replay.results import Replay, by_span, facts, missed, replay, totals, unseen
from policies.spot_check.plan import WAYS, Way
from tests.factories.small_office import HOSTILE, small_office

SPAN = {"first": date(2024, 4, 1), "last": date(2024, 7, 31)}


@pytest.fixture(scope="module")
def office() -> Tables:
    """Seven hundred cases of the made-up office; what makes cases alike has a hostile meaning."""
    meaning = {"en": HOSTILE, "zh": HOSTILE}
    attributes = {
        "suspects": {"type": "number", "known": "intake", "meaning": {"en": "suspects"}},
        "charge": {"type": "code", "known": "intake", "meaning": meaning},
        "appealed": {"type": "flag", "known": "closing", "meaning": {"en": "appealed"}},
    }
    return small_office(700, attributes=attributes, risk={"similar_by": ["charge"]})


@pytest.fixture(scope="module")
def world(office: Tables) -> World:
    """Its world: four months, a fifth of the cases reviewed, models fitted anew once."""
    return world_of(office, **SPAN, every="month", retrain="quarter", share=0.2)


@pytest.fixture(scope="module")
def runs(world: World) -> dict[Way, Run]:
    """Every way to choose, once."""
    return {way: play(world, ReplayTask(way, 1)) for way in WAYS}


@pytest.fixture(scope="module")
def result(office: Tables) -> Replay:
    """A whole replay with two seeds."""
    return replay(office, **SPAN, retrain="quarter", share=0.2, seeds=2)


def with_outcomes(world: World, y: pl.Expr) -> World:
    """The world in which the cases of the periods turned out as `y` says."""
    return replace(world, cases=world.cases.with_columns(y=y.cast(pl.Int8)))


@pytest.mark.parametrize("way", WAYS)
def test_only_drawn_labels_are_seen(world: World, runs: dict[Way, Run], way: Way) -> None:
    """With every case that was not drawn the other way round, only the truth changes."""
    drawn = pl.col("case_id").is_in(runs[way].drawn["case_id"].implode())
    poisoned = with_outcomes(world, pl.when(drawn).then("y").otherwise(1 - pl.col("y")))
    again = play(poisoned, ReplayTask(way, 1))
    assert again.drawn.equals(runs[way].drawn)
    for known, other in ((runs[way].periods, again.periods), (runs[way].years, again.years)):
        assert other.drop("defects").equals(known.drop("defects"))
        assert not other["defects"].equals(known["defects"])


@pytest.mark.parametrize("way", WAYS)
def test_labels_of_drawn_cases_are_learnt(world: World, runs: dict[Way, Run], way: Way) -> None:
    """What the drawn cases of the first quarter taught decides, except at random, what comes."""
    other = play(with_outcomes(world, 1 - pl.col("y")), ReplayTask(way, 1))
    same = other.drawn["case_id"].is_in(runs[way].drawn["case_id"].implode())
    assert same.all() == (way == "all_random")
    first = runs[way].periods["reviews"][:3].sum()
    assert same[:first].all()


@pytest.mark.parametrize("way", WAYS)
def test_a_label_is_revealed_once_it_is_final(world: World, way: Way) -> None:
    """Labels that become final after the last period teach nothing, whatever they say."""
    late = replace(world, cases=world.cases.with_columns(known_at=datetime(2030, 1, 1)))
    other = with_outcomes(late, 1 - pl.col("y"))
    assert play(late, ReplayTask(way, 1)).drawn.equals(play(other, ReplayTask(way, 1)).drawn)


def test_features_know_nothing_of_reviews(office: Tables, world: World) -> None:
    """With all grades after the start the other way round, every feature stays as it is."""
    begin = world.periods[0].after
    swapped = pl.col("grade").replace({"good": "bad", "bad": "good"})
    late = pl.col("reviewed_at") > begin
    reviews = office.review_rows.with_columns(pl.when(late).then(swapped).otherwise("grade"))
    other = Tables.of(office.office, office.case_rows, events=office.event_rows, reviews=reviews)
    poisoned = world_of(other, **SPAN, every="month", retrain="quarter", share=0.2)
    assert poisoned.x.equals(world.x)
    assert "history.office_defect_rate" not in world.names
    assert "history.charge_usual_days" in world.names


def test_greedy_is_the_top_of_the_list(world: World, runs: dict[Way, Run]) -> None:
    """In the first month the top of the list is what the first model puts there."""
    month = world.cases.filter(pl.col("period") == "2024-04")
    x = month.join(world.x, on=["case_id", "moment"], maintain_order="left")
    risk = pl.Series("risk", world.first_model.predict(x))
    ranked = month.with_columns(risk).sort("risk", "case_id", descending=[True, False])
    size = runs["top_of_the_list"].periods["reviews"][0]
    assert size == round(0.2 * month.height)
    drawn = runs["top_of_the_list"].drawn["case_id"][:size]
    assert set(drawn) == set(ranked["case_id"][:size])


@pytest.mark.parametrize("way", WAYS)
def test_periods_add_up(world: World, runs: dict[Way, Run], way: Way) -> None:
    """Figures are those of the drawn cases; the months make the year."""
    run = runs[way]
    drawn = run.drawn.join(world.cases, on="case_id", maintain_order="left")
    assert drawn["case_id"].n_unique() == drawn.height
    found = drawn.group_by("period", maintain_order=True).agg(pl.len(), pl.col("y").sum())
    assert run.periods["span"].to_list() == ["2024-04", "2024-05", "2024-06", "2024-07"]
    assert run.periods["reviews"].to_list() == found["len"].to_list()
    assert run.periods["found"].to_list() == found["y"].to_list()
    for name in ("cases", "defects", "reviews", "found"):
        assert run.periods[name].sum() == run.years[name].item()
    assert run.years["cases"].item() == world.cases.height


@given(
    risks=st.lists(st.floats(0, 1), min_size=1, max_size=30),
    share=st.floats(0, 1),
    way=st.sampled_from(["all_random", "top_of_the_list", "top_plus_random"]),
    seed=st.text(min_size=1, max_size=5),
)
def test_as_many_are_drawn_as_are_wanted(
    risks: list[float], share: float, way: Way, seed: str
) -> None:
    """Chances add up to the size, which every draw has; only the top of the list has zeros."""
    size = max(1, round(share * len(risks)))
    frame = pl.DataFrame({"case_id": [f"c{i}" for i in range(len(risks))], "risk": risks})
    chances, drawn = _drawn(frame, way, size, seed)
    pi = chances["inclusion_probability"]
    assert pi.sum() == pytest.approx(size)
    assert len(set(drawn)) == len(drawn) == size
    assert pi.is_between(0, 1).all()
    assert way == "top_of_the_list" or (pi > 0).all()


def test_capacity_is_cases_or_a_share(world: World) -> None:
    """A number of cases is never more than there are; a share is at least one case."""
    assert [world.reviews_of(cases) for cases in (1, 10, 101)] == [1, 2, 20]
    fixed = replace(world, capacity=50)
    assert [fixed.reviews_of(cases) for cases in (1, 10, 101)] == [1, 10, 50]


def test_what_cannot_be_replayed(office: Tables) -> None:
    """Time turned round is an error; without outcomes, or any before, a time is refused."""
    with pytest.raises(ValueError, match="before the first"):
        world_of(office, first=SPAN["last"], last=SPAN["first"], every="month", retrain="year")
    for day in (date(2030, 1, 1), date(2024, 1, 1)):
        with pytest.raises(Refused):
            world_of(office, first=day, last=day, every="month", retrain="year")


def test_totals_by_hand(result: Replay) -> None:
    """Means over the seeds; multiples of what the top of the list and chance found."""
    found = {
        "plan": (6, 4),
        "all_random": (2, 3),
        "top_of_the_list": (5,),
        "top_plus_random": (4, 4),
    }
    lines = [
        {
            "way": way,
            "seed": seed,
            "reviews": 10,
            "found": one,
            "low": 0.1,
            "high": 0.1 * seed + 0.1,
        }
        | {"covered": seed == 1 if way != "top_of_the_list" else None}
        for way, several in found.items()
        for seed, one in enumerate(several, 1)
    ]
    figures = pl.DataFrame(lines)
    by_hand = totals(replace(result, years=figures, periods=figures))
    assert by_hand["way"].to_list() == list(WAYS)
    assert by_hand["found"].to_list() == [5, 2.5, 5, 4]
    assert by_hand["of_top"].to_list() == [1, 0.5, 1, 0.8]
    assert by_hand["of_random"].to_list() == [2, 1, 2, 1.6]
    assert by_hand["covered"].to_list() == [0.5, 0.5, None, 0.5]
    assert by_hand["intervals"].to_list() == [2, 2, 0, 2]
    assert by_hand["width"].to_list() == pytest.approx([0.15, 0.15, 0.1, 0.15])
    nothing = figures.with_columns(found=0)
    assert totals(replace(result, years=nothing, periods=nothing))["of_top"].null_count() == 4


def blind(result: Replay) -> Replay:
    """Two years in which fraud gets worse while the top of the list looks at thefts alone."""
    lines = [
        (f"{year}-{charge}-{i}", year, charge, int(i < bad))
        for year, charge, bad in (
            ("2024", "theft", 5),
            ("2024", "fraud", 1),
            ("2025", "theft", 5),
            ("2025", "fraud", 15),
        )
        for i in range(20)
    ]
    cases = pl.DataFrame(lines, ["case_id", "year", "charge", "y"], orient="row")
    cases = cases.with_columns(moment=datetime(2024, 1, 1), kind=pl.lit("arrest"))
    x = cases.select("case_id", "moment", pl.col("charge").alias("attribute.charge"))
    drawn = [
        ("top_of_the_list", 1, "2024-theft-0"),
        ("top_of_the_list", 1, "2025-theft-0"),
        ("plan", 1, "2024-theft-0"),
        ("plan", 1, "2025-fraud-0"),
        ("plan", 2, "2025-theft-0"),
    ]
    world = replace(result.world, cases=cases, x=x)
    return replace(
        result,
        world=world,
        drawn=pl.DataFrame(drawn, ["way", "seed", "case_id"], orient="row"),
    )


def test_blindness_by_hand(result: Replay) -> None:
    """What was never looked at, and where that got worse."""
    assert facts(result.world) == ("charge",)
    shares = {(year, way): share for way, year, share in missed(blind(result), "charge").rows()}
    assert shares["2024", "top_of_the_list"] == pytest.approx(1 / 6)
    assert shares["2025", "top_of_the_list"] == pytest.approx(15 / 20)
    assert shares["2024", "plan"] == pytest.approx((1 / 6 + 1) / 2)
    assert shares["2025", "plan"] == pytest.approx((5 / 20 + 15 / 20) / 2)
    (line,) = unseen(blind(result), "charge").to_dicts()
    assert line == {
        "year": "2025",
        "group": "fraud",
        "cases": 20,
        "defects": 15,
        "rate": 0.75,
        "rate_before": 0.05,
        "reviewed": 0.5,
        "found": 0.5,
    }


def test_the_whole_replay(result: Replay, runs: dict[Way, Run]) -> None:
    """Chance is played once per seed, the top of the list once; a seed gives the same again."""
    tasks = result.years.select("way", "seed").rows()
    by_chance = [way for way in WAYS if way != "top_of_the_list"]
    assert set(tasks) == {
        ("top_of_the_list", 1),
        *((way, seed) for way in by_chance for seed in (1, 2)),
    }
    plan = result.periods.filter(way="plan", seed=1)
    assert plan["value"].to_list() == runs["plan"].periods["value"].to_list()
    truth = result.years["defects"] / result.years["cases"]
    inside = (result.years["low"] <= truth) & (truth <= result.years["high"])
    assert result.years["covered"].to_list() == inside.to_list()


def test_the_page(result: Replay) -> None:
    """The page says every way in both languages, escapes what the office wrote, and draws."""
    english, chinese = (render_replay(result, language) for language in ("en", "zh"))
    assert HOSTILE not in english
    assert "Top of the list" in english
    assert "只查排名靠前" in chinese
    assert "2024-07" in english
    years = by_span(result.years)
    for chart in (charts.defects_found(years), charts.rates_estimated(years)):
        assert len(chart.lines) == years.height
        heads = [str(line.group) for line in chart.lines if line.group is not None]
        assert heads == years["span"].unique(maintain_order=True).to_list()
