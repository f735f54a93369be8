#!/usr/bin/env python3
"""The manual as HTML pages: the chapters of docs/manual, and the calls as the public headers describe them.

    manual.py OUTPUT

Needs Debian's python3-markdown and python3-pygments. OUTPUT is made anew; open OUTPUT/index.html. The pages need nothing else: no script, no font.
"""
import html
import os
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
import headers  # noqa: E402    beside this file

try:
    import markdown
    import pygments
    import pygments.formatters
    import pygments.lexers
except ImportError:
    if os.path.realpath(sys.executable) != os.path.realpath("/usr/bin/python3") and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])       # the one that Debian's packages are for
    sys.exit("The manual's pages need python3-markdown and python3-pygments: apt install python3-markdown python3-pygments")

ROOT = pathlib.Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.M | re.S)
BESIDE = {"sqlalchemy": "What there is of SQLAlchemy"}     # pages of docs/ that the manual leads to
CALL = re.compile(r"\b((?:kith|KITH)_\w*[A-Za-z0-9])\b")


# ---------------------------------------------------------------- code

def linked(text, calls):
    """HTML in which the names of calls lead to what is said about them"""
    return CALL.sub(lambda m: f'<a class="call-name" href="calls.html#{m[1]}">{m[1]}</a>' if m[1] in calls else m[1], text)


def coloured(kind, body, calls):
    lexer = {"c": pygments.lexers.CLexer, "python": pygments.lexers.PythonLexer}.get(kind)
    if not lexer:
        return html.escape(body, quote=False)
    return linked(pygments.highlight(body, lexer(stripnl=False, ensurenl=False), pygments.formatters.HtmlFormatter(nowrap=True)), calls)


def console(body):
    out, goes_on = [], False
    for line in html.escape(body, quote=False).splitlines():
        if line.startswith("$ "):
            out.append(f"<i>$</i> <b>{line[2:]}</b>")
        else:
            out.append(f"<b>{line}</b>" if goes_on else line)
        goes_on = line.endswith("\\") and (goes_on or line.startswith("$ "))
    return "\n".join(out)


def block(kind, words, body, calls):
    body = body.rstrip("\n")
    name = re.search(r"\bfile=(\S+)", words)
    caption = f'<div class="file">{html.escape(name[1])}</div>\n' if name else ""
    if kind == "console":
        return f'<pre class="console" tabindex="0"><code>{console(body)}</code></pre>'
    return f'{caption}<pre tabindex="0"><code>{coloured(kind, body, calls)}</code></pre>'


# ---------------------------------------------------------------- a chapter

def slug(text):
    """As GitHub makes them, so that one link serves both"""
    return re.sub(r"[^\w\- ]", "", re.sub(r"<[^>]*>", "", html.unescape(text)).lower()).replace(" ", "-")


def with_anchors(body):
    def anchor(match):
        level, text = match[1], match[2]
        return f'<h{level} id="{slug(text)}">{text}<a class="anchor" href="#{slug(text)}" aria-label="link to this section">#</a></h{level}>'
    return re.sub(r"<h([23])>(.*?)</h\1>", anchor, body)


def link_of(target):
    """A link of the sources, as the pages have it; None: it leads out of them"""
    path, _, fragment = target.partition("#")
    if re.match(r"\w+:", target) or not path:
        return target
    path = re.sub(r"^(\.\./|manual/)", "", path)
    name = "index" if path == "README.md" else path.removesuffix(".md")
    if "/" in path or not path.endswith(".md") or (name not in BESIDE and not (ROOT / "docs/manual" / path).exists()):
        return None
    return f"{name}.html" + (f"#{fragment}" if fragment else "")


def with_links(body):
    def link(match):
        target = link_of(html.unescape(match[1]))
        return f'<a href="{html.escape(target)}">{match[2]}</a>' if target else match[2]
    return re.sub(r'<a href="([^"]*)">(.*?)</a>', link, body)


def chapter_body(text, calls):
    blocks = []

    def keep(match):
        blocks.append(block(match[1], match[2], match[3], calls))
        return f"\nKITHBLOCK{len(blocks) - 1}END\n"
    body = markdown.markdown(FENCE.sub(keep, text), extensions=["tables", "sane_lists"])
    body = with_anchors(with_links(body))
    body = re.sub(r"<code>(.*?)</code>", lambda m: f"<code>{linked(m[1], calls)}</code>", body)
    body = body.replace("<table>", '<div class="table"><table>').replace("</table>", "</table></div>")
    body = re.sub(r'<thead>\s*<tr>(\s*<th>\s*</th>\s*)+</tr>\s*</thead>\s*', "", body)
    return re.sub(r"<p>KITHBLOCK(\d+)END</p>", lambda m: blocks[int(m[1])], body)


# ---------------------------------------------------------------- the calls

def comment_html(comment, calls):
    out = []
    for kind, lines in comment.text:
        if kind == "code":
            out.append(f'<pre tabindex="0"><code>{coloured("c", chr(10).join(lines), calls)}</code></pre>')
        else:
            out.append(f"<p>{linked(html.escape(' '.join(lines), quote=False), calls)}</p>")
    return "\n".join(out)


