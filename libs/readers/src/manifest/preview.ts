import {
  type EncodedVisual,
  planPopulation,
  type SampleContext,
  SampleEncoder,
  type SampleSpec,
  type SplitName,
} from '@noema/integration';
import { DomainError } from '@noema/kernel';
import sharp from 'sharp';
import { cellText } from '../records.js';
import { manifestIntegration, type SplitData } from './manifest.integration.js';
import type { Proposal } from './propose.js';

/** Longest side of the pictures of a preview. */
const SIDE = 96;
const MAX_CELL = 200;
/** Texts and series that are longer are left out of a preview. */
const MAX_VISUAL_BYTES = 64 * 2 ** 10;

/** One sample as a manifest makes it. */
export interface PreviewSample {
  readonly split: SplitName;
  readonly id: string;
  /** Its values as texts, one for each column. */
  readonly cells: readonly string[];
  readonly visuals: readonly (EncodedVisual & { readonly name: string })[];
  /** Why it cannot be encoded. */
  readonly fault?: DomainError;
}

/** Samples of a manifest that is not confirmed yet. */
export interface Preview extends Pick<SampleSpec, 'inputs' | 'groundTruths'> {
  readonly splitCounts: Readonly<Partial<Record<SplitName, number>>>;
  readonly samples: readonly PreviewSample[];
}

/**
 * Encodes `count` samples of a proposed manifest, spread evenly over all of them. A sample that cannot be encoded has
 * its fault. Throws `invalid` for splits and ids that no dataset version can have.
 */
export async function previewManifest(
  folder: string,
  { manifest, files, profiles }: Pick<Proposal, 'manifest' | 'files' | 'profiles'>,
  count: number,
): Promise<Preview> {
  const integration = await manifestIntegration(manifest, folder, files);
  const population = await planPopulation(integration);
  const encoder = new SampleEncoder(integration);
  const visualizers = Object.keys(integration.visualizers ?? {});
  const columns = profiles.map(({ field }) => field.name);
  const samples: PreviewSample[] = [];
  const shown = Math.min(count, population.size);
  for (let i = 0; i < shown; i++) {
    const sample = population.sampleAt(Math.floor((i * population.size) / shown));
    const base = { split: sample.split, id: sample.id };
    try {
      const cells = await listCells(sample as SampleContext<SplitData>, columns);
      const { visuals } = await encoder.encode(sample);
      const small = await Promise.all(visuals.map(shrink));
      samples.push({
        ...base,
        cells,
        visuals: small.flatMap((visual, at) =>
          visual.bytes.length > MAX_VISUAL_BYTES ? [] : [{ ...visual, name: visualizers[at]! }],
        ),
      });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      samples.push({ ...base, cells: [], visuals: [], fault: error });
    }
  }
  return {
    ...encoder.spec(),
    splitCounts: Object.fromEntries(population.splits.map(({ name, length }) => [name, length])),
    samples,
  };
}

async function listCells(
  { data: { records, indexes }, index }: SampleContext<SplitData>,
  columns: readonly string[],
): Promise<string[]> {
  const row = await records.row(indexes[index]!);
  return columns.map((column) => cellText(row[column]).slice(0, MAX_CELL));
}

async function shrink(visual: EncodedVisual): Promise<EncodedVisual> {
  if (visual.mediaType !== 'image/png') return visual;
  const bytes = await sharp(visual.bytes)
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    .png()
    .toBuffer();
  return { ...visual, bytes };
}
