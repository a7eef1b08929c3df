import { DomainError } from '@noema/kernel';

export const unitNotFound = (layer: string, unit: number, units: number): DomainError =>
  new DomainError(
    'not-found',
    'UNIT_NOT_FOUND',
    `layer "${layer}" has no unit ${unit}; it has 0 to ${units - 1}`,
    { metadata: { layer, unit: String(unit) } },
  );

export const layerNotFound = (layer: string, known: readonly string[]): DomainError =>
  new DomainError(
    'not-found',
    'LAYER_NOT_FOUND',
    `the model has no layer "${layer}" with learned units; it has: ${known.join(', ')}`,
    { metadata: { layer } },
  );

export const profilesTooLarge = (units: number, classes: number, bytes: number): DomainError =>
  new DomainError(
    'exhausted',
    'UNIT_PROFILES_TOO_LARGE',
    `histograms of ${units} units by ${classes} classes take ${Math.ceil(bytes / 2 ** 20)} MiB; ask for ` +
      'the units one by one',
    { metadata: { bytes: String(bytes) } },
  );

export const unitQueryInvalid = (field: string, value: number, allowed: string): DomainError =>
  new DomainError('invalid', 'UNIT_QUERY_INVALID', `${field} is ${value}; use ${allowed}`, {
    violations: [{ field, description: `use ${allowed}` }],
  });
