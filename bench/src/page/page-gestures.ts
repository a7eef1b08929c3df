import type { Page } from 'playwright-core';

const CANVAS = '[data-testid="population-canvas"]';

/**
 * Milliseconds from a motion of the pointer until the preview shows another sample with its picture; one
 * number for each sample met.
 */
export async function hoverTimes(page: Page, samples: number): Promise<number[]> {
  const box = (await page.locator(CANVAS).first().boundingBox())!;
  await page.evaluate((selector) => {
    const canvas = document.querySelector<HTMLElement>(selector)!;
    const times: number[] = [];
    let [moved, shown] = [0, ''];
    canvas.addEventListener(
      'pointermove',
      (event) => {
        moved = event.timeStamp;
      },
      { capture: true },
    );
    new MutationObserver(() => {
      const preview = document.querySelector<HTMLElement>('[data-testid="hover-preview"]');
      const point = preview?.dataset['point'] ?? '';
      if (
        preview === null ||
        point === shown ||
        preview.querySelector('[aria-busy]') !== null ||
        preview.querySelector('img:not([src])') !== null
      )
        return;
      shown = point;
      requestAnimationFrame(() => {
        times.push(performance.now() - moved);
      });
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
    Object.assign(window, { hoverTimes: times });
  }, CANVAS);
  let met = 0;
  for (let k = 0; k < 40 * samples && met < samples; k++) {
    const [angle, reach] = [k * 2.39996, 0.45 * Math.sqrt((k % 400) / 400)];
    await page.mouse.move(
      box.x + box.width * (0.5 + reach * Math.cos(angle)),
      box.y + box.height * (0.5 + reach * Math.sin(angle)),
    );
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          requestAnimationFrame(() => {
            requestAnimationFrame(resolve);
          });
        }),
    );
    met = await page.evaluate(() => (window as unknown as { hoverTimes: number[] }).hoverTimes.length);
  }
  return page.evaluate(() => (window as unknown as { hoverTimes: number[] }).hoverTimes);
}

/** Milliseconds from releasing a lasso around the middle until the points that it holds stand out. */
export async function lassoTimes(page: Page, times: number): Promise<number[]> {
  const box = (await page.locator(CANVAS).first().boundingBox())!;
  await page.evaluate((selector) => {
    const seen: number[] = [];
    let released = 0;
    document.querySelector(selector)!.addEventListener(
      'pointerup',
      (event) => {
        released = event.timeStamp;
      },
      { capture: true },
    );
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntriesByName('noema:lasso'))
        seen.push(startTime + duration - released);
    }).observe({ type: 'measure' });
    Object.assign(window, { lassoTimes: seen });
  }, CANVAS);
  await page.locator(CANVAS).first().focus();
  await page.keyboard.press('l');
  for (let k = 0; k < times; k++) {
    const reach = 0.2 + 0.02 * k;
    const at = (turn: number): [number, number] => [
      box.x + box.width * (0.5 + reach * Math.cos(turn)),
      box.y + box.height * (0.5 + reach * Math.sin(turn)),
    ];
    await page.mouse.move(...at(0));
    await page.mouse.down();
    for (let step = 1; step <= 40; step++) await page.mouse.move(...at(step * 0.157));
    await page.mouse.up();
    await page.waitForFunction(
      (count) => (window as unknown as { lassoTimes: number[] }).lassoTimes.length > count,
      k,
    );
  }
  return page.evaluate(() => (window as unknown as { lassoTimes: number[] }).lassoTimes);
}
