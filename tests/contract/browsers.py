"""Chromium for tests of pages: Debian's, or Playwright's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
PATIENCE = 150_000.0
"""Milliseconds. A page with all of plotly in it takes long on a machine that is busy with other tests."""
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@dataclass
class Seen:
    """A page, and what its console complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def picture(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    @property
    def sideways(self) -> int:
        """How many pixels a reader would have to scroll to the side."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; where there is none the test is skipped, or fails with ``BROWSER_REQUIRED`` set."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
        except Error as error:
            reason = (
                f"no browser: install chromium, or run `playwright install chromium` ({error.message[:80]})"
            )
            if os.environ.get("BROWSER_REQUIRED"):
                pytest.fail(reason)
            pytest.skip(reason)
        yield browser
        browser.close()


def opened(browser: Browser, address: str, size: str) -> Seen:
    width, height = SIZES[size]
    seen = Seen(browser.new_page(viewport={"width": width, "height": height}))
    seen.page.set_default_timeout(PATIENCE)
    seen.page.on("console", lambda line: seen.complaints.append(line.text) if line.type == "error" else None)
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.goto(address)
    return seen
