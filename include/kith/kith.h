/*
 * kith: an object-relational mapper for C. This header brings all of it.
 *
 *   Reads are plain struct fields. Writes go through kith_set and its kin: every object handed out is const, so a
 *   write that the session would not see does not compile, and a struct that kith did not hand out is refused.
 *
 *   Lifetimes. An object stays readable, at one address, until kith_clear or kith_session_close, whatever happens to
 *   its row. A text, blob or list read from it stays as it was read until the next commit, rollback, clear or close.
 *   A condition (kith_eq …) lives in the block it is written in, like any argument; kith_narrow keeps a copy.
 *
 *   Names that end in _ are the headers' own.
 */
#ifndef KITH_H
#define KITH_H

#include <kith/app.h>
#include <kith/database.h>
#include <kith/error.h>
#include <kith/model.h>
#include <kith/object.h>
#include <kith/query.h>
#include <kith/report.h>
#include <kith/session.h>
#include <kith/value.h>

#endif /* KITH_H */
