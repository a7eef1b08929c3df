import { startBrowser, waitFor } from '@noema/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isShowable } from '../src/page/page-directory.js';
import { onStage } from '../src/page/page-stage.js';
import { IDS } from '../src/page/synthetic-ids.js';
import { POPULATION_PATH, startSyntheticPlatform } from '../src/page/synthetic-platform.js';
import { hasWebKit, WebKitWindow } from '../src/page/webkit.js';

const PROJECT_PATH = `/projects/${IDS.project}`;
const RUN_PATH = `${PROJECT_PATH}/runs/${IDS.run}`;

/** Functions of Chromium that the page uses where they exist. */
const MISSING_ELSEWHERE = ['requestIdleCallback', 'cancelIdleCallback'];

describe.skipIf(!isShowable('the page in other browsers'))(
  'the page in a browser without idle callbacks',
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = (await startBrowser())!;
    });
    afterAll(async () => {
      await browser?.close();
    });

    onStage(
      () => browser,
      'draws the map, its details and its gallery',
      { count: 500, signedOut: true },
      async ({ platform, shown, page, population }) => {
        await page.addInitScript((names) => {
          for (const name of names) Reflect.deleteProperty(window, name);
        }, MISSING_ELSEWHERE);
        await shown.signIn(platform.apiKey, `${POPULATION_PATH}?row=5&samples=shown`);
        await population.ready();
        await page.getByText('Overview', { exact: true }).waitFor();
        await page.getByRole('button', { name: 'Close the samples' }).waitFor();
      },
    );
  },
);

describe.skipIf(!hasWebKit() || !isShowable('the page in WebKit'))('the page in WebKit', () => {
  it('shows each kind of page without a fault', async () => {
    const platform = await startSyntheticPlatform({ count: 500 }, { NOEMA_DRAIN_MS: '100' });
    const window = await WebKitWindow.open();
    try {
      const text = (): Promise<string> => window.evaluate('return document.body.innerText');
      const shows = (what: string, is: () => Promise<boolean>): Promise<boolean> =>
        waitFor(
          async () => {
            expect(await text()).not.toMatch(/went wrong|cannot be drawn/);
            return is();
          },
          { what },
        );
      await window.goto(`${platform.url}/sign-in?next=/projects#key=${platform.apiKey}`);
      await shows('the projects', async () => (await text()).includes('New project'));
      await window.goto(platform.url + POPULATION_PATH);
      await shows('the dots', () =>
        window.evaluate(
          'return document.querySelector(\'[data-testid="population-canvas"]\')?.dataset.points === "500"',
        ),
      );
      for (const [path, word] of [
        [PROJECT_PATH, 'Open the map'],
        [RUN_PATH, 'Evaluation'],
        [`${RUN_PATH}/evaluation`, 'Compared with'],
        [`${RUN_PATH}/samples/validation/s1`, 'Similar'],
        [`${PROJECT_PATH}/insights`, 'Insights'],
        [`${PROJECT_PATH}/dashboards`, 'New dashboard'],
        ['/team', 'Members'],
      ] as const) {
        await window.goto(platform.url + path);
        await shows(path, async () => (await text()).includes(word));
      }
    } finally {
      await window.close();
      await platform.close();
    }
  });
});
