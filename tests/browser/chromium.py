"""A Chromium to test in: the system's where there is one, else the one Playwright downloads."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, Error, sync_playwright

COMMANDS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ARGUMENTS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)

MISSING: Final = (
    "no Chromium: install one of " + ", ".join(COMMANDS) + " or run "
    "`python -m playwright install chromium`"
)


class NoBrowserError(RuntimeError):
    """There is no Chromium on this machine."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium, closed at the end; raises `NoBrowserError` where there is none."""
    with sync_playwright() as playwright:
        system = next(filter(None, map(shutil.which, COMMANDS)), None)
        arguments = [*ARGUMENTS, *(["--no-sandbox"] if _is_root() else [])]
        try:
            browser = playwright.chromium.launch(executable_path=system, args=arguments)
        except Error as error:
            if "Executable doesn't exist" in error.message:
                raise NoBrowserError(MISSING) from None
            raise
        try:
            yield browser
        finally:
            browser.close()


def _is_root() -> bool:
    """Whether Chromium's sandbox refuses to start, as it does for root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
