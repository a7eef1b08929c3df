import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import type * as Library from '../src/index.js';

/** Globals of the page for the tests: the library, and aids around one plot. */
export interface PlotPage {
  lib: typeof Library;
  plot: Library.Scatterplot;
  /** A palette of these colours, the last one repeated. */
  palette(...colors: readonly (readonly [number, number, number])[]): Uint8Array;
  /** Draws and reads the colour at a place of the canvas in CSS pixels. */
  pixel(x: number, y: number): [number, number, number];
  /** Normally distributed points from a seed, [x, y, z]. */
  cloud(n: number, seed: number): [Float32Array, Float32Array, Float32Array];
}

declare global {
  interface Window {
    t: PlotPage;
  }
}

let bundled: Promise<string> | undefined;

/** The library as one script; bundled once for all pages of a file. */
const libraryScript = (): Promise<string> =>
  (bundled ??= build({
    entryPoints: [fileURLToPath(new URL('../src/index.js', import.meta.url))],
    bundle: true,
    format: 'iife',
    globalName: 'lib',
    write: false,
    target: 'es2022',
  }).then(({ outputFiles }) => outputFiles[0]!.text));

/** A page with a canvas of 400 × 300 CSS pixels and the library at `window.t`. */
export async function openPlotPage(browser: Browser, deviceScaleFactor = 1): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 500, height: 400 }, deviceScaleFactor });
  await page.setContent(
    '<body style="margin:0"><div style="position:relative;padding:20px"><canvas ' +
      'style="width:400px;height:300px;display:block" aria-label="points"></canvas></div>',
  );
  await page.addScriptTag({ content: `${await libraryScript()}; window.t = { lib };` });
  await page.evaluate(aids);
  return page;
}

function aids(): void {
  const { t } = window;
  const canvas = document.querySelector('canvas')!;
  t.palette = (...colors) =>
    Uint8Array.from({ length: 1024 }, (_, i) =>
      i % 4 === 3 ? 255 : colors[Math.min(colors.length - 1, i >> 2)]![i % 4]!,
    );
  t.pixel = (x, y) => {
    t.plot.draw();
    const gl = canvas.getContext('webgl2')!;
    const ratio = canvas.width / canvas.clientWidth;
    const color = new Uint8Array(4);
    gl.readPixels(
      Math.floor(x * ratio),
      canvas.height - 1 - Math.floor(y * ratio),
      1,
      1,
      gl.RGBA,
      gl.UNSIGNED_BYTE,
      color,
    );
    return [color[0]!, color[1]!, color[2]!];
  };
  t.cloud = (n, seed) => {
    let state = seed;
    const random = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
    const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    const axes: [Float32Array, Float32Array, Float32Array] = [
      new Float32Array(n),
      new Float32Array(n),
      new Float32Array(n),
    ];
    for (let i = 0; i < n; i++) for (const axis of axes) axis[i] = normal();
    return axes;
  };
}
