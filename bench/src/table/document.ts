import {
  type ContestantResult,
  compareFigures,
  computeRatio,
  type RowResult,
  type Spread,
  computeSpread,
} from './measure/result.js';
import type { QualityRule, Reach, Row } from './row.js';

/** From this share of the processors on, others disturbed a measurement. */
const DISTURBED = 0.05;

const INTRODUCTION = `# Benchmarks

Written by \`make bench\` from \`bench/results\`; single rows are measured anew by
\`make bench ARGS='umap-10k walk'\`. It reports and fails on nothing. The whole takes up to an hour on two quiet
cores.

Every contestant runs in a process of its own: it loads the same files, warms up on a small part of the work,
and then all take turns, one after another, in every round of the same run. Wall time, processor time and peak
memory are taken from outside and the same way for all: the clock of the runner, and what the kernel counts
for the process and everything below it (memory: the largest resident set since the turn began; of several
processes their largest sum, in which shared pages count more than once). Times are medians, least and largest
in brackets. A ratio is the median of ours ÷ theirs in the same round. Quality is measured outside the turns
by one measure for all (\`bench/python/judge.py\`): trustworthiness and overlap with the 15 nearest, label
agreement with the 10 nearest in the map; above 20,000 points of a seeded sample of 2,500 against all. The
perception vectors come from the walk's network after five epochs, 64 dimensions; the populations above
10,000 are its digits again, shifted by up to two pixels and with noise. The peers' versions are pinned in
\`bench/python/requirements.txt\`; what runs is in \`bench/python\` and \`bench/src/table/sides\`. Machines with
more than two cores are held to two.
`;

/** The document of all rows, measured or not. */
export function formatDocument(
  rows: readonly Row[],
  findResult: (key: string) => RowResult | undefined,
): string {
  const measured = rows.map((row) => ({ row, result: findResult(row.key) }));
  return [
    INTRODUCTION,
    '| work | ours ÷ theirs | reach | wall | processor | quality, ours / theirs |',
    '|---|---|---|---|---|---|',
    ...measured.flatMap(({ row, result }) => formatLines(row, result)),
    '',
    ...measured.flatMap(({ row, result }) => (result === undefined ? [] : formatSection(row, result))),
  ].join('\n');
}

/** The lines of a row in the table: one for each ratio that it has to reach. */
export function formatLines(row: Row, result: RowResult | undefined): string[] {
  return listVerdicts(row, result).map(
    ({ compared, reach, wall, processor, quality }) =>
      `| [${row.work}](#${row.key}) | ${compared} | ≤ ${reach}× | ${wall} | ${processor} | ${quality} |`,
  );
}

interface Verdict {
  readonly compared: string;
  readonly reach: number;
  readonly wall: string;
  readonly processor: string;
  readonly quality: string;
}

/** Each ratio that a row has to reach, and whether it does. */
function listVerdicts({ reaches, rules = [] }: Row, result: RowResult | undefined): Verdict[] {
  return reaches.map((one) => {
    const { ours, peer, atMost, figure, over } = one;
    const [mine, theirs] = [ours, peer].map((name) =>
      result?.contestants.find((contestant) => contestant.name === name),
    );
    const [time, processor] = (['wallSeconds', 'cpuSeconds'] as const).map(
      (of) => mine && theirs && computeRatio(mine, theirs, of),
    );
    const wall = figure === undefined ? time : mine && theirs && compareFigures(mine, theirs, figure, over);
    const known = { compared: nameRatio(one), reach: atMost };
    if (wall === undefined)
      return {
        ...known,
        wall: mine?.missing ?? theirs?.missing ?? 'not measured yet',
        processor: '',
        quality: '',
      };
    return {
      ...known,
      wall: `${wall.median <= atMost ? '' : 'missed: '}${times(wall)}`,
      processor: processor === undefined || ours === peer ? '–' : times(processor),
      quality: formatQuality(rules, mine!, theirs!),
    };
  });
}

