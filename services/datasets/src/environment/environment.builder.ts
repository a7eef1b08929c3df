import { mkdir } from 'node:fs/promises';
import {
  environmentTooLarge,
  requirementsNotLocked,
  wheelInvalid,
  wheelUnfit,
} from './environment.errors.js';
import { MAX_PACKED_BYTES, MAX_WHEEL_BYTES, MAX_WHEELS } from './environment.limits.js';
import { describePython, type PythonDescription } from './python.description.js';
import { type Requirement, sameVersion } from './requirements.js';
import { fitsPython, parseWheelName, type WheelName } from './wheel.name.js';
import { type EnvironmentUse, hashContent, unpackWheel } from './wheel.unpacker.js';

/** A wheel whose bytes are read when it is unpacked. */
export interface WheelFile {
  readonly fileName: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  read(): Promise<Uint8Array>;
}

/**
 * Checks names, sizes and tags of wheels against a locked list and an interpreter, before any is read. Throws
 * `invalid` WHEEL_INVALID, WHEEL_UNFIT, REQUIREMENTS_NOT_LOCKED or ENVIRONMENT_TOO_LARGE.
 */
export function requireWheels(
  wheels: readonly Omit<WheelFile, 'read'>[],
  requirements: readonly Requirement[],
  python: PythonDescription,
): WheelName[] {
  if (wheels.length > MAX_WHEELS) throw environmentTooLarge(`${wheels.length} wheels`, `${MAX_WHEELS}`);
  const packed = wheels.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (packed > MAX_PACKED_BYTES)
    throw environmentTooLarge(`wheels of ${packed} bytes together`, `${MAX_PACKED_BYTES}`);
  const unlocked = requirements.filter(({ version }) => version === undefined);
  if (unlocked.length > 0) throw requirementsNotLocked(unlocked.map(({ text }) => text));
  const pins = new Map(requirements.map((requirement) => [requirement.name, requirement]));
  const names = new Set<string>();
  return wheels.map(({ fileName, sha256, sizeBytes }) => {
    const wheel = parseWheelName(fileName);
    const pin = pins.get(wheel.name);
    if (sizeBytes > MAX_WHEEL_BYTES)
      throw environmentTooLarge(`the wheel "${fileName}" of ${sizeBytes} bytes`, `${MAX_WHEEL_BYTES}`);
    if (names.has(wheel.name)) throw wheelInvalid(fileName, `there is another wheel of ${wheel.name}`);
    names.add(wheel.name);
    if (pin === undefined)
      throw wheelInvalid(
        fileName,
        `requirements.txt does not list ${wheel.name}; lock it (noema integration lock)`,
      );
    if (!sameVersion(pin.version!, wheel.version))
      throw wheelInvalid(fileName, `requirements.txt pins ${wheel.name} ${pin.version!}`);
    if (pin.hashes.length > 0 && !pin.hashes.includes(sha256))
      throw wheelInvalid(fileName, `its SHA-256 ${sha256} is not in requirements.txt`);
    if (!fitsPython(wheel, python)) throw wheelUnfit(fileName, describePython(python));
    return wheel;
  });
}

/**
 * Unpacks wheels into a new folder, which goes on `sys.path`. Each wheel has to have its size and SHA-256.
 * Throws as `requireWheels` and `unpackWheel`.
 */
export async function buildEnvironment(
  folder: string,
  wheels: readonly WheelFile[],
  requirements: readonly Requirement[],
  python: PythonDescription,
): Promise<EnvironmentUse> {
  const names = requireWheels(wheels, requirements, python);
  const use: EnvironmentUse = { bytes: 0, files: 0 };
  await mkdir(folder, { mode: 0o755, recursive: true });
  for (const [i, wheel] of wheels.entries()) {
    const { fileName, sha256, sizeBytes } = wheel;
    const content = await wheel.read();
    if (content.byteLength !== sizeBytes || hashContent(content) !== sha256)
      throw wheelInvalid(fileName, 'its content has another size or SHA-256 than it was announced with');
    const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    await unpackWheel(bytes, names[i]!, folder, use);
  }
  return use;
}
