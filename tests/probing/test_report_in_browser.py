"""The page of a report in a real browser: headless Chromium, from a file, as people open it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from probing.test_html_report import hostile_report, probed
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from kombo_fakes.probing.reports.as_html import html_report
from kombo_fakes.probing.reports.report import Report

pytestmark = pytest.mark.slow

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A browser that shows what its console says, and reaches no network."""
    if CHROMIUM is None or DRIVER is None:
        assert not os.environ.get("KOMBO_FAKES_NO_SKIP"), "needs chromium and chromium-driver"
        pytest.skip("needs chromium and chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
        "disable-background-networking", "disable-component-update", "disable-sync",
        f"user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):  # fmt: skip
        options.add_argument(f"--{argument}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def report() -> Report:
    """A report with a finding and hundreds of cases."""
    return probed("crashes-on-null-email")


def shown(browser: webdriver.Chrome, report: Report, place: Path, *, width: int = 1280) -> None:
    """Open the page of a report, fail for whatever the console says of it."""
    page = place / "report.html"
    page.write_bytes(html_report(report))
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    browser.get(page.as_uri())
    assert browser.get_log("browser") == []


ROWS = """
return [...document.querySelectorAll("#list tbody tr")].filter(row => row.checkVisibility()).length
"""


def rows(browser: webdriver.Chrome) -> int:
    """How many rows of the list are to be seen."""
    return int(browser.execute_script(ROWS))


def test_filters(browser: webdriver.Chrome, report: Report, tmp_path: Path) -> None:
    """By words, by group, by outcome, and what is left is counted."""
    shown(browser, report, tmp_path)
    everything = rows(browser)
    assert everything == len(report.outcomes)
    browser.find_element(By.ID, "search").send_keys("creator_email null")
    few = rows(browser)
    assert 0 < few < 60
    assert browser.find_element(By.ID, "shown").text == f"{few} of {everything} cases"
    browser.find_element(By.CSS_SELECTOR, "#outcome [value=wrong]").click()
    assert 0 < rows(browser) <= 2
    browser.find_element(By.ID, "search").clear()
    browser.find_element(By.CSS_SELECTOR, "#outcome [value='']").click()
    browser.find_element(By.CSS_SELECTOR, "#group [value=style]").click()
    assert rows(browser) == sum(o.case.group == "style" for o in report.outcomes)


def test_a_cell_shows_its_cases(browser: webdriver.Chrome, report: Report, tmp_path: Path) -> None:
    """With the keyboard alone: into the map, along it, into the dialog, and back."""
    shown(browser, report, tmp_path)
    stops = browser.execute_script(
        "return document.querySelectorAll('.map .cell[tabindex=\"0\"]').length"
    )
    assert stops == 1
    first = browser.find_element(By.CSS_SELECTOR, ".map .cell[tabindex='0']")
    browser.execute_script("arguments[0].focus()", first)
    before = first.get_attribute("aria-label")
    first.send_keys(Keys.ARROW_DOWN)
    active = browser.switch_to.active_element
    label = active.get_attribute("aria-label")
    assert label != before
    active.send_keys(Keys.ENTER)
    assert browser.find_element(By.ID, "dialog-title").text == label
    assert browser.find_elements(By.CSS_SELECTOR, "#dialog-body details")
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    dialog = browser.find_element(By.ID, "dialog")
    WebDriverWait(browser, 10).until(lambda _: dialog.get_attribute("open") is None)
    assert browser.switch_to.active_element.get_attribute("aria-label") == label


def test_what_went_wrong_comes_first(
    browser: webdriver.Chrome, report: Report, tmp_path: Path
) -> None:
    """Of the cases of a cell."""
    shown(browser, report, tmp_path)
    cell = browser.find_element(By.CSS_SELECTOR, ".map .cell.wrong")
    browser.execute_script("arguments[0].click()", cell)
    summary = browser.find_element(By.CSS_SELECTOR, "#dialog-body summary")
    assert summary.text.startswith("✗")
    assert "500" in summary.text


def test_hostile_text_is_not_run(browser: webdriver.Chrome, tmp_path: Path) -> None:
    """Neither in the page nor in a dialog, and the document stays whole."""
    shown(browser, hostile_report(), tmp_path)
    for cell in browser.find_elements(By.CSS_SELECTOR, "[data-cases]"):
        browser.execute_script("arguments[0].click()", cell)
        assert "<img src=x onerror=alert(1)>" in browser.find_element(By.ID, "dialog-title").text
        for details in browser.find_elements(By.CSS_SELECTOR, "#dialog-body details"):
            browser.execute_script("arguments[0].open = true", details)
        browser.execute_script("document.getElementById('dialog').close()")
    assert browser.find_elements(By.TAG_NAME, "img") == []
    assert browser.execute_script("return document.scripts.length") == 2
    assert browser.find_element(By.CSS_SELECTOR, "footer p").text.startswith("Made by kombo_fakes")
    # An alert would be an error here.
    assert browser.get_log("browser") == []


def test_five_thousand_cases(browser: webdriver.Chrome, report: Report, tmp_path: Path) -> None:
    """Are still filtered as one types."""
    many = tuple(
        replace(outcome, case=replace(outcome.case, id=f"{outcome.case.id}/{turn}"))
        for turn in range(5_000 // len(report.outcomes) + 1)
        for outcome in report.outcomes
    )[:5_000]
    shown(browser, replace(report, outcomes=many), tmp_path)
    assert rows(browser) == 5_000
    browser.find_element(By.ID, "search").send_keys("creator_email-null")
    assert 0 < rows(browser) < 100


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out(
    browser: webdriver.Chrome, report: Report, tmp_path: Path, width: int
) -> None:
    """On a phone as on a desk: wide tables scroll by themselves."""
    for one in (report, hostile_report()):
        shown(browser, one, tmp_path, width=width)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width


CONTRAST = """
const linear = x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4;
const light = ([r, g, b]) =>
  .2126 * linear(r / 255) + .7152 * linear(g / 255) + .0722 * linear(b / 255);
const parse = text => text.match(/[\\d.]+/g).map(Number);
const back = element => {
  for (; element; element = element.parentElement) {
    const colour = parse(getComputedStyle(element).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const poor = new Set();
for (const element of document.querySelectorAll("body *:not(svg *):not(script)")) {
  const texts = [...element.childNodes].filter(node => node.nodeType === 3 && node.data.trim());
  if (!texts.length || !element.checkVisibility()) continue;
  const both = [light(parse(getComputedStyle(element).color)), light(back(element))];
  const [low, high] = both.sort((x, y) => x - y);
  if ((high + .05) / (low + .05) < 4.5) poor.add(element.tagName + "." + element.className);
}
return [...poor];
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(
    browser: webdriver.Chrome, report: Report, tmp_path: Path, scheme: str
) -> None:
    """A contrast of 4.5 to 1 at least (WCAG 2.2, 1.4.3), with the system's theme and the other."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    shown(browser, report, tmp_path)
    assert browser.execute_script(CONTRAST) == []
    paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    theme: Any = browser.find_element(By.ID, "theme")
    seen = set()
    for _ in range(3):
        theme.click()
        seen.add(browser.execute_script("return getComputedStyle(document.body).backgroundColor"))
        assert browser.execute_script(CONTRAST) == []
    assert len(seen) == 2
    assert paper in seen


def test_without_a_script(browser: webdriver.Chrome, report: Report, tmp_path: Path) -> None:
    """Findings, maps and the list are there all the same."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        shown(browser, report, tmp_path)
        assert browser.find_element(By.CSS_SELECTOR, ".finding h3").is_displayed()
        assert not browser.find_element(By.ID, "filters").is_displayed()
        assert browser.find_element(By.CSS_SELECTOR, "#list tbody tr").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
