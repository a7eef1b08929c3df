import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlatformState } from '@noema/standalone';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema, noemaJson } from '../src/command-line.js';
import { type CodeBlock, codeBlocks } from '../src/documents/code-blocks.js';
import { DocumentReader } from '../src/documents/reader.js';
import { startFresh } from '../src/fresh-platform.js';

const read = (path: string) => readFile(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');
const document = async (name: string) => codeBlocks(await read(`docs/${name}`));
const data = await document('your-own-data.md');
const model = await document('your-own-model.md');
const grpc = await document('grpc.md');
const readme = await read('README.md');

/** Output of a block that fetches from a registry, or why it cannot be had here. */
interface Fetched {
  readonly printed: string;
  readonly lacking?: string;
}

/**
 * Fetched while the platform starts and the other documents are followed: it takes minutes where nothing is
 * cached.
 */
const fetched = new Map<CodeBlock, Promise<Fetched>>();

async function fetchAll(): Promise<void> {
  const person = await DocumentReader.in(join(folder.path, 'grpc'), platform.path);
  for (const block of grpc.filter(({ text }) => /\b(pip|go) (install|get)\b/.test(text))) {
    fetched.set(
      block,
      person.follow(block).then(
        (printed) => ({ printed }),
        (error: unknown) => ({
          printed: '',
          lacking: `cannot be fetched here: ${String(error).slice(0, 400)}`,
        }),
      ),
    );
  }
}

/** A metric with types of the SDK; the last line of its body is an error that only known types have. */
const TYPED = `import type { EvaluatedSample } from '@noema/integration';
import { averagePrecision, type Detections, nms, selectDetections, type Truths } from '@noema/integration/detection';

export function precision(_: EvaluatedSample<unknown>, truths: Truths, detections: Detections): number {
  const kept: Detections = selectDetections(detections, nms(detections, { iouThreshold: 0.45 }));
  const mean: number | null = averagePrecision(truths, kept).meanAveragePrecision;
  // @ts-expect-error boxes have no columns of this name
  return mean ?? kept.boxes.left;
}
`;

let platform: Awaited<ReturnType<typeof temporaryDirectory>>;
let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
let reader: DocumentReader;

beforeAll(async () => {
  [platform, folder] = [await temporaryDirectory(), await temporaryDirectory()];
  await fetchAll();
  await startFresh(platform.path);
  reader = await DocumentReader.in(folder.path, platform.path);
});
afterAll(async () => {
  await noema(platform.path, 'down');
  await Promise.all(fetched.values());
  await Promise.all([platform.remove(), folder.remove()]);
}, 600_000);

describe('docs/your-own-data.md', () => {
  it.each(data)(
    'its block of line $line can be followed',
    async (block) => {
      await reader.follow(block);
    },
    600_000,
  );
  it('has the types of the packed SDK', async () => {
    await writeFile(join(reader.folder, 'typed.ts'), TYPED);
    const compiler = '"$NOEMA/node_modules/typescript7/bin/tsc"';
    const text = `node ${compiler} --noEmit --strict --module nodenext --types "" typed.ts`;
    await reader.follow({ language: 'sh', file: '', section: '', line: 0, text });
  });
  it('leaves what it promises', async () => {
    const versions = await noemaJson<{ displayName: string; sampleCount: number }[]>(
      platform.path,
      'datasets',
      'list',
    );
    expect(versions.map((v) => [v.displayName, v.sampleCount])).toEqual(
      expect.arrayContaining([
        ['shapes', 120],
        ['pictures', 120],
        ['parcels', 200],
        ['sensors', 200],
        ['notes', 220],
        ['objects', 200],
      ]),
    );
  });
});

/** Files that scripts would have written that did not run, with the package that was missing. */
const unwritten = new Map<string, string>();

/** The package that a block of Python needs, or one whose files it reads, and this machine lacks. */
async function missing({ text }: { readonly text: string }): Promise<string | undefined> {
  const scripts = [...text.matchAll(/^python3 (\S+)/gm)].flatMap(([, name]) =>
    model.filter(({ file }) => file === name),
  );
  for (const script of scripts) {
    for (const [, module] of script.text.matchAll(/^import (\w+)/gm)) {
      if (await reader.has('python3', '-c', `import ${module}`)) continue;
      for (const [, file] of script.text.matchAll(/"([\w-]+\.\w+)"/g)) unwritten.set(file!, module!);
      return module;
    }
  }
  return [...unwritten].find(([file]) => text.includes(file))?.[1];
}

describe('docs/your-own-model.md', () => {
  it.for(model)('its block of line $line can be followed', { timeout: 600_000 }, async (block, { skip }) => {
    const lacking = await missing(block);
    if (lacking !== undefined) skip(`python3 has no module ${lacking} here`);
    await reader.follow(block);
  });
});

describe('README.md', () => {
  const commands = readme
    .split('\n')
    .flatMap((line) => [...line.matchAll(/^\|[^|]*\| `(noema [^`]+)` \|$/g)].map(([, command]) => command!));
  let person: DocumentReader;
  const type = (text: string) => person.follow({ language: 'sh', file: '', section: '', line: 0, text });

  beforeAll(async () => {
    person = await DocumentReader.in(join(folder.path, 'readme'), platform.path);
    await copyFile(
      fileURLToPath(new URL('../../src/fixtures/blobs.onnx', import.meta.url)),
      join(person.folder, 'net.onnx'),
    );
    const blobs = JSON.stringify(new URL('../src/fixtures/blobs.integration.js', import.meta.url).href);
    const split = (first: number, length: number): string =>
      `{ length: ${length}, data: { first: ${first} } }`;
    await writeFile(join(person.folder, 'package.json'), '{ "type": "module" }');
    await mkdir(join(person.folder, 'my-data'));
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${i % 7},${i % 2 === 0 ? 'even' : 'odd'}`);
    await writeFile(join(person.folder, 'my-data', 'numbers.csv'), ['id,size,label', ...rows].join('\n'));
    await writeFile(
      join(person.folder, 'tests.yaml'),
      `version: 1
slices:
  validation: { where: "split = validation" }
tests:
  - { name: some samples are recognised, on: validation, expect: mean(correct) >= 0.1, min_n: 20 }
  - { name: losses are small, expect: mean(loss) < 2 }
`,
    );
    await writeFile(
      join(person.folder, 'my-integration.js'),
      `import { integration as blobs } from ${blobs};
export const integration = {
  ...blobs,
  metadata: { ...blobs.metadata, ink: ({ index }) => (index % 10) / 10 },
  preprocess: () => ({ training: ${split(0, 120)}, validation: ${split(120, 30)} }),
};`,
    );
  });

  it('shows how to check, ingest, import, train, look, explain, search and export', () => {
    expect(commands.length).toBeGreaterThanOrEqual(9);
  });

  it.each(commands)(
    '%s does what it says',
    async (command) => {
      if (/^noema (similar|export)/.test(command)) {
        await waitFor(async () =>
          (
            await noemaJson<{ epoch: number; state: string }[]>(
              platform.path,
              'explorations',
              'list',
              '--run',
              'first',
            )
          ).some((map) => map.epoch === 8 && map.state === 'JOB_STATE_SUCCEEDED'),
        );
      }
      // Input ends at once: the server of agents would wait for its client.
      await type(`${command} < /dev/null`);
    },
    600_000,
  );

  it('shows the address of a resource by REST', async () => {
    const [, command] = /`(curl [^`]+)`/.exec(readme)!;
    const [map] = await noemaJson<{ id: string }[]>(platform.path, 'explorations', 'list');
    const { url } = JSON.parse(await readFile(join(platform.path, 'platform.json'), 'utf8')) as PlatformState;
    const { api_key: key } = JSON.parse(await readFile(join(platform.path, 'credentials.json'), 'utf8')) as {
      api_key: string;
    };
    const asked = command!
      .replace('http://127.0.0.1:7070', url)
      .replace('<id>', map!.id)
      .replace('curl', 'curl --silent --fail');
    expect(await type(`NOEMA_API_KEY=${key}\n${asked}`)).toContain(`"id":"${map!.id}"`);
  });
});

describe('docs/grpc.md', () => {
  const printed: Record<string, string> = {};
  /** Why a section cannot be followed here. */
  const lacking: Record<string, string> = {};
  let client: DocumentReader;

  beforeAll(async () => {
    const json = async <T>(name: string): Promise<T> =>
      JSON.parse(await readFile(join(platform.path, name), 'utf8')) as T;
    const [{ grpcAddress }, { api_key: key }] = [
      await json<PlatformState>('platform.json'),
      await json<{ api_key: string }>('credentials.json'),
    ];
    client = await DocumentReader.in(join(folder.path, 'grpc'), platform.path, {
      NOEMA_GRPC: grpcAddress,
      NOEMA_API_KEY: key,
    });
  });

  /** Packages may be unavailable here; fetched ones have to work. */
  it.for(grpc)('its block of line $line can be followed', { timeout: 600_000 }, async (block, { skip }) => {
    if (lacking[block.section] !== undefined) skip(lacking[block.section]);
    const followed: Fetched = (await fetched.get(block)) ?? { printed: await client.follow(block) };
    printed[block.section] = `${printed[block.section] ?? ''}${followed.printed}`;
    if (followed.lacking === undefined) return;
    console.warn(`${block.section} of docs/grpc.md is skipped: ${followed.lacking}`);
    skip((lacking[block.section] = followed.lacking));
  });

  it.for([
    ['buf curl', /"status": "SERVING"[^]*ProjectService\/ListProjects[^]*"displayName": "default"/],
    ['Python', /default pictures 120[^]*StatusCode\.NOT_FOUND there is no dataset version none/],
    ['Go', /^[0-9a-f-]{36} default$/m],
  ] as const)('%s prints the requested data', ([section, expected], { skip }) => {
    if (lacking[section] !== undefined) skip(lacking[section]);
    expect(printed[section]).toMatch(expected);
  });
});
