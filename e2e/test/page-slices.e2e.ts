import { readFile } from 'node:fs/promises';
import { OpenTable } from '@noema/artifacts';
import {
  InsightSeverityUnit,
  InsightState,
  InsightVerdict,
} from '@noema/contracts/noema/insights/v1/insight';
import { InsightOutcomeState } from '@noema/contracts/noema/insights/v1/insight_search';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { startBrowser } from '@noema/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { holdRequests } from '../src/page/held-requests.js';
import { isShowable } from '../src/page/page-directory.js';
import { smallTargets, widthBeyond } from '../src/page/page-measures.js';
import { onStage } from '../src/page/page-stage.js';
import type { ShownPage } from '../src/page/shown-page.js';
import { IDS } from '../src/page/synthetic-ids.js';

let browser: Browser;
const stage = onStage.bind(undefined, () => browser);
const OPTIONS = { count: 2000 };
const PHONE = { width: 390, height: 844 };

const INSIGHTS = `/projects/${IDS.project}/insights`;
const EFFECT = { measure: 'error rate', inside: 0.39, outside: 0.02, insideCount: 41, outsideCount: 959 };
const INSIGHT = {
  ...{ kind: 'low-performance', kindTitle: 'Low performance', state: InsightState.CONFIRMED, tried: 431 },
  sentence: 'Dim 7s with a closed top: 41 samples, 61 % right where the rest has 98 %; 6 % of all loss.',
  severity: { level: 3, share: 0.06, unit: InsightSeverityUnit.LOSS },
  effect: { ...EFFECT, difference: 0.37, low: 0.22, high: 0.52 },
  ...{ pValue: 0.00002, qValue: 0.0041, rows: Array.from({ length: 41 }, (_, at) => 7 + 10 * at) },
  explanations: [
    {
      ...{ source: 'metadata', name: 'source_device', value: 'b', inside: 0.82, outside: 0.11 },
      ...{ insideCount: 34, information: 0.41, qValue: 0.0002 },
    },
    {
      ...{ source: 'unit', name: 'conv2:17', value: '0 to 0.2', inside: 0.9, outside: 0.2 },
      ...{ insideCount: 37, information: 0.3, qValue: 0.004 },
    },
  ],
  membership: { filter: 'metadata.ink < 0.1', function: { by: 'conditions' } },
};
const WRONG_LABELS = {
  ...{ kind: 'mislabelled', kindTitle: 'Mislabeled', state: InsightState.CONFIRMED, tried: 1 },
  sentence: '6 samples have probably a wrong label: three 3s that look like 5s.',
  severity: { level: 2, share: 0.002, unit: InsightSeverityUnit.METRIC },
  ...{ rows: [3, 13, 23, 33, 43, 53], suggest: () => 5 },
};
const HINT = {
  ...INSIGHT,
  ...{ state: InsightState.HINT, sentence: 'Perhaps slanted 4s.', rows: [4, 14], membership: { filter: '' } },
};
const OUTCOMES = [
  {
    kind: 'low-performance',
    title: 'Low performance',
    state: InsightOutcomeState.DONE,
    tried: 431,
    found: 2,
  },
  {
    ...{ kind: 'forgotten', title: 'Forgotten', state: InsightOutcomeState.SKIPPED },
    reason: 'The data have no evaluations of at least two epochs.',
  },
  {
    ...{ kind: 'leakage', title: 'Leakage', state: InsightOutcomeState.FAILED },
    fault: { reason: 'OUT_OF_MEMORY', message: 'the pictures do not fit in 512 MB' },
  },
];
const SEARCH = {
  ...{ state: JobState.SUCCEEDED, epoch: 1, sampleCount: 2000, searchedCount: 2000, hintCount: 1 },
  ...{ outcomes: OUTCOMES, recipe: { seed: 0, q: 0.1 } },
};
const cell = (page: Page, index: number) => page.locator(`[role=gridcell][data-index="${index}"]`);
/** Keeps a picture of a state, in which axe finds nothing serious. */
const look = async (shown: ShownPage, name: string): Promise<void> => {
  await shown.loaded();
  await shown.picture(name);
  expect.soft(await shown.seriousFaults(), name).toEqual([]);
};
/** Opens the samples below the map in the order of their rows. */
const openSamples = async (page: Page): Promise<void> => {
  await page.keyboard.press('s');
  const order = page.getByRole('combobox', { name: 'Sort by' });
  await order.click();
  await page.getByRole('option', { name: 'order of rows' }).click();
  await expect.poll(() => order.inputValue()).toBe('order of rows');
  const falling = page.getByRole('button', { name: 'Highest first' });
  if (await falling.isVisible()) await falling.click();
  await cell(page, 0).waitFor();
};
/** Tags what is marked, with the keyboard. */
const tag = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: 'Tag', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'Tag or slice' }).fill(name);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').getByRole('button', { name: 'Tag', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
};

