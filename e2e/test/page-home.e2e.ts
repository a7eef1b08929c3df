import { startBrowser } from '@noema/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { isShowable } from '../src/page/page-directory.js';
import { widthBeyond } from '../src/page/page-measures.js';
import { onStage } from '../src/page/page-stage.js';
import { IDS } from '../src/page/synthetic-ids.js';

let browser: Browser;
const stage = onStage.bind(undefined, () => browser);
const PATH = `/projects/${IDS.project}`;

describe.skipIf(!isShowable('the home of a project'))('the home of a project', () => {
  beforeAll(async () => {
    browser = (await startBrowser())!;
  });
  afterAll(async () => {
    await browser?.close();
  });

  stage(
    'has a tab for data, models, integrations and jobs, by keys and by address, on a phone as well',
    { count: 50, path: PATH },
    async ({ shown, page }) => {
      await page.getByRole('region', { name: 'Data' }).waitFor();
      await expect.poll(() => page.getByRole('region', { name: 'Models' }).count()).toBe(0);
      await page.getByRole('tab', { name: 'Data' }).focus();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('region', { name: 'Models' }).waitFor();
      await expect.poll(() => new URL(page.url()).searchParams.get('tab')).toBe('models');
      await page.reload();
      await page.getByRole('region', { name: 'Models' }).waitFor();
      await page.getByRole('tab', { name: 'Integrations' }).click();
      await page.getByRole('region', { name: 'Integrations' }).waitFor();
      await shown.goto(`${PATH}?tab=jobs`);
      await page.getByRole('region', { name: 'Recent jobs' }).waitFor();
      await page.setViewportSize({ width: 390, height: 844 });
      await shown.loaded();
      expect(await widthBeyond(page)).toBe(0);
      expect(await shown.seriousFaults()).toEqual([]);
      await page.getByRole('tab', { name: 'Jobs' }).scrollIntoViewIfNeeded();
      await shown.picture('project-tabs-small');
    },
  );

  stage(
    'shows the map of each run that is in view, and requests no other',
    { count: 400, moreRuns: 27, path: PATH, viewport: { width: 1440, height: 700 } },
    async ({ shown, page }) => {
      const listed = new Set<string>();
      page.on('request', (request) => {
        const runId = new URL(request.url()).searchParams.get('run_id');
        if (/explorations$/.test(new URL(request.url()).pathname) && runId !== null) listed.add(runId);
      });
      await page.reload();
      const maps = page.getByTestId('run-map');
      await maps.first().waitFor();
      await shown.loaded();
      const inView = await maps.evaluateAll(
        (links) => links.filter((link) => link.getBoundingClientRect().top < window.innerHeight).length,
      );
      // 20 rows; a run without an epoch has no map.
      const count = await maps.count();
      expect(count).toBeGreaterThan(12);
      expect(inView).toBeLessThan(count);
      expect(listed.size).toBeGreaterThanOrEqual(inView);
      // The newest results request the map of their run as well.
      expect(listed.size).toBeLessThanOrEqual(inView + 1);
      await maps.last().scrollIntoViewIfNeeded();
      await maps.last().locator('canvas').waitFor();
      await expect.poll(() => page.getByRole('link', { name: /^Map of / }).count()).toBe(count);
      expect(await shown.seriousFaults()).toEqual([]);
      expect(await shown.worksAtRest()).toBe(0);
      await page.evaluate(() => {
        window.scrollTo(0, 300);
      });
      await shown.loaded();
      await shown.picture('project-runs');
    },
  );
});
