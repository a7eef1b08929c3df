import { encodeVisual, table } from '@noema/integration';
import { startBrowser } from '@noema/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { isShowable } from '../src/page/page-directory.js';
import { widthBeyond } from '../src/page/page-measures.js';
import { onStage } from '../src/page/page-stage.js';
import { POPULATION_PATH } from '../src/page/synthetic-platform.js';
import { SYNTHETIC_VISUALS } from '../src/page/synthetic-visuals.js';

let browser: Browser;
const stage = onStage.bind(undefined, () => browser);
const pictures = (page: Page) => page.getByTestId('map-picture');
const PICTURED = '[data-testid=map-picture] [style*="background-image"], [data-testid=map-picture] img';

describe.skipIf(!isShowable('pictures on the map'))('pictures on the map', () => {
  beforeAll(async () => {
    browser = (await startBrowser())!;
  });
  afterAll(async () => {
    await browser?.close();
  });

  stage(
    'shows samples as pictures at their dots when few are in view, and leaves the map usable',
    { count: 4_000 },
    async ({ shown, page, population }) => {
      await population.ready();
      await population.settled();
      await expect.poll(() => pictures(page).count()).toBe(0);
      // To the middle of a cluster, which lies right of the middle of the map.
      await page.goto(`${shown.base}${POPULATION_PATH}?cam=8,0,16`);
      await population.ready();
      await page.locator(PICTURED).first().waitFor();
      await shown.loaded();
      await population.settled();
      const count = await pictures(page).count();
      expect(count).toBeGreaterThan(10);
      expect(count).toBeLessThanOrEqual(60);
      await page.getByText(new RegExp(`^${count} of \\d+ samples in view as pictures`)).waitFor();
      expect(await overlaps(page)).toEqual([]);
      expect(await shown.seriousFaults()).toEqual([]);
      // The pointer goes through: a picture is hovered and opened, the map is moved and selected on.
      const box = (await pictures(page).first().boundingBox())!;
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.getByTestId('hover-preview').waitFor();
      const point = await pictures(page).first().getAttribute('data-point');
      await expect.poll(() => page.getByTestId('hover-preview').getAttribute('data-point')).toBe(point);
      await page.mouse.move(box.x + 3, box.y + 3);
      await page.mouse.down();
      await page.mouse.up();
      await page.getByRole('region', { name: 'Sample' }).waitFor();
      await page.keyboard.press('Escape');
      const before = await pictures(page).first().boundingBox();
      await population.canvas.press('ArrowRight');
      await expect.poll(async () => pictures(page).first().boundingBox()).not.toEqual(before);
      await page.keyboard.press('i');
      await expect.poll(() => pictures(page).count()).toBe(0);
      await expect.poll(() => new URL(page.url()).searchParams.get('pictures')).toBe('none');
      await page.keyboard.press('i');
      await page.locator(PICTURED).first().waitFor();
      // Whatever few samples a filter leaves have pictures without a zoom.
      await population.canvas.press('0');
      await expect.poll(() => pictures(page).count()).toBe(0);
      await population.choose('Add a filter', 'correctness');
      await page
        .getByRole('button', { name: /^misclassified/ })
        .first()
        .click();
      await population.statusIs(/^1\d\d of 4,000 shown/);
      await page.locator(PICTURED).first().waitFor();
      await page.keyboard.press(']');
      await population.settled();
      await shown.picture('map-pictures-misclassified');
    },
  );

  stage(
    'covers the map by a grid of pictures, one sample a cell, by pointer and by keyboard',
    { count: 4_000 },
    async ({ shown, page, population }) => {
      await population.ready();
      await page.keyboard.press('g');
      const grid = page.getByRole('listbox', {
        name: /^Pictures of the map, of each cell the sample nearest/,
      });
      await grid.waitFor();
      await page.locator(PICTURED).first().waitFor();
      await shown.loaded();
      await population.settled();
      const nearest = await points(page);
      expect(nearest.length).toBeGreaterThan(30);
      expect(nearest.length).toBeLessThanOrEqual(150);
      expect(await overlaps(page)).toEqual([]);
      expect(await shown.seriousFaults()).toEqual([]);
      // A click opens the picture, not the dot below it.
      const cell = pictures(page).nth(7);
      const box = (await cell.boundingBox())!;
      const name = (await cell.getAttribute('aria-label'))!;
      await page.mouse.move(box.x + 6, box.y + 6);
      await expect
        .poll(() => page.getByTestId('hover-preview').getAttribute('data-point'))
        .toBe(String(nearest[7]));
      await page.mouse.down();
      await page.mouse.up();
      await page.getByRole('region', { name: 'Sample' }).waitFor();
      expect(name).toMatch(/^label \d, predicted \d, loss /);
      await page.keyboard.press('Escape');
      await grid.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      const active = (await grid.getAttribute('aria-activedescendant'))!;
      expect(active.endsWith(`-${nearest[1]}`)).toBe(true);
      await page.keyboard.press('Enter');
      await page.getByRole('region', { name: 'Sample' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByText('highest loss', { exact: true }).click();
      await expect.poll(() => points(page)).not.toEqual(nearest);
      await expect.poll(() => new URL(page.url()).searchParams.get('pictures')).toBe('worst');
      // Keys of the page work from within the grid.
      await page.getByRole('listbox', { name: /^Pictures of the map/ }).focus();
      await page.keyboard.press('g');
      await expect.poll(() => page.getByRole('listbox', { name: /^Pictures of the map/ }).count()).toBe(0);
    },
  );

  const words = SYNTHETIC_VISUALS.find(({ name }) => name === 'tokens')!;
  stage(
    'shows the beginning of a text where a sample is no picture',
    { count: 60, visuals: [words] },
    async ({ shown, page, population }) => {
      await population.ready();
      await pictures(page).filter({ hasText: 'The rain in' }).first().waitFor();
      await shown.loaded();
      await shown.picture('map-texts');
    },
  );

  const penguin = {
    name: 'row',
    ...encodeVisual(
      table(
        ['column', 'value'],
        [
          ['Island', 'Torgersen'],
          ['Beak Length (mm)', 40.3],
          ['Beak Depth (mm)', 18],
          ['Flipper Length (mm)', 195],
          ['Body Mass (g)', 3250],
          ['Sex', 'FEMALE'],
        ],
      ),
    ),
  };
  stage(
    'shows a row of a table as a line for each column, no value cut by its name',
    { count: 60, visuals: [penguin] },
    async ({ shown, page, population }) => {
      await population.ready();
      const all = 'Island Torgersen\nBeak Length (mm) 40.3\nBeak Depth (mm) 18\nFlipper Length (mm) 195\n';
      // Small ones have values alone, the title has the names.
      const small = page.locator('button [title^="Island Torgersen"]');
      await small.first().waitFor();
      expect(await small.first().innerText()).toBe('Torgersen\n40.3\n18\n195');
      expect(await small.first().getAttribute('title')).toBe(`${all}Body Mass (g) 3,250\nSex FEMALE`);
      await page.keyboard.press('s');
      const large = page.getByTestId('gallery-grid').locator('[title^="Island Torgersen"]').first();
      await large.waitFor();
      expect((await large.innerText()).replaceAll('\n', ' ')).toContain('Beak Length (mm) 40.3');
      // The lines lie in their frame, and numbers are whole.
      const cut = await page.locator('[title^="Island Torgersen"]').evaluateAll((tables) =>
        tables.flatMap((one) => {
          const frame = one.parentElement!.getBoundingClientRect();
          return [...one.children].flatMap((line) => {
            const value = line.lastElementChild!;
            const isCut = value.scrollWidth > value.clientWidth + 1 && /^[\d,.]+$/.test(value.textContent);
            return isCut || line.getBoundingClientRect().bottom > frame.bottom ? [line.textContent] : [];
          });
        }),
      );
      expect(cut).toEqual([]);
      await shown.loaded();
      await population.settled();
      expect(await shown.seriousFaults()).toEqual([]);
      await shown.picture('data-table-gallery');
    },
  );

  stage(
    'has no pictures of data without visualizers',
    { count: 40, visuals: [] },
    async ({ page, population }) => {
      await population.ready();
      await population.settled();
      await expect.poll(() => pictures(page).count()).toBe(0);
      const button = page.getByRole('button', { name: 'Grid of pictures' });
      await expect.poll(() => button.getAttribute('aria-disabled')).toBe('true');
    },
  );

  stage(
    'leaves G to the map where its data come before its code, so that the frame of the page is shown with it',
    { count: 400 },
    async ({ shown, page, population }) => {
      await population.ready();
      const known = page.waitForResponse((response) => response.url().includes('/columns'));
      await page.route(/population\.page[^/]*\.js/, async (route) => {
        await known;
        await route.continue();
      });
      await shown.goto(POPULATION_PATH);
      await population.ready();
      await page.keyboard.press('g');
      await page.getByRole('listbox', { name: /^Pictures of the map/ }).waitFor();
      await expect.poll(() => new URL(page.url()).pathname).toBe(POPULATION_PATH);
    },
  );

  stage(
    'loads from a platform on the same machine while the browser is offline',
    { count: 4_000 },
    async ({ page, population }) => {
      await population.ready();
      await page.evaluate(() => window.dispatchEvent(new Event('offline')));
      await page.keyboard.press('s');
      await page
        .locator('[role=gridcell] img, [role=gridcell] [style*="background-image"]')
        .first()
        .waitFor();
      await page.keyboard.press('g');
      await page.locator(PICTURED).first().waitFor();
    },
  );

  stage(
    'fits a phone',
    { count: 300, viewport: { width: 390, height: 844 } },
    async ({ shown, page, population }) => {
      await population.ready();
      await page.getByRole('button', { name: 'Grid of pictures' }).click();
      await page.locator(PICTURED).first().waitFor();
      await shown.loaded();
      await population.settled();
      expect(await widthBeyond(page)).toBe(0);
      await shown.picture('map-grid-small');
      expect(await shown.seriousFaults()).toEqual([]);
    },
  );
});

const points = (page: Page): Promise<number[]> =>
  pictures(page).evaluateAll((items) => items.map((item) => Number((item as HTMLElement).dataset['point'])));

/** Pairs of pictures that cover each other. */
const overlaps = (page: Page): Promise<string[]> =>
  pictures(page).evaluateAll((items) => {
    const boxes = items.map((item) => item.getBoundingClientRect());
    return boxes.flatMap((a, i) =>
      boxes
        .slice(i + 1)
        .flatMap((b, k) =>
          a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5
            ? [`${i} and ${i + 1 + k}`]
            : [],
        ),
    );
  });
