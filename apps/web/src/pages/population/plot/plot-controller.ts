import type { Camera, Padding, Scatterplot } from '@noema/scatterplot';
import type { PointColumns } from '../../../api/point-columns.js';
import { toFault } from '../../../api/query-client.js';
import type { ColorEncoding } from '../encoding/color-encoding.js';
import type { PartEncoding } from '../encoding/part-encoding.js';
import type { BitMask } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';
import type { PointCache, PointScope } from '../points/point-cache.js';
import { type Coordinates, PreviewDots } from '../points/preview-dots.js';
import type { How, OutlineStep } from '../selection/selection-steps.js';
import type { CameraState } from './camera.js';

/** Which map was selected on, and the outline in its units. */
export type SelectedArea = Pick<OutlineStep, 'mapId' | 'outline'>;

export type PlotMode = 'pan' | 'lasso' | 'rectangle';

/** The map on a canvas, its looks, and the functions that are called when a person acts on it. */
export interface PlotContents {
  readonly scope: PointScope;
  /** The map so far, by row, while it is being made; its columns are requested when it is made. */
  readonly preview: Coordinates | undefined;
  /** Columns that come in the first stream, in addition to the coordinates. */
  readonly firstColumns: readonly string[];
  /** Colors and sizes of a first stream, part by part. */
  readonly encoding: () => PartEncoding;
  readonly color: ColorEncoding | undefined;
  readonly sizes: Uint8Array | undefined;
  readonly pointSize: readonly [number, number];
  readonly background: string;
  /** The width of panels that lie over the edges of the canvas. */
  readonly padding: Padding;
  readonly visible: BitMask | undefined;
  readonly selected: BitMask | undefined;
  readonly marked: readonly number[];
  readonly density: boolean;
  readonly mode: PlotMode;
  /** The camera of the address; taken over when it differs from the last one that the plot reported. */
  readonly camera: CameraState | undefined;
  readonly onCamera: (camera: CameraState | undefined) => void;
  /** `at` is the place of the click on the canvas. */
  readonly onClick: (point: number, more: boolean, at: { readonly x: number; readonly y: number }) => void;
  readonly onSelect: (mask: BitMask, how: How, area: SelectedArea | undefined) => void;
  /** Called when the columns of a map have been requested. */
  readonly onStart: (explorationId: string) => void;
}

/** How far the dots have come. */
export interface PlotStatus {
  readonly state: 'loading' | 'preview' | 'ready';
  /** How many dots are on the canvas. */
  readonly drawn: number;
  /** Why the columns of the map did not come. */
  readonly fault: unknown;
}

export const LOADING: PlotStatus = { state: 'loading', drawn: 0, fault: undefined };

/** How long dots glide from one map to the next. */
const GLIDE_MS = 900;
/** How long the view rests before it is written into the address, in milliseconds. */
const CAMERA_REST_MS = 250;
/** Pauses before columns are requested again while Noema does not answer, in milliseconds. */
const RETRY_MS = [700, 1_500, 3_000];

/** Draws the maps of one population on one canvas: a first map as it comes, later ones by gliding dots. */
export class PlotController {
  private readonly dots: PreviewDots;
  private contents: PlotContents | undefined;
  private status = LOADING;
  /** The camera that the address has from here. */
  private told: CameraState | undefined;
  private drawnMap = '';
  private rest: ReturnType<typeof setTimeout> | undefined;
  /** Leaves the map whose columns are being loaded. */
  private leave = (): void => undefined;

  constructor(
    readonly plot: Scatterplot,
    private readonly size: { readonly count: number; readonly dimensions: 2 | 3 },
    private readonly cache: Pick<PointCache, 'want' | 'find' | 'findOrder'>,
    private readonly onStatus: (status: PlotStatus) => void,
  ) {
    this.dots = new PreviewDots(plot, glideMs);
    plot.on('click', (e) => this.contents?.onClick(e.point, e.shiftKey || e.metaKey, e));
    plot.on('select', ({ mask, mode, outline }) => {
      const area = outline === undefined ? undefined : { mapId: this.drawnMap, outline };
      this.contents?.onSelect(mask, mode, area);
    });
    plot.on('camera', () => {
      clearTimeout(this.rest);
      this.rest = setTimeout(() => {
        this.tellCamera();
      }, CAMERA_REST_MS);
    });
  }

