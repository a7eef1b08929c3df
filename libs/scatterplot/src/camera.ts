import { mix } from './easing.js';
import type { Frame } from './frame.js';
import { placeAt, type Projection } from './projection.js';
import type { Camera, Point3 } from './scatterplot.js';

const ZOOM_RANGE = [0.05, 20_000] as const;
const QUARTER = Math.PI / 2;

/** Returns the camera that shows a whole frame from the given angles. */
export function fitted(frame: Frame, angles?: Camera): Camera {
  return { center: frame.center, zoom: 1, azimuth: angles?.azimuth ?? 0, elevation: angles?.elevation ?? 0 };
}

/** Zooms by a factor around a position of the canvas, which stays fixed. */
export function zoomedAt(camera: Camera, p: Projection, factor: number, x: number, y: number): Camera {
  const zoom = Math.min(ZOOM_RANGE[1], Math.max(ZOOM_RANGE[0], camera.zoom * factor));
  const [held, share] = [placeAt(p, x, y), 1 - camera.zoom / zoom];
  return { ...camera, zoom, center: toward(camera.center, held, share) };
}

/** Pans the view by CSS pixels, so that the content follows the pointer. */
export function panned(camera: Camera, p: Projection, dx: number, dy: number): Camera {
  return { ...camera, center: placeAt(p, p.middle.x - dx, p.middle.y - dy) };
}

/** Turns the view around its centre by angles in radians; never over the poles. */
export function orbited(camera: Camera, azimuth: number, elevation: number): Camera {
  return {
    ...camera,
    azimuth: camera.azimuth + azimuth,
    elevation: Math.min(QUARTER, Math.max(-QUARTER, camera.elevation + elevation)),
  };
}

/** A camera on the way from one to another; the zoom changes by equal factors. */
export function cameraBetween(from: Camera, to: Camera, t: number): Camera {
  if (t >= 1) return to;
  return {
    zoom: from.zoom * (to.zoom / from.zoom) ** t,
    center: toward(from.center, to.center, t),
    azimuth: mix(from.azimuth, to.azimuth, t),
    elevation: mix(from.elevation, to.elevation, t),
  };
}

/** True if both cameras show the same view. */
export function sameCamera(a: Camera, b: Camera): boolean {
  return (
    a.zoom === b.zoom &&
    a.azimuth === b.azimuth &&
    a.elevation === b.elevation &&
    a.center.x === b.center.x &&
    a.center.y === b.center.y &&
    a.center.z === b.center.z
  );
}

function toward(from: Point3, to: Point3, t: number): Point3 {
  return { x: mix(from.x, to.x, t), y: mix(from.y, to.y, t), z: mix(from.z, to.z, t) };
}
