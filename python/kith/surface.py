"""What of SQLAlchemy, Flask-SQLAlchemy and Flask-Migrate kith answers to: one table, for kith.install_as_sqlalchemy, for the page
docs/sqlalchemy.md (tools/surface.py writes it) and for the tests, which hold every line of it."""
from __future__ import annotations

#: A module by the name that programs know -> kith's module that answers (None: it only holds others), and the names that are there.
THERE: dict[str, tuple[str | None, str]] = {
    "sqlalchemy": ("kith.names", """
        BIGINT BINARY BLOB BOOLEAN BigInteger Boolean CHAR CLOB CheckConstraint ClauseElement Column ColumnCollection ColumnDefault ColumnElement
        Connection DATE DATETIME DECIMAL Date DateTime DefaultClause Delete Double Engine Enum FLOAT FetchedValue Float ForeignKey
        ForeignKeyConstraint INT INTEGER Identity Index Insert Integer Interval JSON LargeBinary MetaData NCHAR NUMERIC NVARCHAR Numeric
        PickleType PrimaryKeyConstraint REAL SMALLINT Select Sequence SmallInteger String Subquery TEXT TIME TIMESTAMP Table Text TextClause Time
        TypeDecorator URL UUID Unicode UnicodeText UniqueConstraint Update Uuid VARBINARY VARCHAR alias and_ asc between bindparam case cast
        collate column create_engine delete desc distinct engine_from_config except_ exists extract false func insert inspect intersect join
        literal literal_column make_url not_ null nulls_first nulls_last nullsfirst nullslast or_ outerjoin over select table text true tuple_
        type_coerce union union_all update"""),
    "sqlalchemy.engine": ("kith.engine", "Connection Engine URL create_engine engine_from_config make_url"),
    "sqlalchemy.event": ("kith.event", "contains listen listens_for remove"),
    "sqlalchemy.exc": ("kith.exc", """
        AmbiguousForeignKeysError ArgumentError CircularDependencyError CompileError DBAPIError DataError DatabaseError IdentifierError
        IntegrityError InterfaceError InternalError InvalidRequestError MultipleResultsFound NoForeignKeysError NoInspectionAvailable
        NoReferenceError NoReferencedColumnError NoReferencedTableError NoResultFound NoSuchColumnError NoSuchModuleError NoSuchTableError
        NotSupportedError ObjectNotExecutableError OperationalError PendingRollbackError ProgrammingError RemovedIn20Warning
        ResourceClosedError SADeprecationWarning SAPendingDeprecationWarning SAWarning SQLAlchemyError StatementError TimeoutError
        UnboundExecutionError UnsupportedCompilationError"""),
    "sqlalchemy.ext": (None, ""),
    "sqlalchemy.ext.associationproxy": ("kith.ext.associationproxy", "AssociationProxy association_proxy"),
    "sqlalchemy.ext.declarative": ("kith.ext.declarative", "DeclarativeMeta as_declarative declarative_base declared_attr has_inherited_table"),
    "sqlalchemy.ext.hybrid": ("kith.ext.hybrid", "Comparator hybrid_method hybrid_property"),
    "sqlalchemy.inspection": ("kith.inspection", "inspect"),
    "sqlalchemy.orm": ("kith.orm", """
        AppenderQuery DeclarativeMeta InstrumentedAttribute Load Mapper Query QueryableAttribute RelationshipProperty Session SessionTransaction
        WriteOnlyCollection aliased as_declarative attribute_keyed_dict attribute_mapped_collection backref class_mapper clear_mappers
        close_all_sessions column_keyed_dict column_mapped_collection column_property configure_mappers contains_eager declarative_base
        declarative_mixin declared_attr defaultload defer deferred dynamic_loader foreign has_inherited_table immediateload join joinedload
        keyfunc_mapping lazyload load_only mapped_collection noload object_mapper object_session outerjoin raiseload registry
        relation relationship remote scoped_session selectinload sessionmaker subqueryload synonym undefer undefer_group validates was_deleted
        with_parent"""),
    "sqlalchemy.orm.attributes": ("kith.orm", "InstrumentedAttribute QueryableAttribute"),
    "sqlalchemy.orm.collections": ("kith.collections", """
        InstrumentedDict InstrumentedList InstrumentedSet attribute_keyed_dict attribute_mapped_collection column_keyed_dict
        column_mapped_collection keyfunc_mapping mapped_collection"""),
    "sqlalchemy.orm.exc": ("kith.exc", """
        ConcurrentModificationError DetachedInstanceError FlushError LoaderStrategyException MultipleResultsFound NoResultFound
        ObjectDeletedError ObjectDereferencedError StaleDataError UnmappedClassError UnmappedColumnError UnmappedError UnmappedInstanceError"""),
    "sqlalchemy.orm.session": ("kith.orm", "Session SessionTransaction close_all_sessions object_session sessionmaker"),
    "sqlalchemy.pool": ("kith.pool", "AssertionPool NullPool Pool QueuePool SingletonThreadPool StaticPool"),
    "sqlalchemy.schema": ("kith.names", """
        CheckConstraint Column ColumnDefault DefaultClause FetchedValue ForeignKey ForeignKeyConstraint Identity Index MetaData
        PrimaryKeyConstraint Sequence Table UniqueConstraint"""),
    "sqlalchemy.sql": ("kith.names", """
        Delete Insert Select Subquery Update alias and_ asc between bindparam case cast collate column delete desc distinct except_ exists
        extract false func insert intersect join literal literal_column not_ null nulls_first nulls_last nullsfirst nullslast or_ outerjoin over
        select table text true tuple_ type_coerce union union_all update"""),
    "sqlalchemy.sql.expression": ("kith.names", """
        ClauseElement ColumnCollection ColumnElement Delete Insert Select Subquery TextClause Update alias and_ asc between bindparam case cast
        collate column delete desc distinct except_ exists extract false func insert intersect join literal literal_column not_ null
        nulls_first nulls_last or_ outerjoin over select table text true tuple_ type_coerce union union_all update"""),
    "sqlalchemy.sql.functions": ("kith.names", "func"),
    "sqlalchemy.types": ("kith.names", """
        BIGINT BINARY BLOB BOOLEAN BigInteger Boolean CHAR CLOB DATE DATETIME DECIMAL Date DateTime Double Enum FLOAT Float INT INTEGER Integer
        Interval JSON LargeBinary NCHAR NUMERIC NVARCHAR Numeric PickleType REAL SMALLINT SmallInteger String TEXT TIME TIMESTAMP Text Time
        TypeDecorator UUID Unicode UnicodeText Uuid VARBINARY VARCHAR"""),
    "flask_sqlalchemy": ("kith.flask_sqlalchemy", "SQLAlchemy"),
    "flask_sqlalchemy.cli": ("kith.flask_sqlalchemy.cli", "add_models_to_shell"),
    "flask_sqlalchemy.extension": ("kith.flask_sqlalchemy.extension", "SQLAlchemy"),
    "flask_sqlalchemy.model": ("kith.flask_sqlalchemy.model", "BindMetaMixin DefaultMeta Model NameMetaMixin camel_to_snake_case should_set_tablename"),
    "flask_sqlalchemy.pagination": ("kith.flask_sqlalchemy.pagination", "Pagination QueryPagination SelectPagination"),
    "flask_sqlalchemy.query": ("kith.flask_sqlalchemy.query", "Query"),
    "flask_sqlalchemy.record_queries": ("kith.flask_sqlalchemy.record_queries", "get_recorded_queries"),
    "flask_sqlalchemy.session": ("kith.flask_sqlalchemy.session", "Session"),
    "flask_sqlalchemy.track_modifications": ("kith.flask_sqlalchemy.track_modifications", "before_models_committed models_committed"),
    "flask_migrate": ("kith.flask_migrate", """
        Migrate branches check current downgrade edit heads history init merge migrate revision show stamp upgrade"""),
}

