"""`kith shell`: a C app's models as Python classes. KITH_PROGRAM names the kith program; without it these are not run."""
from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys

import pytest
from places import ROOT, Place

KITH = os.environ.get("KITH_PROGRAM")
pytestmark = pytest.mark.skipif(not KITH, reason="KITH_PROGRAM is not set")

APP = """#include <kith/kith.h>
KITH_DECLARE(Thing);
struct Thing { int64_t id; const char *name; int32_t size; uint8_t small; bool good; double weight; kith_opt_int maybe; kith_date day; kith_datetime moment; kith_decimal price;
               kith_uuid uuid; kith_json extra; kith_blob bytes; const char *filled; int16_t code; enum { RED, GREEN } colour; };
static kith_value fill(kith_session *session, const void *object) { (void)session; (void)object; return kith_of_text("filled by C"); }
KITH_MODEL(Thing, "things", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .not_null = true), KITH_COLUMN(size), KITH_COLUMN(small), KITH_COLUMN(good), KITH_COLUMN(weight),
    KITH_COLUMN(maybe), KITH_COLUMN(day), KITH_COLUMN(moment), KITH_COLUMN(price, .precision = 9, .scale = 2), KITH_COLUMN(uuid), KITH_COLUMN(extra), KITH_COLUMN(bytes),
    KITH_COLUMN(filled, .on_insert = fill), KITH_COLUMN(code, .check = "code < 100"), KITH_ENUM(colour, "red", "green"));
static int make(kith_session *session, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        kith_new(session, Thing, .name = argv[i], .size = i);
    return kith_flush(session);
}
KITH_APP("things", .database = "sqlite:///things.db", .models = KITH_MODELS(Thing), .commands = KITH_COMMANDS({ "make", make, "makes things" }));
"""


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    for path in (ROOT / "examples/lesson").glob("*.[ch]"):
        shutil.copy(path, tmp_path)
    place.environment.update(KITH_PYTHON=sys.executable, XDG_CACHE_HOME=str(tmp_path.parent / "cache"))
    return place


def kith(place, *words, typed=None, status=0, **environment):
    done = subprocess.run([KITH, *words], cwd=place.folder, env=place.environment | environment, text=True, capture_output=True, timeout=100,
                          **({"stdin": subprocess.DEVNULL} if typed is None else {"input": typed}))
    assert done.returncode == status, f"kith {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done


@pytest.fixture
def lesson(place):
    kith(place, "db", "create")
    kith(place, "seed")
    return place


LINES = """rocky = Raccoon.query.where(Raccoon.name == 'Rocky Raccoon').first()
rocky.trashcans
trashcan_one = Trashcan.query.first()
trashcan_one.raccoon
trashcan_one.raccoon is rocky
shop = Business.query.filter_by(name='Corner Shop').one()
shop.raccoons
[r.name for r in shop.raccoons]
"""
SAID = """[<Trashcan 1>, <Trashcan 3>]
<Raccoon 1>
True
[<Raccoon 1>, <Raccoon 2>]
['Rocky Raccoon', 'Dan']
"""


def test_the_lesson_s_lines_work_on_the_c_lesson(lesson):
    assert kith(lesson, "shell", typed=LINES).stdout == SAID


def test_the_lesson_s_lines_work_at_a_prompt(lesson):
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(lesson.folder)
        os.execve(KITH, ["kith", "shell", "--plain"], lesson.environment | {"TERM": "dumb"})
    said, lines = b"", iter([*LINES.splitlines(), "exit()"])
    while select.select([terminal], [], [], 60)[0]:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        said += piece
        if said.endswith(b">>> "):
            os.write(terminal, next(lines).encode() + b"\n")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    text = said.decode().replace("\r\n", "\n")
    assert "raccoons on sqlite:///raccoons.db" in text and "In scope: Business, Raccoon, Trashcan, db, session, app." in text
    for line in SAID.splitlines():
        assert f"\n{line}\n>>> " in text


def test_code_on_the_command_line_is_run_and_its_value_printed(lesson):
    assert kith(lesson, "shell", "-c", "Raccoon.query.count()").stdout == "2\n"
    assert kith(lesson, "shell", "-c", "for r in Raccoon.query:\n    print(r.name)").stdout == "Rocky Raccoon\nDan\n"


