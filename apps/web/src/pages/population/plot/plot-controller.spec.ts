import type { Scatterplot } from '@noema/scatterplot';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ColumnRequest, PointColumns } from '../../../api/point-columns.js';
import { spreadOrder } from '../../../api/spread-order.js';
import type { BitMask } from '../points/bit-mask.js';
import { PointCache, type PointScope } from '../points/point-cache.js';
import { type PlotContents, PlotController, type PlotStatus } from './plot-controller.js';

const POINTS = 4;
const scope: PointScope = { explorationId: 'map-1', runId: 'run', epoch: 1, datasetVersionId: 'data' };
const later: PointScope = { ...scope, explorationId: 'map-2', epoch: 2 };

beforeEach(() => {
  vi.stubGlobal('window', { matchMedia: () => ({ matches: false }) });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Columns of which the first `loaded` points have come. */
const makeColumns = ({ columns }: ColumnRequest, loaded: number): PointColumns => ({
  count: POINTS,
  loaded,
  dimensions: 2,
  stride: 1,
  ...spreadOrder(POINTS, 1),
  texts: new Map(),
  codes: new Map(),
  numbers: new Map(columns.map((name) => [name, new Float32Array(POINTS)])),
});

/** An API whose streams go on by calls of the test. */
function streams() {
  const asked: {
    map: string;
    part: (from: number, to: number) => void;
    end: () => void;
    fail: (error: unknown) => void;
  }[] = [];
  const load = (request: ColumnRequest): Promise<PointColumns> =>
    new Promise((resolve, reject) => {
      asked.push({
        map: request.explorationId,
        part: (from, to) => request.onBatch?.(makeColumns(request, to), from),
        end: () => {
          resolve(makeColumns(request, POINTS));
        },
        fail: reject,
      });
    });
  return { asked, cache: new PointCache(load) };
}

/** A canvas that records its calls, with a controller of it. */
function canvas() {
  const told: unknown[][] = [];
  const heard = new Map<string, (event: never) => void>();
  const note =
    (name: string) =>
    (...values: unknown[]): undefined => {
      told.push([name, ...values]);
    };
  const plot = {
    count: 0,
    isFitted: true,
    extend: (_: unknown, count: number) => {
      plot.count = count;
      note('extend')(count);
    },
    append: (x: Float32Array) => {
      plot.count += x.length;
      note('append')(x.length);
    },
    moveTo: (_: unknown, ms: number) => {
      note('moveTo')(ms);
      return Promise.resolve();
    },
    on: (name: string, listener: (event: never) => void) => {
      heard.set(name, listener);
      return () => heard.delete(name);
    },
    set camera(value: unknown) {
      note('camera')(value);
    },
    get camera() {
      return { center: { x: 1, y: 2, z: 0 }, zoom: 3, azimuth: 0, elevation: 0 };
    },
    ...Object.fromEntries(
      [
        'setColors',
        'setSizes',
        'setBackground',
        'setPointSize',
        'setPadding',
        'setVisible',
        'setSelected',
        'setMarked',
        'setDensity',
        'setMode',
        'fit',
        'destroy',
      ].map((name) => [name, note(name)]),
    ),
  };
  const api = streams();
  const statuses: PlotStatus[] = [];
  const controller = new PlotController(
    plot as unknown as Scatterplot,
    { count: POINTS, dimensions: 2 },
    api.cache,
    (status) => statuses.push(status),
  );
  const named = (name: string): unknown[][] => told.filter(([one]) => one === name);
  return { controller, plot, told, named, heard, statuses, ...api };
}

const contents: PlotContents = {
  scope,
  preview: undefined,
  firstColumns: [],
  encoding: () => ({ next: () => ({}) }) as unknown as ReturnType<PlotContents['encoding']>,
  color: undefined,
  sizes: undefined,
  pointSize: [1, 2],
  background: '#fff',
  padding: { left: 0, right: 0, top: 0, bottom: 0 },
  visible: undefined,
  selected: undefined,
  marked: [],
  density: false,
  mode: 'pan',
  camera: undefined,
  onCamera: () => undefined,
  onClick: () => undefined,
  onSelect: () => undefined,
  onStart: () => undefined,
};
const color = { codes: new Uint8Array(POINTS), palette: [] } as unknown as PlotContents['color'];
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('draws a first map part by part, colors it once it is complete, and reports how far it is', async () => {
  const { controller, asked, named, statuses } = canvas();
  controller.update({ ...contents, color });
  asked[0]!.part(0, 2);
  expect(named('setColors')).toEqual([]);
  asked[0]!.end();
  await settled();
  expect([named('extend').length, named('append')]).toEqual([1, []]);
  expect(statuses.map(({ state }) => state)).toEqual(['loading', 'loading', 'ready']);
  expect(statuses.at(-1)).toEqual({ state: 'ready', drawn: POINTS, fault: undefined });
  expect(named('setColors').length).toBe(1);
});

it('sends to the canvas only what has changed', async () => {
  const { controller, asked, told } = canvas();
  controller.update({ ...contents, color });
  asked[0]!.end();
  await settled();
  told.length = 0;
  controller.update({ ...contents, color, onClick: () => undefined });
  expect(told).toEqual([]);
  controller.update({ ...contents, color, density: true });
  expect(told).toEqual([['setDensity', true]]);
  expect(asked.length).toBe(1);
});

it('moves the dots to a later map, and draws nothing of a map that was left while it loaded', async () => {
  const { controller, asked, named, statuses } = canvas();
  controller.update(contents);
  asked[0]!.end();
  await settled();
  controller.update({ ...contents, scope: { ...later, explorationId: 'map-left' } });
  controller.update({ ...contents, scope: later });
  expect(asked.map(({ map }) => map)).toEqual(['map-1', 'map-left', 'map-2']);
  asked[1]!.fail(new Error('left'));
  await settled();
  expect([named('moveTo'), statuses.at(-1)!.state]).toEqual([[], 'loading']);
  asked[2]!.end();
  await settled();
  expect(named('moveTo')).toEqual([['moveTo', 900]]);
  expect(statuses.at(-1)).toEqual({ state: 'ready', drawn: POINTS, fault: undefined });
});

it('says why a map did not come, and loads it when a person tries again', async () => {
  const { controller, asked, statuses } = canvas();
  controller.update(contents);
  const fault = new Error('no such map');
  asked[0]!.fail(fault);
  await settled();
  expect(statuses.at(-1)).toEqual({ state: 'loading', drawn: 0, fault });
  controller.retry();
  asked[1]!.end();
  await settled();
  expect(statuses.at(-1)).toEqual({ state: 'ready', drawn: POINTS, fault: undefined });
});

it('shows a map that is being made, and takes over when it is made', async () => {
  const { controller, asked, named, statuses } = canvas();
  const preview = { x: new Float32Array(POINTS), y: new Float32Array(POINTS) };
  controller.update({ ...contents, preview });
  expect([asked.length, statuses.at(-1)]).toEqual([0, { state: 'preview', drawn: POINTS, fault: undefined }]);
  controller.update(contents);
  asked[0]!.end();
  await settled();
  expect(named('moveTo').at(-1)).toEqual(['moveTo', 900]);
  expect(statuses.at(-1)!.state).toBe('ready');
});

it('names the map that a selection was drawn on, which is not the one that loads', async () => {
  const { controller, asked, heard } = canvas();
  const onSelect = vi.fn();
  controller.update({ ...contents, onSelect });
  asked[0]!.end();
  await settled();
  controller.update({ ...contents, onSelect, scope: later });
  const outline = new Float32Array(6);
  const mask = new Uint8Array(1) as unknown as BitMask;
  heard.get('select')!({ mask, mode: 'replace', outline } as never);
  expect(onSelect).toHaveBeenCalledExactlyOnceWith(mask, 'replace', { mapId: 'map-1', outline });
});

it('reports the camera once it rests, does not take its own for another, and not for another map', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { controller, asked, plot, heard, named } = canvas();
  const onCamera = vi.fn();
  controller.update({ ...contents, onCamera });
  asked[0]!.end();
  await settled();
  plot.isFitted = false;
  heard.get('camera')!({} as never);
  vi.advanceTimersByTime(250);
  const camera = { x: 1, y: 2, z: 0, zoom: 3, azimuth: 0, elevation: 0 };
  expect(onCamera).toHaveBeenCalledExactlyOnceWith(camera);
  controller.update({ ...contents, onCamera, camera: onCamera.mock.calls[0]![0] });
  expect([named('camera'), named('fit')]).toEqual([[], []]);
  controller.update({ ...contents, onCamera, camera: undefined });
  expect(named('fit').length).toBe(1);
  heard.get('camera')!({} as never);
  controller.update({ ...contents, onCamera, scope: later });
  vi.advanceTimersByTime(250);
  expect(onCamera).toHaveBeenCalledTimes(1);
});
