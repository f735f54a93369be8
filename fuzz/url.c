/*
 * Any text as a database's URL: read, or refused with a sentence. The path and the options of what is read, written down again with every byte of
 * theirs as %41, are read as the same.
 */
#include "fuzz.h"

#include "../src/driver/driver.h"

static void add_encoded(kith__text *out, const char *text)
{
    for (; *text != 0; text++)
        kith__text_addf(out, "%%%02x", (unsigned)(unsigned char)*text);
}

static void check_again(const kith__url *url)
{
    kith__text written = { 0 };
    kith__error error = { 0 };
    kith__url again;
    kith__text_add(&written, url->path != NULL ? "sqlite:///" : "sqlite://");
    if (url->path != NULL)
        add_encoded(&written, url->path);
    for (size_t i = 0; i < url->option_count; i++) {
        kith__text_add(&written, i > 0 ? "&" : "?");
        add_encoded(&written, url->options[i].name);
        kith__text_add(&written, "=");
        add_encoded(&written, url->options[i].value);
    }
    MUST(kith__url_parse(&again, written.data, &error) == KITH_OK, "%s: %s", written.data, error.public_.message);
    MUST((url->path == NULL) == (again.path == NULL) && (url->path == NULL || strcmp(url->path, again.path) == 0), "%s names another path than %s", written.data, url->text);
    MUST(url->option_count == again.option_count, "%s has %zu options, %s %zu", url->text, url->option_count, written.data, again.option_count);
    for (size_t i = 0; i < url->option_count; i++)
        MUST(strcmp(url->options[i].name, again.options[i].name) == 0 && strcmp(url->options[i].value, again.options[i].value) == 0, "option %zu of %s differs", i, written.data);
    kith__url_free(&again);
    kith__error_free(&error);
    kith__text_free(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kith__url url;
    kith__error error = { 0 };
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    if (kith__url_parse(&url, text, &error) == KITH_OK) {
        MUST(strcmp(url.text, text) == 0 && strcmp(url.scheme, "sqlite") == 0, "another URL: %s", url.text);
        check_again(&url);
    } else
        MUST(error.public_.status == KITH_CONFIG && error.public_.message != NULL && error.public_.message[0] != 0, "refused without a word");
    kith__url_free(&url);
    kith__error_free(&error);
    free(text);
    return 0;
}
