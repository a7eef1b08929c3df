import { DomainError } from '@noema/kernel';

/** Something is wrong with one layer; the message opens with its name and kind. */
export const layerInvalid = (layer: string, kind: string, why: string): DomainError =>
  new DomainError('invalid', 'LAYER_INVALID', `layer "${layer}" (${kind}) ${why}`, { metadata: { layer, kind }, violations: [{ field: `model.${layer}`, description: why }] });

/** The topology as a whole cannot be read or does not hold together. */
export const topologyInvalid = (why: string): DomainError => new DomainError('invalid', 'MODEL_INVALID', `the model's topology ${why}`);

/** A kind of layer that is not in the registry. */
export const kindUnknown = (layer: string, kind: string, known: readonly string[]): DomainError =>
  new DomainError('invalid', 'LAYER_KIND_UNKNOWN', `layer "${layer}" is of unknown kind "${kind}"; known: ${known.toSorted().join(', ')}`, { metadata: { layer, kind } });
