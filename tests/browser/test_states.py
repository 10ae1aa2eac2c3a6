"""What the page says about its data (fresh, stale, empty, API down) and the countdown to the next reset."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.board_server import entry, fresh_api, ranking
from tests.browser.open_page import Open
from tests.browser.page_clock import stop_clock
from tests.browser.pages import column


def ago(**length: float) -> datetime:
    """The time that long ago."""
    return datetime.now(UTC) - timedelta(**length)


def test_before_the_first_snapshot_the_page_says_that_no_one_is_ranked(open_page: Open) -> None:
    opened = open_page(fresh_api(as_of=None))
    expect(opened.page.get_by_text("No one is ranked yet").first).to_be_visible()
    expect(opened.page.locator("#table")).to_be_hidden()
    expect(opened.page.locator("#pager")).to_be_hidden()
    assert opened.wait_for_state("live") == "Waiting for the first results"
    opened.api.as_of = datetime.now(UTC)
    expect(opened.page.locator(".entry")).to_have_count(50)
    expect(opened.page.locator("#empty")).to_be_hidden()


def test_old_data_is_called_old_and_then_fresh_again(open_page: Open) -> None:
    opened = open_page(fresh_api(as_of=ago(minutes=22)))
    assert opened.wait_for_state("stale") == "Out of date: these results are 22 minutes old."
    expect(opened.page.get_by_role("status")).to_contain_text("Out of date")
    assert len(opened.rows()) == 50
    opened.api.as_of = datetime.now(UTC)
    assert opened.wait_for_state("live").startswith("Updated")
    expect(opened.page.get_by_role("status")).to_have_text("The ranking is up to date again.")


def test_data_turns_stale_while_the_page_is_open(open_page: Open) -> None:
    opened = open_page(refresh_seconds=3600, prepare=lambda page: page.clock.install())
    opened.wait_for_state("live")
    opened.page.clock.fast_forward("10:05")
    assert opened.wait_for_state("stale") == "Out of date: these results are 10 minutes old."
    assert len(opened.api.statuses()) == 1


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_wrong_clock_of_the_reader_changes_nothing(open_page: Open, hours: int) -> None:
    ahead = timedelta(hours=hours)
    now = datetime.now(UTC) + ahead
    opened = open_page(fresh_api(as_of=now, resets=now + timedelta(minutes=90, seconds=30), ahead=ahead))
    assert opened.wait_for_state("live").startswith("Updated")
    expect(opened.page.locator("#countdown")).to_contain_text("01h30m")


def test_with_the_api_down_the_last_data_stays_and_the_page_says_so(open_page: Open) -> None:
    opened = open_page(refresh_seconds=30)
    opened.wait_for_state("live")
    opened.api.down = True
    opened.page.evaluate("dispatchEvent(new Event('online'))")  # asks at once
    text = opened.wait_for_state("down")
    assert re.fullmatch("The leaderboard can’t answer: “scripted”. Results are .* old. Retrying in [23][0-9] s.", text)
    expect(opened.page.get_by_role("status")).to_contain_text("The leaderboard can’t answer: “scripted”")
    assert len(opened.rows()) == 50
    opened.api.down = False
    opened.api.windows["week"] = ranking(2)
    # Long before the page would try again by itself.
    opened.page.get_by_role("button", name="Retry").click()
    opened.wait_for_state("live")
    expect(opened.page.locator(".entry")).to_have_count(2)


def test_with_the_api_down_from_the_start_the_page_does_not_say_that_no_one_is_ranked(open_page: Open) -> None:
    opened = open_page(fresh_api(down=True))
    assert opened.wait_for_state("down").startswith("The leaderboard can’t answer: “scripted”. Retrying")
    expect(opened.page.locator("#empty-title")).to_have_text("The ranking can’t be shown")
    expect(opened.page.locator("#empty-text")).to_have_text("scripted")
    opened.api.down = False
    opened.wait_for_state("live")
    assert len(opened.rows()) == 50
    expect(opened.page.locator("#empty")).to_be_hidden()


def test_a_reason_of_the_api_is_shown_as_text(open_page: Open) -> None:
    reason = "<img src=x onerror=alert(1)> \u202egnp"
    opened = open_page(fresh_api(down=True, reason=reason))
    opened.wait_for_state("down")
    expect(opened.page.locator("#state-text bdi")).to_have_text(reason)
    assert opened.page.locator("main img").count() == 0


def test_without_an_answer_the_page_says_that_it_cannot_reach_the_leaderboard(open_page: Open) -> None:
    opened = open_page(prepare=lambda page: page.route("**/v1/**", lambda route: route.abort()))
    assert opened.wait_for_state("down").startswith("Can’t reach the leaderboard. Retrying")
    expect(opened.page.locator("#empty-text")).to_contain_text("The leaderboard can’t be reached.")


def test_one_window_is_never_shown_under_the_name_of_another(open_page: Open) -> None:
    opened = open_page()
    opened.wait_for_state("live")
    opened.api.down = True
    opened.choose("All time")
    opened.wait_for_state("down")
    expect(opened.page.locator(".entry")).to_have_count(0)
    expect(opened.page.locator("#empty-title")).to_have_text("The ranking can’t be shown")
    # A window that was shown before is shown at once, although the API is down.
    opened.choose("This week")
    expect(opened.page.locator(".entry")).to_have_count(50)


def test_the_page_before_can_be_shown_again_while_the_api_is_down(open_page: Open) -> None:
    opened = open_page()
    opened.wait_for_state("live")
    opened.api.down = True
    opened.page.get_by_role("button", name="Next").click()
    expect(opened.page.locator(".entry")).to_have_count(0)
    opened.page.get_by_role("button", name="Previous").click()
    expect(opened.page.locator("#range")).to_have_text("1–50 of 120")
    assert opened.rows()[0] == ["1", "Player 1", "999"]


def test_retries_become_rarer_while_the_api_is_down(open_page: Open) -> None:
    opened = open_page(fresh_api(down=True), refresh_seconds=1, prepare=stop_clock)
    waits: list[int] = []
    text = opened.wait_for_state("down")
    for _ in range(5):
        waits.append(int(re.sub(r".*Retrying in (\d+) s\.", r"\1", text)))
        with opened.page.expect_console_message(lambda message: "could not be loaded" in message.text):
            opened.page.clock.run_for(waits[-1] * 1000 + 100)
        text = opened.wait_for_state("down")
    # 1, 2, 4, 8 and 16 times the interval, a tenth more or less; the number on the page may be a second old.
    assert all(0.9 * 2**n - 1 <= wait <= 1.1 * 2**n + 1 for n, wait in enumerate(waits))
    assert waits[4] > waits[3] > waits[2]


def test_an_answer_that_is_not_the_apis_counts_as_down(open_page: Open) -> None:
    opened = open_page()
    opened.wait_for_state("live")
    opened.page.route("**/v1/**", lambda route: route.fulfill(content_type="text/html", body="<h1>Log in</h1>"))
    opened.wait_for_state("down")
    assert len(opened.rows()) == 50


def test_the_countdown_leads_to_the_next_window(open_page: Open) -> None:
    api = fresh_api(5, resets=datetime.now(UTC) + timedelta(days=2, hours=3, minutes=30, seconds=50))
    opened = open_page(api, refresh_seconds=3600, prepare=lambda page: page.clock.install())
    opened.wait_for_state("live")
    countdown = opened.page.locator("#countdown")
    expect(countdown).to_have_text(re.compile("^2d03h30m[0-5][0-9]s$"))
    opened.page.clock.run_for(60_000)
    expect(countdown).to_have_text(re.compile("^2d03h29m[0-5][0-9]s$"))
    expect(opened.page.get_by_role("timer")).to_have_accessible_name(re.compile("Resets in 2 d 03 h 29 m [0-5][0-9] s"))
    expect(opened.page.locator("#reset-label")).to_have_text("Resets in")


def test_at_the_end_of_a_window_the_next_one_is_asked_for(open_page: Open) -> None:
    api = fresh_api(5, resets=datetime.now(UTC) + timedelta(hours=1))
    # With a clock that stands, it does not ask before there is something new.
    opened = open_page(api, refresh_seconds=7200, prepare=stop_clock)
    opened.wait_for_state("live")
    opened.page.clock.run_for(5000)  # its first timers have run
    api.ahead = timedelta(hours=1)
    opened.page.clock.fast_forward("01:00:00")
    expect(opened.page.locator("#reset-label")).to_have_text("Resetting now")
    api.resets = datetime.now(UTC) + timedelta(days=7, minutes=90)
    api.windows["week"] = []
    opened.page.clock.run_for(5000)
    expect(opened.page.locator("#countdown")).to_contain_text("7d")
    expect(opened.page.locator("#empty")).to_be_visible()


def test_all_time_never_resets(open_page: Open) -> None:
    opened = open_page(at="#window=all_time")
    opened.wait_for_state("live")
    expect(opened.page.get_by_role("timer")).to_have_accessible_name("Resets Never")


def test_ranks_that_stand_still_are_shown_with_the_notice_and_by_their_own_columns(open_page: Open) -> None:
    """The page was deployed with columns that the board's data does not have."""
    lap = {"before": "", "after": "", "digits": 3, "seconds": 1, "ordinal": False}
    plain = {"before": "", "after": "", "digits": 0, "seconds": 0, "ordinal": False}
    described = [
        {"name": "lap", "title": "Lap", "order": "ascending", "decimals": 0, "reading": lap},
        {"name": "stops", "title": "Stops", "order": "ascending", "decimals": 0, "reading": plain},
    ]
    told = "Ranks stand still since 2026-11-27T10:00:00.000Z, as the board's rules were <b>changed</b>"
    api = fresh_api(
        windows={"week": [entry(n, f"p{n}", 92_417 + n, f"Player {n}", stops=n) for n in range(1, 9)], "all_time": []},
        notice={"notice": f'{told} (its scores are "lap").', "described_columns": described},
    )
    opened = open_page(api, at="#player=p5", columns=[column("time")])
    assert opened.wait_for_state("stale") == told
    expect(opened.page.get_by_role("status")).to_have_text(told)
    expect(opened.page.locator("thead th")).to_have_text(["Rank", "Player", "Lap", "Stops"])
    row = opened.page.locator('.entry[data-player="p4"] .score')
    expect(row).to_have_text(["1:32.421", "4"])
    expect(opened.page.locator("#found-score")).to_have_text("Lap 1:32.422 · Stops 5")
    opened.api.notice = {}
    opened.page.evaluate("dispatchEvent(new Event('online'))")  # asks at once
    assert opened.wait_for_state("live").startswith("Updated")
    expect(opened.page.locator("thead th")).to_have_text(["Rank", "Player", "Lap", "Stops"])