  /** Shows these contents, and sends to the canvas only the changed ones. */
  update(next: PlotContents): void {
    const last = this.contents;
    this.contents = next;
    const isNew = (...keys: (keyof PlotContents)[]): boolean =>
      last === undefined || keys.some((key) => last[key] !== next[key]);
    const isNewScope = (...keys: (keyof PointScope)[]): boolean =>
      last === undefined || keys.some((key) => last.scope[key] !== next.scope[key]);
    // A view that was moved just before is that of the map it was moved in.
    if (isNewScope('explorationId')) clearTimeout(this.rest);
    const isMade = next.preview === undefined;
    const wasMade = last !== undefined && last.preview === undefined;
    if (isMade !== wasMade || isNewScope('explorationId', 'runId', 'epoch', 'datasetVersionId')) {
      this.leave();
      if (isMade) this.load();
    }
    if (next.preview !== undefined && (isNew('preview') || isNewScope('datasetVersionId')))
      this.showPreview(next.preview);
    if (isNew('color') || isNewScope('datasetVersionId')) this.paint();
    if (isNew('color', 'sizes')) this.resize();
    if (isNew('background')) this.plot.setBackground(next.background);
    if (isNew('pointSize')) this.plot.setPointSize(next.pointSize);
    if (isNew('padding')) this.plot.setPadding(next.padding);
    if (isNew('visible')) this.plot.setVisible(next.visible);
    if (isNew('selected')) this.plot.setSelected(next.selected);
    if (isNew('marked')) this.plot.setMarked(next.marked);
    if (isNew('density')) this.plot.setDensity(next.density);
    if (isNew('mode')) this.plot.setMode(next.mode);
    if (isNew('camera')) this.takeCamera(next.camera);
  }

  /** Asks for the columns of the map again. */
  retry(): void {
    this.leave();
    if (this.contents?.preview === undefined) this.load();
  }

  destroy(): void {
    this.leave();
    clearTimeout(this.rest);
    this.plot.destroy();
  }

  private tell(change: Partial<PlotStatus>): void {
    const before = this.status.state;
    this.status = { ...this.status, ...change };
    this.onStatus(this.status);
    if (this.status.state === before) return;
    this.paint();
    this.resize();
  }

  private showPreview(preview: Coordinates): void {
    this.tell({ state: 'preview', fault: undefined });
    void this.dots.show(preview, this.order());
    this.tell({ drawn: preview.x.length });
  }

  /** Loads the map and draws it: part by part as it comes where the canvas is empty, else at once. */
  private load(): void {
    const { contents, plot, cache, size } = this;
    if (contents === undefined) return;
    const { scope, firstColumns } = contents;
    const axes = size.dimensions === 3 ? ['x', 'y', 'z'] : ['x', 'y'];
    const isFirst = plot.count === 0;
    const encoding = contents.encoding();
    const off = isFirst ? markDots(plot, size.count) : undefined;
    let left = false;
    this.leave = () => {
      left = true;
      off?.();
      this.leave = () => undefined;
    };
    this.tell({ state: 'loading', fault: undefined });
    const onBatch = (columns: PointColumns, from: number): void => {
      if (left || plot.count !== from) return;
      const [x, y, z] = ['x', 'y', 'z'].map((name) =>
        columns.numbers.get(name)?.subarray(from, columns.loaded),
      );
      if (x === undefined || y === undefined) return;
      this.add(scope, () => {
        plot.extend({ x, y, z, ...encoding.next(columns, from) }, columns.count);
      });
    };
    const want = async (failures = 0): Promise<void> => {
      try {
        await cache.want(scope, isFirst ? [...axes, ...firstColumns] : axes, isFirst ? { onBatch } : {});
      } catch (error) {
        if (left || failures === RETRY_MS.length || !['unavailable', 'timeout'].includes(toFault(error).kind))
          throw error;
        await new Promise((resolve) => {
          setTimeout(resolve, RETRY_MS[failures]);
        });
        if (!left) await want(failures + 1);
      }
    };
    const loading = want();
    contents.onStart(scope.explorationId);
    loading.then(
      () => {
        if (left) return;
        this.drawRest(scope, isFirst);
        this.tell({ state: 'ready' });
      },
      (fault: unknown) => {
        if (!left) this.tell({ fault });
      },
    );
  }

