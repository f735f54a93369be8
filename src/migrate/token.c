/*
 * token: SQL text as tokens, and tokens as statements. For the files of src/migrate.
 *
 * Two readings of the same SQL: that of migration files (PostgreSQL's strings, comments that nest, our directives) and that of the text
 * SQLite keeps in its catalogue. What is not understood is never an error here, except that something has no end.
 */
#include "migrate/ddl.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

typedef struct scanner {
    kith__arena *arena;
    const char *file, *at, *end, *line_start;
    uint32_t line;
    unsigned flags;
    kith__tokens *out;
    kith__error *error;
    bool raw_next;              /* a "statement" block begins */
} scanner;

static bool is_word_start(char c)
{
    return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_word(char c)
{
    return is_word_start(c) || isdigit((unsigned char)c) || c == '$';
}

static void note_lines(scanner *s, const char *from, const char *to)
{
    for (const char *p = from; p < to; p++)
        if (*p == '\n') {
            s->line++;
            s->line_start = p + 1;
        }
}

static uint32_t column_of(const scanner *s, const char *at)
{
    return (uint32_t)(at - s->line_start) + 1;
}

static int fail_open(scanner *s, const char *at, const char *what)
{
    return kith__fail(s->error, KITH_CONFIG, "migrate.unterminated", "%s:%u:%u: this %s has no end.", s->file ? s->file : "SQL", s->line, column_of(s, at), what);
}

/* One more token from s->at to `to`, which is where the scan goes on. */
static int take(scanner *s, kith__token_kind kind, const char *to)
{
    kith__token *token = kith__list_add(s->arena, &s->out->items, &s->out->count, sizeof *token);
    if (token == NULL)
        return kith__fail_memory(s->error);
    *token = (kith__token){ kind, s->line, column_of(s, s->at), s->at, (size_t)(to - s->at) };
    note_lines(s, s->at, to);
    s->at = to;
    return KITH_OK;
}

/* The end of a text in quotes that begins at `from`; a quote inside is doubled, or, with `escapes`, behind a backslash. NULL: none. */
static const char *quoted_end(const scanner *s, const char *from, char quote, bool escapes)
{
    for (const char *p = from + 1; p < s->end; p++) {
        if (escapes && *p == '\\')
            p++;
        else if (*p == quote && p + 1 < s->end && p[1] == quote)
            p++;
        else if (*p == quote)
            return p + 1;
    }
    return NULL;
}

static int take_quoted(scanner *s, kith__token_kind kind, const char *quote_at, char closing, bool escapes)
{
    const char *to = quoted_end(s, quote_at, closing, escapes);
    if (to == NULL)
        return fail_open(s, s->at, kind == KITH__T_NAME ? "quoted name" : "string");
    return take(s, kind, to);
}

/* $$…$$, $tag$…$tag$. *taken false: not a dollar quote. */
static int take_dollar(scanner *s, bool *taken)
{
    const char *p = s->at + 1;
    if (p < s->end && isdigit((unsigned char)*p))
        return KITH_OK;
    while (p < s->end && is_word(*p) && *p != '$')
        p++;
    if (p >= s->end || *p != '$')
        return KITH_OK;
    size_t tag = (size_t)(p + 1 - s->at);
    *taken = true;
    for (const char *q = p + 1; q + tag <= s->end; q++)
        if (memcmp(q, s->at, tag) == 0)
            return take(s, KITH__T_STRING, q + tag);
    return fail_open(s, s->at, "dollar-quoted string");
}

static int skip_block_comment(scanner *s)
{
    int depth = 0;
    for (const char *p = s->at; p + 1 < s->end; p++) {
        if (p[0] == '/' && p[1] == '*' && (depth == 0 || !(s->flags & KITH__SQLITE_TEXT))) {
            depth++;
            p++;
        } else if (p[0] == '*' && p[1] == '/') {
            p++;
            if (--depth == 0) {
                note_lines(s, s->at, p + 1);
                s->at = p + 1;
                return KITH_OK;
            }
        }
    }
    if (s->flags & KITH__SQLITE_TEXT) {         /* SQLite takes an open comment at the end of a text */
        s->at = s->end;
        return KITH_OK;
    }
    return fail_open(s, s->at, "comment");
}

static const char *line_end(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    return newline != NULL ? newline : end;
}

static bool starts_line(const scanner *s)
{
    for (const char *p = s->line_start; p < s->at; p++)
        if (*p != ' ' && *p != '\t')
            return false;
    return true;
}

static bool begins_with(const char *at, const char *end, const char *with)
{
    size_t size = strlen(with);
    return (size_t)(end - at) >= size && memcmp(at, with, size) == 0;
}

/* "-- kith: word": where the word begins, or NULL */
static const char *directive_word(const char *at, const char *end)
{
    if (!begins_with(at, end, "-- kith:"))
        return NULL;
    for (at += strlen("-- kith:"); at < end && (*at == ' ' || *at == '\t'); at++)
        ;
    return at;
}

static int take_line_comment(scanner *s)
{
    const char *line = line_end(s->at, s->end), *to = line;
    while (to > s->at && isspace((unsigned char)to[-1]))
        to--;
    const char *word = s->flags & KITH__SQLITE_TEXT ? NULL : directive_word(s->at, to);
    if (word == NULL || !starts_line(s)) {
        s->at = line;
        return KITH_OK;
    }
    s->raw_next = begins_with(word, to, "statement");
    return take(s, KITH__T_DIRECTIVE, to);
}

/* All lines up to "-- kith: end". */
static int take_raw(scanner *s)
{
    s->raw_next = false;
    for (const char *line = s->at; line < s->end;) {
        const char *to = line_end(line, s->end), *first = line;
        while (first < to && (*first == ' ' || *first == '\t'))
            first++;
        const char *word = directive_word(first, to);
        if (word != NULL && begins_with(word, to, "end"))
            return take(s, KITH__T_RAW, line);
        line = to < s->end ? to + 1 : s->end;
    }
    return fail_open(s, s->at, "\"statement\" block");
}

static const char *number_end(const scanner *s)
{
    const char *p = s->at;
    if (p + 1 < s->end && p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        for (p += 2; p < s->end && isxdigit((unsigned char)*p);)
            p++;
        return p;
    }
    while (p < s->end && (isdigit((unsigned char)*p) || *p == '.'))
        p++;
    if (p < s->end && (*p == 'e' || *p == 'E')) {
        const char *q = p + 1;
        if (q < s->end && (*q == '+' || *q == '-'))
            q++;
        if (q < s->end && isdigit((unsigned char)*q))
            for (p = q; p < s->end && isdigit((unsigned char)*p);)
                p++;
    }
    return p;
}

static int take_mark(scanner *s)
{
    static const char *const long_marks[] = { "->>", "#>>", "<=>", "!~*", "||", "<=", ">=", "<>", "!=", "==", "::", "->", "<<", ">>", "#>", "@>",
        "<@", "&&", "~*", "!~" };
    for (size_t i = 0; i < KITH__COUNT(long_marks); i++)
        if (begins_with(s->at, s->end, long_marks[i]))
            return take(s, KITH__T_MARK, s->at + strlen(long_marks[i]));
    return take(s, KITH__T_MARK, s->at + 1);
}

static int take_word(scanner *s)
{
    const char *to = s->at;
    while (to < s->end && is_word(*to))
        to++;
    size_t size = (size_t)(to - s->at);
    if (size == 1 && to < s->end && *to == '\'' && strchr("eExXbBnN", *s->at) != NULL)
        return take_quoted(s, KITH__T_STRING, to, '\'', *s->at == 'e' || *s->at == 'E');
    return take(s, KITH__T_WORD, to);
}

static int take_one(scanner *s)
{
    char c = *s->at, next = s->at + 1 < s->end ? s->at[1] : 0;
    bool sqlite = s->flags & KITH__SQLITE_TEXT;
    if (c == '-' && next == '-')
        return take_line_comment(s);
    if (c == '/' && next == '*')
        return skip_block_comment(s);
    if (c == '\'')
        return take_quoted(s, KITH__T_STRING, s->at, '\'', false);
    if (c == '"' || c == '`')
        return take_quoted(s, KITH__T_NAME, s->at, c, false);
    if (c == '[' && sqlite) {
        const char *close = memchr(s->at, ']', (size_t)(s->end - s->at));
        return close == NULL ? fail_open(s, s->at, "quoted name") : take(s, KITH__T_NAME, close + 1);
    }
    if (c == '$' && !sqlite) {
        bool taken = false;
        int status = take_dollar(s, &taken);
        if (taken || status != KITH_OK)
            return status;
    }
    if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)next)))
        return take(s, KITH__T_NUMBER, number_end(s));
    return is_word_start(c) ? take_word(s) : take_mark(s);
}

