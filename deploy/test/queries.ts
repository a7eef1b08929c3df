import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';

const ROOT = new URL('../../../', import.meta.url);

/** A query of a panel or an alarm. */
export interface Query {
  readonly where: string;
  readonly text: string;
  /** Whether a panel shows the result as one number, so that it needs one. */
  readonly isStat?: boolean;
}

/** A dashboard of Grafana, as far as its queries go. */
export interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly type: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

/** An alarm with the file that it stands in. */
export interface Alarm {
  readonly file: string;
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

interface Rules {
  readonly spec: {
    readonly groups: readonly { readonly name: string; readonly rules: readonly Omit<Alarm, 'file'>[] }[];
  };
}

async function read(folder: string): Promise<[string, string][]> {
  const url = new URL(`deploy/${folder}/`, ROOT);
  return Promise.all(
    (await readdir(url))
      .sort()
      .map(async (file): Promise<[string, string]> => [file, await readFile(new URL(file, url), 'utf8')]),
  );
}

/** Reads the dashboards of deploy/dashboards with the names of their files. */
export const readDashboards = async (): Promise<(readonly [string, Dashboard])[]> =>
  (await read('dashboards')).map(([file, text]) => [file, JSON.parse(text) as Dashboard] as const);

/** Reads the alarms of deploy/alerts. */
export const readAlarms = async (): Promise<Alarm[]> =>
  (await read('alerts')).flatMap(([file, text]) =>
    (parse(text) as Rules).spec.groups.flatMap((group) => group.rules.map((rule) => ({ file, ...rule }))),
  );

/** Lists every query of every panel, with the variables of Grafana in it. */
export const dashboardQueries = async (): Promise<Query[]> =>
  (await readDashboards()).flatMap(([file, { panels }]) =>
    panels.flatMap(({ title, type, targets = [] }) =>
      targets.map(({ expr }) => ({ where: `${file}: ${title}`, text: expr, isStat: type === 'stat' })),
    ),
  );

/** Lists the expression of every alarm. */
export const alarmQueries = async (): Promise<Query[]> =>
  (await readAlarms()).map(({ file, alert, expr }) => ({ where: `${file}: ${alert}`, text: expr }));
