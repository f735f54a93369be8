"""What the public headers say: their calls in groups, each with the comment before it. Used by tools/manpages.py and tools/manual.py.

A group is a comment that begins a line and the declarations right under it, up to an empty line or the next such comment. In a comment

    text                    is filled
      three spaces          is code
    Ownership: Errors: Threads: Manual:     begin a part of their own; what a group does not say, the comment at the head of its header says for it

Names that end in _ are the headers' own and nowhere shown.
"""
import dataclasses
import pathlib
import re

PARTS = ["Ownership", "Errors", "Threads", "Manual"]


@dataclasses.dataclass
class Comment:
    text: list = dataclasses.field(default_factory=list)        # ("text" or "code", lines)
    parts: dict = dataclasses.field(default_factory=dict)

    def add(self, kind, line, part, anew):
        if part:
            self.parts[part] = f"{self.parts.get(part, '')} {line}".strip()
        elif self.text and self.text[-1][0] == kind and not anew:
            self.text[-1][1].append(line)
        else:
            self.text.append((kind, [line]))

    @property
    def first_sentence(self):
        words = " ".join(" ".join(lines) for kind, lines in self.text if kind == "text")
        return re.split(r"(?<=\w)[.:;](?:\s|$)", words)[0].strip()


@dataclasses.dataclass
class Group:
    header: "Header"
    comment: Comment
    names: list = dataclasses.field(default_factory=list)       # of calls and types, in their order
    synopsis: list = dataclasses.field(default_factory=list)
    remarks: list = dataclasses.field(default_factory=list)     # (name, the comment behind its declaration)

    def part(self, name):
        words = self.comment.parts.get(name) or self.header.comment.parts.get(name) or ""
        return words if re.match(r"kith_|KITH_", words) else words[:1].upper() + words[1:]


@dataclasses.dataclass
class Header:
    path: str                                                   # kith/query.h
    comment: Comment
    groups: list = dataclasses.field(default_factory=list)


def read_comment(lines):
    comment, part, anew = Comment(), None, False
    for line in lines:
        line = re.sub(r"^(/\*+| \*) ?", "", re.sub(r"\s*\*+/$", "", line.rstrip()))
        line = re.sub(r"^-{3,}\s*", "", line)
        if label := re.match(rf"({'|'.join(PARTS)}): *(.*)", line):
            part, line = label[1], label[2]
        if line.startswith("  "):
            comment.add("code", line[2:], None, anew)
        elif line.strip():
            comment.add("text", line, part, anew)
        else:
            part = None
        anew = not line.strip()
    return comment


def logical_lines(text):
    """(line, its comment) with continued lines and the bodies of structs, unions and enums in one"""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("/*") and "*/" not in line:
            for more in lines:
                line += "\n" + more
                if "*/" in more:
                    break
        elif line.startswith("#define"):
            while line.endswith("\\"):
                line = line[:-1] + "\n" + next(lines)
        elif re.match(r"(__extension__ )?(typedef )?(struct|union|enum)\b", line):
            while line.count("{") > line.count("}"):
                line += "\n" + next(lines)
        yield line


def split_remark(line):
    found = re.fullmatch(r"(.*?)\s*/\*\s*(.*?)\s*\*/\s*", line, re.S)
    return (found[1], found[2]) if found and "\n" not in line else (line, None)


# ---------------------------------------------------------------- what a macro looks like to who calls it

def result_of(body, functions):
    """The type that a macro's expansion has, as a person says it"""
    for pattern, said in [(r"\(\(const M \*\)", "const M *"), (r"kith_list_of_##M \*\)", "KITH_LIST(M) "), (r"kith_page_of_##M \*\)", "KITH_PAGE(M) "),
                          (r"KITH_(COMPARE|LOGIC)_|const kith_condition_\)", "condition "), (r"KITH_ORDER_|kith_order\)", "kith_order "),
                          (r"kith_change\)", "kith_change "), (r"^\s*_Generic\(\(v\)", "kith_value "), (r"field\.list_", "list "), (r"field\.object_", "object ")]:
        if re.search(pattern, body):
            return said
    called = re.search(r"\b(kith_\w+_)\(\(?&?(session|obj|kith_the_app)", body)
    return functions.get(called[1], "") if called else ""


