import type { Page } from 'playwright-core';

const FRAMES = 120;
const PICTURE = '[data-testid=gallery-grid] [role=gridcell] :is([style*="background-image"], img)';

/** How long a person waits in the gallery, in milliseconds of the clock. */
export interface GalleryTimes {
  /** From the key that opens it to the frame after its first picture. */
  readonly firstPictureMs: number;
  /** Longest time between two frames while it scrolls by single lines. */
  readonly slowestLineFrameMs: number;
  /** Longest time between two frames while it scrolls over all samples. */
  readonly slowestFlyingFrameMs: number;
}

/**
 * Milliseconds from the event, which `act` causes, to the frame after the page shows an element; of a picture, after
 * it is loaded.
 */
async function timeUntil(
  page: Page,
  { event, selector }: { readonly event: string; readonly selector: string },
  act: () => Promise<void>,
): Promise<number> {
  // The watch begins before the event.
  const watch = await page.evaluateHandle(
    (wanted) => {
      let began = NaN;
      document.addEventListener(wanted.event, ({ timeStamp }) => (began = timeStamp), {
        capture: true,
        once: true,
      });
      const isShown = (): boolean => {
        const found = document.querySelector(wanted.selector);
        return found !== null && (!(found instanceof HTMLImageElement) || found.naturalWidth > 0);
      };
      return {
        time: new Promise<number>((resolve) => {
          const look = (): void => {
            requestAnimationFrame(() => {
              if (began > 0 && isShown())
                requestAnimationFrame(() => {
                  resolve(performance.now() - began);
                });
              else look();
            });
          };
          look();
        }),
      };
    },
    { event, selector },
  );
  await act();
  return watch.evaluate(({ time }) => time);
}

/** Opens the gallery below the map, waits for its first picture, and scrolls it. */
export async function galleryTimes(page: Page): Promise<GalleryTimes> {
  const firstPictureMs = await timeUntil(page, { event: 'keydown', selector: PICTURE }, () =>
    page.keyboard.press('s'),
  );
  const slowest = (isFlying: boolean): Promise<number> =>
    page.getByTestId('gallery-grid').evaluate(
      (grid, { frames, flying }) =>
        new Promise<number>((resolve) => {
          let [step, before, longest] = [0, NaN, 0];
          const next = (now: number): void => {
            if (step > 0) longest = Math.max(longest, now - before);
            before = now;
            if (step++ === frames) resolve(longest);
            else {
              grid.scrollTop += flying ? (grid.scrollHeight - grid.clientHeight) / frames : 24;
              requestAnimationFrame(next);
            }
          };
          requestAnimationFrame(next);
        }),
      { frames: FRAMES, flying: isFlying },
    );
  return {
    firstPictureMs,
    slowestLineFrameMs: await slowest(false),
    slowestFlyingFrameMs: await slowest(true),
  };
}

/**
 * Milliseconds from a click on the project in the list of projects until its worst samples are shown with
 * their pictures.
 */
export async function worstSamplesTime(page: Page, url: string, project: string): Promise<number> {
  await page.goto(`${url}/projects`);
  const link = page.getByRole('link', { name: project, exact: true }).first();
  await link.waitFor();
  await page.waitForLoadState('networkidle');
  const worst = '[data-testid=worst-samples]:not(:has([aria-busy=true]))';
  return timeUntil(page, { event: 'click', selector: worst }, () => link.click());
}
