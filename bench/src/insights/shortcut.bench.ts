import { defaultRecipe, type Finding, runInsights } from '@noema/insights';
import { permutation, seededRandom } from '@noema/kernel/random';
import { judgeShare } from './figures.js';
import type { BenchOptions, InsightBench } from './insight.bench.js';
import { drawShortcut, plantPatch } from './plant-patch.js';
import { pickRows, type Source } from './sources/source.js';
import { readSource, type SourceKey } from './sources/sources.js';
import { trainPopulation } from './train-population.js';

const SETTINGS: readonly {
  readonly key: SourceKey;
  readonly rows: number;
  readonly epochs: number;
  readonly count: number;
}[] = [
  { key: 'digits', rows: 4000, epochs: 5, count: 7 },
  { key: 'fashion', rows: 4000, epochs: 5, count: 7 },
  { key: 'emoji', rows: 1131, epochs: 15, count: 6 },
];

/** A bright corner on 95 % of the training pictures of a class, and the same networks without it. */
export const shortcutBench: InsightBench = {
  key: 'shortcut',
  title: 'Shortcut: a bright corner on 95 % of a class',
  async run(print, options) {
    const found = { random: 0, never: 0, named: 0 };
    let [settings, quiet, quietWithPatch, nulls] = [0, 0, 0, 0];
    for (const { key, rows, epochs, count } of SETTINGS) {
      const source = readSource(key);
      for (let at = 0; at < (options.quick ? 1 : count); at++) {
        const seed = options.seed + at;
        const some = drawRows(source, rows, seed);
        const label = at % source.classNames.length;
        settings++;
        for (const [held, elsewhere] of [
          ['random', 0.3],
          ['never', 0],
        ] as const) {
          const isPainted = drawShortcut(some, splitRows(some.n), { label, tied: 0.95, elsewhere, seed });
          const findings = await search(plantPatch(some, at, isPainted), epochs, seed, options);
          const hit = findings.find(({ numbers }) => numbers['label'] === label);
          if (hit) found[held]++;
          if (held === 'random' && hit && isCorner(hit.sentence, at, some)) found.named++;
          const said = findings.map(({ sentence }) => sentence).join(' | ') || 'nothing';
          print(`${key} ${some.classNames[label]} ${held}: ${said}`);
        }
        nulls++;
        const random = seededRandom(seed, 1);
        const isPainted = Uint8Array.from({ length: some.n }, () => Number(random() < 0.3));
        const clean = await search(some, epochs, seed, options);
        const patched = await search(
          plantPatch(some, at, (row) => isPainted[row] === 1),
          epochs,
          seed,
          options,
        );
        if (clean.length === 0) quiet++;
        if (patched.length === 0) quietWithPatch++;
        for (const { sentence } of [...clean, ...patched]) print(`${key} null: ${sentence}`);
      }
    }
    const where = `${settings} settings on digits, Fashion-MNIST and emoji`;
    return [
      judgeShare(`corner on 30 % of all held-out pictures: found, ${where}`, found.random, settings, {
        atLeast: 0.95,
      }),
      judgeShare('of these, the sentence names the corner of the picture', found.named, settings),
      judgeShare(`corner on no held-out picture: found, ${where}`, found.never, settings),
      judgeShare('clean pictures: settings without a finding', quiet, nulls, { atLeast: 0.95 }),
      judgeShare('corner on 30 % of all pictures: settings without a finding', quietWithPatch, nulls, {
        atLeast: 0.95,
      }),
    ];
  },
};

const splitRows = (n: number): Uint8Array =>
  Uint8Array.from({ length: n }, (_, row) => Number(row % 5 === 4));

const drawRows = (source: Source, rows: number, seed: number): Source =>
  pickRows(source, permutation(source.n, seededRandom(seed, 2)).subarray(0, rows));

async function search(
  source: Source,
  epochs: number,
  seed: number,
  { threads }: BenchOptions,
): Promise<readonly Finding[]> {
  const { population, close } = await trainPopulation(source, {
    epochs,
    seed,
    threads,
    splitCodes: splitRows(source.n),
  });
  const [outcome] = await runInsights(population, defaultRecipe(['shortcut'], seed), { threads });
  await close();
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.report.findings;
}

/** Whether a sentence names a place within the painted corner, five pixels each way. */
function isCorner(sentence: string, corner: number, { shape: [height = 0, width = 0] }: Source): boolean {
  const match = /rows (\d+)(?:–(\d+))? and columns (\d+)(?:–(\d+))?/.exec(sentence);
  if (match === null) return false;
  const [top, left] = [Number(match[1]), Number(match[3])];
  const isNear = (from: number, size: number, isFar: boolean): boolean =>
    isFar ? from > size - 6 : from <= 5;
  return isNear(top, height, corner % 4 >= 2) && isNear(left, width, corner % 2 === 1);
}
