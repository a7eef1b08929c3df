import { startBrowser } from '@noema/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isShowable, PAGE_DIRECTORY } from '../src/page/page-directory.js';
import { smallTargets, widthBeyond } from '../src/page/page-measures.js';
import { ShownPage } from '../src/page/shown-page.js';
import { type PeoplePlatform, startPeoplePlatform } from '../src/people-platform.js';

const people = {
  ann: { email: 'ann@example.org', email_verified: true },
  bob: { email: 'bob@example.org', email_verified: true },
  eve: { email: 'ann@example.org', email_verified: false },
};
let browser: Browser;
let platform: PeoplePlatform;
let apiKey: string;

/** A test in a browser of its own, which has nothing to complain about at the end. */
const person = (
  name: string,
  work: (shown: ShownPage) => Promise<void>,
  scheme: 'light' | 'dark' = 'light',
): void => {
  it(name, async () => {
    const shown = await ShownPage.open(browser, platform.url, scheme);
    try {
      await work(shown);
      expect(shown.complaints).toEqual([]);
    } finally {
      await shown.close();
      platform.provider.away = false;
    }
  }, 120_000);
};

const look = async (shown: ShownPage, name: string): Promise<void> => {
  await shown.page.mouse.move(2, 2);
  await shown.picture(name);
  expect.soft(await shown.seriousFaults(), name).toEqual([]);
};

async function signIn({ page }: ShownPage, subject: string): Promise<void> {
  await page.getByRole('link', { name: 'Sign in with Example ID' }).click();
  await page.getByLabel('Who are you?').fill(subject);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

describe.skipIf(!isShowable('signing in at an identity provider'))(
  'people sign in at their identity provider, in the browser',
  () => {
    beforeAll(async () => {
      platform = await startPeoplePlatform(people, PAGE_DIRECTORY);
      apiKey = await platform.addTeam('Alpha', ['ann@example.org']);
      await platform.addTeam('Beta', ['ann@example.org', 'bea@example.org']);
      browser = (await startBrowser())!;
    }, 300_000);
    afterAll(async () => {
      await browser?.close();
      await platform?.close();
    });

    for (const scheme of ['light', 'dark'] as const) {
      person(
        `from the button over the choice of a team to its projects, to another team and out again (${scheme})`,
        async (shown) => {
          const { page } = shown;
          await shown.goto('/projects');
          await page.getByRole('link', { name: 'Sign in with Example ID' }).waitFor();
          await look(shown, `sign-in-provider-${scheme}`);
          await signIn(shown, 'ann');

          await page.getByRole('heading', { name: 'Which team?' }).waitFor();
          await page.getByRole('button', { name: /Beta/ }).waitFor();
          await look(shown, `choose-team-${scheme}`);
          await page.getByRole('button', { name: /Beta/ }).click();
          await page.getByRole('link', { name: "Beta's project" }).waitFor();
          await expect.poll(() => new URL(page.url()).pathname).toBe('/projects');
          await expect.poll(() => page.getByText("Alpha's project").count()).toBe(0);
          expect(
            await page.evaluate(() => [
              document.cookie,
              localStorage.length > 0 && JSON.stringify(localStorage).includes('ann'),
            ]),
          ).toEqual([expect.stringMatching(/^noema_signed_in_\d+=1$/), false]);

          await page.reload();
          await page.getByRole('link', { name: "Beta's project" }).waitFor();
          await page.getByRole('button', { name: 'Account' }).click();
          await page.getByRole('menuitem', { name: 'Go over to Alpha' }).waitFor();
          await look(shown, `account-teams-${scheme}`);
          await page.getByRole('menuitem', { name: 'Go over to Alpha' }).click();
          await page.getByRole('link', { name: "Alpha's project" }).waitFor();
          await expect.poll(() => page.getByText("Beta's project").count()).toBe(0);
          await expect.poll(() => page.getByRole('menu').count()).toBe(0);

          await page.getByRole('button', { name: 'Account' }).click();
          await page.getByRole('menuitem', { name: 'Sign out' }).click();
          await page.waitForURL(/\/session\/end/);
          await page.locator('button[value="yes"]').click();
          await page.getByRole('link', { name: 'Sign in with Example ID' }).waitFor();
          await shown.goto('/projects');
          await page.waitForURL(/\/sign-in/);
        },
        scheme,
      );
    }

    person('whom no admin has added reads whom to ask', async (shown) => {
      await shown.goto('/sign-in');
      await signIn(shown, 'bob');
      await shown.page.getByRole('alert').getByText('add bob@example.org under Team, Members').waitFor();
      await expect.poll(() => new URL(shown.page.url()).hash).toBe('');
      await look(shown, 'sign-in-not-added');
    });

    person('whose address is not verified reads that it has to be verified', async (shown) => {
      await shown.goto('/sign-in');
      await signIn(shown, 'eve');
      await shown.page.getByRole('alert').getByText('has not verified ann@example.org').waitFor();
    });

    person('and sees every tab of the team on a phone, by keyboard too', async (shown) => {
      const { page } = shown;
      await page.setViewportSize({ width: 390, height: 844 });
      await shown.signIn(apiKey, '/team');
      await page.getByRole('tab', { name: 'Members' }).waitFor();
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        const name = (await tab.textContent())!;
        await shown.loaded();
        expect.soft(await shown.seriousFaults(), name).toEqual([]);
        expect.soft(await widthBeyond(page), name).toBe(0);
        expect.soft(await smallTargets(page), name).toEqual([]);
      }
      expect(await page.getByRole('tab').count()).toBeGreaterThan(3);
    });

    person('while the provider is away the page reports it, and a key opens', async (shown) => {
      const { page } = shown;
      await shown.goto('/oidc/callback?code=x&state=y');
      await page.getByRole('alert').getByText('That took too long').waitFor();
      platform.provider.away = '/token';
      await signIn(shown, 'ann');
      await page.getByRole('alert').getByText('Example ID does not answer').waitFor();
      await look(shown, 'sign-in-provider-away');
      await page.getByLabel('API key', { exact: true }).fill(apiKey);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('link', { name: "Alpha's project" }).waitFor();
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
      await expect.poll(() => page.getByRole('menuitem', { name: /Go over/ }).count()).toBe(0);
    });
  },
);
