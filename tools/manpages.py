#!/usr/bin/env python3
"""The manual's section 3, made from the comments of the public headers: one page per group of calls, and for each further name a page that
leads there.

    manpages.py OUTPUT VERSION INCLUDE

OUTPUT is made anew. Ends with 1 and a line for each call about which its header says too little.
"""
import pathlib
import re
import shutil
import sys
import textwrap

sys.dont_write_bytecode = True
import headers  # noqa: E402    beside this file

DATE = "2026-11-25"


def escape(text):
    return text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("'", "\\(aq").replace("`", "\\(ga")


def paragraph(text):
    """Filled text, a line a sentence or less, names in bold"""
    lines = []
    for line in textwrap.wrap(text, 78, break_on_hyphens=False, break_long_words=False):
        line = escape(line)
        line = re.sub(r"\b(kith_\w+|KITH_\w+)", r"\\fB\1\\fR", line)
        lines.append(("\\&" if line[0] in ".'" else "") + line)
    return lines


def code(lines):
    return [".RS 4", ".nf", *(("\\&" if line[:1] in ".'" else "") + escape(line) for line in lines), ".fi", ".RE"]


def description(group):
    out = []
    for kind, lines in group.comment.text:
        out += [".PP", *paragraph(" ".join(lines))] if kind == "text" else [".PP", *code(lines)]
    for name, remark in group.remarks:
        out += [".TP", f".B {name}", *paragraph(remark)]
    return out[1:] if out[:1] == [".PP"] else out


def synopsis(group):
    alone = "not part of <kith/kith.h>" in " ".join(line for _, lines in group.header.comment.text for line in lines).lower()
    out = [".nf", f".B #include <{group.header.path if alone else 'kith/kith.h'}>", ".PP"]
    for declaration in group.synopsis:
        out += [("\\&" if line[:1] in ".'" else "") + escape(line) for line in declaration.expandtabs().splitlines()]
    return out + [".fi"]


def short(group):
    words = group.comment.first_sentence or (group.remarks[0][1] if group.remarks else "")
    words = re.split(r"[:;(]", words)[0].strip().rstrip(",")
    words = words[0].lower() + words[1:] if re.match(r"A |[A-Z][a-z]", words) else words
    return textwrap.shorten(words, 76, placeholder=" ...")


def page_name(group):
    return next((name for name in group.names if headers.is_call(name, group)), group.names[0])


def see_also(group):
    others = [page_name(other) for other in group.header.groups if other is not group and (other.comment.text or other.remarks)]
    names = [".BR kith (3)", *(f".BR {name} (3)" for name in sorted(set(others)))]
    lines = [f"{name}," for name in names[:-1]] + [names[-1]]
    return lines + [".PP", *paragraph(f"The manual, {group.part('Manual').split('-', 1)[1].replace('-', ' ')} (chapter {group.part('Manual').split('-')[0]}).")]


def page(group, version):
    name = page_name(group)
    out = [f'.\\" made by tools/manpages.py from {group.header.path}', f'.TH {name.upper()} 3 {DATE} "kith {version}" "kith"', ".SH NAME",
           f"{', '.join(dict.fromkeys(group.names))} \\- {escape(short(group))}", ".SH SYNOPSIS", *synopsis(group), ".SH DESCRIPTION", *description(group)]
    for part in headers.PARTS[:3]:
        out += [f".SH {part.upper()}", *paragraph(group.part(part))]
    return "\n".join([*out, ".SH SEE ALSO", *see_also(group)]) + "\n"


def overview(all_headers, version):
    umbrella = next(header for header in all_headers if header.path == "kith/kith.h")
    out = ['.\\" made by tools/manpages.py', f'.TH KITH 3 {DATE} "kith {version}" "kith"', ".SH NAME", "kith \\- an object\\-relational mapper for C",
           ".SH SYNOPSIS", ".nf", ".B #include <kith/kith.h>", ".PP", "cc ... $(pkg\\-config \\-\\-cflags \\-\\-libs kith)", ".fi", ".SH DESCRIPTION"]
    for kind, lines in umbrella.comment.text:
        out += ([".PP"] if out[-1] != ".SH DESCRIPTION" else []) + (paragraph(" ".join(lines)) if kind == "text" else paragraph(" ".join(line.strip() for line in lines)))
    out += [".PP", *paragraph("In these pages M is the name of a model, field that of a member, v a value, obj an object that kith handed out, and ... what is given by "
                              "name, as in an initialiser: .where = kith_eq(Raccoon, name, \"Rocky\").")]
    for header in all_headers:
        pages = [group for group in header.groups if said_enough(group)]
        if pages:
            out += [f".SS {header.path}", *paragraph(" ".join(" ".join(lines) for kind, lines in header.comment.text if kind == "text"))]
            for group in pages:
                out += [".TP", f".BR {page_name(group)} (3)", *paragraph(short(group))]
    for part in headers.PARTS[:3]:
        out += [f".SH {part.upper()}", *paragraph(OVERALL[part])]
    return "\n".join([*out, ".SH SEE ALSO", ".BR kith (1),", ".BR kith\\-db (1)"]) + "\n"


OVERALL = {
    "Ownership": "Handles are the caller's, and closed by the caller; all else that kith hands out is the session's, and freed with it.",
    "Errors": "The first failure stays on its session; after it every call does nothing. See kith_error_of(3).",
    "Threads": "A database handle: any thread. A session and its objects: one thread at a time. The library has no globals.",
}


def said_enough(group):
    return bool(group.comment.text or group.remarks)


def lacking(all_headers):
    """A sentence for each call about which too little is said"""
    for header in all_headers:
        if not header.groups:
            continue
        for part in headers.PARTS:
            if part not in header.comment.parts:
                yield f"{header.path}: the comment at its head has no \"{part}:\""
        for group in header.groups:
            named = {name for name, _ in group.remarks}
            for name in group.names:
                if headers.is_call(name, group) and not group.comment.text and name not in named:
                    yield f"{header.path}: nothing is said about {name}"


def main():
    output, version, include = sys.argv[1:]
    all_headers = headers.read_headers(include)
    troubles = list(lacking(all_headers))
    if troubles:
        print("\n".join(troubles), file=sys.stderr)
        return 1
    shutil.rmtree(output, ignore_errors=True)
    folder = pathlib.Path(output)
    folder.mkdir(parents=True)
    (folder / "kith.3").write_text(overview(all_headers, version), encoding="utf-8")
    for header in all_headers:
        for group in filter(said_enough, header.groups):
            name = page_name(group)
            (folder / f"{name}.3").write_text(page(group, version), encoding="utf-8")
            for other in set(group.names) - {name}:
                (folder / f"{other}.3").write_text(f".so man3/{name}.3\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
