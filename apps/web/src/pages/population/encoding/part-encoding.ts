import type { PointColumns } from '../../../api/point-columns.js';
import { type ColorSettings, encodeColor, encodeNone } from './color-encoding.js';
import { type Column } from '../points/column.js';
import type { Looks } from './looks.js';
import { encodeSizes } from './size-encoding.js';
import { type Extent, findExtent } from '../../../parts/scales/extent.js';

/** How points look that came: their colors as positions in the palette RGBA [256 × 4], and their sizes. */
export interface PartStyles {
  readonly colors: Uint8Array;
  readonly palette: Uint8Array;
  readonly sizes: Uint8Array | undefined;
}

/**
 * Colors and sizes of points that come in parts: each point is encoded once, measured by what the first part
 * spans where no domain is known.
 */
export class PartEncoding {
  private readonly extents = new Map<string, Extent>();

  constructor(
    private readonly looks: Looks,
    private readonly settings: ColorSettings,
    private readonly findDomain: (name: string) => Extent | undefined,
  ) {}

  /** Encodes the points from `from` on. */
  next(columns: PointColumns, from: number): PartStyles {
    const { color, size } = this.looks;
    const colored = slicePart(columns, color, from);
    const { codes: colors, palette } =
      colored === undefined
        ? encodeNone(columns.loaded - from, this.settings.ground)
        : encodeColor(colored, this.settings, this.getExtent(colored));
    const sized = size === color ? colored : slicePart(columns, size, from);
    return { colors, palette, sizes: encodeSizes(sized, this.getExtent(sized)) };
  }

  private getExtent(column: Column | undefined): Extent | undefined {
    if (column?.kind !== 'number') return undefined;
    const extent = this.findDomain(column.name) ?? this.extents.get(column.name) ?? findExtent(column.values);
    this.extents.set(column.name, extent);
    return extent;
  }
}

function slicePart({ numbers, codes, loaded }: PointColumns, name: string, from: number): Column | undefined {
  const [values, code] = [numbers.get(name), codes.get(name)];
  if (values !== undefined) return { name, kind: 'number', values: values.subarray(from, loaded) };
  return code === undefined
    ? undefined
    : {
        name,
        kind: 'code',
        values: code.values.subarray(from, loaded),
        missing: code.missing,
        names: code.names,
      };
}
