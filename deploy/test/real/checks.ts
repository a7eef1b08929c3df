let passed = 0;
let failed = 0;

export const say = (text: string): void => {
  console.log(`kube-real: ${text}`);
};

/** Runs one check, prints how long it took, and counts it; throws what it throws. */
export async function check<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const took = (): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  try {
    const result = await work();
    passed++;
    say(`passed: ${what}: ${took()}`);
    return result;
  } catch (error) {
    failed++;
    say(`FAILED: ${what}: ${took()}: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
}

export const summary = (): { passed: number; failed: number } => ({ passed, failed });
