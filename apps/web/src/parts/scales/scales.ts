/** A color, each channel 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Names of the continuous scales; all are safe for the color-blind. */
export type ContinuousScale = 'viridis' | 'magma' | 'cividis';
export const CONTINUOUS_SCALES: readonly ContinuousScale[] = ['viridis', 'magma', 'cividis'];

/**
 * Every 32nd entry of matplotlib's maps (Smith & van der Walt 2015; cividis: Nuñez et al. 2018); between them
 * is interpolated.
 */
const STOPS: Readonly<Record<ContinuousScale | 'diverging', readonly string[]>> = {
  viridis: [
    '#440154',
    '#482878',
    '#3e4989',
    '#31688e',
    '#26828e',
    '#1f9e89',
    '#35b779',
    '#6ece58',
    '#b5de2b',
    '#fde725',
  ],
  magma: [
    '#000004',
    '#180f3d',
    '#440f76',
    '#721f81',
    '#9e2f7f',
    '#cd4071',
    '#f1605d',
    '#fd9668',
    '#feca8d',
    '#fcfdbf',
  ],
  cividis: [
    '#00224e',
    '#123570',
    '#3b496c',
    '#575d6d',
    '#707173',
    '#8a8678',
    '#a59c74',
    '#c3b369',
    '#e1cc55',
    '#fee838',
  ],
  diverging: [
    '#08519c',
    '#3182bd',
    '#6baed6',
    '#bdd7e7',
    '#f7f7f7',
    '#fdd0a2',
    '#fdae6b',
    '#e6550d',
    '#a63603',
  ],
};

/**
 * The visible part of a scale on a ground: its darkest or lightest end is left out, so that no dot drowns.
 */
const SEEN: Readonly<Record<'light' | 'dark', Readonly<Record<ContinuousScale, readonly [number, number]>>>> =
  {
    light: { viridis: [0, 0.96], magma: [0.05, 0.88], cividis: [0, 0.94] },
    dark: { viridis: [0.1, 1], magma: [0.24, 1], cividis: [0.08, 1] },
  };

/** The color of `share`, 0 to 1, of a scale. */
export function continuousColor(scale: ContinuousScale, share: number, ground: 'light' | 'dark'): Rgb {
  const [from, to] = SEEN[ground][scale];
  // On a light ground high values are dark: what matters stands out from the paper.
  const seen = ground === 'light' ? to - share * (to - from) : from + share * (to - from);
  return between(STOPS[scale], seen);
}

/** The color of `share`, −1 to 1, of blue – white – orange. */
export const divergingColor = (share: number): Rgb =>
  between(STOPS.diverging, (Math.max(-1, Math.min(1, share)) + 1) / 2);

/**
 * Twenty colors for each ground, found by search: any ten of the first ten are at least 25 apart for normal
 * sight and 13 for protan, deutan and tritan sight (CIEDE2000; Machado, Oliveira & Fernandes 2009); each
 * further color is the one farthest from all before it.
 */
const CATEGORIES: Readonly<Record<'light' | 'dark', readonly string[]>> = {
  light: [
    '#3090a8',
    '#780c00',
    '#a8c000',
    '#f00084',
    '#906c24',
    '#c09cfc',
    '#006048',
    '#602454',
    '#0048f0',
    '#e49c90',
    '#00c0b4',
    '#789c60',
    '#a824a8',
    '#9c3048',
    '#48009c',
    '#d848fc',
    '#d87830',
    '#304878',
    '#789ccc',
    '#784824',
  ],
  dark: [
    '#005aff',
    '#b4ff00',
    '#d2001e',
    '#f0a5b4',
    '#00ffff',
    '#c30096',
    '#5a9678',
    '#ff7800',
    '#00a5ff',
    '#ffe1a5',
    '#c378c3',
    '#a5b469',
    '#00782d',
    '#a5695a',
    '#c3b4f0',
    '#a5874b',
    '#875ab4',
    '#ff0f78',
    '#00c3a5',
    '#e1c32d',
  ],
};

