#!/usr/bin/env python3
"""kith models --dot, --mermaid and --svg: the models as pictures, whatever their names are."""
import re
import shutil

from kith import APP, KITH, ROOT, run
from test_app import gcc

# What would be read as something else, had it not been escaped. (DOT, HTML, XML, erDiagram and its directives.)
ODD = ['"', "a\"b", "it's", "<b>", "a<b&c>d", "&amp;", "a|b", "{x}", "end\\", "\\N\\l", "%%{init: {}}%%", "a%b", "x direction TB", "#35;", "a;b", "[z]", "a:b", "PK", "fk",
       "1st", "-", " ", "Waschbär", "浣熊", "🦝", "erDiagram", "one", "title", "style a fill", "--", "~t~", "n" * 60, "é" * 60, "]]>", "<!--", "*s*", "a\tb", "tail "]


def lesson(place):
    for name in ("app.c", "models.c", "models.h"):
        shutil.copy(ROOT / "examples/lesson" / name, place.folder)
    return place


def literal(text):
    return '"' + "".join(f"\\{byte:03o}" if byte < 32 or byte > 126 or chr(byte) in '"\\?%' else chr(byte) for byte in text.encode("utf-8", "surrogateescape")) + '"'


def odd(place, names=ODD):
    """A model and a join table for each name, both with a column of that name and a key to the model of the one before."""
    header, models, listed = ["#include <kith/kith.h>"], ['#include "models.h"'], []
    for number, name in enumerate(names):
        key = literal(f"T{names[number - 1]}.id")
        header.append(f"KITH_DECLARE(M{number});\nKITH_DECLARE(J{number});\nstruct M{number} {{ int64_t id; const char *text; kith_opt_int other; }};")
        models.append(f"KITH_MODEL(M{number}, {literal('T' + name)}, KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(text, .column = {literal(name)}),"
                      f" KITH_COLUMN(other, .foreign_key = {key}));\nKITH_JOIN_TABLE(J{number}, {literal(name)}, KITH_JOIN_COLUMN({literal(name)}, {key}));")
        listed += [f"M{number}", f"J{number}"]
    return place.app("\n".join(models), "\n".join(header) + "\n", f'#include "models.h"\nKITH_APP("app", .models = KITH_MODELS({", ".join(listed)}));\n', migrations=False)


# ---------------------------------------------------------------- erDiagram: the grammar, as narrow as we write it

TEXT = r'"(?:[^"%\\\r\n#;<>&`*~{}\[\]|\x00-\x1f]|#\d+;)+"'
WORD = r"[A-Za-z_][A-Za-z0-9_()]*"
LINE = [re.compile(form) for form in (
    rf"  (?P<box>{TEXT}) \{{", r"  \}",
    rf"    (?P<type>{WORD}) (?!(?i:[PFU]K)\b)(?P<column>{WORD})(?: (?P<keys>[PFU]K(?:, [PFU]K)*))?(?: (?P<comment>{TEXT}))?",
    rf"  (?P<from>{TEXT}) (?P<feet>(?:\|\||\|o|\}}o)(?:--|\.\.)(?:o\{{|o\||\|\|)) (?P<to>{TEXT}) : (?P<label>{TEXT})")]


def plain(text):
    return re.sub(r"#(\d+);", lambda match: chr(int(match[1])), text[1:-1])


def er_diagram(text):
    """boxes: name -> columns as (type, name, keys, comment); lines as (from, feet, to, label)"""
    first, *rest = text.split("\n")
    assert first == "erDiagram" and rest.pop() == "", text
    boxes, lines, open_box = {}, [], None
    for line in rest:
        assert not re.search(r"(?i)direction\s+(TB|BT|LR|RL)", line), line
        found = next((match for match in (form.fullmatch(line) for form in LINE) if match), None)
        assert found, f"no line of an erDiagram: {line!r}"
        parts = found.groupdict()
        if "box" in parts:
            assert open_box is None and plain(parts["box"]) not in boxes, line
            open_box = boxes[plain(parts["box"])] = []
        elif "column" in parts:
            open_box.append((parts["type"], parts["column"], parts["keys"], plain(parts["comment"] or '""')))
        elif "from" in parts:
            assert open_box is None
            lines.append((plain(parts["from"]), parts["feet"], plain(parts["to"]), plain(parts["label"])))
        else:
            assert open_box, line
            open_box = None
    assert all(end in boxes for one in lines for end in (one[0], one[2])), lines
    return boxes, lines


