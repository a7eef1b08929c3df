import type { ChartValue } from './commented-values.js';

/** A JSON schema, as far as Helm reads it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The strict schema of values: what has no description is refused, wherever it stands. */
export function objectSchema(
  values: readonly ChartValue[],
  more: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    properties: { ...Object.fromEntries(values.map((value) => [value.key, valueSchema(value)])), ...more },
  };
}

function valueSchema({ doc, schema, fallback, values }: ChartValue): JsonSchema {
  if (values.length > 0) return { ...objectSchema(values), description: doc };
  return { description: doc, ...toSchema(fallback), ...schema };
}

function toSchema(value: unknown): JsonSchema {
  if (Array.isArray(value)) return { type: 'array' };
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'number' };
  return { type: typeof value };
}
