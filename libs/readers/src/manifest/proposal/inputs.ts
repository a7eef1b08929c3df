import { DomainError } from '@noema/kernel';
import { Moments } from '../../moments.js';
import type { FieldProfile } from '../../records.js';
import type { EncoderSpec, Manifest } from '../manifest.js';
import { toHandlerName } from '../names.js';
import { isMedia, isProse } from '../roles.js';
import { proposeArray } from './array.input.js';
import { type Draft, rounded } from './draft.js';
import { proposePicture } from './picture.input.js';
import { proposeSound } from './sound.input.js';
import { proposeText } from './text.input.js';

/** An input for each column of pictures, sounds, arrays and prose, and one of features for all other columns. */
export async function proposeInputs(
  draft: Draft,
  profiles: readonly FieldProfile[],
): Promise<Manifest['inputs']> {
  const inputs: Record<string, EncoderSpec> = {};
  const features = [];
  for (const profile of profiles) {
    const { field } = profile;
    if (field.kind === 'picture') inputs[toHandlerName(field.name)] = await proposePicture(draft, profile);
    else if (field.kind === 'audio') inputs[toHandlerName(field.name)] = await proposeSound(draft, field);
    else if (field.kind === 'numbers') inputs[toHandlerName(field.name)] = await proposeArray(draft, profile);
    else if (isProse(profile)) inputs[toHandlerName(field.name)] = await proposeText(draft, profile);
    else features.push(profile);
  }
  if (features.length > 0) {
    const numbers = features.filter(({ field }) => field.kind === 'number').map(({ field }) => field.name);
    const moments = await fitMoments(draft, numbers);
    inputs['features'] = {
      encoder: 'features',
      columns: features.map((profile) => toPart(profile, moments.get(profile.field.name))),
    };
  }
  if (Object.keys(inputs).length === 0)
    throw new DomainError(
      'invalid',
      'INPUT_MISSING',
      'no column can be an input of a network: ' +
        `${draft.profiles.map((profile) => `${profile.field.name} (${explainUse(draft, profile)})`).join(', ')}; ` +
        'add columns whose values differ between records',
    );
  return inputs;
}

function explainUse(draft: Draft, { field, missing, distinct }: FieldProfile): string {
  if (missing === draft.records.length) return 'no value';
  return distinct === 1 && !isMedia(field) ? 'one value' : field.kind;
}

/** Records of a table that are read at once. */
const BATCH = 1_024;

/** Mean and deviation of columns over the training records, read once for all columns. */
async function fitMoments(
  { records, training }: Draft,
  names: readonly string[],
): Promise<ReadonlyMap<string, Moments>> {
  const found = new Map(names.map((name) => [name, new Moments()]));
  if (records.columns === undefined)
    for (const [name, moments] of found) {
      const cells = await records.column(name);
      for (const index of training) moments.add(cells[index] ?? null);
    }
  else if (names.length > 0)
    for (let from = 0; from < training.length; from += BATCH) {
      const cells = await records.columns(names, training.subarray(from, from + BATCH));
      for (const [name, moments] of found) for (const cell of cells.get(name)!) moments.add(cell);
    }
  return found;
}

function toPart({ field, values }: FieldProfile, moments: Moments | undefined): FeaturePart {
  if (field.kind === 'boolean') return { column: field.name };
  if (moments === undefined) return { column: field.name, values: [...(values ?? [])] };
  return { column: field.name, mean: rounded(moments.mean), std: rounded(moments.std) || 1 };
}

type FeaturePart =
  | { readonly column: string }
  | { readonly column: string; readonly mean: number; readonly std: number }
  | { readonly column: string; readonly values: readonly string[] };
