import { defaultRecipe, insightKinds } from '@noema/insights';
import { describe, expect, it } from 'vitest';
import { refreshRecipe } from './insight-search.recipe.js';

describe('a recipe that waited', () => {
  const recipe = { ...defaultRecipe(['forgotten', 'leakage'], 7), groupField: 'patient' };
  const [forgotten, leakage] = recipe.kinds;

  it('is unchanged while its kinds have the requested versions', () => {
    expect(refreshRecipe(recipe)).toEqual({ recipe, remarks: [] });
    expect(refreshRecipe(recipe).recipe).toBe(recipe);
  });

  it('has the present version of a kind that was updated, with the requested parameters, and reports it', () => {
    const old = { ...forgotten!, version: forgotten!.version - 1, parameters: { times: 3 } };
    const { recipe: refreshed, remarks } = refreshRecipe({ ...recipe, kinds: [old, leakage!] });
    expect(refreshed).toEqual({
      ...recipe,
      kinds: [{ ...old, version: forgotten!.version }, leakage],
    });
    const { title } = insightKinds.get('forgotten');
    expect(remarks).toEqual([
      `The platform was updated while the search waited: ${title} was requested in version ${old.version} and ` +
        `searched in version ${forgotten!.version}.`,
    ]);
  });

  it.each([
    ['INSIGHT_KIND_UNKNOWN', { key: 'removed', version: 1, parameters: {} }],
    ['PARAMETER_UNKNOWN', { key: 'forgotten', version: 0, parameters: { removed: 1 } }],
  ])('is refused with %s where the platform lacks what it names', (reason, kind) => {
    expect(() => refreshRecipe({ ...recipe, kinds: [kind] })).toThrow(expect.objectContaining({ reason }));
  });
});
