/*
 * real: doubles and their texts, with a point whatever locale the program is in. May use: text. Used by: print, drivers, app, migrate.
 */
#include "base/base.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

/* This thread is in the locale of C from here to leave(), and the program nowhere. Where there is no memory for it, it stays where it is. */
typedef struct stay { locale_t plain, before; } stay;

static stay enter(void)
{
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    return (stay){ plain, plain ? uselocale(plain) : (locale_t)0 };
}

static void leave(stay here)
{
    if (!here.plain)
        return;
    uselocale(here.before);
    freelocale(here.plain);
}

double kith__real_read(const char *text, char **end)
{
    stay here = enter();
    double number = strtod(text, end);
    leave(here);
    return number;
}

void kith__real_print(kith__text *out, double number)
{
    char text[40] = "";
    stay here = enter();
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    leave(here);
    kith__text_add(out, text);
}

void kith__real_print_fixed(kith__text *out, double number, uint32_t scale)
{
    stay here = enter();
    kith__text_addf(out, "%.*f", (int)scale, number);
    leave(here);
}
