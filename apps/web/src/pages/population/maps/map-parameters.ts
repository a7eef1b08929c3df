import type { JsonObject } from '@bufbuild/protobuf';
import type { Method } from '@noema/contracts/noema/methods/v1/method';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { defaultValue } from '../../../parts/method-parameters.js';
import type { Settings } from '../../../parts/method-settings.js';
import { value } from '../../../parts/numbers.js';

type Described = Pick<Method, 'parameters'> | undefined;

/** How an algorithm places samples in a map that stays unchanged; empty where it does not say. */
export function placingHelp(method: Pick<Method, 'facts'> | undefined): string {
  const placing = method?.facts?.['placing'];
  return typeof placing === 'string' ? placing : '';
}

/** Describes the settings in use that are not as usual: `perplexity 50`; empty when all is. */
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

/** The settings to send: given ones that are not as usual. */
export const toParams = (method: Described, given: Settings): Record<string, number | string | boolean> =>
  Object.fromEntries(
    (method?.parameters ?? []).flatMap((parameter) => {
      const asked = given[parameter.name];
      const standard = defaultValue(parameter);
      return asked === undefined ||
        typeof asked === 'object' ||
        typeof asked !== typeof standard ||
        asked === standard
        ? []
        : [[parameter.name, asked]];
    }),
  );
