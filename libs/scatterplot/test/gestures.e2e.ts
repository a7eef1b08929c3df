import { findBrowser, startBrowser } from '@noema/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPlotPage } from './plot.page.js';

/** Where the canvas begins in the page. */
const AT = 20;

interface Told {
  readonly event: string;
  readonly detail: Record<string, unknown>;
}

declare global {
  interface Window {
    told: Told[];
  }
}

describe.skipIf(findBrowser() === undefined)('gestures in Chromium', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = (await startBrowser())!;
  });
  beforeEach(async () => {
    await page?.close();
    page = await openPlotPage(browser);
  });
  afterAll(() => browser.close());

  /** A grid of 9 points, 0 in the lower left, 4 in the middle, every event written down. */
  const nine = (dimensions: 2 | 3 = 2): Promise<void> =>
    page.evaluate((d) => {
      const { t } = window;
      t.plot = t.lib.createScatterplot({
        canvas: document.querySelector('canvas')!,
        capacity: 9,
        dimensions: d,
        background: 'black',
        pointSize: [6, 6],
      });
      const places = Array.from({ length: 9 }, (_, i) => [i % 3, Math.floor(i / 3)] as const);
      t.plot.append(
        Float32Array.from(places, ([x]) => x),
        Float32Array.from(places, ([, y]) => y),
        d === 3 ? Float32Array.from(places, ([x, y]) => x * y) : undefined,
      );
      window.told = [];
      for (const event of ['hover', 'click', 'select', 'camera'] as const)
        t.plot.on(event, (detail) => {
          window.told.push({ event, detail: detail as never });
        });
    }, dimensions);
  const frames = (): Promise<void> =>
    page.evaluate(async () => {
      for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
    });
  const told = async (event: string): Promise<Record<string, unknown>[]> => {
    await frames();
    return page.evaluate(
      (name) =>
        window.told
          .filter((one) => one.event === name)
          .map(({ detail }) =>
            detail['mask'] === undefined
              ? detail
              : { ...detail, mask: [...window.t.lib.toBits(detail['mask'] as Uint8Array)] },
          ),
      event,
    );
  };
  const place = (x: number, y: number): Promise<{ x: number; y: number }> =>
    page.evaluate(([px, py]) => window.t.plot.project({ x: px!, y: py!, z: 0 }), [x, y]);
  const drag = async (...path: readonly (readonly [number, number])[]): Promise<void> => {
    await page.mouse.move(AT + path[0]![0], AT + path[0]![1]);
    await page.mouse.down();
    for (const [x, y] of path.slice(1)) await page.mouse.move(AT + x, AT + y, { steps: 4 });
  };

  it('reports the point under the pointer once, and when there is none any more', async () => {
    await nine();
    await page.mouse.move(AT + 202, AT + 151);
    await frames();
    await page.mouse.move(AT + 203, AT + 150);
    await frames();
    await page.mouse.move(AT + 240, AT + 150);
    expect(await told('hover')).toEqual([
      { point: 4, x: 200, y: 150 },
      { point: -1, x: 240, y: 150 },
    ]);
  });

  it('reports clicks on points and next to them, but not drags', async () => {
    await nine();
    await page.mouse.click(AT + 201, AT + 149);
    await page.keyboard.down('Shift');
    await page.mouse.click(AT + 260, AT + 149);
    await page.keyboard.up('Shift');
    await drag([200, 150], [220, 150]);
    await page.mouse.up();
    expect(await told('click')).toEqual([
      { point: 4, x: 201, y: 149, shiftKey: false, metaKey: false },
      { point: -1, x: 260, y: 149, shiftKey: true, metaKey: false },
    ]);
  });

  it('drags the data along, zooms at the pointer and shows all again on a double click next to points', async () => {
    await nine();
    await drag([200, 150], [230, 140], [260, 130]);
    await page.mouse.up();
    expect(await place(1, 1)).toEqual({ x: expect.closeTo(260, 3), y: expect.closeTo(130, 3) });
    await page.mouse.move(AT + 260, AT + 130);
    await page.mouse.wheel(0, -300);
    await frames();
    expect(await place(1, 1)).toEqual({ x: expect.closeTo(260, 3), y: expect.closeTo(130, 3) });
    expect((await told('camera')).at(-1)!['zoom']).toBeGreaterThan(1.3);
    await page.mouse.dblclick(AT + 230, AT + 200);
    await page.waitForFunction(() => window.t.plot.camera.zoom === 1);
    expect(await place(1, 1)).toEqual({ x: 200, y: 150 });
  });

  it('obeys the keyboard while it has the focus', async () => {
    await nine();
    await page.keyboard.press('Tab');
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowRight');
    const moved = await place(1, 1);
    expect([moved.x, moved.y]).toEqual([expect.closeTo(168, 3), expect.closeTo(150, 3)]);
    expect((await told('camera')).at(-1)!['zoom']).toBeCloseTo(1.25, 9);
    await page.keyboard.press('0');
    await page.waitForFunction(() => window.t.plot.camera.zoom === 1);
  });

  it('selects by lasso and by rectangle, with shift and alt, along a path that can be seen', async () => {
    await nine();
    await page.evaluate(() => {
      window.t.plot.setMode('lasso');
    });
    await drag([160, 110], [240, 110], [240, 190], [160, 190]);
    expect(await page.locator('svg polygon').getAttribute('points')).toMatch(/^160 110 /);
    await page.mouse.up();
    expect(await page.locator('svg polygon').getAttribute('points')).toBe('');
    await page.evaluate(() => {
      window.t.plot.setMode('rectangle');
    });
    for (const key of ['Shift', 'Alt']) {
      await page.keyboard.down(key);
      await drag([20, 100], [390, 200]);
      await page.mouse.up();
      await page.keyboard.up(key);
    }
    const selections = await told('select');
    expect(selections.map(({ outline }) => Object.values(outline as object).length)).toEqual([8, 8, 8]);
    expect(selections.map(({ mask, count, mode }) => ({ mask, count, mode }))).toEqual([
      { mask: [4], count: 1, mode: 'replace' },
      { mask: [3, 4, 5], count: 3, mode: 'add' },
      { mask: [3, 4, 5], count: 3, mode: 'remove' },
    ]);
    expect(await told('camera')).toEqual([]);
  });

  it('drops a lasso on Esc', async () => {
    await nine();
    await page.evaluate(() => {
      window.t.plot.setMode('lasso');
    });
    await drag([160, 110], [240, 110], [240, 190]);
    await page.keyboard.press('Escape');
    expect(await page.locator('svg polygon').getAttribute('points')).toBe('');
    await page.mouse.up();
    expect(await told('select')).toEqual([]);
    expect(await told('click')).toEqual([]);
  });

  it('turns in three dimensions, and pans with shift', async () => {
    await nine(3);
    await drag([200, 150], [250, 130]);
    await page.mouse.up();
    const [turned] = (await told('camera')).slice(-1);
    expect(turned).toMatchObject({ azimuth: expect.closeTo(0.4, 6), elevation: expect.closeTo(-0.16, 6) });
    await page.keyboard.down('Shift');
    await drag([200, 150], [250, 150]);
    await page.mouse.up();
    await page.keyboard.up('Shift');
    const [panned] = (await told('camera')).slice(-1);
    expect(panned).toMatchObject({ azimuth: turned!['azimuth'], elevation: turned!['elevation'] });
    expect(panned!['center']).not.toEqual(turned!['center']);
  });

  it('zooms by two fingers at their middle', async () => {
    await nine();
    await page.evaluate(() => {
      const canvas = document.querySelector('canvas')!;
      canvas.setPointerCapture = () => undefined;
      const touch = (type: string, pointerId: number, x: number): void => {
        canvas.dispatchEvent(
          new PointerEvent(type, {
            pointerId,
            pointerType: 'touch',
            clientX: 20 + x,
            clientY: 170,
            buttons: 1,
            bubbles: true,
          }),
        );
      };
      touch('pointerdown', 1, 180);
      touch('pointerdown', 2, 220);
      touch('pointermove', 1, 160);
      touch('pointermove', 2, 240);
      touch('pointerup', 1, 160);
      touch('pointerup', 2, 240);
    });
    expect((await told('camera')).at(-1)!['zoom']).toBeCloseTo(2, 6);
    expect((await place(1, 1)).x).toBeCloseTo(200, 3);
    expect(await told('click')).toEqual([]);
  });
});