describe.skipIf(!isShowable('slices and tags on the page'))('slices and tags on the page', () => {
  beforeAll(async () => {
    browser = (await startBrowser())!;
  });
  afterAll(async () => {
    await browser?.close();
  });

  stage(
    'marks samples by pointer and keys, tags and explains them',
    { ...OPTIONS, explains: true },
    async ({ platform, shown, page, population }) => {
      await population.ready();
      await openSamples(page);
      const button = page.getByRole('button', { name: 'Tag', exact: true });
      await expect.poll(() => button.getAttribute('aria-disabled')).toBe('true');
      await cell(page, 3).click();
      await cell(page, 5).click({ modifiers: ['Shift'] });
      await cell(page, 8).click({ modifiers: ['Control'] });
      await page.getByText('4 of 2,000 samples marked').waitFor();
      await look(shown, 'gallery-marked');
      await button.click();
      const dialog = page.getByRole('dialog', { name: 'Tag 4 samples' });
      await dialog.getByRole('combobox', { name: 'Tag or slice' }).fill('to relabel');
      await dialog.getByText('A new tag.').waitFor();
      await page.keyboard.press('Escape');
      await look(shown, 'gallery-tag');
      await dialog.getByRole('button', { name: 'Tag', exact: true }).click();
      await page.getByText('The tag “to relabel” has 4 samples.').waitFor();
      await expect.poll(() => platform.slices.rowsNamed('to relabel')).toEqual([3, 4, 5, 8]);

      await page.getByTestId('gallery-grid').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Space');
      await page.getByText('5 of 2,000 samples marked').waitFor();
      await tag(page, 'to relabel');
      await expect.poll(() => platform.slices.rowsNamed('to relabel')).toEqual([3, 4, 5, 8, 9]);

      await button.click();
      await page.getByRole('combobox', { name: 'Tag or slice' }).fill('to relabel');
      await page.keyboard.press('Escape');
      await page.getByText('Has 5 samples now.').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await cell(page, 4).click();
      await button.click();
      await page.getByRole('combobox', { name: 'Tag or slice' }).fill('to relabel');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').getByRole('button', { name: 'Remove the tag' }).click();
      await page.getByText('The tag “to relabel” has 4 samples.').first().waitFor();
      await expect.poll(() => platform.slices.rowsNamed('to relabel')).toEqual([3, 5, 8, 9]);
      await cell(page, 3).getByText('to relabel').waitFor();
      await expect.poll(() => cell(page, 4).textContent()).not.toContain('tagged');

      await page.getByRole('switch', { name: 'Heat maps' }).check();
      const explain = page.getByTestId('explain-samples');
      const lacking = explain.getByText(/^\d+ samples in sight without a heat map\.$/);
      await lacking.waitFor();
      const inSight = parseInt((await lacking.textContent())!);
      await explain.getByRole('button', { name: 'Explain them' }).click();
      await explain.getByText(`4 of ${inSight} samples explained`).waitFor();
      await look(shown, 'gallery-explaining');
      await expect.poll(() => platform.analyses.count(JobState.RUNNING)).toBe(3);
      await explain.getByRole('button', { name: 'Cancel' }).click();
      await explain.getByText(`${inSight - 4} samples in sight without a heat map.`).waitFor();
      await expect.poll(() => platform.analyses.count(JobState.CANCELLED)).toBe(3);
    },
  );

  stage(
    'names an open slice, compares two with intervals, and saves what both share',
    { ...OPTIONS, epochs: 4 },
    async ({ platform, shown, page, population }) => {
      await population.ready();
      await openSamples(page);
      await cell(page, 0).click();
      await page.getByTestId('gallery-grid').focus();
      await page.keyboard.press('Control+a');
      await page.getByText('2,000 of 2,000 samples marked').waitFor();
      await tag(page, 'all of them');
      await cell(page, 0).click();
      await cell(page, 9).click({ modifiers: ['Shift'] });
      await tag(page, 'first ten');
      await cell(page, 5).click();
      await cell(page, 13).click({ modifiers: ['Shift'] });
      await tag(page, 'later nine');
      await page.keyboard.press('s');

      await page.getByRole('button', { name: /^first ten/ }).click();
      await page.getByRole('heading', { name: 'first ten' }).waitFor();
      await page.getByText('10 samples selected', { exact: false }).first().waitFor();
      expect(await page.getByRole('button', { name: 'Save as slice' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Rename the slice, change its note' }).click();
      await page.getByRole('textbox', { name: 'Note' }).fill('Look at these again');
      await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByRole('region', { name: 'Selection' }).getByText('Look at these again').waitFor();

      // While the samples of a slice are on their way, the panel neither leaves the selection nor returns to it.
      await page.getByText('Overview', { exact: true }).click();
      const deliver = await holdRequests(page, /\/slices\/[^/?]+$/);
      await page.getByRole('button', { name: /^later nine/ }).click();
      await page.getByRole('status', { name: 'Loading the selection' }).waitFor();
      expect(await page.getByRole('radio', { name: 'Selection', exact: true }).isChecked()).toBe(true);
      await page.getByText('Overview', { exact: true }).click();
      deliver();
      await page.getByText('9 selected').waitFor();
      await page.getByRole('button', { name: 'More about first ten' }).click();
      await page.getByRole('menuitem', { name: 'Metrics, compare …' }).click();
      const dialog = page.getByRole('dialog', { name: 'Compare slices' });
      await dialog
        .getByText(/^n 10$/)
        .first()
        .waitFor();
      await dialog.getByRole('combobox', { name: 'Compared with' }).click();
      await page.getByRole('option', { name: 'later nine' }).click();
      await dialog.getByText(/5 samples are in both slices and left out of the difference/).waitFor();
      await dialog.getByText(/compares 5 samples only in “first ten” with 4 samples only in/).waitFor();
      await expect
        .poll(() => dialog.getByRole('row').nth(1).textContent())
        .toMatch(
          /^accuracy[\d.]+%[\d.]+% to [\d.]+%n 10[\d.]+%[\d.]+% to [\d.]+%n 9[+−]?[\d.]+ points.* pointsn 9$/,
        );
      await look(shown, 'slices-compared');
      await dialog.getByRole('combobox', { name: 'Compared with' }).click();
      await page.getByRole('option', { name: 'all of them' }).click();
      await dialog.getByText(/“all of them” contains “first ten”/).waitFor();

      await dialog.getByText('By epoch').click();
      await dialog.getByRole('application', { name: /^accuracy by epoch/ }).waitFor();
      await look(shown, 'slices-by-epoch');
      await dialog.getByText('Combine').click();
      await dialog.getByRole('combobox', { name: 'Compared with' }).click();
      await page.getByRole('option', { name: 'later nine' }).click();
      await dialog.getByRole('radio', { name: /and “later nine”/ }).check();
      await dialog.getByLabel('Name of the new slice').fill('both');
      await look(shown, 'slices-combined');
      await dialog.getByRole('button', { name: 'Save as slice' }).click();
      await page.getByText('The slice “both” has 5 samples.').waitFor();
      await expect.poll(() => platform.slices.rowsNamed('both')).toEqual([5, 6, 7, 8, 9]);
      await dialog.getByRole('radio', { name: /or “later nine”/ }).check();
      await dialog.getByLabel('Name of the new slice').fill('either');
      await page.keyboard.press('Enter');
      await page.getByText('The slice “either” has 14 samples.').waitFor();
      await expect
        .poll(() => platform.slices.rowsNamed('either'))
        .toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);

      // An open menu keeps its place while the samples above it load.
      const show = await holdRequests(page, /\/samples\?/);
      await shown.goto(`/projects/${IDS.project}/datasets/${IDS.data}`);
      const menu = page.getByRole('button', { name: 'More about first ten' });
      await menu.click();
      const item = page.getByRole('menuitem', { name: 'Metrics, compare …' });
      await item.waitFor();
      const place = await menu.boundingBox();
      show();
      await cell(page, 0).waitFor();
      expect(await menu.boundingBox()).toEqual(place);
      await item.click();
      await page
        .getByRole('dialog', { name: 'Compare slices' })
        .getByText(/^n 10$/)
        .first()
        .waitFor();
    },
  );

  stage(
    'colors the map by slice, and follows the slices',
    OPTIONS,
    async ({ platform, shown, page, population }) => {
      await population.ready();
      await openSamples(page);
      await cell(page, 0).click();
      await cell(page, 9).click({ modifiers: ['Shift'] });
      await tag(page, 'first ten');
      await cell(page, 5).click();
      await cell(page, 13).click({ modifiers: ['Shift'] });
      await tag(page, 'later nine');
      await population.choose('Color by', 'slice');
      const legend = page.getByRole('group', { name: 'slice', exact: true });
      await legend.getByText('several slices').waitFor();
      await expect
        .poll(() => legend.textContent())
        .toMatch(/later nine4.*first ten5.*several slices5.*in no slice1,986/);
      await cell(page, 3).click();
      await page.getByRole('button', { name: 'Tag', exact: true }).click();
      await page.getByRole('combobox', { name: 'Tag or slice' }).fill('first ten');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').getByRole('button', { name: 'Remove the tag' }).click();
      await expect.poll(() => legend.textContent()).toMatch(/first ten4.*in no slice1,987/);
      // Others exchange a row: the number of samples stays.
      platform.slices.exchange('first ten', 0, 10);
      await page.getByRole('button', { name: 'More about later nine' }).click();
      await page.getByRole('menuitem', { name: 'Rename, note …' }).click();
      await page.getByRole('textbox', { name: 'Note' }).fill('Look at these again');
      await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
      await expect
        .poll(() => legend.textContent())
        .toMatch(/later nine3.*first ten3.*several slices6.*in no slice1,988/);
      platform.slices.exchange('first ten', 10, 0);
      await page.getByRole('button', { name: 'More about later nine' }).click();
      await page.getByRole('menuitem', { name: 'Rename, note …' }).click();
      await page.getByRole('textbox', { name: 'Note' }).fill('');
      await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
      await expect.poll(() => legend.textContent()).toMatch(/later nine4.*first ten4.*in no slice1,987/);
      await legend.getByText('later nine').click();
      await population.statusIs(/^4 of 2,000 shown/);
      await look(shown, 'map-by-slice');
    },
  );

  stage(
    'opens an issue about marked samples, which leads back to them',
    OPTIONS,
    async ({ shown, page, population }) => {
      await population.ready();
      await openSamples(page);
      await cell(page, 3).click();
      await cell(page, 5).click({ modifiers: ['Shift'] });
      await page.getByRole('region', { name: 'Samples' }).getByRole('button', { name: 'New issue' }).click();
      const dialog = page.getByRole('dialog', { name: 'New issue' });
      await dialog.getByText('The issue is about 3 samples.').waitFor();
      await dialog.getByRole('textbox', { name: 'Title' }).fill('rings with a gap');
      const text = dialog.getByRole('textbox', { name: 'Description' });
      await text.fill('**Look**, <img src=x onerror=alert(1)> @an');
      await page.getByRole('option', { name: 'Ann Archer' }).waitFor();
      await look(shown, 'issue-new');
      await page.keyboard.press('Enter');
      await expect.poll(() => text.inputValue()).toMatch(/@Ann Archer $/);
      const labels = dialog.getByRole('combobox', { name: 'Labels' });
      await labels.fill('to relabel');
      await labels.press('Enter');
      await dialog.getByText('to relabel').waitFor();
      await dialog.getByRole('button', { name: 'Open the issue' }).click();
      await page.getByText('The issue “rings with a gap” is open.').waitFor();

      await shown.goto(`/projects/${IDS.project}?tab=issues`);
      await page.getByRole('link', { name: 'rings with a gap' }).waitFor();
      await page.getByRole('table').getByText('to relabel').waitFor();
      await page.getByRole('combobox', { name: 'Label' }).click();
      await page.getByRole('option', { name: 'to relabel' }).click();
      await expect.poll(() => new URL(page.url()).searchParams.get('label')).toBe('to relabel');
      await look(shown, 'issues');
      await page.getByRole('link', { name: 'rings with a gap' }).click();
      await page.getByText('<img src=x onerror=alert(1)>').waitFor();
      await page.getByRole('link', { name: 'validation s4' }).waitFor();
      const field = page.getByRole('combobox', { name: 'Labels' });
      await field.fill('ink');
      await field.press('Enter');
      await page.getByRole('heading', { name: 'rings with a gap' }).waitFor();
      await expect.poll(() => page.locator('header, main').getByText('ink', { exact: true }).count()).toBe(2);
      const comment = page.getByRole('form', { name: 'New comment' });
      await comment.getByRole('textbox', { name: 'Comment' }).fill('see there');
      await comment.getByRole('button', { name: 'Link a view' }).click();
      const address = comment.getByRole('textbox', { name: 'Address of a view' });
      await address.fill('https://other.example/');
      await comment.getByText('Not an address of this page.').waitFor();
      await address.fill(
        `${shown.base}/projects/${IDS.project}/runs/${IDS.run}/population?epoch=1&sel=slice%3A7`,
      );
      await comment.getByRole('button', { name: 'Comment' }).click();
      await page.getByRole('article').getByRole('link', { name: 'Slice on the map' }).waitFor();
      await page.getByRole('button', { name: /^Change the comment of/ }).click();
      const change = page.getByRole('form', { name: /^Comment of .*, changed$/ });
      await change.getByRole('textbox', { name: 'Comment' }).fill('see here');
      await change.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('article').getByText('see here').waitFor();
      await page.getByRole('article').getByText(', changed').waitFor();
      await change.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await page.getByRole('article').getByText('closed the issue').waitFor();
      await look(shown, 'issue');
      await page.setViewportSize(PHONE);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.getByRole('button', { name: 'More actions' }).click();
      await look(shown, 'issue-phone-dark');
      expect.soft(await widthBeyond(page)).toBe(0);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Reopen' }).click();
      await page.getByRole('article').getByText('opened the issue again').waitFor();
      await page.getByRole('link', { name: 'Samples under the map' }).click();
      await population.ready();
      await cell(page, 0).waitFor();
      await expect.poll(() => new URL(page.url()).searchParams.get('samples')).toBe('shown');
    },
  );

  stage('keeps the size of pictures in the address', OPTIONS, async ({ shown, page, population }) => {
    await population.ready();
    await openSamples(page);
    const slider = page.getByRole('slider', { name: 'Size of the pictures' });
    await slider.focus();
    await page.keyboard.press('End');
    await expect.poll(() => new URL(page.url()).searchParams.get('px')).toBe('224');
    await shown.goto(new URL(page.url()).pathname + '?samples=shown&by=row&px=64');
    await population.ready();
    await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe('64');
  });

  stage('exports the marked samples as Parquet and as ids', OPTIONS, async ({ page, population }) => {
    await population.ready();
    await openSamples(page);
    await cell(page, 3).click();
    await cell(page, 5).click({ modifiers: ['Shift'] });
    const save = async (item: string): Promise<Uint8Array> => {
      await page.getByRole('region', { name: 'Samples' }).getByRole('button', { name: 'Export' }).click();
      const coming = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: item }).click();
      return new Uint8Array(await readFile(await (await coming).path()));
    };
    expect(Buffer.from(await save('Ids, one per line')).toString()).toBe(
      'validation/s3\nvalidation/s4\nvalidation/s5\n',
    );
    const file = await OpenTable.of(await save('Parquet, with all columns'));
    try {
      const { columns } = await file.query({ columns: ['sample_id', 'true_class', 'slice'] });
      expect(columns.map(({ values }) => Array.from(values))).toEqual([
        ['s3', 's4', 's5'],
        ['3', '4', '5'],
        [null, null, null],
      ]);
    } finally {
      await file.close();
    }
  });

  stage(
    'shows a viewer why nothing can be tagged',
    { ...OPTIONS, role: 'viewer' },
    async ({ page, population }) => {
      await population.ready();
      await openSamples(page);
      await cell(page, 1).click();
      await page.getByRole('button', { name: 'Tag', exact: true }).hover();
      await page.getByText(/You are a viewer of this team/).waitFor();
    },
  );

  stage(
    'lists insights, shows one with its evidence, and acts on it',
    {
      ...{ ...OPTIONS, epochs: 3, path: `/projects/${IDS.project}` },
      ...{ insights: [INSIGHT, WRONG_LABELS, HINT], insightSearch: SEARCH },
      ...{ explains: true, metadata: ['source_device'] },
    },
    async ({ platform, shown, page, population }) => {
      const home = page.getByTestId('newest-insights');
      await home.getByRole('link', { name: /^Dim 7s/ }).waitFor();
      await home.getByRole('link', { name: 'all insights' }).click();
      const list = page.getByRole('list', { name: 'Confirmed insights' });
      await list.getByText('error rate 39%, rest 2%: +37.0 points (95% interval +22.0 to +52.0').waitFor();
      await page.getByText('The data have no evaluations of at least two epochs.').waitFor();
      await page.getByText('the pictures do not fit in 512 MB (OUT_OF_MEMORY)').waitFor();
      await expect.poll(() => page.getByText('Perhaps slanted 4s.').count()).toBe(0);
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitem', { name: 'Search no run by itself' }).waitFor();
      await look(shown, 'insight-search-menu');
      await page.getByRole('menuitem', { name: 'Search with a group field' }).click();
      const dialog = page.getByRole('dialog', { name: 'Search for insights' });
      await dialog.getByText('The data name no field.').waitFor();
      const field = dialog.getByRole('combobox', { name: 'Group field' });
      await field.fill('no such field');
      await page.getByRole('option', { name: 'The data have no such metadata field.' }).waitFor();
      expect.soft(await shown.seriousFaults(), 'a list without a match').toEqual([]);
      await field.fill('');
      await page.getByRole('option', { name: 'source_device' }).waitFor();
      await look(shown, 'insight-search');
      await page.keyboard.press('Escape');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Show 1 hint' }).click();
      await page.getByText('Perhaps slanted 4s.').waitFor();
      expect.soft(await shown.seriousFaults(), 'insights').toEqual([]);
      await page.getByRole('combobox', { name: 'Kind' }).click();
      await page.getByRole('option', { name: 'Mislabeled (1)' }).click();
      await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
      await page.getByRole('combobox', { name: 'Kind' }).click();
      await page.getByRole('option', { name: 'Mislabeled (1)' }).click();
      await list.getByRole('link', { name: /^Dim 7s/ }).click();

      await page.getByTestId('insight-sentence').getByText('6 % of all loss').waitFor();
      await page.getByText('95% interval +22.0 to +52.0 points').waitFor();
      await page.getByText('431 candidates of this kind were tested').waitFor();
      await cell(page, 0).waitFor();
      await expect.poll(() => page.getByTestId('gallery-count').textContent()).toBe('41 samples');
      await page.getByRole('application', { name: /^accuracy by epoch/ }).waitFor();
      const unit = page.getByRole('link', { name: 'unit conv2:17' });
      await expect.poll(() => unit.getAttribute('href')).toContain('/layers/conv2/units/17');
      await shown.loaded();
      await page.getByRole('button', { name: 'Show the mean heat map' }).click();
      const heatMap = page.getByRole('img', { name: 'Mean heat map: what moves the loss' });
      await heatMap.scrollIntoViewIfNeeded();
      await expect
        .poll(() => heatMap.evaluate((image: HTMLImageElement) => image.naturalWidth))
        .toBeGreaterThan(0);
      await look(shown, 'insight-means');
      await page.getByRole('link', { name: 'Show on the map' }).click();
      await population.ready();
      await page.getByText('41 samples selected', { exact: false }).first().waitFor();
      await look(shown, 'insight-map');
      await page.goBack();

      await page.getByRole('button', { name: 'Act on it' }).click();
      await page.getByRole('menuitem', { name: 'Make a slice' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('dim 7s');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('The slice “dim 7s” has 41 samples.').waitFor();
      expect(platform.slices.rowsNamed('dim 7s')).toEqual(INSIGHT.rows);
      await expect.poll(() => platform.insights.insight(0).sliceId).toMatch(/-/);
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await page.getByRole('textbox', { name: 'Note' }).fill('the camera was replaced');
      await page.getByRole('dialog').getByRole('button', { name: 'Dismiss' }).click();
      await expect.poll(() => platform.insights.insight(0).state).toBe(InsightState.DISMISSED);
      await page.getByText('the camera was replaced').waitFor();
      await page.getByRole('button', { name: 'Open it again' }).click();
      await page.getByRole('button', { name: 'Approve' }).waitFor();
      await page.getByRole('button', { name: 'Act on it' }).click();
      await page.getByRole('menuitem', { name: 'Make a test' }).click();
      await page.getByText('mean(correct) >= 0.98').first().waitFor();
      const form = page.getByRole('form', { name: 'Add test' });
      await form.getByRole('textbox', { name: 'Name of the test' }).fill('no leak');
      await form.getByRole('combobox', { name: 'Compared with' }).selectOption('a number of insights');
      await form
        .getByRole('combobox', { name: 'Least severity' })
        .selectOption('noticeable (2) or large (3)');
      await form.getByRole('textbox', { name: 'Limit' }).fill('0');
      await form.getByRole('combobox', { name: 'Comparison' }).selectOption('=');
      await look(shown, 'insight-test');
      await form.getByRole('button', { name: 'Add test' }).click();
      const yaml = page.getByRole('textbox', { name: 'YAML' });
      await expect.poll(() => yaml.inputValue()).toContain('count(insights, severity >= 2) = 0');
    },
  );

  stage(
    'audits an insight by keys, on a phone too, and searches again',
    { ...OPTIONS, path: INSIGHTS, insights: [WRONG_LABELS], metadata: ['source_device'] },
    async ({ platform, shown, page }) => {
      await page.getByRole('link', { name: /^6 samples have probably/ }).click();
      await page.getByRole('link', { name: 'Audit' }).click();
      const labels = page.getByTestId('audit-labels');
      await labels.getByText('Suggested').waitFor();
      await page.getByRole('heading', { name: 'Sample s3' }).waitFor();
      await page.keyboard.down('1');
      // A key that is held down repeats.
      await page.keyboard.down('1');
      await page.keyboard.up('1');
      await page.getByRole('heading', { name: 'Sample s13' }).waitFor();
      await page.keyboard.press('2');
      await page.getByText('2 samples judged: label is wrong 1, label is right 1, cannot say 0.').waitFor();
      await page.keyboard.press('u');
      await page.getByRole('heading', { name: 'Sample s13' }).waitFor();
      await page.getByText('1 sample judged: label is wrong 1, label is right 0, cannot say 0.').waitFor();
      await look(shown, 'insight-audit-running');
      await page.setViewportSize(PHONE);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.reload();
      await page.getByRole('heading', { name: 'Sample s13' }).waitFor();
      await shown.loaded();
      expect.soft(await shown.seriousFaults(), 'audit, phone').toEqual([]);
      expect.soft(await widthBeyond(page)).toBe(0);
      for (const row of [13, 23, 33, 43, 53]) {
        await page.getByRole('heading', { name: `Sample s${row}` }).waitFor();
        await page.getByRole('button', { name: /Label is wrong/ }).click();
      }
      await page.getByText('The audit is done').waitFor();
      expect([...platform.insights.verdicts.values()]).toEqual(Array(6).fill(InsightVerdict.WRONG));
      await page.getByRole('link', { name: 'Act on the insight' }).click();
      await page.getByRole('button', { name: 'Act on it' }).click();
      const coming = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: 'Relabel list, with suggested labels' }).click();
      const file = await readFile(await (await coming).path(), 'utf8');
      expect(file.split('\r\n').slice(0, 2)).toEqual(['sample_id,label,suggested', 's3,3,5']);
      await shown.loaded();
      expect.soft(await shown.seriousFaults(), 'insight, phone').toEqual([]);
      expect.soft(await widthBeyond(page)).toBe(0);

      await shown.goto(INSIGHTS);
      await page.getByRole('button', { name: 'Search', exact: true }).click();
      await page.getByText('Mislabeled · 3 of 12 kinds').waitFor();
      expect.soft(await shown.seriousFaults(), 'insights, phone').toEqual([]);
      expect.soft(await widthBeyond(page)).toBe(0);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('The newest search was cancelled.').waitFor();
      await page.getByRole('button', { name: 'More actions' }).click();
      const item = page.getByRole('menuitem', { name: 'Search with a group field' });
      await item.waitFor();
      expect.soft(await shown.seriousFaults(), 'menu, phone').toEqual([]);
      expect.soft(await widthBeyond(page), 'menu, phone').toBe(0);
      expect.soft(await smallTargets(page), 'menu, phone').toEqual([]);
      await item.click();
      const dialog = page.getByRole('dialog', { name: 'Search for insights' });
      await dialog.getByRole('combobox', { name: 'Group field' }).click();
      await page.getByRole('option', { name: 'source_device' }).click();
      await look(shown, 'insight-search-phone-dark');
      await dialog.getByRole('button', { name: 'Search', exact: true }).click();
      await dialog.waitFor({ state: 'hidden' });
      expect(platform.insights.groupField()).toBe('source_device');
    },
  );

  stage('tags on a phone', { ...OPTIONS, viewport: PHONE }, async ({ platform, shown, page, population }) => {
    await population.ready();
    await openSamples(page);
    await cell(page, 1).click();
    await look(shown, 'gallery-phone');
    expect(await widthBeyond(page)).toBe(0);
    await tag(page, 'odd');
    expect(platform.slices.rowsNamed('odd')).toEqual([1]);
    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'Unfold the right panel' }).click();
    await page.getByRole('button', { name: 'More about odd' }).click();
    await page.getByRole('menuitem', { name: 'Metrics, compare …' }).click();
    await page.getByRole('dialog').getByText('no interval for one sample').waitFor();
    await look(shown, 'slices-phone');
    expect(await widthBeyond(page)).toBe(0);
  });
});
