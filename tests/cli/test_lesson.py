#!/usr/bin/env python3
"""The lesson's workflow, typed as the lesson types it, with `kith` for `flask`."""
from kith import ROOT, run

LESSON = ROOT / "examples/lesson"
FIRST_HEADER = """#include <kith/kith.h>
KITH_DECLARE(Business);
KITH_DECLARE(Raccoon);
struct Business { int64_t id; const char *name; };
struct Raccoon  { int64_t id; const char *name; };
"""
FIRST_MODELS = """#include "models.h"
KITH_MODEL(Business, "businesses_table", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name));
KITH_MODEL(Raccoon, "raccoons_table", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name));
"""
FIRST_APP = """#include "models.h"
static int first(kith_session *session, int argc, char **argv)
{
    (void)argc, (void)argv;
    kith_new(session, Raccoon, .name = "Bandit");
    kith_new(session, Business, .name = "Diner");
    return kith_commit(session);
}
KITH_APP("raccoons", .database = "sqlite:///raccoons.db", .models = KITH_MODELS(Business, Raccoon), .commands = KITH_COMMANDS({ "first", first, "" }));
"""


def first_migration(place):
    place.kith("new raccoons").has("Made raccoons", "kith db migrate")
    place.folder /= "raccoons"
    for name, text in (("models.h", FIRST_HEADER), ("models.c", FIRST_MODELS), ("app.c", FIRST_APP)):
        place.write(name, text)
    place.kith("db init").has("ready already")
    place.kith(["db", "migrate", "-m", "message goes here"]).has("add table businesses_table", "add table raccoons_table", "Wrote migrations/versions/")
    place.kith("db upgrade").has("(head)")
    place.kith("first")


def the_lessons_models(place):
    for name in ("models.h", "models.c", "app.c"):
        place.write(name, (LESSON / name).read_text(encoding="utf-8"))


def test_from_new_to_the_join_table(place):
    """From kith new to the second migration, which adds the join table, with rows in between."""
    first_migration(place)
    the_lessons_models(place)
    place.kith(["db", "migrate", "-m", "message about changes here"]).has("add table trashcans_table").lacks("raccoons_table\n", "businesses_table\n")
    place.kith("db upgrade").has("(head)")
    place.kith("seed")
    expected = (LESSON / "tour.txt").read_text(encoding="utf-8")
    assert place.kith("tour").out == expected, "the lesson's tour says something else"
    assert place.sql("SELECT name FROM raccoons_table ORDER BY id", "raccoons.db") == [("Bandit",), ("Rocky Raccoon",), ("Dan",)]
    place.kith("db check").has("agree")
    place.kith("db migrate").has("No changes: models match migrations")


def test_up_and_down_and_up(place):
    """Down from the join table the rows of before are there, and up again nothing differs."""
    first_migration(place)
    the_lessons_models(place)
    place.kith("db migrate -m join")
    place.kith("db upgrade")
    before = place.sql("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2", "raccoons.db")
    place.kith("db downgrade -1")
    assert place.sql("SELECT name FROM businesses_table", "raccoons.db") == [("Diner",)]
    assert not place.sql("SELECT 1 FROM sqlite_schema WHERE name = 'trashcans_table'", "raccoons.db")
    place.kith("db upgrade +1")
    assert place.sql("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2", "raccoons.db") == before
    place.kith("db check").has("agree")


def test_the_drawing(place):
    """kith models draws the lesson's line."""
    first_migration(place)
    place.kith("models").has("Business\n", "Raccoon\n").lacks("--<")
    the_lessons_models(place)
    assert place.kith("models").out.startswith("Business --< Trashcan >-- Raccoon\n\n")


if __name__ == "__main__":
    run(globals())
