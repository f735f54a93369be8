"""The databases that the workloads begin with, made once by the sqlite3 module."""
import datetime
import sqlite3

PERSONS, AUTHORS, BOOKS_EACH, STUDENTS, COURSES, ENROLLMENTS = 100_000, 1_000, 100, 1_000, 1_000, 50_000
TABLES = """
CREATE TABLE person (id INTEGER NOT NULL, name VARCHAR, email VARCHAR, age INTEGER, score FLOAT, created_at DATETIME, PRIMARY KEY (id));
CREATE TABLE author (id INTEGER NOT NULL, name VARCHAR, PRIMARY KEY (id));
CREATE TABLE book (id INTEGER NOT NULL, author_id INTEGER, title VARCHAR, pages INTEGER, PRIMARY KEY (id), FOREIGN KEY(author_id) REFERENCES author (id));
CREATE INDEX ix_book_author_id ON book (author_id);
CREATE TABLE student (id INTEGER NOT NULL, name VARCHAR, PRIMARY KEY (id));
CREATE TABLE course (id INTEGER NOT NULL, title VARCHAR, PRIMARY KEY (id));
CREATE TABLE enrollment (id INTEGER NOT NULL, student_id INTEGER, course_id INTEGER, PRIMARY KEY (id), FOREIGN KEY(student_id) REFERENCES student (id),
  FOREIGN KEY(course_id) REFERENCES course (id));
CREATE INDEX ix_enrollment_student_id ON enrollment (student_id);
CREATE INDEX ix_enrollment_course_id ON enrollment (course_id);
"""


def person(i):
    """The values of a person."""
    moment = datetime.datetime(2026, 1, 1) + datetime.timedelta(minutes=i)
    return f"Person {i}", f"person{i}@example.org", None if i % 7 == 0 else i % 90, i * 0.25, moment


def make(path, persons, authors, books_each, students):
    """A database with so many rows."""
    with sqlite3.connect(path) as c:
        c.executescript(TABLES)
        rows = ((i, *values[:4], values[4].strftime("%Y-%m-%d %H:%M:%S.%f")) for i in range(1, persons + 1) for values in [person(i)])
        c.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?)", rows)
        c.executemany("INSERT INTO author VALUES (?, ?)", ((i, f"Author {i}") for i in range(1, authors + 1)))
        c.executemany("INSERT INTO book VALUES (?, ?, ?, ?)",
                      (((a - 1) * books_each + b, a, f"Book {b} of {a}", 100 + b) for a in range(1, authors + 1) for b in range(1, books_each + 1)))
        if students:
            c.executemany("INSERT INTO student VALUES (?, ?)", ((i, f"Student {i}") for i in range(1, STUDENTS + 1)))
            c.executemany("INSERT INTO course VALUES (?, ?)", ((i, f"Course {i}") for i in range(1, COURSES + 1)))
            c.executemany("INSERT INTO enrollment VALUES (?, ?, ?)", ((i + 1, i % STUDENTS + 1, (i * 7 + i // STUDENTS) % COURSES + 1) for i in range(ENROLLMENTS)))
    c.close()


MADE = {"empty": (0, 0, 0, False), "persons": (PERSONS, 0, 0, False), "books": (0, AUTHORS, BOOKS_EACH, False), "shelves": (0, AUTHORS, 20, False), "courses": (0, 0, 0, True)}
