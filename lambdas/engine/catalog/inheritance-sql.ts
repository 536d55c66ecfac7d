import { relationSql } from './partition-sql.ts';

/** jsonb of `InheritanceFacts` for the table of the CTE `rel`. */
export const INHERITANCE_SQL = /* sql */ `
  jsonb_build_object(
    'parents', COALESCE((
      SELECT jsonb_agg(${relationSql('h.inhparent')} ORDER BY h.inhseqno)
      FROM pg_inherits AS h WHERE h.inhrelid = rel.oid AND NOT rel.relispartition), '[]'),
    'children', COALESCE((
      SELECT jsonb_agg(${relationSql('h.inhrelid')} || jsonb_build_object('hasLaterParents', EXISTS (
                         SELECT FROM pg_inherits AS later
                         WHERE later.inhrelid = h.inhrelid AND later.inhseqno > h.inhseqno))
                       ORDER BY n.nspname, c.relname)
      FROM pg_inherits AS h
      JOIN pg_class AS c ON c.oid = h.inhrelid
      JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE h.inhparent = rel.oid), '[]'))`;
