import { DomainError } from '@noema/kernel';
import type { Field, FieldProfile } from '../../records.js';
import type { EncoderSpec, Manifest } from '../manifest.js';
import { isClass } from '../roles.js';
import type { Draft } from './draft.js';

/** Classes where the values are labels, and a number otherwise. */
export function proposeTruth(profile: FieldProfile): EncoderSpec {
  const { field, values } = profile;
  if (field.labels !== undefined)
    return { encoder: 'classes', column: field.name, values: [...field.labels] };
  if (isClass(profile)) {
    if (values === undefined)
      throw new DomainError(
        'invalid',
        'TRUTH_INVALID',
        `"${field.name}" has more than 1,000 distinct texts, which are too many classes`,
      );
    return { encoder: 'classes', column: field.name, values: [...values] };
  }
  return { encoder: 'number', columns: [field.name] };
}

/** The truth of objects is shown on their picture; the mask has the size of the input. */
export function proposeObjects(
  draft: Draft,
  { name, labels = [], truth, maxObjects = 1 }: Field,
  inputs: Manifest['inputs'],
): EncoderSpec {
  const [[key, spec] = ['', {}]] = Object.entries(inputs) as [string, Partial<EncoderSpec>][];
  const values = [...labels];
  draft.visuals[key] = {
    kind: truth === 'mask' ? 'mask' : 'boxes',
    column: String(spec['column']),
    objects: name,
    labels: values,
  };
  if (truth === 'boxes') return { encoder: 'boxes', column: name, values, length: maxObjects };
  if (truth !== 'mask') return { encoder: 'presence', column: name, values };
  return { encoder: 'mask', column: name, height: spec['height'], width: spec['width'], values };
}
