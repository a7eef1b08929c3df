/** A colour, each channel 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Names of the continuous scales; all are safe for the colour-blind. */
export type ContinuousScale = 'viridis' | 'magma' | 'cividis';
export const CONTINUOUS_SCALES: readonly ContinuousScale[] = ['viridis', 'magma', 'cividis'];

/** Every 32nd entry of matplotlib's maps (Smith & van der Walt 2015; cividis: Nuñez et al. 2018); between them is interpolated. */
const STOPS: Readonly<Record<ContinuousScale | 'diverging', readonly string[]>> = {
  viridis: ['#440154', '#482878', '#3e4989', '#31688e', '#26828e', '#1f9e89', '#35b779', '#6ece58', '#b5de2b', '#fde725'],
  magma: ['#000004', '#180f3d', '#440f76', '#721f81', '#9e2f7f', '#cd4071', '#f1605d', '#fd9668', '#feca8d', '#fcfdbf'],
  cividis: ['#00224e', '#123570', '#3b496c', '#575d6d', '#707173', '#8a8678', '#a59c74', '#c3b369', '#e1cc55', '#fee838'],
  diverging: ['#08519c', '#3182bd', '#6baed6', '#bdd7e7', '#f7f7f7', '#fdd0a2', '#fdae6b', '#e6550d', '#a63603'],
};

/** What is seen of a scale on a ground: its darkest or lightest end is left out, so that no dot drowns. */
const SEEN: Readonly<Record<'light' | 'dark', Readonly<Record<ContinuousScale, readonly [number, number]>>>> = {
  light: { viridis: [0, 0.96], magma: [0.05, 0.88], cividis: [0, 0.94] },
  dark: { viridis: [0.1, 1], magma: [0.24, 1], cividis: [0.08, 1] },
};

/** The colour of `share`, 0 to 1, of a scale. */
export function continuousColor(scale: ContinuousScale, share: number, ground: 'light' | 'dark'): Rgb {
  const [from, to] = SEEN[ground][scale];
  // On a light ground high values are dark: what matters stands out from the paper.
  const seen = ground === 'light' ? to - share * (to - from) : from + share * (to - from);
  return between(STOPS[scale], seen);
}

/** The colour of `share`, −1 to 1, of blue – white – orange. */
export const divergingColor = (share: number): Rgb => between(STOPS.diverging, (Math.max(-1, Math.min(1, share)) + 1) / 2);

/** Okabe & Ito 2008, then Tol's muted colours, without black and white. */
const CATEGORIES: readonly string[] = [
  '#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9', '#b8a600', '#882255', '#44aa99', '#999933',
  '#332288', '#cc6677', '#117733', '#aa4499', '#88ccee', '#ddcc77', '#661100', '#6699cc', '#aa4466', '#4477aa',
];

/** The colour of a category; from the 21st on they are made by the golden angle with lightness in four steps. */
export function categoryColor(at: number): Rgb {
  const known = CATEGORIES[at];
  if (known !== undefined) return rgbOf(known);
  return hsl((at * 137.508) % 360, 0.55, [0.42, 0.58, 0.5, 0.66][at % 4]!);
}

/** A category's colour on a ground: dark ones are lightened on dark, light ones darkened on light, so that all stand out by some 3 : 1. */
export function categoryColorOn(at: number, ground: 'light' | 'dark'): Rgb {
  const color = categoryColor(at);
  const lightness = lightnessOf(color);
  if (ground === 'dark' && lightness < 45) return mix(color, 255, (45 - lightness) / 100 + 0.12);
  if (ground === 'light' && lightness > 72) return mix(color, 0, (lightness - 72) / 100 + 0.05);
  return color;
}

const mix = ([r, g, b]: Rgb, to: number, part: number): Rgb => [r + (to - r) * part, g + (to - g) * part, b + (to - b) * part];

/** Right is quiet, wrong is loud. */
export const CORRECTNESS: Readonly<Record<string, string>> = { true: '#56b4e9', false: '#d55e00' };

/** What was there is quiet, what was placed is loud. */
export const ORIGIN: Readonly<Record<string, string>> = { map: '#8d98a8', placed: '#d55e00' };

/** The colour of points without a value. */
export const missingColor = (ground: 'light' | 'dark'): Rgb => (ground === 'light' ? [158, 163, 174] : [104, 110, 126]);

export const cssOf = ([red, green, blue]: Rgb): string => `#${[red, green, blue].map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`;

/** Reads `#rrggbb`. */
export const rgbOf = (hex: string): Rgb => [parseInt(hex.slice(1, 3), 16), parseInt(hex.slice(3, 5), 16), parseInt(hex.slice(5, 7), 16)];

/** Lightness as the eye sees it, 0 to 100 (L* of CIE 1976). */
export function lightnessOf(color: Rgb): number {
  const [r, g, b] = color.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return y <= 0.008856 ? 903.3 * y : 116 * Math.cbrt(y) - 16;
}

function between(stops: readonly string[], share: number): Rgb {
  const at = Math.max(0, Math.min(1, share)) * (stops.length - 1);
  const low = rgbOf(stops[Math.floor(at)]!);
  const high = rgbOf(stops[Math.ceil(at)]!);
  const part = at - Math.floor(at);
  return [low[0] + (high[0] - low[0]) * part, low[1] + (high[1] - low[1]) * part, low[2] + (high[2] - low[2]) * part];
}

function hsl(hue: number, saturation: number, lightness: number): Rgb {
  const a = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): number => { const k = (n + hue / 30) % 12; return 255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))); };
  return [channel(0), channel(8), channel(4)];
}
