/*
 * One column of every type, written and read by kith, for interop.py: `write` stores the rows that interop.py knows too, `read` prints what
 * it finds, each value in the form that interop.py prints its own in: numbers as they are, moments as counts, bytes in hex.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <kith/kith.h>

KITH_DECLARE(Everything);
struct Everything {
    int64_t id;
    bool flag;
    int8_t i8;
    uint8_t u8;
    int16_t i16;
    uint16_t u16;
    int32_t i32;
    uint32_t u32;
    int64_t i64;
    float single;
    double real;
    const char *text, *five;
    kith_blob blob;
    kith_date day;
    kith_time clock;
    kith_datetime moment, naive;
    kith_uuid uuid;
    kith_json json;
    kith_decimal price, exact;
    const char *colour;
    kith_opt_bool maybe_flag;
    kith_opt_int maybe_number;
    kith_opt_double maybe_real;
    kith_opt_date maybe_day;
    kith_opt_time maybe_clock;
    kith_opt_datetime maybe_moment;
    kith_opt_uuid maybe_uuid;
};

static const char *const colours[] = { "red", "green", "blue", NULL };

KITH_MODEL(Everything, "everything",
    KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(flag), KITH_COLUMN(i8), KITH_COLUMN(u8), KITH_COLUMN(i16), KITH_COLUMN(u16), KITH_COLUMN(i32),
    KITH_COLUMN(u32), KITH_COLUMN(i64), KITH_COLUMN(single), KITH_COLUMN(real), KITH_COLUMN(text), KITH_COLUMN(five, .length = 5), KITH_COLUMN(blob),
    KITH_COLUMN(day), KITH_COLUMN(clock), KITH_COLUMN(moment), KITH_COLUMN(naive, .naive = true), KITH_COLUMN(uuid), KITH_COLUMN(json),
    KITH_COLUMN(price, .precision = 10, .scale = 2), KITH_COLUMN(exact), KITH_COLUMN(colour, .labels = colours), KITH_COLUMN(maybe_flag),
    KITH_COLUMN(maybe_number), KITH_COLUMN(maybe_real), KITH_COLUMN(maybe_day), KITH_COLUMN(maybe_clock), KITH_COLUMN(maybe_moment), KITH_COLUMN(maybe_uuid));

static const kith_uuid some_uuid = { { 0x0e, 0xe1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd } };
static const kith_uuid one_uuid = { { [15] = 1 } };

static int write(kith_session *session, int argc, char **argv)
{
    (void)argc, (void)argv;
    kith_new(session, Everything, .id = 1,      /* something in every column */
        .flag = true, .i8 = -8, .u8 = 8, .i16 = -16, .u16 = 16, .i32 = -32, .u32 = 32, .i64 = -64, .single = 0.1f, .real = 0.1 + 0.2,
        .text = "Käse, 🦝 and 'quotes'", .five = "fünf!", .blob = { "\0\1\xff", 3 }, .day = { 20779 }, .clock = { INT64_C(41882000000) },
        .moment = { INT64_C(1795347482000000) }, .naive = { INT64_C(1795347482123456) }, .uuid = some_uuid,
        .json = { "{\"a\": [1, 2.5, null, \"\\u00e4\"]}" }, .price = { "12.50" }, .exact = { "123456789012345678901234567890.123456789" }, .colour = "green",
        .maybe_flag = kith_some_bool(false), .maybe_number = kith_some(0), .maybe_real = kith_some(1e-7), .maybe_day = kith_some(((kith_date){ -1 })),
        .maybe_clock = kith_some(((kith_time){ 0 })), .maybe_moment = kith_some(((kith_datetime){ -1 })), .maybe_uuid = kith_some(one_uuid));
    kith_new(session, Everything, .id = 2,      /* the ends of every range */
        .flag = true, .i8 = INT8_MAX, .u8 = UINT8_MAX, .i16 = INT16_MAX, .u16 = UINT16_MAX, .i32 = INT32_MAX, .u32 = UINT32_MAX, .i64 = INT64_MAX,
        .single = 16777216.0f, .real = 1.7976931348623157e308, .text = "", .five = "", .blob = { "", 0 }, .day = { 2932896 },
        .clock = { INT64_C(86399999999) }, .moment = { INT64_C(253402300799999999) }, .naive = { INT64_C(253402300799999999) },
        .uuid = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } }, .json = { "7" },
        .price = { "99999999.99" }, .exact = { "-0.000000000000000000001" }, .colour = "blue", .maybe_flag = kith_some_bool(true),
        .maybe_number = kith_some(INT64_MIN), .maybe_real = kith_some(-1.5));
    kith_new(session, Everything, .id = 3,      /* the other ends, and NULL wherever it may be */
        .i8 = INT8_MIN, .i16 = INT16_MIN, .i32 = INT32_MIN, .i64 = INT64_MIN, .single = -1.5f, .real = 5e-324, .day = { -719162 },
        .moment = { INT64_C(-62135596800000000) }, .naive = { INT64_C(-62135596800000000) }, .uuid = one_uuid);
    kith_new(session, Everything, .id = 4, .text = "12", .five = "1e5", .day = { 0 }, .json = { "null" }, .price = { "-7.00" }, .exact = { "0" });
    return kith_commit(session);
}

