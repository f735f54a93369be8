/* People on kith: W1n inserts, W2 a load, W3 gets by key, W8 a change of one column. */
#include <stdlib.h>

#include "models.h"

static uint64_t hash_person(uint64_t hash, const Person *p)
{
    hash = bench_hash_text(bench_hash_text(bench_hash_int(hash, p->id), p->name), p->email);
    hash = bench_hash_int(bench_hash_int(hash, p->age.present), p->age.present ? p->age.value : 0);
    return bench_hash_int(bench_hash_real(hash, p->score), p->created_at.microseconds);
}

/* ------------------------------------------------------------------ W2 */
static KITH_LIST(Person) load_people(kith_session *session, bool read_only)
{
    return read_only ? kith_all(session, Person, .read_only = true) : kith_all(session, Person);
}

void on_kith_load_people(const bench_job *job, bench_result *result)
{
    kith_database *db = on_kith_open(job);
    kith_session *session = on_kith_session(db);
    uint64_t touched = 0;

    bench_start(result);
    KITH_LIST(Person) people = load_people(session, job->read_only);
    kith_each(Person, p, people)
        touched += (uint64_t)bench_bits(p->score) + (uint64_t)p->name[0];
    bench_stop(result);

    result->rows = (int64_t)people.count;
    result->touched = touched;
    kith_each(Person, p, people)
        result->everything = hash_person(result->everything, p);
    on_kith_close(db, session, result);
}

/* ------------------------------------------------------------------ W3 */
static void get_some(kith_session *session, int64_t from, const Person **found, bench_result *result)
{
    for (int64_t i = 0; i < BENCH_GETS_PER_SESSION; i++) {
        const Person *p = kith_get(session, Person, .id = bench_key(from + i));
        if (!p) {
            on_kith_check(session);
            bench_fail("person %lld is not there", (long long)bench_key(from + i));
        }
        found[i] = p;
        result->touched += (uint64_t)bench_bits(p->score) + (uint64_t)p->name[0];
        result->rows++;
    }
}

void on_kith_get_people(const bench_job *job, bench_result *result)
{
    kith_database *db = on_kith_open(job);
    kith_session *session = NULL;
    const Person *found[BENCH_GETS_PER_SESSION];

    bench_start(result);
    for (int64_t i = 0; i < BENCH_GETS; i += BENCH_GETS_PER_SESSION) {
        kith_session_close(session);
        session = on_kith_session(db);
        if (job->held)
            kith_begin(session);
        get_some(session, i, found, result);
        if (job->held)
            kith_commit(session);
    }
    bench_stop(result);

    for (size_t i = 0; i < BENCH_GETS_PER_SESSION; i++)
        result->everything = hash_person(result->everything, found[i]);
    on_kith_close(db, session, result);
}

/* ------------------------------------------------------------------ W8 */
void on_kith_change_people(const bench_job *job, bench_result *result)
{
    kith_database *db = on_kith_open(job);
    kith_session *session = on_kith_session(db);
    KITH_LIST(Person) people = kith_all(session, Person, .where = kith_le(Person, id, BENCH_CHANGED));

    bench_start(result);
    kith_each(Person, p, people)
        kith_set(p, score, p->score + 1.0);
    kith_commit(session);
    bench_stop(result);

    result->rows = (int64_t)people.count;
    on_kith_close(db, session, result);
}

/* ------------------------------------------------------------------ W1n */
void on_kith_insert_people(const bench_job *job, bench_result *result)
{
    kith_database *db = on_kith_open(job);
    kith_session *session = on_kith_session(db);
    bench_person *rows = bench_all_people();
    const Person **all = calloc(BENCH_PEOPLE, sizeof *all);
    if (!all)
        bench_fail("no memory");

    bench_start(result);
    for (size_t i = 0; i < BENCH_PEOPLE; i++) {
        const bench_person *p = &rows[i];
        all[i] = kith_new(session, Person, .name = p->name, .email = p->email, .age = { .value = p->age, .present = p->has_age },
            .score = p->score, .created_at = { p->created_at });
    }
    kith_commit(session);
    bench_stop(result);

    on_kith_check(session);
    for (size_t i = 0; i < BENCH_PEOPLE; i++)
        result->touched += (uint64_t)all[i]->id;
    result->rows = BENCH_PEOPLE;
    free(all);
    free(rows);
    on_kith_close(db, session, result);
}

/* ------------------------------------------------------------------ W1b: the program's own structs, as many at a time as it likes to have */
enum { AT_A_TIME = 1024 };

static void make_people(Person *people, const bench_person *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const bench_person *p = &rows[i];
        people[i] = (Person){ .name = p->name, .email = p->email, .age = { .value = p->age, .present = p->has_age }, .score = p->score, .created_at = { p->created_at } };
    }
}

void on_kith_insert_people_in_bulk(const bench_job *job, bench_result *result)
{
    kith_database *db = on_kith_open(job);
    kith_session *session = on_kith_session(db);
    bench_person *rows = bench_all_people();
    Person people[AT_A_TIME];

    bench_start(result);
    for (size_t done = 0, count; done < BENCH_PEOPLE; done += count) {
        count = BENCH_PEOPLE - done < AT_A_TIME ? BENCH_PEOPLE - done : AT_A_TIME;
        make_people(people, rows + done, count);
        result->rows += kith_insert_all(session, Person, people, count);
    }
    kith_commit(session);
    bench_stop(result);

    on_kith_check(session);
    free(rows);
    on_kith_close(db, session, result);
}
