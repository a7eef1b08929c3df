import { startBrowser } from '@noema/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { isShowable } from '../src/page/page-directory.js';
import { smallTexts, widthBeyond } from '../src/page/page-measures.js';
import { onStage } from '../src/page/page-stage.js';
import { IDS } from '../src/page/synthetic-ids.js';

let browser: Browser;
const stage = onStage.bind(undefined, () => browser);
const PATH = `/projects/${IDS.project}/runs`;

const table = (page: Page) => page.getByRole('region', { name: 'Table of runs' });
const names = async (page: Page): Promise<string[]> =>
  (await table(page).getByRole('link').allTextContents()).map((name) => name.trim());

describe.skipIf(!isShowable('the table of runs'))('the table of runs', () => {
  beforeAll(async () => {
    browser = (await startBrowser())!;
  });
  afterAll(async () => {
    await browser?.close();
  });

  stage(
    'sorts, filters and groups, and an address brings it back',
    { count: 50, moreRuns: 27, path: `/projects/${IDS.project}` },
    async ({ shown, page }) => {
      await page.getByRole('link', { name: 'Compare runs' }).click();
      await table(page).getByRole('link').first().waitFor();
      await page.getByText('28 runs').waitFor();
      await table(page).getByRole('button', { name: 'accuracy' }).click();
      const head = table(page).getByRole('columnheader', { name: 'accuracy' });
      await expect.poll(() => head.getAttribute('aria-sort')).toBe('descending');
      expect((await names(page))[0]).toMatch(/at 0\.003/);
      await expect
        .poll(() =>
          table(page)
            .getByText(/9\d\.\d\d% – 9/)
            .count(),
        )
        .toBeGreaterThan(0);
      expect(await shown.seriousFaults()).toEqual([]);
      expect(await smallTexts(page)).toEqual([]);
      const letters = await table(page)
        .locator('th > button > span')
        .evaluateAll((heads) => heads.map((head) => getComputedStyle(head, '::first-letter').textTransform));
      expect(new Set(letters), 'first letters of the heads').toEqual(new Set(['uppercase']));
      await shown.picture('runs-table');
      await page.getByRole('combobox', { name: 'Group by a setting' }).click();
      await page.getByRole('option', { name: 'by optimizer', exact: true }).click();
      await table(page)
        .getByText(/optimizer: adam/)
        .waitFor();
      await table(page)
        .getByText(/n = \d+, 95% interval/)
        .first()
        .waitFor();
      await page.getByRole('textbox', { name: 'Filter by name' }).fill('try 1');
      await page.getByText('11 of 28 runs').waitFor();
      const found = await names(page);
      await shown.picture('runs-grouped');
      await page.reload();
      await page.getByText('11 of 28 runs').waitFor();
      await expect.poll(() => names(page)).toEqual(found);
      await page.getByRole('textbox', { name: 'Filter by name' }).fill('no such run');
      await page.getByRole('button', { name: 'Show all runs' }).click();
      await page.getByText('28 runs', { exact: true }).waitFor();
    },
  );

  stage(
    'compares selected runs by curves and settings',
    { count: 50, moreRuns: 27, path: PATH },
    async ({ shown, page }) => {
      for (const name of [/^Compare .*, try 1$/, /^Compare .*, try 2$/])
        await table(page).getByRole('checkbox', { name }).check();
      await expect
        .poll(() =>
          table(page)
            .getByRole('checkbox', { name: /, try 9$/ })
            .isDisabled(),
        )
        .toBe(true);
      const differing = page.getByRole('region', { name: 'Settings of the selected runs' });
      await differing.getByRole('row', { name: /optimizer learning rate 0\.001 0\.003/ }).waitFor();
      await expect.poll(() => differing.getByRole('row', { name: /loss function/ }).count()).toBe(0);
      await page.getByRole('heading', { name: 'Learning rate' }).waitFor();
      await page.getByRole('slider', { name: 'Smoothing of the curves' }).press('End');
      await page
        .getByRole('button', { name: /validation, smoothed/ })
        .first()
        .waitFor();
      await expect.poll(() => page.url()).toContain('smooth=0.99');
      expect(await shown.seriousFaults()).toEqual([]);
      await page.getByRole('heading', { name: 'Loss' }).scrollIntoViewIfNeeded();
      await shown.picture('runs-compared');
      await page.getByRole('button', { name: 'Clear the selection' }).click();
      await page.getByText('Select runs in the table').waitFor();
    },
  );

  stage(
    'draws runs over parallel axes, whose chosen parts filter the table',
    { count: 50, moreRuns: 27, path: PATH },
    async ({ shown, page }) => {
      const plot = page.getByRole('region', { name: 'Parallel axes' });
      await plot.getByRole('application').waitFor();
      await plot.getByRole('application').focus();
      await page.keyboard.press('ArrowDown');
      await plot.getByText(/^.+, .*optimizer: (?:adam|sgd).*, accuracy: \d/).waitFor();
      const rate = plot.getByRole('slider', { name: 'Lowest optimizer learning rate' });
      await rate.press('PageUp');
      await expect
        .poll(() => new URL(page.url()).searchParams.get('between'))
        .toMatch(/^0\.\d+\.\.[\d.]+:setting:optimizer learning rate$/);
      await plot.getByRole('slider', { name: 'Highest optimizer', exact: true }).press('Home');
      await expect.poll(() => new URL(page.url()).searchParams.getAll('set')).toEqual(['optimizer=adam']);
      const left = page.getByText(/^\d+ of 28 runs$/);
      await left.waitFor();
      const found = await names(page);
      expect(found.length).toBeLessThan(28);
      await plot.scrollIntoViewIfNeeded();
      expect(await shown.seriousFaults()).toEqual([]);
      expect(await smallTexts(page)).toEqual([]);
      await shown.picture('runs-parallel');
      await page.reload();
      await left.waitFor();
      await expect.poll(() => names(page)).toEqual(found);
      // While the page is still laid out, the axis moves away from the pointer.
      await expect
        .poll(async () => {
          const box = (await plot.getByRole('slider', { name: 'Lowest accuracy' }).boundingBox())!;
          await page.mouse.move(box.x + box.width / 2, box.y - 20);
          await page.mouse.down();
          await page.mouse.move(box.x + box.width / 2, box.y - 140, { steps: 4 });
          await page.mouse.up();
          return new URL(page.url()).searchParams.getAll('between');
        })
        .toHaveLength(2);
      await plot.getByRole('button', { name: 'Clear the axes' }).click();
      await page.getByText('28 runs', { exact: true }).waitFor();
    },
  );

  stage(
    'lists a thousand runs and draws the ones in sight',
    { count: 50, moreRuns: 999, path: PATH },
    async ({ page }) => {
      await page.getByText('1,000 runs').waitFor();
      await expect.poll(() => table(page).getByRole('row').count()).toBeLessThan(60);
      await expect.poll(() => table(page).getByRole('table').getAttribute('aria-rowcount')).toBe('1001');
      await table(page).focus();
      await page.keyboard.press('End');
      await table(page).getByRole('link', { name: 'made up' }).waitFor();
      await table(page).getByRole('button', { name: 'loss', exact: true }).focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.url()).toContain('sort=-loss');
    },
  );

  stage(
    'fits a phone',
    { count: 50, moreRuns: 9, path: PATH, viewport: { width: 390, height: 844 } },
    async ({ shown, page }) => {
      await table(page).getByRole('checkbox').first().check();
      await page.getByRole('button', { name: 'Clear the selection' }).waitFor();
      expect(await widthBeyond(page)).toBe(0);
      expect(await shown.seriousFaults()).toEqual([]);
      await shown.picture('runs-phone');
    },
  );

  stage('says what to do without a run', { count: 5, hasRun: false, path: PATH }, async ({ shown, page }) => {
    await page.getByText('No run yet').waitFor();
    await page.getByRole('link', { name: 'Back to the project' }).waitFor();
    expect(await shown.seriousFaults()).toEqual([]);
  });
});
