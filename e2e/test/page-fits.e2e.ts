import { encodeVisual, spans, wordOffsets } from '@noema/integration';
import { startBrowser } from '@noema/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { isShowable } from '../src/page/page-directory.js';
import { covered, focusSeen, smallTargets, smallTexts, widthBeyond } from '../src/page/page-measures.js';
import { onStage } from '../src/page/page-stage.js';
import { IDS } from '../src/page/synthetic-ids.js';
import { SYNTHETIC_TASKS } from '../src/page/synthetic-tasks.js';
import { SYNTHETIC_VISUALS } from '../src/page/synthetic-visuals.js';

let browser: Browser;
const stage = onStage.bind(undefined, () => browser);
const RUN_PATH = `/projects/${IDS.project}/runs/${IDS.run}`;
const FRAME_MS = 16;

/** An element of the drawn visual, by the name of the visual. */
const SHOWN: Readonly<Record<string, string>> = {
  boxes: 'svg polygon',
  mask: 'canvas',
  tokens: 'text=The rain in Spain.',
  spans: 'mark',
  series: 'polyline',
  table: 'th',
  audio: 'canvas',
  bars: 'td',
  graph: 'svg[aria-label="Graph of 10 nodes and 10 edges"]',
  video: 'canvas[aria-label*="frame 1 of 24"]',
};

const WORDS = 'Ada Lovelace wrote to Charles Babbage from Ockham Park'.split(' ');

/** Words that the page of a sample has by the task of its run, and words that mean nothing there. */
const TASK_WORDS: Readonly<Record<string, { readonly says: readonly string[]; readonly not: RegExp }>> = {
  'multi-label': { says: ['not all labels predicted correctly'], not: /misclassified|true class/i },
  binary: { says: ['predicted ill', 'label ill'], not: /residual/i },
  regression: {
    says: ['predicted 3, 0.5, −1, target 4, 0.25, −2'],
    not: /misclassified|probabilit|confidence/i,
  },
  sequence: {
    says: ['IoU 0.5, accuracy by position 75.00%', 'predicted, not ground truth'],
    not: /misclassified|probabilit|confidence/i,
  },
  segmentation: {
    says: ['IoU 0.75, accuracy by position 87.50%', 'Ground truth (1)', 'Predicted (1)', 'road'],
    not: /misclassified|probabilit|confidence/i,
  },
  detection: {
    says: [
      '1 of 3 objects found, 1 missed, 1 badly placed, 2 false positives, IoU 0.37',
      'Predicted (3)',
      'person · missed',
      'car 0.55 · badly placed',
    ],
    not: /misclassified|probabilit|confidence/i,
  },
};

/** A text in which one part is predicted, one too short and one not at all. */
const TAGGED = [
  {
    name: 'tags',
    ...encodeVisual(
      spans(
        WORDS.join(' '),
        [
          { start: 0, end: 12, label: 'person' },
          { start: 22, end: 37, label: 'person' },
          { start: 43, end: 54, label: 'site' },
        ],
        { offsets: wordOffsets(WORDS) },
      ),
    ),
  },
];
/** Words on the outcome of each part, by its name. */
const OUTCOMES = {
  person: 'predicted, as in the ground truth',
  site: 'ground truth, not predicted',
  place: 'predicted, not in the ground truth',
};

/** By how many pixels the picture of a sample is larger than its frame, where what is drawn over it is not. */
const pictureBeyond = (page: Page): Promise<number> =>
  page
    .getByRole('group', { name: /^Picture; plus/ })
    .locator('img')
    .evaluate((picture) => picture.clientHeight - picture.parentElement!.clientHeight);

/** Presses Tab until the control of that name has the focus; everything that had it on the way showed it. */
async function tabTo(page: Page, name: RegExp, most = 40): Promise<void> {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    const focus = await focusSeen(page);
    expect.soft(focus.seen, `${focus.name} shows its focus`).toBe(true);
    if (name.test(focus.name)) return;
  }
  throw new Error(`Tab does not lead to ${name.source}`);
}

/** The sign of a map that loads turns above the old map. */
const hideLoader = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('[aria-label="Loading points"] { visibility: hidden }');
    document.adoptedStyleSheets = [sheet];
  });

