import { loadavg } from 'node:os';
import { startBrowser } from '@noema/testing';
import type { Bench } from '../bench.js';
import { quantile } from '../statistics.js';
import { atlasScript } from './atlas.js';
import { openContest, readCard } from './contest.page.js';
import { processMemory } from './process-memory.js';

const SIZES = [
  [10_000, 60],
  [100_000, 30],
  [1_000_000, 10],
] as const;
const MB = 2 ** 20;

const ms = (values: readonly number[]): string => `${quantile(values, 0.5).toFixed(1)} ms`;

/** Frames of pan and zoom, uploads, picking, lasso and memory, all in one browser, in turns. */
export const plotsBench: Bench = {
  key: 'plots',
  about:
    'pan and zoom of 10,000 to 1,000,000 points in one browser, against regl-scatterplot and Embedding Atlas',
  async run(print) {
    const browser = await startBrowser();
    if (browser === undefined) return;
    const script = await atlasScript(print);
    try {
      const ratios: string[] = [];
      for (const [n, steps] of SIZES) {
        const page = await openContest(browser, script);
        if (n === SIZES[0][0])
          print(`card: ${await readCard(page)}; load of the machine ${loadavg()[0]!.toFixed(1)}`);
        const { frames, uploads, pick, lasso } = await page.evaluate(
          ([count, frameCount]) => window.contest.frames(count, frameCount),
          [n, steps] as const,
        );
        await page.close();
        const sorted = frames['noema, sorted']!.map((time, i) => time / frames['noema']![i]!);
        const peer = frames['regl-scatterplot']!;
        for (const [name, times] of Object.entries(frames)) {
          const turns = times.map((time, i) => time / peer[i]!);
          print(
            `${n.toLocaleString('en').padStart(9)} ${name.padEnd(16)} frame ${ms(times).padStart(9)}, ` +
              `${quantile(turns, 0.5).toFixed(2)}x of regl-scatterplot, first frame after ` +
              `${uploads[name]!.toFixed(0)} ms`,
          );
        }
        print(
          `${''.padStart(9)} pick ${ms(pick)} (p95 ${quantile(pick, 0.95).toFixed(1)} ms), lasso ` +
            `${ms(lasso)}`,
        );
        print(
          `${''.padStart(9)} large points on top: ${quantile(sorted, 0.5).toFixed(2)}x of points as ` +
            'they came',
        );
        ratios.push(
          `${n.toLocaleString('en')}: ${quantile(
            frames['noema']!.map((time, i) => time / peer[i]!),
            0.5,
          ).toFixed(2)}x`,
        );
      }
      for (const name of ['ours', 'regl'] as const) print(await measureMemory(name));
      print(`frame against regl-scatterplot: ${ratios.join(', ')}`);
    } finally {
      await browser.close();
    }
  },
};

async function measureMemory(name: 'ours' | 'regl'): Promise<string> {
  const browser = (await startBrowser())!;
  try {
    const page = await openContest(browser);
    const before = await Promise.all([processMemory(browser, 'renderer'), processMemory(browser, 'GPU')]);
    await page.evaluate((which) => window.contest.alone(which, 1_000_000), name);
    await page.requestGC();
    const after = await Promise.all([processMemory(browser, 'renderer'), processMemory(browser, 'GPU')]);
    const grown = after.map((bytes, i) => Math.round((bytes - before[i]!) / MB));
    return (
      `1,000,000 ${name === 'ours' ? 'noema' : 'regl-scatterplot'}: ${grown[0]} MB more in the tab, ` +
      `${grown[1]} MB in the graphics process`
    );
  } finally {
    await browser.close();
  }
}
