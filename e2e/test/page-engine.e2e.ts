import { readFileSync } from 'node:fs';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { startBrowser } from '@noema/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { isShowable } from '../src/page/page-directory.js';
import { smallTexts, widthBeyond } from '../src/page/page-measures.js';
import { onStage } from '../src/page/page-stage.js';
import { POPULATION_PATH } from '../src/page/synthetic-platform.js';
import { IDS } from '../src/page/synthetic-ids.js';

let browser: Browser;
const stage = onStage.bind(undefined, () => browser);
const SIMILAR_PATH = `/projects/${IDS.project}/runs/${IDS.run}/samples/validation/s1?tab=similar`;
const LAYERS = ['conv1', 'conv2', 'dense'];
const slider = (page: Page) => page.getByRole('slider', { name: 'Depth, from appearance to concept' });
/** As long as other waits of the page. */
const until = <T>(look: () => T) => expect.poll(look);
/** The first result, by the row that it is of. */
const first = (page: Page) =>
  page.getByRole('tabpanel', { name: 'Similar' }).locator('a[href*="/samples/"]').first();

/** Whether all of it is within the window, and nothing covers its middle. */
const isInSight = (what: Locator): Promise<boolean> =>
  what.evaluate((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return (
      top >= -1 &&
      bottom <= window.innerHeight + 1 &&
      above !== null &&
      (element.contains(above) || above.contains(element))
    );
  });

