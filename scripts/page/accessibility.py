"""What check-page asks of a page for those who use a keyboard, a screen reader or less motion."""

import glob
import json
import pathlib
import subprocess
import sys
import zipfile

# Carries axe-core's axe.min.js in its wheel.
AXE_PACKAGE = "axe-playwright-python==0.1.8"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN_AXE = """
axe.run(document, { runOnly: %s, resultTypes: ["violations"] }).then((result) => result.violations.map((violation) =>
  `axe ${violation.id}: ${violation.help}: `
    + violation.nodes.slice(0, 2).map((node) => node.html.slice(0, 160)).join(" and ")))
""" % json.dumps(AXE_TAGS)

# A drawing has a name that no other has, and an element with its numbers as text.
DRAWINGS = """
(() => {
  const faults = [];
  const names = new Set();
  for (const svg of document.querySelectorAll("svg.chart")) {
    const name = svg.getAttribute("aria-label") || "";
    const panel = svg.closest(".panel");
    const key = (panel ? [...panel.parentElement.children].indexOf(panel) : "") + name;
    if (!name) faults.push("a drawing has no name");
    if (names.has(key)) faults.push(`two drawings are called "${name}"`);
    names.add(key);
    const details = document.getElementById(svg.getAttribute("aria-details") || "");
    if (!details) faults.push(`"${name}" has no numbers as text`);
    else if (!details.querySelector("table")) faults.push(`the numbers of "${name}" are no table`);
  }
  return faults;
})()
"""

MOTION = """
[...document.querySelectorAll("*")].filter((element) => {
  const style = getComputedStyle(element);
  return style.animationName !== "none" || style.transitionDuration !== "0s";
}).slice(0, 3).map((element) => `${element.tagName} moves, although less motion was asked for`)
"""

# One tab stop for each group of radio buttons.
CONTROLS = """
[...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")].filter((element) =>
  element.checkVisibility() && !(element.type === "radio" && !element.checked)).length
"""

FOCUS = """
(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  window.reached = window.reached || new Set();
  const isNew = !window.reached.has(element);
  window.reached.add(element);
  return {
    isNew, count: window.reached.size, name: element.outerHTML.slice(0, 80),
    isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    isInside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
})()
"""

KEYS = {"Tab": (9, None), "Enter": (13, "\r"), " ": (32, " "), "ArrowRight": (39, None)}


def axe(folder):
    """The text of axe-core, downloaded into the folder unless it is there; None where it cannot be had."""
    folder = pathlib.Path(folder)
    pattern = f"{folder}/{AXE_PACKAGE.replace('==', '-').replace('-', '_', 2)}-*.whl"
    try:
        if not glob.glob(pattern):
            subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True, capture_output=True)
            subprocess.run(
                [folder / "venv/bin/python", "-m", "pip", "download", "--quiet", "--retries", "2", "--no-deps",
                 "--dest", folder, AXE_PACKAGE], check=True, capture_output=True)
        with zipfile.ZipFile(glob.glob(pattern)[0]) as wheel:
            name = next(name for name in wheel.namelist() if name.endswith("axe.min.js"))
            return wheel.read(name).decode()
    except (OSError, subprocess.CalledProcessError, IndexError, StopIteration):
        return None


def run_axe(browser, source):
    """What axe-core finds wrong with the page as it stands."""
    browser.evaluate(source + "; true")
    return browser.evaluate(RUN_AXE)


def press(browser, key):
    code, text = KEYS[key]
    event = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code}
    if text:
        event["text"] = text
    browser.call("Input.dispatchKeyEvent", type="keyDown", **event)
    browser.call("Input.dispatchKeyEvent", type="keyUp", **event)


def keyboard(browser):
    """Goes through a page that was just loaded by its keys."""
    faults = []
    controls = browser.evaluate(CONTROLS)
    press(browser, "Tab")
    if not browser.evaluate("document.activeElement.matches('.skip')"):
        faults.append("the first key does not reach the skip link")
    focus = browser.evaluate(FOCUS)
    while focus and focus["isNew"]:
        if not focus["isMarked"]:
            faults.append(f"the focus cannot be seen on {focus['name']}")
        if not focus["isInside"]:
            faults.append(f"the focus is out of sight on {focus['name']}")
        count = focus["count"]
        press(browser, "Tab")
        focus = browser.evaluate(FOCUS)
    if count < controls:
        faults.append(f"Tab reaches {count} of {controls} controls")
    browser.evaluate("document.querySelector('.skip').focus()")
    press(browser, "Enter")
    if browser.evaluate("document.activeElement.id") != "content":
        faults.append("the skip link does not lead to the content")
    return faults + sorting(browser) + choosing(browser)


def sorting(browser):
    """Enter sorts a table by the column in focus, and the blank turns the order."""
    header = "document.querySelector('table.sortable th')"
    if not browser.evaluate(f"!!{header}"):
        return []
    browser.evaluate(f"{header}.querySelector('button').focus()")
    faults = []
    for key, order in (("Enter", "ascending"), (" ", "descending")):
        press(browser, key)
        found = browser.evaluate(f"{header}.getAttribute('aria-sort')")
        if found != order:
            faults.append(f"the key {key!r} sorts {found}, not {order}")
    return faults


def choosing(browser):
    """An arrow chooses the next axis, and its drawings are shown alone."""
    if browser.evaluate("document.querySelectorAll('.choice input').length") < 2:
        return []
    browser.evaluate("document.querySelector('.choice input:checked').focus()")
    press(browser, "ArrowRight")
    return [] if shown(browser) == [1] else [f"an arrow shows the drawings {shown(browser)}, not the second ones"]


def shown(browser):
    """The numbers of the panels that can be seen."""
    return browser.evaluate("""[...document.querySelectorAll(".panel")].flatMap((panel, number) =>
      panel.getClientRects().length > 0 ? [number] : [])""")
