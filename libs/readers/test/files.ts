import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  checkIntegration,
  type EncodedSample,
  type Integration,
  planPopulation,
  SampleEncoder,
} from '@noema/integration';
import sharp, { type Sharp } from 'sharp';
import { manifestIntegration } from '../src/manifest/manifest.integration.js';
import type { ProposeOptions } from '../src/manifest/proposal/draft.js';
import { proposeManifest } from '../src/manifest/propose.js';

const folders: string[] = [];

/** A folder with files by path. */
export function writeFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'noema-readers-'));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A picture of one color, in the format that `finish` gives it. */
export const picture = (
  [r, g, b]: readonly [number, number, number],
  finish: (picture: Sharp) => Sharp,
  width = 12,
  height = 10,
): Promise<Buffer> =>
  finish(sharp({ create: { width, height, channels: 3, background: { r, g, b } } })).toBuffer();

/** Writes the rows of a query as a Parquet file. */
export async function writeParquet(path: string, query: string, huggingFace?: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const stated =
    huggingFace === undefined ? '' : `, KV_METADATA {huggingface: '${huggingFace.replaceAll("'", "''")}'}`;
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet${stated})`);
  connection.closeSync();
  instance.closeSync();
}

/** The samples of files, by split and id, opened as `noema datasets open` does. */
export async function openFiles(path: string, options: ProposeOptions = {}) {
  const proposal = await proposeManifest(path, 'data', options);
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  for (const [name, text] of proposal.files) writeFileSync(join(folder, name), text);
  const integration = await manifestIntegration(proposal.manifest, folder);
  return { proposal, integration, samples: await encodeSamples(integration) };
}

async function encodeSamples(integration: Integration): Promise<Map<string, EncodedSample>> {
  const population = await planPopulation(integration);
  const encoder = new SampleEncoder(integration);
  const samples = new Map<string, EncodedSample>();
  for (let row = 0; row < population.size; row++) {
    const sample = population.sampleAt(row);
    samples.set(`${sample.split}/${sample.id}`, await encoder.encode(sample));
  }
  return samples;
}

export const checkSamples = (integration: Integration) => checkIntegration(integration, { samples: 8 });
