import { parameterOutOfRange, parameterUnknown } from './vector-index.errors.js';
import type { IndexKindAdapter, IndexParameter } from './vector-index.js';

type Given = Readonly<Record<string, unknown>>;
type Parameters = Readonly<Record<string, number>>;

/**
 * All parameters of a new index: the given values, and the defaults of the others. Throws `invalid`
 * PARAMETER_UNKNOWN, PARAMETER_OUT_OF_RANGE.
 */
export function parseParameters({ key, parameters }: IndexKindAdapter, given: Given): Parameters {
  refuseUnknown(key, given, parameters);
  return Object.fromEntries(
    parameters.map((parameter) => [
      parameter.name,
      parseValue(key, parameter, given[parameter.name] ?? parameter.default),
    ]),
  );
}

/**
 * The parameters of an index, overridden by the parameters of one search; throws as `parseParameters`, also
 * for one that only a new index can have.
 */
export function parametersAtSearch(
  { key, parameters }: IndexKindAdapter,
  made: Parameters,
  given: Given,
): Parameters {
  const free = parameters.filter(({ atSearch }) => atSearch);
  refuseUnknown(`${key}, in a search,`, given, free);
  return {
    ...made,
    ...Object.fromEntries(
      free.flatMap((parameter) =>
        given[parameter.name] === undefined
          ? []
          : [[parameter.name, parseValue(key, parameter, given[parameter.name])]],
      ),
    ),
  };
}

/** True when both name the same values, in whatever order. */
export const sameParameters = (a: Parameters, b: Parameters): boolean =>
  formatParameters(a) === formatParameters(b);

/** One text for equal parameters. */
export const formatParameters = (parameters: Parameters): string =>
  JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)));

function refuseUnknown(kind: string, given: Given, known: readonly IndexParameter[]): void {
  const strange = Object.keys(given).find((name) => !known.some((parameter) => parameter.name === name));
  if (strange !== undefined)
    throw parameterUnknown(
      kind,
      strange,
      known.map(({ name }) => name),
    );
}

function parseValue(kind: string, { name, minimum, maximum }: IndexParameter, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum)
    return value;
  throw parameterOutOfRange(kind, name, value, minimum, maximum);
}
