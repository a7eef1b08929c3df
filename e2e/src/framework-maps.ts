import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMatrix } from '@noema/artifacts';
import { expect } from 'vitest';
import { noemaJson } from './command-line.js';
import { correlation } from './correlation.js';

const COMPARED = ['grad-cam', 'integrated-gradients'] as const;
const UNCOMPARED = ['loss-gradient', 'occlusion'];

/** Results of a framework for samples, by their ids: the predicted class and the heat maps of it, [8, 8]. */
export type FrameworkMaps = Readonly<
  Record<string, Record<(typeof COMPARED)[number], number[][]> & { readonly label: number }>
>;

interface Analysis {
  readonly id: string;
  readonly heatMaps: readonly { readonly id: string; readonly method: string }[];
  readonly layers: readonly { readonly layer: string }[];
}

/** Reads the maps that a script of the fixtures wrote. */
export const readFrameworkMaps = async (path: string): Promise<FrameworkMaps> =>
  JSON.parse(await readFile(path, 'utf8')) as FrameworkMaps;

/**
 * Analyzes the samples of a run by the command line, and returns Pearson's r of each heat map with the
 * framework's. A map of zeros has no r: both are expected to be zeros.
 */
export async function correlateMaps(
  dataDir: string,
  run: string,
  maps: FrameworkMaps,
): Promise<Record<(typeof COMPARED)[number], number[]>> {
  const correlations: Record<(typeof COMPARED)[number], number[]> = {
    'grad-cam': [],
    'integrated-gradients': [],
  };
  for (const [sampleId, expected] of Object.entries(maps)) {
    const analysis = await noemaJson<Analysis>(
      dataDir,
      ...['analyze', run, `validation/${sampleId}`, '--class', String(expected.label)],
      ...['--algorithm', ...COMPARED, ...UNCOMPARED],
    );
    expect(analysis.layers.map(({ layer }) => layer)).toEqual(['conv1', 'conv2', 'conv3', 'hidden', 'place']);
    expect(analysis.heatMaps.map(({ method }) => method).sort()).toEqual([...COMPARED, ...UNCOMPARED]);
    for (const method of COMPARED) {
      const { id } = analysis.heatMaps.find((map) => map.method === method)!;
      const values = await readValues(dataDir, analysis.id, id);
      const numbers = expected[method].flat();
      if (numbers.every((value) => value === 0)) expect(values.every((value) => value === 0)).toBe(true);
      else correlations[method].push(correlation(values, numbers));
    }
  }
  return correlations;
}

/** The numbers of a heat map, as the store has them. */
async function readValues(dataDir: string, analysisId: string, heatMapId: string): Promise<number[]> {
  const store = join(dataDir, 'store');
  const name = (await readdir(store, { recursive: true })).find(
    (file) => file.includes(analysisId) && file.includes(`/${heatMapId}.`) && file.endsWith('.arrow'),
  );
  return [...readMatrix(await readFile(join(store, name!))).float32('values').data];
}
