/* The model of every.h. */
#include "every.h"

KITH_MODEL(Every, "every",
    KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(flag), KITH_COLUMN(i8), KITH_COLUMN(i16), KITH_COLUMN(i32), KITH_COLUMN(i64), KITH_COLUMN(u8), KITH_COLUMN(u16),
    KITH_COLUMN(u32), KITH_COLUMN(single), KITH_COLUMN(real), KITH_COLUMN(text), KITH_COLUMN(blob), KITH_COLUMN(day), KITH_COLUMN(time), KITH_COLUMN(moment), KITH_COLUMN(uuid),
    KITH_COLUMN(json), KITH_COLUMN(price, .precision = 10, .scale = 2), KITH_COLUMN(exact), KITH_ENUM(colour, "red", "green", "blue"), KITH_COLUMN(maybe_flag),
    KITH_COLUMN(maybe_number), KITH_COLUMN(maybe_real), KITH_COLUMN(maybe_day), KITH_COLUMN(maybe_time), KITH_COLUMN(maybe_moment), KITH_COLUMN(maybe_uuid));
