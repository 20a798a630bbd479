"""Chromium on a live server, with real workers and the Gupshup simulator beside it.

Run by `make test` in a run of its own, because Playwright keeps an event loop in the tests' thread.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.watching import Watch
from tests.factories.providers import PASSWORD
from tests.faults.campaign import under_way_now
from tests.gateway_simulator import SimulatorClient, simulator_process
from tests.workers import celery_worker

ARTIFACTS = Path(__file__).resolve().parents[2] / "test-artifacts"
PATIENCE = 15_000  # milliseconds: the machine may be busy

expect.set_options(timeout=PATIENCE)

# So slow that somebody can watch it, so quick that a test can wait for it.
UNHURRIED = {
    "latency": 0.05,
    "delays": {"sent": 0.1, "delivered": 0.3, "read": 0.6, "reaction": 0.9},
}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": ["--disable-dev-shm-usage"],  # it is small in containers
    }


@pytest.fixture
def console(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Iterator[LiveServer]:
    """The console's address; its callback URLs lead back to it, its uploads to a folder."""
    settings.PUBLIC_BASE_URL = live_server.url
    settings.MEDIA_ROOT = tmp_path / "media"
    yield live_server
    # A page that was closed may have asked for something a moment before: emptying the tables
    # beside that would be a deadlock.
    ends = time.monotonic() + 10
    while (is_answering() or under_way_now(with_idle=True)) and time.monotonic() < ends:
        time.sleep(0.05)


def is_answering() -> bool:
    """Between two statements of a request PostgreSQL knows of none: each connection of a browser
    has a thread of the server's, which ends with it."""
    return any("process_request_thread" in thread.name for thread in threading.enumerate())


@pytest.fixture
def simulator() -> Iterator[SimulatorClient]:
    with simulator_process(**UNHURRIED) as client:
        yield client


@pytest.fixture
def workers(
    console: LiveServer, simulator: SimulatorClient, settings: Settings, tmp_path: Path
) -> Iterator[None]:
    """A Celery worker for all queues, and beat: what production has, on the test's database. The
    console knows as they do that messages go to the simulator."""
    settings.GATEWAY_SEND_URL = simulator.gateway_url
    environment = {
        "GATEWAY_SEND_URL": simulator.gateway_url,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "PUBLIC_BASE_URL": console.url,
    }
    with celery_worker(schedule=tmp_path / "beat", **environment):
        yield


Opener = Callable[..., Page]


@pytest.fixture
def watch(console: LiveServer) -> Watch:
    return Watch(console.url)


@pytest.fixture
def open_page(browser: Browser, console: LiveServer, watch: Watch) -> Iterator[Opener]:
    """A window of a width and a colour scheme, on a machine of a time zone. At the end none of them
    may have complained."""
    contexts: list[BrowserContext] = []

    def open_one(
        *, width: int = 1280, dark: bool = False, zone: str = "UTC", state: Any = None
    ) -> Page:
        context = browser.new_context(
            base_url=console.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            timezone_id=zone,
            storage_state=state,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch.listen(page)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert watch.complaints == []


def sign_in(page: Page, username: str) -> None:
    """With the password of every invented person, ending at Home."""
    page.goto("/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()


@pytest.fixture
def keep() -> Callable[[Page, str], None]:
    """A screenshot for people, of the whole page, where SCREENSHOTS is set: they take time."""
    are_wanted = bool(os.environ.get("SCREENSHOTS"))
    ARTIFACTS.mkdir(exist_ok=True)

    def keep_one(page: Page, name: str) -> None:
        if not are_wanted:
            return
        page.wait_for_load_state()
        page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)

    return keep_one


def choose_template(page: Page, name: str) -> None:
    """In a campaign's form, where picture and text stand beside the name. What is being asked for
    comes first: it moves what stands below, or writes the fields anew."""
    picker = page.locator("[data-picker]")
    expect(page.locator(".htmx-request")).to_have_count(0)
    picker.locator("summary").click()
    picker.locator("label", has=page.get_by_text(name, exact=True)).click()
    expect(picker.locator("[data-chosen]")).to_contain_text(name)
