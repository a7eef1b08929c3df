/** One thing that a visualizer made. */
export interface Visual {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}
