/* A CSV importer: bad rows are reported, good ones kept. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <kith/kith.h>
KITH_DECLARE(Customer);
KITH_DECLARE(Order);
KITH_DECLARE(OrderLine);
struct Customer { const char *code; const char *name; kith_opt_int discount; KITH_MANY(Order) orders; };
struct Order { int64_t number; const char *customer_code; kith_date placed; KITH_ONE(Customer) customer; KITH_MANY(OrderLine) lines; };
struct OrderLine { int64_t order_number; int32_t line; const char *article; int32_t quantity; kith_decimal price; KITH_ONE(Order) order; };
KITH_MODEL(Customer, "customers", KITH_COLUMN(code, .primary_key = true, .length = 12), KITH_COLUMN(name, .not_null = true), KITH_COLUMN(discount),
    KITH_RELATIONSHIP(orders, Order, .back_populates = "customer"));
KITH_MODEL(Order, "orders", KITH_COLUMN(number, .primary_key = true), KITH_COLUMN(customer_code, .foreign_key = "customers.code", .not_null = true),
    KITH_COLUMN(placed), KITH_RELATIONSHIP(customer, Customer, .back_populates = "orders"),
    KITH_RELATIONSHIP(lines, OrderLine, .back_populates = "order", .cascade = "all, delete-orphan", .order_by = "line"));
KITH_MODEL(OrderLine, "order_lines", KITH_COLUMN(order_number, .primary_key = true, .foreign_key = "orders.number"), KITH_COLUMN(line, .primary_key = true),
    KITH_COLUMN(article), KITH_COLUMN(quantity, .check = "quantity > 0"), KITH_COLUMN(price), KITH_RELATIONSHIP(order, Order, .back_populates = "lines"));

static bool parse_int(const char *s, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(s, &end, 10);
    return !errno && end != s && !*end;
}

static void customer_row(kith_session *session, char **cell)
{
    int64_t percent;
    Customer form = { .code = cell[0], .name = cell[1][0] ? cell[1] : NULL };
    if (parse_int(cell[2], &percent))
        form.discount = kith_some(percent);
    const Customer *known = kith_get(session, Customer, .code = form.code);
    if (known)
        kith_assign(known, &form);
    else
        kith_add(session, Customer, &form);
}

static void line_row(kith_session *session, char **cell)
{
    int64_t number = 0, line = 0, quantity = 0;
    parse_int(cell[1], &number), parse_int(cell[2], &line), parse_int(cell[4], &quantity);
    const Customer *customer = kith_get(session, Customer, .code = cell[0]);
    const Order *order = kith_get(session, Order, .number = number);
    if (!order)
        order = kith_new(session, Order, .number = number, .customer = { customer });
    const OrderLine *item = kith_new(session, OrderLine, .line = (int32_t)line, .article = cell[3], .price = { cell[5] });
    kith_set(item, quantity, quantity);             /* an int64_t that int32_t cannot hold: KITH_RANGE, with the field's name */
    kith_append(order, lines, item);
}

static int import(kith_session *session, char *rows[][7], size_t n, size_t *bad)
{
    for (size_t i = 0; i < n; i++) {
        kith_savepoint(session);
        (strcmp(rows[i][0], "C") == 0 ? customer_row : line_row)(session, rows[i] + 1);
        if (kith_flush(session) == KITH_OK) {
            kith_savepoint_keep(session);
            continue;
        }
        const kith_error *e = kith_error_of(session);
        kith_savepoint_undo(session);
        fprintf(stderr, "row %zu: %s.%s: %s\n", i + 1, e->model ? e->model : "?", e->attribute ? e->attribute : "?", e->message);
        ++*bad;
    }
    return kith_commit(session);
}
int run_import(kith_session *session, char *rows[][7], size_t n);
int run_import(kith_session *session, char *rows[][7], size_t n) { size_t bad = 0; int s = import(session, rows, n, &bad); return s ? s : bad > 0; }
