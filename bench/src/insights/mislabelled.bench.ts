import {
  assignHalves,
  type Finding,
  insightKinds,
  type LabelEvidence,
  type Population,
  probeOutOfFold,
  rankLabels,
  runAudit,
  selectJudgedLabels,
  type Verdict,
} from '@noema/insights';
import { judgeMean, judgeShare, judgeValue } from './figures.js';
import type { BenchOptions, BenchRow, InsightBench } from './insight.bench.js';
import { type CleanlabInput, scoreByCleanlab } from './labels/cleanlab.peer.js';
import { NOISE_KINDS, type NoiseKind } from './labels/label-noise.js';
import {
  countEpochs,
  LABEL_SOURCES,
  type LabelSource,
  type PlantedLabels,
  plantLabels,
  readSamples,
  trainClean,
} from './labels/planted-labels.js';

const SHARES = [0.01, 0.05, 0.1, 0.2];
/** The first seed has all shares, the others this one. */
const [SEEDS, REPEATED] = [5, [0.05]];
const Q = 0.1;
const AUDITS_PER_SETTING = 3;

interface Setting {
  readonly source: LabelSource;
  readonly kind: NoiseKind;
  readonly share: number;
  readonly ours: number;
  readonly flipped: Uint8Array;
  readonly peers: readonly CleanlabInput[];
  readonly finding: Finding | undefined;
  readonly audits: readonly Audit[];
}

interface Audit {
  readonly excess: boolean;
  readonly verdicts: number;
  readonly recall: number;
}

/** Planted wrong labels on four data sets, ranked by us and by cleanlab, and audited. */
export const mislabelledBench: InsightBench = {
  key: 'mislabelled',
  title: 'Planted wrong labels: three kinds of noise, four shares, four data sets; cleanlab as a peer',
  async run(print, options) {
    const settings: Setting[] = [];
    const clean: (Finding | undefined)[] = [];
    const sources = options.quick ? (['texts', 'emoji'] as const) : LABEL_SOURCES;
    for (const key of sources) {
      const source = readSamples(key);
      for (let seed = options.seed; seed < options.seed + (options.quick ? 1 : SEEDS); seed++) {
        const training = { epochs: countEpochs(key), seed, threads: options.threads };
        const trained = await trainClean(source, training);
        clean.push((await search(trained, options)).finding);
        for (const kind of NOISE_KINDS)
          for (const share of options.quick || seed > options.seed ? REPEATED : SHARES) {
            const planted = await plantLabels(source, trained, { kind, share, seed }, training);
            settings.push(await measure(planted, { source: key, kind, share }, options));
            print(`${key}, ${kind}, ${share}, seed ${seed}: AP ${settings.at(-1)!.ours.toFixed(3)}`);
          }
      }
    }
    return [...compare(settings, print), ...judgeFindings(settings, clean)];
  },
};

async function measure(
  { population, flipped }: PlantedLabels,
  setting: Pick<Setting, 'source' | 'kind' | 'share'>,
  options: BenchOptions,
): Promise<Setting> {
  const { finding, scores } = await search(population, options);
  const audits = Array.from({ length: AUDITS_PER_SETTING }, (_, at) => audit(finding, flipped, at));
  return {
    ...setting,
    ours: averagePrecision(scores, flipped),
    flipped,
    peers: await cleanlabInputs(population, options),
    finding,
    audits,
  };
}

/** Inputs of cleanlab: the probabilities of the run, and out-of-fold probabilities on the perception vectors. */
async function cleanlabInputs(
  population: Population,
  { seed, threads }: BenchOptions,
): Promise<CleanlabInput[]> {
  const { n, probabilities, classNames, spaces } = population;
  const labels = population.labels!;
  const folds = Uint8Array.from({ length: n }, (_, row) => row % 5);
  const judged = selectJudgedLabels(population);
  return [
    { labels, probabilities: probabilities!, classes: classNames.length },
    {
      labels: judged.classes,
      probabilities: await probeOutOfFold(spaces[0]!, judged, { folds, foldCount: 5, seed, threads }),
      classes: judged.classCount,
    },
  ];
}

/** Returns the finding about wrong labels, and the score of every label. */
async function search(
  population: Population,
  { seed, threads }: BenchOptions,
): Promise<{ readonly finding: Finding | undefined; readonly scores: Float32Array }> {
  let evidence: LabelEvidence | undefined;
  const report = await insightKinds.get('mislabelled').search(population, {
    seed,
    threads,
    q: Q,
    halves: assignHalves(population, seed),
    parameters: {},
    progress: () => undefined,
    share: async (_, compute) => {
      const value = await compute();
      evidence = value as LabelEvidence;
      return value;
    },
  });
  const finding = report.findings.find(({ subkind }) => subkind === '');
  return { finding, scores: rankLabels(evidence!).scores };
}

