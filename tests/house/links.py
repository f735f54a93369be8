#!/usr/bin/env python3
"""No link of a page leads nowhere: in the Markdown of the project, in the HTML that `make manual` makes of it, and from a header to its chapter.

Run with the project's root. Prints "ok …" or "not ok …". Where python3-markdown is not, the HTML is left out, and said to be.
"""
import html.parser
import pathlib
import re
import subprocess
import sys
import tempfile

from said import say


def without_code(text):
    text = re.sub(r"^```.*?^```$", lambda m: "\n" * m[0].count("\n"), text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors_of(path):
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(page):
    """(line, target) of each that leads nowhere"""
    text = without_code(page.read_text(encoding="utf-8"))
    for link in re.finditer(r"\]\(([^)\s]+)\)", text):
        path, _, fragment = link[1].partition("#")
        if re.match(r"\w+:", link[1]):
            continue
        target = page.parent / path if path else page
        if not target.exists() or (fragment and target.suffix == ".md" and fragment not in anchors_of(target)):
            yield text.count("\n", 0, link.start()) + 1, link[1]


def sources(root):
    listed = subprocess.run(["git", "-C", root, "ls-files", "*.md"], capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        return [root / name for name in listed.stdout.splitlines() if (root / name).exists()]
    return sorted(path for path in root.rglob("*.md") if not re.match(r"build|\.", path.relative_to(root).parts[0]))


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.ids, self.links = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        self.links += [attributes[name] for name in ("href", "src") if attributes.get(name)]


def trouble_with_html(root):
    """What is wrong with the pages that are made, or None; "" where they cannot be made here"""
    with tempfile.TemporaryDirectory() as place:
        made = subprocess.run([sys.executable, root / "tools/manual.py", place + "/manual"], capture_output=True, text=True)
        if made.returncode and "apt install" in made.stderr:
            return ""
        if made.returncode:
            return made.stderr
        folder = pathlib.Path(place) / "manual"
        texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}
        pages = {name: Page(text) for name, text in texts.items()}
        troubles = []
        for name, page in pages.items():
            for link in page.links:
                path, _, fragment = link.partition("#")
                if re.match(r"\w+:", link):
                    continue
                if not (folder / (path or name)).exists():
                    troubles.append(f"{name}: {link} is not there")
                elif fragment and fragment not in pages[path or name].ids:
                    troubles.append(f"{name}: {link} has no such place")
            if twice := sorted({i for i in page.ids if page.ids.count(i) > 1}):
                troubles.append(f"{name}: these places are there twice: {', '.join(twice)}")
            if left := re.search(r"KITHBLOCK|```|\]\(|<p>\||\*\*", re.sub(r"<(pre|code)\b.*?</\1>", "", texts[name], flags=re.S)):
                troubles.append(f"{name}: {left[0]} was left as it was")
        chapters = len(list((root / "docs/manual").glob("[0-9]*.md")))
        if len(pages) < chapters + 2:
            troubles.append(f"{len(pages)} pages of {chapters} chapters")
        return "\n".join(troubles) or None


def itself():
    """A dead link, a dead anchor and one that is code: two are found"""
    with tempfile.TemporaryDirectory() as place:
        page = pathlib.Path(place) / "a.md"
        page.write_text("# One two\n[a](b.md) [b](#one-two)\n[c](a.md#three) `[d](e.md)`\n```\n[f](g.md)\n```\n")
        found = list(dead_links(page))
    return None if found == [(2, "b.md"), (3, "a.md#three")] else f"found {found}"


def checks(root):
    yield "a dead link is seen", itself()
    pages = sources(root)
    yield "there are pages", None if len(pages) > 15 else f"{len(pages)}"
    dead = [f"{page.relative_to(root)}:{line}: {target}" for page in pages for line, target in dead_links(page)]
    yield "no link in Markdown is dead", "\n".join(dead) or None
    named = {(path.name, chapter) for path in (root / "include/kith").glob("*.h") for chapter in re.findall(r"^ \* Manual: (\S+)", path.read_text(encoding="utf-8"), re.M)}
    lost = [f"{name}: {chapter}" for name, chapter in sorted(named) if not (root / f"docs/manual/{chapter}.md").exists()]
    yield "headers name chapters that are there", "\n".join(lost) or (None if named else "none names one")
    index = (root / "docs/manual/README.md").read_text(encoding="utf-8")
    unlisted = [path.name for path in sorted((root / "docs/manual").glob("[0-9]*.md")) if f"({path.name})" not in index]
    yield "the manual's first page lists every chapter", "\n".join(unlisted) or None
    tests = "".join((root / place / "meson.build").read_text(encoding="utf-8") for place in ("tests/house", "tests/cli", "tests/python"))
    untold = [path.name for path in sorted((root / "docs/manual").glob("[0-9]*.md")) if f"docs/manual/{path.name}'" not in tests]
    yield "every chapter is run by a test", "\n".join(untold) or None
    trouble = trouble_with_html(root)
    yield "no link in the manual's HTML is dead" + (" (left out: python3-markdown is not here)" if trouble == "" else ""), trouble or None


def main():
    return say("links", checks(pathlib.Path(sys.argv[1]).resolve()))


if __name__ == "__main__":
    sys.exit(main())
