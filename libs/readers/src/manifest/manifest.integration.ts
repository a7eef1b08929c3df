import { readFile, realpath } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import {
  type Awaitable,
  defineIntegration,
  type Encoder,
  type Integration,
  type MetadataHandler,
  type MetadataValue,
  type SampleContext,
  type SplitName,
  type Visualizer,
  withBatches,
} from '@noema/integration';
import { DomainError, type Vocabulary } from '@noema/kernel';
import { ENCODERS } from '../encoders/encoder.registry.js';
import type { EncoderContext } from '../encoders/encoder.js';
import { FileTree, pathInvalid } from '../files/file-tree.js';
import { READERS } from '../readers/reader.registry.js';
import type { Cell, Records, Row } from '../records.js';
import { placeVisuals } from '../visuals/placed-visuals.js';
import { columnsOfVisual, type PlacedVisual, showRecord } from '../visuals/record-visual.js';
import { batchEncoder } from './manifest.batches.js';
import type { EncoderSpec, Manifest } from './manifest.js';
import { toHandlerName } from './names.js';
import { parseManifest } from './manifest.file.js';
import { assignSplits, type SplitIndexes } from './population.splits.js';

/** Data by which the handlers of a split find their sample. */
export interface SplitData {
  readonly records: Records;
  readonly indexes: Int32Array;
}

/**
 * Loads a manifest (`noema.yaml`) as an integration, which reads the files that it names. Throws `invalid`
 * MANIFEST_INVALID with lines, DATA_PATH_INVALID for files outside of the manifest's folder.
 */
export async function loadManifest(path: string): Promise<Integration> {
  const file = await realpath(path).catch(() => {
    throw pathInvalid(path, 'does not exist, or cannot be read');
  });
  return manifestIntegration(parseManifest(await readFile(file, 'utf8'), path), dirname(file));
}

/** The columns of the records that an encoder reads. */
export const listEncodedColumns = (spec: EncoderSpec): readonly string[] =>
  ENCODERS.get(spec.encoder).columns(spec as never);

/**
 * The integration of a manifest whose paths are relative to `folder`. `texts` are files next to the manifest that
 * are not written yet, by their names.
 */
export async function manifestIntegration(
  manifest: Manifest,
  folder: string,
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<Integration> {
  const tree = await FileTree.open(inside(folder, manifest.source.path));
  const context: EncoderContext = {
    tree,
    readText: async (name) => texts.get(name) ?? readBeside(folder, name),
  };
  const fields = new FieldCheck();
  const inputs = await encoders(manifest.inputs, context, fields);
  const groundTruths = await encoders(manifest.ground_truths, context, fields);
  const vocabularies = await listVocabularies(manifest.inputs, context);
  for (const spec of Object.values(manifest.visuals)) fields.need(columnsOfVisual(spec));
  const { group } = manifest.splits;
  // Insights read the groups from the metadata of the samples.
  const listed =
    group === undefined || manifest.metadata.includes(group)
      ? manifest.metadata
      : [...manifest.metadata, group];
  fields.need(listed);
  const classes = Object.entries(manifest.ground_truths).find(([, spec]) => classNames(spec) !== undefined);
  const metadata = columnNames(listed);
  const integration = defineIntegration<SplitData>({
    name: manifest.name,
    preprocess: async () => {
      const records = await READERS.get(manifest.source.reader).open(tree);
      fields.check(records);
      const splits = await assignSplits(records, manifest, manifest.source.part);
      return Object.fromEntries(
        [...splits].map(([name, { indexes, ids }]: [SplitName, SplitIndexes]) => [
          name,
          { length: indexes.length, ids, data: { records, indexes } },
        ]),
      );
    },
    inputs,
    vocabularies,
    groundTruths,
    metadata: Object.fromEntries(
      metadata.map(([name, column]): [string, MetadataHandler<SplitData>] => [
        name,
        (sample) => withRow(sample, (row) => metadataValue(row[column] ?? null)),
      ]),
    ),
    ...(group !== undefined && { group: metadata.find(([, column]) => column === group)![0] }),
    visualizers: await visualizers(placeVisuals(manifest), context),
    ...(classes === undefined
      ? {}
      : {
          predictions: {
            labels: classNames(classes[1])!,
            groundTruth: classes[0],
            multiLabel: ENCODERS.get(classes[1].encoder).multiLabel?.(classes[1] as never) === true,
          },
        }),
  });
  const encode = batchEncoder(manifest, { columns: metadata, value: metadataValue });
  return encode === undefined ? integration : withBatches(integration, encode);
}

/** Columns that the manifest names, checked once the records are open. */
class FieldCheck {
  private readonly needed = new Set<string>();

  need(columns: readonly string[]): void {
    for (const column of columns) this.needed.add(column);
  }

  check({ fields }: Records): void {
    const known = fields.map(({ name }) => name);
    const missing = [...this.needed].filter((column) => !known.includes(column));
    if (missing.length > 0)
      throw new DomainError(
        'invalid',
        'COLUMN_UNKNOWN',
        `the data have no column ${missing.map((name) => `"${name}"`).join(', ')}; they have: ${known.join(', ')}`,
        { metadata: { file: 'noema.yaml', column_name: missing[0]! } },
      );
  }
}

async function encoders(
  specs: Readonly<Record<string, EncoderSpec>>,
  context: EncoderContext,
  fields: FieldCheck,
): Promise<Record<string, Encoder<SplitData>>> {
  const made: Record<string, Encoder<SplitData>> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const kind = ENCODERS.get(spec.encoder);
    fields.need(listEncodedColumns(spec));
    const encode = await kind.create(spec as never, context);
    made[name] = (sample) => withRow(sample, encode);
  }
  return made;
}

