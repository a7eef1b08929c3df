import type { Browser, BrowserContext, Page } from 'playwright-core';

const WINDOW = { width: 1440, height: 900 };

/**
 * The cost of a visit of the page until all dots were drawn, in milliseconds since the navigation and in
 * bytes on the wire.
 */
export interface Visit {
  readonly page: Page;
  readonly firstDotsMs: number;
  readonly allDotsMs: number;
  readonly points: number;
  readonly bytes: number;
  readonly scriptBytes: number;
  /** Of the tasks that ended after the first dots and began before all of them. */
  readonly longestTaskMs: number;
  readonly longestTaskBeforeMs: number;
  readonly layoutShift: number;
}

/** A browser that is signed in and has nothing cached. */
export async function signedIn(browser: Browser, url: string, apiKey: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: WINDOW });
  const page = await context.newPage();
  await page.goto(`${url}/sign-in?next=/projects#key=${apiKey}`);
  await page.waitForURL((at) => at.pathname === '/projects');
  const storageState = await context.storageState();
  await context.close();
  return browser.newContext({ viewport: WINDOW, storageState });
}

/** Opens a population exploration in a new tab and waits until every dot is drawn. */
export async function visit(context: BrowserContext, address: string): Promise<Visit> {
  const page = await context.newPage();
  const traffic = await watchTraffic(page);
  await page.addInitScript(watch);
  await page.goto(address);
  await page
    .locator('[data-testid="population-canvas"][data-state="ready"]')
    .first()
    .waitFor({ timeout: 120_000 });
  const moved = traffic();
  await page.waitForFunction(() => performance.getEntriesByName('noema:all-points').length > 0, undefined, {
    timeout: 120_000,
  });
  const seen = await page.evaluate(() => ({
    tasks: window.watched.tasks,
    layoutShift: window.watched.layoutShift,
    firstDotsMs: performance.getEntriesByName('noema:first-points')[0]!.startTime,
    allDotsMs: performance.getEntriesByName('noema:all-points')[0]!.startTime,
    points: Number(
      document.querySelector<HTMLElement>('[data-testid="population-canvas"]')!.dataset['points'],
    ),
  }));
  const longest = (isMeant: (start: number, end: number) => boolean): number =>
    Math.max(
      0,
      ...seen.tasks
        .filter(([start, duration]) => isMeant(start, start + duration))
        .map(([, duration]) => duration),
    );
  const { firstDotsMs, allDotsMs } = seen;
  return {
    page,
    ...seen,
    longestTaskMs: longest((start, end) => end > firstDotsMs && start < allDotsMs),
    longestTaskBeforeMs: longest((_, end) => end <= firstDotsMs),
    ...moved,
  };
}

interface Watched {
  tasks: [start: number, duration: number][];
  layoutShift: number;
}

declare global {
  interface Window {
    watched: Watched;
  }
}

/** Runs in the page before anything else. */
function watch(): void {
  const watched: Watched = (window.watched = { tasks: [], layoutShift: 0 });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) watched.tasks.push([startTime, duration]);
  }).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
    })[])
      if (!entry.hadRecentInput) watched.layoutShift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
}

async function watchTraffic(page: Page): Promise<() => { bytes: number; scriptBytes: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const scripts = new Set<string>();
  const sum = { bytes: 0, scriptBytes: 0 };
  session.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    sum.bytes += encodedDataLength;
    if (scripts.has(requestId)) sum.scriptBytes += encodedDataLength;
  });
  return () => ({ ...sum });
}
