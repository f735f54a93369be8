/* The pictures of models where there is no memory: none at all, and never one that lacks something. */
#include "app/picture.h"

#include <kith/kith.h>
#include "support.h"

KITH_DECLARE(Plot);
KITH_DECLARE(Shed);
KITH_DECLARE(Tool);
struct Plot { int32_t x, y; KITH_MANY(Shed) sheds; KITH_MANY(Tool) tools; };
struct Shed { int64_t id; kith_opt_int plot_x, plot_y; const char *colour; KITH_ONE(Plot) plot; KITH_MANY(Tool) tools; };
struct Tool { int64_t id; const char *name; KITH_MANY(Shed) sheds; };
KITH_MODEL(Plot, "plots", KITH_COLUMN(x, .primary_key = true), KITH_COLUMN(y, .primary_key = true), KITH_RELATIONSHIP(sheds, Shed, .back_populates = "plot"),
    KITH_ASSOCIATION_PROXY(tools, "sheds", "tools"));
KITH_MODEL(Shed, "sheds", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(plot_x, .foreign_key = "plots.x"), KITH_COLUMN(plot_y, .foreign_key = "plots.y"),
    KITH_COLUMN(colour, .column = "its \"colour\"", .length = 80), KITH_RELATIONSHIP(plot, Plot, .back_populates = "sheds"),
    KITH_RELATIONSHIP(tools, Tool, .secondary = "shed tools", .back_populates = "sheds"), KITH_UNIQUE("colour", "plot_x"), KITH_INDEX("plot_y", "colour"),
    KITH_INDEX_WITH(.columns = { "plot_y", "plot_x DESC" }, .unique = true, .where = "plot_x > 0"), KITH_INDEX("abs(plot_x)"));
KITH_MODEL(Tool, "tools", KITH_COLUMN(id, .primary_key = true), KITH_COLUMN(name, .unique = true, .server_default = "'saw'"),
    KITH_RELATIONSHIP(sheds, Shed, .secondary = "shed tools", .back_populates = "tools"));

typedef struct drawing {
    kith__models *models;
    void (*draw)(kith__text *, const kith__models *);
    kith__text whole;
} drawing;

static bool draw_once(void *arg)
{
    drawing *d = arg;
    kith__text text = { 0 };
    d->draw(&text, d->models);
    bool ok = !text.broken;
    if (ok)
        assert_string_equal(text.data, d->whole.data);
    kith__text_free(&text);
    return ok;
}

static void draw_without_memory(void (*draw)(kith__text *, const kith__models *), const char *part)
{
    const kith_model *all[] = { kith_model_of_Plot(), kith_model_of_Shed(), kith_model_of_Tool() };
    kith__error error = { .public_ = { .status = KITH_OK } };
    drawing d = { .draw = draw };
    assert_int_equal(kith__models_build(&d.models, all, KITH__COUNT(all), &error), KITH_OK);
    draw(&d.whole, d.models);
    assert_non_null(strstr(d.whole.data, part));
    assert_true(kith_test_each_allocation(draw_once, &d) > 10);
    kith__text_free(&d.whole);
    kith__models_free(d.models);
    kith__error_free(&error);
}

static void a_dot_is_whole_or_broken(void **state)
{
    (void)state;
    draw_without_memory(kith__picture_dot, "label=<plot_x, plot_y>");
}

static void a_mermaid_is_whole_or_broken(void **state)
{
    (void)state;
    draw_without_memory(kith__picture_mermaid, "VARCHAR(80) its__colour_ \"its #34;colour#34;, null\"");
}

/* All of it: the columns with what is to be known of them, what stands in no single column, the table that nobody declared. */
static void letters_are_whole_or_broken(void **state)
{
    (void)state;
    draw_without_memory(kith__picture_letters,
        "Plot --< Shed\nShed --< shed tools >-- Tool\n\nPlot (plots)\n  x                INTEGER      primary key\n  y                INTEGER      primary key\n"
        "  sheds            many Shed\n  tools            many Tool, through sheds.tools\n\nShed (sheds)\n  id               BIGINT       primary key, generated\n"
        "  plot_x           BIGINT\n  plot_y           BIGINT\n  colour           VARCHAR(80)  column its \"colour\"\n  unique (its \"colour\", plot_x)\n"
        "  index (plot_y, its \"colour\")\n  unique index (plot_y, plot_x desc) where plot_x > 0\n  index (abs(plot_x))\n  (plot_x, plot_y) references plots (x, y)\n  plot             one Plot\n"
        "  tools            many Tool, through the table shed tools\n\nTool (tools)\n  id               BIGINT       primary key, generated\n"
        "  name             TEXT         unique, default 'saw'\n  sheds            many Shed, through the table shed tools\n\n"
        "shed tools (a join table, without a model)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_dot_is_whole_or_broken), cmocka_unit_test(a_mermaid_is_whole_or_broken),
        cmocka_unit_test(letters_are_whole_or_broken) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
