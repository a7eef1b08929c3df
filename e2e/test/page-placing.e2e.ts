import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { DomainError } from '@noema/kernel';
import { startBrowser } from '@noema/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { isShowable } from '../src/page/page-directory.js';
import { onStage } from '../src/page/page-stage.js';
import { IDS } from '../src/page/synthetic-ids.js';
import { mapId } from '../src/page/synthetic-records.js';

let browser: Browser;
const stage = onStage.bind(undefined, () => browser);
const OPTIONS = { count: 2000, others: 300 };
/** As long as other waits of the page. */
const until = <T>(look: () => T) => expect.poll(look);
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Place other data on this map' });
const ask = (page: Page) => page.getByRole('button', { name: 'Place other data …' });
const param = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);

describe.skipIf(!isShowable('other data in a map on the page'))('other data in a map on the page', () => {
  beforeAll(async () => {
    browser = (await startBrowser())!;
  });
  afterAll(async () => {
    await browser?.close();
  });

  stage(
    'are placed by keys, distinguished from the map, with pictures and details of their own',
    OPTIONS,
    async ({ platform, page, population, shown }) => {
      await population.ready();
      await population.statusIs(/2,000 of 2,000 shown/);
      await ask(page).focus();
      await page.keyboard.press('Enter');
      await until(() => dialog(page).getByRole('combobox', { name: 'Data to place' }).inputValue()).toBe(
        'later ones · 300 samples',
      );
      await dialog(page)
        .getByText(/as transform of umap-learn does/)
        .waitFor();
      expect(await shown.seriousFaults()).toEqual([]);
      await dialog(page).getByRole('button', { name: 'Place them' }).focus();
      await page.keyboard.press('Enter');
      await dialog(page).getByText('Computing the responses: 3 of 8 shards').waitFor();
      platform.placing.endReading(JobState.SUCCEEDED);
      await page.getByText('Placing the samples').waitFor();
      await page.getByText('300 placed samples of later ones', { exact: true }).waitFor();
      await page.getByText(/40 of 250 steps/).waitFor();

      const asked: string[] = [];
      page.on('request', (request) => {
        asked.push(request.url());
      });
      platform.placing.end(JobState.SUCCEEDED);
      await population.ready();
      await population.statusIs(/2,300 of 2,300 shown/);
      await expect.poll(() => population.points()).toBe(2300);
      await expect
        .poll(() => page.getByRole('combobox', { name: 'Placed on it' }).inputValue())
        .toBe('later ones · 300 samples');
      await expect.poll(() => page.getByRole('combobox', { name: 'Color by' }).inputValue()).toBe('origin');
      await expect
        .poll(() => page.getByRole('group', { name: 'origin', exact: true }).textContent())
        .toMatch(/of the stored map2,000placed here300/);
      await expect
        .poll(() =>
          page
            .getByRole('group', { name: 'How far the places of the placed samples can be trusted' })
            .textContent(),
        )
        .toMatch(/Neighbors kept27\.00% own 30\.00%Distance to the map1\.3 ×/);
      await expect
        .poll(() => page.getByRole('button', { name: 'Two maps side by side' }).getAttribute('aria-disabled'))
        .toBe('true');
      expect(await shown.seriousFaults()).toEqual([]);

      // Row 2,004 of the map is row 4 of the other data: its name, its picture, and nothing that an
      // evaluation would say.
      await page.getByRole('combobox', { name: /^Search samples/ }).fill('o4');
      await page
        .getByRole('option')
        .filter({ hasText: /validation o4placed here · label 4$/ })
        .click();
      const sample = page.getByRole('region', { name: 'Sample' });
      await sample.getByRole('heading', { name: 'validation o4' }).waitFor();
      await sample.getByRole('link', { name: 'later ones' }).waitFor();
      await expect.poll(() => sample.textContent()).toMatch(/label4/);
      await expect.poll(() => sample.getByRole('button', { name: 'Fetch similar' }).count()).toBe(0);
      await until(() =>
        asked.some((url) => url.includes(`/v1/dataset-versions/${IDS.other}/visual-sheets/default/0`)),
      ).toBe(true);
      expect(asked.some((url) => /evaluations/.test(url) && /rows=200\d/.test(url))).toBe(false);

      // The same link shows the same, and nothing of the map alone before.
      asked.splice(0);
      await page.reload();
      await population.ready();
      await population.statusIs(/of 2,300 shown/);
      expect(
        asked.filter((url) => /\/columns\?.*columns=x(&|$)/.test(url)).map((url) => url.includes(mapId(40))),
      ).toEqual([true]);
      await population.choose('Placed on it', 'nothing: its own samples only');
      await population.statusIs(/of 2,000 shown/);
      await expect.poll(() => page.getByRole('combobox', { name: 'Color by' }).inputValue()).toBe('loss');
      await until(() => param(page, 'placed')).toBeNull();
    },
  );

  stage(
    'compares only the samples of the run in a selection, and reports it',
    OPTIONS,
    async ({ platform, page, population }) => {
      platform.placing.start();
      platform.placing.end(JobState.SUCCEEDED);
      await population.ready();
      await population.choose('Placed on it', 'later ones · 300 samples');
      await population.statusIs(/2,300 of 2,300 shown/);
      await page.getByRole('button', { name: /^placed here/ }).click();
      await population.statusIs(/^300 of 2,300 shown/);
      await page.getByRole('radiogroup', { name: 'What the panel shows' }).getByText('Selection').click();
      await page
        .getByRole('note')
        .getByText(
          /300 placed samples are shown, too: the run did not evaluate them, so there is nothing to compare/,
        )
        .waitFor();
      await expect.poll(() => page.getByTestId('selection-panel').count()).toBe(0);
    },
  );

  stage(
    'are taken off it again, after a question',
    OPTIONS,
    async ({ platform, page, population, shown }) => {
      platform.placing.start();
      platform.placing.end(JobState.SUCCEEDED);
      await population.ready();
      await expect.poll(() => page.getByRole('button', { name: 'Delete this map …' }).count()).toBe(0);
      await population.choose('Placed on it', 'later ones · 300 samples');
      await population.statusIs(/2,300 of 2,300 shown/);
      await page.getByRole('button', { name: 'Delete this map …' }).click();
      const question = page.getByRole('dialog', { name: 'Delete the map' });
      await question
        .getByText(
          'The places of 300 placed samples are forgotten; the map that they were placed on stays. All ' +
            'samples stay.',
        )
        .waitFor();
      await shown.picture('delete-placed-map');
      await question.getByRole('button', { name: 'Delete' }).click();
      await population.statusIs(/2,000 of 2,000 shown/);
      await until(() => page.getByRole('combobox', { name: 'Placed on it' }).count()).toBe(0);
      expect(platform.placing.map).toBeUndefined();
    },
  );

  // So many that the link has the outline and not the rows.
  stage(
    'are selected with a lasso by whoever opens the link, too',
    { count: 50_000, others: 10_000 },
    async ({ platform, page, population }) => {
      platform.placing.start();
      platform.placing.end(JobState.SUCCEEDED);
      await population.ready();
      await population.choose('Placed on it', 'later ones · 10,000 samples');
      await population.statusIs(/60,000 of 60,000 shown/);
      await population.ready();
      await population.settled();
      await population.lasso('3', 110);
      await population.statusIs(/\d+ selected/);
      const status = await population.status();
      await until(() => param(page, 'sel')).toMatch(/^o/);
      await page.reload();
      await population.ready();
      await population.statusIs(
        new RegExp(`^60,000 of 60,000 shown.*${status.match(/[\d,]+ selected/)![0]}`),
      );
      await page
        .getByRole('note')
        .getByText(/placed samples are selected, too/)
        .waitFor();
    },
  );

  stage(
    'are refused with words, stopped while the model reads them, cancelled while they are placed, and ' +
      'fail with a reason',
    OPTIONS,
    async ({ platform, page, population, shown }) => {
      await population.ready();
      platform.placing.refusal = new DomainError(
        'invalid',
        'INPUT_SHAPE_DIFFERS',
        'the samples have 3 channels, the model takes 1; make a dataset version with inputs of the model',
      );
      await ask(page).click();
      await dialog(page).getByRole('button', { name: 'Place them' }).click();
      await dialog(page)
        .getByText(/The samples have 3 channels/)
        .waitFor();
      expect(await shown.seriousFaults()).toEqual([]);
      platform.placing.refusal = undefined;
      await dialog(page).getByRole('button', { name: 'Place them' }).click();
      await dialog(page)
        .getByText(/3 of 8 shards/)
        .waitFor();
      await dialog(page).getByRole('button', { name: 'Stop' }).click();
      await until(() => platform.placing.cancelled).toEqual(['reading']);

      await dialog(page).getByRole('button', { name: 'Place them' }).click();
      await dialog(page)
        .getByText(/3 of 8 shards/)
        .waitFor();
      platform.placing.endReading(JobState.SUCCEEDED);
      await page.getByText('Placing the samples').waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await population.ready();
      await population.statusIs(/2,000 of 2,000 shown/);
      expect(platform.placing.cancelled).toEqual(['reading', 'placing']);
      await until(() => param(page, 'placed')).toBeNull();

      platform.placing.start();
      platform.placing.end(JobState.FAILED);
      await page.reload();
      await population.ready();
      await population.choose('Placed on it', 'later ones · 300 samples · failed');
      await page.getByRole('alert').getByText('The samples could not be placed').waitFor();
      await page.getByText(/do not match their checksum/).waitFor();
    },
  );

  stage('need a second dataset version', { count: 2000 }, async ({ page, population, shown }) => {
    await population.ready();
    await ask(page).click();
    await dialog(page).getByText('This project has no other data').waitFor();
    expect(await shown.seriousFaults()).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'hidden' });
    await until(() => ask(page).evaluate((element) => element === document.activeElement)).toBe(true);
  });

  stage(
    'are missed where a link names what is not there',
    {
      count: 2000,
      path: `/projects/${IDS.project}/runs/${IDS.run}/population?map=${mapId(1)}&placed=${mapId(40)}`,
    },
    async ({ page, population }) => {
      await population.statusIs(/2,000 of 2,000 shown/);
      await page.getByText('The samples that were placed in this map are not here').waitFor();
    },
  );

  stage(
    'and a map begins at the requested places',
    { count: 2000 },
    async ({ platform, page, population, shown }) => {
      await population.ready();
      await page.getByRole('button', { name: 'Make a map' }).click();
      const make = page.getByRole('dialog', { name: 'Make a map' });
      const field = make.locator('.mantine-NumberInput-root', { hasText: 'Neighbors' });
      const findBottom = async (part: Locator): Promise<number> => {
        const box = (await part.boundingBox())!;
        return box.y + box.height;
      };
      const down = field.locator('.mantine-NumberInput-control').last();
      expect(await findBottom(down)).toBeLessThanOrEqual(await findBottom(field.getByRole('textbox')));
      await make.getByRole('combobox', { name: 'Initialization' }).click();
      await page.getByRole('option', { name: 'eigenvectors of the graph (spectral)' }).click();
      expect(await shown.seriousFaults()).toEqual([]);
      await make.getByRole('button', { name: 'Make the map' }).click();
      await page.getByText('Making the map').waitFor();
      expect(platform.making.request).toMatchObject({ params: { init: 'spectral' } });
    },
  );
});
