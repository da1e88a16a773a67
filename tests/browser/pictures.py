"""Takes the pictures of docs/pictures from the demo, which is up: `make pictures`."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from playwright.async_api import async_playwright

from tests.browser.conftest import ARGUMENTS

DEMO = "http://127.0.0.1:8100"
FOLDER = Path(__file__).parents[2] / "docs/pictures"
SIZES = {1280: 960, 390: 844}
PAGES = {
    "home": "/",
    "school": "/schools/900004",
    "you-said": "/schools/900004/you-said",
    "agenda": "/schools/900004/agenda",
    "capacity": "/capacity",
    "people": "/people",
    "cpd": "/cpd",
    "reviews": "/reviews",
    "change": "/change",
    "report": "/reports/loop",
}


async def take() -> None:
    """Each page on a desk and on a phone, as far as the window shows it; the first one whole."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for width, height in SIZES.items():
            page = await browser.new_page(viewport={"width": width, "height": height})
            for name, path in PAGES.items():
                await page.goto(f"{DEMO}{path}")
                await page.screenshot(path=FOLDER / f"{name}-{width}.png", full_page=name == "home")
            await page.locator(".rows .event a").first.click()
            await page.screenshot(path=FOLDER / f"event-{width}.png")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take())