/* Statements are C texts from here on: a NUL inside would end one in the middle. And databases take UTF-8 only. */
static int check_text(const char *file, const char *text, size_t size, kith__error *error)
{
    uint32_t line = 1;
    for (const char *at = text, *end = text + size; at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *stop = newline != NULL ? newline : end;
        const char *nul = memchr(at, 0, (size_t)(stop - at));
        if (nul != NULL)
            return kith__fail(error, KITH_CONFIG, "migrate.nul", "%s:%u:%u: there is a NUL byte: this is no text.", file, line, (uint32_t)(nul - at) + 1);
        if (!kith__utf8_valid(at, (size_t)(stop - at)))
            return kith__fail(error, KITH_CONFIG, "migrate.encoding", "%s:%u: this line is not UTF-8.", file, line);
        at = stop + (newline != NULL);
    }
    return KITH_OK;
}

int kith__tokenize(kith__arena *arena, const char *file, const char *text, size_t size, unsigned flags, kith__tokens *out, kith__error *error)
{
    scanner s = { arena, file, text, text + size, text, 1, flags, out, error, false };
    *out = (kith__tokens){ 0 };
    if ((flags & KITH__SQLITE_TEXT) == 0 && check_text(file != NULL ? file : "SQL", text, size, error) != KITH_OK)
        return error->public_.status;
    if (begins_with(text, s.end, "\xef\xbb\xbf"))
        s.line_start = s.at += 3;
    while (s.at < s.end) {
        if (*s.at == '\n') {
            s.line_start = ++s.at;
            s.line++;
            if (s.raw_next) {
                int status = take_raw(&s);
                if (status != KITH_OK)
                    return status;
            }
        } else if (isspace((unsigned char)*s.at)) {
            s.at++;
        } else {
            int status = take_one(&s);
            if (status != KITH_OK)
                return status;
        }
    }
    return s.raw_next ? fail_open(&s, s.end, "\"statement\" block") : KITH_OK;
}

