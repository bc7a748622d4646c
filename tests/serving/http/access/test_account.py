"""The pages to sign in, to choose a password and to sign out."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette

from serving.access.directory import Directory
from serving.access.rules import Role
from serving.access.users import Grant, add_user, change_grant, disable
from serving.http.access.account import Account
from serving.http.access.forms import LARGEST
from serving.http.access.guard import FAILED_BURST, Guard
from serving.http.access.site import Site
from serving.http.app import application
from serving.memory.current import Current
from tests.factories.client import NO_ROOMS
from tests.factories.fakes import InMemory, context
from tests.serving.access.conftest import CountedHasher
from tests.serving.http.access.browser import FORM, HTML, Browser, program
from tests.serving.http.access.conftest import PASSWORD


@pytest.fixture
def browser(app: Starlette) -> Browser:
    """A browser on this machine."""
    return Browser(app)


def test_a_browser_is_led_to_where_somebody_signs_in(browser: Browser) -> None:
    """And back to the page that it wanted."""
    asked = browser.get("/docs.json?a=1&b=2")
    assert (asked.status_code, asked.headers["location"]) == (
        303,
        "/sign-in?back=%2Fdocs.json%3Fa%3D1%26b%3D2",
    )
    assert (
        'name="back" value="/docs.json?a=1&amp;b=2"' in browser.get(asked.headers["location"]).text
    )
    done = browser.sign_in("Anna", PASSWORD, "/docs.json?a=1&b=2")
    assert (done.status_code, done.headers["location"]) == (303, "/docs.json?a=1&b=2")
    assert browser.get("/docs.json").status_code == 200


def test_who_sends_a_form_too_late_is_led_back_to_it(browser: Browser) -> None:
    """With what the address asks for, such as the case that was graded."""
    asked = browser.ask("POST", "/case/grade?id=a&plan=b", headers=HTML, data={"grade": "good"})
    wanted = "/sign-in?back=%2Fcase%2Fgrade%3Fid%3Da%26plan%3Db"
    assert (asked.status_code, asked.headers["location"]) == (303, wanted)


def test_a_form_may_be_full_of_chinese(browser: Browser) -> None:
    """Each letter is nine bytes on its way, and every text of a grade may have 4,000."""
    browser.sign_in("anna", PASSWORD)
    texts = {f"text-{number}": "卷" * 4_000 for number in range(12)}
    assert browser.send("/case/grade?id=nothing", page="/cases", **texts).status_code == 404


@pytest.mark.parametrize(
    "back",
    [
        "https://elsewhere",
        "//elsewhere",
        "/\\elsewhere",
        "\\\\elsewhere",
        "javascript:alert(1)",
        "/\n/elsewhere",
        "/ä",
        "",
        "/" + "x" * 1001,
    ],
)
def test_nobody_is_led_elsewhere(browser: Browser, back: str) -> None:
    """What is no path of this service leads to its first page."""
    assert browser.sign_in("anna", PASSWORD, back).headers["location"] == "/"


def test_a_wrong_password_is_told_without_saying_what_is_wrong(browser: Browser) -> None:
    """The same page for a name that nobody has, with the name still in it."""
    pages = [browser.sign_in(name, "wrong") for name in ("anna", "nobody")]
    assert [page.status_code for page in pages] == [422, 422]
    texts = [re.sub('value="[a-z]+"', "", page.text) for page in pages]
    assert texts[0] == texts[1]
    assert "Name or password is not right." in texts[0]
    assert 'value="nobody"' in pages[1].text
    assert "wrong" not in pages[1].text


def test_waiting_is_told(browser: Browser) -> None:
    """With the seconds, on the page."""
    for _i in range(5):
        browser.sign_in("anna", "wrong")
    assert "Too many attempts. Try again in 2 seconds." in browser.sign_in("anna", PASSWORD).text


def test_hostile_names_are_text(browser: Browser) -> None:
    """What was typed is shown as it stands."""
    page = browser.sign_in('"><script>alert(1)</script>', "wrong").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_cookies_are_for_the_browser_alone(app: Starlette) -> None:
    """No script reads them, no other site sends them; over https no neighbour can set them."""
    here = Browser(app).sign_in("anna", PASSWORD)
    behind = Browser(app, "https://office.example").sign_in("anna", PASSWORD)
    for answer in (here, behind):
        for cookie in answer.headers.get_list("set-cookie"):
            assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
            assert "Domain" not in cookie
    assert here.headers["set-cookie"].startswith("plumbline-session-3000=")
    secure = behind.headers["set-cookie"]
    assert secure.startswith("__Host-plumbline-session=")
    assert "; Secure" in secure


def test_passwords_go_over_https_only(app: Starlette, hasher: CountedHasher) -> None:
    """Except on the machine itself: elsewhere somebody could listen."""
    before = hasher.verified
    answer = Browser(app, "http://office.example").sign_in("anna", PASSWORD)
    assert answer.status_code == 403
    assert "over https only" in answer.json()["detail"]
    assert hasher.verified == before


def test_a_form_of_another_page_is_refused(browser: Browser, hasher: CountedHasher) -> None:
    """Without our token, from another site, of another kind, too long, with too many fields."""
    before = hasher.verified
    other = FORM.search(Browser(browser.app).get("/sign-in").text)
    own = FORM.search(browser.get("/sign-in").text)
    assert own
    assert other
    fields = {"name": "anna", "password": PASSWORD}
    sent = [
        {"data": fields},
        {"data": fields | {"form": other[1]}},
        {"data": fields | {"form": own[1]}, "headers": {"Origin": "https://elsewhere"}},
        {"data": fields | {"form": own[1]}, "headers": {"Origin": "null"}},
        {"json": fields | {"form": own[1]}},
        {"data": fields | {"form": own[1], "more": "x" * LARGEST}},
        {"data": fields | {"form": own[1]} | {f"f{n}": "" for n in range(10)}},
        {"content": b"form=\xff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    ]
    for one in sent:
        answer = browser.ask("POST", "/sign-in", **one)  # type: ignore[arg-type]
        assert answer.status_code == 403
    assert hasher.verified == before
    right = {"data": fields | {"form": own[1]}, "headers": {"Origin": "http://localhost:3000"}}
    assert browser.ask("POST", "/sign-in", **right).status_code == 303  # type: ignore[arg-type]


def test_two_tabs_share_a_form_token(browser: Browser) -> None:
    """The page that was opened first can still be sent."""
    first = FORM.search(browser.get("/sign-in").text)
    browser.get("/sign-in")
    assert first
    fields = {"form": first[1], "name": "anna", "password": PASSWORD}
    assert browser.ask("POST", "/sign-in", data=fields).status_code == 303


def test_who_signed_in_once_chooses_a_password(browser: Browser, directory: Directory) -> None:
    """Before that there is nothing else; afterwards there is a new session."""
    _bea, once = add_user(directory, "bea", Grant.of([Role.MANAGER]))
    browser.sign_in("bea", once)
    before = dict(browser.cookies)
    assert browser.get("/interface").headers["location"] == "/password"
    assert browser.ask("GET", "/healthz").status_code == 401
    assert "does not have 12 to 200 letters" in browser.send("/password", old=once, new="x").text
    wrong = browser.send("/password", old="wrong", new=PASSWORD)
    assert "is not right" in wrong.text
    assert browser.send("/password", old=once, new=PASSWORD).headers["location"] == "/"
    assert dict(browser.cookies) != before
    assert browser.get("/interface").status_code == 200
    assert Browser(browser.app).sign_in("bea", PASSWORD).status_code == 303


def test_a_stolen_session_cannot_try_passwords(browser: Browser) -> None:
    """The old password is asked for so many times only."""
    browser.sign_in("anna", PASSWORD)
    codes = [
        browser.send("/password", old="wrong", new="x").status_code
        for _i in range(FAILED_BURST + 1)
    ]
    assert codes == [422] * FAILED_BURST + [429]


def test_signing_out(browser: Browser) -> None:
    """Ends the session here and in the database; a link or form of others does not."""
    browser.sign_in("anna", PASSWORD)
    stolen = Browser(browser.app, cookies=browser.cookies)
    assert browser.ask("GET", "/sign-out").status_code == 405
    assert browser.ask("POST", "/sign-out", data={"form": "0" * 64}).status_code == 403
    assert browser.get("/interface").status_code == 200
    assert browser.send("/sign-out", page="/interface").headers["location"] == "/sign-in"
    assert browser.get("/interface").status_code == 303
    assert stolen.get("/interface").status_code == 303


def test_a_session_that_was_planted_is_none(browser: Browser) -> None:
    """A cookie that somebody else put there is not taken for a session, before or after."""
    browser.cookies.set("plumbline-session-3000", "planted", domain="localhost.local")
    assert browser.get("/interface").status_code == 303
    browser.sign_in("anna", PASSWORD)
    planted = Browser(browser.app)
    planted.cookies.set("plumbline-session-3000", "planted", domain="localhost.local")
    assert planted.get("/interface").status_code == 303


def test_roles_hold_at_once(browser: Browser, directory: Directory) -> None:
    """A session ends when its user's roles change or the user is disabled."""
    browser.sign_in("anna", PASSWORD)
    change_grant(directory, "anna", Grant.of([Role.REVIEWER], ["u1"]))
    assert browser.get("/interface").status_code == 303
    browser.sign_in("anna", PASSWORD)
    assert "<dd><bdi>2</bdi></dd>" in browser.get("/interface").text  # cases of the unit
    disable(directory, "anna")
    assert browser.get("/interface").status_code == 303


