import { DomainError } from './domain-error.js';
import type { MethodDescriptor, MethodParameter, NumberParameter } from './method-descriptor.js';

export type ParameterValue = number | string | boolean | readonly number[];

/**
 * Returns all parameters of a method: the input, and the defaults of the others. Throws `invalid` PARAMETER_UNKNOWN or
 * PARAMETER_OUT_OF_RANGE with name, value and allowed values.
 */
export function fillParameters<T extends ParameterValue>(
  { key, parameters }: Pick<MethodDescriptor, 'key' | 'parameters'>,
  input: Readonly<Record<string, T>>,
): Readonly<Record<string, ParameterValue>> {
  for (const [name, value] of Object.entries(input)) {
    const parameter = parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) {
      const known = parameters.map((candidate) => candidate.name).join(', ') || 'none';
      throw new DomainError(
        'invalid',
        'PARAMETER_UNKNOWN',
        `${key} has no parameter "${name}"; known: ${known}`,
        { metadata: { parameter: name } },
      );
    }
    const allowed = formatAllowed(parameter, value);
    if (allowed !== undefined) {
      throw new DomainError(
        'invalid',
        'PARAMETER_OUT_OF_RANGE',
        `${name} of ${key} is ${typeof value === 'string' ? `"${value}"` : String(value)}; it must be ${allowed}`,
        { metadata: { parameter: name } },
      );
    }
  }
  const defaults = parameters.map((parameter) => [parameter.name, parameter.default] as const);
  return { ...Object.fromEntries(defaults), ...input };
}

/** Returns the allowed values for an invalid value; `undefined` if the value is valid. */
function formatAllowed(parameter: MethodParameter, value: ParameterValue): string | undefined {
  switch (parameter.type) {
    case 'choice': {
      const choices = parameter.choices.map((choice) => choice.value);
      return choices.includes(String(value)) ? undefined : `one of ${choices.join(', ')}`;
    }
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'numbers':
      return Array.isArray(value) && value.every(Number.isFinite) ? undefined : 'a list of numbers';
    default: {
      const { type, minimum = -Infinity, maximum = Infinity, above, below } = parameter;
      const isAllowed =
        typeof value === 'number' &&
        value >= minimum &&
        value <= maximum &&
        value > (above ?? -Infinity) &&
        value < (below ?? Infinity) &&
        (type === 'number' || Number.isInteger(value));
      const range = formatRange(parameter);
      return isAllowed ? undefined : `${type === 'integer' ? 'an integer' : 'a number'} ${range}`;
    }
  }
}

function formatRange({ minimum, maximum, above, below }: NumberParameter): string {
  if (above === undefined && below === undefined)
    return `from ${minimum ?? -Infinity} to ${maximum ?? Infinity}`;
  return [
    above !== undefined && `above ${above}`,
    minimum !== undefined && `at least ${minimum}`,
    below !== undefined && `below ${below}`,
    maximum !== undefined && `at most ${maximum}`,
  ]
    .filter(Boolean)
    .join(' and ');
}