# ---------------------------------------------------------------- Mermaid, DOT

def test_mermaid(place):
    """--mermaid: entities with their columns, relationships with crow's feet, association proxies dashed."""
    boxes, lines = er_diagram(lesson(place).kith("models --mermaid").out)
    assert boxes["Trashcan"] == [("BIGINT", "id", "PK", ""), ("BIGINT", "business_id", "FK", "null"), ("BIGINT", "raccoon_id", "FK", "null")], boxes
    assert lines == [("Business", "|o--o{", "Trashcan", "trashcans / business"), ("Raccoon", "|o--o{", "Trashcan", "trashcans / raccoon"),
                     ("Business", "}o..o{", "Raccoon", "raccoons")], lines


def test_mermaid_of_types_and_unique_indexes(place):
    """--mermaid: a type that is no word of the language is written as one, and stands beside it; a key under a unique index leads from one at most."""
    header = ("#include <kith/kith.h>\nKITH_DECLARE(Person);\nKITH_DECLARE(Passport);\nstruct Person { int64_t id; KITH_ONE(Passport) passport; };\n"
              "struct Passport { int64_t id; kith_decimal fee; kith_opt_int person_id; KITH_ONE(Person) person; };\n")
    models = ('#include "models.h"\nKITH_MODEL(Person, "people", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(passport, Passport, .back_populates = "person"));\n'
              'KITH_MODEL(Passport, "passports", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(fee, .precision = 8, .scale = 2),\n'
              '    KITH_COLUMN(person_id, .foreign_key = "people.id", .unique = true, .index = true), KITH_RELATIONSHIP(person, Person, .back_populates = "passport"));\n')
    place.app(models, header, '#include "models.h"\nKITH_APP("app", .models = KITH_MODELS(Person, Passport));\n', migrations=False)
    boxes, lines = er_diagram(place.kith("models --mermaid").out)
    assert boxes["Passport"][1] == ("NUMERIC(8_2)", "fee", None, "NUMERIC(8,2), null"), boxes
    assert lines == [("Person", "|o--o|", "Passport", "passport / person")], lines


def test_mermaid_odd(place):
    """--mermaid: no name is read as anything else, and each can be read from what stands there."""
    boxes, lines = er_diagram(odd(place).kith("models --mermaid").out)
    assert len(boxes) == len(lines) == 2 * len(ODD)
    for number, name in enumerate(ODD):
        shown, (_, word, _, comment) = name.replace("\t", "\N{REPLACEMENT CHARACTER}"), boxes[f"M{number}"][1]
        assert comment == f"{shown}, null" or (comment == "null" and word == name.replace(" ", "_")), (name, word, comment)
        assert shown in boxes and (f"M{(number or len(ODD)) - 1}", "||--o|", shown, shown) in lines, (shown, lines)


def everything(place):
    """The models of the behaviours' tests, and what they have not."""
    text = (ROOT / "tests/c/models.c").read_text()
    header = (ROOT / "tests/c/models.h").read_text()
    models = ", ".join(re.findall(r"^KITH_(?:MODEL|JOIN_TABLE)\((\w+)", text, re.M))
    return place.app(text, header, f'#include "models.h"\nKITH_APP("all", .models = KITH_MODELS({models}));\n', migrations=False)


def test_mermaid_ends(place):
    """How many and whether any stands at both ends: by the columns, and by what the models say."""
    boxes, lines = er_diagram(everything(place).kith("models --mermaid").out)
    ends = {(line[0], line[2], line[3]): line[1] for line in lines}
    assert ends["Sensor", "Reading", "readings / sensor"] == "||--o{"
    assert ends["Bear", "Den", "den / bear"] == "|o--o|"
    assert ends["Node", "Node", "children / parent"] == "|o--o{"
    assert ends["Plot", "Shed", "sheds / plot"] == "|o--o{"                 # a key of two columns is one line
    assert ends["Post", "post_tags", "tags"] == ends["Tag", "post_tags", "posts"] == "||--o{"
    assert ends["Person", "follows", "following"] == ends["Person", "follows", "followers"] == "||--o{"
    assert ends["Writer", "Book", "books, shown / writer"] == ends["Writer", "Book", "edited / editor"] == "|o--o{"
    assert ends["Garage", "Maker", "makers"] == "}o..o{" and ends["Driver", "Maker", "maker"] == "}o..o|"     # through a proxy; by a one
    assert ends["Driver", "Car", "plate"] == "}o..o|"                       # a proxy that ends at a column
    assert ("VARCHAR(32)", "serial", "UK", "") in boxes["Sensor"] and ("BIGINT", "student_id", "PK, FK", "") in boxes["Enrolment"]
    assert ("DOUBLE_PRECISION", "value", None, "") in boxes["Reading"]


