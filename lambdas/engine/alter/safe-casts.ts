/**
 * A built-in type, resolved by the catalog: its name in pg_catalog (pg_type.typname) and the numbers in its brackets.
 * Anything that is not a base type of pg_catalog has `name` null: domains, arrays, enums, extensions' types.
 */
export interface ResolvedType {
  readonly name: string | null;
  /** As written: [30] of varchar(30); empty when there are none. */
  readonly modifiers: readonly number[];
  /** format_type(), for messages. */
  readonly sql: string;
}

export type CastVerdict =
  | { readonly safe: true; readonly reason: string }
  | { readonly safe: false; readonly reason: string };

/** Decimal digits that any value of the type fits in: −2147483648 has ten. */
const INTEGER_DIGITS: Readonly<Record<string, number>> = { int2: 5, int4: 10, int8: 19 };

/** Bits of the type's integers, and of a float's significand: an integer of at most that many is kept exactly. */
const INTEGER_BITS: Readonly<Record<string, number>> = { int2: 16, int4: 32, int8: 64 };
const FLOAT_EXACT_BITS: Readonly<Record<string, number>> = { float4: 24, float8: 53 };

/** Without a number in brackets these keep microseconds. */
const TIME_TYPES: ReadonlySet<string> = new Set(['time', 'timetz', 'timestamp', 'timestamptz']);
const FULL_TIME_PRECISION = 6;

type Rule = (from: ResolvedType, to: ResolvedType) => string | null;

/**
 * Every cast that can neither fail nor lose anything, whatever the rows hold. A rule gives its reason, or null where it
 * says nothing. The casts themselves are PostgreSQL's assignment casts (manual, ALTER TABLE … TYPE without USING).
 */
const RULES: readonly Rule[] = [
  sameType,
  integerToInteger,
  integerToNumeric,
  integerToFloat,
  realToDouble,
  numericToNumeric,
  text,
  bitVarying,
  timePrecision,
  networkAddress,
];

/** Decides one cast by the types alone, never by the data. */
export function judgeCast(from: ResolvedType, to: ResolvedType): CastVerdict {
  for (const rule of RULES) {
    const reason = rule(from, to);
    if (reason !== null) {
      return { safe: true, reason };
    }
  }
  return {
    safe: false,
    reason: `${from.sql} to ${to.sql} is not among the casts that can neither fail nor lose anything`,
  };
}

function sameType(from: ResolvedType, to: ResolvedType): string | null {
  return from.name !== null && from.name === to.name && equalModifiers(from, to) ? 'the type stays the same' : null;
}

function integerToInteger(from: ResolvedType, to: ResolvedType): string | null {
  const before = INTEGER_BITS[from.name ?? ''];
  const after = INTEGER_BITS[to.name ?? ''];
  return before !== undefined && after !== undefined && before < after ? 'every value fits the wider integer' : null;
}

function integerToNumeric(from: ResolvedType, to: ResolvedType): string | null {
  const digits = INTEGER_DIGITS[from.name ?? ''];
  if (digits === undefined || to.name !== 'numeric') {
    return null;
  }
  const [precision, scale = 0] = to.modifiers;
  if (precision === undefined) {
    return 'an unbounded numeric holds every integer';
  }
  return scale >= 0 && precision - scale >= digits ? `every value has at most ${digits} digits` : null;
}

function integerToFloat(from: ResolvedType, to: ResolvedType): string | null {
  const bits = INTEGER_BITS[from.name ?? ''];
  const exact = FLOAT_EXACT_BITS[to.name ?? ''];
  return bits !== undefined && exact !== undefined && bits <= exact ? 'every value is exact in the float' : null;
}

function realToDouble(from: ResolvedType, to: ResolvedType): string | null {
  return from.name === 'float4' && to.name === 'float8'
    ? 'every single-precision value is a double-precision one'
    : null;
}

/** The scale stays: another one would change how values are written (1.0, 1.00), which verification would report. */
function numericToNumeric(from: ResolvedType, to: ResolvedType): string | null {
  if (from.name !== 'numeric' || to.name !== 'numeric') {
    return null;
  }
  const [precisionBefore, scaleBefore = 0] = from.modifiers;
  const [precisionAfter, scaleAfter = 0] = to.modifiers;
  if (precisionAfter === undefined) {
    return 'an unbounded numeric holds every numeric as it is';
  }
  const wider = precisionBefore !== undefined && scaleBefore === scaleAfter && precisionBefore <= precisionAfter;
  return wider ? 'the scale stays and the digits before the point do not shrink' : null;
}

function text(from: ResolvedType, to: ResolvedType): string | null {
  const isText = (type: ResolvedType) => type.name === 'text' || type.name === 'varchar';
  return isText(from) && isText(to) && limitDoesNotShrink(from, to) ? 'the limit does not shrink' : null;
}

function bitVarying(from: ResolvedType, to: ResolvedType): string | null {
  const both = from.name === 'varbit' && to.name === 'varbit';
  return both && limitDoesNotShrink(from, to) ? 'the limit does not shrink' : null;
}

function timePrecision(from: ResolvedType, to: ResolvedType): string | null {
  if (from.name === null || from.name !== to.name || !TIME_TYPES.has(from.name)) {
    return null;
  }
  const before = from.modifiers[0] ?? FULL_TIME_PRECISION;
  const after = to.modifiers[0] ?? FULL_TIME_PRECISION;
  return before <= after ? 'no digit of the seconds is rounded away' : null;
}

function networkAddress(from: ResolvedType, to: ResolvedType): string | null {
  return from.name === 'cidr' && to.name === 'inet' ? 'every network is an address with its mask' : null;
}

function limitDoesNotShrink(from: ResolvedType, to: ResolvedType): boolean {
  const [before = Number.POSITIVE_INFINITY] = from.modifiers;
  const [after = Number.POSITIVE_INFINITY] = to.modifiers;
  return before <= after;
}

function equalModifiers(from: ResolvedType, to: ResolvedType): boolean {
  return from.modifiers.length === to.modifiers.length && from.modifiers.every((m, at) => m === to.modifiers[at]);
}

/** The header that varlena modifiers count in (VARHDRSZ); varbit's does not. */
const HEADER_BYTES = 4;

/** atttypmod back to the numbers in brackets, for the types that the rules above know; [] for the others. */
export function modifiersOf(typeName: string, typmod: number): readonly number[] {
  if (typmod < 0) {
    return [];
  }
  if (typeName === 'varchar' || typeName === 'bpchar') {
    return [typmod - HEADER_BYTES];
  }
  if (typeName === 'numeric') {
    const packed = typmod - HEADER_BYTES;
    // Eleven bits with a sign since PostgreSQL 15 (negative scales); up to 14 the sign is never set.
    const scale = ((packed & 0x7ff) ^ 1024) - 1024;
    return [(packed >> 16) & 0xffff, scale];
  }
  return typeName === 'varbit' || typeName === 'bit' || TIME_TYPES.has(typeName) ? [typmod] : [];
}

/** numeric(10) means numeric(10, 0), bit and char without brackets mean one; the others mean what is written. */
export function normalisedModifiers(typeName: string, written: readonly number[]): readonly number[] {
  const [first] = written;
  if (typeName === 'numeric' && first !== undefined && written.length === 1) {
    return [first, 0];
  }
  return written;
}