static void print_number(const char *name, bool present, int64_t value)
{
    if (present)
        printf(" %s=%" PRId64, name, value);
    else
        printf(" %s=NULL", name);
}

static void print_real(const char *name, bool present, double value)
{
    if (present)
        printf(" %s=%.17g", name, value);
    else
        printf(" %s=NULL", name);
}

static void print_bytes(const char *name, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    printf(" %s=%s", name, data ? "" : "NULL");
    for (size_t i = 0; data && i < size; i++)
        printf("%02x", bytes[i]);
}

static void print_text(const char *name, const char *text) { print_bytes(name, text, text ? strlen(text) : 0); }

static void print_row(const Everything *row)
{
    printf("%" PRId64 ":", row->id);
    print_number("flag", true, row->flag);
    print_number("i8", true, row->i8);
    print_number("u8", true, row->u8);
    print_number("i16", true, row->i16);
    print_number("u16", true, row->u16);
    print_number("i32", true, row->i32);
    print_number("u32", true, row->u32);
    print_number("i64", true, row->i64);
    print_real("single", true, (double)row->single);
    print_real("real", true, row->real);
    print_text("text", row->text);
    print_text("five", row->five);
    print_bytes("blob", row->blob.data, row->blob.size);
    print_number("day", true, row->day.days);
    print_number("clock", true, row->clock.microseconds);
    print_number("moment", true, row->moment.microseconds);
    print_number("naive", true, row->naive.microseconds);
    print_bytes("uuid", row->uuid.bytes, 16);
    print_text("json", row->json.text);
    print_text("price", row->price.text);
    print_text("exact", row->exact.text);
    print_text("colour", row->colour);
    print_number("maybe_flag", row->maybe_flag.present, row->maybe_flag.value);
    print_number("maybe_number", row->maybe_number.present, row->maybe_number.value);
    print_real("maybe_real", row->maybe_real.present, row->maybe_real.value);
    print_number("maybe_day", row->maybe_day.present, row->maybe_day.value.days);
    print_number("maybe_clock", row->maybe_clock.present, row->maybe_clock.value.microseconds);
    print_number("maybe_moment", row->maybe_moment.present, row->maybe_moment.value.microseconds);
    print_bytes("maybe_uuid", row->maybe_uuid.present ? row->maybe_uuid.value.bytes : NULL, 16);
    printf("\n");
}

static int read(kith_session *session, int argc, char **argv)
{
    (void)argc, (void)argv;
    kith_each(Everything, row, kith_all(session, Everything, .order_by = { kith_asc(Everything, id) }))
        print_row(row);
    return kith_status_of(session);
}

KITH_APP("everything",
    .models = KITH_MODELS(Everything),
    .commands = KITH_COMMANDS({ "write", write, "store the rows" }, { "read", read, "print them" }));

int main(int argc, char **argv) { return kith_main(argc, argv); }