  /** Draws what no part of the stream has drawn: the rest of a first map, or all of a later one. */
  private drawRest(scope: PointScope, isFirst: boolean): void {
    const { plot, cache } = this;
    const [x, y, found] = ['x', 'y', 'z'].map((name) => findNumbers(cache.find(scope, name)));
    if (x === undefined || y === undefined) return;
    const z = this.size.dimensions === 3 ? found : undefined;
    const from = plot.count;
    if (from < x.length)
      this.add(scope, () => {
        plot.append(x.subarray(from), y.subarray(from), z?.subarray(from));
      });
    else if (!isFirst) {
      this.drawnMap = scope.explorationId;
      this.dots.sort(this.order());
      void plot.moveTo(z === undefined ? { x, y } : { x, y, z }, glideMs());
    }
  }

  private add(scope: PointScope, draw: () => void): void {
    const isFirst = this.plot.count === 0;
    this.drawnMap = scope.explorationId;
    draw();
    const camera = this.contents?.camera;
    if (isFirst) {
      this.told = camera;
      if (camera !== undefined) this.plot.camera = toCamera(camera);
    }
    this.tell({ drawn: this.plot.count });
  }

  private order() {
    return this.contents && this.cache.findOrder(this.contents.scope);
  }

  private paint(): void {
    const { plot, status } = this;
    const color = this.contents?.color;
    if (color === undefined || status.state === 'loading') return;
    if (plot.count === 0 || color.codes.length < plot.count) return;
    this.dots.sort(this.order());
    plot.setColors(color.codes, color.palette);
  }

  private resize(): void {
    if (this.contents?.color !== undefined && this.status.state !== 'loading')
      this.plot.setSizes(this.contents.sizes);
  }

  /** Until the user moves the view, it is the one that shows everything, whatever its numbers are. */
  private tellCamera(): void {
    const next = this.plot.isFitted ? undefined : toState(this.plot.camera);
    if (next === undefined && this.told === undefined) return;
    this.told = next;
    this.contents?.onCamera(next);
  }

  private takeCamera(camera: CameraState | undefined): void {
    if (camera === this.told || this.plot.count === 0) return;
    this.told = camera;
    if (camera === undefined) this.plot.fit();
    else this.plot.camera = toCamera(camera);
  }
}

/** Marks in the timeline of the tab when the first dots, and when all of them, are on the canvas. */
function markDots(plot: Scatterplot, count: number): () => void {
  let first = true;
  const off = plot.on('frame', ({ points }) => {
    if (points > 0 && first) {
      performance.mark('noema:first-points');
      first = false;
    }
    if (points >= count) {
      performance.mark('noema:all-points');
      off();
    }
  });
  return off;
}

/** How long dots glide, in milliseconds; not at all where a person wants less motion. */
const glideMs = (): number => (window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : GLIDE_MS);
const findNumbers = (column: Column | undefined): Float32Array | undefined =>
  column?.kind === 'number' ? column.values : undefined;
const toState = ({ center, zoom, azimuth, elevation }: Camera): CameraState => ({
  ...center,
  zoom,
  azimuth,
  elevation,
});
const toCamera = ({ x, y, z, zoom, azimuth, elevation }: CameraState): Camera => ({
  center: { x, y, z },
  zoom,
  azimuth,
  elevation,
});
