import { Moments } from '../../moments.js';
import type { FieldProfile } from '../../records.js';
import type { EncoderSpec } from '../manifest.js';
import { toHandlerName } from '../names.js';
import { showField } from './shown.js';
import { type Draft, isNumbers, rounded, spread } from './draft.js';

/** Records that the scale of an array is taken from. */
const SCALE_RECORDS = 500;

/** Bytes are divided by 255; other numbers are standardized. */
export async function proposeArray(
  draft: Draft,
  { field, examples: [first] }: FieldProfile,
): Promise<EncoderSpec> {
  const shape = field.shape ?? [];
  const isBytes = isNumbers(first) && first.data instanceof Uint8Array;
  const shown = showField(field);
  draft.visuals[toHandlerName(field.name)] = shown;
  const tensorShape = shown.kind === 'image' && shape.length === 2 ? [...shape, 1] : shape;
  if (isBytes) return { encoder: 'array', column: field.name, shape: tensorShape, mean: 0, std: 255 };
  const { mean, std } = await fitScale(draft, field.name);
  return { encoder: 'array', column: field.name, shape: tensorShape, mean, std };
}

/** Mean and standard deviation of all numbers of up to 500 training records, spread evenly. */
async function fitScale(
  draft: Draft,
  column: string,
): Promise<{ readonly mean: number; readonly std: number }> {
  const moments = new Moments();
  for (const index of spread(draft.training, SCALE_RECORDS)) {
    const cell = (await draft.records.row(index))[column] ?? null;
    if (isNumbers(cell)) for (const value of cell.data) moments.add(value);
  }
  return { mean: rounded(moments.mean), std: rounded(moments.std) || 1 };
}
