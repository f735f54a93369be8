"""The workloads on the standard library's sqlite3 module: rows as tuples, SQL by hand."""
import datetime
import sqlite3

from fixture import PERSONS, person


def connect(path):
    return sqlite3.connect(path)


def W1n(c):
    people = [person(i) for i in range(1, PERSONS + 1)]
    yield
    c.executemany("INSERT INTO person (name, email, age, score, created_at) VALUES (?, ?, ?, ?, ?)",
                  ((*values[:4], values[4].strftime("%Y-%m-%d %H:%M:%S.%f")) for values in people))
    c.commit()
    yield PERSONS


def W2(c):
    total = 0
    for row in c.execute("SELECT id, name, email, age, score, created_at FROM person").fetchall():
        total += len(row[1]) + (row[3] or 0)
    return total


def W3(c):
    total = 0
    for n in range(20_000):
        total += c.execute("SELECT id, name, email, age, score, created_at FROM person WHERE id = ?", (n * 5 % PERSONS + 1,)).fetchone()[0]
    return total


def W3b(c):
    c.execute("BEGIN")
    return W3(c)


def W4(c):
    authors = {row[0]: row[1] for row in c.execute("SELECT id, name FROM author")}
    total = 0
    for _, author, _, pages in c.execute("SELECT id, author_id, title, pages FROM book").fetchall():
        total += pages + len(authors[author])
    return total


W4j = W5 = W4


def W6e(c):
    courses = {row[0]: row[1] for row in c.execute("SELECT id, title FROM course")}
    return sum(len(courses[row[2]]) for row in c.execute("SELECT id, student_id, course_id FROM enrollment").fetchall())


W6l = W6e


def W7(c):
    for a in range(1000):
        key = c.execute("INSERT INTO author (name) VALUES (?)", (f"Author {a}",)).lastrowid
        c.executemany("INSERT INTO book (author_id, title, pages) VALUES (?, ?, ?)", ((key, f"Book {b}", b) for b in range(20)))
    c.commit()
    return 20_000


def W8(c):
    rows = c.execute("SELECT id, name, email, age, score, created_at FROM person LIMIT 20000").fetchall()
    yield
    c.executemany("UPDATE person SET score = ? WHERE id = ?", ((row[4] + 1, row[0]) for row in rows))
    c.commit()
    yield len(rows)


def W9(c):
    rows = c.execute("SELECT id, name FROM author").fetchall()
    yield
    for key, _ in rows:
        c.execute("DELETE FROM book WHERE author_id = ?", (key,))
    c.executemany("DELETE FROM author WHERE id = ?", ((row[0],) for row in rows))
    c.commit()
    yield len(rows)
