import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { model, readDigits, SIDE, splitDigits } from '@noema/example-mnist';
import { hasEnded, waitFor } from '@noema/testing';

const [PROJECT, NAME] = ['digits', 'digits'];
const EPOCHS = 2;
const PATIENCE_MS = 600_000;

/** One platform as a member of a team reaches it. */
export interface WalkPlatform {
  /** Runs the command line against it and returns its output. */
  readonly noema: (...args: string[]) => Promise<string>;
  /** JSON of a GET by REST. */
  readonly get: (path: string) => Promise<any>;
}

/** Results of a walk, which are the same on every platform. */
export interface DigitWalk {
  /** SHA-256 of weights, evaluations, vectors, coordinates and neighbours, by their names. */
  readonly artifacts: ReadonlyMap<string, string>;
  /** Samples most similar to the first one of validation. */
  readonly similar: readonly string[];
}

/** Writes the 10,000 digits as IDX files, as MNIST comes, and the network as a file. */
export async function writeDigits(folder: string): Promise<void> {
  const { training, validation } = splitDigits(readDigits());
  const data = join(folder, 'digits');
  await mkdir(data, { recursive: true });
  for (const [prefix, digits] of [
    ['train', training],
    ['val', validation],
  ] as const) {
    const pixels = Buffer.concat(digits.map((digit) => digit.pixels));
    const labels = Buffer.from(digits.map(({ label }) => label));
    await writeFile(join(data, `${prefix}-images-idx3-ubyte`), idx([digits.length, SIDE, SIDE], pixels));
    await writeFile(join(data, `${prefix}-labels-idx1-ubyte`), idx([digits.length], labels));
  }
  await writeFile(join(folder, 'network.json'), JSON.stringify(model));
}

/** Format of LeCun's files: a zero, the type (8, bytes), the number of sizes, the sizes, the bytes. */
function idx(sizes: readonly number[], bytes: Buffer): Buffer {
  const head = Buffer.alloc(4 + 4 * sizes.length);
  head.writeUInt32BE(0x0800 + sizes.length);
  for (const [at, size] of sizes.entries()) head.writeUInt32BE(size, 4 + 4 * at);
  return Buffer.concat([head, bytes]);
}

/** A training run of the digits. */
export interface DigitRun {
  readonly id: string;
  readonly projectId: string;
  readonly datasetVersionId: string;
  readonly createTime: string;
  readonly epochs: number;
}

/** The maps of a run and what they were computed from. */
export interface RunArtifacts {
  /** SHA-256 of weights, evaluations, vectors, coordinates and neighbours, by their names. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Time at which the last map was finished, in milliseconds. */
  readonly endMs: number;
}

const inProject = ({ noema }: WalkPlatform, ...args: string[]): Promise<string> =>
  noema('--project', PROJECT, ...args);

/** Creates the project, the dataset and the model from the files of a folder, as a member types it. */
export async function openDigits(platform: WalkPlatform, folder: string): Promise<void> {
  await platform.noema('projects', 'create', PROJECT);
  await inProject(platform, 'datasets', 'open', join(folder, 'digits'), '--name', NAME, '--yes');
  await inProject(platform, 'models', 'create', join(folder, 'network.json'), '--name', NAME, '--seed', '7');
}

/** Creates a run of the digits, always with the same seed. */
export async function createDigitRun(
  platform: WalkPlatform,
  name = NAME,
  epochs = EPOCHS,
): Promise<DigitRun> {
  const named = ['--dataset', NAME, '--model', NAME, '--name', name];
  const training = ['--epochs', String(epochs), '--seed', '7', '--optimizer', 'adam'];
  await inProject(platform, 'runs', 'create', ...named, ...training);
  return findDigitRun(platform, name);
}

/** Finds a run of the digits by its name. Throws when there is none, or more than one. */
export async function findDigitRun({ get }: WalkPlatform, name = NAME): Promise<DigitRun> {
  const { projects } = await get('/v1/projects');
  const project = projects.find((one: any) => one.displayName === PROJECT);
  const { runs } = await get(`/v1/projects/${project.id}/runs?page_size=1000`);
  const named = runs.filter((one: any) => one.displayName === name);
  if (named.length !== 1) throw new Error(`${named.length} runs have the name ${name}`);
  const [{ id, datasetVersionId, createTime, settings }] = named;
  return { id, projectId: project.id, datasetVersionId, createTime, epochs: settings.epochs };
}