#: What is there by name and does something else, or nothing.
OTHERWISE: dict[str, str] = {
    "sqlalchemy.orm.clear_mappers": "does nothing: there is no global list of mappers, and a base goes with the last that refers to it",
    "sqlalchemy.orm.configure_mappers": "need not be called: models are resolved when one is first used, and only those that hang together",
    "sqlalchemy.orm.deferred": "gives the column: an object is loaded whole, in one statement, since its row is decoded straight into its struct",
    "sqlalchemy.orm.defer": "is taken and does nothing, as undefer and load_only are: an object is loaded whole; select the columns where a few of many are wanted",
    "sqlalchemy.orm.relationship": "goes over foreign keys that are declared: foreign() and primaryjoin choose among them and make none, unless it is viewonly; "
                                   "delete-orphan on the many side is refused, with single_parent=True too",
    "sqlalchemy.orm.Query": "reads so many rows at a time with yield_per(), by the key where nothing else is sorted by, and holds no cursor open in between",
    "sqlalchemy.orm.noload": "loads when it is looked at, as lazyload does: nothing shows as empty that is not",
    "sqlalchemy.orm.contains_eager": "brings what the query's joined rows bring; options that go on from there load when it is looked at, for all at once",
    "sqlalchemy.orm.subqueryload": "loads as selectinload does: one statement for all objects",
    "sqlalchemy.pool.StaticPool": "names kith's own pool, as all names of pools do: a database in memory is one for all connections anyway",
    "sqlalchemy.Sequence": "is taken and left to the engine: an integer key is generated anyway",
    "sqlalchemy.Identity": "is taken and left to the engine: an integer key is generated anyway",
    "flask_migrate.Migrate": "takes Alembic's options and says of those that do nothing that they do; configure() is not there",
    "flask_migrate.branches": "ends with what the engine says of branches, as edit and merge do: they are the commands of kith db",
}

