import { startBrowser } from '@noema/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { holdRequests } from '../src/page/held-requests.js';
import { isShowable } from '../src/page/page-directory.js';
import { smallTexts } from '../src/page/page-measures.js';
import { onStage } from '../src/page/page-stage.js';
import { IDS } from '../src/page/synthetic-ids.js';

let browser: Browser;
const stage = onStage.bind(undefined, () => browser);
const PROJECT_PATH = `/projects/${IDS.project}`;
// The data are pictures of 28 × 28 of ten classes; the newest model takes others.
const MODELS = [
  { name: 'small pictures', side: 8, classes: 10 },
  { name: 'fits', side: 28, classes: 10 },
  { name: 'chose layers', side: 28, classes: 10, layers: ['conv2', 'head'] },
];

describe.skipIf(!isShowable('runs in the browser'))('a run in the browser', () => {
  beforeAll(async () => {
    browser = (await startBrowser())!;
  });
  afterAll(async () => {
    await browser?.close();
  });

  stage(
    'begins with a model that fits the data, and says at the field why another does not',
    { count: 200, models: MODELS, path: PROJECT_PATH },
    async ({ shown, page, platform }) => {
      await page.getByRole('button', { name: 'New run' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'New run' });
      const [model, weights] = [
        dialog.getByRole('combobox', { name: 'Model' }),
        dialog.getByRole('combobox', { name: 'Weights' }),
      ];
      await expect.poll(() => model.inputValue()).toBe('fits');
      await expect.poll(() => weights.inputValue()).toBe('v1 · initial weights');
      await model.click();
      await page.getByRole('option', { name: 'small pictures · does not fit the data' }).click();
      await dialog.getByText('takes 8 × 8 × 1; the data give 28 × 28 × 1').waitFor();
      expect(await shown.seriousFaults()).toEqual([]);
      await shown.picture('fault-run-misfit');
      await model.click();
      await page.getByRole('option', { name: 'fits', exact: true }).click();
      await dialog.getByRole('button', { name: 'Start training' }).click();
      await page.getByRole('heading', { name: 'made up', level: 1 }).waitFor();
      expect(platform.started).toMatchObject([
        {
          datasetVersionId: IDS.data,
          modelVersionId: '01890a5d-ac96-774b-bcce-b302099a9101',
          settings: { layers: [] },
        },
      ]);
    },
  );

  stage(
    'follows the layers that are chosen among more settings',
    { count: 200, models: MODELS.slice(2), path: PROJECT_PATH },
    async ({ shown, page, platform }) => {
      const start = async (choose: () => Promise<void>): Promise<readonly string[]> => {
        await shown.goto(PROJECT_PATH);
        await page.getByRole('button', { name: 'New run' }).first().click();
        await page.getByRole('button', { name: 'Loss, metrics and layers' }).click();
        await choose();
        await page.getByRole('button', { name: 'Start training' }).click();
        await page.getByRole('heading', { name: 'made up', level: 1 }).waitFor();
        return platform.started.at(-1)!.settings!.layers;
      };
      const layers = page.getByRole('combobox', { name: 'Layers', exact: true });
      const choose = async (name: string): Promise<void> => {
        await layers.click();
        await page.getByRole('option', { name }).click();
      };
      expect(
        await start(() =>
          expect.poll(() => layers.inputValue()).toBe('Chosen at the import of the model: 2 layers'),
        ),
      ).toEqual([]);
      expect(await start(() => choose('All 4 learned layers'))).toEqual(['*']);
      expect(await start(() => choose('Proposed: 2 outputs of blocks'))).toEqual(['blocks']);
      // The choice is offered once the layers are known that it begins with.
      const send = await holdRequests(page, /\/layers(\?|$)/);
      expect(
        await start(async () => {
          await layers.click();
          await page.getByRole('option').first().waitFor();
          await expect.poll(() => page.getByRole('option', { name: 'Chosen layers' }).count()).toBe(0);
          send();
          await page.getByRole('option', { name: 'Chosen layers' }).click();
          const chosen = page.getByRole('combobox', { name: 'Chosen layers' });
          await chosen.click();
          await page.getByRole('option', { name: 'conv1 · 8 units' }).click();
          await page.keyboard.press('Escape');
          expect(await shown.seriousFaults()).toEqual([]);
          expect(await smallTexts(page)).toEqual([]);
          await shown.picture('fault-run-layers');
        }),
      ).toEqual(['add', 'head', 'conv1']);
    },
  );

  stage(
    'takes every setting that the catalogue describes',
    { count: 200, models: MODELS, path: PROJECT_PATH },
    async ({ shown, page, platform }) => {
      await shown.goto(PROJECT_PATH);
      await page.getByRole('button', { name: 'New run' }).first().click();
      await expect.poll(() => page.getByRole('textbox', { name: 'Learning rate' }).inputValue()).toBe('0.25');
      await page.getByRole('button', { name: 'Loss, metrics and layers' }).click();
      const choose = async (field: string, option: string): Promise<void> => {
        await page.getByRole('combobox', { name: field, exact: true }).click();
        await page.getByRole('option', { name: option }).click();
      };
      const start = page.getByRole('button', { name: 'Start training' });
      await page.getByRole('textbox', { name: 'Drag' }).fill('0.75');
      await page.getByRole('checkbox', { name: 'Uphill' }).check();
      await choose('Learning-rate schedule', 'Steps');
      await expect.poll(() => page.getByRole('textbox', { name: 'Learning rate' }).count()).toBe(0);
      await page.getByRole('textbox', { name: 'Rates' }).fill('0.1, ');
      await choose('Loss', 'Tolerant');
      await page.getByRole('textbox', { name: 'Slack' }).fill('2.5');
      const before = platform.started.length;
      await start.click();
      await page.getByText('give numbers divided by commas').waitFor();
      expect(platform.started.length).toBe(before);
      expect(await shown.seriousFaults()).toEqual([]);
      expect(await smallTexts(page)).toEqual([]);
      await shown.picture('new-run-settings');
      await page.getByRole('textbox', { name: 'Rates' }).fill('0.1, 0.01');
      await start.click();
      await page.getByRole('heading', { name: 'made up', level: 1 }).waitFor();
      expect(platform.started.at(-1)!.settings).toMatchObject({
        optimizer: { name: '', config: { drag: 0.75, uphill: true } },
        learningRateSchedule: { name: 'steps', config: { rates: [0.1, 0.01] } },
        loss: { name: 'tolerant', config: { slack: 2.5 } },
      });
    },
  );

  stage(
    'and its model get other names',
    { count: 200, models: MODELS, path: `${PROJECT_PATH}/runs/${IDS.run}` },
    async ({ shown, page }) => {
      const rename = async (title: string, to: string): Promise<void> => {
        await page.getByRole('button', { name: 'More actions' }).click();
        await page.getByRole('menuitem', { name: 'Rename' }).click();
        const dialog = page.getByRole('dialog', { name: title });
        await dialog.getByRole('textbox', { name: 'Name' }).fill(to);
        await dialog.getByRole('button', { name: 'Save' }).click();
      };
      await rename('Rename the run', 'second try');
      await page.getByRole('heading', { name: 'second try', level: 1 }).waitFor();
      await page.getByRole('link', { name: 'small pictures v1' }).first().click();
      await page.getByRole('heading', { name: 'small pictures', level: 1 }).waitFor();
      await rename('Rename the model', 'fits');
      await page.getByRole('dialog').getByText('is taken').waitFor();
      expect(await shown.seriousFaults()).toEqual([]);
      await shown.picture('fault-rename');
      await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('tiny');
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await page.getByRole('heading', { name: 'tiny', level: 1 }).waitFor();
      await shown.goto(`${PROJECT_PATH}?tab=models`);
      await page.getByRole('link', { name: 'second try' }).first().waitFor();
      await page.getByRole('link', { name: 'tiny' }).first().waitFor();
    },
  );
});
