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
  { key: 'digits', rows: 3000, epochs: 5, count: 7 },
  { key: 'fashion', rows: 3000, epochs: 5, count: 7 },
  { key: 'emoji', rows: 1131, epochs: 15, count: 6 },
];

/** A bright corner on 95 % of the training pictures of a class, and the same networks without that tie. */
export const shortcutBench: InsightBench = {
  key: 'shortcut',
  title: 'Shortcut: a bright corner on 95 % of a class',
  async run(print, options) {
    const counts = {
      settings: 0,
      harmed: 0,
      found: 0,
      foundOfHarmed: 0,
      named: 0,
      quiet: 0,
      quietWithPatch: 0,
    };
    for (const { key, rows, epochs, count } of SETTINGS) {
      const source = readSource(key);
      for (let at = 0; at < (options.quick ? 1 : count); at++) {
        const seed = options.seed + at;
        const some = drawRows(source, rows, seed);
        const label = at % some.classNames.length;
        const run = (data: Source): Promise<Searched> => search(data, epochs, seed, options);
        counts.settings++;
        const plan = { label, tied: 0.95, elsewhere: 0.3, seed };
        const isPainted = drawShortcut(some, splitRows(some.n), plan);
        const planted = await run(plantPatch(some, at, isPainted));
        const harm = measureHarm(some, planted.predicted, { label, isPainted });
        const hit = planted.findings.find(({ numbers }) => numbers['label'] === label);
        counts.harmed += Number(harm >= 2);
        counts.found += Number(hit !== undefined);
        counts.foundOfHarmed += Number(hit !== undefined && harm >= 2);
        counts.named += Number(hit !== undefined && isCorner(hit.sentence, at, some));
        print(`${key} ${some.classNames[label]}: error × ${harm.toFixed(1)}; ${hit?.sentence ?? 'nothing'}`);
        const random = seededRandom(seed, 1);
        const marks = Uint8Array.from({ length: some.n }, () => Number(random() < 0.3));
        const clean = await run(some);
        const patched = await run(plantPatch(some, at, (row) => marks[row] === 1));
        counts.quiet += Number(clean.findings.length === 0);
        counts.quietWithPatch += Number(patched.findings.length === 0);
        for (const { sentence } of [...clean.findings, ...patched.findings])
          print(`${key} null: ${sentence}`);
      }
    }
    const { settings, harmed, found, foundOfHarmed, named, quiet, quietWithPatch } = counts;
    const reach = { atLeast: 0.95 };
    const where = `${settings} settings on digits, Fashion-MNIST and emoji`;
    return [
      judgeShare(
        `corner on 95 % of a class in training, on 30 % of all held-out pictures: found, ${where}`,
        found,
        settings,
        reach,
      ),
      judgeShare(
        'of these settings: the error at least doubles where corner and class disagree',
        harmed,
        settings,
      ),
      judgeShare('found where it doubles', foundOfHarmed, harmed, reach),
      judgeShare('found and named by the corner of the picture', named, settings),
      judgeShare('clean pictures: settings without a finding', quiet, settings, reach),
      judgeShare(
        'corner on 30 % of all pictures: settings without a finding',
        quietWithPatch,
        settings,
        reach,
      ),
    ];
  },
};

interface Searched {
  readonly findings: readonly Finding[];
  readonly predicted: Int32Array;
}

/** Returns the error where corner and class disagree over the error where they agree, on held-out pictures. */
function measureHarm(
  { n, labels }: Source,
  predicted: Int32Array,
  { label, isPainted }: { readonly label: number; readonly isPainted: (row: number) => boolean },
): number {
  const sides = [
    { wrong: 0, count: 0 },
    { wrong: 0, count: 0 },
  ];
  const splits = splitRows(n);
  for (let row = 0; row < n; row++) {
    if (splits[row] === 0) continue;
    const side = sides[Number(isPainted(row) !== (labels[row] === label))]!;
    side.count++;
    side.wrong += Number(labels[row] !== predicted[row]);
  }
  const [agreeing, disagreeing] = sides.map(({ wrong, count }) => wrong / count);
  return disagreeing! / agreeing!;
}

const splitRows = (n: number): Uint8Array =>
  Uint8Array.from({ length: n }, (_, row) => Number(row % 5 === 4));

const drawRows = (source: Source, rows: number, seed: number): Source =>
  pickRows(source, permutation(source.n, seededRandom(seed, 2)).subarray(0, rows));

async function search(
  source: Source,
  epochs: number,
  seed: number,
  { threads }: BenchOptions,
): Promise<Searched> {
  const population = await trainPopulation(source, {
    epochs,
    seed,
    threads,
    splitCodes: splitRows(source.n),
  });
  const [outcome] = await runInsights(population, defaultRecipe(['shortcut'], seed), { threads });
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return { findings: outcome.report.findings, predicted: population.predicted! };
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
