import type { JsonObject } from '@bufbuild/protobuf';
import { type MethodParameter, ParameterType } from '@noema/contracts/noema/methods/v1/method';

/** A value of a setting; the text that was typed where it is not a value yet. */
export type SettingValue = number | string | boolean | readonly number[];

/** Settings by name; a missing or empty one has its default. */
export type Settings = Readonly<Record<string, SettingValue>>;

/** Settings as a request takes them, without empty ones. */
export const requestedSettings = (settings: Settings): JsonObject =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => (value === '' ? [] : [[name, value]])),
  ) as JsonObject;

/** Settings of an earlier request that a form can show. */
export const shownSettings = (config: JsonObject | undefined): Settings =>
  Object.fromEntries(
    Object.entries(config ?? {}).flatMap(([name, value]) => (isSettingValue(value) ? [[name, value]] : [])),
  );

const isSettingValue = (value: unknown): value is SettingValue =>
  ['number', 'string', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) && value.every((one) => typeof one === 'number'));

/** Parses numbers divided by commas; returns any other text unchanged. */
export function parseNumbers(text: string): readonly number[] | string {
  const parts = text.split(',').map((part) => part.trim());
  return parts.every((part) => part !== '' && Number.isFinite(Number(part)))
    ? parts.map(Number)
    : text.trim();
}

/** The fault of each invalid setting, by its name. */
export const settingFaults = (
  parameters: readonly MethodParameter[],
  settings: Settings,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    parameters.flatMap((parameter) => {
      const fault = settingFault(parameter, settings[parameter.name] ?? '');
      return fault === undefined ? [] : [[parameter.name, fault]];
    }),
  );

function settingFault(parameter: MethodParameter, value: SettingValue): string | undefined {
  const { type, minimum, maximum, above, below } = parameter;
  if (value === '') return undefined;
  if (type === ParameterType.NUMBERS)
    return Array.isArray(value) ? undefined : 'give numbers divided by commas';
  if (type !== ParameterType.NUMBER && type !== ParameterType.INTEGER) return undefined;
  const isWhole = type === ParameterType.INTEGER;
  const fits =
    typeof value === 'number' &&
    (isWhole ? Number.isInteger(value) : Number.isFinite(value)) &&
    value >= (minimum ?? -Infinity) &&
    value <= (maximum ?? Infinity) &&
    value > (above ?? -Infinity) &&
    value < (below ?? Infinity);
  if (fits) return undefined;
  const limits = [
    ['from', minimum],
    ['above', above],
    ['up to', maximum],
    ['below', below],
  ].flatMap(([word, limit]) => (limit === undefined ? [] : [`${word} ${limit}`]));
  return ['give a', ...(isWhole ? ['whole'] : []), 'number', ...limits].join(' ');
}
