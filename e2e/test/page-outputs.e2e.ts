import { startBrowser } from '@noema/testing';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isShowable } from '../src/page/page-directory.js';
import { widthBeyond } from '../src/page/page-measures.js';
import { PopulationView } from '../src/page/population-view.js';
import { ShownPage } from '../src/page/shown-page.js';
import { startTwoOutputs, type TwoOutputsPlatform } from '../src/two-outputs-platform.js';

let platform: TwoOutputsPlatform;
let browser: Browser;
let shown: ShownPage;

/** Number of samples that an output misclassifies, as the API counts them. */
async function countWrong(output: string, condition = ''): Promise<number> {
  const filter = `correct = false${condition}`;
  const { body } = await platform.rest.get(
    `/v1/runs/${platform.runId}/epochs/4/evaluations?${new URLSearchParams({ output, filter, page_size: '1' })}`,
  );
  return Number(body['totalSize'] ?? 0);
}

/** An evaluation of a sample, as far as the tests count. */
interface Evaluated {
  readonly row?: number;
  readonly correct?: boolean;
  readonly loss?: number;
  readonly trueClass?: number;
}

/** The figures of one output of all samples, by row. */
async function readEvaluations(runId: string, epoch: number, output: string): Promise<Evaluated[]> {
  const query = new URLSearchParams({ output, order_by: 'row', page_size: '1000' });
  const { body } = await platform.rest.get(`/v1/runs/${runId}/epochs/${epoch}/evaluations?${query}`);
  return body['evaluations'] as Evaluated[];
}

const meanLoss = (samples: readonly Evaluated[]): number =>
  samples.reduce((sum, { loss = 0 }) => sum + loss, 0) / samples.length;

