import { encodePng } from '@noema/integration';

export type Point = readonly [number, number];

/** A picture of RGB pixels that is drawn on with soft edges. */
export class Raster {
  private readonly pixels: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
    paper: string,
  ) {
    this.pixels = new Uint8Array(width * height * 3);
    this.pixels.set(rgb(paper));
    for (let done = 3; done < this.pixels.length; done *= 2) this.pixels.copyWithin(done, 0, done);
  }

  disc(at: Point, radius: number, color: string, opacity = 1): void {
    this.capsule(at, at, radius, color, opacity);
  }

  /** A line with round ends: every pixel by its distance to the segment. */
  capsule([ax, ay]: Point, [bx, by]: Point, radius: number, color: string, opacity = 1): void {
    const [r, g, b] = rgb(color);
    const [dx, dy] = [bx - ax, by - ay];
    const length2 = dx * dx + dy * dy || 1;
    const [left, right] = [
      Math.max(Math.floor(Math.min(ax, bx) - radius - 1), 0),
      Math.min(Math.ceil(Math.max(ax, bx) + radius + 1), this.width - 1),
    ];
    const [top, bottom] = [
      Math.max(Math.floor(Math.min(ay, by) - radius - 1), 0),
      Math.min(Math.ceil(Math.max(ay, by) + radius + 1), this.height - 1),
    ];
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const px = x + 0.5 - ax;
        const py = y + 0.5 - ay;
        const t = Math.min(Math.max((px * dx + py * dy) / length2, 0), 1);
        const qx = px - t * dx;
        const qy = py - t * dy;
        const cover = Math.min(Math.max(radius + 0.5 - Math.sqrt(qx * qx + qy * qy), 0), 1) * opacity;
        if (cover > 0) this.blend((y * this.width + x) * 3, r, g, b, cover);
      }
    }
  }

  line(points: readonly Point[], radius: number, color: string, opacity = 1): void {
    points.forEach((point, i) => {
      this.capsule(points[Math.max(i - 1, 0)]!, point, radius, color, opacity);
    });
  }

  png(): Uint8Array {
    return encodePng({ width: this.width, height: this.height, channels: 3, data: this.pixels });
  }

  private blend(at: number, r: number, g: number, b: number, cover: number): void {
    const { pixels } = this;
    pixels[at] = Math.trunc(pixels[at]! + (r - pixels[at]!) * cover);
    pixels[at + 1] = Math.trunc(pixels[at + 1]! + (g - pixels[at + 1]!) * cover);
    pixels[at + 2] = Math.trunc(pixels[at + 2]! + (b - pixels[at + 2]!) * cover);
  }
}

const rgb = (hex: string): readonly [number, number, number] =>
  [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as unknown as readonly [
    number,
    number,
    number,
  ];
