import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { bundledNatsConfig } from './bundled-nats.js';
import { type ChartName, CHARTS, HELM } from './charts.js';
import { type ChartValue, commentedValues } from './commented-values.js';
import { freeSettings, SERVICE_SETTINGS } from './service-settings.js';
import { settingsDocument } from './settings-document.js';
import { type JsonSchema, objectSchema } from './values-schema.js';
import { chartReadme, configTable, valuesTable } from './values-table.js';

interface ChartAbout {
  readonly description: string;
  readonly dependencies: readonly { readonly 'import-values': readonly string[] }[];
}

const DRAFT = { $schema: 'http://json-schema.org/draft-07/schema#' };
/** Values that Helm adds to a chart for the library chart that it imports from. */
const LIBRARY: Readonly<Record<string, JsonSchema>> = { service: { type: 'object' } };
const read = (path: string): Promise<string> => readFile(new URL(path, HELM), 'utf8');
const readAbout = async (chart: string): Promise<ChartAbout> =>
  parse(await read(`${chart}/Chart.yaml`)) as ChartAbout;
const isChart = (key: string): boolean => (CHARTS as readonly string[]).includes(key);
const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/**
 * Generates the files of the charts, by path below their folder: schemas, tables of values, names of
 * variables, and the document of all settings.
 */
export async function chartFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const schemas: Record<string, JsonSchema> = {};
  for (const chart of CHARTS) {
    const about = await readAbout(chart);
    const values = await readDefaults(about);
    const own = parse(await read(`${chart}/values.yaml`)) as unknown;
    schemas[chart] = serviceSchema(chart, values);
    files.set(`${chart}/values.schema.json`, json({ ...DRAFT, ...schemas[chart] }));
    files.set(
      `${chart}/settings.json`,
      json(Object.fromEntries(SERVICE_SETTINGS[chart].map(({ key, name }) => [key, name]))),
    );
    files.set(`${chart}/README.md`, chartReadme(chart, about.description, formatTables(chart, values, own)));
  }
  files.set('noema/nats.conf', bundledNatsConfig());
  const umbrella = [
    ...(await readDefaults({ parts: ['shared'] })),
    ...commentedValues(await read('noema/values.yaml')).filter(
      ({ key }) => key !== 'global' && !isChart(key),
    ),
  ];
  files.set(
    'noema/values.schema.json',
    json({ ...DRAFT, ...objectSchema(umbrella, { ...schemas, ...LIBRARY }) }),
  );
  files.set(
    'noema/README.md',
    chartReadme(
      'noema',
      (await readAbout('noema')).description,
      [
        'Each service takes the values of its own chart below its name, such as\n' +
          '`activations.worker.replicas`; `<service>.enabled: false` leaves it out.',
        valuesTable(umbrella),
      ].join('\n\n'),
    ),
  );
  files.set('../../docs/settings.md', settingsDocument());
  return files;
}

/** A chart has the parts of the defaults that it imports. */
async function readDefaults(
  about: ChartAbout | { readonly parts: readonly string[] },
): Promise<ChartValue[]> {
  const text = await read('service/values.yaml');
  const parts =
    'parts' in about ? about.parts : about.dependencies.flatMap((dependency) => dependency['import-values']);
  return parts.flatMap((part) => commentedValues(text, ['exports', part]));
}

function formatTables(chart: ChartName, values: readonly ChartValue[], own: unknown): string {
  const free = freeSettings(chart);
  return [
    'The values under `global` stand in the README of the umbrella, `../noema`.',
    valuesTable(
      values.filter(({ key }) => key !== 'global'),
      own,
    ),
    ...(free.length === 0 ? [] : ['Under `config`, by the key in the first column:', configTable(free)]),
  ].join('\n\n');
}

function serviceSchema(chart: ChartName, values: readonly ChartValue[]): JsonSchema {
  const config = freeSettings(chart).map(
    ({ key, doc, fallback }) =>
      [
        key,
        {
          type: ['string', 'number', 'boolean'],
          description: fallback === undefined ? doc : `${doc} (default ${fallback})`,
        },
      ] as const,
  );
  return objectSchema(values, {
    config: {
      type: 'object',
      additionalProperties: false,
      description: 'Settings of the service in addition to what the chart makes.',
      properties: Object.fromEntries(config),
    },
    ...LIBRARY,
  });
}
