import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { HandlerFault, IntegrationReport } from './index.js';

/** Runs as users run it: in a Node process of its own, on compiled code with source maps. */
async function inNode<T>(script: string, fixture: string): Promise<T> {
  const path = fileURLToPath(new URL(`../test/fixtures/${fixture}.integration.js`, import.meta.url));
  const code =
    `import * as sdk from ${JSON.stringify(new URL('./index.js', import.meta.url).href)}; const path = ` +
    `${JSON.stringify(path)}; console.log(JSON.stringify(await (async () => { ${script} })()));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    maxBuffer: 1 << 24,
  });
  return JSON.parse(stdout) as T;
}
const formatPlace = ({ file, line }: Pick<HandlerFault, 'file' | 'line'>) =>
  `${file?.split('/').at(-1)}:${line}`;

it(
  'names file and line in the TypeScript source: of the throw, and of the handler when its answer is ' +
    'wrong',
  async () => {
    const report = await inNode<IntegrationReport>(
      'return sdk.checkIntegration(await sdk.loadIntegration(path), { samples: Infinity });',
      'faulty',
    );
    const faults = Object.fromEntries(report.handlers.map((h) => [h.name, h.faults]));
    expect(faults['image']).toHaveLength(1);
    expect(faults['image']![0]).toMatchObject({
      reason: 'HANDLER_THREW',
      sample: { split: 'training', id: '4321' },
    });
    expect(formatPlace(faults['image']![0]!)).toBe('faulty.integration.ts:4');
    expect(faults['broken']![0]).toMatchObject({ reason: 'METADATA_INVALID', sample: { id: '18' } });
    expect(formatPlace(faults['broken']![0]!)).toBe('faulty.integration.ts:17');
    expect(faults['picture']![0]).toMatchObject({ reason: 'VISUAL_INVALID' });
    expect(formatPlace(faults['picture']![0]!)).toBe('faulty.integration.ts:20');
    expect(report.summary).toBe('3 faults in input "image", metadata "broken", visualizer "picture".');
  },
);

it.each([
  ['unloadable', 'INTEGRATION_LOAD_FAILED', 'unloadable.integration.ts:2'],
  ['missing', 'INTEGRATION_LOAD_FAILED', 'undefined:undefined'],
])('a module that is %s is refused with %s', async (fixture, reason, place) => {
  const fault = await inNode<{ reason: string; metadata: { file?: string; line?: number } }>(
    'try { await sdk.loadIntegration(path); } catch (e) { return { reason: e.reason, metadata: ' +
      'e.metadata }; }',
    fixture,
  );
  expect(fault.reason).toBe(reason);
  expect(formatPlace(fault.metadata)).toBe(place);
});
