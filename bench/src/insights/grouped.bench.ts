import { defaultRecipe, explainMembers, insightKinds, runInsights } from '@noema/insights';
import { seededRandom } from '@noema/kernel/random';
import { judgeShare } from './figures.js';
import { drawGrouped, GROUPS, ROWS_OF_GROUP } from './grouped/grouped-population.js';
import type { InsightBench } from './insight.bench.js';

const SETTINGS = 30;
const LEVEL = 0.1;
/** Kinds that estimate and can therefore be misled by groups. */
const KINDS = [
  'low-performance',
  'miscalibrated',
  'shortcut',
  'overfitting',
  'out-of-distribution',
  'representation',
  'leakage',
  'domain-gap',
];

/** Data in which rows come in groups, such as patients, and in which there is nothing to find. */
export const groupedBench: InsightBench = {
  key: 'grouped',
  title: `Null data of ${GROUPS} groups with ${ROWS_OF_GROUP} correlated rows each`,
  async run(print, { quick, seed, threads }) {
    const settings = quick ? 3 : SETTINGS;
    const found = new Map<string, number>(KINDS.map((key) => [key, 0]));
    let [explained, planted] = [0, 0];
    for (let at = 0; at < settings; at++) {
      const population = drawGrouped(seed + at);
      for (const outcome of await runInsights(population, defaultRecipe(KINDS, seed + at), { threads })) {
        if (outcome.state !== 'done') throw new Error(JSON.stringify(outcome));
        // Whether the model is worse in validation than in training is no question of groups, and it is: planted.
        const confirmed = outcome.report.findings.filter(
          ({ state, subkind }) => state === 'confirmed' && subkind !== 'overall',
        );
        if (confirmed.length > 0) found.set(outcome.key, found.get(outcome.key)! + 1);
        for (const { sentence } of confirmed.slice(0, 1)) print(`${at} ${outcome.key}: ${sentence}`);
      }
      const recipe = defaultRecipe(['low-performance'], seed + at);
      const [worse] = await runInsights(drawGrouped(seed + at, true), recipe, { threads });
      const isFound = (worse?.state === 'done' ? worse.report.findings : []).some(
        ({ state, sentence }) => state === 'confirmed' && sentence.includes('site 0'),
      );
      planted += Number(isFound);
      const random = seededRandom(seed + at, 1);
      const isMember = Array.from({ length: 2 * GROUPS }, () => random() < 0.3);
      const mask = Uint8Array.from({ length: population.n }, (_, row) =>
        Number(isMember[Math.floor(row / ROWS_OF_GROUP)]),
      );
      if (explainMembers(mask, population, { without: ['metadata patient'] }).length > 0) explained++;
    }
    return [
      ...[...found].map(([key, count]) =>
        judgeShare(`${insightKinds.get(key).title}: settings with a confirmed finding`, count, settings, {
          atMost: LEVEL,
        }),
      ),
      judgeShare('explanations of groups drawn at random: settings with one', explained, settings, {
        atMost: LEVEL,
      }),
      judgeShare(
        'groups of one site planted as worse: settings in which the site is found',
        planted,
        settings,
      ),
    ];
  },
};
