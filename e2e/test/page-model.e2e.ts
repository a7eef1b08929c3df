import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser, temporaryDirectory } from '@noema/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainBlobs, type TrainedData } from '../src/blobs-platform.js';
import { noema, noemaJson } from '../src/command-line.js';
import { residualModel } from '../src/fixtures/residual.model.js';
import { startFresh } from '../src/fresh-platform.js';
import { isShowable } from '../src/page/page-directory.js';
import { smallTexts, widthBeyond } from '../src/page/page-measures.js';
import { ShownPage } from '../src/page/shown-page.js';
import { RestCaller } from '../src/rest-caller.js';

const FIXTURES = new URL('../../src/fixtures/', import.meta.url);
const fixture = (name: string): string => fileURLToPath(new URL(name, FIXTURES));
/** Compiled next to this file's folder. */
const INTEGRATION = fileURLToPath(new URL('../src/fixtures/blobs.integration.js', import.meta.url));

let browser: Browser;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let shown: ShownPage;
let rest: RestCaller;
let apiKey: string;
let trained: TrainedData;

describe.skipIf(!isShowable('the card of a model'))('the page of a model', () => {
  beforeAll(async () => {
    directory = await temporaryDirectory();
    const { url } = await startFresh(directory.path);
    ({ api_key: apiKey } = JSON.parse(await readFile(join(directory.path, 'credentials.json'), 'utf8')) as {
      api_key: string;
    });
    rest = new RestCaller(url, apiKey);
    trained = await trainBlobs(rest, { name: 'blobs', modulePath: INTEGRATION, classes: 3 });
    browser = (await startBrowser())!;
    shown = await ShownPage.open(browser, url);
    await shown.followLink(apiKey, `/projects/${trained.projectId}`);
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await noema(directory.path, 'down');
    await directory.remove();
  });

  it('is reached from the run, and shows layers, weights by epoch, metrics and that nothing is missing', async () => {
    const { page } = shown;
    await shown.goto(`/projects/${trained.projectId}/runs/${trained.runId}`);
    await page
      .getByRole('link', { name: /^blobs v1$/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'blobs', level: 1 }).waitFor();
    await page.getByRole('combobox', { name: 'Version' }).click();
    await page.getByRole('option', { name: /after epoch 2/ }).click();
    const layers = page.getByRole('region', { name: 'Layers' }).first();
    await layers.getByText(/6 layers, 23 learned units, 683 trained parameters/).waitFor();
    await layers.getByRole('button', { name: 'conv', exact: true }).press('Enter');
    const detail = page.getByRole('region', { name: 'Layer conv' });
    await detail.getByRole('img', { name: /^conv\/kernel, epoch 1: mean/ }).waitFor();
    await detail.getByRole('img', { name: /^conv\/kernel, epoch 2: mean/ }).waitFor();
    await detail.getByText(/filters 4/).waitFor();
    await page
      .getByText(/accuracy .*n = /)
      .first()
      .waitFor();
    await page.getByText('It has gradients: it can be trained').waitFor();
    await page.getByText('takes the data unchanged').waitFor();
    await shown.loaded();
    await shown.picture('model-card');
    expect(await shown.seriousFaults()).toEqual([]);
    expect(await smallTexts(page)).toEqual([]);
    for (const [name, start] of [
      ['ONNX', Buffer.from([8])],
      ['Keras', Buffer.from('PK')],
    ] as const) {
      await page.getByRole('button', { name: 'More actions' }).click();
      const coming = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: `Download as ${name}` }).click();
      const file = await coming;
      expect(file.suggestedFilename()).toBe(`blobs v3.${name.toLowerCase()}`);
      const bytes = await readFile(await file.path());
      expect(bytes.subarray(0, start.length)).toEqual(start);
    }
    await detail.getByRole('button', { name: 'pool', exact: true }).click();
    await page
      .getByRole('region', { name: 'Layer pool' })
      .getByRole('button', { name: 'Close the layer' })
      .click();
    expect(shown.complaints).toEqual([]);
  }, 600_000);

  it('collapses the blocks of a large model, expands them and finds layers, on a phone too', async () => {
    const { page } = shown;
    const { id } = await rest.make<{ id: string }>(`/v1/projects/${trained.projectId}/models`, 'model', {
      displayName: 'residual',
      topology: residualModel(24),
    });
    await shown.goto(`/projects/${trained.projectId}/models/${id}`);
    const rows = page.getByRole('region', { name: 'Layers' }).last().getByRole('row');
    await page.getByRole('button', { name: 'Expand 24 blocks' }).waitFor();
    await expect.poll(() => rows.count()).toBe(1 + 2 + 24 + 2);
    await page.getByText('has no weights yet').first().waitFor();
    await page.getByRole('button', { name: 'Expand stage_block1', exact: true }).click();
    await page.getByRole('button', { name: 'stage_block1_add', exact: true }).waitFor();
    await expect.poll(() => rows.count()).toBe(1 + 2 + 7 + 23 + 2);
    await shown.picture('model-blocks');
    expect(await shown.seriousFaults()).toEqual([]);
    await page.getByRole('textbox', { name: 'Search the layers' }).fill('block7_conv');
    await page.getByText('2 layers with “block7_conv”').waitFor();
    await expect.poll(() => rows.count()).toBe(3);
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByRole('button', { name: 'Expand 24 blocks' }).click();
    await expect.poll(() => rows.count()).toBe(1 + 2 + 7 * 24 + 2);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => widthBeyond(page)).toBe(0);
    await page.emulateMedia({ colorScheme: 'dark' });
    await shown.picture('model-blocks-small');
    expect(await shown.seriousFaults()).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(shown.complaints).toEqual([]);
  }, 600_000);

  it('says what a model without gradients cannot do, and why', async () => {
    const { page } = shown;
    const { id } = await noemaJson<{ id: string }>(
      directory.path,
      '--project',
      'blobs',
      'models',
      'import',
      fixture('blobs-no-gradient.onnx'),
    );
    await shown.goto(`/projects/${trained.projectId}/models/${id}`);
    await page.getByText('Heat maps by gradients:').waitFor();
    await page
      .getByText(/has no gradient; choose a layer after it/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Download as Keras' }).click();
    await page.getByText(/cannot be written for Keras: it is an imported graph/).waitFor();
    expect(shown.complaints).toEqual([]);
  }, 600_000);

  it('with the classes of the data in another order is put in the order that a person states', async () => {
    const { page } = shown;
    const file = [fixture('blobs.onnx'), '--name', 'nameless', '--logits', 'softmax'];
    await noemaJson(directory.path, '--project', 'blobs', 'models', 'import', ...file);
    await shown.goto(`/projects/${trained.projectId}`);
    await page.getByRole('button', { name: 'New run' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'New run' });
    await dialog.getByRole('combobox', { name: 'Model' }).click();
    await page.getByRole('option', { name: 'nameless' }).click();
    await dialog.getByText(/^The model states no names of classes/).waitFor();
    await dialog.getByRole('button', { name: 'State the order' }).press('Enter');
    const order = dialog.getByRole('group', { name: 'Order of the classes' });
    const choose = async (number: number, name: string): Promise<void> => {
      const select = order.getByRole('combobox', { name: `Class of number ${number}` });
      await select.fill(name);
      await page.getByRole('option', { name, exact: true }).waitFor();
      await select.press('ArrowDown');
      await select.press('Enter');
      await expect.poll(() => select.inputValue()).toBe(name);
    };
    await choose(0, 'right');
    await choose(1, 'right');
    await order.getByText('“right” is also chosen for number 0').waitFor();
    await order.getByRole('button', { name: 'Use this order' }).click();
    await order.getByText('choose a class', { exact: true }).waitFor();
    expect(await shown.seriousFaults()).toEqual([]);
    expect(await smallTexts(page)).toEqual([]);
    await choose(1, 'left');
    await shown.picture('class-order');
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => widthBeyond(page)).toBe(0);
    await order.scrollIntoViewIfNeeded();
    await shown.picture('class-order-small');
    expect(await shown.seriousFaults()).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await order.getByRole('button', { name: 'Fill the rest in the order of the data' }).press('Enter');
    await order.getByRole('button', { name: 'Use this order' }).press('Enter');
    await order.waitFor({ state: 'hidden' });
    await expect
      .poll(() => dialog.getByRole('combobox', { name: 'Model' }).inputValue())
      .toMatch(/^nameless-blobs/);
    await dialog.getByText('Evaluate only').click();
    await dialog.getByRole('button', { name: 'Start evaluation' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const { models } = (await rest.get(`/v1/projects/${trained.projectId}/models`)).body as {
      models: { displayName: string; outputs: { classNames: string[] }[] }[];
    };
    const adapted = models.find(({ displayName }) => displayName.startsWith('nameless-blobs'))!;
    expect(adapted.outputs[0]!.classNames).toEqual(['left', 'middle', 'right']);
    expect(shown.complaints).toEqual([]);
  }, 600_000);
});
