import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser, temporaryDirectory } from '@noema/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema, noemaJson } from '../src/command-line.js';
import { isShowable } from '../src/page/page-directory.js';
import { ShownPage } from '../src/page/shown-page.js';
import { RestCaller } from '../src/rest-caller.js';

const FIXTURES = new URL('../../src/fixtures/', import.meta.url);
const FILE = fileURLToPath(new URL('blobs.onnx', FIXTURES));

let browser: Browser;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let shown: ShownPage;

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
    await shown.signIn(apiKey, `/projects/${id}`);
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await noema(directory.path, 'down');
    await directory.remove();
  });

  it('and refused with words beside what was wrong; what is dropped takes the name of its file and leads ' +
    'to its layers', async () => {
    const { page } = shown;
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
});
