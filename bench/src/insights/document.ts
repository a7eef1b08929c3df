import type { InsightKind } from '@noema/insights';
import type { MethodParameter } from '@noema/kernel';
import type { InsightBench } from './insight.bench.js';
import type { BenchResult } from './results.js';

const INTRODUCTION = `# Insights

Written by \`make bench ARGS=insights\` from the registry of kinds and the last run of each bench
(\`bench/results/insights\`). \`make bench ARGS='insights shortcut'\` runs one bench anew.

An **insight** is a claim about your model and your data, with its evidence and the chance that it is luck. Noema
searches for insights after the last epoch of a run.

- **Halves.** A search over hundreds of groups finds one that looks bad in any data. Therefore each sample outside of
  training belongs to one of two halves, by a hash of its group and the seed. The search sees the first half only, and
  its numbers come from the second half, which the search has not seen. Kinds without a search of groups, such as
  mislabelled samples and domain gaps, use all samples: they judge each one by models that have not learned from it, or
  compare what is listed beforehand.
- **Groups.** Samples with the same value of the group field, such as a patient, and copies of each other are one piece
  of evidence: they are in one half, and tests and intervals count groups instead of samples. Data name the field
  (\`group\`), or the search does (\`noema insights search --group patient\`; on the page, the menu of the
  insights).
- **States.** A *hint* was found in the first half only; hints stay folded. A *confirmed* insight holds in the second
  half too: on average at most one in ten confirmed insights of a kind is luck. *Audited* means that people looked at
  its samples. Then you approve, dismiss or fix it. Kinds that count instead of estimating, such as duplicate units,
  have no second half: their counts are exact, and they are confirmed at once.
- **Outputs.** A search is about one output of the model: its labels, predictions and own losses. Without a name it is
  the first one, also after a run; \`noema insights search --output parity\` searches another (on the page, the menu
  of the insights). Insights of all outputs are in one list, and each follows, replaces and ends insights of its own
  output alone. Duplicates and wasted capacity read no output: the search of the first output has them, without the
  name of an output, and searches of other outputs skip them and say why.
- **Membership** of samples is a rule, such as "9s for which unit 17 of conv2 is silent", not a list. The rule therefore
  extends to later epochs, other versions and new data.
- **Severity** is the share of all loss that a group would give back if it were average: 3 from 5 %, 2 from 1 %, else 1.
  Kinds without a loss count points of accuracy: 3 from 1 point, 2 from 0.2.
- **The recipe** is stored with the findings: seed, kinds, versions and parameters. The same recipe gives the same
  findings for any number of threads.

How to read the numbers below: *planted* settings contain a fault that we put in, *null* settings contain no fault.
Brackets hold the 95 % interval. A line with **missed** does not reach its limit; take findings of that kind with care.
`;

/** Formats the document: the introduction, all kinds, and the last result of each bench. */
export function formatDocument(
  kinds: readonly InsightKind[],
  benches: readonly InsightBench[],
  findResult: (key: string) => BenchResult | undefined,
): string {
  const measured = benches.map((bench) => ({ bench, result: findResult(bench.key) }));
  const missed = measured.filter(({ result }) => result?.rows.some(({ ok }) => !ok));
  const pending = measured.filter(({ result }) => result === undefined);
  const list = (some: typeof measured): string[] =>
    some.map(({ bench }) => `- [${bench.title}](#${toAnchor(bench.title)})`);
  return [
    INTRODUCTION,
    '## Kinds',
    '',
    '| kind | finds | needs | reference |',
    '|---|---|---|---|',
    ...kinds.map(
      ({ title, summary, needs, reference }) =>
        `| ${title} | ${summary} | ${needs.join(', ')} | ${reference || 'our own'} |`,
    ),
    '',
    '### Parameters',
    '',
    '| kind | parameter | default | range | effect |',
    '|---|---|---|---|---|',
    ...kinds.flatMap(formatParameters),
    '',
    '## Measured',
    '',
    ...(missed.length === 0
      ? ['All limits that were measured are reached.']
      : ['Limits are missed in:', '', ...list(missed)]),
    ...(pending.length === 0 ? [] : ['', 'Not measured yet:', '', ...list(pending)]),
    '',
    ...measured.flatMap(({ bench, result }) =>
      result === undefined ? [] : [...formatBench(bench, result), ''],
    ),
  ].join('\n');
}

/** Formats the section of a bench. */
export function formatBench({ title }: InsightBench, result: BenchResult): string[] {
  const { date, commit, machine, seconds, rows } = result;
  return [
    `### ${title}`,
    '',
    `${date}, ${commit || 'no commit'}; ${machine.cores} × ${machine.processor}, ${machine.memoryGib} GiB, ` +
      `${machine.threads} threads; ${seconds} s.`,
    '',
    '| setting | limit | measured |',
    '|---|---|---|',
    ...rows.map(
      ({ what, reach, figure, ok }) => `| ${what} | ${reach} | ${ok ? '' : '**missed**: '}${figure} |`,
    ),
  ];
}

const formatParameters = ({ title, parameters }: InsightKind): string[] =>
  parameters.map(
    (parameter) =>
      `| ${title} | \`${parameter.name}\` | ${String(parameter.default)} | ${formatRange(parameter)} | ` +
      `${parameter.help} |`,
  );

function formatRange(parameter: MethodParameter): string {
  switch (parameter.type) {
    case 'boolean':
      return 'true or false';
    case 'choice':
      return parameter.choices.map(({ value }) => value).join(', ');
    case 'numbers':
      return 'a list of numbers';
    default: {
      const { minimum, maximum, above, below } = parameter;
      const low = minimum !== undefined ? `≥ ${minimum}` : above !== undefined ? `> ${above}` : '';
      const high = maximum !== undefined ? `≤ ${maximum}` : below !== undefined ? `< ${below}` : '';
      return [low, high].filter(Boolean).join(', ') || 'any number';
    }
  }
}

/** The anchor that renderers of Markdown give a title. */
const toAnchor = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
