import type { Page } from 'playwright-core';
import { isEmpty, readAtRest } from './read-at-rest.js';

/** How far things jumped about. */
export interface Shifts {
  /** The sum that browsers call cumulative layout shift. */
  readonly sum: number;
  /** The moved nodes, each with its two places, for an error. */
  readonly moved: readonly string[];
}

/** Watches how far things jump about from now on and through every load. */
export async function watchShifts(page: Page): Promise<() => Promise<Shifts>> {
  await page.addInitScript(() => {
    interface Shift {
      readonly value: number;
      readonly hadRecentInput: boolean;
      readonly sources: readonly {
        readonly node: Node | null;
        readonly previousRect: DOMRectReadOnly;
        readonly currentRect: DOMRectReadOnly;
      }[];
    }
    const shifts = { sum: 0, moved: [] as string[] };
    Object.assign(globalThis, { shifts });
    const place = ({ x, y, width, height }: DOMRectReadOnly): string => `${width} × ${height} at ${x}, ${y}`;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as unknown as Shift[]) {
        if (hadRecentInput) continue;
        shifts.sum += value;
        for (const { node, previousRect, currentRect } of sources)
          shifts.moved.push(
            `${node?.nodeName ?? 'unknown node'} "${node?.textContent?.slice(0, 60) ?? ''}" from ` +
              `${place(previousRect)} to ${place(currentRect)}`,
          );
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return () => page.evaluate(() => (globalThis as unknown as { shifts: Shifts }).shifts);
}

/**
 * Watches how often maps sort their points for drawing; for each time returns whether the page already showed how many
 * samples are selected.
 */
export async function watchSorts(page: Page): Promise<() => Promise<readonly boolean[]>> {
  await page.evaluate(() => {
    const shown: boolean[] = [];
    Object.assign(globalThis, { shown });
    const { prototype } = WebGL2RenderingContext;
    const upload = prototype.bufferData as (this: WebGL2RenderingContext, ...given: unknown[]) => void;
    prototype.bufferData = function (this: WebGL2RenderingContext, ...given: unknown[]) {
      if (given[0] === this.ELEMENT_ARRAY_BUFFER)
        shown.push(
          / selected/.test(document.querySelector('[data-testid="population-status"]')?.textContent ?? ''),
        );
      upload.apply(this, given);
    };
  });
  return () => page.evaluate(() => (globalThis as unknown as { shown: boolean[] }).shown);
}

/**
 * How many pixels the document is wider than the window once it rests; 0 when nothing has to be scrolled sideways.
 */
export const widthBeyond = (page: Page): Promise<number> =>
  readAtRest(
    () => page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth)),
    (pixels) => pixels === 0,
  );

/**
 * Texts that are shown in letters of less than 12 pixels, in the page's own and in drawings that are scaled,
 * as the size and the text; raised and lowered ones apart.
 */
export const smallTexts = (page: Page): Promise<string[]> => readAtRest(() => findSmallTexts(page), isEmpty);

const findSmallTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    // Also of a text that is turned.
    const scaleOn = (matrix: DOMMatrix | null): number => Math.hypot(matrix?.c ?? 0, matrix?.d ?? 1);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const small = new Set<string>();
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const parent = node.parentElement;
      const text = node.textContent?.trim() ?? '';
      if (
        parent === null ||
        text === '' ||
        parent.closest('sup, sub, script, style, title') !== null ||
        !parent.checkVisibility({ visibilityProperty: true })
      )
        continue;
      const { width, height } = parent.getBoundingClientRect();
      const pixels =
        Number.parseFloat(getComputedStyle(parent).fontSize) *
        (parent instanceof SVGGraphicsElement ? scaleOn(parent.getScreenCTM()) : 1);
      if (width > 2 && height > 2 && pixels < 11.95)
        small.add(`${pixels.toFixed(1)} px: ${text.slice(0, 40)}`);
    }
    return [...small];
  });

/**
 * Buttons that are lower or narrower than the 24 pixels of WCAG 2.2, 2.5.8, as their names and sizes.
 */
export const smallTargets = (page: Page): Promise<string[]> =>
  readAtRest(
    () =>
      page.evaluate(() =>
        [...document.querySelectorAll('button:not([tabindex="-1"])')].flatMap((button) => {
          const { width, height } = button.getBoundingClientRect();
          const isShown = width > 2 && button.checkVisibility({ visibilityProperty: true });
          return isShown && Math.min(width, height) < 23.5
            ? [
                `${button.getAttribute('aria-label') ?? button.textContent}: ` +
                  `${Math.round(width)} × ${Math.round(height)} px`,
              ]
            : [];
        }),
      ),
    isEmpty,
  );

/**
 * Controls and headings whose middle is covered by something else, or that lie on each other, as their names;
 * only those within the window.
 */
export const covered = (page: Page): Promise<string[]> => readAtRest(() => findCovered(page), isEmpty);

const findCovered = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const readName = (element: Element): string =>
      element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? element.tagName;
    return [...document.querySelectorAll('button, a, h1, h2, [role=combobox], input')].flatMap((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const [x, y] = [left + width / 2, top + height / 2];
      if (
        width < 4 ||
        height < 4 ||
        x < 0 ||
        y < 0 ||
        x >= window.innerWidth ||
        y >= window.innerHeight ||
        getComputedStyle(element).visibility !== 'visible'
      )
        return [];
      const scrolled = element.parentElement?.closest('[role=toolbar], [class*=left], [class*=right], main');
      const frame = scrolled?.getBoundingClientRect();
      if (frame !== undefined && (x < frame.left || x > frame.right || y < frame.top || y > frame.bottom))
        return [];
      const above = document.elementFromPoint(x, y);
      return above === null ||
        element.contains(above) ||
        above.contains(element) ||
        above.closest('label') !== null
        ? []
        : [`${readName(element)} under ${readName(above)}`];
    });
  });

