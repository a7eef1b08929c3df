import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '@noema/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The configuration of the repository takes packages for granted that the copy leaves out. */
const VITEST = `export default {
  test: { include: ['{services,deploy}/**/*.{spec,e2e}.js'], testTimeout: 180_000, hookTimeout: 300_000 },
};`;

let tree: Awaited<ReturnType<typeof temporaryDirectory>>;
const at = (path: string): string => join(tree.path, path);
const read = (path: string): string => readFileSync(at(path), 'utf8');
/** Throws with all that the program printed. */
function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: tree.path, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}
const node = (...args: string[]): string => run(process.execPath, ...args);

/** Paths that a new service changes: they are copied, and all others linked. */
const CHANGED =
  /^(proto|third_party|tools|deploy|libs\/contracts|apps\/standalone|docs\/settings\.md|[^/]+$)/;

/** Copies the paths that the tool changes, and links the other packages. */
function copyRepository(): void {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  for (const path of files.split('\0'))
    if (CHANGED.test(path) && existsSync(join(root, path))) cpSync(join(root, path), at(path));
  mkdirSync(at('node_modules/@noema'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@noema') symlinkSync(join(root, 'node_modules', name), at(`node_modules/${name}`));
  for (const folder of ['services', 'examples']) mkdirSync(at(folder));
  for (const folder of ['libs', 'services', 'apps', 'examples'])
    for (const name of readdirSync(join(root, folder))) {
      const path = `${folder}/${name}`;
      if (!existsSync(at(path))) symlinkSync(join(root, path), at(path));
      if (existsSync(at(`${path}/package.json`))) link(path);
    }
}

/** Links a workspace, as `npm install` does. */
function link(path: string): void {
  const { name } = JSON.parse(read(`${path}/package.json`)) as { name: string };
  mkdirSync(dirname(at(`node_modules/${name}`)), { recursive: true });
  symlinkSync(at(path), at(`node_modules/${name}`));
}

beforeAll(async () => {
  tree = await temporaryDirectory();
  copyRepository();
  node('tools/new-service.mjs', 'reviews');
  link('services/reviews');
  for (const project of ['libs/contracts', 'services/reviews', 'deploy'])
    node('node_modules/typescript7/bin/tsc', '-p', project);
}, 600_000);
afterAll(() => tree.remove());

it('a new service starts, serves and drains in its own tests, and has its place in the charts', () => {
  node('deploy/dist/src/main.js');
  expect(read('deploy/helm/reviews/README.md')).toContain('Reviews of projects');
  expect(JSON.parse(read('deploy/helm/reviews/settings.json'))).toHaveProperty('databaseUrl');
  expect(JSON.parse(read('deploy/helm/noema/values.schema.json'))).toHaveProperty('properties.reviews');
  expect(read('deploy/helm/noema/nats.conf')).toContain('NATS_PASSWORD_REVIEWS');
  expect(read('docs/settings.md')).toMatch(/^## workspace, .*, reviews$/m);
  writeFileSync(at('vitest.new.mjs'), VITEST);
  const charts = ['charts', 'network'].map((name) => `deploy/dist/test/${name}.spec.js`);
  const report = node(
    ...['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.new.mjs', '--reporter', 'json'],
    ...['services/reviews/dist', ...charts],
  );
  const { testResults } = JSON.parse(report.slice(report.indexOf('{'))) as {
    testResults: { name: string; status: string }[];
  };
  expect(testResults.map(({ name, status }) => `${basename(name)} ${status}`).sort()).toEqual([
    'charts.spec.js passed',
    'network.spec.js passed',
    'review.service.spec.js passed',
    'reviews.e2e.js passed',
  ]);
}, 600_000);

it('a new service is in the catalogues of the gateway and of the platform', () => {
  const names = node(
    '--input-type=module',
    '--eval',
    `const { services } = await import('@noema/contracts');
     console.log(services.map(({ typeName }) => typeName).join());`,
  );
  expect(names).toContain('noema.reviews.v1.ReviewService');
  expect(read('apps/standalone/src/service-catalog.ts')).toContain(`import('@noema/${'reviews'}')`);
});

it('a new service keeps the import rules and the format', () => {
  node(
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    'services/reviews/src',
  );
  run(
    at('node_modules/.bin/biome'),
    'format',
    'services/reviews',
    'libs/contracts/src/index.ts',
    'deploy/src',
  );
});

it('a name that is taken or no name is refused, and nothing is written', () => {
  for (const [name, why] of [
    ['datasets', /services\/datasets exists/],
    ['my-service', /use 2 to 30 letters/],
  ] as const)
    expect(() => node('tools/new-service.mjs', name)).toThrow(why);
  expect(existsSync(at('services/my-service'))).toBe(false);
});
