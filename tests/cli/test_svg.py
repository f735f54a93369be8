#!/usr/bin/env python3
"""kith models --svg, with Graphviz itself: it takes what is written without a word, and what it draws is well-formed and whole."""
import shutil
import sys
import time
import xml.etree.ElementTree as ElementTree

from kith import run
from test_pictures import ODD, everything, lesson, odd

SVG = "{http://www.w3.org/2000/svg}"


def drawn(place):
    """texts, titles of boxes, titles of lines"""
    said = place.kith("models --svg")
    assert said.err == "", said.err
    root = ElementTree.fromstring(said.out)
    assert root.tag == SVG + "svg"
    groups = [(group.get("class"), group.find(SVG + "title")) for group in root.iter(SVG + "g")]
    return ([" ".join((text.text or "").replace("\N{WORD JOINER}", "").split()) for text in root.iter(SVG + "text")], [title.text for kind, title in groups if kind == "node"],
            [title.text for kind, title in groups if kind == "edge"])


def test_lesson(place):
    """The lesson's models: all names, a box for each table, a line for each key and each proxy."""
    texts, boxes, lines = drawn(lesson(place))
    assert {"Business", "businesses_table", "business_id", "trashcans", "many Trashcan", "raccoons", "trashcans.raccoon", "FK null", "PK"} <= set(texts), texts
    assert boxes == ["businesses_table", "raccoons_table", "trashcans_table"]
    assert sorted(lines) == ["businesses_table->raccoons_table", "businesses_table:e->trashcans_table:w", "raccoons_table:e->trashcans_table:w"], lines


def test_odd(place):
    """Every odd name is drawn as it is."""
    texts, boxes, lines = drawn(odd(place))
    assert len(boxes) == len(lines) == 2 * len(ODD)
    for name in ODD:
        shown = " ".join(name.replace("\t", "\N{REPLACEMENT CHARACTER}").split())
        assert shown in texts and " ".join(f"T{shown}".split()) in texts, (name, texts)


def test_not_utf8(place):
    """Bytes that are no letters, and those that XML cannot have, are shown by the sign for that."""
    names = ["a\udcffb", "cut\udce2\udc82", "\x01", "x\uffff"]
    texts, boxes, _ = drawn(odd(place, names))
    assert {"a\N{REPLACEMENT CHARACTER}b", "\N{REPLACEMENT CHARACTER}", "x\N{REPLACEMENT CHARACTER}"} <= set(texts) and len(boxes) == 8, texts


def test_everything(place):
    """Self-references, composite keys, join tables with and without a model, chained proxies."""
    texts, boxes, lines = drawn(everything(place))
    assert "nodes:e->nodes:e" in lines and "plots:e->sheds:w" in lines and "plot_x, plot_y" in texts and "join table" in texts
    assert lines.count("people:e->follows:w") == 2 and "garages->makers" in lines


def test_200_tables(place):
    """Two hundred tables with three hundred keys are drawn while one waits."""
    header, models = ["#include <kith/kith.h>"], ['#include "models.h"']
    for number in range(200):
        header.append(f"KITH_DECLARE(M{number});\nstruct M{number} {{ int64_t id; const char *name; kith_opt_int a, b; }};")
        models.append(f'KITH_MODEL(M{number}, "t{number}", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name), KITH_COLUMN(a, .foreign_key = "t{number // 3}.id"),'
                      f' KITH_COLUMN(b{f", .foreign_key = {chr(34)}t{number * 7 % 200}.id{chr(34)}" if number % 2 else ""}));')
    place.app("\n".join(models), "\n".join(header), f'#include "models.h"\nKITH_APP("app", .models = KITH_MODELS({", ".join(f"M{number}" for number in range(200))}));\n',
              migrations=False).kith("models")
    began = time.monotonic()
    _, boxes, lines = drawn(place)
    assert len(boxes) == 200 and len(lines) == 300
    assert time.monotonic() - began < 60, time.monotonic() - began


def test_no_models(place):
    """No models are an empty picture, and no broken one."""
    place.app(app='#include "models.h"\nKITH_APP("app");\n', migrations=False)
    assert ElementTree.fromstring(place.kith("models --svg").out).tag == SVG + "svg"


if __name__ == "__main__":
    if shutil.which("dot") is None:
        print("skipped: Graphviz is not installed (apt-get install graphviz), so that what it makes of the models was not looked at")
        sys.exit(77)
    run(globals())