/**
 * The focused element and whether its focus is visible: an outline or a shadow that it has by the keyboard
 * only.
 */
export const focusSeen = (page: Page): Promise<{ name: string; seen: boolean }> =>
  page.evaluate(() => {
    const element = document.activeElement ?? document.body;
    const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(element);
    const around = element.closest('[class*=wrapper], [class*=Wrapper], label');
    const name = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? '';
    const input =
      element.tagName === 'INPUT' &&
      (borderColor !== getComputedStyle(document.body).borderColor || around !== null);
    return {
      name: name === '' ? element.tagName : name,
      seen: (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none' || input,
    };
  });

/**
 * How the grid of samples below the map opens and scrolls, in milliseconds that the main thread of the page
 * computes: a busy machine does not change them.
 */
export interface GalleryMeasures {
  /** From the key to the first picture that is drawn. */
  readonly firstPictureMs: number;
  /** Cells that exist at once. */
  readonly cells: number;
  /** Mean of a frame while it scrolls line by line. */
  readonly lineFrameMs: number;
  /** Mean of a frame while it scrolls over all of it. */
  readonly flyingFrameMs: number;
}

const FRAMES = 60;

/** Measures how long the main thread of the page computes, in milliseconds. */
export async function watchComputing(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const computed = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
  };
  const measure = async (work: () => Promise<unknown>): Promise<number> => {
    const before = await computed();
    await work();
    return (await computed()) - before;
  };
  return { session, measure };
}

/** Opens the grid of samples and scrolls it. */
export async function measureGallery(page: Page): Promise<GalleryMeasures> {
  const { session, measure } = await watchComputing(page);
  const grid = page.getByTestId('gallery-grid');
  const firstPictureMs = await measure(async () => {
    await page.keyboard.press('s');
    await page.waitForFunction(() =>
      [...document.querySelectorAll('[role=gridcell]')].some(
        (cell) =>
          cell.querySelector('[style*="background-image"]') !== null ||
          (cell.querySelector('img')?.naturalWidth ?? 0) > 0,
      ),
    );
  });
  const scroll = (share: number): Promise<number> =>
    grid.evaluate(
      (element, { frames, part }) =>
        new Promise<number>((resolve) => {
          let [step, cells] = [0, 0];
          const next = (): void => {
            cells = Math.max(cells, element.querySelectorAll('[role=gridcell]').length);
            if (step++ === frames) resolve(cells);
            else {
              element.scrollTop += part === 0 ? 24 : (element.scrollHeight - element.clientHeight) * part;
              requestAnimationFrame(next);
            }
          };
          requestAnimationFrame(next);
        }),
      { frames: FRAMES, part: share },
    );
  let cells = 0;
  const lineFrameMs = (await measure(async () => (cells = await scroll(0)))) / FRAMES;
  const flyingFrameMs =
    (await measure(async () => (cells = Math.max(cells, await scroll(1 / FRAMES))))) / FRAMES;
  await session.detach();
  return { firstPictureMs, cells, lineFrameMs, flyingFrameMs };
}

/** How pictures lie over a map, in milliseconds that the main thread of the page computes. */
export interface PictureGridMeasures {
  /** From the key to the first picture that is drawn. */
  readonly firstPictureMs: number;
  /** Pictures that are drawn at once. */
  readonly pictures: number;
  /** Mean of a frame from the key until all pictures have come, while pictures are chosen and drawn. */
  readonly frameMs: number;
  /** Mean of a frame while the map moves under them. */
  readonly movingFrameMs: number;
}

/** Covers the map by a grid of pictures, and moves the map. */
export async function measurePictureGrid(page: Page): Promise<PictureGridMeasures> {
  const { session, measure } = await watchComputing(page);
  const pictured = '[data-testid=map-picture] img, [data-testid=map-picture] [style*="background-image"]';
  const countFrames = (): Promise<() => Promise<number>> =>
    page
      .evaluate(() => {
        const kept = globalThis as unknown as { frames: number };
        kept.frames = 0;
        const next = (): void => {
          kept.frames++;
          requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      })
      .then(() => () => page.evaluate(() => (globalThis as unknown as { frames: number }).frames));
  const frames = await countFrames();
  const settle = (): Promise<unknown> =>
    page.waitForFunction(
      (selector) =>
        document.querySelector(selector) !== null &&
        document.querySelector('[data-testid=map-picture] [aria-busy="true"]') === null &&
        [...document.images].every((image) => image.complete),
      pictured,
    );
  const before = await frames();
  const firstPictureMs = await measure(async () => {
    await page.keyboard.press('g');
    await page.waitForSelector(pictured);
  });
  const restMs = await measure(settle);
  const drawnFrames = (await frames()) - before;
  const pictures = await page.getByTestId('map-picture').count();
  const movedFrom = await frames();
  const movingMs = await measure(async () => {
    for (let i = 0; i < 4; i++) await page.getByTestId('population-canvas').press('ArrowRight');
    await settle();
  });
  const movingFrames = (await frames()) - movedFrom;
  await session.detach();
  return {
    firstPictureMs,
    pictures,
    frameMs: (firstPictureMs + restMs) / Math.max(1, drawnFrames),
    movingFrameMs: movingMs / Math.max(1, movingFrames),
  };
}