#: Others' tests, run on kith by tests/external: what, how many pass, of how many, and what becomes of the rest.
EXTERNAL: list[tuple[str, int, int, str]] = [
    ("Flask-SQLAlchemy 3.0.3, examples/flaskr", 24, 24, ""),
    ("Flask-SQLAlchemy 3.0.3, its own suite", 122, 123, "one looks for `FROM example` where the table's name is quoted"),
]

#: What is not there, and what to do instead. "module: names", or "class: methods"; a module alone is not there at all.
ABSENT: list[tuple[str, str]] = [
    ("Models are declared with Column and relationship on db.Model or declarative_base()",
     "sqlalchemy.orm: DeclarativeBase DeclarativeBaseNoMeta DynamicMapped Mapped MappedAsDataclass MappedColumn MappedSQLExpression WriteOnlyMapped "
     "add_mapped_attribute mapped_as_dataclass mapped_column orm_insert_sentinel; sqlalchemy: insert_sentinel"),
    ("A class is mapped by inheriting from a base",
     "sqlalchemy.orm: mapper ClassManager MappedClassProtocol; sqlalchemy.ext.declarative: instrument_declarative; sqlalchemy.ext.automap; sqlalchemy.ext.instrumentation"),
    ("A query of a base class brings whole objects of its sub-classes, which share its table or go on in their own; with concrete=True there are none",
     "sqlalchemy.orm: polymorphic_union selectin_polymorphic with_polymorphic; sqlalchemy.ext.declarative: AbstractConcreteBase ConcreteBase DeferredReflection"),
    ("A value is written when it is assigned; assign a changed copy of a list or dict",
     "sqlalchemy.ext.mutable; sqlalchemy.orm.attributes: flag_modified flag_dirty; sqlalchemy.ext.indexable"),
    ("No code runs when an object is loaded; compute what you need in a property",
     "sqlalchemy.orm: reconstructor composite Composite CompositeProperty query_expression with_expression synonym_for"),
    ("Events are those of sessions, rows, attributes and engines, through event.listen",
     "sqlalchemy.orm: AttributeEvents InstanceEvents InstrumentationEvents MapperEvents QueryEvents SessionEvents; sqlalchemy.event: Events dispatcher"),
    ("Ask inspect(object) about an object's state",
     "sqlalchemy.orm: AttributeState InstanceState UOWTransaction; sqlalchemy.orm.attributes: History get_history set_committed_value instance_state"),
    ("Make a new object with the same values", "sqlalchemy.orm: make_transient make_transient_to_detached"),
    ("Select the columns; a row has them by name", "sqlalchemy.orm: Bundle"),
    ("A loader option says which relationships are loaded, and takes no conditions; put them into where()", "sqlalchemy.orm: with_loader_criteria"),
    ("Write such a statement with text()",
     "sqlalchemy: ARRAY CTE Lateral Over TableSample Values WithinGroup all_ any_ bitwise_not cte custom_op except_all funcfilter intersect_all label lambda_stmt lateral "
     "outparam quoted_name tablesample try_cast values within_group; sqlalchemy.ext.compiler; sqlalchemy.dialects; "
     "Function: alias column_valued lateral scalar_table_valued table_valued tablesample within_group; ColumnElement: all_ any_ regexp_replace; FromClause: lateral table_valued tablesample; "
     "Select: lateral prefix_with suffix_with with_hint with_statement_hint; Compound: lateral; "
     "Insert: on_conflict_do_nothing on_conflict_do_update prefix_with return_defaults returning with_hint; Update: prefix_with return_defaults returning with_hint; "
     "Delete: prefix_with returning with_hint"),
    ("Select the keys with text(), and the objects by their keys", "Query: from_statement instances; Select: from_statement"),
    ("Select from subquery(), or from aliased(Class, subquery)", "Query: from_self select_entity_from"),
    ("A statement is run by a session or a connection",
     "Select: execute scalar; Compound: execute scalar; Function: execute scalar; Insert: execute scalar; Update: execute scalar; Delete: execute scalar; Engine: execute run_callable scalar; Connection: run_callable"),
    ("A result is read once: keep what all() gives", "Result: freeze merge"),
    ("A transaction is of one database, and has one phase", "Connection: begin_twophase commit_prepared recover_twophase rollback_prepared"),
    ("Tables are changed by migrations: flask db, kith db",
     "sqlalchemy: Computed Constraint DDL; sqlalchemy.schema: AddConstraint Computed CreateIndex CreateTable DDL DropConstraint DropIndex DropTable conv sort_tables; alembic"),
    ("kith speaks to its databases by itself: there is one pool, and no driver of one's own",
     "sqlalchemy: AsyncAdaptedQueuePool Compiled Dialect create_mock_engine create_pool_from_url; sqlalchemy.ext.asyncio; sqlalchemy.ext.horizontal_shard; sqlalchemy.ext.baked"),
    ("Names of SQLAlchemy 1.3 and before",
     "sqlalchemy.orm: contains_alias create_session eagerload merge_result; sqlalchemy: ThreadLocalMetaData modifier subquery; sqlalchemy.exc: Base20DeprecationWarning MovedIn20Warning; "
     "Query: apply_labels merge_result with_labels with_lockmode; "
     "Select: append_column append_correlation append_from append_group_by append_having append_order_by append_prefix append_whereclause apply_labels"),
]

