/** One privilege that one role has on a table, one of its columns or what depends on it. */
export interface GrantFacts {
  /** Role name, or null for PUBLIC. */
  readonly grantee: string | null;
  readonly grantor: string;
  readonly privilege: string;
  readonly grantable: boolean;
  /** Column of a column-level grant, else null. */
  readonly column: string | null;
}
