import { createHash } from 'node:crypto';
import type { EnvironmentCache, OpenEnvironment } from './environment.cache.js';
import { requirementsInvalid } from './environment.errors.js';
import type { PythonDescription } from './python.description.js';
import { parseRequirements } from './requirements.js';
import type { Wheel } from './wheel.js';
import type { WheelStore } from './wheel.store.js';

/** Opens the environments of integrations: their wheels, unpacked on this machine. */
export class EnvironmentStore {
  constructor(
    private readonly wheels: Pick<WheelStore, 'open'>,
    private readonly cache: EnvironmentCache,
    private readonly python: () => Promise<PythonDescription>,
  ) {}

  /** `requirements` is the text of the requirements.txt of the bundle. Throws as `buildEnvironment`. */
  async open(wheels: readonly Wheel[], requirements: string | undefined): Promise<OpenEnvironment> {
    if (requirements === undefined)
      throw requirementsInvalid('there is none next to the module, and the integration has wheels');
    return this.cache.open(
      digestWheels(wheels),
      wheels.map((wheel) => this.wheels.open(wheel)),
      parseRequirements(requirements),
      await this.python(),
    );
  }
}

/** SHA-256 over the names and contents of wheels, in any order. */
export const digestWheels = (wheels: readonly Wheel[]): string =>
  createHash('sha256')
    .update(
      wheels
        // The hash of the whole is a claim of the client; the hashes of the parts were computed here.
        .map(({ fileName, sha256, parts }) =>
          [fileName, sha256, ...parts.map((part) => part.sha256)].join(' '),
        )
        .sort()
        .join('\n'),
    )
    .digest('hex');
