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

/** A recipe by the present versions of its kinds. */
export interface RefreshedRecipe {
  readonly recipe: Recipe;
  /** Which kinds have another version than the one that was requested, in a sentence each. */
  readonly remarks: readonly string[];
}

/**
 * Returns a stored recipe by the present versions of its kinds: a search that waited while the platform was updated
 * runs, and says what has changed. Throws as `planKinds` for kinds and parameters that do not exist any more.
 */
export function refreshRecipe(recipe: Recipe): RefreshedRecipe {
  const kinds = recipe.kinds.map((kind) => ({ ...kind, version: insightKinds.get(kind.key).version }));
  const refreshed = { ...recipe, kinds };
  planKinds(refreshed);
  const remarks = recipe.kinds.flatMap(({ key, version }, at) =>
    version === kinds[at]!.version
      ? []
      : [
          `The platform was updated while the search waited: ${insightKinds.get(key).title} was requested in ` +
            `version ${version} and searched in version ${kinds[at]!.version}.`,
        ],
  );
  return { recipe: remarks.length === 0 ? recipe : refreshed, remarks };
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
