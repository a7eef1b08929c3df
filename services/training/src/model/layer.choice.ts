import { DomainError } from '@noema/kernel';
import type { ModelInfo } from './model.js';

/** The word for what is proposed. */
const BLOCKS = 'blocks';
/** Names that a refusal lists. */
const MAX_LISTED = 100;

type Followable = Pick<ModelInfo, 'layers' | 'blocks' | 'proposed'>;

/**
 * The names of the layers that were requested by name, by pattern or by the word `blocks`, in the order of
 * the model; empty when they are all learned layers, or nothing was requested. Throws `invalid` LAYER_UNKNOWN
 * with the known ones, `invalid` BLOCKS_UNKNOWN for a model without shortcuts.
 */
export function chosenLayers({ layers, blocks, proposed }: Followable, asked: readonly string[]): string[] {
  const learned = layers.filter(({ unitCount }) => unitCount > 0).map(({ name }) => name);
  const known = [...learned, ...blocks.map(({ name }) => name)];
  const wanted = new Set(
    asked.flatMap((name) => {
      if (known.includes(name)) return [name];
      if (name === BLOCKS) return proposed.length > 0 ? proposed : fail(blocksUnknown());
      const found = name.includes('*') ? learned.filter((layer) => toPattern(name).test(layer)) : [];
      return found.length > 0 ? found : fail(layerUnknown(name, known));
    }),
  );
  const chosen = known.filter((name) => wanted.has(name));
  return chosen.join('\n') === learned.join('\n') ? [] : chosen;
}

/** The names that a pattern with `*` finds. */
export const toPattern = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'))
      .join('.*')}$`,
  );

function fail(error: DomainError): never {
  throw error;
}

function layerUnknown(name: string, known: readonly string[]): DomainError {
  const listed = known.slice(0, MAX_LISTED).join(', ');
  const rest = known.length > MAX_LISTED ? ` and ${known.length - MAX_LISTED} more` : '';
  return new DomainError(
    'invalid',
    'LAYER_UNKNOWN',
    `the model has no layer "${name}" whose responses could be followed; it has ${listed}${rest}. ` +
      'Patterns with * find learned layers, the word blocks what is proposed',
    { metadata: { layer: name }, violations: [{ field: 'layers', description: `"${name}" is not known` }] },
  );
}

const blocksUnknown = (): DomainError =>
  new DomainError(
    'invalid',
    'BLOCKS_UNKNOWN',
    'the model has no shortcuts whose ends could be followed in place of its layers; name layers, or ' +
      'leave them out for all',
    { violations: [{ field: 'layers', description: 'no blocks' }] },
  );