async function listVocabularies(
  specs: Readonly<Record<string, EncoderSpec>>,
  context: EncoderContext,
): Promise<Record<string, Vocabulary>> {
  const stated: Record<string, Vocabulary> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const vocabulary = await ENCODERS.get(spec.encoder).vocabulary?.(spec as never, context);
    if (vocabulary !== undefined) stated[name] = vocabulary;
  }
  return stated;
}

async function visualizers(
  specs: readonly [string, PlacedVisual][],
  context: EncoderContext,
): Promise<Record<string, Visualizer<SplitData>>> {
  const made: Record<string, Visualizer<SplitData>> = {};
  for (const [name, spec] of specs) {
    const show = await showRecord(spec, context);
    made[name] = (sample) => withRow(sample, show);
  }
  return made;
}

const classNames = (spec: EncoderSpec): readonly string[] | undefined =>
  ENCODERS.get(spec.encoder).classNames?.(spec as never);

/** The record that was read last, by its records: all handlers of a sample need it, one after another. */
const last = new WeakMap<Records, { readonly index: number; readonly row: Row }>();

function withRow<T>(
  { data, index }: SampleContext<SplitData>,
  use: (row: Row) => Awaitable<T>,
): Awaitable<T> {
  const { records, indexes } = data;
  const at = indexes[index]!;
  const known = last.get(records);
  if (known?.index === at) return use(known.row);
  const row = records.row(at);
  const keep = (found: Row): Awaitable<T> => {
    last.set(records, { index: at, row: found });
    return use(found);
  };
  return row instanceof Promise ? row.then(keep) : keep(row);
}

const MAX_TEXT = 1_000;

function metadataValue(cell: Cell): MetadataValue {
  if (typeof cell === 'string') return cell.length > MAX_TEXT ? `${cell.slice(0, MAX_TEXT - 1)}…` : cell;
  return typeof cell === 'object' && cell !== null ? ('path' in cell ? cell.path : null) : cell;
}

/** Names of handlers for columns; a second one of a name gets a number. */
function columnNames(columns: readonly string[]): [string, string][] {
  const taken = new Set<string>();
  return columns.map((column) => {
    const plain = toHandlerName(column);
    let name = plain;
    for (let n = 2; taken.has(name); n++) name = `${plain}_${n}`;
    taken.add(name);
    return [name, column];
  });
}

function readBeside(folder: string, name: string): Promise<string> {
  return readFile(inside(folder, name), 'utf8').catch((error: unknown) => {
    if (error instanceof DomainError) throw error;
    throw pathInvalid(name, 'which the manifest names, does not lie next to it, or cannot be read');
  });
}

function inside(folder: string, path: string): string {
  const found = resolve(folder, path);
  if (found !== folder && !found.startsWith(folder.endsWith(sep) ? folder : folder + sep))
    throw pathInvalid(path, 'leads out of the folder of the manifest');
  return found;
}
