"""Draws report.png: the report of a receiver with three bugs, in headless Chromium.

Run it by `make pictures`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from selenium import webdriver

from kombo_fakes import probe
from kombo_fakes.probing.reports.as_html import html_report

HERE = Path(__file__).parent
sys.path.append(str(HERE.parents[1] / "tests"))

from support.gallery.broken import get_planted

BUGS = ("knows-no-copies", "crashes-on-null-email", "signs-unescaped-slashes")
SECRET = "a secret"
CHROMIUM, DRIVER = shutil.which("chromium") or "", shutil.which("chromedriver") or ""


def main() -> None:
    """Probe the receiver, open its report, take the picture."""
    kinds = [type(get_planted(name).receiver_factory(SECRET)) for name in BUGS]
    receiver = type("Receiver", tuple(kinds), {})(SECRET)
    report = probe(
        receiver, secret=SECRET, observe="/integrations/{integration_id}", url="/hooks", seed=1
    )
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "report.html"
        target = "http://127.0.0.1:8000/webhooks/kombo"
        page.write_bytes(html_report(replace(report, target=target)))
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in ("headless=new", "no-sandbox", "hide-scrollbars", "disable-gpu",
                         "disable-background-networking", "window-size=1180,1240",
                         f"user-data-dir={place}/profile"):  # fmt: skip
            options.add_argument(f"--{argument}")
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
        driver.get(page.as_uri())
        driver.execute_script("document.querySelectorAll('details').forEach(d => d.open = false)")
        driver.save_screenshot(str(HERE / "report.png"))
        driver.quit()


if __name__ == "__main__":
    main()