def call_html(group, calls):
    names = [name for name in group.names if headers.is_call(name, group)] or group.names
    anchors = "".join(f'<span id="{name}"></span>' for name in group.names)
    remarks = "".join(f"<dt>{name}</dt><dd>{html.escape(remark, quote=False)}</dd>" for name, remark in group.remarks)
    parts = "".join(f"<dt>{part.lower()}</dt><dd>{linked(html.escape(group.part(part), quote=False), calls)}</dd>" for part in headers.PARTS[:3])
    return (f'<section class="call">{anchors}<h3>{", ".join(names[:6])}{", …" if len(names) > 6 else ""}</h3>\n'
            f'<pre tabindex="0"><code>{coloured("c", chr(10).join(group.synopsis), {})}</code></pre>\n{comment_html(group.comment, calls)}\n<dl>{remarks}{parts}</dl></section>')


def calls_body(all_headers, calls):
    out = ["<h1>All calls</h1>", "<p>As the headers in <code>include/kith/</code> describe them; <code>man 3 kith</code> says the same. In what follows <code>M</code> is the "
           "name of a model, <code>field</code> that of a member, <code>v</code> a value, <code>obj</code> an object that kith handed out, and <code>...</code> what is given by name.</p>"]
    for header in all_headers:
        groups = [group for group in header.groups if group.comment.text or group.remarks]
        if groups:
            out.append(f"<h2>{header.path}</h2>\n{comment_html(header.comment, calls)}")
            out += [call_html(group, calls) for group in groups]
    return with_anchors("\n".join(out).replace("<h3>", "<H3>").replace("</h3>", "</H3>")).replace("<H3>", "<h3>").replace("</H3>", "</h3>")


# ---------------------------------------------------------------- a page

def navigation(parts, here, sections):
    out = ['<p class="brand"><a href="index.html">kith</a></p>']
    for part, pages in parts:
        out.append(f'<p class="part">{part}</p><ol>' if part else "<ol>")
        for name, title in pages:
            inner = "".join(f'<li><a href="#{slug(s)}">{s}</a></li>' for s in sections) if name == here else ""
            out.append(f'<li><a href="{name}.html"{" aria-current=page" if name == here else ""}>{title}</a>{f"<ol>{inner}</ol>" if inner else ""}</li>')
        out.append("</ol>")
    return "\n".join(out)


def page(parts, name, title, body):
    pages = [p for _, group in parts for p in group]
    at = next((i for i, p in enumerate(pages) if p[0] == name), None)
    before = pages[at - 1] if at else None
    after = pages[at + 1] if at is not None and at + 1 < len(pages) else pages[0] if at is None else None
    footer = "".join(f'<a href="{p[0]}.html"><span>{word}</span>{p[1]}</a>' for word, p in (("before", before), ("next", after)) if p)
    sections = [re.sub(r'<a class="anchor".*', "", s) for s in re.findall(r"<h2[^>]*>(.*?)</h2>", body)]
    side = navigation(parts, name, [re.sub(r"<[^>]*>", "", s) for s in sections])
    shown = "kith" if name == "index" else re.sub(r"<[^>]*>", "", title)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{shown}{" · kith" if name != "index" else ": the manual"}</title>
<link rel="stylesheet" href="manual.css">
<nav class="side" aria-label="chapters">
<details class="narrow"><summary>{shown} <span>chapters</span></summary>
{side}
</details>
<div class="wide">
{side}
</div>
</nav>
<main>
{body}
<footer>{footer}</footer>
</main>
</html>
"""


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    output = pathlib.Path(sys.argv[1])
    all_headers = headers.read_headers(ROOT / "include")
    calls = {name for header in all_headers for group in header.groups if group.comment.text or group.remarks for name in group.names}
    sources = {"index" if path.stem == "README" else path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs/manual").glob("*.md")}

    # the parts and the order of the chapters are those of the first page
    parts = []
    for line in sources["index"].splitlines():
        if part := re.fullmatch(r"\*\*(.*)\*\*", line):
            parts.append((part[1], []))
        elif chapter := re.match(r"\d+\. \[(.*?)\]\((.*?)\.md\)", line):
            parts[-1][1].append((chapter[2], chapter[1]))
    beside = {name: title for name, title in BESIDE.items() if (ROOT / f"docs/{name}.md").exists()}
    parts.append(("To look up", [("calls", "All calls"), *beside.items()]))
    sources |= {name: (ROOT / f"docs/{name}.md").read_text(encoding="utf-8") for name in beside}
    listed = {name for _, pages in parts for name, _ in pages}
    if missing := set(sources) - listed - {"index"}:
        sys.exit(f"docs/manual/README.md does not list {', '.join(sorted(missing))}")

    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    shutil.copy(ROOT / "tools/manual.css", output)
    for name, text in sources.items():
        title = re.match(r"# (?:\d+\. )?(.*)", text)[1]
        (output / f"{name}.html").write_text(page(parts, name, title, chapter_body(text, calls)), encoding="utf-8")
    (output / "calls.html").write_text(page(parts, "calls", "All calls", calls_body(all_headers, calls)), encoding="utf-8")
    print(f"{output}/index.html: {len(sources) + 1} pages, {len(calls)} calls")


if __name__ == "__main__":
    main()
