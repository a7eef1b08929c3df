import { readVersioned, writeVersioned } from './file-version.js';

const VERSION = 1;
const COLUMNS = { coordinates: 'coordinates', clusters: 'clusters', trust: 'trust', classes: 'classes' };

/** The points of a map, by row. */
export interface MapPoints {
  readonly rows: number;
  readonly dimensions: 2 | 3;
  /** [rows, dimensions], row-major. */
  readonly coordinates: Float32Array;
  /** [rows]; −1 for a point in no cluster. */
  readonly clusters: Int32Array;
  /** [rows]: share of the neighbours of a point that the map keeps. */
  readonly trust: Float32Array;
  /** [rows]: class of the ground truth, −1 for none. */
  readonly classes: Int32Array;
}

export function writeMap({ rows, dimensions, coordinates, clusters, trust, classes }: MapPoints): Uint8Array {
  return writeVersioned(
    [
      { name: COLUMNS.coordinates, data: coordinates, rows, dims: [dimensions] },
      { name: COLUMNS.clusters, data: clusters, rows, dims: [] },
      { name: COLUMNS.trust, data: trust, rows, dims: [] },
      { name: COLUMNS.classes, data: classes, rows, dims: [] },
    ],
    VERSION,
  );
}

/** Arrow bytes of a layout that is under way: the column `coordinates` alone. */
export const writeLayout = (coordinates: Float32Array, rows: number): Uint8Array =>
  writeVersioned(
    [{ name: COLUMNS.coordinates, data: coordinates, rows, dims: [coordinates.length / rows] }],
    VERSION,
  );

/** Throws `data-loss` ARROW_INVALID, COLUMN_MISSING, `unsupported` FILE_VERSION_UNKNOWN. */
export function readMap(bytes: Uint8Array): MapPoints {
  const { file } = readVersioned(bytes, 'map', VERSION);
  const coordinates = file.float32(COLUMNS.coordinates);
  return {
    rows: file.rows,
    dimensions: coordinates.dims[0] === 3 ? 3 : 2,
    coordinates: coordinates.data,
    clusters: file.int32(COLUMNS.clusters).data,
    trust: file.float32(COLUMNS.trust).data,
    classes: file.int32(COLUMNS.classes).data,
  };
}
