import { countBits, createScatterplot, type Scatterplot } from '@noema/scatterplot';
import createPeer, { createRenderer } from 'regl-scatterplot';
import type { Cloud } from './cloud.js';

/** One scatterplot under measurement, in the browser. */
export interface Contestant {
  /** Takes the points and draws them; returns milliseconds until the first frame was really drawn. */
  upload(cloud: Cloud): Promise<number>;
  /** Shows the data around (x, y) at the given zoom; draws with the next animation frame. */
  look(x: number, y: number, zoom: number): void;
  /** Returns when the card is done. */
  fence(): void;
}

/** The used part of Embedding Atlas. */
export type AtlasView = new (target: HTMLElement, props: object) => { update(props: object): void };

export const WIDTH = 1000;
export const HEIGHT = 700;
const POINT_PX = 4;
const OPACITY = 0.5;
/** The size by which Embedding Atlas draws discs of the same width. */
const ATLAS_SIZE = 2.3;
export const COLORS = [
  '#e69f00',
  '#56b4e9',
  '#009e73',
  '#f0e442',
  '#0072b2',
  '#d55e00',
  '#cc79a7',
  '#888888',
  '#662506',
  '#aa4499',
];

function createCanvas(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.style.cssText = `display:block;width:${WIDTH}px;height:${HEIGHT}px`;
  document.body.append(canvas);
  return canvas;
}

/** Waits for the card by reading one pixel. */
export function createFence(gl: WebGLRenderingContext | WebGL2RenderingContext): () => void {
  const pixel = new Uint8Array(4);
  return () => {
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  };
}

/** Noema's own, drawn as they came or sorted by their losses, which costs an index of points. */
export function ours(
  capacity: number,
  sorted: boolean,
): Contestant & {
  readonly plot: Scatterplot;
  pickMs(times: number): Promise<number[]>;
  lassoMs(times: number): number[];
} {
  const canvas = createCanvas();
  const plot = createScatterplot({
    canvas,
    capacity,
    dimensions: 2,
    background: '#000',
    pointSize: [POINT_PX, POINT_PX],
    adaptiveSize: false,
  });
  plot.setOpacity(OPACITY);
  const fence = createFence(canvas.getContext('webgl2')!);
  let unit = 1;
  let first = { x: 0, y: 0, z: 0 };
  return {
    plot,
    fence,
    upload: async ({ x, y, classes, losses }) => {
      const start = performance.now();
      plot.append(x, y);
      plot.setColors(classes, toPalette(COLORS));
      if (sorted) plot.setSizes(losses);
      plot.draw();
      fence();
      first = { x: x[0]!, y: y[0]!, z: 0 };
      unit = plot.project({ x: 1, y: 0, z: 0 }).x - plot.project({ x: 0, y: 0, z: 0 }).x;
      return performance.now() - start;
    },
    look: (x, y, zoom) => {
      plot.camera = { center: { x, y, z: 0 }, zoom: (zoom * HEIGHT) / 2 / unit, azimuth: 0, elevation: 0 };
    },
    pickMs: async (times) => {
      await hovered(plot, canvas, first);
      return measureTimes(times, (k) => plot.pick((k * 37) % WIDTH, (k * 91) % HEIGHT));
    },
    lassoMs: (times) => measureTimes(times, (k) => countBits(plot.inside(star(k)))),
  };
}

/** regl-scatterplot in the same dress. */
export function regl(): Contestant {
  const canvas = createCanvas();
  const renderer = createRenderer();
  renderer.resize(WIDTH, HEIGHT);
  const plot = createPeer({
    renderer,
    canvas,
    width: WIDTH,
    height: HEIGHT,
    pointSize: POINT_PX,
    opacity: OPACITY,
    pointScaleMode: 'constant',
    pointColor: COLORS,
    colorBy: 'valueA',
    backgroundColor: '#000000',
    performanceMode: false,
  });
  const fence = createFence(renderer.canvas.getContext('webgl')!);
  return {
    fence,
    upload: async ({ x, y, classes }) => {
      const start = performance.now();
      await plot.draw({ x, y, valueA: Array.from(classes) }, { zDataType: 'categorical' });
      fence();
      return performance.now() - start;
    },
    look: (x, y, zoom) => {
      plot.view([zoom, 0, 0, 0, 0, zoom, 0, 0, 0, 0, 1, 0, -x * zoom, -y * zoom, 0, 1], {
        preventEvent: true,
      });
    },
  };
}

/** The plot of Embedding Atlas, whose script the page was given. */
export function atlas(EmbeddingView: AtlasView): Contestant {
  const target = document.createElement('div');
  document.body.append(target);
  let plot: InstanceType<AtlasView> | undefined;
  let fence = (): void => undefined;
  const viewportState = (x: number, y: number, zoom: number): object => ({
    x,
    y,
    scale: (zoom * HEIGHT) / WIDTH,
  });
  return {
    fence: () => {
      fence();
    },
    upload: async ({ x, y, classes }) => {
      const start = performance.now();
      plot = new EmbeddingView(target, {
        data: { x, y, category: classes },
        categoryColors: COLORS,
        width: WIDTH,
        height: HEIGHT,
        pixelRatio: 1,
        viewportState: viewportState(0, 0, 1),
        config: {
          mode: 'points',
          pointSize: ATLAS_SIZE,
          autoLabelEnabled: false,
          colorScheme: 'dark',
          downsampleMaxPoints: null,
        },
      });
      while (target.querySelector('canvas')?.width !== WIDTH) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      fence = createFence(target.querySelector('canvas')!.getContext('webgl2')!);
      fence();
      return performance.now() - start;
    },
    look: (x, y, zoom) => {
      plot!.update({ viewportState: viewportState(x, y, zoom) });
    },
  };
}

export function toPalette(colors: readonly string[]): Uint8Array {
  return Uint8Array.from({ length: 1024 }, (_, i) =>
    i % 4 === 3
      ? 255
      : parseInt(colors[(i >> 2) % colors.length]!.slice(1 + 2 * (i % 4), 3 + 2 * (i % 4)), 16),
  );
}

/** Hovers over a point until it is found, which needs the index. */
function hovered(
  plot: Scatterplot,
  canvas: HTMLCanvasElement,
  place: { readonly x: number; readonly y: number; readonly z: number },
): Promise<void> {
  const { x, y } = plot.project(place);
  const { left, top } = canvas.getBoundingClientRect();
  return new Promise((resolve) => {
    const off = plot.on('hover', () => {
      off();
      resolve();
    });
    canvas.dispatchEvent(new PointerEvent('pointermove', { clientX: left + x, clientY: top + y }));
  });
}

/** An outline of 200 corners that winds around the middle. */
function star(k: number): number[] {
  return Array.from({ length: 200 }, (_, i) => [
    0.5 * WIDTH + Math.cos(i * 0.0314) * (150 + 100 * Math.sin(i + k)),
    0.5 * HEIGHT + Math.sin(i * 0.0314) * (150 + 100 * Math.sin(i + k)),
  ]).flat();
}

function measureTimes(times: number, work: (k: number) => unknown): number[] {
  return Array.from({ length: times }, (_, k) => {
    const start = performance.now();
    work(k);
    return performance.now() - start;
  });
}
