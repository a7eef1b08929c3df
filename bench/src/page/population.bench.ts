import { loadavg } from 'node:os';
import { startBrowser } from '@noema/testing';
import { POPULATION_PATH, startSyntheticPlatform } from '@noema/e2e/synthetic-platform';
import type { Browser } from 'playwright-core';
import type { Bench } from '../bench.js';
import { quantile } from '../statistics.js';
import { startDemoPlatform } from './demo-platform.js';
import { galleryTimes, worstSamplesTime } from './gallery-times.js';
import { hoverTimes, lassoTimes } from './page-gestures.js';
import { signedIn, visit } from './page-visit.js';
import { processMemory } from './process-memory.js';

const VISITS = 5;
const MILLION = 1_000_000;
const MB = 2 ** 20;

/** Prints a number next to its limit. */
const held = (what: string, value: number, limit: number, unit: string): string =>
  `${what.padEnd(34)} ` +
  `${value < 1 ? value.toFixed(3) : value < 100 ? value.toFixed(1) : value.toFixed(0)} ${unit} (wanted ` +
  `≤ ${limit} ${unit})${value > limit ? ' ← missed' : ', held'}`;

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
    const context = await signedIn(browser, platform.url, platform.apiKey);
    const seen = await visit(context, platform.url + POPULATION_PATH);
    if (seen.points !== MILLION) throw new Error(`${seen.points} dots were drawn where ${MILLION} are`);
    const memory = await processMemory(browser, 'renderer');
    print(held('1,000,000 dots: bytes moved', seen.bytes / 1e6, 12, 'MB'));
    print(held('first dots', seen.firstDotsMs, 1000, 'ms'));
    print(held('all dots', seen.allDotsMs, 4000, 'ms'));
    print(held('memory of the tab', memory / MB, 600, 'MB'));
    print(held('longest task while dots stream', seen.longestTaskMs, 100, 'ms'));
    print(`${'before the first dots, longest task'.padEnd(34)} ${seen.longestTaskBeforeMs.toFixed(0)} ms`);
    print(held('layout shift', seen.layoutShift, 0.01, ''));
    const gallery = await galleryTimes(seen.page);
    print(held('gallery: first picture', gallery.firstPictureMs, 500, 'ms'));
    print(held('slowest frame, by lines', gallery.slowestLineFrameMs, 50, 'ms'));
    print(held('slowest frame, over all samples', gallery.slowestFlyingFrameMs, 50, 'ms'));
    await seen.page.keyboard.press('s');
    const lassos = await lassoTimes(seen.page, 7);
    print(held('lasso to selection', quantile(lassos, 0.5), 50, 'ms'));
    print(`  the first lasso                    ${lassos[0]!.toFixed(0)} ms`);
  } finally {
    await platform.close();
  }
}
