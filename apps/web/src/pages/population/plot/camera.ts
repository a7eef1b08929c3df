/** What the eye looks at, as the plot says it. */
export interface CameraState {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly zoom: number;
  readonly azimuth: number;
  readonly elevation: number;
}
