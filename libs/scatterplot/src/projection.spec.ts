import { describe, expect, it } from 'vitest';
import { cameraBetween, fitted, orbited, panned, zoomedAt } from './camera.js';
import { Bounds, stillShows } from './frame.js';
import { freeArea, placeAt, toProjection, projectPlace, projectPoints } from './projection.js';

const SIZE = { width: 800, height: 500 };

function computeFrame(
  ...places: readonly (readonly [number, number, number])[]
): ReturnType<Bounds['frame']> {
  const bounds = new Bounds();
  for (const axis of [0, 1, 2])
    bounds.add(
      axis,
      places.map((place) => place[axis]!),
    );
  return bounds.frame();
}

const FLAT = computeFrame([-10, 2, 0], [30, 12, 0]);
const DEEP = computeFrame([-10, 2, -5], [30, 12, 5]);
const close = (a: { x: number; y: number }, b: { x: number; y: number }): void => {
  expect(a.x).toBeCloseTo(b.x, 6);
  expect(a.y).toBeCloseTo(b.y, 6);
};

describe('the view in two dimensions', () => {
  const camera = fitted(FLAT);
  const projection = toProjection(camera, FLAT, SIZE, 2);

  it("shows everything at zoom 1, the data's y upwards and both axes alike", () => {
    close(projectPlace(projection, FLAT.center), { x: 400, y: 250 });
    const low = projectPlace(projection, { x: -10, y: 2, z: 0 });
    const high = projectPlace(projection, { x: 30, y: 12, z: 0 });
    expect(low.x).toBeCloseTo(400 - 0.92 * 400, 6);
    expect((high.x - low.x) / 40).toBeCloseTo((low.y - high.y) / 10, 6);
    expect(high.y).toBeLessThan(low.y);
  });

  it('holds what lies under the pointer while it zooms, and drags it along', () => {
    const held = placeAt(projection, 123, 77);
    close(projectPlace(toProjection(zoomedAt(camera, projection, 3.7, 123, 77), FLAT, SIZE, 2), held), {
      x: 123,
      y: 77,
    });
    close(projectPlace(toProjection(panned(camera, projection, 40, -9), FLAT, SIZE, 2), held), {
      x: 163,
      y: 68,
    });
  });

  it('shows everything between the paddings, and the centre of the camera in their middle', () => {
    const padding = { left: 100, top: 40, right: 20, bottom: 60 };
    const p = toProjection(camera, FLAT, { ...SIZE, padding }, 2);
    close(projectPlace(p, FLAT.center), { x: 440, y: 240 });
    expect(projectPlace(p, { x: -10, y: 2, z: 0 }).x).toBeCloseTo(440 - 0.92 * 340, 6);
    const held = placeAt(p, 123, 77);
    close(projectPlace(p, held), { x: 123, y: 77 });
    close(
      projectPlace(toProjection(zoomedAt(camera, p, 3.7, 123, 77), FLAT, { ...SIZE, padding }, 2), held),
      { x: 123, y: 77 },
    );
    close(projectPlace(toProjection(panned(camera, p, 40, -9), FLAT, { ...SIZE, padding }, 2), held), {
      x: 163,
      y: 68,
    });
  });

  it('lets paddings give way that would take more than half of the canvas', () => {
    const area = freeArea({
      width: 200,
      height: 100,
      padding: { left: 300, top: 10, right: 100, bottom: 0 },
    });
    expect(area).toEqual({ width: 100, height: 90, middle: { x: 125, y: 55 } });
  });

  it('keeps a single point and an empty plot finite', () => {
    const one = computeFrame([3, 3, 0]);
    close(projectPlace(toProjection(fitted(one), one, SIZE, 2), { x: 3, y: 3, z: 0 }), { x: 400, y: 250 });
    expect(new Bounds().frame()).toEqual({ center: { x: 0, y: 0, z: 0 }, half: { x: 0, y: 0, z: 0 } });
  });
});

describe('the view in three dimensions', () => {
  const turned = orbited(fitted(DEEP), 0.7, -0.4);
  const projection = toProjection(turned, DEEP, SIZE, 3);

  it('turns by a rotation', () => {
    const r = projection.rotation;
    for (const [a, b] of [
      [0, 3],
      [0, 6],
      [3, 6],
    ] as const)
      expect(r[a] * r[b] + r[a + 1]! * r[b + 1]! + r[a + 2]! * r[b + 2]!).toBeCloseTo(0, 12);
    for (const a of [0, 3, 6]) expect(Math.hypot(r[a]!, r[a + 1]!, r[a + 2]!)).toBeCloseTo(1, 12);
  });

  it('draws what is nearer larger, and nothing behind the eye', () => {
    const straight = toProjection(fitted(DEEP), DEEP, SIZE, 3);
    const { x, y } = DEEP.center;
    const [near, far] = [
      projectPlace(straight, { x: x + 1, y, z: 5 }),
      projectPlace(straight, { x: x + 1, y, z: -5 }),
    ];
    expect(near.x).toBeGreaterThan(far.x);
    expect(projectPlace(straight, { x, y, z: 1e6 }).x).toBeNaN();
  });

  it('finds places again in the plane of its centre, and projects many as it projects one', () => {
    close(projectPlace(projection, placeAt(projection, 333, 111)), { x: 333, y: 111 });
    const out = new Float32Array(4);
    projectPoints(projection, Float32Array.from([1, 2, 3, 4, 5, -6]), 0, 2, out);
    const [first, second] = [
      projectPlace(projection, { x: 1, y: 2, z: 3 }),
      projectPlace(projection, { x: 4, y: 5, z: -6 }),
    ];
    [first.x, first.y, second.x, second.y].forEach((value, i) => {
      expect(out[i]).toBeCloseTo(value, 3);
    });
  });

  it('never turns over the poles', () => {
    expect(orbited(turned, 0, 99).elevation).toBe(Math.PI / 2);
  });
});

describe('a camera on its way', () => {
  it('begins and ends where it should and zooms by equal factors', () => {
    const [from, to] = [fitted(FLAT), { ...fitted(FLAT), zoom: 16, azimuth: 1 }];
    expect(cameraBetween(from, to, 0)).toEqual(from);
    expect(cameraBetween(from, to, 0.5).zoom).toBeCloseTo(4, 12);
    expect(cameraBetween(from, to, 1)).toBe(to);
  });
});

describe('stillShows', () => {
  it('is true for points that moved a little and false when they leave or crowd in a corner', () => {
    expect(stillShows(FLAT, computeFrame([-9, 3, 0], [29, 12, 0]))).toBe(true);
    expect(stillShows(FLAT, computeFrame([-10, 2, 0], [35, 12, 0]))).toBe(false);
    expect(stillShows(FLAT, computeFrame([-1, 3, 0], [3, 5, 0]))).toBe(false);
  });
});