def test_pages_do_nothing_but_show_themselves(browser: Browser) -> None:
    """No frame, no source of others, nothing that was written into the page itself."""
    shown = [browser.get("/sign-in")]
    browser.sign_in("anna", PASSWORD)
    shown += [browser.get("/password"), browser.get("/interface")]
    for page in shown:
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; ")
        assert "unsafe" not in policy
        assert "form-action 'self'; base-uri 'none'; frame-ancestors 'none'" in policy
        assert not re.search("<style| style=|<script(?! src=)| on[a-z]+=", page.text)
    assert all(page.headers["cache-control"] == "no-store" for page in shown)


def test_the_proxy_says_whose_request_it_is(app: Starlette, key: str) -> None:
    """And nobody else: whoever guesses behind the proxy is alone in waiting."""
    proxy, stranger = "198.51.100.1", "192.0.2.66"
    wrong = {"Authorization": "Bearer wrong"}

    def codes(address: str, said: str) -> list[int]:
        browser = Browser(app, address=address)
        headers = wrong | {"X-Forwarded-For": said}
        return [
            browser.ask("GET", "/interface", headers=headers).status_code
            for _i in range(FAILED_BURST + 1)
        ]

    assert codes(proxy, "192.0.2.9, 192.0.2.7")[-1] == 429
    assert codes(proxy, "192.0.2.9, 192.0.2.8")[0] == 401  # only the last is the proxy's own word
    assert codes(stranger, "192.0.2.7")[0] == 401
    assert codes(stranger, "192.0.2.10")[0] == 429
    assert program(app, key, "GET", "/healthz").status_code == 200


