/*
 * Any bytes as a migration file: read, or refused with a sentence. What is read is made of statements that, alone, are one statement each
 * and the same; and it can be replayed, or is refused.
 */
#include "fuzz.h"

static void check_instruction(const kith__instruction *instruction)
{
    kith__arena arena = { 0 };
    kith__error error = { 0 };
    kith__tokens tokens;
    size_t at = 0, first, end, count = 0;
    MUST(instruction->sql[0] != 0, "an empty statement");
    if (instruction->verbatim || strncmp(instruction->sql, "\xef\xbb\xbf", 3) == 0)     /* which is nothing at the beginning of a text, and a letter inside */
        return;
    int status = kith__tokenize(&arena, "again", instruction->sql, strlen(instruction->sql), 0, &tokens, &error);
    MUST(status == KITH_OK, "a statement does not read again: %s", instruction->sql);
    while (kith__statement_next(&tokens, &at, &first, &end))
        count++;
    MUST(count == 1, "%zu statements in one: %s", count, instruction->sql);
    kith__error_free(&error);
    kith__arena_free(&arena);
}

static void check_section(const char *text, size_t size, const kith__section *section)
{
    if (!section->present)
        return;
    MUST(section->text >= text && section->text + section->size <= text + size, "a part that lies outside its file");
    for (size_t i = 0; i < section->count; i++)
        check_instruction(&section->items[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kith__arena arena = { 0 };
    kith__error error = { 0 };
    kith__state state = { 0 };
    kith__revision revision = { .file = "fuzz" };
    char *text = kith__arena_textn(&arena, (const char *)data, size);
    int status = text == NULL ? KITH_NO_MEMORY : kith__revision_read_head(&arena, &revision, text, size, &error);
    if (status == KITH_OK)
        status = kith__revision_parse(&arena, &revision, text, size, &error);
    if (status == KITH_OK) {
        check_section(text, size, &revision.upgrade);
        check_section(text, size, &revision.downgrade);
        MUST(strlen(revision.sum) == 64, "a sum of %zu digits", strlen(revision.sum));
        status = kith__section_replay("fuzz", &revision.upgrade, &state, &error);
    }
    MUST(status == KITH_OK || (error.public_.message != NULL && error.public_.message[0] != 0), "refused without a word");
    kith__state_free(&state);
    kith__error_free(&error);
    kith__arena_free(&arena);
    return 0;
}
