import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type DigitWalk, walkDigits, type WalkPlatform, writeDigits } from './digit-walk.js';
import type { RealNode } from './real-node.js';

const NOEMA = fileURLToPath(new URL('../../../../apps/cli/dist/src/main.js', import.meta.url));
/** Prints the JSON of a GET: `node --eval FETCH url key`. */
const FETCH = `const [url, key] = process.argv.slice(1);
fetch(url, { headers: { authorization: 'Bearer ' + key } }).then(async (answer) => {
  const text = await answer.text();
  if (!answer.ok) throw new Error(answer.status + ' ' + text);
  console.log(text);
});`;

const execute = promisify(execFile);
const onThisMachine = async (program: string, args: readonly string[]): Promise<string> =>
  (await execute(program, args, { maxBuffer: 2 ** 26 })).stdout;

/** The platform at an address, by programs that `run` starts. */
const platformAt = (url: string, key: string, run: typeof onThisMachine): WalkPlatform => ({
  noema: (...args) => run('node', [NOEMA, '--url', url, '--key', key, ...args]),
  get: async (path) => JSON.parse(await run('node', ['--eval', FETCH, `${url}${path}`, key])) as unknown,
});

/**
 * Walks from 10,000 digits to heat maps through the gateway of the node, by the command line, and once more on the
 * embedded platform of this machine. Throws when the artifacts differ in a bit. Returns the number of artifacts.
 */
export async function walkCheck(node: RealNode, key: string): Promise<string> {
  const folder = join(node.directory, 'walk');
  await mkdir(folder, { recursive: true });
  await writeDigits(folder);
  const address = ['get', 'service', 'noema-gateway', '-n', 'noema', '-o'];
  const host = await node.kubectl([
    ...address,
    'jsonpath={.spec.clusterIP}:{.spec.ports[?(@.name=="http")].port}',
  ]);
  const inPods = await walkDigits(platformAt(`http://${host}`, key, node.run), folder);
  const here = await walkHere(folder);
  const differences = [...here.artifacts].filter(([name, sha256]) => inPods.artifacts.get(name) !== sha256);
  if (differences.length > 0 || here.artifacts.size !== inPods.artifacts.size)
    throw new Error(
      `${differences.length} of ${here.artifacts.size} artifacts (${inPods.artifacts.size} in pods) differ: ` +
        differences.map(([name]) => name).join(', '),
    );
  if (here.similar.length === 0 || String(here.similar) !== String(inPods.similar))
    throw new Error(
      `similar samples differ: ${String(here.similar)} and, in pods, ${String(inPods.similar)}`,
    );
  return `${here.artifacts.size} artifacts have the same bits, ${here.similar.length} similar samples are the same`;
}

async function walkHere(folder: string): Promise<DigitWalk> {
  const noema = (...args: string[]): Promise<string> =>
    onThisMachine('node', [NOEMA, '--data-dir', join(folder, 'platform'), ...args]);
  await noema('up', '--port', '0');
  try {
    const { url } = JSON.parse(await noema('--json', 'status')) as { readonly url: string };
    const { api_key: key } = JSON.parse(
      await readFile(join(folder, 'platform/credentials.json'), 'utf8'),
    ) as { readonly api_key: string };
    return await walkDigits(platformAt(url, key, onThisMachine), folder);
  } finally {
    await noema('down');
  }
}
