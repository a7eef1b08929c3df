import { startBrowser } from '@noema/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { holdRequests } from '../src/page/held-requests.js';
import { isShowable } from '../src/page/page-directory.js';
import { onStage } from '../src/page/page-stage.js';
import { IDS } from '../src/page/synthetic-ids.js';
import { POPULATION_PATH } from '../src/page/synthetic-platform.js';
import type { SyntheticPopulation } from '../src/page/synthetic-population.js';
import { Task } from '@noema/contracts/noema/type/v1/task';

let browser: Browser;
const stage = onStage.bind(undefined, () => browser);
const COUNT = 2_000;
const LEARNING = { count: COUNT, epochs: 3, isLearning: true } as const;
const COMPARED = `${POPULATION_PATH}?epoch=3&a=${IDS.run}.1&color=change&size=change.loss`;

/** The changes of the synthetic run after epoch 1, counted independently. */
function expectedCounts({ trueClass, predictedClass }: SyntheticPopulation) {
  const counts = { correct: 0, fixed: 0, broken: 0, wrong: 0 };
  trueClass.forEach((label, row) => {
    const before = predictedClass[row] === label;
    const breaks = label === 4 && Math.floor(row / 10) % 5 === 0;
    const now = !breaks && (before || row % 2 === 0);
    counts[before ? (now ? 'correct' : 'broken') : now ? 'fixed' : 'wrong']++;
  });
  return counts;
}

