/* What the tests of the models share: models built, and what is said of those that do not fit. */
#ifndef KITH_TEST_MODEL_HELPERS_H
#define KITH_TEST_MODEL_HELPERS_H

#include "support.h"

#include "model/model.h"

typedef struct built { kith__models *models; kith__error error; } built;

static inline built build(const kith_model_function *functions)
{
    const kith_model *models[64];
    built b = { 0 };
    size_t count = 0;
    for (; functions[count]; count++)
        models[count] = functions[count]();
    kith__models_build(&b.models, models, count, &b.error);
    return b;
}

static inline void list_errors(const built *b)
{
    for (const kith_error *e = b->error.public_.status ? &b->error.public_ : NULL; e; e = e->next)
        print_error("  %s %s.%s: %s%s%s\n", e->code, e->model ? e->model : "?", e->attribute ? e->attribute : "-", e->message, e->hint ? " Hint: " : "",
                    e->hint ? e->hint : "");
}

static inline void done(built *b)
{
    kith__models_free(b->models);
    kith__error_free(&b->error);
}

/* Built, without an error. */
static inline built good(const kith_model_function *functions)
{
    built b = build(functions);
    list_errors(&b);
    assert_int_equal(b.error.public_.status, KITH_OK);
    assert_non_null(b.models);
    return b;
}

static inline kith__mapper *mapper_named(const built *b, const char *name)
{
    kith__mapper *mapper = kith__map_gets(&b->models->by_name, name);
    assert_non_null(mapper);
    return mapper;
}

static inline const kith__relation *relation_named(const built *b, const char *model, const char *name)
{
    const kith__mapper *mapper = mapper_named(b, model);
    kith__member member = kith__member_named(mapper, name);
    assert_int_equal(member.kind, KITH__RELATION);
    return mapper->relations[member.index];
}

static inline const kith__table *table_named(const built *b, const char *name)
{
    const kith__table *table = kith__schema_find(&b->models->schema, name);
    assert_non_null(table);
    return table;
}

#endif
