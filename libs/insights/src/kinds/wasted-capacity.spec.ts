import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../finding/finding.js';
import type { Population, ResponseLayer } from '../population/population.js';
import { defaultRecipe } from '../recipe.js';
import { runInsights } from '../run-insights.js';
import { correlate } from '../units/duplicate-units.js';

type Unit = (row: number, random: () => number) => number;

const normal: Unit = (_, random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const relu: Unit = (row, random) => Math.max(0, normal(row, random));

/** A population of units; the last layer holds the outputs. */
function toPopulation(
  n: number,
  layers: readonly (ResponseLayer & { readonly fill: readonly Unit[] })[],
): Population {
  const random = seededRandom(7);
  const columns = layers.flatMap(({ fill }) =>
    fill.map((unit) => Float32Array.from({ length: n }, (_, row) => unit(row, random))),
  );
  const values = new Float32Array(n * columns.length);
  columns.forEach((column, at) => values.set(column, at * n));
  return {
    n,
    task: 'multi-class',
    classNames: ['a', 'b'],
    splitCodes: Uint8Array.from({ length: n }, (_, row) => row % 2),
    splits: ['training', 'validation'],
    history: [],
    spaces: [],
    units: { layers: layers.map(({ name, units, positions }) => ({ name, units, positions })), values },
    metadata: [],
  };
}
const toLayer = (name: string, fill: readonly Unit[], positions = 1) => ({
  name,
  units: fill.length,
  positions,
  fill,
});
const OUTPUT = toLayer('classes', [normal, normal]);
/** A function of the row that is as good as random, so that two units can share it. */
const shared = (row: number): number => Math.sin(12.9898 * row) * 10;

async function audit(population: Population): Promise<readonly Finding[]> {
  const [outcome] = await runInsights(population, defaultRecipe(['wasted-capacity']));
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.report.findings;
}

it('correlates two columns', () => {
  const rows = Int32Array.of(0, 1, 2, 3, 4);
  // numpy.corrcoef([1, 2, 3, 4, 7], [2, 1, 4, 3, -5])
  expect(correlate(Float32Array.of(1, 2, 3, 4, 7), Float32Array.of(2, 1, 4, 3, -5), rows)).toBeCloseTo(
    -0.7371541402007414,
    12,
  );
});

describe('wasted capacity', () => {
  it('counts dead, saturated and duplicate units of a layer exactly', async () => {
    const dense = toLayer('dense', [
      relu,
      () => 0,
      (row) => Math.max(0, shared(row)),
      (_, random) => 0.99 + 0.0001 * random(),
      (row) => 3 * Math.max(0, shared(row)),
      () => 0,
      relu,
    ]);
    const [finding, ...others] = await audit(toPopulation(400, [dense, OUTPUT]));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      state: 'confirmed',
      sentence:
        'dense: 4 of 7 units can go: 2 never respond, 1 always responds with the same number and 1 copies another ' +
        'unit (absolute correlation above 0.99), on all of 400 samples.',
      numbers: { removable: 4, dead: 2, saturated: 1, duplicate: 1 },
    });
    expect(finding!.tables['units']).toMatchObject({
      unit: ['dense:1', 'dense:3', 'dense:5', 'dense:4'],
      reason: ['dead', 'saturated', 'dead', 'duplicate'],
      original: [null, null, null, 'dense:2'],
    });
  });

  it('is silent on units that differ, on rare units, on outliers that two units share, and on outputs', async () => {
    const fair = toLayer('fair', [...Array<Unit>(40).fill(relu), ...Array<Unit>(20).fill(normal)]);
    const rare = toLayer('rare', [(row) => (row === 5 ? 9 : 0), (row) => (row === 5 ? 4 : 0), relu]);
    const outlier = toLayer(
      'outlier',
      [1, 2].map((): Unit => (row, random) => (row === 7 ? 1e4 : normal(row, random))),
    );
    const logits = toLayer('classes', [(row) => shared(row), (row) => -shared(row)]);
    expect(await audit(toPopulation(2000, [fair, rare, outlier, logits]))).toEqual([]);
  });

  it('only hints at copies where responses average positions, and compares no signed means', async () => {
    const copies: Unit[] = [(row) => Math.abs(shared(row)), (row) => 2 * Math.abs(shared(row)), relu];
    for (const positions of [64, undefined]) {
      const findings = await audit(toPopulation(400, [{ ...toLayer('conv', copies), positions }, OUTPUT]));
      expect(findings).toMatchObject([
        {
          state: 'hint',
          subkind: 'possible-duplicates',
          sentence: expect.stringMatching(/^conv: 1 of 3 units may copy another one, whose mean response/),
          numbers: { duplicate: 1 },
        },
      ]);
    }
    const linear: Unit[] = [(row) => shared(row), (row) => 2 * shared(row)];
    expect(await audit(toPopulation(400, [toLayer('linear', linear, 64), OUTPUT]))).toEqual([]);
  });

  it('makes no claim from two samples, from missing responses, or without samples', async () => {
    for (const n of [0, 2]) {
      const findings = await audit(toPopulation(n, [toLayer('dense', [relu, relu, () => 0]), OUTPUT]));
      expect(findings.filter(({ state }) => state === 'confirmed')).toEqual([]);
    }
    expect(await audit(toPopulation(400, [toLayer('dense', [() => NaN, () => NaN]), OUTPUT]))).toEqual([]);
  });
});
