import { fillParameters, type ParameterValue } from '@noema/kernel';
import { kindRepeated, recipeOutdated, settingInvalid } from './insights.errors.js';
import type { InsightKind } from './kinds/insight-kind.js';
import { insightKinds } from './kinds/kind.registry.js';

/** Everything that findings depend on, stored with them: the same recipe gives the same bytes. */
export interface Recipe {
  readonly seed: number;
  /** Largest share of false discoveries inside a kind. */
  readonly q: number;
  /** Metadata field whose equal values belong together, such as `patient`; absent for the one of the data. */
  readonly groupField?: string | undefined;
  /** Kinds in their order, with the version of their algorithm and their parameters. */
  readonly kinds: readonly {
    readonly key: string;
    readonly version: number;
    /** Parameters that are absent have their default. */
    readonly parameters: Readonly<Record<string, ParameterValue>>;
  }[];
}

/** A kind with all its parameters. */
export interface PlannedKind {
  readonly kind: InsightKind;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

/** Returns the recipe with all kinds, or some, and the defaults of their parameters. */
export function defaultRecipe(keys = insightKinds.keys(), seed = 0): Recipe {
  return {
    seed,
    q: 0.1,
    kinds: keys.map((key) => {
      const kind = insightKinds.get(key);
      return { key, version: kind.version, parameters: fillParameters(kind, {}) };
    }),
  };
}

/**
 * Returns the kinds of a recipe with all their parameters. Throws `invalid` INSIGHT_KIND_UNKNOWN, KIND_REPEATED,
 * RECIPE_OUTDATED, PARAMETER_UNKNOWN, PARAMETER_OUT_OF_RANGE or SETTING_INVALID.
 */
export function planKinds({ seed, q, kinds }: Recipe): PlannedKind[] {
  if (!Number.isInteger(seed)) throw settingInvalid('seed', seed, 'an integer');
  if (!(q > 0 && q < 1)) throw settingInvalid('q', q, 'a number between 0 and 1');
  return kinds.map(({ key, version, parameters }, at) => {
    const kind = insightKinds.get(key);
    if (kinds.findIndex((one) => one.key === key) !== at) throw kindRepeated(key);
    if (version !== kind.version) throw recipeOutdated(key, version, kind.version);
    return { kind, parameters: fillParameters(kind, parameters) };
  });
}
