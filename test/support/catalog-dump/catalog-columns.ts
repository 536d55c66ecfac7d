/**
 * Every column of every catalog, and what the dump does with it, so that a new property of a table in a new PostgreSQL
 * fails a test instead of being lost in silence (catalog-columns.pg.test.ts). Several columns are parted by spaces.
 */
export interface CatalogAccount {
  /** Columns that the dump's own SQL reads. */
  readonly read?: string;
  /** Columns that a function of PostgreSQL, or a whole row, prints; by the text that the dump's SQL has of it. */
  readonly printedBy?: Readonly<Record<string, string>>;
  /** Columns that are not read, by the reason. */
  readonly notRead?: Readonly<Record<string, string>>;
}

const IDENTITY = 'an OID, which another object has; its name is shown';
const DERIVED = 'follows from what is shown';
const STORAGE = 'where and how far the rows are stored: a rebuild is there to change it';

/** Catalogs that a property of a table may hang on. */
export const TABLE_CATALOGS: Readonly<Record<string, CatalogAccount>> = {
  pg_class: {
    read: `relname relnamespace reltype reloftype relowner relam reltablespace reltoastrelid relpersistence relkind relrowsecurity
      relforcerowsecurity relispopulated relreplident relacl reloptions relpartbound`,
    notRead: {
      [IDENTITY]: 'oid',
      [STORAGE]: 'relfilenode relpages reltuples relallvisible relallfrozen relrewrite relfrozenxid relminmxid',
      [DERIVED]: 'relhasindex relisshared relchecks relhasrules relhastriggers relhassubclass relispartition',
      'counts dropped columns, which a copy does not have': 'relnatts',
    },
  },
  pg_attribute: {
    read: `attrelid attname atttypid atttypmod attstorage attcompression attnotnull attidentity attgenerated attisdropped attislocal
      attinhcount attcollation attstattarget attacl attoptions attfdwoptions attnum`,
    notRead: {
      'of the type': 'attlen attbyval attalign attcacheoff',
      [DERIVED]: 'atthasdef',
      'a default that no row has stored: the rows are compared, and a copy stores it': 'atthasmissing attmissingval',
      'of a declaration integer[][], which nothing enforces: pg_dump and LIKE lose it as well': 'attndims',
    },
  },
  pg_attrdef: { read: 'adrelid adnum adbin', notRead: { [IDENTITY]: 'oid' } },
  pg_constraint: {
    read: `oid conname connamespace contype condeferrable condeferred conenforced convalidated conrelid contypid conindid conislocal
      coninhcount connoinherit`,
    printedBy: {
      'pg_get_constraintdef(':
        'conkey confkey confrelid confupdtype confdeltype confmatchtype confdelsetcols conperiod conexclop conbin',
    },
    notRead: {
      'the operators of the key of the other side': 'conpfeqop conppeqop conffeqop',
      'the constraint of the parent: the name and "inherited" are shown': 'conparentid',
    },
  },
  pg_index: {
    read: 'indexrelid indrelid indisprimary indimmediate indisclustered indisvalid indisready indisreplident',
    printedBy: {
      'pg_get_indexdef(':
        'indnatts indnkeyatts indisunique indnullsnotdistinct indkey indcollation indclass indoption indexprs indpred',
      'pg_get_constraintdef(': 'indisexclusion',
    },
    notRead: { 'passing states of a build': 'indcheckxmin indislive' },
  },
  pg_trigger: {
    read: 'oid tgrelid tgparentid tgname tgfoid tgenabled tgisinternal tgconstraint',
    printedBy: {
      'pg_get_triggerdef(':
        'tgtype tgconstrrelid tgdeferrable tginitdeferred tgnargs tgattr tgargs tgqual tgoldtable tgnewtable',
    },
    notRead: { 'the index of a foreign key, which its constraint shows': 'tgconstrindid' },
  },
  pg_rewrite: {
    read: 'oid rulename ev_class ev_enabled',
    printedBy: { 'pg_get_ruledef(': 'ev_type is_instead ev_qual ev_action' },
  },
  pg_policy: {
    read: 'polname polrelid polcmd polpermissive polroles polqual polwithcheck',
    notRead: { [IDENTITY]: 'oid' },
  },
  pg_statistic_ext: {
    read: 'oid stxname stxnamespace stxowner stxstattarget',
    printedBy: { 'pg_get_statisticsobjdef(': 'stxrelid stxkeys stxkind stxexprs' },
  },
  pg_sequence: { read: 'seqrelid seqtypid seqstart seqincrement seqmax seqmin seqcache seqcycle' },
  pg_inherits: { read: 'inhrelid inhparent inhseqno inhdetachpending' },
  pg_partitioned_table: {
    printedBy: { 'pg_get_partkeydef(': 'partrelid partstrat partnatts partattrs partclass partcollation partexprs' },
    notRead: { 'the default partition: its bound is shown': 'partdefid' },
  },
  pg_foreign_table: { read: 'ftrelid ftserver ftoptions' },
  pg_type: {
    read: `oid typname typnamespace typowner typlen typbyval typtype typcategory typispreferred typrelid typarray typinput typoutput
      typreceive typsend typmodin typmodout typanalyze typalign typstorage typnotnull typbasetype typtypmod typcollation typdefault typacl`,
    notRead: {
      'of base types that C functions define': 'typisdefined typdelim typsubscript typelem',
      'of a declaration integer[][], which nothing enforces': 'typndims',
      'typdefault says the same as text': 'typdefaultbin',
    },
  },
  pg_publication: {
    read: 'oid pubname pubowner',
    printedBy: { 'to_jsonb(p)': 'puballtables pubinsert pubupdate pubdelete pubtruncate pubviaroot pubgencols' },
  },
  pg_publication_rel: { read: 'prpubid prrelid prqual prattrs', notRead: { [IDENTITY]: 'oid' } },
  pg_publication_namespace: { read: 'pnpubid pnnspid', notRead: { [IDENTITY]: 'oid' } },
  pg_subscription_rel: {
    read: 'srsubid srrelid srsubstate',
    notRead: { 'how far the subscription has come': 'srsublsn' },
  },
  pg_description: { read: 'objoid classoid objsubid description' },
  pg_seclabel: { read: 'objoid classoid objsubid provider label' },
  pg_depend: { read: 'classid objid objsubid refclassid refobjid refobjsubid deptype' },
  pg_default_acl: { read: 'defaclrole defaclnamespace defaclobjtype defaclacl', notRead: { [IDENTITY]: 'oid' } },
  pg_tablespace: {
    read: 'oid spcname',
    notRead: { 'of the server': 'spcowner spcacl spcoptions' },
  },
  pg_statistic_ext_data: {
    notRead: {
      'what ANALYZE has found: test/tables compares that it is there':
        'stxoid stxdinherit stxdndistinct stxddependencies stxdmcv stxdexpr',
    },
  },
};

