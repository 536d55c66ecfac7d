CREATE SCHEMA indexes_own_operator_classes AUTHORIZATION shadowstep_test_owner;
CREATE FUNCTION indexes_own_operator_classes.lt(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pg_catalog.abs($1) OPERATOR(pg_catalog.<) pg_catalog.abs($2)';
CREATE FUNCTION indexes_own_operator_classes.le(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pg_catalog.abs($1) OPERATOR(pg_catalog.<=) pg_catalog.abs($2)';
CREATE FUNCTION indexes_own_operator_classes.eq(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pg_catalog.abs($1) OPERATOR(pg_catalog.=) pg_catalog.abs($2)';
CREATE FUNCTION indexes_own_operator_classes.ge(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pg_catalog.abs($1) OPERATOR(pg_catalog.>=) pg_catalog.abs($2)';
CREATE FUNCTION indexes_own_operator_classes.gt(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pg_catalog.abs($1) OPERATOR(pg_catalog.>) pg_catalog.abs($2)';
CREATE FUNCTION indexes_own_operator_classes.cmp(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pg_catalog.btint4cmp(pg_catalog.abs($1), pg_catalog.abs($2))';
CREATE FUNCTION indexes_own_operator_classes.hash(integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pg_catalog.hashint4(pg_catalog.abs($1))';
CREATE OPERATOR indexes_own_operator_classes.<# (FUNCTION = indexes_own_operator_classes.lt, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = OPERATOR(indexes_own_operator_classes.>#), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR indexes_own_operator_classes.<=# (FUNCTION = indexes_own_operator_classes.le, LEFTARG = integer, RIGHTARG = integer, RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR indexes_own_operator_classes.=# (FUNCTION = indexes_own_operator_classes.eq, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = OPERATOR(indexes_own_operator_classes.=#), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR indexes_own_operator_classes.>=# (FUNCTION = indexes_own_operator_classes.ge, LEFTARG = integer, RIGHTARG = integer, RESTRICT = scalargesel, JOIN = scalargejoinsel);
CREATE OPERATOR indexes_own_operator_classes.># (FUNCTION = indexes_own_operator_classes.gt, LEFTARG = integer, RIGHTARG = integer, RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
CREATE OPERATOR CLASS indexes_own_operator_classes.by_size FOR TYPE integer USING btree
AS OPERATOR 1 indexes_own_operator_classes.<#, OPERATOR 2 indexes_own_operator_classes.<=#, OPERATOR 3 indexes_own_operator_classes.=#, OPERATOR 4 indexes_own_operator_classes.>=#, OPERATOR 5 indexes_own_operator_classes.>#, FUNCTION 1 indexes_own_operator_classes.cmp(integer, integer);
CREATE OPERATOR CLASS indexes_own_operator_classes.by_size FOR TYPE integer USING hash AS OPERATOR 1 indexes_own_operator_classes.=#, FUNCTION 1 indexes_own_operator_classes.hash(integer);
