import { backends, requireDevice } from '../src/index.js';

export interface MachineBackend {
  readonly key: string;
  /** Why this machine does not have it. */
  readonly missing?: string;
}

/** All backends, and which of them this machine has; a suite skips the others and says why. */
export const machineBackends: readonly MachineBackend[] = await Promise.all(
  backends.keys().map((key) =>
    requireDevice(key).then(
      () => ({ key }),
      (error: unknown) => ({ key, missing: error instanceof Error ? error.message : String(error) }),
    ),
  ),
);

for (const { key, missing } of machineBackends)
  if (missing !== undefined) console.info(`engine backend "${key}" is skipped: ${missing}`);

/** Backends other than the one of ONNX Runtime on the processor, which they are compared with. */
export const otherBackends = machineBackends.filter(({ key }) => key !== 'cpu');
