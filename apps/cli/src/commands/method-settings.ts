import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { type Method, type MethodParameter, ParameterType } from '@noema/contracts/noema/methods/v1/method';
import { DomainError } from '@noema/kernel';
import { InvalidArgumentError } from 'commander';

/** A setting as the command line has it. */
export interface SettingText {
  readonly name: string;
  readonly value: string;
}

/** Takes one more setting, such as `momentum=0.9`. Throws where there is no "=". */
export function settingText(text: string, before: readonly SettingText[] = []): SettingText[] {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('Give a name and a value, such as momentum=0.9.');
  return [...before, { name, value }];
}

const plain = (key: string): string => key.replaceAll('_', '').toLowerCase();

/** Finds a method by its key, however it is written (`adam_w`, `AdamW`); the default one for no key. */
export const findMethod = (methods: readonly Method[], key: string | undefined): Method | undefined =>
  methods.find((method) =>
    key === undefined ? method.facts?.['usedByDefault'] === true : plain(method.key) === plain(key),
  );

/**
 * Returns settings of a method as a request takes them, each with the type that the method describes. Throws
 * `invalid` METHOD_UNKNOWN, SETTING_UNKNOWN, SETTING_INVALID.
 */
export function readSettings(
  kind: string,
  method: Method | undefined,
  texts: readonly SettingText[],
): JsonObject {
  if (texts.length === 0) return {};
  if (method === undefined)
    throw invalid(
      'METHOD_UNKNOWN',
      `the ${kind} of these settings is not known; name one that \`noema methods training\` lists`,
    );
  return Object.fromEntries(
    texts.map(({ name, value }) => {
      const parameter = method.parameters.find((one) => one.name === name);
      if (parameter !== undefined) return [name, readValue(method.key, parameter, value)];
      const known = method.parameters.map((one) => one.name).join(', ') || 'none';
      throw invalid('SETTING_UNKNOWN', `${kind} ${method.key} has no setting "${name}"; known: ${known}`);
    }),
  );
}

function readValue(of: string, { name, type, choices }: MethodParameter, text: string): JsonValue {
  const refuse = (wanted: string): DomainError =>
    invalid('SETTING_INVALID', `${name} of ${of} is "${text}"; give ${wanted}`);
  const number = (part: string, wanted: string): number => {
    if (part.trim() === '' || !Number.isFinite(Number(part))) throw refuse(wanted);
    return Number(part);
  };
  switch (type) {
    case ParameterType.BOOLEAN:
      if (text !== 'true' && text !== 'false') throw refuse('true or false');
      return text === 'true';
    case ParameterType.CHOICE:
      if (choices.every(({ value }) => value !== text))
        throw refuse(choices.map(({ value }) => value).join(' or '));
      return text;
    case ParameterType.NUMBERS:
      return text.split(',').map((part) => number(part, 'numbers divided by commas'));
    default:
      return number(text, 'a number');
  }
}

const invalid = (reason: string, message: string): DomainError => new DomainError('invalid', reason, message);