#: What a program sees happen otherwise: what it is, and the test that holds it.
DIFFERENT: list[tuple[str, str]] = [
    ("A query of a base class brings the columns of its sub-classes too, in the one statement",
     "test_inherit.py::test_a_query_of_the_base_gives_whole_objects_of_every_class_in_one_statement"),
    ("update() and delete() of a class with a table of its own change and delete whole objects, in all of their tables",
     "test_inherit.py::test_bulk_updates_and_deletes_are_of_the_class_asked_for"),
    ("A value of another type is refused where it is assigned, with the attribute's name, and not at the flush",
     "test_models.py::test_a_value_of_another_type_is_refused_where_it_is_set_and_names_the_column"),
    ("A SQL expression is no value of an attribute, and is refused where it is assigned: write it with update()", "test_models.py::test_a_sql_expression_is_no_value_of_an_attribute"),
    ("What is no object of the class is refused where it is appended or assigned, with a TypeError that is an InvalidRequestError too",
     "test_sync.py::test_what_is_no_object_of_the_class_is_refused_at_once"),
    ("An object of another class is refused in the same way", "test_sync.py::test_an_object_of_another_class_is_refused_at_once"),
    ("A loop over a list may move what it walks over: it walks over what was there when it began", "test_sync.py::test_a_loop_may_move_what_it_walks_over"),
    ("Of a one-to-one pair, who is displaced is cleared at once, also in memory", "test_sync.py::test_one_to_one_goes_both_ways_and_clears_who_is_displaced"),
    ("Rows that reference each other in a circle are written without post_update where a foreign key may be NULL", "test_sync.py::test_rows_in_a_circle_are_stored_where_the_key_may_be_null"),
    ("A deleted object leaves loaded lists at the flush", "test_session.py::test_a_deleted_child_leaves_its_parents_list_at_the_flush"),
    ("What is in a relationship whose cascade does not bring it into the session is an error at the flush, and not left out with a warning",
     "test_session.py::test_what_no_cascade_brings_along_is_said_at_the_flush"),
    ("A new object that was taken out of the list that owns it leaves the others at the flush, and none of them writes it",
     "test_session.py::test_a_forgotten_child_leaves_the_lists_of_others_at_the_flush"),
    ("A relationship that is read of one object is loaded for all that came with it, in one statement", "test_loading.py::test_a_lazy_list_is_loaded_for_all_siblings_at_once"),
    ("A select of objects with joinedload needs no unique()", "test_loading.py::test_a_select_of_objects_needs_no_unique"),
    ("An object that was expunged belongs to its session as long as that is open: another takes it by merge(), or once the first is closed", "test_session.py::test_an_expunged_object_changes_its_session_by_merge_or_after_the_first_is_closed"),
    ("An object whose key was changed is flushed before it is expunged", "test_session.py::test_an_object_whose_key_was_changed_is_flushed_before_it_leaves"),
    ("A default= or onupdate= that makes, writes or removes objects, or ends the transaction, is an error, and not a warning or a surprise: it may read",
     "test_session.py::test_a_default_may_read_and_what_would_confuse_the_flush_is_refused"),
    ("A detached object keeps what was loaded, and says what was not", "test_loading.py::test_a_detached_object_says_what_was_not_loaded"),
    ("vars(object) has what a program put beside the columns; inspect(object).dict has the columns", "test_differs.py::test_the_dict_of_an_object_has_no_columns"),
    ("An object is neither copied nor pickled, unless its class says how; rows and lists are", "test_differs.py::test_an_object_is_neither_copied_nor_pickled"),
    ("A datetime with a zone is stored, and comes back, as it is in UTC, without the zone", "test_differs.py::test_a_datetime_with_a_zone_is_one_in_utc"),
    ("An association_proxy without creator makes the object in between by the attribute's name", "test_proxy.py::test_the_default_creator_sets_the_attribute_by_its_name"),
    ("The names in an association_proxy are checked when the models are resolved", "test_proxy.py::test_names_are_checked_when_the_models_are"),
    ("SQLite enforces foreign keys", "test_models.py::test_foreign_keys_are_enforced"),
    ("back_populates with a name that is not there says which name is near", "test_models.py::test_back_populates_names_what_is_not_there"),
    ("A pair that only one side names, two that claim one partner: refused when the models are resolved", "test_models.py::test_a_pair_that_one_side_knows_is_refused"),
    ("Two relationships over one foreign key that do not know each other are told how to", "test_models.py::test_two_that_do_not_know_each_other_are_told_how"),
    ("Models are resolved at create_all or at their first use, and a mistake in one breaks none that does not hang together with it",
     "test_models.py::test_a_mistake_shows_at_create_all_and_poisons_no_other_model_and_no_other_base"),
    ("A string for a class, a column or a condition names something; it is never run as Python", "test_models.py::test_a_string_is_never_run"),
    ("A Table without a primary key is refused by create_all", "test_models.py::test_a_table_that_cannot_be_made_is_said_by_create_all"),
    ("session.plan() says what a flush will do, and why", "test_session.py::test_plan_says_what_a_flush_will_do"),
    ("Columns and tables are always quoted in statements", "test_differs.py::test_names_are_quoted_in_what_is_sent"),
    ("A session, and the objects in it, belong to one thread at a time: another that comes between gets an error", "test_differs.py::test_a_session_in_use_is_refused_to_another_thread"),
    ("Reads hold no transaction open on SQLite, and the first write waits for its turn: a reader never makes a writer fail",
     "test_differs.py::test_a_reader_does_not_keep_a_writer_waiting"),
    ("A database in memory is one for all sessions and threads of its engine", "test_differs.py::test_a_database_in_memory_is_one_for_all_threads"),
    ("flask db writes SQL files, needs no database to write them, and says what would be lost", "test_migrate.py::test_the_files_are_sql_that_kith_reads"),
    ("A relationship cannot lead to a model of another bind", "test_differs.py::test_a_relationship_stays_in_its_database"),
]


def names(module: str) -> list[str]:
    """The names that are there in a module."""
    return THERE[module][1].split()


def absent() -> dict[str, str]:
    """Every name that is listed as not there, with its module -> what to do instead."""
    found = {}
    for instead, places in ABSENT:
        for place in places.split(";"):
            module, colon, listed = place.strip().partition(":")
            for name in listed.split() if colon else [""]:
                found[f"{module}.{name}" if name else module] = instead
    return found