def test_a_script_that_raises_ends_with_1_and_its_line(lesson):
    said = kith(lesson, "shell", typed="x = 1\nraise ValueError('so')\n", status=1)
    assert "line 2" in said.stderr and "ValueError: so" in said.stderr and "shell.py" not in said.stderr


def test_what_is_not_committed_is_lost_and_said(lesson):
    said = kith(lesson, "shell", "-c", "session.add(Raccoon(name='Bandit')); rocky = Raccoon.query.first(); rocky.name = 'R'")
    assert "not committed, and lost: 1 new, 1 changed" in said.stderr
    assert kith(lesson, "shell", "-c", "Raccoon.query.count()").stdout == "2\n"
    said = kith(lesson, "shell", "-c", "session.add(Raccoon(name='Bandit')); session.commit()")
    assert said.stderr == ""
    assert kith(lesson, "shell", "-c", "Raccoon.query.count()").stdout == "3\n"


def test_what_an_app_s_command_committed_is_not_lost_and_what_sql_did_is(lesson):
    assert kith(lesson, "shell", "-c", "app.run('seed'); Raccoon.query.count()").stderr == ""
    said = kith(lesson, "shell", "-c", "session.execute(db.text('DELETE FROM trashcans_table')); None")
    assert "not committed, and lost: what was sent" in said.stderr
    assert kith(lesson, "shell", "-c", "Trashcan.query.count()").stdout == "6\n"


def test_a_long_list_is_a_table_and_a_short_one_a_list(lesson):
    kith(lesson, "shell", "-c", "session.add_all([Raccoon(name=f'raccoon number {i}') for i in range(20)]); session.commit()")
    table = kith(lesson, "shell", "-c", "Raccoon.query.order_by(Raccoon.id).all()").stdout.splitlines()
    assert table[0] == "id  name" and table[2] == " 1  Rocky Raccoon" and table[-1] == "22 rows"
    rows = kith(lesson, "shell", "-c", "session.execute(db.select(Raccoon.name, Raccoon.id).order_by(Raccoon.id)).all()").stdout.splitlines()
    assert rows[0].split() == ["name", "id"] and rows[2] == "Rocky Raccoon       1"
    assert kith(lesson, "shell", "-c", "Raccoon.query.limit(2).all()").stdout == "[<Raccoon 1>, <Raccoon 2>]\n"


def test_statements_are_shown_when_asked_for(lesson):
    assert "SELECT" in kith(lesson, "--echo", "shell", "-c", "Raccoon.query.count()").stderr
    assert "SELECT" in kith(lesson, "shell", "-c", "session.echo = True; Raccoon.query.count()").stderr
    assert "SELECT" not in kith(lesson, "shell", "-c", "Raccoon.query.count()").stderr


def test_another_database_is_named_as_for_every_command(lesson):
    kith(lesson, "--database", "sqlite:///other.db", "db", "create")
    assert kith(lesson, "--database", "sqlite:///other.db", "shell", "-c", "Raccoon.query.count()").stdout == "0\n"
    assert kith(lesson, "shell", "-c", "Raccoon.query.count()", KITH_DATABASE_URL="sqlite:///other.db").stdout == "0\n"


def test_a_program_cannot_be_looked_into_and_no_app_is_said(place, tmp_path):
    assert "name its sources" in kith(place, "--app", "/bin/true", "shell", status=1).stderr
    assert "no app here" in kith(place, "-C", "/", "shell", status=1).stderr


def test_without_python_one_sentence_says_what_to_install(place):
    said = kith(place, "shell", status=1, KITH_PYTHON="/nowhere/python").stderr
    assert "the shell is Python, and /nowhere/python cannot be run" in said and said.count("\n") == 1