/** Catalogs that no property of a table hangs on, and why. */
export const OTHER_CATALOGS: Readonly<Record<string, string>> = {
  pg_statistic: 'what ANALYZE has found: test/tables compares that it is there',
  pg_shdepend: 'owners and grants of roles, which are shown with their objects',
  pg_init_privs: 'of members of extensions, which are refused',
  pg_database: 'of the database',
  pg_db_role_setting: 'of the database',
  pg_namespace: 'of schemas; shown',
  pg_proc: 'of functions; shown',
  pg_aggregate: 'of functions; shown',
  pg_range: 'of types; shown',
  pg_enum: 'of types; shown',
  pg_collation: 'of collations; shown',
  pg_operator: 'of operators; shown',
  pg_opclass: 'of operators; shown',
  pg_opfamily: 'of operators; shown',
  pg_amop: 'of operators',
  pg_amproc: 'of operators',
  pg_am: 'of access methods; shown',
  pg_cast: 'of casts; shown',
  pg_conversion: 'of conversions; shown',
  pg_transform: 'of languages; shown',
  pg_language: 'of languages; shown',
  pg_extension: 'of extensions; shown',
  pg_event_trigger: 'of the database; shown',
  pg_foreign_data_wrapper: 'of foreign servers; shown',
  pg_foreign_server: 'of foreign servers; shown',
  pg_user_mapping: 'of foreign servers; shown',
  pg_subscription: 'of subscriptions; shown',
  pg_ts_config: 'of text search; shown',
  pg_ts_config_map: 'of text search',
  pg_ts_dict: 'of text search; shown',
  pg_ts_parser: 'of text search; shown',
  pg_ts_template: 'of text search; shown',
  pg_largeobject: 'large objects belong to no table',
  pg_largeobject_metadata: 'large objects belong to no table',
  pg_authid: 'of the server',
  pg_auth_members: 'of the server',
  pg_parameter_acl: 'of the server',
  pg_replication_origin: 'of the server',
  pg_shdescription: 'of the server',
  pg_shseclabel: 'of the server',
};

/** What not every supported major has: `[from, to]`. */
export const MAJORS: Readonly<Record<string, readonly [from: number, to: number]>> = {
  'pg_attribute.attcacheoff': [14, 17],
  'pg_class.relallfrozen': [18, 18],
  'pg_constraint.conenforced': [18, 18],
  'pg_constraint.conperiod': [18, 18],
  'pg_constraint.confdelsetcols': [15, 18],
  'pg_index.indnullsnotdistinct': [15, 18],
  'pg_publication.pubgencols': [18, 18],
  'pg_publication_rel.prqual': [15, 18],
  'pg_publication_rel.prattrs': [15, 18],
  'pg_statistic_ext_data.stxdinherit': [15, 18],
  pg_publication_namespace: [15, 18],
  pg_parameter_acl: [15, 18],
};