/** How many colors were found by search. */
export const CATEGORY_COUNT = 20;

/**
 * The color of a category; from the 21st on they follow the golden angle with lightness in four steps, so
 * that all stand out from the ground.
 */
export function categoryColor(at: number, ground: 'light' | 'dark'): Rgb {
  const known = CATEGORIES[ground][at];
  if (known !== undefined) return parseHex(known);
  const color = hsl((at * 137.508) % 360, 0.55, [0.42, 0.58, 0.5, 0.66][at % 4]!);
  const lightness = computeLightness(color);
  if (ground === 'dark' && lightness < 45) return mix(color, 255, (45 - lightness) / 100 + 0.12);
  if (ground === 'light' && lightness > 72) return mix(color, 0, (lightness - 72) / 100 + 0.05);
  return color;
}

const mix = ([r, g, b]: Rgb, to: number, part: number): Rgb => [
  r + (to - r) * part,
  g + (to - g) * part,
  b + (to - b) * part,
];

/** Right is quiet, wrong is loud. */
export const CORRECTNESS: Readonly<Record<string, string>> = { true: '#56b4e9', false: '#d55e00' };

/** Existing samples are quiet, placed ones are loud. */
export const ORIGIN: Readonly<Record<string, string>> = { map: '#8d98a8', placed: '#d55e00' };

/** From one version to another: what stayed is quiet, and what got worse is loud. */
export const CHANGES: Readonly<Record<string, string>> = {
  correct: '#8d98a8',
  same: '#8d98a8',
  fixed: '#1c8fe0',
  lower: '#1c8fe0',
  broken: '#d55e00',
  higher: '#d55e00',
  wrong: '#a06bb5',
};

/** The color of a change, −1 to 1: blue – grey – orange. */
export const changeColor = (share: number): Rgb =>
  between([CHANGES.lower!, CHANGES.same!, CHANGES.higher!], (Math.max(-1, Math.min(1, share)) + 1) / 2);

/** The color of points without a value. */
export const missingColor = (ground: 'light' | 'dark'): Rgb =>
  ground === 'light' ? [158, 163, 174] : [104, 110, 126];

export const toCss = ([red, green, blue]: Rgb): string =>
  `#${[red, green, blue].map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`;

/** Reads `#rrggbb`. */
export const parseHex = (hex: string): Rgb => [
  parseInt(hex.slice(1, 3), 16),
  parseInt(hex.slice(3, 5), 16),
  parseInt(hex.slice(5, 7), 16),
];

/** Lightness as the eye sees it, 0 to 100 (L* of CIE 1976). */
export const computeLightness = (color: Rgb): number => cielab(color)[0];

const NORMAL: readonly number[] = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** L*, a*, b* of CIE 1976 under D65, seen through `sight`, a matrix on linear red, green and blue. */
export function cielab(color: Rgb, sight = NORMAL): Rgb {
  const linear = color.map((c) =>
    c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
  );
  const [r, g, b] = [0, 3, 6].map((row) =>
    Math.min(
      1,
      Math.max(0, sight[row]! * linear[0]! + sight[row + 1]! * linear[1]! + sight[row + 2]! * linear[2]!),
    ),
  ) as [number, number, number];
  const [x, y, z] = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ].map((t) => (t <= 0.008856 ? (903.3 * t + 16) / 116 : Math.cbrt(t))) as [number, number, number];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function between(stops: readonly string[], share: number): Rgb {
  const at = Math.max(0, Math.min(1, share)) * (stops.length - 1);
  const low = parseHex(stops[Math.floor(at)]!);
  const high = parseHex(stops[Math.ceil(at)]!);
  const part = at - Math.floor(at);
  return [
    low[0] + (high[0] - low[0]) * part,
    low[1] + (high[1] - low[1]) * part,
    low[2] + (high[2] - low[2]) * part,
  ];
}

function hsl(hue: number, saturation: number, lightness: number): Rgb {
  const a = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return 255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}
