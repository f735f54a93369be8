/* Authors and their books by hand: W4 and W5 read them, W7 writes them, W9 deletes them. */
#include <stdlib.h>

#include "hand.h"

typedef struct book {
    int64_t        id;
    struct author *author;
    const char    *title;
    int32_t        pages;
    struct book   *next;            /* of the same author */
} book;

typedef struct author {
    int64_t     id;
    const char *name;
    book       *books, **end;
} author;

typedef struct library { author *authors; size_t count, room; hand_arena arena; } library;

/* Authors are loaded before any book points at one, so their array may move while it grows. */
static author *next_author(library *l)
{
    if (l->count == l->room) {
        l->room = l->room ? 2 * l->room : 256;
        l->authors = realloc(l->authors, l->room * sizeof *l->authors);
        if (!l->authors)
            bench_fail("no memory");
    }
    return &l->authors[l->count++];
}

static void load_authors(sqlite3 *db, library *l)
{
    sqlite3_stmt *select = hand_prepare(db, "SELECT id, name FROM authors");
    while (hand_step(select)) {
        author *a = next_author(l);
        a->id = sqlite3_column_int64(select, 0);
        a->name = hand_text(&l->arena, select, 1);
    }
    sqlite3_finalize(select);
    for (size_t i = 0; i < l->count; i++) {
        l->authors[i].books = NULL;
        l->authors[i].end = &l->authors[i].books;
    }
}

static book *add_book(library *l, author *a)
{
    book *b = hand_alloc(&l->arena, sizeof *b);
    b->author = a;
    b->next = NULL;
    *a->end = b;
    a->end = &b->next;
    return b;
}

static uint64_t touch(const author *a, int64_t *count)
{
    uint64_t sum = 0;
    for (const book *b = a->books; b; b = b->next, ++*count)
        sum += (uint64_t)b->pages * (uint64_t)b->author->id;
    return sum;
}

static void finish_reading(sqlite3 *db, library *l, bench_result *result)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < l->count; i++) {
        hash = bench_hash_text(bench_hash_int(hash, l->authors[i].id), l->authors[i].name);
        for (const book *b = l->authors[i].books; b; b = b->next)
            hash = bench_hash_int(bench_hash_text(bench_hash_int(hash, b->id), b->title), b->pages);
    }
    result->everything = hash;
    bench_watch_read(&result->settings);
    hand_arena_free(&l->arena);
    free(l->authors);
    hand_close(db);
}

/* ------------------------------------------------------------------ W4: two statements in one transaction */
static void load_books(sqlite3 *db, library *l)
{
    hand_table by_id;
    hand_table_make(&by_id, l->count);
    for (size_t i = 0; i < l->count; i++)
        hand_put(&by_id, l->authors[i].id, &l->authors[i]);
    sqlite3_stmt *select = hand_prepare(db, "SELECT id, author_id, title, pages FROM books");
    for (author *a = NULL; hand_step(select);) {
        int64_t author_id = sqlite3_column_int64(select, 1);
        if (!a || a->id != author_id)           /* books of one author mostly stand together */
            a = hand_find(&by_id, author_id);
        book *b = add_book(l, a);
        b->id = sqlite3_column_int64(select, 0);
        b->title = hand_text(&l->arena, select, 2);
        b->pages = sqlite3_column_int(select, 3);
    }
    sqlite3_finalize(select);
    hand_table_free(&by_id);
}

void by_hand_read_books_eagerly(const bench_job *job, bench_result *result)
{
    sqlite3 *db = hand_open(job);
    library l = { 0 };

    bench_start(result);
    hand_execute(db, "BEGIN");
    load_authors(db, &l);
    load_books(db, &l);
    hand_execute(db, "COMMIT");
    for (size_t i = 0; i < l.count; i++)
        result->touched += touch(&l.authors[i], &result->rows);
    bench_stop(result);

    finish_reading(db, &l, result);
}

/* ------------------------------------------------------------------ W5: one statement for each author */
static void load_books_of(sqlite3_stmt *select, library *l, author *a)
{
    sqlite3_bind_int64(select, 1, a->id);
    while (hand_step(select)) {
        book *b = add_book(l, a);
        b->id = sqlite3_column_int64(select, 0);
        b->title = hand_text(&l->arena, select, 1);
        b->pages = sqlite3_column_int(select, 2);
    }
    sqlite3_reset(select);
}