def test_behind_a_proxy_the_public_address_counts(directory: Directory) -> None:
    """Forms and cookies go by what browsers see, not by what the proxy asks for."""
    guard, five = Guard(directory, Site("https://office.example")), context()
    lines = Account(guard, five.office, has_provider=True).lines()
    browser = Browser(
        application(Current(five, InMemory()), guard, lines, rooms=NO_ROOMS),
        "https://office.example",
    )
    own = FORM.search(browser.get("/sign-in").text)
    assert own
    fields = {"form": own[1], "name": "anna", "password": PASSWORD}
    inside = {"Host": "127.0.0.1:3000", "Origin": "https://office.example"}
    answer = browser.ask("POST", "/sign-in", data=fields, headers=inside)
    assert answer.status_code == 303
    assert answer.headers["set-cookie"].startswith("__Host-")


def test_the_pages_speak_chinese(directory: Directory) -> None:
    """In the office's language, as everything people read."""
    chinese = context(office={"name": {"zh": "测试院"}, "language": "zh"})
    guard = Guard(directory, Site())
    lines = Account(guard, chinese.office, has_provider=True).lines()
    page = (
        Browser(application(Current(chinese, InMemory()), guard, lines, rooms=NO_ROOMS))
        .get("/sign-in")
        .text
    )
    assert '<html lang="zh-Hans">' in page
    assert "测试院" in page
