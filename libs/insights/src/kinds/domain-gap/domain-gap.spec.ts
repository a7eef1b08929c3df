import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../finding/finding.js';
import type { Population } from '../../population/population.js';
import { defaultRecipe } from '../../recipe.js';
import { runInsights } from '../../run-insights.js';
import { matchClasses } from './match.js';

interface Planted {
  readonly n: number;
  readonly seed: number;
  /** Added to units of early layers of site b. */
  readonly shift?: number;
  /** Added to the loss of site b. */
  readonly loss?: number;
  /** Share of class 1 in site b; 0.5 in the others. */
  readonly share?: number;
}

/** Two layers of 6 units that follow the label, and sites a, b and c of equal size. */
function build({
  n,
  seed,
  shift = 0,
  loss = 0,
  share = 0.5,
}: Planted): Population & { readonly labels: Int32Array } {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const codes = Int32Array.from({ length: n }, (_, row) => row % 3);
  const labels = Int32Array.from(codes, (site) => Number(random() < (site === 1 ? share : 0.5)));
  const units = 12;
  const values = Float32Array.from({ length: units * n }, (_, at) => {
    const [unit, row] = [Math.floor(at / n), at % n];
    return normal() + labels[row]! + (unit < 6 && codes[row] === 1 ? shift : 0);
  });
  const vectors = Float32Array.from({ length: 2 * n }, (_, at) => values[(at % 2) * n + (at >> 1)]!);
  return {
    n,
    task: 'multi-class',
    classNames: ['cat', 'dog'],
    splitCodes: new Uint8Array(n),
    splits: ['validation'],
    labels,
    losses: Float32Array.from(codes, (site) => -Math.log(1 - random()) * 0.3 + (site === 1 ? loss : 0)),
    history: [],
    spaces: [{ key: 'vectors', title: 'All layers', depth: undefined, width: 2, values: vectors }],
    units: {
      layers: [
        { name: 'early', units: 6 },
        { name: 'late', units: 6 },
      ],
      values,
    },
    metadata: [{ name: 'site', type: 'category', categories: ['a', 'b', 'c'], codes }],
  };
}

async function search(
  population: Population,
): Promise<{ readonly findings: readonly Finding[]; readonly remarks: readonly string[] }> {
  const [outcome] = await runInsights(population, defaultRecipe(['domain-gap']));
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.report;
}

describe('domain gaps', () => {
  it('are confirmed where responses and losses of a site differ, from the depth on where they do', async () => {
    const population = build({ n: 900, seed: 1, shift: 0.5, loss: 0.2 });
    const { findings } = await search(population);
    expect(findings.map(({ state }) => state)).toEqual(['confirmed', 'confirmed']);
    const [first] = findings;
    expect(first!.membership).toEqual({
      by: 'conditions',
      all: [{ on: 'metadata', name: 'site', oneOf: ['b'] }],
    });
    expect(first!.sentence).toMatch(
      /^site b differs from site [ac] from early on: a classifier separates them/,
    );
    expect(first!.effect!.interval.low).toBeLessThan(0.2);
    expect(first!.effect!.interval.high).toBeGreaterThan(0.2);
    // Six units that are shifted by half a deviation: Φ(√6 · 0.5 / √2) = 0.81 at best.
    expect(first!.tables['depths']!['areaUnderRoc']![0]).toBeGreaterThan(0.7);
    expect(first!.tables['depths']!['areaUnderRoc']![0]).toBeLessThan(0.88);
    expect(first!.tables['extremes']!['row']).toHaveLength(48);
    expect(first!.members).toHaveLength(300);
  });

  it('are hints where the loss does not follow, and nothing where the responses do not', async () => {
    const { findings } = await search(build({ n: 900, seed: 2, shift: 0.5 }));
    // Sites a and c have a chance of 0.05 to be a third one.
    expect(findings.length).toBeGreaterThan(1);
    expect(findings.every(({ state }) => state === 'hint')).toBe(true);
    expect((await search(build({ n: 900, seed: 3, loss: 0.2 }))).findings).toEqual([]);
  });

  it('are no other mix of classes', async () => {
    const population = build({ n: 900, seed: 4, share: 0.9, loss: 0.2 });
    expect((await search(population)).findings).toEqual([]);
    const rows = (site: number) => Int32Array.from([...Array(300).keys()], (i) => 3 * i + site);
    const { a, b } = matchClasses(rows(0), rows(1), population.labels, 0);
    const dogs = (side: Int32Array) => side.reduce((sum, row) => sum + population.labels[row]!, 0);
    expect(a.length).toBeLessThan(300);
    expect(dogs(a)).toBe(dogs(b));
  });

  it('are named by their splits, and by a mix of classes only where there are classes', async () => {
    const population = build({ n: 900, seed: 1, shift: 0.5, loss: 0.2 });
    const { findings } = await search({
      ...population,
      labels: undefined,
      metadata: [],
      splits: ['validation', 'test'],
      splitCodes: Uint8Array.from({ length: 900 }, (_, row) => Number(row % 3 === 1)),
    });
    expect(findings[0]!.sentence).toMatch(
      /^The split test differs from the split validation from early on: a classifier separates them best at early,/,
    );
    expect(findings[0]!.sentence).not.toMatch('classes');
  });

  it('are as severe as their share of the losses of held-out samples', async () => {
    const population = build({ n: 1800, seed: 1, shift: 0.5, loss: 0.2 });
    const isTraining = (row: number): boolean => row < 900;
    const severities = async (factor: number) => {
      const { findings } = await search({
        ...population,
        splits: ['training', 'validation'],
        splitCodes: Uint8Array.from({ length: 1800 }, (_, row) => Number(!isTraining(row))),
        losses: population.losses!.map((loss, row) => (isTraining(row) ? factor * loss : loss)),
      });
      return findings.filter(({ subkind }) => subkind === 'field').map(({ severity }) => severity.share);
    };
    const shares = await severities(1);
    expect(shares[0]).toBeGreaterThan(0.05);
    expect(await severities(100)).toEqual(shares);
  });

  it('are not searched between training and other samples without early layers', async () => {
    const { units: _, ...population } = build({ n: 900, seed: 7, shift: 1 });
    const { findings, remarks } = await search({
      ...population,
      metadata: [],
      splits: ['training', 'validation'],
      splitCodes: Uint8Array.from({ length: 900 }, (_, row) => row % 2),
    });
    expect(findings).toEqual([]);
    expect(remarks).toEqual([expect.stringMatching(/^The training split was not compared: /)]);
  });

  it('need samples to compare', async () => {
    const { findings, remarks } = await search(build({ n: 2, seed: 5, shift: 9 }));
    expect(findings).toEqual([]);
    expect(remarks).toEqual(['No two splits, or values of a text field, have 50 samples or more each.']);
    const { units: _, losses: __, ...bare } = build({ n: 900, seed: 6, shift: 1 });
    expect((await search(bare)).findings.map(({ state }) => state)).toEqual(['hint', 'hint']);
    const equal = { ...bare, spaces: [{ ...bare.spaces[0]!, values: new Float32Array(1800).fill(NaN) }] };
    expect((await search(equal)).findings).toEqual([]);
  });
});

it('a gap is confirmed in few of 10 populations without one', async () => {
  let hints = 0;
  for (let seed = 0; seed < 10; seed++)
    hints += Number((await search(build({ n: 450, seed }))).findings.length > 0);
  // Each has a chance of 0.1 for one or more; above 4 of 10 has a chance of 0.002.
  expect(hints).toBeLessThan(5);
});
