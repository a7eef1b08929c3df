import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser, temporaryDirectory } from '@noema/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema, noemaJson } from '../src/command-line.js';
import { isShowable } from '../src/page/page-directory.js';
import { PopulationView } from '../src/page/population-view.js';
import { ShownPage } from '../src/page/shown-page.js';
import { RestCaller } from '../src/rest-caller.js';

const FIXTURES = new URL('../../src/fixtures/', import.meta.url);
const FILE = fileURLToPath(new URL('blobs.onnx', FIXTURES));

let browser: Browser;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let shown: ShownPage;
let project: string;

describe.skipIf(!isShowable('importing in the browser'))('a model is imported in the browser', () => {
  beforeAll(async () => {
    directory = await temporaryDirectory();
    const { url } = await noemaJson<{ url: string }>(directory.path, 'up', '--port', '0');
    const { api_key: apiKey } = JSON.parse(
      await readFile(join(directory.path, 'credentials.json'), 'utf8'),
    ) as { api_key: string };
    const { id } = await new RestCaller(url, apiKey).make<{ id: string }>('/v1/projects', 'project', {
      displayName: 'imported',
    });
    browser = (await startBrowser())!;
    shown = await ShownPage.open(browser, url);
    project = `/projects/${id}`;
    await shown.signIn(apiKey, project);
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await noema(directory.path, 'down');
    await directory.remove();
  });

  it('and refused with words beside what was wrong; what is dropped takes the name of its file and leads ' +
    'to its layers', async () => {
    const { page } = shown;
    await page.getByRole('tab', { name: 'Models' }).click();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Import a model' });
    const chosen = dialog.locator('input[type=file]');
    await chosen.setInputFiles({
      name: 'notes.onnx',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('%PDF-1.7'),
    });
    expect(await dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('notes');
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await dialog.getByText(/the file is of no known format; give onnx/i).waitFor();
    expect(await shown.seriousFaults()).toEqual([]);
    await dialog.getByRole('button', { name: 'Choose another file' }).click();
    const bytes = [...(await readFile(FILE))];
    const dropped = await page.evaluateHandle((content) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(content)], 'blobs.onnx'));
      return transfer;
    }, bytes);
    await dialog.getByRole('group', { name: 'File' }).dispatchEvent('drop', { dataTransfer: dropped });
    await dialog.getByText('blobs.onnx').waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('from torch');
    await shown.picture('import');
    expect(await shown.seriousFaults()).toEqual([]);
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('heading', { name: 'from torch', level: 1 }).waitFor();
    await page.getByText('conv2').first().waitFor();
    await page.getByText('imported', { exact: true }).first().waitFor();
    expect(shown.complaints).toEqual([]);
  }, 600_000);

  it('and gets a further version on its own page: refused where the architecture is another, else the one ' +
    'that is looked at', async () => {
    const { page } = shown;
    await page.getByText('1 version', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Import a version' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import a version of from torch' });
    expect(await dialog.getByRole('textbox', { name: 'Name' }).count()).toBe(0);
    await dialog
      .locator('input[type=file]')
      .setInputFiles(fileURLToPath(new URL('blobs-no-gradient.onnx', FIXTURES)));
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await dialog
      .getByText(/the file is of another architecture: .*; import it as a model of its own/i)
      .waitFor();
    expect(await shown.seriousFaults()).toEqual([]);
    await dialog.getByRole('button', { name: 'Choose another file' }).click();
    await dialog.locator('input[type=file]').setInputFiles(FILE);
    await shown.picture('import-version');
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('2 versions', { exact: true }).waitFor();
    await page.getByText('v2', { exact: true }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Version' }).inputValue()).toBe('v2 · imported');
    expect(new URL(page.url()).searchParams.has('version')).toBe(true);
    expect(shown.complaints).toEqual([]);
  }, 600_000);

  it('files that are dropped on the page show how they are read and become a map', async () => {
    const { page } = shown;
    await page.goto(`${new URL(page.url()).origin}${project}`);
    const steps = page.getByRole('region', { name: 'From data to a map' });
    await steps.getByRole('heading', { name: '4. Map' }).waitFor();
    await shown.picture('four-steps');
    expect(await shown.seriousFaults()).toEqual([]);

    await dropOnPage(page, 'trees.csv', 'height,girth,species\n1,2,oak\n3,4,elm,5\n');
    const dialog = page.getByRole('dialog', { name: 'Add data' });
    await dialog.getByText(/trees\.csv.*line 3/i).waitFor();
    await dialog.getByRole('button', { name: 'Choose other files' }).click();
    await dialog
      .locator('input[type=file]')
      .first()
      .setInputFiles({
        name: 'trees.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(TREES),
      });
    await dialog.getByText('1 table file; 240 records.').waitFor();
    const rows = dialog.getByRole('region', { name: 'Samples' }).getByRole('row');
    expect(await rows.count()).toBe(13);
    const truth = dialog.getByRole('combobox', { name: 'To predict' });
    expect(await truth.inputValue()).toMatch(/^species/);
    expect(await shown.seriousFaults()).toEqual([]);

    await dialog.getByRole('button', { name: '4 columns and their uses' }).click();
    const use = dialog.getByRole('combobox', { name: 'Use of place' });
    await use.focus();
    await use.press('ArrowDown');
    await page.getByRole('option', { name: 'left out' }).click();
    await dialog.getByText(/features 2 → species 2/).waitFor();
    const training = dialog.getByRole('textbox', { name: 'Training' });
    await training.fill('60');
    await dialog.getByText('these are 80 %, not 100').waitFor();
    await dialog.getByRole('textbox', { name: 'Test' }).fill('20');
    await dialog.getByRole('textbox', { name: 'Test' }).press('Tab');
    await dialog.getByText(/ test/).first().waitFor();
    await dialog.getByRole('button', { name: '4 columns and their uses' }).click();
    await shown.picture('add-data');
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => widerThanScreen(page)).toBe(0);
    await shown.picture('add-data-small');
    expect(await shown.seriousFaults()).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });

    await dialog.getByRole('button', { name: 'Create and train' }).click();
    await dialog.getByText('Go on in the background').waitFor();
    await page.waitForURL(/\/population/, { timeout: 300_000 });
    await new PopulationView(page).canvas.waitFor();
    expect(await page.getByText('This map has not been computed yet').count()).toBe(0);
    expect(shown.complaints).toEqual([]);
  }, 600_000);

  it('a model that is dropped on the page is imported, by its name', async () => {
    const { page } = shown;
    await page.goto(`${new URL(page.url()).origin}${project}`);
    await page.getByRole('button', { name: 'Add data' }).first().waitFor();
    await dropOnPage(page, 'blobs.onnx', await readFile(FILE));
    const dialog = page.getByRole('dialog', { name: 'Import a model' });
    expect(await dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('blobs');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(shown.complaints).toEqual([]);
  }, 600_000);
});

/** Heights and girths by species, and a place that has no influence. */
const TREES = [
  'height,girth,place,species',
  ...Array.from({ length: 240 }, (_, i) => listTree(i, i % 2 === 0)),
].join('\n');
function listTree(i: number, isOak: boolean): string {
  const [height, girth] = isOak ? [20 + (i % 5), 3 + (i % 7) / 10] : [8 + (i % 5), 1 + (i % 7) / 10];
  return [height, girth, i % 3 === 0 ? 'wood' : 'park', isOak ? 'oak' : 'elm'].join(',');
}

/** Drops a file on the page, not on a field. */
async function dropOnPage(page: Page, name: string, content: string | Buffer): Promise<void> {
  const dropped = await page.evaluateHandle(
    ({ fileName, bytes }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], fileName));
      return transfer;
    },
    { fileName: name, bytes: [...Buffer.from(content)] },
  );
  await page.locator('main').dispatchEvent('drop', { dataTransfer: dropped });
}

/** Pixels by which the page is wider than its window. */
const widerThanScreen = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
