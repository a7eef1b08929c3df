import { colorize, colorMaps, type FeatureMap, type HeatMap, normalised, upsample } from '@noema/saliency';

/** RGB bytes, row-major. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** Pictures are enlarged to about this many pixels on their longer side. */
const SIDE = 224;
/** The sample is dimmed, so that colours show on its brightest places. */
const GROUND = 0.55;
/** Below this square root of a share of the peak nothing is said. */
const QUIET = 0.25;
/** A series becomes a band of this height. */
const BAND = 24;

/**
 * A heat map laid over the sample: `magma` for values of one sign, `coolwarm` (blue lowers, red raises) for
 * signed ones.
 */
export function overlayPicture(input: FeatureMap, heat: HeatMap, signed: boolean): Picture {
  const { height, width } = enlarged(input);
  const rgb = grounds(input, height, width);
  const { data } = upsample(normalised(heat).map, height, width);
  const { table } = colorMaps.get(signed ? 'coolwarm' : 'magma');
  for (let p = 0, at = 0; p < data.length; p++, at += 3) {
    // The square root keeps weak values visible next to strong ones.
    const value = data[p]!;
    const cover = Math.sqrt(Math.min(1, Math.abs(value)));
    const shown = cover < QUIET ? 0 : cover;
    const ground = GROUND * (1 - shown);
    const entry =
      3 * Math.trunc(0.5 + 255 * (!signed ? cover : value < 0 ? 0.5 - 0.5 * cover : 0.5 + 0.5 * cover));
    rgb[at] = Math.trunc(shown * table[entry]! + ground * rgb[at]!);
    rgb[at + 1] = Math.trunc(shown * table[entry + 1]! + ground * rgb[at + 1]!);
    rgb[at + 2] = Math.trunc(shown * table[entry + 2]! + ground * rgb[at + 2]!);
  }
  return { width, height, rgb };
}

/** Where a unit answers, in `viridis` from its smallest to its largest value. */
export function featurePicture(map: HeatMap): Picture {
  const { height, width } = enlarged(map);
  const { data } = upsample(map, height, width);
  const [low, high] = map.data.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  );
  return { width, height, rgb: colorize(data, colorMaps.get('viridis'), low, high) };
}

function enlarged({ height, width }: { readonly height: number; readonly width: number }): {
  height: number;
  width: number;
} {
  const factor = Math.max(1, Math.round(SIDE / Math.max(height, width)));
  return { height: height === 1 ? BAND : height * factor, width: width * factor };
}

/** The input as grey or, with three channels, coloured bytes, enlarged without smoothing. */
function grounds(
  { data, height, width, channels }: FeatureMap,
  toHeight: number,
  toWidth: number,
): Uint8Array {
  const [low, high] = data.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  );
  const byte = (value: number): number => (high > low ? Math.round((255 * (value - low)) / (high - low)) : 0);
  const bytes = Uint8Array.from(data, byte);
  const rgb = new Uint8Array(toHeight * toWidth * 3);
  const blue = channels === 3 ? 2 : 0;
  for (let y = 0, line = -1, at = 0; y < toHeight; y++) {
    const from = Math.floor((y * height) / toHeight);
    if (from === line) {
      rgb.copyWithin(at, at - 3 * toWidth, at);
      at += 3 * toWidth;
      continue;
    }
    line = from;
    for (let x = 0; x < toWidth; x++, at += 3) {
      const pixel = (from * width + Math.floor((x * width) / toWidth)) * channels;
      rgb[at] = bytes[pixel]!;
      rgb[at + 1] = bytes[pixel + blue / 2]!;
      rgb[at + 2] = bytes[pixel + blue]!;
    }
  }
  return rgb;
}
