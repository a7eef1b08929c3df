import type { JsonObject } from '@bufbuild/protobuf';
import { type Method, type MethodParameter, ParameterType } from '@noema/contracts/noema/methods/v1/method';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { value } from '../../../parts/numbers.js';

type Described = Pick<Method, 'parameters'> | undefined;

/** The value that is used when a request gives none. */
export const defaultValue = ({ default: standard }: MethodParameter): number | string | undefined =>
  standard?.kind.case === 'numberValue' || standard?.kind.case === 'stringValue'
    ? standard.kind.value
    : undefined;

/** What the fields of a form need of a number. */
export function numberField(parameter: MethodParameter) {
  const { title, help, minimum, maximum, step, type, automatic } = parameter;
  const standard = defaultValue(parameter);
  return {
    label: title,
    description: help,
    ...(minimum !== undefined && { min: minimum }),
    ...(maximum !== undefined && { max: maximum }),
    step,
    allowDecimal: type === ParameterType.NUMBER,
    allowNegative: (minimum ?? -1) < 0,
    placeholder: automatic || String(standard),
    /** What stands in the field before anything is typed: nothing where the platform chooses. */
    initial: automatic === '' ? (standard ?? '') : '',
  };
}

/** What the fields of a form need of a choice. */
export const choiceField = (parameter: MethodParameter) => ({
  label: parameter.title,
  description: parameter.help,
  data: parameter.choices.map((choice) => ({ value: choice.value, label: choice.title })),
  initial: String(defaultValue(parameter)),
});

/** Whether one of a few values is chosen, not a number. */
export const isChoice = ({ type }: MethodParameter): boolean => type === ParameterType.CHOICE;

/** What an algorithm is good for, in one sentence, with its publication. */
export const methodHelp = (method: Pick<Method, 'summary' | 'reference'> | undefined): string =>
  method === undefined || method.reference === ''
    ? (method?.summary ?? '')
    : method.summary.replace(/\.$/, ` (${method.reference}).`);

/** How an algorithm places samples in a map that stays as it is; empty where it does not say. */
export function placingHelp(method: Pick<Method, 'facts'> | undefined): string {
  const placing = method?.facts?.['placing'];
  return typeof placing === 'string' ? placing : '';
}

/** What of the settings in use is not as usual, in words: `perplexity 50`; empty when all is. */
export const unusualSettings = (method: Described, params: JsonObject | undefined): string =>
  (method?.parameters ?? [])
    .flatMap((parameter) => {
      const used = params?.[parameter.name];
      const standard = defaultValue(parameter);
      if ((typeof used !== 'number' && typeof used !== 'string') || used === standard) return [];
      return [`${parameter.title.toLowerCase()} ${typeof used === 'number' ? value(used) : used}`];
    })
    .join(', ');

/**
 * How a map differs from others that show the same: its settings, and its seed where that is not the same in
 * all.
 */
export const madeWith = (
  method: Described,
  { params, seed }: Pick<Exploration, 'params' | 'seed'>,
  tellsSeed: boolean,
): string => `${unusualSettings(method, params) || 'usual settings'}${tellsSeed ? `, seed ${seed}` : ''}`;

/** The settings to send: those that are not as usual and were given. */
export const paramsOf = (
  method: Described,
  given: Readonly<Record<string, number | string>>,
): Record<string, number | string> =>
  Object.fromEntries(
    (method?.parameters ?? []).flatMap((parameter) => {
      const asked = given[parameter.name];
      const standard = defaultValue(parameter);
      return asked === undefined || typeof asked !== typeof standard || asked === standard
        ? []
        : [[parameter.name, asked]];
    }),
  );
