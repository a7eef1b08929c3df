import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser, temporaryDirectory } from '@noema/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema } from '../src/command-line.js';
import { startFresh } from '../src/fresh-platform.js';
import { dragOntoPage, dropOnPage } from '../src/page/dropping.js';
import { holdRequests } from '../src/page/held-requests.js';
import { isShowable } from '../src/page/page-directory.js';
import { widthBeyond } from '../src/page/page-measures.js';
import { PopulationView } from '../src/page/population-view.js';
import { OUTSIDE, REFUSED_FILES } from '../src/page/refused-files.js';
import { ShownPage } from '../src/page/shown-page.js';
import { RestCaller } from '../src/rest-caller.js';

const FIXTURES = new URL('../../src/fixtures/', import.meta.url);
const FILE = fileURLToPath(new URL('blobs.onnx', FIXTURES));

let browser: Browser;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let shown: ShownPage;
let project: string;
let caller: RestCaller;

describe.skipIf(!isShowable('importing in the browser'))('a model is imported in the browser', () => {
  beforeAll(async () => {
    directory = await temporaryDirectory();
    const { url } = await startFresh(directory.path);
    const { api_key: apiKey } = JSON.parse(
      await readFile(join(directory.path, 'credentials.json'), 'utf8'),
    ) as { api_key: string };
    caller = new RestCaller(url, apiKey);
    const { id } = await caller.make<{ id: string }>('/v1/projects', 'project', {
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

  it('and refused with a message next to the fault; what is dropped takes the name of its file and leads ' +
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
    await expect.poll(() => dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('notes');
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
    await expect.poll(() => dialog.getByRole('textbox', { name: 'Name' }).count()).toBe(0);
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
    await expect
      .poll(() => page.getByRole('combobox', { name: 'Version' }).inputValue())
      .toBe('v2 · imported');
    await expect.poll(() => new URL(page.url()).searchParams.has('version')).toBe(true);
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
    await expect.poll(() => rows.count()).toBe(13);
    const truth = dialog.getByRole('combobox', { name: 'To predict' });
    await expect.poll(() => truth.inputValue()).toMatch(/^species/);
    expect(await shown.seriousFaults()).toEqual([]);

    await dialog.getByRole('button', { name: '4 columns and their uses' }).click();
    const use = dialog.getByRole('combobox', { name: 'Use of place' });
    // An answer that does not arrive is requested again.
    await page.route(/manifests:propose/, (route) => route.abort(), { times: 1 });
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
    expect(await widthBeyond(page)).toBe(0);
    await shown.picture('add-data-small');
    expect(await shown.seriousFaults()).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });

    // No map is found until the dialog was seen that waits for it.
    const find = await holdRequests(page, /\/explorations\?/);
    await dialog.getByRole('button', { name: 'Create and train' }).click();
    await dialog.getByText('Go on in the background').waitFor();
    find();
    await page.waitForURL(/\/population/, { timeout: 300_000 });
    await page.unroute(/\/explorations\?/);
    await new PopulationView(page).canvas.waitFor();
    await expect.poll(() => page.getByText('This map has not been computed yet').count()).toBe(0);
    expect(shown.complaints).toEqual([]);
  }, 600_000);

  it('a table of many columns lists a part of them, and finds each by its name', async () => {
    const { page } = shown;
    const names = Array.from({ length: 150 }, (_, at) => `gene ${at}`);
    const lines = Array.from({ length: 40 }, (_, row) =>
      [...names.map((_, at) => (row * 7 + at * 3) % 11), row % 2 === 0 ? 'ill' : 'well'].join(),
    );
    const content = Buffer.from([[...names, 'label'].join(), ...lines].join('\n'));
    const dialog = await addData(page, { name: 'genes.csv', content });
    await dialog.getByText(/features 150 → label 2/).waitFor();
    await dialog.getByRole('button', { name: '151 columns and their uses' }).click();
    const uses = dialog.getByRole('combobox', { name: /^Use of / });
    await expect.poll(() => uses.count()).toBe(100);
    await dialog.getByRole('textbox', { name: 'Find a column' }).fill('gene 14');
    await dialog.getByText('11 of 151 columns are listed').waitFor();
    await expect.poll(() => uses.count()).toBe(11);
    const use = dialog.getByRole('combobox', { name: 'Use of gene 149' });
    await use.focus();
    await use.press('ArrowDown');
    await page.getByRole('option', { name: 'left out' }).click();
    await dialog.getByText(/features 149 → label 2/).waitFor();
    expect(await shown.seriousFaults()).toEqual([]);
    await shown.picture('add-data-wide');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(shown.complaints).toEqual([]);
  }, 600_000);

  it('a model that is dropped on the page is imported, by its name', async () => {
    const { page } = shown;
    await page.goto(`${new URL(page.url()).origin}${project}`);
    await page.getByRole('button', { name: 'Add data' }).first().waitFor();
    await dropOnPage(page, 'blobs.onnx', await readFile(FILE));
    const dialog = page.getByRole('dialog', { name: 'Import a model' });
    await expect.poll(() => dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('blobs');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(shown.complaints).toEqual([]);
  }, 600_000);

  it('an upload that breaks off goes on where it was', async () => {
    const { page } = shown;
    const sent: number[] = [];
    let isBroken = true;
    await page.route('**/wheelParts', async (route) => {
      sent.push(route.request().postDataBuffer()?.length ?? 0);
      if (isBroken && sent.length > 1) await route.abort('connectionreset');
      else await route.continue();
    });
    const dialog = await addData(page, { name: 'pictures.npy', content: listPictures() });
    await dialog.getByText(/the connection broke after 4\.19 MB of 9\.44 MB/i).waitFor();
    expect(await shown.seriousFaults()).toEqual([]);
    await shown.picture('upload-broken');
    isBroken = false;
    const before = sent.length;
    await dialog.getByRole('button', { name: 'Resume' }).click();
    await dialog.getByText('1 file of arrays; 9 records.').waitFor();
    // 3 parts, of which the first had arrived.
    expect(sent.length - before).toBe(2);
    await page.unroute('**/wheelParts');
    await page.keyboard.press('Escape');
    expect(shown.complaints).toEqual([]);
  }, 600_000);

  it('files above the quota are refused before anything is sent', async () => {
    const { page } = shown;
    let sent = 0;
    await page.route('**/wheelParts', async (route) => {
      sent++;
      await route.continue();
    });
    await setQuota('1');
    try {
      const dialog = await addData(page, {
        name: 'trees.csv',
        content: Buffer.from(`${TREES}\n30,4,park,oak`),
      });
      await dialog.getByText(/these files have .*, and the team has [01] B left of 1 B/i).waitFor();
      expect(await shown.seriousFaults()).toEqual([]);
      await shown.picture('upload-quota');
    } finally {
      await setQuota('0');
    }
    await page.unroute('**/wheelParts');
    await page.keyboard.press('Escape');
    expect(sent).toBe(0);
    expect(shown.complaints).toEqual([]);
  }, 600_000);

  it('a folder that is dropped is read with the folders in it', async () => {
    const { page } = shown;
    const folder = join(directory.path, 'reviews');
    for (const name of ['good', 'bad']) {
      await mkdir(join(folder, name), { recursive: true });
      for (let i = 0; i < 6; i++)
        await writeFile(join(folder, name, `${i}.txt`), `a ${name} film of seven long words ${i}`);
    }
    await page.goto(`${new URL(page.url()).origin}${project}`);
    // Files are taken once the page knows that the member may add some.
    await page.getByRole('button', { name: 'Add data', disabled: false }).first().waitFor();
    const empty = join(directory.path, 'empty');
    await mkdir(empty);
    await dragOntoPage(page, empty);
    await page.getByText('There is no file in what was dropped').waitFor();
    await dragOntoPage(page, folder);
    const dialog = page.getByRole('dialog', { name: 'Add data' });
    await dialog.getByText('12 texts, in 2 class folders; 12 records.').waitFor();
    await expect.poll(() => dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('reviews');
    await page.keyboard.press('Escape');
    expect(shown.complaints).toEqual([]);
  }, 600_000);

  it.each(REFUSED_FILES)(
    '$what is refused with its name, and nothing is left of it',
    async (file) => {
      const { page } = shown;
      const before = await listMade();
      const dialog = await addData(page, file);
      await dialog.getByRole('alert').getByText(file.message).waitFor();
      expect(await shown.seriousFaults()).toEqual([]);
      await dialog.getByRole('button', { name: 'Choose other files' }).click();
      await page.keyboard.press('Escape');
      expect(await listMade()).toEqual(before);
      expect(existsSync(join(tmpdir(), OUTSIDE))).toBe(false);
      expect(shown.complaints).toEqual([]);
    },
    600_000,
  );
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

/** Opens the dialog for data and chooses a file in it. */
async function addData(page: Page, { name, content }: { name: string; content: Buffer }): Promise<Locator> {
  await page.goto(`${new URL(page.url()).origin}${project}`);
  await page.getByRole('button', { name: 'Add data' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Add data' });
  const mimeType = 'application/octet-stream';
  await dialog.locator('input[type=file]').first().setInputFiles({ name, mimeType, buffer: content });
  return dialog;
}

/** Integrations and dataset versions of the project. */
const listMade = async (): Promise<unknown[]> =>
  Promise.all(
    ['integrations', 'dataset-versions'].map((kind) => caller.get(`/v1${project}/${kind}?page_size=100`)),
  );

/** Limits the bytes of the team; 0 lifts the limit. */
async function setQuota(maxStoredBytes: string): Promise<void> {
  const { team } = (await caller.get('/v1/self')).body as { team: { id: string } };
  const path = `/v1/teams/${team.id}?update_mask=quota`;
  const { status, body } = await caller.call('PATCH', path, { quota: { maxStoredBytes } });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

/** An array of NumPy with 9 pictures of one MiB: 3 parts of an upload. */
function listPictures(): Buffer {
  const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (9, 1024, 1024, 1), }".padEnd(117) + '\n';
  const pixels = Buffer.alloc(9 * 2 ** 20);
  for (let at = 0; at < pixels.length; at += 4) pixels.writeUInt32LE((at * 2_654_435_761) % 2 ** 32, at);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1'), Buffer.from(header), pixels]);
}