describe.skipIf(!isShowable('two versions in the browser'))('two versions on one map', () => {
  beforeAll(async () => {
    browser = (await startBrowser())!;
  });
  afterAll(async () => {
    await browser?.close();
  });

  stage(
    'draws nothing in other colors while the other version loads',
    { ...LEARNING, otherRun: {} },
    async ({ shown, page }) => {
      const release = await holdRequests(page, `**/v1/runs/${IDS.otherRun}`);
      await shown.goto(`${POPULATION_PATH}?epoch=3&a=${IDS.otherRun}.1&color=change&size=change.loss`);
      await page.getByRole('status', { name: 'Comparing the versions' }).waitFor();
      await page.getByRole('status', { name: 'Loading the legend' }).waitFor();
      await page.getByText('2,000 shown').waitFor();
      expect(await page.getByRole('group', { name: 'loss' }).count()).toBe(0);
      expect(await shown.seriousFaults()).toEqual([]);
      release();
      await page.getByRole('group', { name: 'change from A to B' }).waitFor();
    },
  );

  stage(
    'opens by a key on the epoch before, counts what changed, and leads to the samples',
    { ...LEARNING, path: `${POPULATION_PATH}?epoch=3` },
    async ({ shown, page, population, platform }) => {
      await population.ready();
      await population.canvas.focus();
      await page.keyboard.press('k');
      const panel = page.getByRole('region', { name: 'Two versions' });
      await panel.getByText('Both versions have all 2,000 samples.').waitFor();
      const address = (): URLSearchParams => new URL(page.url()).searchParams;
      await expect.poll(() => address().get('a')).toBe(`${IDS.run}.2`);
      await population.choose('Epoch of A', 'epoch 1');
      await expect.poll(() => address().get('a')).toBe(`${IDS.run}.1`);
      const counts = expectedCounts(platform.population);
      const changes = panel.getByRole('group', { name: 'Changes of 2,000 samples' });
      const named = (title: string, number: number): RegExp =>
        new RegExp(`^${title} ?${number.toLocaleString('en')}( |$)`);
      for (const [title, number] of [
        ['correct in both', counts.correct],
        ['fixed in B', counts.fixed],
        ['broken in B', counts.broken],
        ['misclassified in both', counts.wrong],
      ] as const)
        await changes.getByRole('button', { name: named(title, number) }).waitFor();
      // The legend of the map counts the same.
      const legend = page.getByRole('group', { name: 'change from A to B' });
      await legend.getByRole('button', { name: named('broken in B', counts.broken) }).waitFor();
      await panel.getByTitle('Show the samples of class 4').waitFor();
      // Class 4 alone got worse for sure.
      await expect.poll(() => panel.getByText('worse', { exact: true }).count()).toBe(1);
      await population.settled();
      await shown.loaded();
      await shown.picture('versions');
      expect(await shown.seriousFaults()).toEqual([]);

      await changes.getByRole('button', { name: 'broken in B' }).click();
      await population.statusIs(new RegExp(`^${counts.broken} of 2,000 shown`));
      await page
        .getByRole('region', { name: 'Samples shown' })
        .or(page.getByLabel('Samples shown'))
        .first()
        .waitFor();
      await expect.poll(() => address().getAll('in')).toEqual(['change:broken']);
      await expect.poll(() => address().get('by')).toBe('-change.loss');
      await shown.loaded();
      await shown.picture('versions-broken');
      // A link restores the comparison.
      await page.reload();
      await population.ready();
      await population.statusIs(new RegExp(`^${counts.broken} of 2,000 shown`));
      await panel.getByText('Both versions have all 2,000 samples.').waitFor();

      await panel.getByRole('button', { name: 'Swap A and B' }).click();
      await changes.getByRole('button', { name: named('fixed in B', counts.broken) }).waitFor();
      await panel.getByRole('button', { name: 'End' }).click();
      await expect.poll(() => address().has('b')).toBe(false);
      await population.statusIs(/^2,000 of 2,000 shown/);
    },
  );

  stage(
    'holds still: the map keeps its places while the other version changes',
    { ...LEARNING, path: COMPARED },
    async ({ shown, page, population }) => {
      await population.ready();
      const panel = page.getByRole('region', { name: 'Two versions' });
      await panel.getByRole('button', { name: 'Map of A' }).click();
      await expect.poll(() => new URL(page.url()).searchParams.get('b')).toBe(`${IDS.run}.3`);
      await expect.poll(() => page.getByTestId('epoch').textContent()).toContain('Epoch 1');
      await population.ready();
      await panel.getByText('Both versions have all 2,000 samples.').waitFor();
      await shown.loaded();
      await population.settled();
      const before = await population.findPlace('4');
      await population.choose('Epoch of B', 'epoch 2');
      await expect.poll(() => new URL(page.url()).searchParams.get('b')).toBe(`${IDS.run}.2`);
      await panel.getByText('Both versions have all 2,000 samples.').waitFor();
      expect(await population.findPlace('4')).toEqual(before);
    },
  );

  stage(
    'moves names together with their dots, before the other columns of an epoch have come',
    { ...LEARNING, path: `${POPULATION_PATH}?epoch=3` },
    async ({ shown, page, population }) => {
      await population.ready();
      await population.settled();
      const before = await population.findPlace('4');
      const release = await holdRequests(
        page,
        ({ pathname, searchParams }) =>
          pathname.endsWith('/columns') && !searchParams.getAll('columns').includes('x'),
      );
      await page.getByRole('slider', { name: 'Epoch' }).press('Home');
      await page.getByText('Epoch 1 of 3').waitFor();
      await expect.poll(() => population.findPlace('4')).not.toEqual(before);
      await population.settled();
      const moved = await population.findPlace('4');
      release();
      await shown.loaded();
      await population.settled();
      expect(await population.findPlace('4')).toEqual(moved);
    },
  );

  stage(
    'shows the same in the dark, on a phone',
    { ...LEARNING, path: `${COMPARED}&right=1`, viewport: { width: 390, height: 844 } },
    async ({ shown, page }) => {
      await page.emulateMedia({ colorScheme: 'dark' });
      const panel = page.getByRole('region', { name: 'Two versions' });
      await panel.getByText('Both versions have all 2,000 samples.').waitFor();
      await panel.getByText('Settings that differ').waitFor();
      await shown.loaded();
      await shown.picture('versions-phone-dark');
      expect(await shown.seriousFaults()).toEqual([]);
    },
  );

  const refusals = [
    ['another task', { task: Task.REGRESSION }, /has the task/],
    [
      'no ground truth',
      { noLossReason: 'the dataset has no ground truth' },
      /not compared with ground truth/,
    ],
    ['no map', { datasetVersionId: IDS.other }, /second, epoch 3, has no map/],
  ] as const;
  for (const [why, otherRun, reason] of refusals)
    stage(
      `refuses a version with ${why}, and names it`,
      { ...LEARNING, otherRun, others: 10, path: `${POPULATION_PATH}?epoch=3&a=${IDS.otherRun}.3` },
      async ({ shown, page, population }) => {
        await population.ready();
        await page.getByRole('alert').filter({ hasText: reason }).waitFor();
        if (why === 'another task') await shown.picture('versions-refused');
        expect(await shown.seriousFaults()).toEqual([]);
      },
    );

  stage(
    'names the settings that differ, and offers a choice where there is no other epoch',
    { count: 200, otherRun: { displayName: 'wide '.repeat(30), settings: { epochs: 1, batchSize: 64 } } },
    async ({ shown, page, population }) => {
      await population.ready();
      await page.getByRole('button', { name: 'Compare with another version' }).click();
      const panel = page.getByRole('region', { name: 'Two versions' });
      await panel.getByText('Choose the run and the epoch').waitFor();
      await page.mouse.move(700, 600);
      await page.getByRole('tooltip').waitFor({ state: 'hidden' });
      await shown.picture('versions-choose');
      expect(await shown.seriousFaults()).toEqual([]);
      await panel.getByRole('combobox', { name: 'Run of A' }).click();
      await page.getByRole('option', { name: 'wide' }).click();
      await panel.getByRole('row', { name: 'batch size 64 0' }).waitFor();
      await shown.loaded();
      await shown.picture('versions-runs');
      expect(await shown.seriousFaults()).toEqual([]);
    },
  );
});
