/**
 * Shows a layout while it is made: one map at a time is written, and what comes meanwhile is left out. A
 * write that fails does not fail the map.
 */
export class MapPreview {
  private writing: Promise<void> | undefined;

  constructor(private readonly write: (coordinates: Float32Array) => Promise<void>) {}

  show(coordinates: Float32Array): void {
    this.writing ??= this.write(coordinates)
      .catch(() => undefined)
      .finally(() => {
        this.writing = undefined;
      });
  }

  /** Waits for the write that is under way. */
  async settled(): Promise<void> {
    await this.writing;
  }
}
