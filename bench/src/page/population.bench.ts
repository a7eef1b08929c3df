import { loadavg } from 'node:os';
import { startBrowser } from '@noema/testing';
import { POPULATION_PATH, startSyntheticPlatform } from '@noema/e2e/synthetic-platform';
import type { Browser } from 'playwright-core';
import type { Bench } from '../bench.js';
import { quantile } from '../statistics.js';
import { startDemoPlatform } from './demo-platform.js';
import { type GalleryTimes, galleryTimes, worstSamplesTime } from './gallery-times.js';
import { hoverTimes, lassoTimes } from './page-gestures.js';
import { signedIn, type Visit, visit } from './page-visit.js';
import { processMemory } from './process-memory.js';

const VISITS = 5;
const MILLION = 1_000_000;
const MB = 2 ** 20;

/** Prints a number, next to its limit if it has one. */
const held = (what: string, value: number, limit: number, unit: string): string =>
  `${what.padEnd(36)} ` +
  `${value < 1 ? value.toFixed(3) : value < 100 ? value.toFixed(1) : value.toFixed(0)} ${unit}` +
  (limit === Infinity ? '' : ` (wanted ≤ ${limit} ${unit})${value > limit ? ' ← missed' : ', held'}`);

/**
 * The served population exploration, in Chromium: the digits of the demo, and a million dots behind a real
 * gateway.
 */
export const populationBench: Bench = {
  key: 'page',
  about:
    'the population exploration in Chromium: the digits of `noema demo` (NOEMA_DEMO_DIR: of a platform ' +
    'that did it), and 1,000,000 made-up dots',
  async run(print) {
    print(`load of the machine ${loadavg()[0]!.toFixed(1)}`);
    for (const part of [digits, million]) {
      const browser = await startBrowser();
      if (browser === undefined) return;
      try {
        await part(browser, print);
      } finally {
        await browser.close();
      }
    }
  },
};

async function digits(browser: Browser, print: (line: string) => void): Promise<void> {
  const platform = await startDemoPlatform();
  try {
    const [ready, worst]: [number[], number[]] = [[], []];
    for (let k = 0; k < VISITS; k++) {
      const context = await signedIn(browser, platform.url, platform.apiKey);
      const seen = await visit(context, platform.url + platform.path);
      ready.push(seen.allDotsMs);
      if (k === VISITS - 1) {
        print(held('10,000 digits: all dots, cold', quantile(ready, 0.5), 1500, 'ms'));
        print(
          `${'JavaScript until then, with headers'.padEnd(34)} ${(seen.scriptBytes / 1000).toFixed(0)} kB`,
        );
        print(held('hover to picture, p95', quantile(await hoverTimes(seen.page, 60), 0.95), 50, 'ms'));
        print(held('lasso to selection', quantile(await lassoTimes(seen.page, 7), 0.5), 50, 'ms'));
        print(held('layout shift', seen.layoutShift, 0.01, ''));
      }
      worst.push(await worstSamplesTime(seen.page, platform.url, 'digits'));
      await context.close();
    }
    print(held('one click to the worst samples', quantile(worst, 0.5), 1500, 'ms'));
  } finally {
    platform.close();
  }
}

async function million(browser: Browser, print: (line: string) => void): Promise<void> {
  const platform = await startSyntheticPlatform({ count: MILLION });
  try {
    const visits: MillionVisit[] = [];
    for (let k = 0; k < VISITS; k++) visits.push(await visitMillion(browser, platform));
    const median = (what: string, limit: number, unit: string, read: (of: MillionVisit) => number): void => {
      const values = visits.map(read);
      const range = [quantile(values, 0), quantile(values, 1)]
        .map((value) => value.toFixed(value < 1 ? 3 : 0))
        .join(' to ');
      print(`${held(what, quantile(values, 0.5), limit, unit)}; ${range}`);
    };
    print(`1,000,000 dots: medians of ${VISITS} visits, and the range`);
    median('bytes moved', 12, 'MB', ({ seen }) => seen.bytes / 1e6);
    median('first dots', 1000, 'ms', ({ seen }) => seen.firstDotsMs);
    median('all dots', 4000, 'ms', ({ seen }) => seen.allDotsMs);
    median('memory of the tab', 600, 'MB', ({ memory }) => memory / MB);
    median('longest task while dots stream', 100, 'ms', ({ seen }) => seen.longestTaskMs);
    median('before the first dots, longest task', Infinity, 'ms', ({ seen }) => seen.longestTaskBeforeMs);
    median('layout shift', 0.01, '', ({ seen }) => seen.layoutShift);
    median('gallery: first picture', 500, 'ms', ({ gallery }) => gallery.firstPictureMs);
    median('slowest frame, by lines', 50, 'ms', ({ gallery }) => gallery.slowestLineFrameMs);
    median('slowest frame, over all samples', 50, 'ms', ({ gallery }) => gallery.slowestFlyingFrameMs);
    median('lasso to selection', 50, 'ms', ({ lassos }) => quantile(lassos, 0.5));
    median('the first lasso', Infinity, 'ms', ({ lassos }) => lassos[0]!);
  } finally {
    await platform.close();
  }
}

interface MillionVisit {
  readonly seen: Visit;
  /** Bytes of the tab once all dots are drawn. */
  readonly memory: number;
  readonly gallery: GalleryTimes;
  readonly lassos: readonly number[];
}

async function visitMillion(
  browser: Browser,
  { url, apiKey }: { readonly url: string; readonly apiKey: string },
): Promise<MillionVisit> {
  const context = await signedIn(browser, url, apiKey);
  const seen = await visit(context, url + POPULATION_PATH);
  if (seen.points !== MILLION) throw new Error(`${seen.points} dots were drawn where ${MILLION} are`);
  const memory = await processMemory(browser, 'renderer');
  const gallery = await galleryTimes(seen.page);
  await seen.page.keyboard.press('s');
  const lassos = await lassoTimes(seen.page, 7);
  await context.close();
  return { seen, memory, gallery, lassos };
}
