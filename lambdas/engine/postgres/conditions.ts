/** Condition names of Appendix A, of the SQLSTATEs whose message is often not shown. */
const CONDITIONS: Readonly<Record<string, string>> = {
  '22000': 'data_exception',
  '22001': 'string_data_right_truncation',
  '22003': 'numeric_value_out_of_range',
  '22004': 'null_value_not_allowed',
  '22007': 'invalid_datetime_format',
  '22008': 'datetime_field_overflow',
  '22012': 'division_by_zero',
  '22023': 'invalid_parameter_value',
  '22P02': 'invalid_text_representation',
  '23502': 'not_null_violation',
  '23503': 'foreign_key_violation',
  '23505': 'unique_violation',
  '23514': 'check_violation',
  '23P01': 'exclusion_violation',
  '3F000': 'invalid_schema_name',
  '42501': 'insufficient_privilege',
  '42601': 'syntax_error',
  '42602': 'invalid_name',
  '42702': 'ambiguous_column',
  '42703': 'undefined_column',
  '42704': 'undefined_object',
  '42725': 'ambiguous_function',
  '42804': 'datatype_mismatch',
  '42809': 'wrong_object_type',
  '42846': 'cannot_coerce',
  '42883': 'undefined_function',
  '42P01': 'undefined_table',
  '42P06': 'duplicate_schema',
  '42P07': 'duplicate_table',
  '42P18': 'indeterminate_datatype',
  P0001: 'raise_exception',
  P0004: 'assert_failure',
  XX000: 'internal_error',
};

/** "42883, undefined_function": a code a person can look up, and its name where this table has it. */
export function conditionOf(sqlstate: string): string {
  const condition = CONDITIONS[sqlstate];
  return condition === undefined ? sqlstate : `${sqlstate}, ${condition}`;
}
