import {
  type EncodedVisual,
  planPopulation,
  type Population,
  type SampleContext,
  SampleEncoder,
  type SampleSpec,
  type SplitName,
} from '@noema/integration';
import { DomainError } from '@noema/kernel';
import sharp from 'sharp';
import { cellText } from '../records.js';
import { manifestIntegration, type SplitData } from './manifest.integration.js';
import type { Manifest } from './manifest.js';
import type { Proposal } from './propose.js';

/** Longest side of the pictures of a preview. */
const SIDE = 96;
const MAX_CELL = 200;
/** Texts and series that are longer are left out of a preview. */
const MAX_VISUAL_BYTES = 64 * 2 ** 10;

/** Samples up to which their classes are counted. */
const MAX_COUNTED = 200_000;

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
 * Encodes `count` samples of a proposed manifest, spread over its classes, or evenly over all samples. A sample that
 * cannot be encoded has its fault. Throws `invalid` for splits and ids that no dataset version can have.
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
  for (const row of await chooseRows(population, manifest, count)) {
    const sample = population.sampleAt(row);
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

/** Rows of a preview: one of each class by turns, spread evenly within a class. */
async function chooseRows(population: Population, manifest: Manifest, count: number): Promise<number[]> {
  const column = Object.values(manifest.ground_truths).find(({ encoder }) => encoder === 'classes')?.[
    'column'
  ];
  if (typeof column !== 'string' || population.size > MAX_COUNTED)
    return spread(population.size, Math.min(count, population.size));
  const classes = new Map<string, number[]>();
  for (const { firstRow, data } of population.splits) {
    const { records, indexes } = data as SplitData;
    const cells = await records.column(column);
    for (const [at, index] of indexes.entries()) {
      const name = cellText(cells[index]);
      const rows = classes.get(name) ?? [];
      classes.set(name, rows);
      rows.push(firstRow + at);
    }
  }
  const groups = [...classes.values()];
  const chosen = spread(groups.length, Math.min(count, groups.length)).map((at) => ({
    rows: groups[at]!,
    taken: 0,
  }));
  let open = Math.min(
    count,
    chosen.reduce((sum, { rows }) => sum + rows.length, 0),
  );
  for (let at = 0; open > 0; at = (at + 1) % chosen.length) {
    const group = chosen[at]!;
    if (group.taken === group.rows.length) continue;
    group.taken++;
    open--;
  }
  return chosen
    .flatMap(({ rows, taken }) => spread(rows.length, taken).map((at) => rows[at]!))
    .sort((a, b) => a - b);
}

/** `count` numbers from 0 to `size` − 1 with the same distance. */
const spread = (size: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.floor((i * size) / count));

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