/* ---------------------------------------------------------------- one token */

bool kith__token_is(const kith__token *token, const char *word)
{
    return token->kind == KITH__T_WORD && token->size == strlen(word) && strncasecmp(token->at, word, token->size) == 0;
}

bool kith__token_mark(const kith__token *token, const char *mark)
{
    return token->kind == KITH__T_MARK && token->size == strlen(mark) && memcmp(token->at, mark, token->size) == 0;
}

bool kith__token_identifier(const kith__token *token)
{
    return token->kind == KITH__T_WORD || token->kind == KITH__T_NAME;
}

/* without its quotes, a doubled one made single */
static const char *unquoted(kith__arena *arena, const char *at, size_t size)
{
    char quote = at[0] == '[' ? ']' : at[0];
    char *out = kith__arena_textn(arena, at + 1, size - 2), *to = out;
    if (out == NULL)
        return NULL;
    for (const char *p = out; *p != 0; p++) {
        *to++ = *p;
        if (*p == quote && p[1] == quote && quote != ']')
            p++;
    }
    *to = 0;
    return out;
}

const char *kith__token_name(kith__arena *arena, const kith__token *token)
{
    if (token->kind == KITH__T_NAME || (token->kind == KITH__T_STRING && token->at[0] == '\''))
        return unquoted(arena, token->at, token->size);
    return kith__arena_textn(arena, token->at, token->size);
}

const char *kith__token_string(kith__arena *arena, const kith__token *token)
{
    if (token->kind != KITH__T_STRING || token->at[0] != '\'')
        return NULL;
    return unquoted(arena, token->at, token->size);
}

const char *kith__tokens_text(kith__arena *arena, const kith__token *items, size_t first, size_t end)
{
    size_t size = 1;
    for (size_t i = first; i < end; i++)
        size += items[i].size + 1;
    char *out = kith__arena_alloc(arena, size), *to = out;
    if (out == NULL)
        return NULL;
    for (size_t i = first; i < end; i++) {
        if (i > first && items[i].at > items[i - 1].at + items[i - 1].size)
            *to++ = ' ';
        memcpy(to, items[i].at, items[i].size);
        to += items[i].size;
    }
    *to = 0;
    return out;
}

/* ---------------------------------------------------------------- statements */

/* CREATE … TRIGGER, FUNCTION, PROCEDURE: statements that may hold others between BEGIN and END */
static bool may_hold_others(const kith__token *items, size_t count)
{
    if (count == 0 || !kith__token_is(&items[0], "CREATE"))
        return false;
    for (size_t i = 1; i < count && i < 6 && items[i].kind == KITH__T_WORD; i++)
        if (kith__token_is(&items[i], "TRIGGER") || kith__token_is(&items[i], "FUNCTION") || kith__token_is(&items[i], "PROCEDURE"))
            return true;
    return false;
}

