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

/** From digits in a folder to a map, similar samples and heat maps, as a member types it. */
export async function walkDigits({ noema, get }: WalkPlatform, folder: string): Promise<DigitWalk> {
  const inProject = (...args: string[]): Promise<string> => noema('--project', PROJECT, ...args);
  await noema('projects', 'create', PROJECT);
  await inProject('datasets', 'open', join(folder, 'digits'), '--name', NAME, '--yes');
  await inProject('models', 'create', join(folder, 'network.json'), '--name', NAME, '--seed', '7');
  const named = ['--dataset', NAME, '--model', NAME, '--name', NAME];
  const training = ['--epochs', String(EPOCHS), '--seed', '7', '--optimizer', 'adam', '--watch'];
  await inProject('runs', 'create', ...named, ...training);
  const { projects } = await get('/v1/projects');
  const project = projects.find((one: any) => one.displayName === PROJECT);
  const { runs } = await get(`/v1/projects/${project.id}/runs`);
  const run = runs[0];
  const maps = await waitFor(
    async () => {
      const { explorations } = await get(`/v1/projects/${project.id}/explorations?run_id=${run.id}`);
      return explorations?.length === EPOCHS && explorations.every(hasEnded) ? explorations : undefined;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: 1_000, what: `the ${EPOCHS} maps of the digits` },
  );
  const artifacts = new Map<string, string>();
  const { epochs } = await get(`/v1/runs/${run.id}/epochs`);
  for (const epoch of epochs) addHashes(artifacts, `epoch ${epoch.epoch}`, epoch);
  for (const map of maps) {
    addHashes(artifacts, `map ${map.epoch}`, map);
    const { shards } = await get(`/v1/activation-sets/${map.activationSetId}/shards`);
    addHashes(artifacts, `vectors ${map.epoch}`, shards);
    addHashes(artifacts, `neighbors ${map.epoch}`, await get(`/v1/neighbor-graphs/${map.neighborGraphId}`));
  }
  const { samples } = await get(
    `/v1/dataset-versions/${run.datasetVersionId}/samples?page_size=1000&filter=split%20%3D%20validation`,
  );
  const { sampleId } = samples[0].ref;
  const similar = JSON.parse(await inProject('--json', 'similar', NAME, `validation/${sampleId}`, '-k', '8'));
  await inProject('analyze', NAME, `validation/${sampleId}`);
  return {
    artifacts,
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
