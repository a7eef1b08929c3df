import type { Page } from 'playwright-core';

const FRAMES = 120;

/** How long a person waits in the gallery, in milliseconds of the clock. */
export interface GalleryTimes {
  /** From the key that opens it to the frame after its first picture. */
  readonly firstPictureMs: number;
  /** Longest time between two frames while it scrolls by single lines. */
  readonly slowestLineFrameMs: number;
  /** Longest time between two frames while it scrolls over all samples. */
  readonly slowestFlyingFrameMs: number;
}

/** Opens the gallery below the map, waits for its first picture, and scrolls it. */
export async function galleryTimes(page: Page): Promise<GalleryTimes> {
  const first = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let pressed = NaN;
        document.addEventListener('keydown', (event) => (pressed = event.timeStamp), {
          capture: true,
          once: true,
        });
        const look = (): void => {
          const isThere = [...document.querySelectorAll('[role=gridcell]')].some(
            (cell) =>
              cell.querySelector('[style*="background-image"]') !== null ||
              (cell.querySelector('img')?.naturalWidth ?? 0) > 0,
          );
          if (isThere) resolve(performance.now() - pressed);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
  );
  await page.keyboard.press('s');
  const firstPictureMs = await first;
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
  const shown = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let clicked = NaN;
        document.addEventListener('click', (event) => (clicked = event.timeStamp), {
          capture: true,
          once: true,
        });
        const look = (): void => {
          const worst = document.querySelector('[data-testid=worst-samples]');
          if (worst !== null && worst.querySelector('[aria-busy=true]') === null)
            requestAnimationFrame(() => {
              resolve(performance.now() - clicked);
            });
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
  );
  await link.click();
  return shown;
}