def macro_synopsis(name, parameters, body, macros, functions):
    inner = re.match(r"\s*\(?(KITH_\w+_)\((.*)__VA_ARGS__, \)", body)
    if inner and inner[1] in macros:
        parameters, body = macros[inner[1]]
    said = "" if name.startswith("KITH_") and name != "KITH_VALUE" else result_of(body, functions)
    return f"{said}{name}({', '.join(parameters)})" + (";" if not name.startswith("KITH_") else "")


# ---------------------------------------------------------------- reading a header

def macros_of(text):
    found = {}
    for line in logical_lines(text):
        if macro := re.match(r"#define (\w+)\(([^)]*)\)\s*(.*)", line, re.S):
            found[macro[1]] = ([p.strip().removesuffix("_") for p in macro[2].split(",")], re.sub(r"\s*\n\s*", " ", macro[3]))
    return found


def functions_of(text):
    found = {}
    for line in text.splitlines():
        if function := re.match(r"(?!typedef|static|#|\s|extern)([\w\s]+?[\s*]+)(kith_\w+)\s*\(", line):
            found[function[2]] = re.sub(r"\s+", " ", function[1]).strip() + ("" if function[1].endswith("*") else " ")
    return found


def tidy(declaration):
    return re.sub(r" +(?=\*?kith_\w+ ?\()", " ", declaration) if "\n" not in declaration and "{" not in declaration else declaration


def declared(line, macros, functions):
    """[(name, synopsis)] of what a line declares"""
    if macro := re.match(r"#define ((?:kith|KITH)_\w*[A-Za-z0-9])\(", line):
        parameters, body = macros[macro[1]]
        return [(macro[1], macro_synopsis(macro[1], parameters, body, macros, functions))]
    if made := re.match(r"KITH_OF_(OPT_)?\((\w+), ([^,]+),", line):
        kinds = [("kith_value kith_of_{0}({1});"), *(("kith_value kith_of_opt_{0}(kith_opt_{0});", "kith_opt_{0} kith_some_{0}({1});") if made[1] else ())]
        made = [kind.format(made[2], made[3]) for kind in kinds]
        return [(re.search(r"(kith_(?:of|some)_\w+)\(", said)[1], said) for said in made]
    if inline := re.match(r"static inline (.*?(kith_\w*[a-z0-9])\(.*?\))\s*\{", line):
        return [(inline[2], inline[1] + ";")]
    if function := re.match(r"(?!typedef|static|#|\s|extern)[\w\s]+?[\s*]+(kith_\w*[a-z0-9])\s*\(", line):
        return [(function[1], tidy(line))]
    if pointer := re.match(r"typedef .*\(\*(kith_\w*[a-z0-9])\)\(", line):
        return [(pointer[1], line)]
    if kind := re.search(r"^(?:__extension__ )?typedef (?:struct|enum|union)\b.*?\}\s*(kith_\w*[a-z0-9]);", line, re.S):
        return [(kind[1], line)]
    if kind := re.match(r"struct (kith_\w*[a-z0-9]) \{", line):
        return [(kind[1], line)]
    return []


def read_header(path, root):
    text = path.read_text(encoding="utf-8")
    macros, functions = macros_of(text), functions_of(text)
    header, group = None, None
    for line in logical_lines(text):
        if line.startswith("/*"):
            comment = read_comment(line.splitlines())
            if not header:
                header, group = Header(str(path.relative_to(root)), comment), None
                continue
            group = Group(header, comment)
            header.groups.append(group)
        elif not line.strip() or not header:
            group = None
        else:
            code, remark = split_remark(line)
            found = declared(code, macros, functions)
            if found and not group:
                group = Group(header, Comment())
                header.groups.append(group)
            for name, synopsis in found:
                group.names.append(name)
                group.synopsis.append(synopsis)
                if remark:
                    group.remarks.append((name, remark))
    header.groups = [group for group in header.groups if group.names]
    return header


def read_headers(root):
    """of the folder include: those for programs; those in kith/sys speak to authors of bindings and are their own reference"""
    root = pathlib.Path(root)
    found = [read_header(path, root) for path in sorted((root / "kith").glob("*.h"))]
    return sorted(found, key=lambda header: int(re.match(r"\d*", header.comment.parts.get("Manual", ""))[0] or 0))


def is_call(name, group):
    """A type has no page of its own where nothing is said of it"""
    return any(re.search(rf"\b{name}\(", line) for line in group.synopsis)
