import { defaultRecipe, type Finding, insightKinds, runInsights } from '@noema/insights';
import { judgeShare } from './figures.js';
import type { InsightBench } from './insight.bench.js';
import { createRandomSource, RANDOM_FAMILIES } from './sources/random.source.js';
import { trainPopulation } from './train-population.js';

const [SETS, EPOCHS] = [20, 8];

/**
 * Findings that describe the network, or list samples on request, and claim no fault of the data: units without use,
 * samples that were forgotten, the gap of the whole network (all of them counts without a search, so luck has no part),
 * and samples to label.
 */
const isDescription = (key: string, { subkind }: Finding): boolean =>
  ['wasted-capacity', 'forgotten', 'to-label-next'].includes(key) ||
  (key === 'overfitting' && subkind === 'overall');

/** Data sets without faults, made at random: every confirmed finding is false. */
export const cleanBench: InsightBench = {
  key: 'clean',
  title: 'Clean data sets',
  async run(print, { quick, seed, threads }) {
    const sets = quick ? RANDOM_FAMILIES.length : SETS;
    const loud = new Map(insightKinds.keys().map((key) => [key, 0]));
    const ran = new Map(insightKinds.keys().map((key) => [key, 0]));
    let quiet = 0;
    for (let at = 0; at < sets; at++) {
      const source = createRandomSource(100 * seed + at);
      const population = await trainPopulation(source, { epochs: EPOCHS, seed: at, threads });
      const { labels, predicted, n } = population;
      const wrong = labels!.reduce((sum, label, row) => sum + Number(label !== predicted![row]), 0);
      let findings = 0;
      for (const outcome of await runInsights(population, defaultRecipe(undefined, at), { threads })) {
        const { key, state } = outcome;
        if (state === 'failed') print(`${source.key}: ${key} failed: ${outcome.message}`);
        if (state !== 'done') continue;
        ran.set(key, ran.get(key)! + 1);
        const claims = outcome.report.findings.filter(
          (one) => one.state === 'confirmed' && !isDescription(key, one),
        );
        for (const { sentence } of claims) print(`${source.key}: ${key}: ${sentence}`);
        if (claims.length > 0) loud.set(key, loud.get(key)! + 1);
        findings += claims.length;
      }
      if (findings === 0) quiet++;
      print(
        `${source.key}: n ${n}, ${source.classNames.length} classes, ${wrong} misclassified, ${findings} findings`,
      );
    }
    return [
      judgeShare('sets without a confirmed finding of any kind', quiet, sets, { atLeast: 0.9 }),
      ...[...loud].map(([key, count]) =>
        judgeShare(`${insightKinds.get(key).title}: sets with a confirmed finding`, count, ran.get(key)!),
      ),
    ];
  },
};