describe.skipIf(!isShowable('the outputs of a model'))('the outputs of a model', () => {
  beforeAll(async () => {
    platform = await startTwoOutputs();
    browser = (await startBrowser())!;
    shown = await ShownPage.open(browser, platform.url);
    await shown.signIn(platform.apiKey);
  }, 600_000);
  afterAll(async () => {
    await shown?.close();
    await browser?.close();
    await platform?.stop();
  });

  const run = (): string => `/projects/${platform.projectId}/runs/${platform.runId}`;
  const chooseOutput = async (label: string): Promise<void> => {
    await shown.page.getByRole('combobox', { name: 'Output' }).click();
    await shown.page.getByRole('option', { name: label, exact: true }).click();
  };
  const accuracy = (wrong: number, of: number): Locator =>
    shown.page
      .getByTestId('measures')
      .getByText(`${(100 * (1 - wrong / of)).toFixed(2)}%`, { exact: true })
      .first();

  it('have each their own numbers, samples and address on the page of the evaluation', async () => {
    const { page } = shown;
    const ofSplit = ' AND split = SPLIT_VALIDATION';
    const [place, corner] = [await countWrong('place', ofSplit), await countWrong('corner', ofSplit)];
    expect(corner).toBeGreaterThan(place + 10);

    await shown.goto(`${run()}/evaluation?split=validation`);
    await page.getByTestId('measures').waitFor();
    await page.getByText(/^The model has 2 outputs: "place", "corner"/).waitFor();
    await accuracy(place, 120).waitFor();
    await chooseOutput('corner');
    await page.waitForURL(/output=corner/);
    await accuracy(corner, 120).waitFor();
    await expect.poll(() => page.getByTestId('class-row').count()).toBe(2);
    await shown.loaded();
    expect(await shown.seriousFaults()).toEqual([]);
    expect(await widthBeyond(page)).toBe(0);
    await shown.picture('output-evaluation');

    await page.reload();
    await accuracy(corner, 120).waitFor();
    await chooseOutput('place, loss of all');
    await page.waitForURL((url) => !url.searchParams.has('output'));
    await accuracy(place, 120).waitFor();
    await expect.poll(() => page.getByTestId('class-row').count()).toBe(3);
  });

  it('lead from a mark to the samples of the output, to one of them and to its heat maps, and back', async () => {
    const { page } = shown;
    await shown.goto(`${run()}/evaluation?output=corner&split=validation`);
    const matrix = page.getByRole('application', { name: /^Confusion matrix, / });
    await matrix.focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
    const samples = page.getByRole('dialog', { name: 'Label 0, predicted 1' });
    const wrong = await countWrong('corner', ' AND split = SPLIT_VALIDATION AND true_class = 0');
    await samples.getByText(`${wrong} sample`).waitFor();
    // Until its id has come, the title of a sample has its row; it opens then.
    await samples
      .getByTitle(/, 0 → 1$/)
      .first()
      .dblclick();
    await page.waitForURL(/\/samples\/.*output=corner/);
    await expect.poll(() => page.getByRole('combobox', { name: 'Output' }).inputValue()).toBe('corner');
    await page.getByRole('tab', { name: 'Analysis' }).click();
    await page.getByRole('button', { name: 'Analyze' }).click();
    // Of the two classes of the output, the predicted one first.
    await page.getByRole('tab', { name: /^1\b/ }).waitFor();
    await page.getByRole('tab', { name: /^0\b/ }).waitFor();
    expect(await page.getByRole('tab', { name: /^(left|middle|right)\b/ }).count()).toBe(0);
    await page
      .getByRole('img', { name: /with a heat map$/ })
      .first()
      .waitFor();
    await shown.loaded();
    expect(await shown.seriousFaults()).toEqual([]);
    await shown.picture('output-sample');
    const { body } = await platform.rest.get(
      `/v1/projects/${platform.projectId}/analyses?run_id=${platform.runId}`,
    );
    expect((body['analyses'] as { settings: { output: string } }[])[0]!.settings.output).toBe('corner');

    await page.goBack();
    await page.getByTestId('measures').waitFor();
    expect(page.url()).toContain('output=corner');
  });

  it('are each a choice of a dashboard, whose charts are then of the output', async () => {
    const { page } = shown;
    const corner = await countWrong('corner');
    await shown.goto(`/projects/${platform.projectId}/dashboards/new?run=${platform.runId}:4`);
    const overall = page.getByRole('region', { name: 'Overall' });
    await overall.getByText('100%', { exact: true }).waitFor();
    await chooseOutput('corner');
    await page.waitForURL((url) => url.searchParams.get('doc')?.includes('\noutput: corner\n') === true);
    await overall.getByText(`${(100 * (1 - corner / 600)).toFixed(2)}%`, { exact: true }).waitFor();
    await shown.loaded();
    expect(await shown.seriousFaults()).toEqual([]);
  });

  it('are each searched for insights, which the list names and filters', async () => {
    const { page } = shown;
    await shown.goto(`/projects/${platform.projectId}/insights?run=${platform.runId}`);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Search an output, or with a group field' }).click();
    const dialog = page.getByRole('dialog', { name: 'Search for insights' });
    await dialog.getByText('The data name no field.').waitFor();
    await dialog.getByRole('combobox', { name: 'Output' }).click();
    await page.getByRole('option', { name: 'corner', exact: true }).click();
    expect(await shown.seriousFaults()).toEqual([]);
    await dialog.getByRole('button', { name: 'Search', exact: true }).click();
    const list = page.getByRole('list', { name: 'Confirmed insights' });
    // One camera labels corners wrongly, and places rightly.
    const ofCorner = list.getByRole('listitem').filter({ hasText: 'output corner' });
    await ofCorner.filter({ hasText: 'camera' }).first().waitFor({ timeout: 120_000 });
    await chooseOutput('corner');
    await page.waitForURL(/output=corner/);
    await expect
      .poll(async () => (await list.getByRole('listitem').count()) - (await ofCorner.count()))
      .toBe(0);
    await shown.loaded();
    expect(await shown.seriousFaults()).toEqual([]);
    expect(await widthBeyond(page)).toBe(0);
    await shown.picture('insights-output');
    const repeated = page.waitForRequest((request) => request.method() === 'POST');
    await page.getByRole('button', { name: 'Search again' }).click();
    expect((await repeated).postData()).toContain('"corner"');
    await page.getByText('Nothing has changed since the last search').waitFor();
    const found = await platform.rest.get(
      `/v1/projects/${platform.projectId}/insights?${new URLSearchParams({ filter: 'output = "corner"' })}`,
    );
    const camera = (found.body['insights'] as { sentence: string }[]).find(({ sentence }) =>
      sentence.includes('camera'),
    )!;
    await list.getByRole('link', { name: camera.sentence }).first().click();
    await page.getByRole('button', { name: 'Act on it' }).click();
    await page.getByRole('menuitem', { name: 'Make a test' }).click();
    await page.waitForURL((url) => url.searchParams.get('doc')?.includes('\noutput: corner\n') === true);
  }, 240_000);

  it('color and filter the map by the columns of each', async () => {
    const { page } = shown;
    const population = new PopulationView(page);
    const [place, corner] = [await countWrong('place'), await countWrong('corner')];
    await shown.goto(`${run()}/population`);
    await population.ready();
    await population.choose('Color by', 'correctness of corner');
    const legend = page.getByRole('group', { name: 'correctness of corner' });
    await legend.getByTitle(`misclassified: ${corner}.`).waitFor();
    await page.waitForURL(/outputs\.corner\.correct/);
    await population.settled();
    expect(await shown.seriousFaults()).toEqual([]);
    await shown.picture('output-map');
    await population.choose('Color by', 'correctness');
    const ofPlace = page.getByRole('group', { name: 'correctness', exact: true });
    await ofPlace.getByTitle(`correct: ${600 - place}.`).waitFor();
    await page.goBack();
    await expect
      .poll(() => page.getByRole('combobox', { name: 'Color by' }).inputValue())
      .toBe('correctness of corner');
  });

  it('are each compared between two versions, class by class and slice by slice', async () => {
    const { page } = shown;
    await platform.rest.make(`/v1/dataset-versions/${platform.datasetVersionId}/slices`, 'slice', {
      displayName: 'first 100',
      selection: { rows: Array.from({ length: 100 }, (_, row) => row) },
    });
    const population = new PopulationView(page);
    await shown.goto(`${run()}/population?a=${platform.earlierRunId}.1&size=change.loss`);
    const panel = page.getByRole('region', { name: 'Two versions' });
    await panel.getByText('Both versions have all 600 samples.').waitFor();
    const named = (title: string, number: number): RegExp => new RegExp(`^${title} ?${number}( |$)`);
    // The name of a button goes on with the interval.
    const valued = (text: string): RegExp => new RegExp(`^${text.replace('.', '\\.')} ?\\[`);
    const changes = panel.getByRole('group', { name: 'Changes of 600 samples' });
    const counted = async (output: string) => {
      const [before, now] = await Promise.all([
        readEvaluations(platform.earlierRunId, 1, output),
        readEvaluations(platform.runId, 4, output),
      ]);
      const count = (was: boolean, is: boolean): number =>
        now.filter(({ correct = false }, row) => (before[row]!.correct ?? false) === was && correct === is)
          .length;
      return {
        before,
        now,
        fixed: count(false, true),
        broken: count(true, false),
        wrong: count(false, false),
      };
    };
    const expectNumbers = async (output: string): Promise<void> => {
      const { fixed, broken, wrong, before, now } = await counted(output);
      for (const [title, number] of [
        ['fixed in B', fixed],
        ['broken in B', broken],
        ['misclassified in both', wrong],
      ] as const)
        await changes.getByRole('button', { name: named(title, number) }).waitFor();
      // The loss of the output itself, or the sum.
      const losses = panel.getByRole('row', { name: /^mean loss/ });
      for (const samples of [before, now])
        await losses.getByRole('button', { name: valued(meanLoss(samples).toPrecision(3)) }).waitFor();
      const right = now.slice(0, 100).filter(({ correct }) => correct === true).length;
      const ofSlice = panel.getByRole('row', { name: /^first 100/ });
      await ofSlice
        .getByRole('button', { name: valued(`${right.toFixed(2)}%`) })
        .first()
        .waitFor();
    };
    const note = panel.getByRole('note');
    await expectNumbers('');
    await expect
      .poll(() => note.allTextContents())
      .toEqual([expect.stringMatching(/maps are of "place", and/)]);
    await chooseOutput('corner');
    await page.waitForURL((url) => url.searchParams.get('output') === 'corner');
    await expectNumbers('corner');
    await expect
      .poll(() => note.allTextContents())
      .toEqual([expect.stringMatching(/ Predictions, classes and losses are of "corner".$/)]);
    const { fixed, now } = await counted('corner');
    await page
      .getByRole('group', { name: 'change from A to B' })
      .getByRole('button', { name: named('fixed in B', fixed) })
      .waitFor();
    await population.settled();
    await shown.loaded();
    expect(await shown.seriousFaults()).toEqual([]);
    await shown.picture('output-versions');

    // The classes are of the output, and lead to its samples.
    await panel.getByTitle('Show the samples of class 1').click();
    await population.statusIs(
      new RegExp(`^${now.filter(({ trueClass }) => trueClass === 1).length} of 600 shown`),
    );
    await expect
      .poll(() => new URL(page.url()).searchParams.getAll('in'))
      .toEqual(['outputs%2Ecorner%2Etrue_class:1']);
    // A link shows the same.
    await page.reload();
    await expectNumbers('corner');
    await panel.getByRole('button', { name: 'Map of A' }).click();
    await page.waitForURL((url) => url.pathname.includes(platform.earlierRunId));
    await expect.poll(() => new URL(page.url()).searchParams.get('output')).toBe('corner');
    await expectNumbers('corner');

    // An output that a version lacks is refused by name, and another one can be chosen.
    await shown.goto(`${run()}/population?a=${platform.earlierRunId}.1&output=size`);
    await panel.getByRole('alert').getByText('run 1 has no output "size"; it has: place, corner.').waitFor();
    await chooseOutput('place, loss of all');
    await expectNumbers('');
  });

  it('are each compared between slices, now and by epoch', async () => {
    const { page } = shown;
    const make = (displayName: string, from: number) =>
      platform.rest.make<{ id: string }>(
        `/v1/dataset-versions/${platform.datasetVersionId}/slices`,
        'slice',
        { displayName, selection: { rows: Array.from({ length: 200 }, (_, at) => from + at) } },
      );
    await make('early', 0);
    await make('late', 400);
    const openDialog = async () => {
      await page.getByRole('button', { name: 'More about early' }).click();
      await page.getByRole('menuitem', { name: 'Metrics, compare' }).click();
      const opened = page.getByRole('dialog', { name: 'Compare slices' });
      const other = opened.getByRole('combobox', { name: 'Compared with' });
      await other.click();
      await page.getByRole('option', { name: 'late' }).click();
      await expect.poll(() => other.inputValue()).toBe('late');
      return opened;
    };
    await shown.goto(`${run()}/population`);
    const dialog = await openDialog();
    const expectNumbers = async (output: string): Promise<void> => {
      const all = await readEvaluations(platform.runId, 4, output);
      for (const part of [all.slice(0, 200), all.slice(400)]) {
        const right = part.filter(({ correct }) => correct === true).length;
        await dialog
          .getByRole('row', { name: /^accuracy/ })
          .getByText(`${(right / 2).toFixed(2)}%`, { exact: true })
          .first()
          .waitFor();
      }
    };
    await expectNumbers('');
    await dialog.getByRole('note').filter({ hasText: 'maps are of "place"' }).waitFor();
    await chooseOutput('corner');
    await page.waitForURL((url) => url.searchParams.get('output') === 'corner');
    await expectNumbers('corner');
    await dialog.getByRole('note').filter({ hasText: 'losses are of "corner".' }).waitFor();
    await shown.loaded();
    expect(await shown.seriousFaults()).toEqual([]);
    await shown.picture('output-slices');
    const requested = page.waitForRequest(
      (request) => request.url().includes('/epochs/2/') && request.url().endsWith('evaluations:compare'),
    );
    await dialog.getByText('By epoch', { exact: true }).click();
    expect((await requested).postData()).toContain('"corner"');
    await dialog.getByRole('application', { name: /^accuracy by epoch/ }).waitFor();

    await shown.goto(`${run()}/population?output=corner`);
    await openDialog();
    await expectNumbers('corner');
    await shown.goto(`${run()}/population?output=size`);
    await openDialog();
    await dialog
      .getByText(/no output "size"; it has: place, corner/)
      .first()
      .waitFor();
    await chooseOutput('place, loss of all');
    await expectNumbers('');
  });
});
