/*
 * The models: what is kept, as structs. models.c says what each member is.
 */
#ifndef MODELS_H
#define MODELS_H

#include <kith/kith.h>

KITH_DECLARE(Note);

struct Note {
    int64_t       id;
    const char   *text;
    kith_datetime written;
};

#endif
