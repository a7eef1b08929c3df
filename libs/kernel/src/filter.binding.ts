import type { Comparator, FilterLiteral, FilterNode } from './filter.ast.js';
import { filterInvalid } from './filter.lexer.js';

export type FieldType = 'string' | 'number' | 'boolean' | 'timestamp';

/** The fields that a filter may name, with the type of each. */
export type FilterFields = Readonly<Record<string, FieldType>> | ReadonlyMap<string, FieldType>;

/** A value as it is compared: timestamps are milliseconds since 1970. `present` stands for `field:*`. */
export type BoundFilter =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly BoundFilter[] }
  | { readonly kind: 'not'; readonly operand: BoundFilter }
  | { readonly kind: 'present'; readonly field: string; readonly type: FieldType }
  | { readonly kind: 'compare'; readonly field: string; readonly type: FieldType; readonly comparator: Comparator; readonly value: string | number | boolean };

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}(?:[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/;
const ORDERED: ReadonlySet<Comparator> = new Set(['<', '<=', '>', '>=']);

/** Ties a parsed filter to the fields there are. Throws `invalid` FILTER_INVALID for an unknown field, a value of another type, or an order of booleans. */
export function bindFilter(filter: string, node: FilterNode, fields: FilterFields): BoundFilter {
  const types: ReadonlyMap<string, FieldType> = fields instanceof Map ? fields : new Map(Object.entries(fields));
  const bind = (n: FilterNode): BoundFilter => {
    if (n.kind === 'not') return { kind: 'not', operand: bind(n.operand) };
    if (n.kind !== 'compare') return { kind: n.kind, operands: n.operands.map(bind) };
    const type = types.get(n.field);
    if (type === undefined) throw filterInvalid(filter, n.at, `there is no field "${n.field}"; known: ${[...types.keys()].sort().join(', ')}`);
    if (n.comparator === ':' && !n.value.quoted && n.value.text === '*') return { kind: 'present', field: n.field, type };
    if (type === 'boolean' && ORDERED.has(n.comparator)) throw filterInvalid(filter, n.at, `"${n.field}" is true or false and has no order; use = or !=`);
    const value = valueOf(n.value, type);
    if (value === undefined) throw filterInvalid(filter, n.value.at, `"${n.field}" is a ${type}, ${n.value.quoted ? `the text "${n.value.text}"` : n.value.text} is none; ${EXAMPLES[type]}`);
    return { kind: 'compare', field: n.field, type, comparator: n.comparator, value };
  };
  return bind(node);
}

const EXAMPLES: Readonly<Record<FieldType, string>> = {
  string: 'write it in quotes', number: 'write it as 7 or -0.25, without quotes', boolean: 'write true or false, without quotes', timestamp: 'write it as "2026-01-31T12:00:00Z"',
};

function valueOf({ text, quoted }: FilterLiteral, type: FieldType): string | number | boolean | undefined {
  if (type === 'string') return text;
  if (type === 'timestamp') return TIMESTAMP.test(text) && !Number.isNaN(Date.parse(text)) ? Date.parse(text) : undefined;
  if (quoted) return undefined;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}