def test_every_type_of_a_c_struct_is_read_written_and_found(place):
    for path in place.folder.glob("*.[ch]"):
        path.unlink()
    (place.folder / "app.c").write_text(APP)
    kith(place, "db", "create")
    said = kith(place, "shell", typed="""
import datetime, decimal, uuid
thing = Thing(name='lamp', size=-5, small=200, good=True, weight=1.5, maybe=None, day=datetime.date(2026, 11, 22), moment=datetime.datetime(2026, 11, 22, 1, 2, 3),
              price=decimal.Decimal('12.34'), uuid=uuid.UUID(int=7), extra={'a': [1]}, bytes=b'x\\0y', code=3, colour='green')
session.add(thing)
session.commit()
thing.id, thing.filled
found = Thing.query.filter_by(name='lamp', size=-5, good=True, price=decimal.Decimal('12.34'), uuid=uuid.UUID(int=7)).one()
found is thing, session.get(Thing, 1) is thing, session.get(Thing, 99)
session.expire(thing)
thing.small, thing.weight, thing.maybe, thing.day, thing.moment, thing.price, thing.uuid.int, thing.extra, thing.bytes, thing.colour
thing.maybe = 9
thing.size += 1
session.commit()
session.query(Thing.size, Thing.maybe).all()
""").stdout.splitlines()
    assert said[0] == "(1, 'filled by C')"
    assert said[1] == "(True, True, None)"
    assert said[2] == "(200, 1.5, None, datetime.date(2026, 11, 22), datetime.datetime(2026, 11, 22, 1, 2, 3), Decimal('12.34'), 7, {'a': [1]}, b'x\\x00y', 'green')"
    assert said[3] == "[(-4, 9)]"


FAMILIES = """
for name, cls in app.models.items():
    assert cls.query.all() == []
    for key, relation in db.inspect(cls).relationships.items():
        attribute = getattr(cls, key)
        link = attribute.any() if relation.uselist else attribute.has()
        assert cls.query.filter(link).all() == cls.query.filter(~link).all() == cls.query.join(attribute).all() == [], (name, key)
        assert cls.query.options(db.joinedload(attribute)).all() == []
len(app.models) > 25
post, a, b = Post(title='x'), Tag(word='a'), Tag(word='b')
post.tags = [a, b]
session.add(post)
session.commit()
post.tags, a.posts, Post.query.filter(Post.tags.any(Tag.word == 'b')).all(), Post.query.join(Post.tags).filter(Tag.word == 'c').all()
one, two = Person(name='one'), Person(name='two')
one.following.append(two)
session.add(one)
session.commit()
two.followers, Person.query.filter(Person.followers.any(Person.name == 'one')).all()
root = Node(name='root', children=[Node(name='below')])
student, course = Student(name='s'), Course(title='c')
student.courses.append(course)
bear = Bear(name='b', den=Den(name='d'))
session.add_all([root, student, bear])
session.commit()
root.children[0].parent is root, student.enrolments, course.students, bear.den.bear is bear
"""


@pytest.mark.skipif(not (ROOT / "tests/c/models.h").exists(), reason="the C tests' models are not beside these tests")
def test_every_kind_of_c_model_is_a_class(place):
    for path in place.folder.glob("*.[ch]"):
        path.unlink()
    for name in ("models.c", "models.h"):
        shutil.copy(ROOT / "tests/c" / name, place.folder)
    families = re.findall(r"#define \w+_MODELS KITH_MODELS\(([^)]*)\)", (place.folder / "models.h").read_text())
    (place.folder / "app.c").write_text(f'#include "models.h"\nKITH_APP("all", .database = "sqlite:///all.db", .models = KITH_MODELS({", ".join(families)}));\n')
    kith(place, "db", "create")
    assert kith(place, "shell", typed=FAMILIES).stdout.splitlines() == [
        "True", "([<Tag 1>, <Tag 2>], [<Post 1>], [<Post 1>], [])", "([<Person 1>], [<Person 2>])", "(True, [<Enrolment 1, 1>], [<Student 1>], True)"]


def test_a_value_that_the_c_member_cannot_hold_is_refused(place):
    for path in place.folder.glob("*.[ch]"):
        path.unlink()
    (place.folder / "app.c").write_text(APP)
    kith(place, "db", "create")
    for value in ("small=256", "size=1 << 40", "size='x'", "name=None", "code=500", "colour='blue'"):
        said = kith(place, "shell", "-c", f"session.add(Thing(**dict(dict(name='x'), {value})))\nsession.commit()", status=1).stderr
        assert "Error" in said.splitlines()[-1] or "Error" in said and "Traceback" in said


def test_the_app_s_own_commands_run_in_the_session(place):
    for path in place.folder.glob("*.[ch]"):
        path.unlink()
    (place.folder / "app.c").write_text(APP)
    kith(place, "db", "create")
    said = kith(place, "shell", typed="app.commands\napp.run('make', 'one', 'two')\n[t.name for t in Thing.query]\nsession.commit()\ntry:\n    app.run('nothing')\nexcept Exception as e:\n    print(e)\n")
    assert said.stdout == "{'make': 'makes things'}\n0\n['one', 'two']\nThe app has no command nothing.\n"
