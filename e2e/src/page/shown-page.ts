import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { afterEach } from 'vitest';
import { seriousFaults } from './axe.js';
import { isEmpty, readAtRest } from './read-at-rest.js';

/** Where pictures of the page go when NOEMA_SCREENS=1; README and docs show them. */
const SCREENS = fileURLToPath(new URL('../../../../docs/screens/', import.meta.url));
/** As `expect.poll` waits: a machine with other work is slow, and what never comes fails late. */
const MAX_WAIT_MS = 120_000;
const WIDE = { width: 1440, height: 900 };
/**
 * Longest time that a request of the page is held, in milliseconds. It is drawn for each, most times are short: answers
 * come in another order in each run, which finds tests that pass in one order alone.
 */
const MAX_DELAY_MS = Number(process.env['NOEMA_PAGE_DELAY_MS'] ?? 0);

/** The scheme that the browser prefers: all page tests, with what axe finds, can be run in dark colors. */
const SCHEME = process.env['NOEMA_PAGE_SCHEME'] === 'dark' ? 'dark' : 'light';

const FRAMES_OF_REST = 60;

/** Runs in the page. React's scheduler posts a message to itself for each piece of work. */
function countReactWork(frames: number): Promise<number> {
  const { prototype } = MessagePort;
  const post = prototype.postMessage;
  let count = 0;
  prototype.postMessage = new Proxy(post, {
    apply: (method, port, given) => {
      count++;
      Reflect.apply(method, port, given);
    },
  });
  return new Promise((resolve) => {
    const wait = (left: number): void => {
      if (left > 0)
        requestAnimationFrame(() => {
          wait(left - 1);
        });
      else {
        prototype.postMessage = post;
        resolve(count);
      }
    };
    wait(frames);
  });
}

const MAX_TOLD_CHARS = 1_500;

/** Runs in the page and returns its texts: dialogs, messages, then the main part. */
const readShown = (): string[] =>
  [...document.querySelectorAll<HTMLElement>('[role="dialog"], [role="alert"], main')].map(
    (element) => `${element.getAttribute('role') ?? 'page'}: ${element.innerText.replaceAll(/\s+/g, ' ')}`,
  );

declare module 'vitest' {
  interface TaskMeta {
    /** Address and texts of the page when its test failed. */
    shown?: string;
  }
}

const openPages = new Set<ShownPage>();

// A failure on another machine, or once in many runs, leaves no page to look at.
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const shown of openPages) {
    const told = await shown.tell();
    console.error(told);
    // The reporter repeats it at the end of the log.
    task.meta.shown ??= told;
  }
});

/** One tab of the page as a person uses it; what the browser complains about is kept in `complaints`. */
export class ShownPage {
  readonly complaints: string[] = [];
  /** Requests that failed, with what came of them. */
  private readonly failed: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly base: string,
  ) {
    page.on('pageerror', (error) => {
      this.complaints.push(`${error.name}: ${error.message}`);
    });
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        this.complaints.push(message.text());
    });
    page.on('response', (response) => {
      if (response.status() >= 400) this.sawFail(response.request(), `${response.status()}`);
    });
    page.on('requestfailed', (request) => {
      const result = request.failure()?.errorText ?? 'failed';
      // The page left, or has no use for it any more.
      if (result !== 'net::ERR_ABORTED') this.sawFail(request, result);
    });
    openPages.add(this);
    page.once('close', () => openPages.delete(this));
  }

  private sawFail(request: Request, result: string): void {
    this.failed.push(`${request.method()} ${request.url()}: ${result}`);
  }

  /** Returns the texts of the page, the complaints of the browser and the failed requests. */
  async tell(): Promise<string> {
    const shown = await this.page.evaluate(readShown).catch(String);
    return [
      `the page at ${this.page.url()} showed:`,
      ...this.complaints.map((text) => `complaint: ${text}`),
      ...this.failed.map((text) => `request: ${text}`),
      ...[shown].flat().map((text) => text.slice(0, MAX_TOLD_CHARS)),
    ].join('\n  ');
  }

  static async open(
    browser: Browser,
    base: string,
    colorScheme: 'light' | 'dark' = SCHEME,
    viewport = WIDE,
    deviceScaleFactor = 1,
  ): Promise<ShownPage> {
    const context = await browser.newContext({
      viewport,
      deviceScaleFactor,
      colorScheme,
      // A press can miss what moves while it is pressed; tests of motion ask for it by `emulateMedia`.
      reducedMotion: 'reduce',
      acceptDownloads: true,
    });
    context.setDefaultTimeout(MAX_WAIT_MS);
    if (MAX_DELAY_MS > 0)
      await context.route('**/*', async (route) => {
        await setTimeout(Math.random() ** 3 * MAX_DELAY_MS);
        // The page may have left for another address.
        await route.continue().catch(() => undefined);
      });
    return new ShownPage(context, await context.newPage(), base);
  }

  /** Opens the path signed in, by a session that is created by REST: the page of the sign-in is not loaded. */
  async signIn(apiKey: string, path = '/projects'): Promise<void> {
    const response = await this.context.request.post(`${this.base}/v1/session`, { data: { apiKey } });
    if (!response.ok()) throw new Error(`the sign-in ended with ${response.status()}`);
    await this.goto(path);
  }

  /** Opens the path as the link of the command line does, which carries the key behind its `#`. */
  async followLink(apiKey: string, path: string): Promise<void> {
    await this.goto(`/sign-in?next=${encodeURIComponent(path)}#key=${apiKey}`);
    await this.page.waitForURL((url) => url.pathname !== '/sign-in');
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.base + path);
  }

  /**
   * Waits until nothing is on its way any more: no part that says it is busy, no picture that has not come.
   */
  async loaded(): Promise<void> {
    await this.page.waitForFunction(
      () =>
        document.querySelector('[aria-busy="true"]') === null &&
        [...document.images].every((image) => image.complete),
    );
  }

  /** Keeps a picture of what is shown, as `docs/screens/<name>.png`, when NOEMA_SCREENS asks for it. */
  async picture(name: string): Promise<void> {
    if (process.env['NOEMA_SCREENS'] === undefined) return;
    mkdirSync(SCREENS, { recursive: true });
    const { default: sharp } = await import('sharp');
    await sharp(await this.page.screenshot({ animations: 'disabled' }))
      .png({ palette: true, quality: 92, effort: 10 })
      .toFile(join(SCREENS, `${name}.png`));
  }

  /**
   * The serious and critical findings of axe against WCAG 2.2 A and AA once the page rests, as sentences;
   * empty when nothing.
   */
  seriousFaults(): Promise<string[]> {
    return readAtRest(() => seriousFaults(this.page), isEmpty);
  }

  /**
   * How often React works in a second in which nothing happens, once the page rests: 0, or a battery is drained for
   * nothing.
   */
  worksAtRest(): Promise<number> {
    return readAtRest(
      () => this.page.evaluate(countReactWork, FRAMES_OF_REST),
      (count) => count === 0,
    );
  }

  /** The same in light and in dark colors; afterwards the colors are light. */
  async seriousFaultsOfColors(): Promise<string[]> {
    const faults: string[] = [];
    for (const colorScheme of ['dark', 'light'] as const) {
      await this.page.emulateMedia({ colorScheme });
      faults.push(...(await this.seriousFaults()).map((fault) => `${colorScheme}: ${fault}`));
    }
    return faults;
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
