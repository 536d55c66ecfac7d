/** jsonb of `PartitionRelation`. */
export function relationSql(oid: string): string {
  return /* sql */ `(
    SELECT jsonb_build_object('oid', kin.oid::pg_catalog.int8, 'schema', kin_schema.nspname, 'name', kin.relname,
                              'owner', pg_get_userbyid(kin.relowner), 'kind', kin.relkind)
    FROM pg_class AS kin JOIN pg_namespace AS kin_schema ON kin_schema.oid = kin.relnamespace
    WHERE kin.oid = ${oid})`;
}

/** True of two indexes (aliases of pg_index and pg_class) that ATTACH takes for each other: PostgreSQL's CompareIndexInfo(). */
function alike(one: string, other: string): string {
  return /* sql */ `(
    ${one}.indisunique = ${other}.indisunique
    AND ${one}.indnatts = ${other}.indnatts AND ${one}.indnkeyatts = ${other}.indnkeyatts
    AND ${one}.indkey = ${other}.indkey AND ${one}.indcollation = ${other}.indcollation
    AND ${one}.indclass = ${other}.indclass
    AND pg_get_expr(${one}.indexprs, ${one}.indrelid) IS NOT DISTINCT FROM pg_get_expr(${other}.indexprs, ${other}.indrelid)
    AND pg_get_expr(${one}.indpred, ${one}.indrelid) IS NOT DISTINCT FROM pg_get_expr(${other}.indpred, ${other}.indrelid))`;
}

/**
 * jsonb of `PartitionFacts` for the table of the CTE `rel`, NULL where it is no partition. pg_trigger.tgparentid and
 * pg_inherits.inhdetachpending are there from PG 14 on; up to 14 a cloned trigger is marked internal.
 */
export const PARTITION_SQL = /* sql */ `
  SELECT jsonb_build_object(
           'parent', ${relationSql('h.inhparent')},
           'bound', pg_get_expr(rel.relpartbound, rel.oid),
           'constraint', pg_get_partition_constraintdef(rel.oid),
           'defaultPartition', ${relationSql('NULLIF(p.partdefid, rel.oid)')},
           'detachPending', EXISTS (SELECT FROM pg_inherits AS s WHERE s.inhparent = h.inhparent AND s.inhdetachpending),
           'parentIndexes', COALESCE((
             SELECT jsonb_agg(jsonb_build_object(
                      'name', parent_index.relname,
                      'own', own.relname,
                      'alike', COALESCE((
                        SELECT jsonb_agg(other_class.relname ORDER BY other_class.relname)
                        FROM pg_index AS other
                        JOIN pg_class AS other_class ON other_class.oid = other.indexrelid AND other_class.relam = own.relam
                        JOIN pg_index AS own_index ON own_index.indexrelid = own.oid
                        WHERE other.indrelid = rel.oid AND other.indexrelid <> own.oid
                          AND ${alike('other', 'own_index')}), '[]'))
                    ORDER BY parent_index.relname)
             FROM pg_index AS px
             JOIN pg_class AS parent_index ON parent_index.oid = px.indexrelid
             LEFT JOIN LATERAL (
               SELECT i.oid, i.relname, i.relam
               FROM pg_inherits AS ih
               JOIN pg_index AS x ON x.indexrelid = ih.inhrelid AND x.indrelid = rel.oid
               JOIN pg_class AS i ON i.oid = x.indexrelid
               WHERE ih.inhparent = px.indexrelid
             ) AS own ON true
             WHERE px.indrelid = h.inhparent), '[]'),
           'clonedTriggers', COALESCE((
             SELECT jsonb_agg(jsonb_build_object(
                      'name', t.tgname, 'enabled', t.tgenabled, 'enabledAtParent', original.tgenabled,
                      'comment', obj_description(t.oid, 'pg_trigger')) ORDER BY t.tgname)
             FROM pg_trigger AS t
             JOIN pg_trigger AS original ON original.oid = t.tgparentid AND original.tgconstraint = 0
             WHERE t.tgrelid = rel.oid), '[]'))
  FROM pg_inherits AS h
  JOIN pg_partitioned_table AS p ON p.partrelid = h.inhparent
  WHERE h.inhrelid = rel.oid AND rel.relispartition`;
