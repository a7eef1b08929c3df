import { headed, number, part, plain } from '../../../parts/address/address-text.js';
import type { CameraState } from '../plot/camera.js';
import { FILTERS, filterEntry, rowsCode } from '../selection/filter-code.js';
import type { Filter } from '../selection/filters.js';
import { ALGORITHM_KEYS, type AlgorithmKey, type MapChoice } from '../maps/map-choice.js';
import { CONTINUOUS_SCALES, type ContinuousScale } from '../../../parts/scales/scales.js';
import type { ScaleKind } from '../../../parts/scales/number-scale.js';
import { weightingOf } from '../../../features/similar/weighting.js';

/** All that is needed to see the same again; it is the address of the page. */
export interface PopulationState {
  readonly map: MapChoice;
  /** Id of one of several maps that show the same, made with other settings; empty for the newest. */
  readonly made: string;
  /** Id of the map in which other data were placed in that map; empty for the map alone. */
  readonly placed: string;
  /** The map beside it; `undefined` for one map only. */
  readonly beside: MapChoice | undefined;
  /** Whether both maps move together. */
  readonly linked: boolean;
  /** Column of the color, or `none`. */
  readonly color: string;
  /** Column of the size, or `none`. */
  readonly size: string;
  /** `undefined` for what fits the column. */
  readonly scale: ScaleKind | undefined;
  readonly palette: ContinuousScale;
  /** Own colors by column and name, as `#rrggbb`. */
  readonly tints: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly filters: readonly Filter[];
  readonly search: string;
  /**
   * Selected rows as `encodeRows` or `encodeSteps` writes them, `slice:<id>`, `large` when an address cannot
   * hold them, or empty.
   */
  readonly selection: string;
  /** Row whose details are open. */
  readonly row: number | undefined;
  /** Rows that similar ones are asked for. */
  readonly like: readonly number[];
  /** What makes them alike, as `weightingText` writes it; empty for the space of the map. */
  readonly weigh: string;
  readonly camera: CameraState | undefined;
  readonly density: boolean;
  readonly labels: boolean;
  readonly left: boolean;
  readonly right: boolean;
}

/** Pixels of a window below which a panel is a sheet over the map; population.module.css has the same. */
const SHEETS_BELOW = 1_100;
const isNarrow = (): boolean => typeof window !== 'undefined' && window.innerWidth < SHEETS_BELOW;

/** Panels that lie over the map take turns. */
export const takesTurns = (): boolean => isNarrow();

export const INITIAL: PopulationState = {
  map: { epoch: 0, space: 'all', algorithm: 'umap', dimensions: 2 },
  made: '',
  placed: '',
  beside: undefined,
  linked: true,
  color: 'loss',
  size: 'loss',
  scale: undefined,
  palette: 'viridis',
  tints: {},
  filters: [],
  search: '',
  selection: '',
  row: undefined,
  like: [],
  weigh: '',
  camera: undefined,
  density: false,
  labels: true,
  left: !isNarrow(),
  right: !isNarrow(),
};

/** The address of a state; what is as at the beginning is left out. */
export function encodeState(state: PopulationState): URLSearchParams {
  const out = new URLSearchParams();
  const put = (key: string, value: string, initial: string): void => {
    if (value !== initial) out.set(key, value);
  };
  const { map, beside } = state;
  put('epoch', String(map.epoch), '0');
  put('space', map.space, 'all');
  put('algo', map.algorithm, 'umap');
  put('dim', String(map.dimensions), '2');
  put('map', state.made, '');
  put('placed', state.placed, '');
  if (beside !== undefined)
    out.set('beside', [beside.epoch, part(beside.space), beside.algorithm, beside.dimensions].join(','));
  put('linked', flag(state.linked), '1');
  put('color', state.color, INITIAL.color);
  put('size', state.size, INITIAL.size);
  if (state.scale !== undefined) out.set('scale', state.scale);
  put('palette', state.palette, INITIAL.palette);
  for (const [column, names] of Object.entries(state.tints)) {
    const all = Object.entries(names).map(([name, color]) => `${part(name)}=${color.slice(1)}`);
    if (all.length > 0) out.append('tint', `${part(column)}:${all.join(',')}`);
  }
  for (const filter of state.filters) out.append(...filterEntry(filter));
  put('q', state.search, '');
  put('sel', state.selection, '');
  if (state.row !== undefined) out.set('row', String(state.row));
  if (state.like.length > 0) out.set('like', state.like.join(','));
  put('weigh', state.weigh, '');
  if (state.camera !== undefined) {
    const c = state.camera;
    out.set(
      'cam',
      [c.x, c.y, c.zoom, ...(map.dimensions === 3 ? [c.z, c.azimuth, c.elevation] : [])]
        .map((n) => Number(n.toPrecision(6)))
        .join(','),
    );
  }
  put('density', flag(state.density), '0');
  put('labels', flag(state.labels), '1');
  put('left', flag(state.left), flag(INITIAL.left));
  put('right', flag(state.right), flag(INITIAL.right));
  return out;
}