describe.skipIf(!isShowable('the page for every hand and window'))(
  'the page for every hand and window',
  () => {
    beforeAll(async () => {
      browser = (await startBrowser())!;
    });
    afterAll(async () => {
      await browser?.close();
    });

    stage(
      'is used by keys alone, from the sign-in to a sample',
      { count: 500, signedOut: true },
      async ({ platform, shown, page, population }) => {
        await shown.goto('/sign-in');
        await page.getByLabel('API key', { exact: true }).waitFor();
        await page.keyboard.type(platform.apiKey);
        await page.keyboard.press('Enter');
        await page.getByRole('link', { name: 'synthetic' }).waitFor();

        await page.keyboard.press('Tab');
        expect((await focusSeen(page)).name).toBe('Skip to the content');
        await shown.picture('fault-keys-skip');
        await page.keyboard.press('Enter');
        await tabTo(page, /^synthetic/);
        await shown.picture('fault-keys-project');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'synthetic', level: 1 }).waitFor();
        await page.getByRole('link', { name: 'made up' }).first().waitFor();
        await tabTo(page, /^made up$/);
        await page.keyboard.press('Enter');
        await page.getByRole('link', { name: 'Open population exploration' }).waitFor();
        await tabTo(page, /^Open population/);
        await page.keyboard.press('Enter');
        await population.ready();

        await page.keyboard.press('?');
        await page.getByRole('dialog').getByText('Next worst sample of what is shown').waitFor();
        await shown.picture('fault-keys-help');
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
        await page.keyboard.press('n');
        await page.getByRole('region', { name: 'Sample' }).getByRole('link', { name: 'Open' }).waitFor();
        await tabTo(page, /^Open$/, 80);
        await shown.picture('fault-keys-sample');
        await page.keyboard.press('Enter');
        await page.getByText('Over the epochs').waitFor();
        await page.goBack();
        await population.ready();
        await page.keyboard.press('Escape');
        await page.getByRole('region', { name: 'Sample' }).waitFor({ state: 'hidden' });
      },
    );

    for (const [width, height] of [
      [1280, 720],
      [1920, 1080],
      [3840, 2160],
      [1024, 768],
    ] as const) {
      stage(
        `fits a window of ${width} × ${height}`,
        { count: 2000, epochs: 3, viewport: { width, height } },
        async ({ shown, page, population }) => {
          await population.ready();
          await population.canvas.focus();
          await page.keyboard.press('n');
          await page
            .getByRole('region', { name: 'Sample' })
            .getByRole('table', { name: 'Predicted probabilities' })
            .waitFor();
          const fits = async (name: string): Promise<void> => {
            await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
            await shown.picture(`fault-${name}-${width}`);
            expect.soft(await widthBeyond(page), `${name}: pixels to scroll sideways`).toBe(0);
            expect.soft(await covered(page), name).toEqual([]);
            expect.soft(await smallTexts(page), `${name}: small letters`).toEqual([]);
            // The tests of each page look for other faults, at 1440 pixels.
            if (width === 3840) expect.soft(await shown.seriousFaultsOfColors(), name).toEqual([]);
          };
          await fits('population');
          await shown.goto(RUN_PATH);
          await page.getByRole('heading', { name: 'made up', level: 1 }).waitFor();
          await fits('run');
          await shown.goto(`${RUN_PATH}/samples/validation/s7`);
          await page.getByText('Over the epochs').waitFor();
          await fits('sample');
        },
      );
    }

    // The last is a window of 1280 × 800 at a zoom of 200 %.
    for (const [width, height, scale] of [
      [820, 1180, 1],
      [390, 844, 1],
      [640, 400, 2],
    ] as const) {
      stage(
        `is used in a window of ${width} × ${height}${scale === 1 ? '' : `, zoomed ${100 * scale} %`}: ` +
          'panels are sheets, names can be read',
        {
          count: 2000,
          epochs: 3,
          viewport: { width, height },
          scale,
          models: [{ name: 'a model with a longer name', side: 28, classes: 10 }],
        },
        async ({ shown, page, population }) => {
          await population.ready();
          expect.soft(await covered(page), 'folded').toEqual([]);
          if (width < 400) {
            const search = page.getByRole('combobox', { name: /^Search samples/ });
            await search.click();
            const offers = page.getByRole('listbox', { name: 'What the search offers' });
            await offers.waitFor();
            expect
              .soft(await search.getAttribute('aria-controls'), 'the list of the search')
              .toBe(await offers.getAttribute('id'));
            await page.keyboard.press('Escape');
          }
          expect.soft(await widthBeyond(page), 'pixels to scroll sideways').toBe(0);
          const [tools, epochs] = await Promise.all(
            [page.getByRole('toolbar', { name: 'Map' }), page.getByRole('region', { name: 'Epochs' })].map(
              (part) => part.boundingBox(),
            ),
          );
          expect
            .soft(tools!.y + tools!.height, 'the tools end above the epochs')
            .toBeLessThanOrEqual(epochs!.y);
          for (const side of ['left', 'right'] as const) {
            await page.getByRole('button', { name: `Unfold the ${side} panel` }).click();
            await page.getByRole('button', { name: `Fold the ${side} panel`, exact: true }).click();
          }
          await page.keyboard.press('n');
          await page
            .getByRole('region', { name: 'Sample' })
            .getByRole('table', { name: 'Predicted probabilities' })
            .waitFor();
          await shown.picture(`fault-sheet-${width}`);
          await page.getByRole('button', { name: 'Fold the right panel', exact: true }).click();
          for (const [address, link] of [
            ['/projects', 'synthetic'],
            [`/projects/${IDS.project}`, 'made up'],
            [RUN_PATH, 'a model with a longer name v1'],
          ] as const) {
            await shown.goto(address);
            const name = page.getByRole('link', { name: link, exact: true }).first();
            await name.waitFor();
            expect
              .soft((await name.boundingBox())!.width, `${address}: pixels for a name`)
              .toBeGreaterThan(60);
            expect.soft(await widthBeyond(page), address).toBe(0);
            expect.soft(await smallTargets(page), address).toEqual([]);
          }
          await page.getByRole('link', { name: 'a model with a longer name v1' }).first().click();
          await page.getByRole('heading', { name: 'a model with a longer name', level: 1 }).waitFor();
          expect.soft(await widthBeyond(page), 'model').toBe(0);
          await shown.goto(`/projects/${IDS.project}/datasets/${IDS.data}`);
          await page.getByRole('heading', { name: 'made up', level: 1 }).waitFor();
          expect.soft(await widthBeyond(page), 'data').toBe(0);
          const [name, menu] = await Promise.all(
            [page.getByRole('heading', { level: 1 }), page.getByRole('button', { name: 'More actions' })].map(
              (part) => part.boundingBox(),
            ),
          );
          expect.soft(menu!.y, 'data: the menu stands next to the name').toBeLessThan(name!.y + name!.height);
          if (width < 400) {
            await page.getByRole('button', { name: 'How to write a filter' }).click();
            await page.getByText(/^Comparisons/).waitFor();
            expect.soft(await widthBeyond(page), 'help on filters').toBe(0);
            expect.soft(await shown.seriousFaults(), 'help on filters').toEqual([]);
            await page.keyboard.press('Escape');
          }
          await shown.goto('/team');
          await page.getByRole('heading', { name: 'synthetic', level: 1 }).waitFor();
          expect.soft(await widthBeyond(page), 'team').toBe(0);
          await shown.goto(`${RUN_PATH}/samples/validation/s7`);
          await page.getByText('Over the epochs').waitFor();
          expect.soft(await widthBeyond(page), 'sample').toBe(0);
          expect.soft(await smallTexts(page), 'small letters').toEqual([]);
        },
      );
    }

    stage(
      'jumps instead of gliding for whoever wants less motion',
      // Pictures at dots are chosen anew once the map rests: only the dots are compared.
      { count: 500, epochs: 3, path: `${RUN_PATH}/population?pictures=none` },
      async ({ shown, page, population }) => {
        await population.ready();
        // Names step aside from dots once these rest, in one jump: only the dots are compared.
        await page.getByRole('button', { name: /^Names at their clusters/ }).click();
        // Losses of an epoch can arrive after its places: colors and sizes that no epoch changes.
        await population.choose('Color by', 'label');
        await population.choose('Size by', 'None (single size)');
        await page.getByRole('slider', { name: 'Epoch' }).press('Home');
        await page.getByText('Epoch 1 of 3').waitFor();
        await population.ready();
        await population.settled();
        await hideLoader(page);
        const picture = async (): Promise<string> =>
          (await population.canvas.screenshot()).toString('base64');
        // The clock of the page goes by frames: the first picture of the epoch is the last one, however late its map
        // comes and however slowly it is drawn. A glide takes 900 ms.
        await page.clock.install();
        await page.clock.pauseAt(Date.now() + 60_000);
        const before = await picture();
        await page.getByRole('slider', { name: 'Epoch' }).press('ArrowRight');
        await page.getByText('Epoch 2 of 3').waitFor();
        let first = before;
        while (first === before) {
          await page.clock.runFor(FRAME_MS);
          first = await picture();
        }
        await page.clock.runFor(2_000);
        expect((await picture()) === first).toBe(true);
        await page.clock.resume();
        await population.ready();
        await page.getByRole('button', { name: 'Play the epochs' }).click();
        await page.getByText('Epoch 3 of 3').waitFor();
        await population.ready();
        await page.getByRole('button', { name: 'Play the epochs' }).waitFor();
        expect(
          await page.evaluate(
            () =>
              document
                .getAnimations()
                .filter(
                  (one) =>
                    one.playState === 'running' && Number(one.effect?.getComputedTiming().duration ?? 0) > 1,
                ).length,
          ),
        ).toBe(0);
        await page.getByRole('button', { name: /^Names at their clusters/ }).click();
        await page.mouse.move(2, 2);
        await population.settled();
        await shown.picture('fault-less-motion');
        const repeat = page.getByRole('button', { name: 'Repeat' });
        await repeat.click();
        await expect.poll(() => repeat.getAttribute('aria-pressed')).toBe('true');
        await page.getByRole('button', { name: 'Play the epochs' }).click();
        for (const epoch of [1, 2, 3, 1]) await page.getByText(`Epoch ${epoch} of 3`).waitFor();
        await page.getByRole('button', { name: 'Pause' }).click();
      },
    );

    for (const [name, task] of Object.entries(SYNTHETIC_TASKS))
      stage(
        `speaks of ${name} in the words of the task`,
        {
          ...{ count: 300, task, path: `${RUN_PATH}/samples/validation/s3` },
          ...(name === 'sequence' && { visuals: TAGGED }),
        },
        async ({ shown, page, population }) => {
          const { says, not } = TASK_WORDS[name]!;
          if (name === 'segmentation')
            expect(await pictureBeyond(page), 'the picture under its mask').toBeLessThan(0.5);
          if (name === 'sequence')
            for (const [part, outcome] of Object.entries(OUTCOMES))
              await page.getByTitle(outcome).getByText(part, { exact: true }).first().waitFor();
          for (const words of says) await page.getByText(words).first().waitFor();
          await shown.loaded();
          await expect.poll(() => page.locator('main').innerText()).not.toMatch(not);
          await shown.picture(`task-${name}-sample`);
          await shown.goto(RUN_PATH);
          const metric = Object.keys(task.metrics).find((key) => key !== 'loss')!;
          const title = metric === 'pixel_accuracy' ? 'accuracy by position' : metric.replaceAll('_', ' ');
          await page.getByText(new RegExp(title, 'i')).first().waitFor();
          await shown.loaded();
          await shown.picture(`task-${name}-run`);
          await shown.goto(`${RUN_PATH}/population`);
          await population.ready();
          await page.keyboard.press('n');
          await page.getByRole('region', { name: 'Sample' }).getByRole('link', { name: 'Open' }).waitFor();
          const bar = page.getByRole('region', { name: 'Epochs' });
          await bar.getByText(title).waitFor();
          await expect.poll(() => page.locator('main').innerText()).not.toMatch(not);
          await shown.picture(`task-${name}-population`);
        },
      );

    stage(
      'shows the visual of a sample that is picked, of every kind, in light and dark and on a phone',
      { count: 40, path: `${RUN_PATH}/samples/validation/s3`, visuals: SYNTHETIC_VISUALS },
      async ({ shown, page }) => {
        const picker = page.getByRole('combobox', { name: 'Visual' });
        await picker.waitFor();
        for (const { name } of SYNTHETIC_VISUALS) {
          await picker.selectOption(name);
          const visual = page.getByRole('region', { name: 'Sample', exact: true });
          await visual.locator(SHOWN[name]!).first().waitFor();
          if (name === 'audio') {
            await visual.getByRole('button', { name: 'Play' }).click();
            await visual.getByRole('button', { name: 'Pause' }).click();
            await visual.getByRole('button', { name: 'Play' }).waitFor();
          }
          if (name === 'video') {
            await visual.getByRole('slider', { name: 'Frame' }).focus();
            for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
            await visual.locator('canvas[aria-label*="frame 6 of 24, 0.417 s"]').waitFor();
            await visual.getByRole('button', { name: 'Play' }).press('Space');
            await expect
              .poll(() => visual.locator('canvas').getAttribute('aria-label'))
              .not.toContain('frame 6 of 24');
            await visual.getByRole('button', { name: 'Pause' }).press('Space');
          }
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            await shown.loaded();
            expect(await shown.seriousFaults()).toEqual([]);
            await shown.picture(`visual-${name}-${colorScheme}`);
          }
          await page.setViewportSize({ width: 390, height: 844 });
          // charts measure themselves once the window has changed
          await expect.poll(() => widthBeyond(page), { message: name }).toBe(0);
          await shown.picture(`visual-${name}-phone`);
          await page.setViewportSize({ width: 1440, height: 900 });
          await page.emulateMedia({ colorScheme: 'light' });
        }
      },
    );
  },
);
