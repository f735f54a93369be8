/*
 * kith_assign: an edited copy of an object's struct back into the object, as a form gives it. Only what differs is written, and by
 * kith_set, so that an assignment is never more than the same number of kith_sets.
 */
#include "session/session.h"

/* The copy was made, and meanwhile the object was read anew: what the form shows is not what would be overwritten. */
static bool copy_is_stale(kith__object *object, const void *values)
{
    kith_session *session = kith__session_for(object);
    const kith__mapper *mapper = kith__mapper_for(object);
    const kith__property *version = mapper->version;
    if (!version)
        return false;
    kith_value copied = kith__member_value(&version->field, values), own = kith__member_value(&version->field, kith__struct(object));
    if (kith__value_equal(&copied, &own))
        return false;
    kith__fail(&session->error, KITH_STALE, "assign.stale", "This copy of a %s is older than the object: its %s is not the same any more.", mapper->name,
               version->name);
    kith__fail_hint(&session->error, "Show the form again from a new copy.");
    kith__fail_about(&session->error, mapper->name, version->name, kith__struct(object));
    return true;
}

static void assign_column(kith__object *object, const kith__property *property, const void *values)
{
    kith_value new = kith__member_value(&property->field, values), old = kith__member_value(&property->field, kith__struct(object));
    if (!property->primary_key && !property->version && !kith__value_equal(&new, &old))
        kith_set_(kith__struct(object), property->field.offset, new);
}

void kith_assign_(const void *structure, const void *values)
{
    kith__object *object = kith__object_ready(structure);
    if (!object)
        return;
    const kith__mapper *mapper = kith__mapper_for(object);
    if (!values) {
        kith__misuse(kith__session_for(object), "object.null_values", object, "A %s was to be assigned from NULL.", mapper->name);
        return;
    }
    if (copy_is_stale(object, values))
        return;
    for (size_t i = 0; i < mapper->property_count; i++)
        assign_column(object, &mapper->properties[i], values);
}
