/*
 * The models that the programs of this folder get wrong, and what they have at hand. Each program holds a wrong line and
 * the right one beside it: run.py sees that the right one compiles without a warning, and that the wrong one does not
 * compile, on its own line and with the sentence that its `expect` names.
 */
#ifndef REJECT_H
#define REJECT_H

#include <kith/kith.h>

KITH_DECLARE(Business);
KITH_DECLARE(Raccoon);
KITH_DECLARE(Trashcan);

struct Business {
    int64_t             id;
    const char         *name;
    KITH_MANY(Trashcan) trashcans;
    KITH_MANY(Raccoon)  raccoons;
};
struct Raccoon {
    int64_t             id;
    const char         *name;
    kith_opt_int        age;
    double              weight;
    int32_t             lives;
    bool                awake;
    kith_date           born;
    kith_datetime       seen;
    kith_uuid           tag;
    kith_blob           photo;
    kith_decimal        debt;
    KITH_MANY(Trashcan) trashcans;
};
struct Trashcan {
    int64_t            id;
    kith_opt_int       business_id, raccoon_id;
    KITH_ONE(Business) business;
    KITH_ONE(Raccoon)  raccoon;
};

/* everything a program may have at hand */
#define PROGRAM \
    void program(kith_session *session, const Raccoon *rocky, const Business *shop, const Trashcan *can, Raccoon *form); \
    void program(kith_session *session, const Raccoon *rocky, const Business *shop, const Trashcan *can, Raccoon *form)

#endif /* REJECT_H */