void by_hand_read_books_lazily(const bench_job *job, bench_result *result)
{
    sqlite3 *db = hand_open(job);
    library l = { 0 };

    bench_start(result);
    hand_execute(db, "BEGIN");
    load_authors(db, &l);
    sqlite3_stmt *select = hand_prepare(db, "SELECT id, title, pages FROM books WHERE author_id = ?");
    for (size_t i = 0; i < l.count; i++) {
        load_books_of(select, &l, &l.authors[i]);
        result->touched += touch(&l.authors[i], &result->rows);
    }
    sqlite3_finalize(select);
    hand_execute(db, "COMMIT");
    bench_stop(result);

    finish_reading(db, &l, result);
}

/* ------------------------------------------------------------------ W7: built in memory, then written in one transaction */
static void build_shelves(library *l, const bench_shelf *shelves)
{
    l->authors = calloc(BENCH_AUTHORS, sizeof *l->authors);
    if (!l->authors)
        bench_fail("no memory");
    for (l->count = 0; l->count < BENCH_AUTHORS; l->count++) {
        author *a = &l->authors[l->count];
        a->name = shelves[l->count].author;
        a->end = &a->books;
        for (size_t k = 0; k < BENCH_BOOKS_WRITTEN; k++) {
            book *b = add_book(l, a);
            b->title = shelves[l->count].books[k].title;
            b->pages = shelves[l->count].books[k].pages;
        }
    }
}

static void write_author(sqlite3 *db, sqlite3_stmt *insert, author *a)
{
    sqlite3_bind_text(insert, 1, a->name, -1, SQLITE_STATIC);
    hand_run(insert);
    a->id = sqlite3_last_insert_rowid(db);
}

static void write_books(sqlite3 *db, sqlite3_stmt *insert, const author *a)
{
    sqlite3_bind_int64(insert, 1, a->id);
    for (book *b = a->books; b; b = b->next) {
        sqlite3_bind_text(insert, 2, b->title, -1, SQLITE_STATIC);
        sqlite3_bind_int(insert, 3, b->pages);
        hand_run(insert);
        b->id = sqlite3_last_insert_rowid(db);
    }
}

void by_hand_write_books(const bench_job *job, bench_result *result)
{
    sqlite3 *db = hand_open(job);
    bench_shelf *shelves = bench_all_shelves();
    library l = { 0 };

    bench_start(result);
    build_shelves(&l, shelves);
    sqlite3_stmt *author_in = hand_prepare(db, "INSERT INTO authors (name) VALUES (?)");
    sqlite3_stmt *book_in = hand_prepare(db, "INSERT INTO books (author_id, title, pages) VALUES (?, ?, ?)");
    hand_execute(db, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < l.count; i++)
        write_author(db, author_in, &l.authors[i]);
    for (size_t i = 0; i < l.count; i++)
        write_books(db, book_in, &l.authors[i]);
    hand_execute(db, "COMMIT");
    bench_stop(result);

    for (size_t i = 0; i < l.count; i++)
        for (const book *b = l.authors[i].books; b; b = b->next, result->rows++)
            result->touched += (uint64_t)b->id * (uint64_t)b->author->id;
    bench_watch_read(&result->settings);
    sqlite3_finalize(author_in);
    sqlite3_finalize(book_in);
    hand_arena_free(&l.arena);
    free(l.authors);
    free(shelves);
    hand_close(db);
}

/* ------------------------------------------------------------------ W9
 * The books first, by their author: the key's own ON DELETE CASCADE, which then finds none, takes a tenth longer for the same. */
void by_hand_delete_authors(const bench_job *job, bench_result *result)
{
    sqlite3 *db = hand_open(job);
    library l = { 0 };
    load_authors(db, &l);
    if (job->loaded)
        load_books(db, &l);

    bench_start(result);
    sqlite3_stmt *books_out = hand_prepare(db, "DELETE FROM books WHERE author_id = ?");
    sqlite3_stmt *author_out = hand_prepare(db, "DELETE FROM authors WHERE id = ?");
    hand_execute(db, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < l.count; i++) {
        sqlite3_bind_int64(books_out, 1, l.authors[i].id);
        hand_run(books_out);
        sqlite3_bind_int64(author_out, 1, l.authors[i].id);
        hand_run(author_out);
    }
    hand_execute(db, "COMMIT");
    bench_stop(result);

    result->rows = (int64_t)l.count;
    bench_watch_read(&result->settings);
    sqlite3_finalize(books_out);
    sqlite3_finalize(author_out);
    hand_arena_free(&l.arena);
    free(l.authors);
    hand_close(db);
}
