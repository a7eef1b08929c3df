import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunKind } from '@noema/contracts/noema/training/v1/run';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { DomainError, isRetryable } from '@noema/kernel';
import { type CellRecord, fetchRecord, type ToAddress } from './cell.record.js';
import type { Cell } from './cells.js';
import { complaints } from './criteria.js';
import { printManifest, proposeManifest } from '@noema/readers';
import type { Figures, FileReading, ZooReferee } from './referee.js';
import { readStoredData, type StoredData } from './stored-data.integration.js';
import type { ZooPlatform } from './zoo-platform.js';

const ATTEMPTS = 3;
const SPLITS = {
  training: Split.TRAINING,
  validation: Split.VALIDATION,
  unlabeled: Split.UNLABELED,
} as const;

/** A data kind that is stored and ingested. */
export interface IngestedKind {
  readonly kind: string;
  readonly folder: string;
  readonly stored: StoredData;
  readonly projectId: string;
  readonly datasetVersionId: string;
}

export interface CellResult {
  readonly cell: Cell;
  readonly complaints: readonly string[];
  readonly seconds: number;
  readonly figures?: Figures;
  readonly heat?: CellRecord['heat'];
  /** Share of the validation samples that are predicted right; absent where nothing is classified. */
  readonly accuracy?: number;
}

/** The tools of the cells of the zoo. */
export interface ZooContext {
  readonly platform: ZooPlatform;
  readonly referee: ZooReferee;
  readonly cache: string;
  readonly training: { readonly epochs: number; readonly batchSize: number; readonly learningRate: number };
  /** Samples of a cell that are explained. */
  readonly explained: number;
}

/** Has the referee store a data kind, and ingests it into a project of its own. */
export async function ingestKind(
  { platform, referee, cache }: Omit<ZooContext, 'explained'>,
  kind: string,
): Promise<IngestedKind> {
  const folder = join(cache, 'data', kind);
  const { files } = await referee.storeData(kind, folder);
  const module = files === undefined ? await writeModule(folder) : await proposeFiles(kind, folder, files);
  if (files !== undefined) await referee.readFiles(kind, folder);
  const projectId = await platform.createProject(kind);
  return {
    kind,
    folder,
    stored: readStoredData(folder),
    projectId,
    datasetVersionId: await platform.ingest(projectId, kind, module),
  };
}

async function writeModule(folder: string): Promise<string> {
  const module = join(folder, 'integration.mjs');
  await writeFile(
    module,
    'import { storedIntegration } from ' +
      `${JSON.stringify(new URL('./stored-data.integration.js', import.meta.url).href)};\nexport const ` +
      `integration = storedIntegration(${JSON.stringify(folder)});\n`,
  );
  return module;
}

/** Proposes a manifest and a network for files, as `noema datasets open` does; gives the path of the manifest. */
async function proposeFiles(kind: string, folder: string, { reader, truth }: FileReading): Promise<string> {
  const place = join(folder, 'files');
  const { manifest, files, network } = await proposeManifest(place, kind, {
    ...(reader !== null && { reader }),
    ...(truth !== null && { truth }),
  });
  const path = join(place, 'noema.yaml');
  for (const [name, text] of files) await writeFile(join(place, name), text);
  await writeFile(path, printManifest(manifest));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'proposed.json'), JSON.stringify(network));
  return path;
}

/**
 * Takes one cell through the platform and has the referee recompute it. Never throws: what fails is a
 * complaint.
 */
export async function runCell(context: ZooContext, data: IngestedKind, network: string): Promise<CellResult> {
  const cell = { kind: data.kind, network };
  const started = Date.now();
  const seconds = () => (Date.now() - started) / 1000;
  for (let attempt = 1; ; attempt++) {
    try {
      const { figures, heat, accuracy } = await measureCell(context, data, { network, attempt });
      return {
        cell,
        figures,
        heat,
        ...(accuracy !== undefined && { accuracy }),
        complaints: complaints(figures, heat),
        seconds: seconds(),
      };
    } catch (error) {
      // A platform that says "unavailable, ask again" on a busy machine is asked again, as its clients do.
      if (attempt === ATTEMPTS || !(error instanceof DomainError && isRetryable(error)))
        return { cell, complaints: [(error as Error).message], seconds: seconds() };
    }
  }
}

async function measureCell(
  { platform, referee, cache, training, explained }: ZooContext,
  { kind, folder: data, stored, projectId, datasetVersionId }: IngestedKind,
  { network, attempt }: { network: string; attempt: number },
): Promise<Pick<Required<CellResult>, 'figures' | 'heat'> & Pick<CellResult, 'accuracy'>> {
  const folder = join(cache, 'networks', kind, network);
  const record = join(cache, 'records', kind, network);
  await mkdir(record, { recursive: true });
  const { file, trains, logits } = await referee.writeNetwork({ kind, network, data, folder });
  const modelVersionId = await platform.addModel(
    projectId,
    attempt === 1 ? network : `${network} ${attempt}`,
    file,
    logits,
  );
  const run = await platform.run(projectId, datasetVersionId, modelVersionId, {
    ...(trains
      ? {
          kind: RunKind.TRAIN,
          epochs: training.epochs,
          batchSize: training.batchSize,
          seed: 1,
          optimizer: { name: 'adam', config: { learning_rate: training.learningRate } },
        }
      : { kind: RunKind.EVALUATE }),
  });
  const said = await fetchRecord(platform, { ...run, explained, toAddress: addressing(stored) });
  if (said.lossName !== stored.loss)
    throw new Error(`the loss that followed is "${said.lossName}", not "${stored.loss}"`);
  const accuracy = said.splits.find(({ split }) => split === 'validation')?.metrics['accuracy'];
  return {
    figures: await referee.check({ kind, network, folder, record }, said),
    heat: said.heat,
    ...(accuracy !== undefined && { accuracy }),
  };
}

/** Rows count through the splits in their order. */
function addressing({ splits, ids }: StoredData): ToAddress {
  return (row) => {
    let first = 0;
    for (const [split, length] of Object.entries(splits)) {
      if (row < first + length)
        return { split: SPLITS[split as keyof typeof SPLITS], sampleId: ids?.[row] ?? `r${row}` };
      first += length;
    }
    throw new Error(`there is no row ${row}`);
  };
}
