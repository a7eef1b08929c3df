import { number } from '../../../parts/address/address-text.js';

/** The position of the camera, as the plot reports it. */
export interface CameraState {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly zoom: number;
  readonly azimuth: number;
  readonly elevation: number;
}

/** The text of a camera in an address; angles and depth only of a map in space. */
export const formatCamera = (camera: CameraState, dimensions: 2 | 3): string =>
  [camera.x, camera.y, camera.zoom, ...(dimensions === 3 ? [camera.z, camera.azimuth, camera.elevation] : [])]
    .map((one) => Number(one.toPrecision(6)))
    .join(',');

/** The camera of such a text; `undefined` when it is not one. */
export function parseCamera(text: string): CameraState | undefined {
  const [x, y, zoom, z = 0, azimuth = 0, elevation = 0, ...more] = text.split(',').map(number);
  if (
    x === undefined ||
    y === undefined ||
    zoom === undefined ||
    zoom <= 0 ||
    more.length > 0 ||
    [z, azimuth, elevation].includes(undefined as never)
  )
    return undefined;
  return { x, y, z, zoom, azimuth, elevation };
}