/** The state of an address, and what of it was not understood and left out. */
export function decodeState(params: URLSearchParams): {
  readonly state: PopulationState;
  readonly notices: readonly string[];
} {
  const notices: string[] = [];
  const read = <T>(key: string, parse: (text: string) => T | undefined, initial: T): T => {
    const text = params.get(key);
    if (text === null) return initial;
    const value = parse(text);
    if (value === undefined) notices.push(`${key}=${text.slice(0, 40)}`);
    return value ?? initial;
  };
  const all = <T>(key: string, parse: (text: string) => T | undefined): T[] =>
    params.getAll(key).flatMap((text) => {
      const value = parse(text);
      if (value === undefined) notices.push(`${key}=${text.slice(0, 40)}`);
      return value === undefined ? [] : [value];
    });
  const state: PopulationState = {
    map: {
      epoch: read('epoch', epoch, 0),
      space: read('space', word, 'all'),
      algorithm: read('algo', algorithm, 'umap'),
      dimensions: read('dim', dimensions, 2),
    },
    made: read('map', mapId, ''),
    placed: read('placed', mapId, ''),
    beside: read<MapChoice | undefined>('beside', choice, undefined),
    linked: read('linked', bool, true),
    color: read('color', word, INITIAL.color),
    size: read('size', word, INITIAL.size),
    scale: read<ScaleKind | undefined>(
      'scale',
      (t) => (t === 'log' || t === 'linear' ? t : undefined),
      undefined,
    ),
    palette: read('palette', (t) => CONTINUOUS_SCALES.find((p) => p === t), INITIAL.palette),
    tints: Object.fromEntries(all('tint', tint)),
    filters: (['in', 'range', 'rows'] as const).flatMap((kind) => all(kind, FILTERS[kind])),
    search: read('q', (t) => t, ''),
    selection: read('sel', rowsCode, ''),
    row: read<number | undefined>('row', whole, undefined),
    like: read<readonly number[]>('like', wholes, []),
    weigh: read('weigh', (t) => (weightingOf(t) === undefined ? undefined : t), ''),
    camera: read<CameraState | undefined>('cam', camera, undefined),
    density: read('density', bool, false),
    labels: read('labels', bool, true),
    left: read('left', bool, INITIAL.left),
    right: read('right', bool, INITIAL.right),
  };
  return { state, notices };
}

const flag = (on: boolean): string => (on ? '1' : '0');
const bool = (text: string): boolean | undefined => (text === '1' ? true : text === '0' ? false : undefined);
const word = (text: string): string | undefined => (text === '' ? undefined : text);
const whole = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
const mapId = (text: string): string | undefined => (/^[\w-]+$/.test(text) ? text : undefined);
const epoch = whole;
const algorithm = (text: string): AlgorithmKey | undefined => ALGORITHM_KEYS.find((key) => key === text);
const dimensions = (text: string): 2 | 3 | undefined => (text === '2' ? 2 : text === '3' ? 3 : undefined);

function wholes(text: string): number[] | undefined {
  const numbers = text.split(',').map(whole);
  return numbers.every((n) => n !== undefined) ? numbers : undefined;
}

function choice(text: string): MapChoice | undefined {
  const [e, s, a, d, ...more] = text.split(',');
  const [one, space, how, dims] = [whole(e ?? ''), plain(s ?? ''), algorithm(a ?? ''), dimensions(d ?? '')];
  return one === undefined || !space || how === undefined || dims === undefined || more.length > 0
    ? undefined
    : { epoch: one, space, algorithm: how, dimensions: dims };
}

function tint(text: string): [string, Record<string, string>] | undefined {
  const head = headed(text);
  if (head === undefined) return undefined;
  const pairs = head[1].split(',').map((pair) => /^(.*)=([0-9a-f]{6})$/i.exec(pair));
  if (pairs.includes(null)) return undefined;
  return [
    head[0],
    Object.fromEntries(pairs.map((pair) => [plain(pair![1]!) ?? '', `#${pair![2]!.toLowerCase()}`])),
  ];
}

function camera(text: string): CameraState | undefined {
  const [x, y, zoom, z = 0, azimuth = 0, elevation = 0, ...more] = text.split(',').map(number);
  if (
    x === undefined ||
    y === undefined ||
    zoom === undefined ||
    zoom <= 0 ||
    more.length > 0 ||
    [z, azimuth, elevation].includes(undefined as never)
  )
    return undefined;
  return { x, y, z, zoom, azimuth, elevation };
}
