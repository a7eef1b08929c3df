import { defaultRecipe, insightKinds, planKinds, type Recipe } from '@noema/insights';
import { parametersUnused, parametersInvalid } from './insight-search.errors.js';

/** The cheap part after each epoch: kinds that need no responses and take less than a second at 10,000 samples. */
export const EPOCH_KINDS: readonly string[] = ['forgotten', 'miscalibrated'];

/** Kinds, parameters and seed of a request. */
export interface RecipeRequest {
  /** Empty for all kinds. */
  readonly kinds: readonly string[];
  /** By the key of the kind. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Metadata whose equal values belong together; absent for none. */
  readonly groupField?: string | undefined;
}

type Parameters = Recipe['kinds'][number]['parameters'];

/**
 * Returns the recipe of a request, with all defaults, in the order of the registry. Throws as `planKinds`, and
 * `invalid` PARAMETERS_UNUSED, PARAMETERS_INVALID.
 */
export function makeRecipe({ kinds, parameters, seed, groupField }: RecipeRequest): Recipe {
  for (const key of kinds) insightKinds.get(key);
  const keys = insightKinds.keys().filter((key) => kinds.length === 0 || kinds.includes(key));
  for (const [key, values] of Object.entries(parameters)) {
    insightKinds.get(key);
    if (!keys.includes(key)) throw parametersUnused(key);
    if (typeof values !== 'object' || values === null || Array.isArray(values)) throw parametersInvalid(key);
  }
  const recipe = defaultRecipe(keys, seed);
  const given = {
    ...recipe,
    ...(groupField !== undefined && { groupField }),
    kinds: recipe.kinds.map((kind) => ({
      ...kind,
      parameters: { ...kind.parameters, ...(parameters[kind.key] as Parameters | undefined) },
    })),
  };
  planKinds(given);
  return given;
}
