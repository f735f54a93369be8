"""Expressions and statements: what programs write about columns, and the tuples that kith._core makes statements of.

elements     expressions, and their operators
functions    func, OVER
documents    parts of JSON
expressions  case(), cast(), desc() and their kin
texts        text()
subqueries   a SELECT in an expression
selectable   tables, aliases, subqueries, joins
joining      what a JOIN of a SELECT is made of
selects      SELECT, UNION
dml          INSERT, UPDATE, DELETE

The other modules take it all from here.
"""

from .elements import (ADD, AND, BETWEEN, ClauseElement, ClauseList, ColumnElement, DIVIDE, EQ, GE, GT, INNER, IS_NOT_NULL, IS_NULL, LE, LEFT, LT,
                       Label, MODULO, MULTIPLY, NE, NOT, Null, OR, Operation, Ordered, Raw, SUBTRACT, Scope, TOP, T_COLUMN, T_EXISTS, T_OP, T_RAW,
                       T_SEQUENCE, T_STAR, T_VALUE, Tree, and_, clause, condition, expression, false, is_clause, is_entity, not_, null, or_, textual, true,
                       unnamed)
from .functions import Function, Over, extract, func, over
from .expressions import asc, between, bindparam, case, cast, collate, column, desc, distinct, literal, nulls_first, nulls_last, tuple_, type_coerce
from .texts import TextClause, literal_column, text
from .subqueries import Exists, InSelect, ScalarSelect
from .selectable import Alias, ColumnCollection, FromClause, Join, Pieces, Subquery, alias, from_clause, join, outerjoin, source_of, table
from .joining import value_names
from .selects import Compound, Entity, Item, Select, SelectBase, entity_attribute, except_, exists, intersect, select, union, union_all
from .dml import Change, Delete, Insert, Update, delete, insert, update
