import { DomainError } from '@noema/kernel';
import { toPattern } from './layer.choice.js';
import type { ModelInfo } from './model.js';

/** The word for all layers but the new head. */
const BASE = 'base';
/** Names that a refusal lists. */
const MAX_LISTED = 100;

type Freezable = Pick<ModelInfo, 'layers' | 'parameters' | 'heads'>;

/**
 * The names of the layers to freeze, in the order of the model: by name, by pattern with `*`, and
 * for the word `base` all but a head that replaced another one. Throws `invalid` LAYER_UNKNOWN with the layers that
 * have weights, `invalid` HEAD_UNKNOWN for `base` of a model without a new head.
 */
export function frozenLayers({ layers, parameters, heads }: Freezable, asked: readonly string[]): string[] {
  if (asked.length === 0) return [];
  const known = layers
    .map(({ name }) => name)
    .filter((name) => parameters.some((parameter) => parameter.name.startsWith(`${name}/`)));
  const frozen = new Set(
    asked.flatMap((name) => {
      if (known.includes(name)) return [name];
      if (name === BASE) {
        if (heads.length === 0) throw headUnknown();
        return known.filter((layer) => !heads.includes(layer));
      }
      const found = name.includes('*') ? known.filter((layer) => toPattern(name).test(layer)) : [];
      if (found.length === 0) throw layerUnknown(name, known);
      return found;
    }),
  );
  return known.filter((name) => frozen.has(name));
}

function layerUnknown(name: string, known: readonly string[]): DomainError {
  const listed = known.slice(0, MAX_LISTED).join(', ');
  const rest = known.length > MAX_LISTED ? ` and ${known.length - MAX_LISTED} more` : '';
  return new DomainError(
    'invalid',
    'LAYER_UNKNOWN',
    `the model has no layer "${name}" with weights that could be frozen; it has ${listed}${rest}. Patterns with * ` +
      'find layers, the word base finds all but a new head',
    {
      metadata: { layer: name },
      violations: [{ field: 'settings.frozen_layers', description: `"${name}" is not known` }],
    },
  );
}

const headUnknown = (): DomainError =>
  new DomainError(
    'invalid',
    'HEAD_UNKNOWN',
    'the model has no new head, so "base" finds nothing to freeze; adapt the model to the data first, or name layers',
    { violations: [{ field: 'settings.frozen_layers', description: 'the model has no new head' }] },
  );
