import type { Browser, Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { PopulationView } from './population-view.js';
import { ShownPage } from './shown-page.js';
import { POPULATION_PATH, type SyntheticPlatform, startSyntheticPlatform } from './synthetic-platform.js';
import type { PlatformOptions } from './synthetic-records.js';

/** The tools of a test of the page on a synthetic platform. */
export interface Stage {
  readonly platform: SyntheticPlatform;
  readonly shown: ShownPage;
  readonly page: Page;
  readonly population: PopulationView;
}

export interface StageOptions extends PlatformOptions {
  /** Where whoever signs in comes to; the population unless said. */
  readonly path?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /**
   * Pixels of the screen for each of the page's: 2 and half the viewport are what a browser makes of a zoom
   * of 200 %.
   */
  readonly scale?: number;
  /** Not signed in yet when the test begins. */
  readonly signedOut?: boolean;
}

/**
 * A test on a platform and in a browser context of its own, at whose end the browser has nothing to complain
 * about and no dialog has opened.
 */
export function onStage(
  browser: () => Browser,
  name: string,
  options: StageOptions,
  work: (stage: Stage) => Promise<void>,
): void {
  it(name, async () => {
    const { path = POPULATION_PATH, viewport, scale, signedOut = false, ...population } = options;
    const platform = await startSyntheticPlatform(population, { NOEMA_DRAIN_MS: '100' });
    // After the hooks of the test, which print what the page of a failed one shows.
    onTestFinished(() => platform.close());
    const shown = await ShownPage.open(browser(), platform.url, 'light', viewport, scale);
    onTestFinished(() => shown.close());
    shown.page.on('dialog', (dialog) => {
      shown.complaints.push(`a dialog opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
    if (!signedOut) await shown.signIn(platform.apiKey, path);
    await work({ platform, shown, page: shown.page, population: new PopulationView(shown.page) });
    expect(shown.complaints).toEqual([]);
  }, 300_000);
}
