"""A Chromium for the session, a server for any folder, and a page that fails on script errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import NoBrowserError, chromium
from tests.browser.live_article import LiveArticle
from tests.browser.reading_article import write_reading_article
from tests.browser.static_server import static_server

Serve = Callable[[Path], str]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(chromium())
        except NoBrowserError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        yield started


@pytest.fixture(scope="session")
def serve() -> Iterator[Serve]:
    """Serve a folder until the end of the session; gives its address."""
    addresses: dict[Path, str] = {}
    with ExitStack() as stack:

        def address_of(folder: Path) -> str:
            if folder not in addresses:
                addresses[folder] = stack.enter_context(static_server(folder))
            return addresses[folder]

        yield address_of


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without a history, 1280 pixels wide."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """An empty tab; an error that a script leaves uncaught fails the test."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []


@pytest.fixture(scope="session")
def live_article(tmp_path_factory: pytest.TempPathFactory) -> LiveArticle:
    """An article with one figure of each kind, built."""
    return LiveArticle.write(tmp_path_factory.mktemp("live"))


@pytest.fixture(scope="session")
def live_address(live_article: LiveArticle, serve: Serve) -> str:
    """Address of its page."""
    return serve(live_article.site)


@pytest.fixture(scope="session")
def reading_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site of an article with everything that a text can have."""
    return write_reading_article(tmp_path_factory.mktemp("reading"))


@pytest.fixture(scope="session")
def reading_address(reading_site: Path, serve: Serve) -> str:
    """Address of its page."""
    return serve(reading_site)
