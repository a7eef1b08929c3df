import { readFile } from 'node:fs/promises';
import { startBrowser } from '@noema/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { isShowable } from '../src/page/page-directory.js';
import { widthBeyond } from '../src/page/page-measures.js';
import { onStage, type Stage } from '../src/page/page-stage.js';
import type { ShownPage } from '../src/page/shown-page.js';
import { IDS } from '../src/page/synthetic-ids.js';
import { SYNTHETIC_TASKS } from '../src/page/synthetic-tasks.js';

let browser: Browser;
const stage = onStage.bind(undefined, () => browser);
const PROJECT_PATH = `/projects/${IDS.project}`;
const RUN_PATH = `${PROJECT_PATH}/runs/${IDS.run}`;
const PATH = `${RUN_PATH}/evaluation`;
const COUNT = 2_000;

const chart = (page: Page, title: string) =>
  page.getByRole('application', { name: new RegExp(`^${title}, `) });

/** Waits until a report with its charts is drawn. */
async function ready(shown: ShownPage): Promise<void> {
  await shown.page.getByTestId('measures').waitFor();
  await shown.loaded();
}

/** Shows the same page on a phone in the dark, and takes pictures of its top and of its charts. */
async function fitsPhoneInTheDark(shown: ShownPage, name: string): Promise<void> {
  const { page } = shown;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await shown.loaded();
  // Charts take their new width, and colors the other scheme, some frames later.
  await expect.poll(() => widthBeyond(page)).toBe(0);
  await expect.poll(() => shown.seriousFaults()).toEqual([]);
  await page.evaluate(() => {
    window.scrollTo(0, 0);
  });
  await shown.picture(`${name}-phone-dark`);
  await page.getByRole('application').first().scrollIntoViewIfNeeded();
  await shown.picture(`${name}-phone-dark-charts`);
}

/** Opens map, sample and project of the same data, where axe finds nothing in light and in dark colors. */
async function looksRightElsewhere({ shown, page, population }: Stage): Promise<void> {
  await shown.goto(`${RUN_PATH}/population`);
  await population.ready();
  for (const [part, path] of [
    ['map', undefined],
    ['sample', `${RUN_PATH}/samples/validation/s3`],
    ['project', PROJECT_PATH],
  ] as const) {
    if (path !== undefined) {
      await shown.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
    }
    await shown.loaded();
    expect.soft(await shown.seriousFaultsOfColors(), part).toEqual([]);
  }
}

/** The numbers of a chart, as its CSV has them, by the names of its columns. */
async function readCsv(page: Page, title: string): Promise<Record<string, string>[]> {
  await page.getByRole('button', { name: `Save ${title}` }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /^CSV/ }).click(),
  ]);
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  const [head = [], ...rows] = lines.map((line) => line.split(','));
  return rows.map((row) => Object.fromEntries(row.map((cell, i) => [head[i]!, cell])));
}

const sum = (rows: readonly Record<string, string>[], column: string): number =>
  rows.reduce((total, row) => total + Number(row[column]), 0);

