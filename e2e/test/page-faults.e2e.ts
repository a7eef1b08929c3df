import { RunState } from '@noema/contracts/noema/training/v1/run';
import { startBrowser } from '@noema/testing';
import type { Browser, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { fileURLToPath } from 'node:url';
import { dragOntoPage, dropOnPage } from '../src/page/dropping.js';
import { holdRequests } from '../src/page/held-requests.js';
import { pressTwice } from '../src/page/held-work.js';
import { isShowable } from '../src/page/page-directory.js';
import { watchShifts } from '../src/page/page-measures.js';
import { onStage } from '../src/page/page-stage.js';
import { POPULATION_PATH } from '../src/page/synthetic-platform.js';
import { IDS } from '../src/page/synthetic-ids.js';

let browser: Browser;
const stage = onStage.bind(undefined, () => browser);
const RUN_PATH = `/projects/${IDS.project}/runs/${IDS.run}`;
const problem =
  (status: number, reason: string, detail: string) =>
  (route: Route): Promise<void> =>
    route.fulfill({
      status,
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'about:blank', title: reason, status, detail, reason }),
    });

/** Holds what is to be done at once until `focusLate` does it, as on a busy machine; it returns how much there was. */
function holdFocus(): void {
  const held: (() => void)[] = [];
  const later = globalThis.setTimeout;
  Object.assign(globalThis, {
    setTimeout: (work: () => void, ms = 0) => (ms === 0 ? held.push(work) : later(work, ms)),
    focusLate: () => {
      for (const work of held) work();
      return held.length;
    },
  });
}

/**
 * Presses a key right after the map was rendered, whose dots have to be held, and counts the panels that were there
 * when it did.
 */
function pressWithoutPanels(key: string): void {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    Object.assign(globalThis, { panels: document.querySelectorAll('[role=toolbar], [type=search]').length });
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  };
  const observer = new MutationObserver(() => {
    if (document.querySelector('[data-testid=population-canvas]') === null) return;
    observer.disconnect();
    channel.port2.postMessage(undefined);
  });
  observer.observe(document, { childList: true, subtree: true });
}

