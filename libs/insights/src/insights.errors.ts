import { DomainError } from '@noema/kernel/domain-error';

export const conditionUnknown = (what: string): DomainError =>
  new DomainError(
    'invalid',
    'CONDITION_UNKNOWN',
    `the membership of this insight depends on "${what}", which these samples do not have`,
    { metadata: { what } },
  );

export const settingInvalid = (name: string, value: number, allowed: string): DomainError =>
  new DomainError('invalid', 'SETTING_INVALID', `${name} of the recipe is ${value}; it must be ${allowed}`, {
    metadata: { setting: name },
  });

export const kindRepeated = (kind: string): DomainError =>
  new DomainError('invalid', 'KIND_REPEATED', `the recipe names the kind "${kind}" twice; name it once`, {
    metadata: { kind },
  });

export const recipeOutdated = (kind: string, version: number, current: number): DomainError =>
  new DomainError(
    'invalid',
    'RECIPE_OUTDATED',
    `the recipe has version ${version} of the kind "${kind}", which is at version ${current}; ` +
      'make a new recipe',
    { metadata: { kind, version: String(version), current: String(current) } },
  );

export const groupFieldUnknown = (field: string, known: readonly string[]): DomainError =>
  new DomainError(
    'invalid',
    'GROUP_FIELD_UNKNOWN',
    `the recipe groups samples by the metadata field "${field}", which the data do not have; they have: ` +
      (known.join(', ') || 'none'),
    { metadata: { field } },
  );