describe.skipIf(!isShowable('the evaluation of a run'))('the evaluation of a run', () => {
  beforeAll(async () => {
    browser = (await startBrowser())!;
  });
  afterAll(async () => {
    await browser?.close();
  });

  stage(
    'counts every sample once, and a cell leads to its samples and onto the map',
    { count: COUNT, epochs: 2, path: PATH },
    async ({ shown, page, population }) => {
      await ready(shown);
      const cells = await readCsv(page, 'Confusion matrix');
      expect(cells).toHaveLength(100);
      expect(sum(cells, 'samples')).toBe(COUNT);
      const correct = cells.filter(({ label, predicted }) => label === predicted);
      const accuracy = ((100 * sum(correct, 'samples')) / COUNT).toFixed(2);
      await page.getByTestId('measures').getByText(`${accuracy}%`, { exact: true }).first().waitFor();
      await page
        .getByTestId('measures')
        .getByText(/95% interval .* n\s=\s2,000/)
        .first()
        .waitFor();
      await expect.poll(() => page.getByTestId('class-row').count()).toBe(10);
      expect(sum(await readCsv(page, 'Confidence'), 'samples')).toBe(COUNT);
      expect(await shown.seriousFaults()).toEqual([]);
      await page.evaluate(() => {
        window.scrollTo(0, 0);
      });
      await shown.picture('evaluation');
      await chart(page, 'Calibration').scrollIntoViewIfNeeded();
      await shown.picture('evaluation-curves');
      await page.emulateMedia({ colorScheme: 'dark' });
      await shown.picture('evaluation-curves-dark');
      await page.evaluate(() => {
        window.scrollTo(0, 0);
      });
      await expect.poll(() => shown.seriousFaults()).toEqual([]);
      await shown.picture('evaluation-dark');
      await page.emulateMedia({ colorScheme: 'light' });

      const wrong = cells.find(
        ({ label, predicted, samples }) => label !== predicted && Number(samples) > 0,
      )!;
      const matrix = chart(page, 'Confusion matrix');
      await matrix.focus();
      const moves = [
        ...Array.from({ length: Number(wrong['label']) }, () => 'ArrowDown'),
        ...Array.from({ length: Number(wrong['predicted']) }, () => 'ArrowRight'),
      ];
      await page.keyboard.press('ArrowRight');
      for (const key of moves) await page.keyboard.press(key);
      await page.getByTestId('chart-tooltip').getByText(`samples: ${wrong['samples']!}`).waitFor();
      await page.keyboard.press('Enter');
      const samples = page.getByRole('dialog', {
        name: `Label ${wrong['label']!}, predicted ${wrong['predicted']!}`,
      });
      await samples.getByText(`${wrong['samples']!} sample`).waitFor();
      await shown.loaded();
      expect(await shown.seriousFaults()).toEqual([]);
      await shown.picture('evaluation-samples');
      await samples.getByRole('link', { name: 'On the map' }).click();
      await population.ready();
      await population.statusIs(new RegExp(`^${wrong['samples']!} of 2,000 shown`));
      await page.getByRole('link', { name: 'Evaluation' }).click();
      await ready(shown);
    },
  );

  stage(
    'compares two epochs sample by sample, and sorts the classes',
    { count: COUNT, epochs: 2, path: `${PATH}?against=1&normalize=truth` },
    async ({ shown, page }) => {
      await ready(shown);
      await page
        .getByText(/points \(95% .* to .*\), n\s=\s2,000, \d+ fixed, \d+ broken against epoch 1/)
        .waitFor();
      const cells = await readCsv(page, 'Confusion matrix');
      expect(sum(cells, 'share of the label')).toBeCloseTo(10, 9);
      await page.getByRole('table').getByRole('button', { name: 'recall' }).click();
      const shares = await page.getByTestId('class-row').locator('td:nth-child(3)').allInnerTexts();
      const numbers = shares.map((text) => parseFloat(text));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      await shown.picture('evaluation-compared');
      await page.getByRole('button', { name: 'Show Precision and recall as a table' }).click();
      await page.getByRole('region', { name: 'Precision and recall as a table' }).waitFor();
      await page.getByRole('combobox', { name: 'Class of the curves' }).click();
      await page.getByRole('option', { name: '4', exact: true }).waitFor();
      expect(await shown.seriousFaults()).toEqual([]);
      await page.getByRole('option', { name: '4', exact: true }).click();
      await page.waitForURL(/focus=4/);
      await page.getByText('200 of 2,000 samples have it as their label').waitFor();
      await ready(shown);
      expect(await page.evaluate(() => window.scrollY)).toBeGreaterThan(0);
      await page.getByRole('button', { name: 'Save ROC' }).click();
      await page.getByRole('menu').waitFor();
      expect(await shown.seriousFaults()).toEqual([]);
      for (const [item, start] of [
        ['SVG', '<svg'],
        ['PNG', '\u0089PNG'],
      ] as const) {
        if (item === 'PNG') {
          await page.getByRole('menu').waitFor({ state: 'hidden' });
          await page.getByRole('button', { name: 'Save ROC' }).click();
        }
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('menuitem', { name: new RegExp(`^${item}`) }).click(),
        ]);
        expect((await readFile(await download.path())).subarray(0, 4).toString('latin1')).toBe(start);
      }
    },
  );

  stage(
    'shows the numbers of a regression, whose residuals count every sample',
    { count: COUNT, task: SYNTHETIC_TASKS['regression']!, path: PATH },
    async (on) => {
      const { shown, page } = on;
      await ready(shown);
      expect(sum(await readCsv(page, 'Residuals'), 'samples')).toBe(COUNT);
      const points = await readCsv(page, 'Predicted against true');
      expect(points).toHaveLength(1_500);
      await page.getByText('1,500 of 2,000 samples are drawn').waitFor();
      // The mean of |sin| is 2/π, that of its square a half.
      const measures = await page.getByTestId('measures').innerText();
      expect(measures).toMatch(/mean absolute error\s+0\.63\d+/i);
      expect(measures).toMatch(/root mean squared error\s+0\.70\d+/i);
      expect(measures.match(/95% interval/g)!.length).toBeGreaterThanOrEqual(4);
      await expect.poll(() => page.getByRole('application', { name: /^Confusion/ }).count()).toBe(0);
      expect(await shown.seriousFaults()).toEqual([]);
      await shown.picture('evaluation-regression');
      await fitsPhoneInTheDark(shown, 'evaluation-regression');
      await page.setViewportSize({ width: 1440, height: 900 });
      await looksRightElsewhere(on);
    },
  );

  for (const [task, words] of [
    ['detection', [/mean average precision/, /41\.00%/, /Objects by outcome/]],
    ['sequence', [/IoU/, /accuracy by position/]],
    ['multi-label', [/all labels correct/, /numbers by label and curves need them/]],
  ] as const)
    stage(
      `says what a ${task} has, and what it lacks`,
      { count: 300, task: SYNTHETIC_TASKS[task]!, path: PATH },
      async ({ shown, page }) => {
        await ready(shown);
        for (const word of words) await page.getByText(word).first().waitFor();
        await expect.poll(() => page.getByRole('application', { name: /^Confusion/ }).count()).toBe(0);
        expect(await shown.seriousFaults()).toEqual([]);
        await shown.picture(`evaluation-${task}`);
        if (task === 'detection') await fitsPhoneInTheDark(shown, 'evaluation-detection');
      },
    );

  stage(
    'draws nothing without labels, of one class, of one sample, and for a filter that is refused',
    { count: 1, path: PATH },
    async ({ shown, page }) => {
      await ready(shown);
      await page.getByText(/All samples have the label 0/).waitFor();
      await expect.poll(() => chart(page, 'ROC').count()).toBe(0);
      await expect.poll(() => page.getByTestId('measures').innerText()).not.toMatch(/NaN|Infinity|∞/);
      await chart(page, 'Confusion matrix').waitFor();
      await shown.picture('evaluation-one-sample');
      await shown.goto(`${PATH}?split=training`);
      await page.getByText('No sample matches the split and the filter').waitFor();
    },
  );

  stage('says that no sample has ground truth', { count: 50, isUnlabeled: true, path: PATH }, async (on) => {
    const { shown, page } = on;
    await page.getByText('No sample with ground truth').waitFor();
    expect(await shown.seriousFaultsOfColors()).toEqual([]);
    await shown.picture('evaluation-no-labels');
    await looksRightElsewhere(on);
  });

  stage(
    'says why a run has no loss, and lists no highest losses of it',
    { count: 50, isUnlabeled: true, noLossReason: 'the data have no ground truth', path: PATH },
    async ({ shown, page, population }) => {
      await page.getByText('the data have no ground truth').waitFor();
      await shown.goto(`${RUN_PATH}/population`);
      await population.ready();
      await page.getByText('Slices', { exact: true }).waitFor();
      expect(await page.getByText('Highest loss').count()).toBe(0);
    },
  );

  stage(
    'fits a phone, in the dark, with long names of classes',
    {
      count: 500,
      classNames: ['x'.repeat(120), 'a class with a name of several words', 'c'],
      path: PATH,
      viewport: { width: 390, height: 844 },
    },
    async ({ shown }) => {
      await ready(shown);
      await fitsPhoneInTheDark(shown, 'evaluation');
    },
  );
});