/* such a statement ends at the semicolon behind "; END" */
static bool ends_body(const kith__token *items, size_t at, size_t first)
{
    return at >= first + 2 && kith__token_is(&items[at - 1], "END") && kith__token_mark(&items[at - 2], ";");
}

bool kith__statement_next(const kith__tokens *tokens, size_t *at, size_t *first, size_t *end)
{
    const kith__token *items = tokens->items;
    size_t i = *at;
    while (i < tokens->count && kith__token_mark(&items[i], ";"))
        i++;
    *first = i;
    if (i == tokens->count)
        return *end = *at = i, false;
    if (items[i].kind == KITH__T_DIRECTIVE || items[i].kind == KITH__T_RAW) {
        *at = *end = i + 1;
        return true;
    }
    bool holds = may_hold_others(items + i, tokens->count - i), in_body = false;
    for (; i < tokens->count; i++) {
        if (items[i].kind == KITH__T_DIRECTIVE || items[i].kind == KITH__T_RAW)
            break;
        if (holds && kith__token_is(&items[i], "BEGIN") && !kith__token_mark(&items[i - 1], "."))
            in_body = true;
        if (kith__token_mark(&items[i], ";") && (!in_body || ends_body(items, i, *first)))
            break;
    }
    *end = i;
    *at = i;
    return *end > *first;
}

/* ---------------------------------------------------------------- expressions */

static bool tokens_of(kith__arena *arena, const char *sql, kith__tokens *out)
{
    kith__error error = { 0 };
    bool well = kith__tokenize(arena, NULL, sql, strlen(sql), KITH__SQLITE_TEXT, out, &error) == KITH_OK;
    kith__error_free(&error);
    return well;
}

/* does the bracket at `first` close at the last token? */
static bool wholly_bracketed(const kith__token *items, size_t first, size_t end)
{
    int depth = 0;
    if (end - first < 2 || !kith__token_mark(&items[first], "("))
        return false;
    for (size_t i = first; i < end; i++) {
        depth += kith__token_mark(&items[i], "(");
        depth -= kith__token_mark(&items[i], ")");
        if (depth == 0)
            return i + 1 == end;
    }
    return false;
}

static void strip_brackets(const kith__tokens *tokens, size_t *first, size_t *end)
{
    *first = 0;
    *end = tokens->count;
    while (wholly_bracketed(tokens->items, *first, *end)) {
        *first += 1;
        *end -= 1;
    }
}

static bool name_is(const kith__token *token, const char *name, size_t size)
{
    if (token->kind == KITH__T_NAME)
        return token->size == size + 2 && strncasecmp(token->at + 1, name, size) == 0;
    return token->kind == KITH__T_WORD && token->size == size && strncasecmp(token->at, name, size) == 0;
}

static bool same_token(const kith__token *a, const kith__token *b)
{
    if (kith__token_identifier(a) && kith__token_identifier(b)) {
        bool quoted = b->kind == KITH__T_NAME;
        return name_is(a, b->at + quoted, b->size - (quoted ? 2 : 0));
    }
    return a->kind == b->kind && a->size == b->size && memcmp(a->at, b->at, a->size) == 0;
}

bool kith__sql_same(kith__arena *arena, const char *a, const char *b)
{
    if (a == NULL || b == NULL || strcmp(a, b) == 0)
        return a == b || (a != NULL && b != NULL);
    kith__tokens left, right;
    if (!tokens_of(arena, a, &left) || !tokens_of(arena, b, &right))
        return false;
    size_t i, j, left_end, right_end;
    strip_brackets(&left, &i, &left_end);
    strip_brackets(&right, &j, &right_end);
    bool same = left_end - i == right_end - j;
    for (; same && i < left_end; i++, j++)
        same = same_token(&left.items[i], &right.items[j]);
    return same;
}