describe.skipIf(!isShowable('the page among faults'))('the page among faults', () => {
  beforeAll(async () => {
    browser = (await startBrowser())!;
  });
  afterAll(async () => {
    await browser?.close();
  });

  stage(
    'keeps what it shows while no server answers, and goes on by itself',
    { count: 2000 },
    async ({ platform, shown, page, population }) => {
      await population.ready();
      await population.choose('Color by', 'label');
      // Afterwards nothing can load the code of the panel.
      await population.canvas.press('n');
      await page.getByRole('table', { name: 'Predicted probabilities' }).waitFor();
      await platform.stop();
      await population.canvas.press('n');
      await page.getByText('Noema does not answer – trying again').waitFor();
      await shown.picture('fault-api-down');
      await expect.poll(() => population.points()).toBe(2000);
      await expect.poll(() => page.getByRole('combobox', { name: 'Color by' }).inputValue()).toBe('label');
      await platform.start();
      await page.getByText('Noema does not answer – trying again').waitFor({ state: 'hidden' });
      await page
        .getByRole('region', { name: 'Sample' })
        .getByRole('table', { name: 'Predicted probabilities' })
        .waitFor();
      await expect.poll(() => new URL(page.url()).searchParams.get('color')).toBe('true_class');
    },
  );

  stage(
    'says that no server answers where a page begins, and tries again when asked',
    { count: 20, path: '/projects' },
    async ({ shown, page }) => {
      await page.getByRole('link', { name: 'synthetic' }).waitFor();
      await page.route('**/v1/projects/*', (route) => route.abort());
      await page.getByRole('link', { name: 'synthetic' }).click();
      const retry = page.getByRole('main').getByRole('button', { name: 'Try again' }).first();
      await retry.waitFor();
      await shown.picture('fault-api-down-at-start');
      await page.unroute('**/v1/projects/*');
      await retry.click();
      await page.getByRole('heading', { name: 'synthetic', level: 1 }).waitFor();
    },
  );

  stage(
    'keeps the page where the code of a panel cannot be loaded, and loads it when asked',
    { count: 200, path: '/projects' },
    async ({ shown, page, population }) => {
      const code = /\/assets\/details\.view-/;
      await page.route(code, (route) => route.abort());
      await shown.goto(POPULATION_PATH);
      await population.ready();
      await population.canvas.press('n');
      const panel = page.getByRole('complementary', { name: 'What is looked at' });
      await panel.getByText('This part of the page could not be loaded').waitFor();
      expect(await population.points()).toBe(200);
      await page.unroute(code);
      await panel.getByRole('button', { name: 'Try again' }).click();
      await panel.getByRole('table', { name: 'Predicted probabilities' }).waitFor();
      // The browser and React report the code that was not there.
      const reported = /ERR_FAILED|dynamically imported module/;
      expect(shown.complaints.splice(0).filter((text) => !reported.test(text))).toEqual([]);
    },
  );

  stage(
    'holds still while a slow API answers',
    { count: 2000, path: '/team' },
    async ({ platform, shown, page, population }) => {
      const shifted = await watchShifts(page);
      let answer = (): void => undefined;
      let isAsked = Promise.resolve();
      // Nothing is answered until the page was seen waiting; then each answer takes its time.
      await page.route('**/v1/**', async (route) => {
        await isAsked;
        await new Promise((resolve) => {
          setTimeout(resolve, 400);
        });
        await route.continue();
      });
      for (const [path, picture] of [
        ['/projects', 'projects'],
        [`/projects/${IDS.project}`, 'project'],
        [RUN_PATH, 'run'],
        [`${RUN_PATH}/samples/validation/s1`, 'sample'],
        [POPULATION_PATH, 'population'],
      ] as const) {
        isAsked = new Promise((resolve) => {
          answer = resolve;
        });
        await page.goto(platform.url + path, { waitUntil: 'commit' });
        await page.locator('[aria-busy="true"], [data-state="loading"]').first().waitFor();
        if (path === POPULATION_PATH) expect(await shown.seriousFaults()).toEqual([]);
        await shown.picture(`fault-slow-${picture}`);
        answer();
        if (path === POPULATION_PATH) await population.ready();
        else await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
        const { sum, moved } = await shifted();
        expect.soft(sum, `${path}: ${moved.join('; ')}`).toBeLessThan(0.05);
      }
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
    },
  );

  stage(
    'says that the colors of a map could not be loaded, and colors it when asked',
    { count: 500 },
    async ({ shown, page, population }) => {
      await population.ready();
      const columns = /\/columns\?/;
      await page.route(columns, problem(503, 'STORE_AWAY', 'the store does not answer; try again'));
      await population.choose('Color by', 'confidence');
      const fault = page.getByRole('alert').filter({ hasText: 'the store does not answer' });
      await fault.getByText('Colors, sizes or filters could not be loaded').waitFor();
      expect(await shown.seriousFaults()).toEqual([]);
      await shown.picture('fault-no-colors');
      await page.unroute(columns);
      await fault.getByRole('button', { name: 'Try again' }).click();
      await fault.waitFor({ state: 'detached' });
      await population.ready();
    },
  );

  stage(
    'leaves the focus of a dialog where somebody has put it',
    { count: 500 },
    async ({ page, population }) => {
      await population.ready();
      await page.evaluate(holdFocus);
      await page.getByRole('button', { name: 'Make a map' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('combobox', { name: 'Initialization' }).click();
      await page.getByRole('option').first().waitFor();
      expect(
        await page.evaluate(() => (globalThis as { focusLate?: () => number }).focusLate!()),
      ).toBeGreaterThan(0);
      expect(await page.getByRole('option').first().isVisible()).toBe(true);
      expect(
        await dialog.getByRole('combobox', { name: 'Initialization' }).and(page.locator(':focus')).count(),
      ).toBe(1);
    },
  );

  stage(
    'hears keys before the panels around the map are rendered',
    { count: 500, path: '/projects' },
    async ({ platform, page, population }) => {
      const draw = await holdRequests(page, /\/columns\?/);
      await page.addInitScript(pressWithoutPanels, '/');
      await page.goto(platform.url + POPULATION_PATH);
      const search = page.getByRole('combobox', { name: /^Search samples/ });
      await search.and(page.locator(':focus')).waitFor();
      expect(await page.evaluate(() => (globalThis as { panels?: number }).panels)).toBe(0);
      draw();
      await population.ready();
    },
  );

  stage(
    'keeps a change while the address of the one before is being written',
    { count: 500 },
    async ({ page, population }) => {
      await population.ready();
      const button = '[aria-label="Density instead of dots"]';
      for (const steps of [0, 1, 2, 3, 4])
        expect(await page.evaluate(pressTwice, { key: 'd', button, steps }), `${steps}`).toEqual([
          'true',
          'false',
        ]);
      await population.choose('Color by', 'label');
      await expect.poll(() => new URL(page.url()).searchParams.get('color')).toBe('true_class');
      const color = page.getByRole('combobox', { name: 'Color by' });
      await page.goBack();
      await expect.poll(() => color.inputValue()).toBe('loss');
      await page.goForward();
      await expect.poll(() => color.inputValue()).toBe('label');
    },
  );

  stage(
    'requests nothing that is refused while signed out',
    { count: 500, signedOut: true },
    async ({ platform, shown, page, population }) => {
      const refused: string[] = [];
      page.on('response', (response) => {
        if (response.status() === 401) refused.push(response.url());
      });
      const isLedToSignIn = async (path: string): Promise<void> => {
        await shown.goto(path);
        await page.waitForURL((url) => url.searchParams.get('next') === path);
        await page.getByLabel('API key', { exact: true }).waitFor();
        await shown.loaded();
        expect(refused).toEqual([]);
      };
      await isLedToSignIn('/projects');
      await isLedToSignIn(POPULATION_PATH);
      await page.getByLabel('API key', { exact: true }).fill(platform.apiKey);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await population.ready();
      await shown.goto('/sign-in?next=/team');
      await page.waitForURL(/\/team$/);
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.waitForURL(/\/sign-in$/);
      await isLedToSignIn('/projects');
    },
  );

  stage(
    'asks to sign in when a session has ended, and comes back to the same view',
    { count: 500, path: `${POPULATION_PATH}?color=true_class` },
    async ({ platform, shown, page, population }) => {
      await population.ready();
      await page.keyboard.press('n');
      await page.getByRole('region', { name: 'Sample' }).waitFor();
      await page.waitForURL(/[?&]row=/);
      await shown.context.clearCookies();
      await page.keyboard.press('n');
      await page.waitForURL(/\/sign-in\?next=/);
      await shown.picture('fault-signed-out');
      await page.getByLabel('API key', { exact: true }).fill(platform.apiKey);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await population.ready();
      await expect.poll(() => new URL(page.url()).searchParams.get('color')).toBe('true_class');
      await page.getByRole('region', { name: 'Sample' }).waitFor();
    },
  );

  stage(
    'shows a viewer why a button is off',
    { count: 20, role: 'viewer', path: `/projects/${IDS.project}` },
    async ({ shown, page }) => {
      const start = page.getByRole('button', { name: 'New run' });
      await start.waitFor();
      await expect.poll(() => start.getAttribute('aria-disabled')).toBe('true');
      await start.focus();
      await page.getByText('You are a viewer of this team').waitFor();
      await shown.picture('fault-viewer');
      await page.goto(`${shown.base}/team?tab=keys`);
      await page.getByText('API keys are for admins').waitFor();
      await shown.picture('fault-viewer-keys');
    },
  );

  stage(
    'shows no role that it does not know yet, and opens no file that is dropped meanwhile',
    { count: 20, path: '/team' },
    async ({ shown, page }) => {
      const answer = await holdRequests(page, '**/v1/self');
      await shown.goto(`/projects/${IDS.project}`);
      const start = page.getByRole('button', { name: 'New run' });
      await start.focus();
      await page.getByText('Your role in this team is still loading').waitFor();
      expect(await page.getByText('You are a viewer').count()).toBe(0);
      const refusal = page.getByRole('alert').filter({ hasText: 'The files are not added' });
      await dragOntoPage(page, fileURLToPath(import.meta.url));
      await refusal.getByText('Your role in this team is still loading').waitFor();
      await refusal.getByRole('button').click();
      answer();
      await expect.poll(() => start.getAttribute('aria-disabled')).toBe(null);
      await dragOntoPage(page, fileURLToPath(import.meta.url));
      await page.getByRole('dialog').waitFor();
      // Next to the dialog, not on its field.
      await dropOnPage(page, 'behind.csv', 'a,b');
      await refusal.getByText('close that dialog').waitFor();
    },
  );

  stage(
    'shows why the newest results cannot be loaded, each with a way to try again',
    { count: 20, path: '/team' },
    async ({ shown, page }) => {
      const results = page.getByRole('region', { name: 'Newest results' });
      for (const [name, address] of [
        ['samples', /\/evaluations\?/],
        ['map', /\/explorations\?/],
      ] as const) {
        const detail = `the ${name} are not at hand`;
        await page.route(address, problem(500, 'INTERNAL', detail));
        await shown.goto(`/projects/${IDS.project}`);
        const fault = results.getByRole('alert').filter({ hasText: detail });
        await fault.waitFor();
        const retry = fault.getByRole('button', { name: 'Try again' });
        await retry.waitFor();
        await page.unroute(address);
        // The table of runs requests the map as well: the fault may be over before a click.
        if (name === 'samples') await retry.click();
        else await page.reload();
        await fault.waitFor({ state: 'hidden' });
      }
      await results.getByTestId('worst-samples').or(results.getByText('No sample')).waitFor();
    },
  );

  stage(
    'holds the runs of a project without insights where they are until its insights are known',
    { count: 20, path: '/team' },
    async ({ shown, page }) => {
      const shifted = await watchShifts(page);
      const address = /\/insights\?/;
      const answer = await holdRequests(page, address);
      const loaded = ['newest-results', 'project-tabs'].map((code) =>
        page.waitForResponse((response) => response.url().includes(`/assets/${code}`)),
      );
      const asked = page.waitForRequest(address);
      await shown.goto(`/projects/${IDS.project}`);
      await asked;
      await Promise.all(loaded);
      await page.getByRole('main').getByRole('status', { name: 'loading' }).waitFor();
      answer();
      await page.getByRole('region', { name: 'Newest results' }).waitFor();
      await shown.loaded();
      const { sum, moved } = await shifted();
      expect(sum, moved.join('; ')).toBeLessThan(0.01);
    },
  );

  stage(
    'says what is not there: a run, a sample, an address',
    { count: 20, path: `/projects/${IDS.project}/runs/01890a5d-ac96-774b-bcce-000000000000` },
    async ({ shown, page }) => {
      await page.getByRole('alert').getByText('Run not found').waitFor();
      await page.getByRole('link', { name: 'Go to the projects' }).waitFor();
      await shown.picture('fault-no-run');
      await shown.goto(`${RUN_PATH}/samples/validation/missing`);
      await page.getByRole('alert').getByText('Sample not found').waitFor();
      await shown.picture('fault-no-sample');
      await shown.goto(`${RUN_PATH}/population?epoch=99&color=slants`);
      await page
        .getByText(/Left out: epoch=99 \(the run has \d+ epochs?\), color=slants \(there is no such column\)/)
        .waitFor();
      await page.getByText(/^Epoch \d of \d$/).waitFor();
      await shown.goto('/nowhere/at/all');
      await page.getByRole('heading', { name: 'Nothing is here' }).waitFor();
      await shown.picture('fault-no-page');
    },
  );

  stage(
    'shows what a broken service says, and what a busy one does',
    { count: 20, path: '/projects' },
    async ({ shown, page }) => {
      await page.getByRole('link', { name: 'synthetic' }).waitFor();
      await page.route(
        '**/v1/runs/*',
        problem(500, 'INTERNAL', 'something went wrong; its trace is 4bf92f3577b34da6'),
      );
      await shown.goto(RUN_PATH);
      await page.getByRole('alert').getByText('something went wrong; its trace is').waitFor();
      await shown.picture('fault-500');
      await page.unroute('**/v1/runs/*');
      await page.route(
        '**/v1/runs/*',
        problem(503, 'DATABASE_AWAY', 'the database of training does not answer; try again'),
      );
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('alert').getByText('the database of training does not answer').waitFor();
      await shown.picture('fault-503');
      await page.unroute('**/v1/runs/*');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { name: 'made up', level: 1 }).waitFor();
    },
  );

  stage(
    'says why a map failed, and makes it when asked again, and why a run failed',
    {
      count: 500,
      maps: 'failed',
      otherRun: {
        state: RunState.FAILED,
        fault: { reason: 'LOSS_NOT_FINITE', message: 'the loss of batch 7 is not a number' },
      },
    },
    async ({ shown, page, population }) => {
      await page.getByRole('alert').getByText('the vectors of epoch 1 do not match their checksum').waitFor();
      expect(await shown.seriousFaultsOfColors()).toEqual([]);
      await shown.picture('fault-map');
      await shown.goto(`/projects/${IDS.project}/runs/${IDS.otherRun}`);
      await page.getByRole('alert').getByText('the loss of batch 7 is not a number').waitFor();
      await shown.loaded();
      expect(await shown.seriousFaultsOfColors()).toEqual([]);
      await shown.picture('fault-run');
      await shown.goto(POPULATION_PATH);
      await page.getByRole('button', { name: 'Try again' }).click();
      await population.ready();
    },
  );

  stage(
    'says what to do where there is nothing yet: no map, no epoch, no run',
    { count: 20, maps: 'refused' },
    async ({ shown, page }) => {
      const fault = page
        .getByRole('alert')
        .filter({ hasText: 'The responses of the model could not be computed' });
      await fault.getByText('No layer of the model has learned units; import a model').waitFor();
      await fault.getByRole('button', { name: 'Try again' }).waitFor();
      expect(await shown.seriousFaultsOfColors()).toEqual([]);
      await shown.picture('fault-no-map');
      await fault.getByRole('link', { name: 'Look at the run' }).click();
      await page
        .getByRole('img', { name: 'responses: failed; no layer of the model has learned units' })
        .waitFor();
      await shown.loaded();
      expect(await shown.seriousFaultsOfColors()).toEqual([]);
      await shown.picture('fault-no-responses');
    },
  );

  stage('says what to do without an epoch', { count: 20, epochs: 0 }, async ({ shown, page }) => {
    await page.getByText('There is no map yet').waitFor();
    await shown.picture('fault-no-epoch');
    await shown.goto(`${RUN_PATH}/samples/validation/s1`);
    await page.getByText('No epoch is done yet').waitFor();
  });

  stage(
    'says what to do without a run',
    { count: 20, hasRun: false, path: `/projects/${IDS.project}` },
    async ({ shown, page }) => {
      await page.getByText('No run yet').waitFor();
      await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
      await shown.picture('fault-no-runs');
    },
  );

  stage(
    'signs every tab out, and lets each have its colors',
    { count: 500 },
    async ({ shown, page, population }) => {
      await population.ready();
      const other = await shown.context.newPage();
      await other.goto(page.url());
      await other.locator('[data-testid="population-canvas"][data-state="ready"]').waitFor();
      await other.getByRole('button', { name: 'Use dark colors' }).click();
      await other.getByRole('button', { name: 'Use light colors' }).waitFor();
      await expect.poll(() => population.points()).toBe(500);
      await page.keyboard.press('n');
      await page.getByRole('region', { name: 'Sample' }).waitFor();
      await shown.picture('fault-other-tab-dark');
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.waitForURL(/\/sign-in/);
      await other.waitForURL(/\/sign-in\?next=/);
    },
  );

  stage(
    'runs no script and takes no style element but its own',
    { count: 500 },
    async ({ platform, shown, page, population }) => {
      await population.ready();
      const policy = (await fetch(platform.url)).headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/script-src 'self'(;|$)/);
      expect(policy).not.toContain('unsafe-eval');
      await page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'globalThis.stolen = true';
        document.body.append(script);
        const picture = document.createElement('div');
        picture.innerHTML = '<img src="data:," onerror="globalThis.stolen = true">';
        document.body.append(picture);
        const style = document.createElement('style');
        style.textContent = ':root { --stolen: yes }';
        document.head.append(style);
      });
      await expect
        .poll(() => shown.complaints.filter((text) => /Content Security Policy/i.test(text)).length)
        .toBe(3);
      expect(
        await page.evaluate(() => [
          'stolen' in globalThis,
          getComputedStyle(document.documentElement).getPropertyValue('--stolen'),
        ]),
      ).toEqual([false, '']);
      // The kit's own style elements are in: its variables are set by one of them.
      expect(
        await page.evaluate(() =>
          getComputedStyle(document.documentElement).getPropertyValue('--mantine-primary-color-filled'),
        ),
      ).not.toBe('');
      shown.complaints.splice(0);
    },
  );
});
