/* Authors and their books on kith: W4 and W5 read them, W7 writes them, W9 deletes them. */
#include <stdlib.h>

#include "models.h"

static uint64_t touch(const Author *author, int64_t *count)
{
    uint64_t sum = 0;
    kith_each(Book, book, kith_many(author, books)) {
        sum += (uint64_t)book->pages * (uint64_t)kith_one(book, author)->id;
        ++*count;
    }
    return sum;
}

static void finish_reading(kith_database *db, kith_session *session, KITH_LIST(Author) authors, bench_result *result)
{
    uint64_t hash = 0;
    kith_each(Author, author, authors) {
        hash = bench_hash_text(bench_hash_int(hash, author->id), author->name);
        kith_each(Book, book, kith_many(author, books))
            hash = bench_hash_int(bench_hash_text(bench_hash_int(hash, book->id), book->title), book->pages);
    }
    result->everything = hash;
    on_kith_close(db, session, result);
}

/* ------------------------------------------------------------------ W4 and W5 */
void on_kith_read_books_eagerly(const bench_job *job, bench_result *result)
{
    kith_database *db = on_kith_open(job);
    kith_session *session = on_kith_session(db);

    bench_start(result);
    KITH_LIST(Author) authors = kith_all(session, Author, .load = { "books" });
    kith_each(Author, author, authors)
        result->touched += touch(author, &result->rows);
    bench_stop(result);

    finish_reading(db, session, authors, result);
}

void on_kith_read_books_lazily(const bench_job *job, bench_result *result)
{
    kith_database *db = on_kith_open(job);
    kith_session *session = on_kith_session(db);

    bench_start(result);
    KITH_LIST(Author) authors = kith_all(session, Author);
    kith_each(Author, author, authors)
        result->touched += touch(author, &result->rows);
    bench_stop(result);

    finish_reading(db, session, authors, result);
}

/* ------------------------------------------------------------------ W7 */
static void build_shelf(kith_session *session, const bench_shelf *shelf, const Author **author)
{
    *author = kith_new(session, Author, .name = shelf->author);
    for (size_t k = 0; k < BENCH_BOOKS_WRITTEN; k++) {
        const Book *book = kith_new(session, Book, .title = shelf->books[k].title, .pages = shelf->books[k].pages);
        kith_append(*author, books, book);
    }
}

void on_kith_write_books(const bench_job *job, bench_result *result)
{
    kith_database *db = on_kith_open(job);
    kith_session *session = on_kith_session(db);
    bench_shelf *shelves = bench_all_shelves();
    const Author **authors = calloc(BENCH_AUTHORS, sizeof *authors);
    if (!authors)
        bench_fail("no memory");

    bench_start(result);
    for (size_t i = 0; i < BENCH_AUTHORS; i++)
        build_shelf(session, &shelves[i], &authors[i]);
    kith_commit(session);
    bench_stop(result);

    on_kith_check(session);
    for (size_t i = 0; i < BENCH_AUTHORS; i++)
        kith_each(Book, book, kith_many(authors[i], books)) {
            result->touched += (uint64_t)book->id * (uint64_t)kith_one(book, author)->id;
            result->rows++;
        }
    free(authors);
    free(shelves);
    on_kith_close(db, session, result);
}

/* ------------------------------------------------------------------ W9 */
void on_kith_delete_authors(const bench_job *job, bench_result *result)
{
    kith_database *db = on_kith_open(job);
    kith_session *session = on_kith_session(db);
    KITH_LIST(Author) authors = job->loaded ? kith_all(session, Author, .load = { "books" }) : kith_all(session, Author);
    size_t count = authors.count;

    bench_start(result);
    kith_each(Author, author, authors)
        kith_delete(author);
    kith_commit(session);
    bench_stop(result);

    result->rows = (int64_t)count;
    on_kith_close(db, session, result);
}