/* One spelling for defaults that engines write in several ways. NULL: none known. */
static const char *known_default(const kith__tokens *tokens, size_t first, size_t end)
{
    static const struct { const char *word, *call; const char *means; } known[] = {
        { "CURRENT_TIMESTAMP", "NOW", "CURRENT_TIMESTAMP" }, { "CURRENT_DATE", "CURDATE", "CURRENT_DATE" },
        { "CURRENT_TIME", "CURTIME", "CURRENT_TIME" }, { "TRUE", NULL, "1" }, { "FALSE", NULL, "0" }, { "NULL", NULL, "" },
    };
    if (end - first != 1 && end - first != 3)
        return NULL;
    const kith__token *items = tokens->items + first;
    bool call = end - first == 3;
    if (call && !(kith__token_mark(&items[1], "(") && kith__token_mark(&items[2], ")")))
        return NULL;
    for (size_t i = 0; i < KITH__COUNT(known); i++)
        if (kith__token_is(&items[0], known[i].word) || (call && known[i].call != NULL && kith__token_is(&items[0], known[i].call)))
            return known[i].means;
    return NULL;
}

/* PostgreSQL says the type behind a literal: 'x'::character varying */
static size_t without_cast(const kith__tokens *tokens, size_t first, size_t end)
{
    for (size_t i = first + 1; i < end; i++)
        if (kith__token_mark(&tokens->items[i], "::"))
            return i;
    return end;
}

/* A default in one spelling: a known function as its standard name, else its tokens. */
static const char *canonical_default(kith__arena *arena, const char *sql)
{
    kith__tokens tokens;
    if (sql == NULL)
        return "";
    if (!tokens_of(arena, sql, &tokens))
        return sql;
    size_t first, end;
    strip_brackets(&tokens, &first, &end);
    if (end > first)
        end = without_cast(&tokens, first, end);
    const char *known = known_default(&tokens, first, end);
    return known != NULL ? known : kith__tokens_text(arena, tokens.items, first, end);
}

/* 1.50 and '1.50' are both the number */
static bool says_number(const char *sql, kith__decimal *out)
{
    size_t size = strlen(sql);
    bool quoted = size >= 2 && sql[0] == '\'' && sql[size - 1] == '\'';
    return kith__decimal_read(sql + quoted, size - (quoted ? 2 : 0), out);
}

bool kith__default_same(kith__arena *arena, const kith__type *type, const char *a, const char *b)
{
    kith__decimal x, y;
    if (a == b || (a != NULL && b != NULL && strcmp(a, b) == 0))
        return true;
    const char *left = canonical_default(arena, a), *right = canonical_default(arena, b);
    if (left == NULL || right == NULL)
        return false;
    if ((kith__type_is_number(type) || type->kind == KITH__BOOLEAN) && says_number(left, &x) && says_number(right, &y))
        return kith__decimal_order(&x, &y) == 0;
    return strcmp(left, right) == 0 || kith__sql_same(arena, left, right);
}

/* a name in an expression stands for a column unless it is called, or belongs to something else by a dot */
static bool stands_for_column(const kith__tokens *tokens, size_t i, const char *name)
{
    const kith__token *items = tokens->items;
    if (!name_is(&items[i], name, strlen(name)))
        return false;
    return !(i + 1 < tokens->count && (kith__token_mark(&items[i + 1], "(") || kith__token_mark(&items[i + 1], ".")));
}

bool kith__sql_mentions(kith__arena *arena, const char *sql, const char *name)
{
    kith__tokens tokens;
    bool found = false;
    if (tokens_of(arena, sql, &tokens))
        for (size_t i = 0; i < tokens.count && !found; i++)
            found = stands_for_column(&tokens, i, name);
    return found;
}

/* Would a name and this beside it become one token? "c"a, a'c' (a blob, if the name is x), and U&"a" are spelt so by people, if few. */
static bool grows_together(char c) { return is_word(c) || c == '"' || c == '\'' || c == '`' || c == '&'; }

static void print_apart(kith__text *text, const char *name, char after)
{
    if (text->size && grows_together(text->data[text->size - 1]))
        kith__text_add(text, " ");
    kith__print_name(text, name);
    if (grows_together(after))
        kith__text_add(text, " ");
}

const char *kith__sql_rename(kith__arena *arena, const char *sql, const char *from, const char *to)
{
    kith__tokens tokens;
    kith__text text = { 0 };
    if (!tokens_of(arena, sql, &tokens))
        return arena->broken ? NULL : sql;
    const char *rest = sql;
    for (size_t i = 0; i < tokens.count; i++)
        if (stands_for_column(&tokens, i, from)) {
            const kith__token *token = &tokens.items[i];
            kith__text_addn(&text, rest, (size_t)(token->at - rest));
            print_apart(&text, to, token->at[token->size]);
            rest = token->at + token->size;
        }
    if (rest == sql)
        return sql;
    kith__text_add(&text, rest);
    return kith__arena_take(arena, &text);
}
