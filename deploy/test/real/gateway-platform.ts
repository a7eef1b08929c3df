import { fileURLToPath } from 'node:url';
import type { WalkPlatform } from './digit-walk.js';
import type { RealNode } from './real-node.js';

/** Program of the command line. */
export const NOEMA = fileURLToPath(new URL('../../../../apps/cli/dist/src/main.js', import.meta.url));
const PATIENCE_MS = 180_000;
/**
 * Prints the JSON of a GET: `node --eval FETCH url key patience`. Repeats a request
 * whose connection fails or whose status asks for it.
 */
const FETCH = `const [url, key, patienceMs] = process.argv.slice(1);
const end = performance.now() + Number(patienceMs);
(async () => {
  for (;;) {
    const headers = { authorization: 'Bearer ' + key };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch((error) => ({ status: 0, text: String(error.cause ?? error) }));
    if (answer.status === 200) return console.log(answer.text);
    if (![0, 429, 502, 503, 504].includes(answer.status) || performance.now() > end)
      throw new Error('status ' + answer.status + ' ' + answer.text);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
})();`;

/** A platform that keeps every response with status 500. */
export interface PatientPlatform extends WalkPlatform {
  readonly internalErrors: string[];
}

/** The address of the gateway of a release in the node. */
export const gatewayAddress = (node: RealNode): Promise<string> =>
  node
    .kubectl([
      ...['get', 'service', 'noema-gateway', '-n', 'noema', '-o'],
      'jsonpath={.spec.clusterIP}:{.spec.ports[?(@.name=="http")].port}',
    ])
    .then((host) => `http://${host}`);

/** Runs a program to its end and returns its output. */
export type Run = (program: string, args: readonly string[]) => Promise<string>;

/** The platform at an address, by programs that `run` starts; reads are repeated until the patience ends. */
export const platformAt = (url: string, key: string, run: Run, patienceMs = 0): WalkPlatform => ({
  noema: (...args) => run('node', [NOEMA, '--url', url, '--key', key, ...args]),
  get: async (path) =>
    JSON.parse(await run('node', ['--eval', FETCH, `${url}${path}`, key, String(patienceMs)])) as unknown,
});

/** The installation of the node, whose reads are repeated for some minutes while its gateway is unavailable. */
export async function patientPlatform(node: RealNode, key: string): Promise<PatientPlatform> {
  const platform = platformAt(await gatewayAddress(node), key, node.run, PATIENCE_MS);
  const internalErrors: string[] = [];
  return {
    ...platform,
    internalErrors,
    get: async (path) => {
      try {
        return (await platform.get(path)) as unknown;
      } catch (error) {
        if (String(error).includes('status 500')) internalErrors.push(`${path}: ${String(error)}`);
        throw error;
      }
    },
  };
}
