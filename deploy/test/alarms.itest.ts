import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { toolPath } from '../src/helm.program.js';

/** The tester of Prometheus (`tools/kube.sh metrics`). */
const PROMTOOL = toolPath('kube/promtool');
const ALARMS = new URL('../../alerts/noema.yaml', import.meta.url);
const HOUR_S = 3600;

interface Series {
  readonly pod: string;
  /** Time at which its process started, in seconds since the begin of the test. */
  readonly startS: number;
  /** Values of the process's info and of the counter, one for each 30 s, in promtool's notation. */
  readonly info: string;
  readonly counter: string;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noema-alarms-'));
  const { spec } = parse(await readFile(ALARMS, 'utf8')) as { readonly spec: object };
  await writeFile(join(folder, 'rules.yaml'), stringify(spec));
});
afterAll(() => rm(folder, { recursive: true }));

/** Minutes, of the given ones, in which NoemaArtifactsDamaged fires. */
async function firing(series: readonly Series[], minutes: readonly number[]): Promise<number[]> {
  const labels = (pod: string): string => `namespace="noema",pod="${pod}"`;
  const calls = 'noema_store_calls_total';
  const missing = 'operation="read",outcome="ARTIFACT_MISSING"';
  const file = join(folder, 'test.yaml');
  await writeFile(
    file,
    stringify({
      rule_files: ['rules.yaml'],
      evaluation_interval: '30s',
      tests: [
        {
          interval: '30s',
          input_series: series.flatMap(({ pod, startS, info, counter }) => [
            { series: `noema_process_info{${labels(pod)}}`, values: info },
            {
              series: `process_start_time_seconds{${labels(pod)}}`,
              values: info.replaceAll('1x', `${startS}x`),
            },
            { series: `${calls}{${labels(pod)},${missing}}`, values: counter },
          ]),
          // The tester prints the times at which it finds an alarm that is not expected.
          alert_rule_test: minutes.map((minute) => ({
            ...{ eval_time: `${minute}m`, alertname: 'NoemaArtifactsDamaged', exp_alerts: [] },
          })),
        },
      ],
    }),
  );
  const { stdout, stderr } = await promisify(execFile)(PROMTOOL!, ['test', 'rules', file]).catch(
    (error: unknown) => error as { readonly stdout: string; readonly stderr: string },
  );
  if (!/SUCCESS|time: /.test(stdout + stderr)) throw new Error(stdout + stderr);
  const found = new Set((stdout + stderr).match(/time: (?:\d+h)?\d+m/g)?.map(toMinutes));
  return minutes.filter((minute) => found.has(minute));
}

/** Minutes in `time: 1h5m`. */
function toMinutes(text: string): number {
  const [, hours = '0', minutes = ''] = /(?:(\d+)h)?(\d+)m/.exec(text)!;
  return 60 * Number(hours) + Number(minutes);
}

describe.skipIf(PROMTOOL === undefined)('an alarm on a rare event', () => {
  const old = { pod: 'api', startS: -HOUR_S };

  it('fires for the first event of an old process, and is resolved 15 minutes later', async () => {
    const counter = '_x59 1x180';
    expect(await firing([{ ...old, info: '1x240', counter }], [29, 31, 40, 44, 46, 60])).toEqual([
      31, 40, 44,
    ]);
  });

  it('fires for a later event of a process', async () => {
    const counter = '1x59 2x180';
    expect(await firing([{ ...old, info: '1x240', counter }], [29, 31, 44, 60])).toEqual([31, 44]);
  });

  it('fires for an event of a worker that ended after a minute', async () => {
    const worker = { pod: 'worker', startS: 1790, info: '_x59 1x2 stale', counter: '_x59 1x2 stale' };
    expect(await firing([worker], [29, 31, 40, 44, 60])).toEqual([31, 40, 44]);
  });

  it('is silent when Prometheus sees an old counter for the first time', async () => {
    const series = { ...old, info: '_x59 1x180', counter: '_x59 7x180' };
    expect(await firing([series], [31, 40])).toEqual([]);
  });

  it('is silent after a time in which Prometheus did not run', async () => {
    const counter = '7x59 _x59 7x120';
    expect(await firing([{ ...old, info: '1x59 _x59 1x120', counter }], [29, 61, 65, 70, 76])).toEqual([]);
  });
});