describe.skipIf(!isShowable('what the engine gives on the page'))('what the engine gives on the page', () => {
  beforeAll(async () => {
    browser = (await startBrowser())!;
  });
  afterAll(async () => {
    await browser?.close();
  });

  for (const [name, viewport] of [
    ['wide', { width: 1440, height: 900 }],
    ['small', { width: 390, height: 844 }],
  ] as const)
    stage(
      `keeps similar samples in sight while the depth moves, on a ${name} screen`,
      { count: 2000, layers: LAYERS, path: `${SIMILAR_PATH}&k=100`, viewport },
      async ({ shown, page }) => {
        await page.getByText(/100 of 100/).waitFor();
        if (name === 'wide') {
          await page.getByRole('button', { name: 'Weight of each layer' }).click();
          await expect.poll(() => isInSight(first(page))).toBe(true);
          const [controls, results] = await Promise.all([
            page.getByRole('group', { name: 'Search settings' }).boundingBox(),
            first(page).boundingBox(),
          ]);
          expect(results!.x).toBeGreaterThan(controls!.x + controls!.width);
          await shown.picture('similar-controls');
        }
        const results = page.getByRole('tabpanel', { name: 'Similar' }).locator('a[href*="/samples/"]');
        await results.nth(50).evaluate((link) => {
          link.scrollIntoView({ block: 'end' });
        });
        if (name === 'small') await shown.picture('similar-small');
        await expect.poll(() => isInSight(slider(page))).toBe(true);
        await expect.poll(() => isInSight(results.nth(50))).toBe(true);
        const before = await results.nth(50).getAttribute('href');
        const top = async () => (await results.nth(50).boundingBox())!.y;
        const held = await top();
        await slider(page).focus();
        expect(await top()).toBe(held);
        await page.keyboard.press('End');
        await until(() => results.nth(50).getAttribute('href')).not.toBe(before);
        // The browser holds on to the pictures in sight, which have moved by a line.
        expect(Math.abs((await top()) - held)).toBeLessThan(240);
        expect(await widthBeyond(page)).toBe(0);
        // Axe counts links that have scrolled below the slider as if they covered it.
        await page.evaluate(() => {
          window.scrollTo(0, 0);
        });
        await shown.loaded();
        expect(await shown.seriousFaults()).toEqual([]);
      },
    );

  stage(
    'asks again for similar samples when the depth rests, by keys, and keeps what is shown until then',
    { count: 2000, layers: LAYERS, path: SIMILAR_PATH },
    async ({ platform, page, shown }) => {
      await page.getByText(/24 of 24/).waitFor();
      await expect
        .poll(() => slider(page).getAttribute('aria-valuetext'))
        .toBe('own space of the set, all: all layers equally');
      await expect
        .poll(() => page.getByTestId('layer-shares').getAttribute('aria-label'))
        .toBe('conv1 counts fully, conv2 fully, dense fully');
      const before = await first(page).getAttribute('href');
      const asked = platform.similar.length;
      await slider(page).focus();
      // The clock of the page stands still: however slow the keys arrive, they are one movement.
      await page.clock.install();
      await page.clock.pauseAt(Date.now() + 60_000);
      for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowLeft');
      await expect
        .poll(() => slider(page).getAttribute('aria-valuetext'))
        .toBe('25% of the way from appearance to concept: all layers, the late ones less');
      await expect
        .poll(() => page.getByTestId('layer-shares').getAttribute('aria-label'))
        .toBe('conv1 counts fully, conv2 fully, dense 50%');
      await expect.poll(() => first(page).getAttribute('href')).toBe(before);
      expect(platform.similar).toHaveLength(asked);
      await page.clock.resume();
      await until(() => first(page).getAttribute('href')).not.toBe(before);
      // Five keys are one question, and one step of the history.
      expect(platform.similar.slice(asked).map(({ depth }) => depth)).toEqual([0.25]);
      await page.getByText(/all samples measured, layer by layer: recall 1.00/).waitFor();
      await expect.poll(() => new URL(page.url()).searchParams.get('weigh')).toBe('0.25');
      expect(await shown.seriousFaults()).toEqual([]);

      await page.keyboard.press('End');
      await until(() => platform.similar.at(-1)!.depth).toBe(1);
      await until(() => new URL(page.url()).searchParams.get('weigh')).toBe('1');
      await page.goBack();
      await until(() => slider(page).getAttribute('aria-valuenow')).toBe('0.25');
      await page.reload();
      await until(() => slider(page).getAttribute('aria-valuenow')).toBe('0.25');
      await page.getByRole('button', { name: 'Back to the space all' }).click();
      await until(() => first(page).getAttribute('href')).toBe(before);
      await expect.poll(() => new URL(page.url()).searchParams.has('weigh')).toBe(false);
    },
  );

  stage(
    'weighs single layers, and asks nothing while none counts',
    { count: 2000, layers: LAYERS, path: SIMILAR_PATH },
    async ({ platform, page }) => {
      await page.getByRole('button', { name: 'Weight of each layer' }).click();
      const weight = (layer: string) => page.getByRole('slider', { name: `Weight of ${layer}` });
      for (const layer of LAYERS) {
        await weight(layer).focus();
        await page.keyboard.press('Home');
      }
      await page.getByText('Every weight is 0').waitFor();
      await weight('conv2').focus();
      await page.keyboard.press('End');
      await until(() =>
        platform.similar.at(-1)!.layerWeights.map(({ layer, weight: w }) => [layer, w]),
      ).toEqual([
        ['conv1', 0],
        ['conv2', 2],
        ['dense', 0],
      ]);
      await until(() => new URL(page.url()).searchParams.get('weigh')).toBe('conv1:0,conv2:2,dense:0');
      expect(
        platform.similar.every(
          ({ layerWeights }) => layerWeights.length === 0 || layerWeights.some(({ weight: w }) => w > 0),
        ),
      ).toBe(true);
    },
  );

  stage(
    'has the depth next to the map as well, in the link of the view',
    { count: 2000, layers: LAYERS, path: `${POPULATION_PATH}?like=1&weigh=0.75` },
    async ({ platform, page, population }) => {
      await population.ready();
      await until(() => platform.similar.at(-1)?.depth).toBe(0.75);
      await slider(page).focus();
      await page.keyboard.press('Home');
      await until(() => platform.similar.at(-1)!.depth).toBe(0);
      await until(() => new URL(page.url()).searchParams.get('weigh')).toBe('0');
    },
  );

  stage(
    'makes a map with its settings, shows it while it is made, and lets it move into its place',
    { count: 2000 },
    async ({ platform, page, population, shown }) => {
      await population.ready();
      await page.getByRole('button', { name: 'Make a map' }).click();
      const dialog = page.getByRole('dialog');
      await until(() =>
        dialog.getByRole('radiogroup', { name: 'Algorithm' }).getByRole('radio').count(),
      ).toBe(4);
      await dialog.getByText('t-SNE', { exact: true }).click();
      await dialog.getByLabel('Perplexity').fill('50');
      expect(await shown.seriousFaults()).toEqual([]);
      expect(await smallTexts(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Make the map' }).click();
      await page.getByText('Making the map').waitFor();
      expect(platform.making.request).toMatchObject({
        method: 'tsne',
        dimensions: 2,
        seed: 7,
        params: { perplexity: 50 },
        alignedTo: '',
      });

      platform.making.advance(90);
      const bar = page.getByRole('group', { name: 'Map that is being computed' });
      await bar.getByText('preview', { exact: true }).waitFor();
      await bar.getByText(/tsne layout · 90 of 750 steps/).waitFor();
      await page.locator('[data-testid="population-canvas"][data-state="preview"]').waitFor();
      await expect.poll(() => population.points()).toBe(2000);
      await population.settled();
      await page.emulateMedia({ reducedMotion: 'no-preference' });
      const early = await population.canvas.screenshot();
      await page.evaluate(() => {
        document.querySelector<HTMLElement>('[data-testid="population-canvas"]')!.dataset['kept'] = 'yes';
      });
      platform.making.advance(600);
      await bar.getByText(/600 of 750/).waitFor();
      await until(async () => (await population.canvas.screenshot()).equals(early)).toBe(false);
      expect(await shown.seriousFaults()).toEqual([]);

      platform.making.end(JobState.SUCCEEDED);
      await population.ready();
      await population.statusIs(/2,000 of 2,000 shown/);
      await expect.poll(() => bar.count()).toBe(0);
      // The same canvas, so that the dots glided there.
      await expect.poll(() => population.canvas.getAttribute('data-kept')).toBe('yes');
      await expect.poll(() => new URL(page.url()).searchParams.get('algo')).toBe('tsne');
    },
  );

  stage('cancels a map whose preview is shown', { count: 2000 }, async ({ platform, page, population }) => {
    await population.ready();
    await page.getByRole('button', { name: 'Make a map' }).click();
    await page.getByRole('dialog').getByText('PaCMAP', { exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make the map' }).click();
    await page.getByText('Making the map').waitFor();
    platform.making.advance(90);
    await page
      .getByRole('group', { name: 'Map that is being computed' })
      .getByRole('button', { name: 'Cancel' })
      .click();
    await page.getByRole('button', { name: 'Make this map' }).waitFor();
  });

  stage(
    'leads from the project to its failures: headline with interval, worst pair, worst samples, map',
    { count: 2000, path: `/projects/${IDS.project}` },
    async ({ platform, page, population, shown }) => {
      const results = page.getByTestId('newest-results');
      // SciPy 1.17: binomtest(1940, 2000).proportion_ci(method='wilson').
      await results.getByText('95% interval 96.16% to 97.66%').waitFor();
      await expect.poll(() => results.getByTestId('headline').textContent()).toBe('97.00%');
      const { trueClass, predictedClass } = platform.population;
      const pairs = new Map<string, number>();
      trueClass.forEach((label, row) => {
        const pair = `${label} → ${predictedClass[row]!}`;
        if (label !== predictedClass[row]) pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      });
      await results.getByText(`, ${Math.max(...pairs.values())} times`).waitFor();
      await results.getByRole('link', { name: /validation\/s0/ }).waitFor();
      await shown.loaded();
      expect(await shown.seriousFaults()).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await widthBeyond(page)).toBe(0);
      await page.setViewportSize({ width: 1440, height: 900 });
      await results.getByRole('link', { name: 'Open the map' }).click();
      await population.ready();
    },
  );

  stage(
    'lists what the map shows as pictures, sorts and marks them by keys, and exports what is marked',
    { count: 2000, path: `${POPULATION_PATH}?samples=shown` },
    async ({ platform, page, population, shown }) => {
      await population.ready();
      const grid = page.getByRole('grid', { name: 'Samples shown' });
      const cell = (index: number) => grid.locator(`[data-index="${index}"]`);
      const { loss, trueClass, predictedClass, classNames } = platform.population;
      const falling = [...loss.keys()].sort((a, b) => loss[b]! - loss[a]!);
      const describeRow = (row: number): string =>
        `validation/s${row}, label ${classNames[trueClass[row]!]!} → ` +
        `${classNames[predictedClass[row]!]!}, misclassified`;
      await until(() => cell(0).textContent()).toContain(describeRow(falling[0]!));
      await until(() => cell(1).textContent()).toContain(describeRow(falling[1]!));
      expect(Number(await grid.getAttribute('aria-rowcount'))).toBe(
        Math.ceil(2000 / Number(await grid.getAttribute('aria-colcount'))),
      );
      await expect.poll(() => grid.getByRole('gridcell').count()).toBeLessThan(120);

      await grid.focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press(' ');
      await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('Shift+ArrowRight');
      await page.getByText('3 of 2,000 samples marked').waitFor();
      expect(
        await grid
          .getByRole('gridcell', { selected: true })
          .evaluateAll((cells) => cells.map((one) => (one as HTMLElement).dataset['index'])),
      ).toEqual(['0', '1', '2']);
      await expect
        .poll(() => grid.getAttribute('aria-activedescendant'))
        .toBe(await cell(2).getAttribute('id'));
      expect(await shown.seriousFaults()).toEqual([]);
      await page.getByRole('button', { name: 'Export', exact: true }).last().click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: 'Ids, one per line' }).click(),
      ]);
      expect(readFileSync(await download.path(), 'utf8')).toBe(
        falling
          .slice(0, 3)
          .map((row) => `validation/s${row}\n`)
          .join(''),
      );
      await grid.focus();
      await page.keyboard.press('Enter');
      await page
        .getByRole('region', { name: 'Sample', exact: true })
        .getByRole('heading', { name: `validation s${falling[2]!}` })
        .waitFor();

      // Another order keeps the marks, and the link has it.
      await page.getByRole('combobox', { name: 'Sort by' }).click();
      await page.getByRole('option', { name: 'label', exact: true }).click();
      await page.getByRole('button', { name: 'Highest first' }).click();
      await until(() => cell(0).textContent()).toContain('validation/s0, label 0');
      await page.getByText('3 of 2,000 samples marked').waitFor();
      await until(() => new URL(page.url()).searchParams.get('by')).toBe('true_class');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Select on the map' }).click();
      await population.statusIs(/3 selected/);
      await page.getByRole('grid', { name: 'Selected samples' }).waitFor();
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole('grid', { name: 'Selected samples' }).waitFor();
      expect(await widthBeyond(page)).toBe(0);
      expect(await shown.seriousFaults()).toEqual([]);
    },
  );

  stage(
    'shows the numbers of the large shape with their intervals, each explained',
    { count: 2000 },
    async ({ page, population }) => {
      await population.ready();
      await page.getByRole('button', { name: /^Map trust .* · (good|fair|low)$/ }).click();
      const trust = page.getByRole('group', { name: 'How far the map can be trusted' });
      await expect
        .poll(() => trust.textContent())
        .toMatch(
          /Trustworthiness98\.00% ± 0\.12.*Random triplets74\.00% ± 0\.27Distance correlation0\.52 ± 0\.004/,
        );
      await trust.getByText('Random triplets').hover();
      await page
        .getByRole('tooltip')
        .getByText(/50% by chance/)
        .waitFor();
    },
  );
});
