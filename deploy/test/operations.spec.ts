import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { envName } from '@noema/config';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHARTS } from '../src/charts.js';
import { SERVICE_SETTINGS } from '../src/service-settings.js';
import { readAlarms } from './queries.js';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');
const all = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map((found) => found[1] ?? found[0])),
];
/** Variables named NOEMA_ that are not settings of services: the command line's own. */
const OF_THE_COMMAND_LINE = new Set(['NOEMA_API_KEY', 'NOEMA_URL', 'NOEMA_DATA_DIR', 'NOEMA_PROJECT']);

let text: string;
let alarms: string[];
beforeAll(async () => {
  text = await read('docs/operations.md');
  alarms = [
    ...(await readAlarms()).map(({ alert }) => alert),
    ...all(await read('deploy/helm/noema/templates/prometheus-rule.yaml'), /^ +- alert: (\w+)$/gm),
  ];
});

describe('docs/operations.md', () => {
  it('has an entry in the runbook for every alarm, and none for one that does not exist', () => {
    expect(alarms.length).toBeGreaterThan(10);
    expect(all(text, /^### (Noema\w+)$/gm).sort()).toEqual([...alarms].sort());
    for (const named of all(text, /\bNoema[A-Z]\w+/g)) expect(alarms).toContain(named);
    for (const alarm of alarms)
      expect(text.split(`### ${alarm}\n`)[1]!.split('\n#')[0]!.trim().length, alarm).toBeGreaterThan(60);
  });

  it('names only metrics that are measured', async () => {
    const measured = new Set(all(await read('docs/metrics.md'), /^\| `(noema_\w+)`/gm));
    for (const named of all(text, /`(noema_[a-z_]+)[`{]/g).filter((name) => !name.endsWith('_')))
      expect([...measured]).toContain(named);
  });

  it('names only settings that a service reads', () => {
    const settings = Object.values(SERVICE_SETTINGS).flat();
    const variables = new Set([...settings.map(({ name }) => name), ...OF_THE_COMMAND_LINE]);
    for (const named of all(text, /\bNOEMA_[A-Z_]+\b/g))
      expect([...variables]).toContain(named.replace(/_FILE$/, ''));
    const keys = new Set(settings.map(({ key }) => key));
    for (const key of [
      'databaseConnections',
      'storeCacheBytes',
      'workerLeaseMs',
      'workerConcurrency',
      'reloadMs',
      'trustedIntegrations',
    ]) {
      expect(keys.has(key), key).toBe(true);
      expect(text, envName(key)).toContain(key);
    }
  });

  it('names only values that the charts have', async () => {
    const tables = new Map<string, string>();
    for (const chart of ['noema', ...CHARTS]) tables.set(chart, await read(`deploy/helm/${chart}/README.md`));
    const inTable = (chart: string, value: string): boolean =>
      tables.get(chart)!.includes(`\n| \`${value}\` |`);
    const roots = ['global', 'ingress', 'prometheusRule', 'dashboards'];
    const named = all(
      text,
      new RegExp(`\`((?:${[...roots, ...CHARTS].join('|')})\\.[A-Za-z.]+)(?:: [a-z]+)?\``, 'g'),
    );
    expect(named.length).toBeGreaterThan(20);
    for (const value of named) {
      const [first = '', ...rest] = value.split('.');
      const known = roots.includes(first)
        ? inTable('noema', value)
        : value.split('.')[1] === 'config'
          ? rest.length === 1 || inTable(first, rest[1]!)
          : inTable(first, rest.join('.'));
      expect(known, value).toBe(true);
    }
  });

  it('names only files, links and commands that exist', async () => {
    for (const link of all(text, /\]\(([^)#:]+)\)/g))
      expect(existsSync(new URL(link, new URL('docs/', ROOT))), link).toBe(true);
    for (const path of all(text, /`?((?:deploy|e2e|libs|services|docs)\/[\w./-]+\.\w+)/g))
      expect(existsSync(new URL(path, ROOT)), path).toBe(true);
    const targets = await read('Makefile');
    for (const target of all(text, /`make (?:-s )?([a-z-]+)/g))
      expect(targets).toMatch(new RegExp(`^${target}:`, 'm'));
    const program = (
      await Promise.all(
        readdirSync(new URL('apps/cli/src/commands/', ROOT)).map((file) =>
          read(`apps/cli/src/commands/${file}`),
        ),
      )
    ).join('\n');
    for (const command of all(
      text,
      /\bnoema (backup|restore|verify|doctor|jobs|up|down|[a-z]+) (?:--|list)/g,
    ))
      expect(program).toMatch(new RegExp(`Command\\('${command}'\\)`));
  });

  it('names only commands and options of operators that exist', async () => {
    const folders = ['services/workspace/src/operator/', 'libs/host/src/operator/'];
    const sources = (
      await Promise.all(
        folders.flatMap((folder) => readdirSync(new URL(folder, ROOT)).map((file) => read(folder + file))),
      )
    ).join('\n');
    const used = [
      ...text.matchAll(/^ *(?:for .*do )?.*?operate (?:workspace|similarity|\$s) ([a-z-]+)([^\n`]*)/gm),
    ];
    expect(used.length).toBeGreaterThan(8);
    for (const [, command, options] of used) {
      expect(sources, command).toContain(`key: '${command}'`);
      for (const option of all(options!, /--([a-z-]+)/g).filter((name) => name !== 'help'))
        expect(sources, option).toMatch(new RegExp(`['\\s{]${option}'?: \\{`));
    }
  });
});
