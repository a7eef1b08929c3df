import {
  parseFlag,
  formatFlag,
  parseId,
  parseInteger,
  parseIntegers,
  parseWord,
  sameText,
} from '../../../parts/address/address-values.js';
import { ADDRESS_ALGORITHM } from '../../../parts/address/map-address.js';
import { parseWeighting } from '../../../features/similar/weighting.js';
import { parseSize } from '../../../features/gallery/gallery-size.js';
import { CONTINUOUS_SCALES, type ContinuousScale } from '../../../parts/scales/scales.js';
import type { ScaleKind } from '../../../parts/scales/number-scale.js';
import { formatTints, parseTint, type Tints } from '../encoding/tints.js';
import {
  formatMapChoice,
  type MapChoice,
  parseDimensions,
  parseMapChoice,
  parseMethodKey,
} from '../maps/map-choice.js';
import { formatVersion, parseVersion, type VersionChoice } from '../maps/version-choice.js';
import { PICTURE_MODES, type PictureMode } from '../pictures/picture-mode.js';
import { type CameraState, formatCamera, parseCamera } from '../plot/camera.js';
import { CHANGE } from '../points/column.js';
import { FILTERS, filterEntry, rowsCode } from '../selection/filter-code.js';
import type { Filter } from '../selection/filters.js';
import { type AddressField, field, groupField, listField, type ValuesOf } from './address-field.js';

/** Pixels of a window below which a panel is a sheet over the map; population.module.css has the same. */
const SHEETS_BELOW = 1_100;
const isNarrow = (): boolean => typeof window !== 'undefined' && window.innerWidth < SHEETS_BELOW;

/** Panels that lie over the map take turns. */
export const takesTurns = (): boolean => isNarrow();

/** Lists that the drawer below the map offers. */
export const SAMPLE_LISTS = ['shown', 'selected', 'similar'] as const;

const flag = (key: string, initial: boolean): AddressField<boolean> =>
  field({ key, initial, parse: parseFlag, format: formatFlag });
const text = (key: string, initial: string, parse: (text: string) => string | undefined = sameText) =>
  field({ key, initial, parse, format: sameText });

/**
 * Every setting of a view, one row each: the parameter of the address that carries it, its initial value and
 * its text. The order is that of the address.
 */
