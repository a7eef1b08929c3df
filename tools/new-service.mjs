// Adds an empty service with one noun in the form of ADR 80: `npm run new:service reviews`. The noun is the
// name without its last letter s; `npm run new:service catalog entry` names another. Writes the contract, the
// package with its tests and the chart from tools/new-service, and adds the service to every list of services.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const TEMPLATES = join(ROOT, 'tools/new-service');
/** What the generated sources import; with the versions of the explanations service. */
const DEPENDENCIES = [
  '@bufbuild/protobuf',
  '@nestjs/common',
  '@noema/contracts',
  '@noema/events',
  '@noema/grpc',
  '@noema/host',
  '@noema/jobs',
  '@noema/kernel',
  '@noema/postgres',
  'reflect-metadata',
  'rxjs',
  'zod',
];

const [service = '', given] = process.argv.slice(2);
if (!/^[a-z]{2,30}$/.test(service)) stop(`"${service}" is no name of a service; use 2 to 30 letters a to z`);
const noun = given ?? service.replace(/s$/, '');
if (!/^[a-z]{2,30}$/.test(noun)) stop(`"${noun}" is no noun; use 2 to 30 letters a to z`);
if (existsSync(join(ROOT, 'services', service))) stop(`services/${service} exists; choose another name`);
const nouns = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
const capital = (word) => word[0].toUpperCase() + word.slice(1);

const read = (path) => readFileSync(join(ROOT, path), 'utf8');
const versions = JSON.parse(read('services/explanations/package.json')).dependencies;
const fill = (text) =>
  Object.entries({
    service,
    Service: capital(service),
    noun,
    Noun: capital(noun),
    NOUN: noun.toUpperCase(),
    nouns,
    Nouns: capital(nouns),
    dependencies: DEPENDENCIES.map((name) => `    "${name}": "${versions[name]}"`).join(',\n'),
  }).reduce((filled, [name, value]) => filled.replaceAll(`__${name}__`, value), text);

/** Files to write, by path. All edits are made here first, so that a list that has moved changes nothing. */
const files = new Map();
for (const path of readdirSync(TEMPLATES, { recursive: true })) {
  const template = join(TEMPLATES, path);
  if (statSync(template).isFile())
    files.set(fill(path).replace(/\.txt$/, ''), fill(readFileSync(template, 'utf8')));
}

/** Inserts text behind or before the one place where a pattern matches. */
function insert(path, pattern, text, where = 'after') {
  const source = files.get(path) ?? read(path);
  const matches = [...source.matchAll(new RegExp(pattern, 'gm'))];
  if (matches.length !== 1)
    stop(`${path} has ${matches.length} places like ${pattern} instead of 1; correct tools/new-service.mjs`);
  const [{ 0: match, index }] = matches;
  const at = where === 'after' ? index + match.length : index;
  files.set(path, source.slice(0, at) + text + source.slice(at));
}

const Noun = capital(noun);
for (const app of ['apps/standalone', 'deploy']) {
  const up = app === 'deploy' ? '..' : '../..';
  insert(
    `${app}/package.json`,
    '^    "@noema/workspace": "0.1.0",\\n',
    `    "@noema/${service}": "0.1.0",\n`,
    'before',
  );
  insert(
    `${app}/tsconfig.json`,
    `\\{\\s*"path": "${up}/services/gateway"`,
    `{"path": "${up}/services/${service}"}, `,
    'before',
  );
}
insert(
  'tsconfig.json',
  '^    \\{\\n      "path": "services/gateway"',
  `    {\n      "path": "services/${service}"\n    },\n`,
  'before',
);
insert(
  'apps/standalone/src/service-catalog.ts',
  "^  \\{ name: 'explanations', .*\\n",
  `  { name: '${service}', ...served(() => import('@noema/${service}')), workers: none, hasArtifacts: false },\n`,
);
insert('deploy/src/charts.ts', "^  'gateway',\\n", `  '${service}',\n`, 'before');
insert(
  'deploy/src/service-settings.ts',
  '^import \\{ training \\}.*\\n',
  `import { ${service} } from '@noema/${service}';\n`,
  'before',
);
insert(
  'deploy/src/service-settings.ts',
  '^  gateway: .*\\n',
  `  ${service}: listSettings(${service}.settings),\n`,
  'before',
);
const chart = `{ name: ${service}, version: 0.1.0, repository: "file://../${service}", condition: ${service}.enabled }`;
insert('deploy/helm/noema/Chart.yaml', '^  - \\{ name: gateway', `  - ${chart}\n`, 'before');
insert('deploy/helm/service/templates/_edges.tpl', '^gateway: \\[.*(?=\\])', `, ${service}`);
insert('deploy/helm/service/templates/_edges.tpl', '^web: ', `${service}: [workspace]\n`, 'before');
for (const server of ['postgres', 'nats'])
  insert(`deploy/helm/noema/templates/${server}.yaml`, '"projection"\\s+"explanations"', ` "${service}"`);
insert('tools/images.sh', ' \\w+(?= gateway web)', ` ${service}`);
const contract = `./gen/noema/${service}/v1/${noun}_service_pb.js`;
insert(
  'libs/contracts/src/index.ts',
  '(?<=;\\n)\\nexport \\{',
  `import { ${Noun}Service } from '${contract}';\n`,
  'before',
);
insert('libs/contracts/src/index.ts', '^  UsageService,\\n\\];', `  ${Noun}Service,\n`, 'before');

for (const [path, text] of files) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
}
const bin = join(ROOT, 'node_modules/.bin');
const run = (program, ...args) =>
  execFileSync(join(bin, program), args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
run('biome', 'format', '--write', ...[...files.keys()].filter((path) => path.endsWith('.ts')));
run('buf', 'generate');
console.log(`services/${service} is written. Next:
  npm install     # link the package and note it in the lockfile
  make charts     # write its chart, its settings and the rights on the bus
  npx vitest run services/${service}/dist`);

function stop(why) {
  console.error(why);
  process.exit(1);
}
