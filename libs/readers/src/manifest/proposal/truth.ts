import type { NumberArray } from '@noema/integration';
import { DomainError } from '@noema/kernel';
import { Moments } from '../../moments.js';
import type { Scale } from '../../network/head.js';
import type { Field, FieldProfile } from '../../records.js';
import type { EncoderSpec, Manifest } from '../manifest.js';
import { isClass } from '../roles.js';
import { type Draft, isNumbers, rounded } from './draft.js';

/** Classes where the values are labels, and numbers otherwise. */
export async function proposeTruth(draft: Draft, profile: FieldProfile): Promise<EncoderSpec> {
  const { field, values } = profile;
  if (field.kind === 'numbers') return proposeArrayTruth(draft, field);
  if (field.labels !== undefined)
    return { encoder: 'classes', column: field.name, values: [...field.labels] };
  if (isClass(profile)) {
    if (values === undefined)
      throw new DomainError(
        'invalid',
        'TRUTH_INVALID',
        `"${field.name}" has more than 1,000 distinct texts, which are too many classes`,
      );
    if (values.length === 1)
      draft.notes.push(
        `"${field.name}" has one class, so that no network can learn it, and none is proposed`,
      );
    return { encoder: 'classes', column: field.name, values: [...values] };
  }
  return { encoder: 'number', columns: [field.name] };
}

/**
 * Labels where an array has one number of 0 or 1 for each class, in all records; else its numbers, unchanged. Only
 * one class a sample where the numbers of every record sum to 1.
 */
async function proposeArrayTruth({ records }: Draft, { name, shape = [] }: Field): Promise<EncoderSpec> {
  const column = name;
  if (shape.length === 1) {
    const cells = (await records.column(name)).filter(isNumbers);
    const isLabels = cells.every(({ data }) => data.every((value) => value === 0 || value === 1));
    const several = cells.some(({ data }) => sum(data) !== 1);
    const values = Array.from({ length: shape[0]! }, (_, index) => String(index));
    if (isLabels) return { encoder: 'labels', column, values, several };
  }
  return { encoder: 'array', column, ...(shape.length === 0 ? {} : { shape: [...shape] }), mean: 0, std: 1 };
}

function sum(values: NumberArray): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/**
 * Mean and deviation of the numbers of a ground truth over the training records, for an output that begins with
 * them; `undefined` for other ground truths and for equal numbers.
 */
export async function fitTruth(draft: Draft, spec: EncoderSpec | undefined): Promise<Scale | undefined> {
  if (spec?.encoder !== 'number' && spec?.encoder !== 'array') return undefined;
  const [column] = (spec['columns'] as string[] | undefined) ?? [spec['column'] as string];
  const cells = await draft.records.column(column!);
  const moments = new Moments();
  for (const index of draft.training) {
    const cell = cells[index] ?? null;
    if (isNumbers(cell)) for (const value of cell.data) moments.add(value);
    else moments.add(typeof cell === 'boolean' ? Number(cell) : cell);
  }
  return moments.std > 0 ? { mean: rounded(moments.mean), std: rounded(moments.std) } : undefined;
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