/** Names both sides of a ratio: two contestants, or two figures of one. */
const nameRatio = ({ ours, peer, figure, over }: Reach): string =>
  ours === peer
    ? `${ours}, ${figure} ÷ ${over}`
    : `${ours} ÷ ${peer}${figure === undefined ? '' : `, ${figure}`}`;

const times = ({ median, min, max }: Spread): string =>
  `**${median.toFixed(2)}×** (${min.toFixed(2)}–${max.toFixed(2)})`;

function formatQuality(
  rules: readonly QualityRule[],
  { figures: ours }: ContestantResult,
  { figures: theirs }: ContestantResult,
): string {
  const judged = rules.filter(({ figure }) => ours[figure] !== undefined && theirs[figure] !== undefined);
  const short = judged.filter(({ figure, tolerance }) => ours[figure]! < theirs[figure]! - tolerance);
  const text = judged.map(({ figure }) => `${figure} ${show(ours[figure]!)} / ${show(theirs[figure]!)}`);
  const own = Object.entries(ours)
    .filter(([name]) => !rules.some(({ figure }) => figure === name))
    .map(([name, value]) => `${name} ${show(value)}`);
  return [...short.map(({ figure }) => `below in ${figure}`), ...text, ...own].join(', ');
}

/** Results of all contestants in a row. */
export function formatSection(
  { key, work, note }: Row,
  { date, commit, machine, contestants }: RowResult,
): string[] {
  const disturbed = Math.max(
    0,
    ...contestants.flatMap(({ turns }) => turns.map(({ othersShare }) => othersShare ?? 0)),
  );
  const versions = Object.entries(
    Object.assign({}, ...contestants.map((contestant) => contestant.versions)) as Record<string, string>,
  ).map(([name, version]) => `${name} ${version}`);
  const others = `other processes took up to ${Math.round(disturbed * 100)} % of the machine meanwhile`;
  const warning = disturbed > DISTURBED ? ` **Disturbed: ${others}.**` : '';
  return [
    `## ${key}`,
    '',
    filled(
      `${work[0]!.toUpperCase()}${work.slice(1)}.${note === undefined ? '' : ` ${note}.`} ${date}, ` +
        `${commit || 'no commit'}; ${machine.cores} × ${machine.processor}, ${machine.memoryGib} GiB, ` +
        `${machine.system}, ${machine.threads} threads; ${versions.join(', ')}.${warning}`,
    ),
    '',
    '| | wall s | processor s | peak MiB | rounds | quality |',
    '|---|---|---|---|---|---|',
    ...contestants.map(formatLine),
    '',
  ];
}

/** Result of one contestant in a row. */
function formatLine({ name, missing, turns, figures }: ContestantResult): string {
  if (turns.length === 0) return `| ${name} | ${missing ?? ''} | | | 0 | |`;
  const [wall, processor] = (['wallSeconds', 'cpuSeconds'] as const).map((of) =>
    seconds(computeSpread(turns.map((turn) => turn[of]))),
  );
  const memory = mebibytes(computeSpread(turns.map((turn) => turn.peakBytes)));
  const rounds = `${turns.length}${missing === undefined ? '' : `, then: ${missing}`}`;
  const quality = Object.entries(figures).map(([figure, value]) => `${figure} ${show(value)}`);
  return `| ${name} | ${wall} | ${processor} | ${memory} | ${rounds} | ${quality.join(', ')} |`;
}

/** A paragraph in lines of at most 110 characters. */
const filled = (text: string): string => text.replaceAll(/(.{1,110})(?: |$)/g, '$1\n').trimEnd();

const seconds = (spread: Spread | undefined): string =>
  spread === undefined ? '–' : `${digits(spread.median)} (${digits(spread.min)}–${digits(spread.max)})`;
const mebibytes = (spread: Spread | undefined): string =>
  spread === undefined
    ? '–'
    : `${Math.round(spread.median / 2 ** 20)} ` +
      `(${Math.round(spread.min / 2 ** 20)}–${Math.round(spread.max / 2 ** 20)})`;
const digits = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
const show = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(1) : String(Number(value.toFixed(4)));
