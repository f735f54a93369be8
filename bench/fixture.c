/*
 * The database files that the workloads start from, and the digest of one that a workload has written.
 *
 * The tables are those that kith_create_all makes from models.h, so that both sides work on the same layout.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hand.h"

static const char TABLES_[] =
    "CREATE TABLE people (id INTEGER NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, age BIGINT, score DOUBLE PRECISION NOT NULL,"
    " created_at DATETIME NOT NULL, PRIMARY KEY (id));"
    "CREATE TABLE authors (id INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (id));"
    "CREATE TABLE books (id INTEGER NOT NULL, author_id BIGINT NOT NULL, title TEXT NOT NULL, pages INTEGER NOT NULL, PRIMARY KEY (id),"
    " CONSTRAINT fk_books_author_id FOREIGN KEY (author_id) REFERENCES authors (id) ON DELETE CASCADE);"
    "CREATE INDEX ix_books_author_id ON books (author_id);"
    "CREATE TABLE students (id INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (id));"
    "CREATE TABLE courses (id INTEGER NOT NULL, title TEXT NOT NULL, PRIMARY KEY (id));"
    "CREATE TABLE enrollments (id INTEGER NOT NULL, student_id BIGINT NOT NULL, course_id BIGINT NOT NULL, grade INTEGER NOT NULL,"
    " PRIMARY KEY (id), CONSTRAINT fk_enrollments_student_id FOREIGN KEY (student_id) REFERENCES students (id),"
    " CONSTRAINT fk_enrollments_course_id FOREIGN KEY (course_id) REFERENCES courses (id));"
    "CREATE INDEX ix_enrollments_student_id ON enrollments (student_id);"
    "CREATE INDEX ix_enrollments_course_id ON enrollments (course_id);";

static const char *const NAMES_[] = { "people", "authors", "books", "students", "courses", "enrollments" };

/* ------------------------------------------------------------------ filling */
static void fill_people(sqlite3 *db)
{
    sqlite3_stmt *insert = hand_prepare(db, "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)");
    for (int64_t id = 1; id <= BENCH_PEOPLE; id++) {
        bench_person person = bench_person_of(id);
        char created_at[HAND_DATETIME_SIZE];
        hand_datetime_print(person.created_at, created_at);
        sqlite3_bind_int64(insert, 1, id);
        sqlite3_bind_text(insert, 2, person.name, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 3, person.email, -1, SQLITE_STATIC);
        if (person.has_age)
            sqlite3_bind_int64(insert, 4, person.age);
        else
            sqlite3_bind_null(insert, 4);
        sqlite3_bind_double(insert, 5, person.score);
        sqlite3_bind_text(insert, 6, created_at, sizeof created_at, SQLITE_STATIC);
        hand_run(insert);
    }
    sqlite3_finalize(insert);
}

static void fill_named(sqlite3 *db, const char *sql, int64_t count, void (*text_of)(int64_t, char *))
{
    sqlite3_stmt *insert = hand_prepare(db, sql);
    for (int64_t id = 1; id <= count; id++) {
        char text[32];
        text_of(id, text);
        sqlite3_bind_int64(insert, 1, id);
        sqlite3_bind_text(insert, 2, text, -1, SQLITE_STATIC);
        hand_run(insert);
    }
    sqlite3_finalize(insert);
}

static void fill_books(sqlite3 *db, int64_t per_author)
{
    fill_named(db, "INSERT INTO authors VALUES (?, ?)", BENCH_AUTHORS, bench_author_name);
    sqlite3_stmt *insert = hand_prepare(db, "INSERT INTO books VALUES (?, ?, ?, ?)");
    for (int64_t id = 1; id <= BENCH_AUTHORS * per_author; id++) {
        char title[32];
        bench_book_title(id, title);
        sqlite3_bind_int64(insert, 1, id);
        sqlite3_bind_int64(insert, 2, (id - 1) / per_author + 1);
        sqlite3_bind_text(insert, 3, title, -1, SQLITE_STATIC);
        sqlite3_bind_int(insert, 4, bench_book_pages(id));
        hand_run(insert);
    }
    sqlite3_finalize(insert);
}

static void fill_courses(sqlite3 *db)
{
    fill_named(db, "INSERT INTO students VALUES (?, ?)", BENCH_STUDENTS, bench_author_name);
    fill_named(db, "INSERT INTO courses VALUES (?, ?)", BENCH_COURSES, bench_course_title);
    sqlite3_stmt *insert = hand_prepare(db, "INSERT INTO enrollments VALUES (?, ?, ?, ?)");
    for (int64_t id = 1; id <= BENCH_STUDENTS * BENCH_COURSES_PER_STUDENT; id++) {
        int64_t student = (id - 1) / BENCH_COURSES_PER_STUDENT + 1;
        sqlite3_bind_int64(insert, 1, id);
        sqlite3_bind_int64(insert, 2, student);
        sqlite3_bind_int64(insert, 3, bench_course_of(student, id % BENCH_COURSES_PER_STUDENT));
        sqlite3_bind_int(insert, 4, (int)(id % 6) + 1);
        hand_run(insert);
    }
    sqlite3_finalize(insert);
}

void bench_fixture_make(const char *fixture, const char *file, bool wal)
{
    sqlite3 *db = NULL;
    if ((unlink(file), sqlite3_open(file, &db)) != SQLITE_OK)
        bench_fail("%s: cannot be made", file);
    hand_execute(db, wal ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode = DELETE");
    hand_execute(db, "BEGIN");
    hand_execute(db, TABLES_);
    if (strcmp(fixture, "people") == 0)
        fill_people(db);
    else if (strcmp(fixture, "books to read") == 0)
        fill_books(db, BENCH_BOOKS_READ);
    else if (strcmp(fixture, "books to delete") == 0)
        fill_books(db, BENCH_BOOKS_WRITTEN);
    else if (strcmp(fixture, "courses") == 0)
        fill_courses(db);
    hand_execute(db, "COMMIT");
    hand_close(db);
}

/* ------------------------------------------------------------------ digest */
static uint64_t hash_value(uint64_t hash, sqlite3_stmt *statement, int column)
{
    int type = sqlite3_column_type(statement, column);
    hash = bench_hash_int(hash, type);
    if (type == SQLITE_INTEGER)
        return bench_hash_int(hash, sqlite3_column_int64(statement, column));
    if (type == SQLITE_FLOAT)
        return bench_hash_real(hash, sqlite3_column_double(statement, column));
    const void *bytes = sqlite3_column_blob(statement, column);
    return bench_hash_bytes(hash, bytes, (size_t)sqlite3_column_bytes(statement, column));
}

static uint64_t hash_table(uint64_t hash, sqlite3 *db, const char *table)
{
    char sql[64];
    snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY id", table);
    sqlite3_stmt *statement = hand_prepare(db, sql);
    while (hand_step(statement))
        for (int i = 0, n = sqlite3_column_count(statement); i < n; i++)
            hash = hash_value(hash, statement, i);
    sqlite3_finalize(statement);
    return bench_hash_text(hash, table);
}

uint64_t bench_fixture_digest(const char *file)
{
    sqlite3 *db = hand_open(&(bench_job){ .file = file, .opening = BENCH_PLAIN });
    uint64_t hash = 0;
    for (size_t i = 0; i < sizeof NAMES_ / sizeof *NAMES_; i++)
        hash = hash_table(hash, db, NAMES_[i]);
    hand_close(db);
    return hash;
}
