import { startBrowser } from '@noema/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { isShowable } from '../src/page/page-directory.js';
import { measureGallery, measurePictureGrid, watchSorts, widthBeyond } from '../src/page/page-measures.js';
import { onStage } from '../src/page/page-stage.js';
import { IDS } from '../src/page/synthetic-ids.js';
import { POPULATION_PATH } from '../src/page/synthetic-platform.js';
import { syntheticPicture } from '../src/page/synthetic-picture.js';

let browser: Browser;
const stage = onStage.bind(undefined, () => browser);
const RUN_PATH = `/projects/${IDS.project}/runs/${IDS.run}`;
const MILLION = 1_000_000;
/** The most that may be moved before a million dots are seen. */
const MAX_BYTES = 12_000_000;
const NASTY = [
  '<script>alert(1)</script>',
  '"quoted" \'twice\' & <b>bold</b>',
  'عربي من اليمين',
  '👩‍👩‍👧‍👦 emoji 🧪',
  'x'.repeat(300),
  '<img src=x onerror=alert(2)>',
  '${alert(3)}',
  'a\u202eb c',
  ' ',
  '../../etc/passwd?x=1#y&z%2F',
];

describe.skipIf(!isShowable('the page with data of all sizes'))('the page with data of all sizes', () => {
  beforeAll(async () => {
    browser = (await startBrowser())!;
  });
  afterAll(async () => {
    await browser?.close();
  });

  for (const [count, status] of [
    [1, /1 of 1 shown/],
    [2, /2 of 2 shown/],
  ] as const) {
    stage(`shows a population of ${count}`, { count }, async ({ shown, page, population }) => {
      await population.ready();
      await population.statusIs(status);
      await shown.loaded();
      await shown.picture(`fault-samples-${count}`);
      await page.keyboard.press('n');
      await page.getByRole('region', { name: 'Sample' }).getByText('validation s').waitFor();
    });
  }

  stage('says that a population of none is empty', { count: 0 }, async ({ shown, page }) => {
    await page.getByText('There are no samples').waitFor();
    await shown.picture('fault-samples-0');
  });

  stage(
    'shows a million samples after 12 MB, and stays usable',
    { count: MILLION, signedOut: true },
    async ({ platform, shown, page, population }) => {
      let moved = 0;
      const session = await shown.context.newCDPSession(page);
      await session.send('Network.enable');
      session.on('Network.loadingFinished', ({ encodedDataLength }) => {
        moved += encodedDataLength;
      });
      await shown.signIn(platform.apiKey, `${RUN_PATH}/population`);
      await population.ready();
      await population.statusIs(/1,000,000 of 1,000,000 shown/);
      await expect.poll(() => population.points()).toBe(MILLION);
      expect(moved).toBeGreaterThan(MILLION * 8);
      expect(moved).toBeLessThanOrEqual(MAX_BYTES);
      await shown.loaded();
      await shown.picture('fault-samples-million');
      const gallery = await measureGallery(page);
      expect(gallery.cells).toBeLessThan(150);
      expect(gallery.firstPictureMs).toBeLessThan(1_000);
      expect(gallery.lineFrameMs).toBeLessThan(50);
      expect(gallery.flyingFrameMs).toBeLessThan(50);
      await page.keyboard.press('s');
      const grid = await measurePictureGrid(page);
      console.info('a grid of pictures over a million samples:', grid);
      expect(grid.pictures).toBeGreaterThan(30);
      expect(grid.pictures).toBeLessThanOrEqual(150);
      expect(grid.frameMs).toBeLessThan(50);
      expect(grid.movingFrameMs).toBeLessThan(50);
      await page.keyboard.press('g');
      await population.canvas.press('0');
      await population.choose('Color by', 'label');
      await page.getByRole('button', { name: /^3\b/ }).last().click();
      await population.statusIs(/^100,000 of 1,000,000 shown/);
      await population.lasso('3');
      await population.statusIs(/selected/);
      await page.keyboard.press(']');
      await page.mouse.move(2, 2);
      await population.settled();
      await shown.picture('fault-samples-million-lasso');
    },
  );

  stage(
    'draws a lasso once, before the panels follow, and an empty one not at all',
    { count: 2_000, path: `${POPULATION_PATH}?size=none` },
    async ({ page, population }) => {
      await population.ready();
      await population.settled();
      const sorts = await watchSorts(page);
      const { x, y } = await population.frame();
      await page.keyboard.press('r');
      await page.mouse.move(x + 70, y + 60);
      await page.mouse.down();
      await page.mouse.move(x + 80, y + 70);
      await page.mouse.up();
      await expect
        .poll(() => page.evaluate(() => performance.getEntriesByName('noema:lasso').length))
        .toBe(1);
      await population.settled();
      expect(await sorts()).toEqual([]);
      await population.lasso('4');
      await population.statusIs(/ selected/);
      await population.settled();
      expect(await sorts()).toEqual([false]);
    },
  );

  stage(
    'distinguishes samples without a loss',
    { count: 600, nanEvery: 3 },
    async ({ shown, page, population }) => {
      await population.ready();
      await page
        .getByText(/200 .*(no|without) value|no value/)
        .first()
        .waitFor();
      await shown.picture('fault-losses-some-nan');
      await page.goto(`${shown.base}${RUN_PATH}/samples/validation/s3`);
      await page.getByText('no loss').first().waitFor();
    },
  );

  stage(
    'shows a population in which no loss is a number',
    { count: 600, nanEvery: 1 },
    async ({ shown, page, population }) => {
      await population.ready();
      await population.statusIs(/600 of 600 shown/);
      await page.getByText('no value').first().waitFor();
      await expect.poll(() => page.getByRole('main').textContent()).not.toMatch(/\bNaN\b|Infinity/);
      await shown.picture('fault-losses-all-nan');
      await page.keyboard.press('n');
      await population.choose('Color by', 'label');
    },
  );

  // NaN is never answered: a metric without a value for an epoch is left out.
  stage(
    'draws metrics that some epochs do not have',
    {
      count: 60,
      epochs: 6,
      makeMetrics: (epoch) => ({
        loss: 1 / epoch,
        ...(epoch < 3 || epoch === 5 ? { accuracy: 0.9 } : {}),
        ...(epoch === 2 ? { hinge: 0.5 } : {}),
      }),
      path: RUN_PATH,
    },
    async ({ shown, page }) => {
      const rows = page
        .getByRole('row')
        .filter({ has: page.getByRole('link', { name: /^Population after epoch/ }) });
      await rows.nth(5).waitFor();
      await expect
        .poll(() => rows.locator('td:nth-child(3)').allTextContents())
        .toEqual(['–', '90.00%', '–', '–', '90.00%', '90.00%']);
      await expect.poll(() => page.getByRole('main').textContent()).not.toMatch(/\bNaN\b|Infinity|undefined/);
      await expect
        .poll(() =>
          page
            .locator('path[d*="NaN"], polyline[points*="NaN"], [cy="NaN"], [y="NaN"], [d*="Infinity"]')
            .count(),
        )
        .toBe(0);
      expect(await widthBeyond(page)).toBe(0);
      await shown.picture('fault-metrics-nan');
      await page.goto(`${shown.base}${RUN_PATH}/population`);
      await page.getByText('Epoch 6 of 6').waitFor();
    },
  );

  stage(
    'stays usable with a thousand classes',
    { count: 4000, classNames: Array.from({ length: 1000 }, (_, i) => `species ${i}`) },
    async ({ shown, page, population }) => {
      await population.ready();
      await population.choose('Color by', 'label');
      const legend = page.getByRole('group', { name: 'label' });
      await legend
        .getByRole('button', { name: /^species 0/ })
        .first()
        .waitFor();
      await expect.poll(() => legend.getByRole('button', { pressed: true }).count()).toBeLessThan(60);
      await shown.picture('fault-classes-thousand');
      await page.getByRole('textbox', { name: 'Search the names of label' }).fill('species 777');
      await legend.getByRole('button', { name: /^species 777 / }).click();
      await population.statusIs(/^4 of 4,000 shown/);
      await page.keyboard.press('Escape');
      await page.goto(`${shown.base}${RUN_PATH}/samples/validation/s777`);
      await page.getByRole('button', { name: 'Show all 1000 classes' }).click();
      await expect.poll(() => page.getByRole('listitem').count()).toBeLessThan(100);
      await shown.picture('fault-classes-thousand-sample');
    },
  );

  stage(
    'takes names and ids for what they are: text',
    { count: 40, classNames: NASTY, toSampleId: (row) => `${NASTY[row % NASTY.length]!} ${row}` },
    async ({ shown, page, population }) => {
      await population.ready();
      await population.choose('Color by', 'label');
      const legend = page.getByRole('group', { name: 'label' });
      await legend.getByText('<script>alert(1)</script>').waitFor();
      await shown.picture('fault-names');
      for (let i = 0; i < 5; i++) await page.getByTestId('population-canvas').press('n');
      await page.getByRole('region', { name: 'Sample' }).getByRole('link', { name: 'Open' }).waitFor();
      await shown.picture('fault-names-details');
      expect(await widthBeyond(page)).toBe(0);
      for (const row of [0, 1, 2, 3, 4, 5, 7, 8, 9]) {
        const id = `${NASTY[row]!} ${row}`;
        await shown.goto(`${RUN_PATH}/samples/validation/${encodeURIComponent(id)}`);
        await expect
          .poll(
            () =>
              page.evaluate(
                () =>
                  document.querySelector('h1')?.textContent ??
                  document.querySelector('[role=alert]')?.textContent,
              ),
            { message: JSON.stringify(id) },
          )
          .toBe(id);
        expect.soft(await widthBeyond(page), id).toBe(0);
        if (row === 0 || row === 4) await shown.picture(`fault-names-sample-${row}`);
      }
      await page.getByRole('tab', { name: 'Similar' }).click();
      await page.getByRole('tabpanel').getByRole('link').first().waitFor();
    },
  );

  const side = 4000;
  const fine = syntheticPicture(side, 3000, (x, y) => (x ^ y) & 255);
  stage(
    'zooms a picture of twelve megapixels',
    {
      count: 3,
      picture: { width: side, height: 3000, png: fine },
      path: `${RUN_PATH}/samples/validation/s1`,
    },
    async ({ shown, page }) => {
      await page.getByText('4000 × 3000 pixels').waitFor();
      const zoom = page.getByRole('button', { name: 'Zoom in' });
      for (let i = 0; i < 6; i++) await zoom.click();
      await page.getByText(/1,?\d\d\d%/).waitFor();
      await page.evaluate(
        () =>
          new Promise((resolve) => {
            requestAnimationFrame(resolve);
          }),
      );
      await shown.picture('fault-picture-large');
    },
  );
});
