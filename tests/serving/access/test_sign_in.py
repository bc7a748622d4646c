"""Signing in: wrong passwords, waiting, sessions and their ends."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from serving.access.denials import TooMany
from serving.access.directory import Directory
from serving.access.limits import Buckets
from serving.access.rules import Role
from serving.access.sessions import IDLE, LONGEST, end, find_session
from serving.access.sign_in import CHOOSING, FREE, LONGEST_WAIT, Place, SignedIn, sign_in
from serving.access.store.schema import BROWSERS, SESSIONS
from serving.access.users import Grant, add_user, change_password, disable, reset, users
from tests.serving.access.conftest import Clock, CountedHasher, Recorded

HERE, THERE = Place("192.0.2.1"), Place("192.0.2.2")


@pytest.fixture
def once(directory: Directory) -> str:
    """The password of the user `anna`."""
    return add_user(directory, "anna", Grant.of([Role.MANAGER]))[1]


@pytest.fixture
def chosen(directory: Directory, once: str) -> str:
    """The password that the user `anna` has chosen."""
    user, new = users(directory)[0], "quite a long one 7"
    assert change_password(directory, user, once, new)
    return new


@pytest.fixture
def attempts(clock: Clock) -> Buckets:
    """Attempts of addresses, more than these tests make."""
    return Buckets(1, 1_000, clock)


def entered(
    directory: Directory, attempts: Buckets, password: str, place: Place = HERE
) -> SignedIn:
    """The session of `anna`."""
    signed = sign_in(directory, attempts, "anna", password, place)
    assert signed is not None
    return signed


def fail(directory: Directory, attempts: Buckets, times: int, name: str = "anna") -> None:
    """Wrong passwords from here."""
    for _i in range(times):
        assert sign_in(directory, attempts, name, "wrong", HERE) is None


def test_the_right_password(
    directory: Directory, attempts: Buckets, once: str, recorded: Recorded
) -> None:
    """Begins a session of which the database has only a hash."""
    signed = entered(directory, attempts, once)
    session = find_session(directory, signed.token)
    assert session is not None
    assert session.user.name == "anna"
    assert recorded.last["what"] == "signed_in"
    with directory.reading() as connection:
        stored = str([connection.execute(select(one)).all() for one in (SESSIONS, BROWSERS)])
    assert signed.token not in stored
    assert signed.browser not in stored


@pytest.mark.parametrize("name", ["anna", "nobody", "", "x" * 10_000, "disabled", "elsewhere"])
def test_every_wrong_attempt_costs_the_same(
    directory: Directory,
    attempts: Buckets,
    hasher: CountedHasher,
    once: str,
    name: str,
    recorded: Recorded,
) -> None:
    """One hash is checked, whether or not there is such a user, and the answer is the same."""
    assert once
    add_user(directory, "disabled", Grant.of([Role.MANAGER]))
    disable(directory, "disabled")
    before = hasher.verified
    assert sign_in(directory, attempts, name, "wrong", HERE) is None
    assert hasher.verified == before + 1
    assert recorded.last["what"] == "sign_in_refused"
    assert set(recorded.last) == {"what", "about", "by"}


def test_a_disabled_user_and_an_old_one_time_password(
    directory: Directory, attempts: Buckets, once: str, clock: Clock
) -> None:
    """Do not enter, right as the password is."""
    disable(directory, "anna")
    assert sign_in(directory, attempts, "anna", once, HERE) is None
    again = reset(directory, "anna")
    clock.now += 8 * 24 * 3600
    assert sign_in(directory, attempts, "anna", again, HERE) is None


def test_a_one_time_password_is_soon_used_up(
    directory: Directory, attempts: Buckets, once: str, clock: Clock
) -> None:
    """Whoever finds it later finds nothing; whoever was cut off can begin again at once."""
    entered(directory, attempts, once)
    clock.now += 600
    entered(directory, attempts, once)
    clock.now += 301
    assert sign_in(directory, attempts, "anna", once, HERE) is None


@pytest.mark.parametrize("name", ["anna", "nobody"])
def test_whoever_guesses_waits_longer_and_longer(
    directory: Directory, attempts: Buckets, once: str, clock: Clock, name: str
) -> None:
    """Also for a name that nobody has: 2, 4, 8 seconds ... to a quarter of an hour."""
    assert once
    fail(directory, attempts, FREE, name)
    waits = []
    for _i in range(12):
        with pytest.raises(TooMany) as told:
            sign_in(directory, attempts, name, "wrong", HERE)
        waits.append(told.value.wait)
        clock.now += told.value.wait
        fail(directory, attempts, 1, name)
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == LONGEST_WAIT


def test_nobody_locks_out_somebody_elsewhere(
    directory: Directory, attempts: Buckets, once: str
) -> None:
    """The account is open from another address, however often it was tried from here."""
    fail(directory, attempts, FREE)
    with pytest.raises(TooMany):
        sign_in(directory, attempts, "anna", once, HERE)
    assert entered(directory, attempts, once, THERE)


def test_nobody_locks_out_a_browser_that_is_known(
    directory: Directory, attempts: Buckets, once: str, clock: Clock
) -> None:
    """Behind one address, a browser that signed in before is a place of its own."""
    known = Place(HERE.address, entered(directory, attempts, once).browser)
    fail(directory, attempts, FREE)
    with pytest.raises(TooMany):
        sign_in(directory, attempts, "anna", once, HERE)
    spent = Buckets(0.001, 1, clock)
    spent.take(HERE.address)
    assert entered(directory, spent, once, known)
    # ... and it waits for its own wrong passwords.
    known = Place(HERE.address, entered(directory, attempts, once, THERE).browser)
    for _i in range(FREE):
        assert sign_in(directory, attempts, "anna", "wrong", known) is None
    with pytest.raises(TooMany):
        sign_in(directory, attempts, "anna", once, known)


def test_a_browser_is_known_of_one_user(directory: Directory, attempts: Buckets, once: str) -> None:
    """What one has earned does not help to guess the password of another."""
    _bea, other = add_user(directory, "bea", Grant.of([Role.MANAGER]))
    signed = sign_in(directory, attempts, "bea", other, HERE)
    assert signed is not None
    fail(directory, attempts, FREE)
    with pytest.raises(TooMany):
        sign_in(directory, attempts, "anna", once, Place(HERE.address, signed.browser))


def test_an_address_has_so_many_attempts(directory: Directory, clock: Clock) -> None:
    """Whatever the names that are tried from it."""
    few = Buckets(0.1, 3, clock)
    for name in ("a", "b", "c"):
        fail(directory, few, 1, name)
    with pytest.raises(TooMany) as told:
        sign_in(directory, few, "d", "wrong", HERE)
    assert told.value.wait == 10


def test_many_may_share_an_address(directory: Directory, clock: Clock, once: str) -> None:
    """Only wrong passwords count: an office behind one address signs in as it comes in."""
    few = Buckets(0.1, 3, clock)
    for _i in range(10):
        entered(directory, few, once)


def test_failures_are_forgotten_after_a_success_and_a_day(
    directory: Directory, attempts: Buckets, chosen: str, clock: Clock
) -> None:
    """Who mistypes now and then does not wait."""
    fail(directory, attempts, FREE - 1)
    entered(directory, attempts, chosen)
    fail(directory, attempts, FREE)
    clock.now += 24 * 3600 + 1
    entered(directory, attempts, chosen)


def test_a_session_ends(directory: Directory, attempts: Buckets, chosen: str, clock: Clock) -> None:
    """When it is not used, after half a day, when it is ended, when its user is disabled."""
    idle = entered(directory, attempts, chosen).token
    clock.now += IDLE
    assert find_session(directory, idle)
    clock.now += IDLE + 1
    assert find_session(directory, idle) is None
    long = entered(directory, attempts, chosen).token
    for _i in range(LONGEST // IDLE):
        clock.now += IDLE
        assert find_session(directory, long)
    clock.now += 1
    assert find_session(directory, long) is None
    ended, other = (entered(directory, attempts, chosen).token for _i in range(2))
    end(directory, ended)
    assert find_session(directory, ended) is None
    assert find_session(directory, other)
    disable(directory, "anna")
    assert find_session(directory, other) is None


def test_signing_in_makes_another_session(
    directory: Directory, attempts: Buckets, once: str
) -> None:
    """The one that the browser came with is over: nobody can plant one (session fixation)."""
    planted = entered(directory, attempts, once).token
    signed = entered(directory, attempts, once, Place(HERE.address, session=planted))
    assert signed.token != planted
    assert find_session(directory, planted) is None
    assert sign_in(directory, attempts, "anna", once, Place(HERE.address, session="made up"))


def test_a_new_password_ends_all_sessions(
    directory: Directory, attempts: Buckets, once: str
) -> None:
    """Whoever came in with the old one is out."""
    signed = [entered(directory, attempts, once) for _i in range(2)]
    assert change_password(directory, signed[0].user, once, "quite a long one 7")
    assert [find_session(directory, one.token) for one in signed] == [None, None]


def test_a_session_of_a_one_time_password_ends_with_it(
    directory: Directory, attempts: Buckets, once: str, clock: Clock
) -> None:
    """In an open session no password is chosen with one that has run out."""
    signed = entered(directory, attempts, once)
    clock.now += CHOOSING - 1
    assert find_session(directory, signed.token)
    clock.now += 1
    assert find_session(directory, signed.token) is None
