#include "models.h"

KITH_MODEL(Note, "notes",
    KITH_COLUMN(id, .primary_key = true),
    KITH_COLUMN(text, .not_null = true),
    KITH_COLUMN(written));