const FIELDS = {
  map: groupField({
    epoch: field({ key: 'epoch', initial: 0, parse: parseInteger, format: String }),
    space: text('space', 'all', parseWord),
    algorithm: text('algo', ADDRESS_ALGORITHM, parseMethodKey),
    dimensions: field<2 | 3>({ key: 'dim', initial: 2, parse: parseDimensions, format: String }),
  }),
  /** Id of one of several maps that show the same, made with other settings; empty for the newest. */
  made: text('map', '', parseId),
  /** Id of the map in which other data were placed in that map; empty for the map alone. */
  placed: text('placed', '', parseId),
  /** The map next to it; `undefined` for one map only. */
  beside: field<MapChoice | undefined>({
    key: 'beside',
    initial: undefined,
    parse: parseMapChoice,
    format: (choice) => choice && formatMapChoice(choice),
  }),
  /** Whether both maps move together. */
  linked: flag('linked', true),
  /** The version that the map's is compared with: parameter `a` for an earlier one, `b` for a later one. */
  versus: listField({
    parsers: {
      a: (text: string) => parseVersion('a', text),
      b: (text: string) => parseVersion('b', text),
    },
    entries: (choice: VersionChoice | undefined) =>
      choice === undefined ? [] : [[choice.side, formatVersion(choice)] as const],
    collect: ([first]): VersionChoice | undefined => first,
  }),
  /** Output that versions and slices are compared by; empty for the first one with the losses of all. */
  output: text('output', ''),
  /** Column of the color, or `none`. */
  color: text('color', 'loss', parseWord),
  /** Column of the size, or `none`. */
  size: text('size', 'loss', parseWord),
  /** `undefined` for the scale that fits the column. */
  scale: field<ScaleKind | undefined>({
    key: 'scale',
    initial: undefined,
    parse: (kind) => (kind === 'log' || kind === 'linear' ? kind : undefined),
    format: (kind) => kind,
  }),
  palette: field<ContinuousScale>({
    key: 'palette',
    initial: 'viridis',
    parse: (name) => CONTINUOUS_SCALES.find((one) => one === name),
    format: sameText,
  }),
  /** Own colors by column and name, as `#rrggbb`. */
  tints: listField({
    parsers: { tint: parseTint },
    entries: (tints: Tints) => formatTints(tints).map((one) => ['tint', one] as const),
    collect: (items): Tints => Object.fromEntries(items),
  }),
  filters: listField({
    parsers: FILTERS,
    entries: (filters: readonly Filter[]) => filters.map(filterEntry),
    collect: (items): readonly Filter[] => items,
  }),
  search: text('q', ''),
  /**
   * Selected rows as `encodeRows` or `encodeSteps` writes them, `slice:<id>`, `large` when an address cannot
   * hold them, or empty.
   */
  selection: text('sel', '', rowsCode),
  /** Row whose details are open. */
  row: field<number | undefined>({
    key: 'row',
    initial: undefined,
    parse: parseInteger,
    format: (row) => row?.toString(),
  }),
  /** Rows whose similar samples are requested. */
  like: field<readonly number[]>({
    key: 'like',
    initial: [],
    parse: parseIntegers,
    format: (rows) => rows.join(','),
  }),
  /** Weights of the layers, as `weightingText` writes them; empty for the space of the map. */
  weigh: text('weigh', '', (weights) => (parseWeighting(weights) === undefined ? undefined : weights)),
  camera: field<CameraState | undefined>({
    key: 'cam',
    initial: undefined,
    parse: parseCamera,
    format: (camera, dimensions) => camera && formatCamera(camera, dimensions),
  }),
  density: flag('density', false),
  labels: flag('labels', true),
  /** How pictures are on the map. */
  pictures: field<PictureMode>({
    key: 'pictures',
    initial: 'dots',
    parse: (name) => PICTURE_MODES.find((one) => one === name),
    format: sameText,
  }),
  /** List of the drawer below the map; empty while it is closed. */
  samples: text('samples', '', (name) => SAMPLE_LISTS.find((one) => one === name)),
  /** Column that the drawer is sorted by, `-` in front for falling values; `row` for the order of the data. */
  order: text('by', '-loss', parseWord),
  /** Size of the pictures of the drawer in CSS pixels; `undefined` for the last one in this browser. */
  galleryPx: field<number | undefined>({
    key: 'px',
    initial: undefined,
    parse: parseSize,
    format: (size) => size?.toString(),
  }),
  left: flag('left', !isNarrow()),
  right: flag('right', !isNarrow()),
} as const;

type Name = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as Name[];
const getField = (name: Name): AddressField<unknown> => FIELDS[name];
const collect = (toValue: (name: Name) => unknown): PopulationState =>
  Object.fromEntries(NAMES.map((name) => [name, toValue(name)])) as unknown as PopulationState;

/** Everything that is needed to show the same view again; the address of the page has it. */
export type PopulationState = ValuesOf<typeof FIELDS>;

export const INITIAL: PopulationState = collect((name) => getField(name).initial);

/** The address of a state; it leaves out initial values, but names the color of a comparison. */
export function encodeState(state: PopulationState): URLSearchParams {
  const params = new URLSearchParams();
  for (const name of NAMES) getField(name).write(params, state[name], state.map.dimensions);
  if (state.versus !== undefined) params.set('color', state.color);
  return params;
}

/**
 * The state of an address, and the parameters that were not understood and left out. A comparison without a color
 * shows the changes.
 */
export function decodeState(params: URLSearchParams): {
  readonly state: PopulationState;
  readonly notices: readonly string[];
} {
  const notices: string[] = [];
  const state = collect((name) =>
    getField(name).read(params, (key, value) => notices.push(`${key}=${value.slice(0, 40)}`)),
  );
  const showsChange = state.versus !== undefined && !params.has('color');
  return { state: showsChange ? { ...state, color: CHANGE } : state, notices };
}