/** An audit by a person who knows which labels were planted: natural errors count as right. */
function audit(finding: Finding | undefined, flipped: Uint8Array, seed: number): Audit {
  const members = finding?.members ?? new Int32Array();
  const verdicts = new Map<number, Verdict>();
  const planted = flipped.reduce((sum, one) => sum + one, 0);
  for (;;) {
    const { cut, next, done } = runAudit({ members: members.length, seed, q: Q, verdicts });
    for (const position of next)
      verdicts.set(position, flipped[members[position]!] === 1 ? 'wrong' : 'right');
    if (!done) continue;
    const hits = members.subarray(0, cut).reduce((sum, row) => sum + flipped[row]!, 0);
    return { excess: cut > 0 && 1 - hits / cut > Q, verdicts: verdicts.size, recall: hits / planted };
  }
}

function compare(settings: readonly Setting[], print: (line: string) => void): BenchRow[] {
  const scores = scoreByCleanlab(
    settings.flatMap(({ peers }) => peers),
    print,
  );
  const peers = settings.map(({ flipped }, at) =>
    [0, 1].map((input) =>
      Math.max(
        ...scores[2 * at + input]!.map((values) =>
          averagePrecision(
            values.map((value) => -value),
            flipped,
          ),
        ),
      ),
    ),
  );
  const gains = (input: number, source?: LabelSource): number[] =>
    settings.flatMap((one, at) =>
      source === undefined || one.source === source ? [one.ours - peers[at]![input]!] : [],
    );
  const precision = (wanted: (setting: Setting) => boolean): number[] =>
    settings.filter(wanted).map(({ ours }) => ours);
  const present = LABEL_SOURCES.filter((source) => settings.some((one) => one.source === source));
  return [
    judgeMean(
      'average precision, all settings',
      precision(() => true),
    ),
    judgeMean('gain over the better score of cleanlab, probabilities of the run', gains(0), {
      atLeast: 0.03,
    }),
    ...present.map((source) => judgeMean(`the same, ${source}`, gains(0, source), { atLeast: 0.03 })),
    judgeMean('gain over the better score of cleanlab, out-of-fold probabilities on the vectors', gains(1), {
      atLeast: 0.03,
    }),
    ...present.map((source) => judgeMean(`the same, ${source}`, gains(1, source))),
    ...present.flatMap((source) =>
      NOISE_KINDS.map((kind) =>
        judgeMean(
          `average precision at 5 %, ${source}, ${kind}`,
          precision((one) => one.source === source && one.kind === kind && one.share === 0.05),
          source === 'digits' || source === 'fashion' ? { atLeast: 0.95 } : undefined,
        ),
      ),
    ),
  ];
}

function judgeFindings(settings: readonly Setting[], clean: readonly (Finding | undefined)[]): BenchRow[] {
  const audits = settings.flatMap((one) => one.audits);
  const held = audits.filter(({ excess }) => !excess).length;
  const count = (of: readonly (Finding | undefined)[]): number =>
    of.filter((finding) => finding?.state === 'confirmed').length;
  const random = settings.filter(({ kind, share }) => kind === 'uniform' && share >= 0.05);
  const bracketed = settings.filter(({ flipped, finding }) => {
    const planted = flipped.reduce((sum, one) => sum + one, 0);
    return (finding?.numbers.least ?? 0) <= planted && planted <= (finding?.numbers.most ?? 0);
  });
  return [
    judgeShare(`audits whose share of right labels above the cut is at most ${Q}`, held, audits.length, {
      atLeast: 0.95,
    }),
    judgeValue('most verdicts of an audit', Math.max(...audits.map(({ verdicts }) => verdicts)), '', {
      atMost: 130,
    }),
    judgeMean(
      'verdicts of an audit',
      audits.map(({ verdicts }) => verdicts),
    ),
    judgeMean(
      'share of the planted labels above the cut',
      audits.map(({ recall }) => recall),
    ),
    judgeShare('brackets that have the number of planted labels', bracketed.length, settings.length),
    judgeShare(
      'uniform noise of at least 5 % that is confirmed',
      count(random.map((one) => one.finding)),
      random.length,
    ),
    judgeShare('clean data sets where it is confirmed', count(clean), clean.length),
  ];
}

/** Average precision of scores that are high for wrong labels; rows without a score come last. */
function averagePrecision(scores: Float32Array, flipped: Uint8Array): number {
  const order = [...scores.keys()].sort((a, b) => rank(scores[b]!) - rank(scores[a]!) || a - b);
  let [hits, sum] = [0, 0];
  order.forEach((row, at) => {
    if (flipped[row] === 1) sum += ++hits / (at + 1);
  });
  return sum / hits;
}

const rank = (score: number): number => (Number.isNaN(score) ? -Infinity : score);
