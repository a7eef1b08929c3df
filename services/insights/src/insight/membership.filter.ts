import type { Condition, Membership } from '@noema/insights';
import { enumName, SPLIT_FIELD } from '@noema/kernel';
import { metadataColumn } from '@noema/population/rules';
import { formatField, formatText } from '@noema/kernel/filter-language';

/** Most conditions and characters of a filter. */
const MAX_CONDITIONS = 100;
const MAX_CHARACTERS = 8_192;

/**
 * Returns the filter of evaluations that matches the samples of a membership; empty if the language cannot express it,
 * as for a region of a space or a response of a unit. `booleans` are names of metadata that are true or false.
 */
export function formatFilter(membership: Membership, booleans: ReadonlySet<string>): string {
  if (membership.by !== 'conditions') return '';
  const parts = membership.all.map((condition) => formatCondition(condition, booleans));
  if (parts.includes(undefined)) return '';
  const filter = parts.join(' AND ');
  const count = membership.all.reduce((sum, one) => sum + countTerms(one), 0);
  return count > MAX_CONDITIONS || filter.length > MAX_CHARACTERS ? '' : filter;
}

/** Number of comparisons of a condition. */
function countTerms(condition: Condition): number {
  if ('oneOf' in condition) return condition.oneOf.length;
  return 'noneOf' in condition ? condition.noneOf.length + 1 : 2;
}

function formatCondition(condition: Condition, booleans: ReadonlySet<string>): string | undefined {
  switch (condition.on) {
    case 'label':
      // `!=` alone matches samples without a class, too.
      return 'differsFrom' in condition
        ? `true_class != ${condition.differsFrom} AND true_class != null`
        : `true_class = ${condition.equals}`;
    case 'predicted':
      return `predicted_class = ${condition.equals}`;
    case 'correct':
      return `correct = ${condition.equals}`;
    case 'split':
      return SPLIT_FIELD.values.includes(condition.equals)
        ? `split = ${enumName(SPLIT_FIELD, condition.equals)}`
        : undefined;
    case 'unit':
      return undefined;
    case 'metadata':
      return formatMetadata(condition, booleans);
  }
}

function formatMetadata(
  condition: Extract<Condition, { readonly on: 'metadata' }>,
  booleans: ReadonlySet<string>,
): string | undefined {
  const field = formatField(metadataColumn(condition.name));
  if ('oneOf' in condition) {
    const isBoolean = booleans.has(condition.name);
    const values = condition.oneOf.map((text) => (isBoolean ? text : formatValue(text)));
    if (values.length === 0 || values.includes(undefined)) return undefined;
    const either = values.map((value) => `${field} = ${value}`);
    return either.length === 1 ? either[0] : `(${either.join(' OR ')})`;
  }
  if ('noneOf' in condition) {
    const isBoolean = booleans.has(condition.name);
    const values = condition.noneOf.map((text) => (isBoolean ? text : formatValue(text)));
    if (values.includes(undefined)) return undefined;
    return [...values.map((value) => `${field} != ${value}`), `${field} != null`].join(' AND ');
  }
  const { above, atMost } = condition as { readonly above?: number; readonly atMost?: number };
  const limits = [
    ...(above !== undefined && Number.isFinite(above) ? [`${field} > ${above}`] : []),
    ...(atMost !== undefined && Number.isFinite(atMost) ? [`${field} <= ${atMost}`] : []),
  ];
  return limits.length === 0 ? `${field} != null` : limits.join(' AND ');
}

const formatValue = (text: string): string | undefined =>
  /[\u0000-\u001f]/.test(text) ? undefined : formatText(text);
