/** Steps of a color channel within which two colors are taken for the same. */
const TOLERANCE = 10;
/** Share of the border that must have one color before it is taken for an empty background. */
const MIN_BORDER_SHARE = 0.6;

export interface Pixels {
  /** RGBA, row-major. */
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

/**
 * Where a picture shows only its empty background, on a grid of `rows` × `columns`: 1 for an empty place;
 * undefined for a picture without such a background, as a photo is.
 */
export function emptyMask(picture: Pixels, rows: number, columns: number): Uint8Array | undefined {
  const background = findBackground(picture);
  if (background === undefined) return undefined;
  const { width, height } = picture;
  const mask = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = span(row, rows, height);
    for (let column = 0; column < columns; column++) {
      const [left, right] = span(column, columns, width);
      mask[row * columns + column] = isEmpty(picture, background, { top, bottom, left, right }) ? 1 : 0;
    }
  }
  return mask;
}

/** The pixels that a place of the grid covers, at least one. */
function span(at: number, of: number, pixels: number): [number, number] {
  const from = Math.min(pixels - 1, Math.floor((at * pixels) / of));
  return [from, Math.max(from + 1, Math.ceil(((at + 1) * pixels) / of))];
}

function isEmpty(
  picture: Pixels,
  background: number,
  { top, bottom, left, right }: { top: number; bottom: number; left: number; right: number },
): boolean {
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) if (!isSame(picture, y * picture.width + x, background)) return false;
  }
  return true;
}

/** A pixel of the color that most of the border has; undefined where no color has enough of it. */
function findBackground(picture: Pixels): number | undefined {
  const { width, height } = picture;
  const border: number[] = [];
  for (let x = 0; x < width; x++) border.push(x, (height - 1) * width + x);
  for (let y = 0; y < height; y++) border.push(y * width, y * width + width - 1);
  const corners = [0, width - 1, (height - 1) * width, height * width - 1];
  return corners.find(
    (corner) =>
      border.filter((pixel) => isSame(picture, pixel, corner)).length >= MIN_BORDER_SHARE * border.length,
  );
}

function isSame({ data }: Pixels, a: number, b: number): boolean {
  for (let channel = 0; channel < 4; channel++)
    if (Math.abs(data[4 * a + channel]! - data[4 * b + channel]!) > TOLERANCE) return false;
  return true;
}
