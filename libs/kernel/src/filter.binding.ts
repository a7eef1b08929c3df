import type { Comparator, FilterLiteral, FilterNode } from './filter.ast.js';
import {
  enumName,
  type EnumType,
  enumValue,
  type FieldType,
  type FilterFields,
  type ScalarType,
  toScalar,
} from './filter.fields.js';
import { filterInvalid } from './filter.lexer.js';

/**
 * A filter over known fields. Timestamps are milliseconds since 1970. `present` stands for `field:*` and
 * `field != null`. `!=` is bound as the negation of `=`, so that both treat rows without a value alike.
 */
export type BoundFilter =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly BoundFilter[] }
  | { readonly kind: 'not'; readonly operand: BoundFilter }
  | { readonly kind: 'present'; readonly field: string; readonly type: ScalarType }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly type: ScalarType;
      readonly comparator: BoundComparator;
      readonly value: string | number | boolean;
    };

export type BoundComparator = '=' | '<' | '<=' | '>' | '>=' | 'contains';
type Comparison = Extract<FilterNode, { kind: 'compare' }>;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}(?:[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/;
const ORDERED: ReadonlySet<Comparator> = new Set(['<', '<=', '>', '>=']);

/**
 * Binds a parsed filter to the fields of a resource. Throws `invalid` FILTER_INVALID for an unknown field or
 * enum value, a value of another type, or an order of booleans or enums.
 */
export function bindFilter(
  filter: string,
  node: FilterNode,
  fields: FilterFields,
  aliases: Readonly<Record<string, string>> = {},
): BoundFilter {
  const types: ReadonlyMap<string, FieldType> =
    fields instanceof Map ? fields : new Map(Object.entries(fields));
  const canonical = new Map(Object.entries(aliases));
  const bind = (n: FilterNode): BoundFilter => {
    if (n.kind === 'not') return { kind: 'not', operand: bind(n.operand) };
    if (n.kind !== 'compare') return { kind: n.kind, operands: n.operands.map(bind) };
    const field = canonical.get(n.field) ?? n.field;
    const type = types.get(field);
    if (type === undefined)
      throw filterInvalid(
        filter,
        n.at,
        `there is no field "${n.field}"; known: ${[...types.keys(), ...canonical.keys()].sort().join(', ')}`,
      );
    return bindComparison(filter, { ...n, field }, type);
  };
  return bind(node);
}

function bindComparison(
  filter: string,
  { field, at, comparator, value: literal }: Comparison,
  type: FieldType,
): BoundFilter {
  const scalar = toScalar(type);
  const present: BoundFilter = { kind: 'present', field, type: scalar };
  if (comparator === ':' && !literal.quoted && literal.text === '*') return present;
  if (!literal.quoted && literal.text === 'null') {
    if (comparator === '=') return { kind: 'not', operand: present };
    if (comparator === '!=') return present;
    throw filterInvalid(filter, literal.at, `null goes with = and != alone; for the text write "null"`);
  }
  if (ORDERED.has(comparator) && (type === 'boolean' || typeof type !== 'string')) {
    throw filterInvalid(
      filter,
      at,
      `"${field}" is ${type === 'boolean' ? 'true or false' : 'an enum'} and has no order; use = or !=`,
    );
  }
  const value = typeof type === 'string' ? parseLiteral(literal, type) : enumValue(type, literal.text);
  if (value === undefined)
    throw filterInvalid(
      filter,
      literal.at,
      typeof type === 'string' ? wrongType(field, literal, type) : unknownValue(field, literal, type),
    );
  const equals = (operator: BoundComparator): BoundFilter => ({
    kind: 'compare',
    field,
    type: scalar,
    comparator: operator,
    value,
  });
  if (comparator === '!=') return { kind: 'not', operand: equals('=') };
  if (comparator === ':') return equals(type === 'string' ? 'contains' : '=');
  return equals(comparator);
}

const EXAMPLES: Readonly<Record<ScalarType, string>> = {
  string: 'write it in quotes',
  number: 'write it as 7 or -0.25, without quotes',
  boolean: 'write true or false, without quotes',
  timestamp: 'write it as "2026-01-31T12:00:00Z"',
};

const wrongType = (field: string, { text, quoted }: FilterLiteral, type: ScalarType): string =>
  `"${field}" is a ${type}, but ${quoted ? `the text "${text}"` : text} is not; ${EXAMPLES[type]}`;

const unknownValue = (field: string, { text }: FilterLiteral, type: EnumType): string =>
  `"${field}" has no value "${text}"; known: ` +
  `${type.values.map((value) => enumName(type, value)).join(', ')}, or ${type.values.join(', ')}`;

function parseLiteral(
  { text, quoted }: FilterLiteral,
  type: ScalarType,
): string | number | boolean | undefined {
  if (type === 'string') return text;
  if (type === 'timestamp')
    return TIMESTAMP.test(text) && !Number.isNaN(Date.parse(text)) ? Date.parse(text) : undefined;
  if (quoted) return undefined;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}
