import { Moments } from '../../moments.js';
import type { Field, FieldProfile } from '../../records.js';
import type { EncoderSpec } from '../manifest.js';
import { toHandlerName } from '../names.js';
import { showField } from './shown.js';
import { type Draft, isNumbers, rounded, spread } from './draft.js';

/** Records that the scale of an array is taken from. */
const SCALE_RECORDS = 500;

/** Steps from which on longer series are cut. */
const MAX_STEPS = 2_048;

/** Bytes are divided by 255; other numbers are standardized. Series of several lengths are padded to the longest. */
export async function proposeArray(draft: Draft, profile: FieldProfile): Promise<EncoderSpec> {
  const {
    field,
    examples: [first],
    minSize = 0,
    maxSize = 0,
  } = profile;
  const shape = field.shape ?? [];
  if (minSize < maxSize && shape.length <= 2) return proposeSeries(draft, field, maxSize);
  const isBytes = isNumbers(first) && first.data instanceof Uint8Array;
  const shown = showField(field);
  draft.visuals[toHandlerName(field.name)] = shown;
  const tensorShape = shown.kind === 'image' && shape.length === 2 ? [...shape, 1] : shape;
  if (isBytes) return { encoder: 'array', column: field.name, shape: tensorShape, mean: 0, std: 255 };
  const { mean, std } = await fitScale(draft, field.name);
  return { encoder: 'array', column: field.name, shape: tensorShape, mean, std };
}

async function proposeSeries(
  draft: Draft,
  { name, shape = [] }: Field,
  maxSize: number,
): Promise<EncoderSpec> {
  const [, ...channels] = shape;
  const longest = Math.ceil(maxSize / (channels[0] ?? 1));
  const steps = Math.min(MAX_STEPS, longest);
  draft.visuals[toHandlerName(name)] = { kind: 'series', column: name };
  draft.notes.push(
    `series of "${name}" have up to ${longest} steps; they are padded by their mean to ${steps}` +
      `${steps < longest ? ', and longer ones are cut' : ''}`,
  );
  return {
    encoder: 'array',
    column: name,
    shape: [steps, ...channels],
    pad: true,
    ...(await fitScale(draft, name)),
  };
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
