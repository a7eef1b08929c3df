import { findBrowser, startBrowser } from '@noema/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPlotPage } from './plot.page.js';

if (findBrowser() === undefined) console.warn('skipped: no Chromium here; install it or set NOEMA_CHROMIUM');

const [RED, GREEN, BLACK, WHITE] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 0],
  [255, 255, 255],
];

describe.skipIf(findBrowser() === undefined)('a scatterplot in Chromium', () => {
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

  /**
   * Three points: red in the lower left, green in the middle, green in the upper right; all 10 px wide and
   * opaque.
   */
  const three = (dimensions: 2 | 3 = 2): Promise<void> =>
    page.evaluate((d) => {
      const { t } = window;
      t.plot = t.lib.createScatterplot({
        canvas: document.querySelector('canvas')!,
        capacity: 8,
        dimensions: d,
        background: 'black',
        pointSize: [10, 30],
        adaptiveSize: false,
      });
      t.plot.append(
        Float32Array.from([-4, 0, 4]),
        Float32Array.from([-3, 0, 3]),
        d === 3 ? new Float32Array(3) : undefined,
      );
      t.plot.setColors(Uint8Array.from([0, 1, 1]), t.palette([255, 0, 0], [0, 255, 0]));
      t.plot.setOpacity(1);
      t.plot.setSizes(new Uint8Array(3));
    }, dimensions);

  it('draws points where `project` says, in their colours, and nothing elsewhere', async () => {
    await three();
    const seen = await page.evaluate(() => {
      const { t } = window;
      const [low, high] = [t.plot.project({ x: -4, y: -3, z: 0 }), t.plot.project({ x: 4, y: 3, z: 0 })];
      return {
        low,
        high,
        colors: [
          t.pixel(low.x, low.y),
          t.pixel(200, 150),
          t.pixel(high.x, high.y),
          t.pixel(high.x, low.y),
          t.pixel(200, 160),
        ],
      };
    });
    expect(seen.low.x).toBeCloseTo(16, 3);
    expect(seen.low.y).toBeCloseTo(288, 3);
    expect(seen.high).toEqual({ x: 400 - seen.low.x, y: 300 - seen.low.y });
    expect(seen.colors).toEqual([RED, GREEN, GREEN, BLACK, BLACK]);
  });

  it('draws on a fine screen what it draws on a coarse one', async () => {
    await page.close();
    page = await openPlotPage(browser, 2);
    await three();
    expect(
      await page.evaluate(() => [
        document.querySelector('canvas')!.width,
        window.t.pixel(200, 150),
        window.t.pixel(203.5, 150),
        window.t.pixel(207, 150),
      ]),
    ).toEqual([800, GREEN, GREEN, BLACK]);
  });

  it('leaves a ghost of points that are filtered, and never picks them', async () => {
    await three();
    expect(
      await page.evaluate(() => {
        const { t } = window;
        const before = t.plot.pick(203, 152);
        t.plot.setVisible(t.lib.toMask([0, 2], 3));
        const filtered = [
          t.pixel(200, 150),
          t.plot.pick(203, 152),
          t.lib.countBits(t.plot.inside([0, 0, 400, 0, 400, 300, 0, 300])),
        ];
        t.plot.setVisible(undefined);
        return { before, filtered, after: t.pixel(200, 150) };
      }),
    ).toEqual({
      before: 1,
      filtered: [[expect.closeTo(6, -1), expect.closeTo(16, -1), expect.closeTo(6, -1)], -1, 2],
      after: GREEN,
    });
  });

  it('draws ghosts below what is shown, and in three dimensions never hides it behind them', async () => {
    for (const dimensions of [2, 3] as const) {
      if (dimensions === 3) {
        await page.close();
        page = await openPlotPage(browser);
      }
      expect(
        await page.evaluate((d) => {
          const { t } = window;
          t.plot = t.lib.createScatterplot({
            canvas: document.querySelector('canvas')!,
            capacity: 8,
            dimensions: d,
            background: 'black',
            pointSize: [10, 30],
            adaptiveSize: false,
          });
          // The last point lies before the one of the middle.
          t.plot.append(
            Float32Array.from([-4, 0, 4, 0]),
            Float32Array.from([-3, 0, 3, 0]),
            d === 3 ? Float32Array.from([0, 0, 0, 1]) : undefined,
          );
          t.plot.setColors(Uint8Array.from([0, 1, 1, 0]), t.palette([255, 0, 0], [0, 255, 0]));
          t.plot.setOpacity(1);
          t.plot.setVisible(t.lib.toMask([0, 1, 2], 4));
          return t.pixel(200, 150)[0] < 30 && t.pixel(200, 150)[1] > 120;
        }, dimensions),
        `${dimensions}-D`,
      ).toBe(true);
    }
  });

  it('fits everything inside what covers its edges', async () => {
    await three();
    expect(
      await page.evaluate(() => {
        const { t } = window;
        t.plot.setPadding({ left: 100, top: 0, right: 0, bottom: 40 });
        const [low, middle, high] = [
          t.plot.project({ x: -4, y: -3, z: 0 }),
          t.plot.project({ x: 0, y: 0, z: 0 }),
          t.plot.project({ x: 4, y: 3, z: 0 }),
        ];
        return {
          low: low.x > 100 && low.y < 260,
          middle,
          color: t.pixel(middle.x, middle.y),
          high: t.pixel(high.x, high.y),
          picked: t.plot.pick(high.x, high.y),
          isFitted: t.plot.isFitted,
        };
      }),
    ).toEqual({
      low: true,
      middle: { x: 250, y: 130 },
      color: GREEN,
      high: GREEN,
      picked: 2,
      isFitted: true,
    });
  });

  it('makes all but the selected points faint and grey', async () => {
    await three();
    const [selected, other] = await page.evaluate(() => {
      const { t } = window;
      t.plot.setSelected(t.lib.toMask([1], 3));
      const low = t.plot.project({ x: -4, y: -3, z: 0 });
      return [t.pixel(200, 150), t.pixel(low.x, low.y)];
    });
    expect(selected).toEqual(GREEN);
    expect(other[0]).toBeGreaterThan(5);
    expect(other[0]).toBeLessThan(60);
  });

  it('lays large points on top of small ones, whatever came first', async () => {
    expect(
      await page.evaluate(() => {
        const { t } = window;
        t.plot = t.lib.createScatterplot({
          canvas: document.querySelector('canvas')!,
          capacity: 4,
          dimensions: 2,
          background: 'black',
          pointSize: [6, 30],
          adaptiveSize: false,
        });
        t.plot.append(Float32Array.from([-1, 0, 0, 1]), Float32Array.from([-1, 0, 0, 1]));
        t.plot.setColors(Uint8Array.from([1, 0, 1, 1]), t.palette([255, 0, 0], [0, 255, 0]));
        t.plot.setOpacity(1);
        t.plot.setSizes(Uint8Array.from([0, 255, 0, 0]));
        return [t.pixel(200, 150), t.pixel(212, 150)];
      }),
    ).toEqual([RED, RED]);
  });

  it('lets points glide, half way at half time, and begins anew from where they are', async () => {
    await three();
    const seen = await page.evaluate(async () => {
      const { t } = window;
      const clock = performance.now.bind(performance);
      let now = clock();
      performance.now = () => now;
      t.plot.camera = { ...t.plot.camera };
      const scale = t.plot.project({ x: 1, y: 0, z: 0 }).x - 200;
      const first = t.plot.moveTo(
        { x: Float32Array.from([-4, 2, 4]), y: Float32Array.from([-3, 0, 3]) },
        1000,
      );
      now += 500;
      const half = [t.pixel(200 + scale, 150), t.pixel(200, 150), t.pixel(200 + 2 * scale, 150)];
      const second = t.plot.moveTo(
        { x: Float32Array.from([-4, -1, 4]), y: Float32Array.from([-3, 0, 3]) },
        1000,
      );
      const turned = t.pixel(200 + scale, 150);
      now += 500;
      const back = t.pixel(200, 150);
      now += 500;
      performance.now = clock;
      await Promise.all([first, second]);
      return { half, turned, back, end: t.pixel(200 - scale, 150) };
    });
    expect(seen).toEqual({ half: [GREEN, BLACK, BLACK], turned: GREEN, back: GREEN, end: GREEN });
  });

  it('jumps when the user wants no motion', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await three();
    expect(
      await page.evaluate(async () => {
        await window.t.plot.moveTo(
          { x: Float32Array.from([-4, 4, 4]), y: Float32Array.from([-3, -3, 3]) },
          60_000,
        );
        return window.t.pixel(200, 150);
      }),
    ).toEqual(BLACK);
  });

  it.each([2, 3] as const)(
    'picks what a scan finds and marks what ray casting finds (%i dimensions, 60,000 points)',
    async (dimensions) => {
      const faults = await page.evaluate(async (d) => {
        const { t } = window;
        const n = 60_000;
        const [x, y, z] = t.cloud(n, 17);
        const { plot } = t;
        void plot;
        t.plot = t.lib.createScatterplot({
          canvas: document.querySelector('canvas')!,
          capacity: n,
          dimensions: d,
          background: 'black',
          pointSize: [3, 3],
          adaptiveSize: false,
        });
        t.plot.append(x, y, d === 3 ? z : undefined);
        t.plot.camera =
          d === 3
            ? { ...t.plot.camera, azimuth: 0.7, elevation: 0.3, zoom: 1.5 }
            : { ...t.plot.camera, zoom: 1.5 };
        const shown = Array.from({ length: n }, (_, i) => i % 5 !== 0);
        t.plot.setVisible(
          t.lib.toMask(
            shown.flatMap((is, i) => (is ? [i] : [])),
            n,
          ),
        );
        t.plot.draw();
        const hovered = new Promise((resolve) => t.plot.on('hover', resolve));
        document
          .querySelector('canvas')!
          .dispatchEvent(new PointerEvent('pointermove', { clientX: 220, clientY: 170 }));
        await hovered;
        const places = Array.from({ length: n }, (_, i) => t.plot.project({ x: x[i]!, y: y[i]!, z: z[i]! }));
        let wrong = 0;
        for (let k = 0; k < 200; k++) {
          const [px, py] = [(k * 37) % 400, (k * 91) % 300];
          let [best, least] = [-1, 8];
          places.forEach((place, i) => {
            const distance = Math.hypot(place.x - px, place.y - py);
            if (shown[i] && distance < least) [best, least] = [i, distance];
          });
          const picked = t.plot.pick(px, py);
          if (
            picked !== best &&
            (picked === -1 ||
              best === -1 ||
              Math.abs(Math.hypot(places[picked]!.x - px, places[picked]!.y - py) - least) > 1e-3)
          )
            wrong++;
        }
        const polygon = Array.from(
          { length: 24 },
          (_, k) => 40 + ((k * 7919) % 311) * (k % 2 === 0 ? 1 : 0.7),
        );
        const mask = t.plot.inside(polygon);
        let unlike = 0;
        places.forEach((place, i) => {
          let odd = false;
          for (let k = 0; k < 24; k += 2) {
            const [x0, y0, x1, y1] = [
              polygon[k]!,
              polygon[k + 1]!,
              polygon[(k + 2) % 24]!,
              polygon[(k + 3) % 24]!,
            ];
            if (x0 > place.x !== x1 > place.x && place.y < y0 + ((place.x - x0) / (x1 - x0)) * (y1 - y0))
              odd = !odd;
          }
          if (t.lib.hasBit(mask, i) !== (odd && shown[i]!)) unlike++;
        });
        return { wrong, unlike, some: t.lib.countBits(mask) > 1000 };
      }, dimensions);
      expect(faults.some).toBe(true);
      expect(faults.wrong).toBe(0);
      expect(faults.unlike).toBeLessThanOrEqual(3);
    },
  );

  it('draws density that is highest where points crowd, also of a filtered part', async () => {
    const seen = await page.evaluate(() => {
      const { t } = window;
      const n = 20_000;
      const [x, y] = t.cloud(n, 5);
      t.plot = t.lib.createScatterplot({
        canvas: document.querySelector('canvas')!,
        capacity: n,
        dimensions: 2,
        background: 'black',
      });
      t.plot.append(x, y);
      t.plot.setDensity(true);
      const sum = (color: readonly number[]): number => color.reduce((a, b) => a + b);
      const all = [t.pixel(200, 150), t.pixel(200, 90), t.pixel(2, 2)].map(sum);
      t.plot.setVisible(
        t.lib.toMask(
          Array.from(x, (_, i) => i).filter((i) => x[i]! > 0.5),
          n,
        ),
      );
      return { all, left: sum(t.pixel(170, 150)), right: sum(t.pixel(240, 150)) };
    });
    expect(seen.all[0]).toBeGreaterThan(seen.all[1]! + 30);
    expect(seen.all[2]).toBe(0);
    expect(seen.right).toBeGreaterThan(seen.left + 100);
  });

  it('draws again after the graphics context was lost', async () => {
    await three();
    expect(
      await page.evaluate(async () => {
        const { t } = window;
        const canvas = document.querySelector('canvas')!;
        const loss = canvas.getContext('webgl2')!.getExtension('WEBGL_lose_context')!;
        const event = (type: string): Promise<unknown> =>
          new Promise((resolve) => {
            canvas.addEventListener(type, resolve, { once: true });
          });
        const [lost, restored] = [event('webglcontextlost'), event('webglcontextrestored')];
        loss.loseContext();
        await lost;
        await new Promise(requestAnimationFrame);
        t.plot.draw();
        loss.restoreContext();
        await restored;
        return t.pixel(200, 150);
      }),
    ).toEqual(GREEN);
  });

  it('makes a picture finer than the screen', async () => {
    await three();
    expect(
      await page.evaluate(async () => {
        const { t } = window;
        const picture = await createImageBitmap(await t.plot.toImage(3));
        const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d')!;
        context.drawImage(picture, 0, 0);
        const low = t.plot.project({ x: -4, y: -3, z: 0 });
        return [
          picture.width,
          picture.height,
          ...[
            [low.x, low.y],
            [200, 150],
            [200, 158],
          ].map(([x, y]) => [...context.getImageData(3 * x!, 3 * y!, 1, 1).data.slice(0, 3)]),
        ];
      }),
    ).toEqual([1200, 900, RED, GREEN, BLACK]);
  });

  it('refuses a picture beyond the card', async () => {
    await three();
    expect(
      await page.evaluate(() =>
        window.t.plot.toImage(1000).catch((error: { reason: string }) => error.reason),
      ),
    ).toBe('IMAGE_TOO_LARGE');
  });

  it('rests when nothing changes', async () => {
    await three();
    expect(
      await page.evaluate(async () => {
        const { t } = window;
        const frames = async (): Promise<number> => {
          let drawn = 0;
          const off = t.plot.on('frame', () => {
            drawn++;
          });
          for (let i = 0; i < 6; i++) await new Promise(requestAnimationFrame);
          off();
          return drawn;
        };
        await frames();
        const resting = await frames();
        t.plot.setPointSize([4, 4]);
        return [resting, await frames()];
      }),
    ).toEqual([0, 1]);
  });

  it('gives all back when destroyed: the canvas is free for another plot, or removed', async () => {
    await three();
    expect(
      await page.evaluate(async () => {
        const { t } = window;
        const canvas = document.querySelector('canvas')!;
        t.plot.destroy();
        t.plot = t.lib.createScatterplot({ canvas, capacity: 8, dimensions: 2, background: 'white' });
        const again = t.pixel(200, 150);
        t.plot.destroy();
        canvas.remove();
        await new Promise((resolve) => {
          canvas.addEventListener('webglcontextlost', resolve);
        });
        return [document.querySelectorAll('svg').length, again, canvas.getContext('webgl2')!.isContextLost()];
      }),
    ).toEqual([0, WHITE, true]);
  });

  it('takes the background of either theme', async () => {
    await three();
    expect(
      await page.evaluate(() => {
        window.t.plot.setBackground('#fff');
        return window.t.pixel(300, 40);
      }),
    ).toEqual(WHITE);
  });

  it(
    'lays rings around marked points without drawing points anew, takes them along, and has them in ' +
      'pictures',
    async () => {
      await three();
      const seen = await page.evaluate(async () => {
        const { t } = window;
        t.plot.draw();
        let drawn = 0;
        t.plot.on('frame', () => {
          drawn++;
        });
        t.plot.setMarked([1, 99]);
        for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
        const ring = (): { x: number; y: number; stroke: string | null } => {
          const path = document.querySelectorAll<SVGPathElement>('svg path')[1]!;
          const box = path.getBBox();
          return { x: box.x + box.width / 2, y: box.y + box.height / 2, stroke: path.getAttribute('stroke') };
        };
        const still = { ring: ring(), drawn };
        t.plot.camera = { ...t.plot.camera, center: { x: -1, y: 0, z: 0 } };
        t.plot.draw();
        const place = t.plot.project({ x: 0, y: 0, z: 0 });
        const picture = await createImageBitmap(await t.plot.toImage(1));
        const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d')!;
        context.drawImage(picture, 0, 0);
        return {
          still,
          moved: ring(),
          place,
          inPicture: [...context.getImageData(Math.round(place.x) + 8, 150, 1, 1).data.slice(0, 3)],
        };
      });
      expect(seen.still).toEqual({
        ring: { x: expect.closeTo(200, 1), y: expect.closeTo(150, 1), stroke: 'rgb(255 255 255)' },
        drawn: 0,
      });
      expect(seen.moved.x).toBeCloseTo(seen.place.x, 1);
      expect(seen.inPicture).toEqual(WHITE);
    },
  );

  it('draws points that come in parts as they come, aside, and in the end what it draws of all of them', async () => {
    const seen = await page.evaluate(async () => {
      const { t } = window;
      const canvas = document.querySelector('canvas')!;
      const [n, parts] = [300_000, 3];
      const [x, y] = t.cloud(n, 5);
      const codes = Uint8Array.from({ length: n }, (_, i) => (i * 7) % 2);
      const sizes = Uint8Array.from({ length: n }, (_, i) => (i * 31) % 256);
      const palette = t.palette([255, 0, 0], [0, 255, 0]);
      t.plot = t.lib.createScatterplot({
        canvas,
        capacity: n,
        dimensions: 2,
        background: 'black',
        pointSize: [2, 8],
      });
      const image = (): Uint8Array => {
        const gl = canvas.getContext('webgl2')!;
        const pixels = new Uint8Array(4 * canvas.width * canvas.height);
        gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
        return pixels;
      };
      let shown: Uint8Array = new Uint8Array(0);
      t.plot.on('frame', () => {
        shown = image();
      });
      const lit = (): number => shown.reduce((sum, value, i) => sum + (i % 4 < 3 && value > 0 ? 1 : 0), 0);
      const drawn = (points: number): Promise<void> =>
        new Promise((resolve) => {
          const off = t.plot.on('frame', (frame) => {
            if (frame.points === points) {
              off();
              setTimeout(resolve);
            }
          });
        });
      const grown: number[] = [];
      for (let part = 0; part < parts; part++) {
        const [from, to] = [(part * n) / parts, ((part + 1) * n) / parts];
        const done = drawn(to);
        t.plot.extend(
          {
            x: x.subarray(from, to),
            y: y.subarray(from, to),
            colors: codes.subarray(from, to),
            palette,
            sizes: sizes.subarray(from, to),
          },
          n,
        );
        await done;
        grown.push(lit());
        if (to === n) await drawn(n); // in their order
      }
      const aside = shown;
      t.plot.draw();
      const differing = image().filter((value, i) => Math.abs(value - aside[i]!) > 2).length;
      t.plot.setColors(
        codes.map((code) => 1 - code),
        palette,
      );
      await drawn(n);
      const swapped = shown;
      t.plot.draw();
      return {
        count: t.plot.count,
        grown,
        differing,
        recolored: swapped.filter((value, i) => Math.abs(value - aside[i]!) > 2).length,
        afterwards: image().filter((value, i) => Math.abs(value - swapped[i]!) > 2).length,
      };
    });
    expect(seen.count).toBe(300_000);
    expect(seen.grown[0]).toBeGreaterThan(10_000);
    expect(seen.grown[0]).toBeLessThan(seen.grown[2]!);
    expect([seen.differing, seen.afterwards]).toEqual([0, 0]);
    expect(seen.recolored).toBeGreaterThan(10_000);
  });

  it('draws the topmost of many points at once on a canvas of another size, and then all of them', async () => {
    const seen = await page.evaluate(async () => {
      const { t } = window;
      const canvas = document.querySelector('canvas')!;
      const n = 300_000;
      t.plot = t.lib.createScatterplot({ canvas, capacity: n, dimensions: 2, background: 'black' });
      const [x, y] = t.cloud(n, 5);
      t.plot.append(x, y);
      t.plot.draw();
      const image = (): Uint8Array => {
        const gl = canvas.getContext('webgl2')!;
        const pixels = new Uint8Array(4 * canvas.width * canvas.height);
        gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
        return pixels;
      };
      const lit = (pixels: Uint8Array): number =>
        pixels.reduce((sum, value, i) => sum + (i % 4 < 3 && value > 0 ? 1 : 0), 0);
      const frames: { points: number; lit: number; height: number }[] = [];
      let shown: Uint8Array = new Uint8Array(0);
      const all = new Promise<void>((resolve) => {
        t.plot.on('frame', ({ points }) => {
          shown = image();
          frames.push({ points, lit: lit(shown), height: canvas.height });
          if (points === n && canvas.height === 200) setTimeout(resolve);
        });
      });
      // Once more before all are drawn.
      canvas.style.height = '220px';
      for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
      canvas.style.height = '200px';
      await all;
      const aside = shown;
      const resized = frames.filter(({ height }) => height === 200);
      t.plot.draw();
      return {
        points: [...new Set(frames.map(({ points }) => points))],
        first: resized[0]!,
        last: resized.at(-1)!,
        differing: image().filter((value, i) => Math.abs(value - aside[i]!) > 2).length,
      };
    });
    // No part of the picture takes the place of the topmost points.
    expect(seen.points).toEqual([32_768, 300_000]);
    expect(seen.first.points).toBe(32_768);
    expect(seen.first.lit).toBeGreaterThan(10_000);
    expect(seen.last.points).toBe(300_000);
    expect(seen.last.lit).toBeGreaterThan(seen.first.lit);
    expect(seen.differing).toBe(0);
  });
});