def test_same_names(place):
    """A join table that is called as a model is has a box of its own."""
    place.app("""#include "models.h"
KITH_MODEL(Tag, "tag", KITH_COLUMN(id, .primary_key = true), KITH_RELATIONSHIP(tags, Tag, .secondary = "Tag", .foreign_keys = "a"));
KITH_JOIN_TABLE(Join, "Tag", KITH_JOIN_COLUMN("a", "tag.id"), KITH_JOIN_COLUMN("b", "tag.id"));
""", "#include <kith/kith.h>\nKITH_DECLARE(Tag);\nKITH_DECLARE(Join);\nstruct Tag { int64_t id; KITH_MANY(Tag) tags; };\n",
              '#include "models.h"\nKITH_APP("app", .models = KITH_MODELS(Tag, Join));\n', migrations=False)
    boxes, lines = er_diagram(place.kith("models --mermaid").out)
    assert list(boxes) == ["Tag", "Tag (join table)"] and lines[0][2] == "Tag (join table)"


def test_dot(place):
    """--dot: boxes with columns, keys and relationships; lines from row to row, the proxies' dashed."""
    said = lesson(place).kith("models --dot").out
    for part in ('<B>Business</B>', 'businesses_table', '>trashcans<', '>many Trashcan<', '>FK null<', '>trashcans.raccoon<',
                 '"businesses_table":c0e:e -> "trashcans_table":c1w:w [arrowtail="noneteenoneodot", arrowhead="crownoneodot"]',
                 '"businesses_table" -> "raccoons_table" [style="dashed"'):
        assert part in said, part


def test_usage(place):
    """One form at a time, and none that is not there; --help says which."""
    place.app(migrations=False)
    for words in ("--dot --svg", "--png", "Raccoon"):
        place.kith(f"models {words}", 2).has("[--dot | --mermaid | --svg]")
    assert "--mermaid" in place.kith("models --help").out


def test_no_models(place):
    """An app without models is an empty picture, and it says so."""
    place.app(app=APP.replace(", .models = KITH_MODELS(Raccoon)", ""), migrations=False)
    for form in ("--dot", "--mermaid"):
        said = place.kith(f"models {form}").has("the app has no models")
        assert said.out.startswith("digraph models {\n" if form == "--dot" else "erDiagram\n")


def test_no_dot(place):
    """Where Graphviz is not, --svg says what to install; where its dot cannot be run or fails, that."""
    place.app(migrations=False)
    gcc(place, "-shared", "-fPIC", "-o", "app.so", "app.c", "models.c")
    svg = ["--app", "app.so", "models", "--svg"]
    assert place.kith(svg, 1, PATH=str(KITH.parent)).has("there is no dot here", "apt-get install graphviz").out == ""
    path = f"{KITH.parent}:{place.folder}"
    place.write("dot", "#!/bin/sh\nexit 3\n").chmod(0o755)
    place.kith(svg, 1, PATH=path).has("dot, which draws the picture, failed")
    place.write("dot", "#!/bin/sh\nkill -9 $$\n")
    place.kith(svg, 1, PATH=path).has("failed")
    place.write("dot", "neither a program nor a script\n")
    place.kith(svg, 1, PATH=path).has("cannot be run")


def test_a_reader_that_ends(place):
    """A dot that reads nothing ends nobody else."""
    everything(place)
    place.write("dot", "#!/bin/sh\necho drawn \"$@\"\n").chmod(0o755)
    assert place.kith("models --svg", PATH=f"{place.folder}:{place.environment['PATH']}").out == "drawn -Tsvg\n"


if __name__ == "__main__":
    run(globals())
