import {
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  ScalarType,
} from '@bufbuild/protobuf';
import { DomainError } from '@noema/kernel/domain-error';
import { isObject } from './field-path.js';

/** Text that every damaged response contains. Few valid ones contain it too. */
const SUSPECT = /"(?:NaN|-?Infinity|undefined)"|"(?:row|firstRow)":-/;
const WELL_KNOWN = 'google.';
const ROWS: ReadonlySet<string> = new Set(['row', 'first_row']);
/** Fields that may be infinite by their contract. */
const MAY_BE_INFINITE: ReadonlySet<string> = new Set(['noema.activations.v1.UnitDifference.effect']);

/**
 * Rejects a response with a number that is not finite (unless its contract allows infinity), an id
 * "undefined" or a negative row. Throws `internal` RESPONSE_INVALID with the field.
 */
export function checkResponse(schema: DescMessage, json: JsonValue, text: string): void {
  if (!SUSPECT.test(text) || !isObject(json)) return;
  const fault = messageFault(schema, json);
  if (fault === undefined) return;
  throw new DomainError(
    'internal',
    'RESPONSE_INVALID',
    `${schema.typeName}: ${fault}; an answer never says that`,
    { metadata: { message: schema.typeName } },
  );
}

function messageFault({ fields, typeName }: DescMessage, json: JsonObject): string | undefined {
  if (typeName.startsWith(WELL_KNOWN)) return undefined;
  for (const field of fields) {
    const value = json[field.jsonName];
    if (value === undefined || value === null) continue;
    const items = Array.isArray(value)
      ? value
      : field.fieldKind === 'map' && isObject(value)
        ? Object.values(value)
        : [value];
    for (const item of items) {
      const fault =
        field.message === undefined || !isObject(item)
          ? scalarFault(field, item)
          : messageFault(field.message, item);
      if (fault !== undefined)
        return field.message === undefined ? `${field.name} ${fault}` : `${field.name}.${fault}`;
    }
  }
  return undefined;
}

function scalarFault({ name, scalar, parent }: DescField, value: JsonValue): string | undefined {
  if ((scalar === ScalarType.DOUBLE || scalar === ScalarType.FLOAT) && typeof value === 'string') {
    return value !== 'NaN' && MAY_BE_INFINITE.has(`${parent.typeName}.${name}`) ? undefined : `is ${value}`;
  }
  if (scalar === ScalarType.STRING && value === 'undefined' && /(^|_)id$/.test(name)) return 'is "undefined"';
  return ROWS.has(name) && Number(value) < 0 ? `is ${Number(value)}` : undefined;
}
