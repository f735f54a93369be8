/* Students and their courses by hand, through enrollments that carry a grade: W6, eager and lazy. */
#include <stdlib.h>

#include "hand.h"

typedef struct course { int64_t id; const char *title; } course;

typedef struct enrollment {
    int64_t            id;
    struct student    *student;
    const course      *course;
    int32_t            grade;
    struct enrollment *next;        /* of the same student */
} enrollment;

typedef struct student {
    int64_t     id;
    const char *name;
    enrollment *enrollments, **end;
} student;

typedef struct school { student *students; size_t count, room; hand_arena arena; } school;

static student *next_student(school *s)
{
    if (s->count == s->room) {
        s->room = s->room ? 2 * s->room : 256;
        s->students = realloc(s->students, s->room * sizeof *s->students);
        if (!s->students)
            bench_fail("no memory");
    }
    return &s->students[s->count++];
}

static void load_students(sqlite3 *db, school *s)
{
    sqlite3_stmt *select = hand_prepare(db, "SELECT id, name FROM students");
    while (hand_step(select)) {
        student *next = next_student(s);
        next->id = sqlite3_column_int64(select, 0);
        next->name = hand_text(&s->arena, select, 1);
    }
    sqlite3_finalize(select);
    for (size_t i = 0; i < s->count; i++) {
        s->students[i].enrollments = NULL;
        s->students[i].end = &s->students[i].enrollments;
    }
}

static enrollment *enroll(school *s, student *in)
{
    enrollment *e = hand_alloc(&s->arena, sizeof *e);
    e->student = in;
    e->next = NULL;
    *in->end = e;
    in->end = &e->next;
    return e;
}

static uint64_t touch(const student *s, int64_t *count)
{
    uint64_t sum = 0;
    for (const enrollment *e = s->enrollments; e; e = e->next, ++*count)
        sum += (uint64_t)e->course->id + (uint64_t)e->course->title[0];
    return sum;
}

static void finish_reading(sqlite3 *db, school *s, bench_result *result)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < s->count; i++) {
        hash = bench_hash_text(bench_hash_int(hash, s->students[i].id), s->students[i].name);
        for (const enrollment *e = s->students[i].enrollments; e; e = e->next) {
            hash = bench_hash_int(bench_hash_int(hash, e->id), e->grade);
            hash = bench_hash_text(bench_hash_int(hash, e->course->id), e->course->title);
        }
    }
    result->everything = hash;
    bench_watch_read(&result->settings);
    hand_arena_free(&s->arena);
    free(s->students);
    hand_close(db);
}

/* ------------------------------------------------------------------ W6e: three statements in one transaction */
static int64_t count_courses(sqlite3 *db)
{
    sqlite3_stmt *select = hand_prepare(db, "SELECT count(*) FROM courses");
    int64_t count = hand_step(select) ? sqlite3_column_int64(select, 0) : 0;
    sqlite3_finalize(select);
    return count;
}

static void load_courses(sqlite3 *db, school *s, hand_table *by_id)
{
    hand_table_make(by_id, (size_t)count_courses(db));
    sqlite3_stmt *select = hand_prepare(db, "SELECT id, title FROM courses");
    while (hand_step(select)) {
        course *c = hand_alloc(&s->arena, sizeof *c);
        c->id = sqlite3_column_int64(select, 0);
        c->title = hand_text(&s->arena, select, 1);
        hand_put(by_id, c->id, c);
    }
    sqlite3_finalize(select);
}

static void load_enrollments(sqlite3 *db, school *s, const hand_table *courses)
{
    hand_table by_id;
    hand_table_make(&by_id, s->count);
    for (size_t i = 0; i < s->count; i++)
        hand_put(&by_id, s->students[i].id, &s->students[i]);
    sqlite3_stmt *select = hand_prepare(db, "SELECT id, student_id, course_id, grade FROM enrollments");
    for (student *in = NULL; hand_step(select);) {
        int64_t student_id = sqlite3_column_int64(select, 1);
        if (!in || in->id != student_id)
            in = hand_find(&by_id, student_id);
        enrollment *e = enroll(s, in);
        e->id = sqlite3_column_int64(select, 0);
        e->course = hand_find(courses, sqlite3_column_int64(select, 2));
        e->grade = sqlite3_column_int(select, 3);
    }
    sqlite3_finalize(select);
    hand_table_free(&by_id);
}

void by_hand_read_courses_eagerly(const bench_job *job, bench_result *result)
{
    sqlite3 *db = hand_open(job);
    school s = { 0 };
    hand_table courses;

    bench_start(result);
    hand_execute(db, "BEGIN");
    load_students(db, &s);
    load_courses(db, &s, &courses);
    load_enrollments(db, &s, &courses);
    hand_execute(db, "COMMIT");
    for (size_t i = 0; i < s.count; i++)
        result->touched += touch(&s.students[i], &result->rows);
    bench_stop(result);

    hand_table_free(&courses);
    finish_reading(db, &s, result);
}

/* ------------------------------------------------------------------ W6l: one join for each student */
static void load_courses_of(sqlite3_stmt *select, school *s, student *of)
{
    sqlite3_bind_int64(select, 1, of->id);
    while (hand_step(select)) {
        enrollment *e = enroll(s, of);
        course *c = hand_alloc(&s->arena, sizeof *c);
        e->id = sqlite3_column_int64(select, 0);
        e->grade = sqlite3_column_int(select, 1);
        c->id = sqlite3_column_int64(select, 2);
        c->title = hand_text(&s->arena, select, 3);
        e->course = c;
    }
    sqlite3_reset(select);
}

void by_hand_read_courses_lazily(const bench_job *job, bench_result *result)
{
    sqlite3 *db = hand_open(job);
    school s = { 0 };

    bench_start(result);
    hand_execute(db, "BEGIN");
    load_students(db, &s);
    sqlite3_stmt *select = hand_prepare(db, "SELECT e.id, e.grade, c.id, c.title FROM enrollments e JOIN courses c ON c.id = e.course_id"
                                            " WHERE e.student_id = ?");
    for (size_t i = 0; i < s.count; i++) {
        load_courses_of(select, &s, &s.students[i]);
        result->touched += touch(&s.students[i], &result->rows);
    }
    sqlite3_finalize(select);
    hand_execute(db, "COMMIT");
    bench_stop(result);

    finish_reading(db, &s, result);
}