/** Waits until the run has a map of each epoch. Throws when a map failed, or an epoch has two. */
export async function waitForMaps(
  { get }: WalkPlatform,
  { id, projectId, epochs }: DigitRun,
  patienceMs = PATIENCE_MS,
): Promise<any[]> {
  const maps = await waitFor(
    async () => {
      const run = await get(`/v1/runs/${id}`);
      if (run.run.state === 'RUN_STATE_FAILED') return [run.run];
      const { explorations } = await get(`/v1/projects/${projectId}/explorations?run_id=${id}`);
      return explorations?.length >= epochs && explorations.every(hasEnded) ? explorations : undefined;
    },
    { timeoutMs: patienceMs, intervalMs: 1_000, what: `the ${epochs} maps of run ${id}` },
  );
  const failed = maps.filter(({ state }: any) => !state.endsWith('_SUCCEEDED'));
  if (failed.length > 0) throw new Error(`run ${id} has failures: ${JSON.stringify(failed)}`);
  const mapped = maps.map(({ epoch }: any) => epoch).sort((a: number, b: number) => a - b);
  if (String(mapped) !== String(Array.from({ length: epochs }, (_, i) => i + 1)))
    throw new Error(`run ${id} of ${epochs} epochs has maps of epochs ${String(mapped)}`);
  return maps;
}

/** Waits for the maps of a run and collects the hashes of all its artifacts. */
export async function collectArtifacts(
  platform: WalkPlatform,
  run: DigitRun,
  patienceMs?: number,
): Promise<RunArtifacts> {
  const { get } = platform;
  const maps = await waitForMaps(platform, run, patienceMs);
  const hashes = new Map<string, string>();
  const { epochs } = await get(`/v1/runs/${run.id}/epochs`);
  const numbers = epochs.map(({ epoch }: any) => epoch);
  if (numbers.length !== run.epochs || new Set(numbers).size !== run.epochs)
    throw new Error(`run ${run.id} of ${run.epochs} epochs has the epochs ${String(numbers)}`);
  for (const epoch of epochs) addHashes(hashes, `epoch ${epoch.epoch}`, epoch);
  for (const map of maps) {
    addHashes(hashes, `map ${map.epoch}`, map);
    const { shards } = await get(`/v1/activation-sets/${map.activationSetId}/shards`);
    addHashes(hashes, `vectors ${map.epoch}`, shards);
    addHashes(hashes, `neighbors ${map.epoch}`, await get(`/v1/neighbor-graphs/${map.neighborGraphId}`));
  }
  return { hashes, endMs: Math.max(...maps.map(({ readyTime }: any) => Date.parse(readyTime))) };
}

/** From digits in a folder to a map, similar samples and heat maps, as a member types it. */
export async function walkDigits(platform: WalkPlatform, folder: string): Promise<DigitWalk> {
  await openDigits(platform, folder);
  const run = await createDigitRun(platform);
  await inProject(platform, 'runs', 'watch', NAME);
  const { hashes } = await collectArtifacts(platform, run);
  const { samples } = await platform.get(
    `/v1/dataset-versions/${run.datasetVersionId}/samples?page_size=1000&filter=split%20%3D%20validation`,
  );
  const { sampleId } = samples[0].ref;
  const similar = JSON.parse(
    await inProject(platform, '--json', 'similar', NAME, `validation/${sampleId}`, '-k', '8'),
  );
  await inProject(platform, 'analyze', NAME, `validation/${sampleId}`);
  return {
    artifacts: hashes,
    similar: JSON.stringify(similar).match(/"sampleId":\s*"[^"]+"/g) ?? [],
  };
}

/** Adds the hash of every artifact in an answer, under the path of its field. */
function addHashes(found: Map<string, string>, path: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value))
    if (key === 'sha256' && typeof part === 'string') found.set(path, part);
    else addHashes(found, `${path} ${key}`, part);
}

/** Throws when two runs have not the same artifacts, by their names, with the same bits. */
export function checkSameArtifacts(
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
  where: string,
): void {
  const differences = [...expected].filter(([name, sha256]) => found.get(name) !== sha256);
  if (differences.length > 0 || expected.size !== found.size)
    throw new Error(
      `${differences.length} of ${expected.size} artifacts (${found.size} ${where}) differ: ` +
        differences.map(([name]) => name).join(', '),
    );
}
