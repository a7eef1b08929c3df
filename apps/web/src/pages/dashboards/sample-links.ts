import {
  bindFilter,
  type BoundFilter,
  type FieldType,
  knownAliases,
  parseFilter,
  SPLIT_FIELD,
} from '@noema/kernel/filter-language';
import { part } from '../../parts/address/address-text.js';
import { encodeRowList } from '../../features/selection/row-code.js';
import type { DashboardField } from './dashboard-fields.js';
import { isScoreField } from './score-fields.js';

/** The name of the class, which filters of other services have, and for which `label` stands. */
export const CLASS_NAME = 'class_name';

/** Types of the fields, as filters know them. */
const fieldTypes = (fields: readonly DashboardField[]): ReadonlyMap<string, FieldType> =>
  new Map([
    ...fields.map(({ name, kind }): [string, FieldType] => [
      name,
      name === 'split' ? SPLIT_FIELD : kind === 'text' ? 'string' : kind,
    ]),
    ...(fields.some(({ name }) => name === 'true_class') ? [[CLASS_NAME, 'string'] as const] : []),
  ]);

/** A filter over the fields; undefined for an empty one. Throws `invalid` FILTER_INVALID. */
export function bindText(text: string, fields: readonly DashboardField[]): BoundFilter | undefined {
  const node = parseFilter(text);
  const types = fieldTypes(fields);
  return node && bindFilter(text, node, types, knownAliases(types));
}

/**
 * The filters of the map as parameters of its address: the rows themselves where they fit, otherwise the conditions;
 * undefined where they are neither few rows nor simple conditions.
 */
export function mapFilters(
  rows: Uint32Array,
  {
    count,
    filters,
    fields,
    toColumn,
  }: {
    count: number;
    filters: readonly string[];
    fields: readonly DashboardField[];
    /** The column of the map that has the values of a field. */
    toColumn: (field: string) => string;
  },
): (readonly [key: string, value: string])[] | undefined {
  if (rows.length === count) return [];
  const code = encodeRowList(rows, count);
  if (code !== undefined) return [['rows', code]];
  const conditions = filters.flatMap((text) => {
    const bound = bindText(text, fields);
    return bound === undefined ? [] : listConditions(bound);
  });
  const entries = conditions.map(
    (condition) => condition && toEntry({ ...condition, field: toColumn(condition.field) }),
  );
  return entries.includes(undefined) ? undefined : (entries as [string, string][]);
}

/** The range of a field, or the value that it equals. */
interface Condition {
  readonly field: string;
  readonly low: number;
  readonly high: number;
  readonly name: string | undefined;
}

/** The conditions of a conjunction, joined by field; undefined for any other. */
function listConditions(filter: BoundFilter): (Condition | undefined)[] {
  const parts = flatten(filter);
  const byField = new Map<string, Condition | undefined>();
  for (const one of parts) {
    // A map has no scores of all classes.
    if (one.kind !== 'compare' || isScoreField(one.field)) return [undefined];
    const { comparator, value } = one;
    // The map knows the class by one name.
    const field = one.field === CLASS_NAME ? 'true_class' : one.field;
    const before = byField.has(field)
      ? byField.get(field)
      : { field, low: -Number.MAX_VALUE, high: Number.MAX_VALUE, name: undefined };
    if (comparator === '=' && typeof value !== 'number')
      byField.set(field, before && { ...before, name: String(value) });
    else if (typeof value !== 'number' || before === undefined) byField.set(field, undefined);
    else if (comparator === '=') byField.set(field, { ...before, low: value, high: value });
    else if (comparator === '>=') byField.set(field, { ...before, low: Math.max(before.low, value) });
    else if (comparator === '<=') byField.set(field, { ...before, high: Math.min(before.high, value) });
    else byField.set(field, undefined);
  }
  return [...byField.values()];
}

/** The operands of a conjunction, nested ones too. */
const flatten = (filter: BoundFilter): readonly BoundFilter[] =>
  filter.kind === 'and' ? filter.operands.flatMap(flatten) : [filter];

const toEntry = ({ field, low, high, name }: Condition): [string, string] =>
  name === undefined ? ['range', `${part(field)}:${low}..${high}`] : ['in', `${part(field)}:${part(name)}`];
