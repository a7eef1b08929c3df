import { count, duration, metricValue, value } from '../../../parts/numbers.js';
import type { RunRow, Setting } from '../../../features/runs/run-row.js';
import { plainName } from '../../../parts/plain-name.js';

/** A column of the table of runs. */
export interface RunColumn {
  readonly key: string;
  readonly title: string;
  readonly isNumber: boolean;
  readonly width: number;
  /** The value that rows are sorted by; undefined for rows without one, which come last. */
  readonly read: (row: RunRow) => Setting | undefined;
  readonly format: (row: RunRow) => string;
}

const SETTING = 'setting:';
/** Key of the column of a setting. */
export const settingColumn = (name: string): string => `${SETTING}${name}`;

/** The setting of the key of a column; undefined for other columns. */
export const readSettingColumn = (key: string): string | undefined =>
  key.startsWith(SETTING) ? key.slice(SETTING.length) : undefined;

const NAME: RunColumn = {
  key: 'name',
  title: 'run',
  isNumber: false,
  width: 220,
  read: ({ run }) => run.displayName,
  format: ({ run }) => run.displayName,
};

const FIXED: readonly RunColumn[] = [
  {
    key: 'state',
    title: 'state',
    isNumber: false,
    width: 142,
    read: ({ state }) => state,
    format: ({ state }) => state,
  },
  {
    key: 'metric',
    title: 'metric',
    isNumber: true,
    width: 190,
    read: ({ metric }) => metric?.value,
    format: ({ metric }) => (metric === undefined ? '–' : metricValue(metric.name, metric.value)),
  },
  {
    key: 'loss',
    title: 'loss',
    isNumber: true,
    width: 100,
    read: ({ loss }) => loss,
    format: ({ loss }) => value(loss),
  },
  {
    key: 'done',
    title: 'epochs done',
    isNumber: true,
    width: 120,
    read: ({ run }) => run.epochsDone,
    format: ({ run }) => count(run.epochsDone),
  },
  {
    key: 'duration',
    title: 'duration',
    isNumber: true,
    width: 120,
    read: ({ durationMs }) => durationMs,
    format: ({ durationMs }) => (durationMs === undefined ? '–' : duration(durationMs)),
  },
  {
    key: 'started',
    title: 'started',
    isNumber: true,
    width: 130,
    read: ({ run }) => (run.createTime === undefined ? undefined : Number(run.createTime.seconds)),
    format: () => '',
  },
];

/** Columns that are shown when none are chosen, next to settings that differ. */
export const USUAL_COLUMNS: readonly string[] = ['state', 'metric', 'loss', 'duration', 'started'];

/** All columns of a table with those settings; the first one is the name. */
export const runColumns = (settings: readonly string[], metric: string | undefined): readonly RunColumn[] => [
  NAME,
  ...FIXED.map((column) =>
    column.key === 'metric' && metric !== undefined ? { ...column, title: plainName(metric) } : column,
  ),
  ...settings.map(
    (name): RunColumn => ({
      key: settingColumn(name),
      title: name,
      isNumber: false,
      width: 150,
      read: ({ settings: own }) => own.get(name),
      format: ({ settings: own }) => settingText(own.get(name)),
    }),
  ),
];

/** A setting as text: a number with all of its digits. */
export const settingText = (setting: Setting | undefined): string =>
  setting === undefined ? '–' : String(setting);
