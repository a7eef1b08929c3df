import { wheelInvalid } from './environment.errors.js';
import type { PythonDescription } from './python.description.js';
import { canonicalName } from './requirements.js';

/** The parts of the name of a wheel (PEP 427). */
export interface WheelName {
  readonly fileName: string;
  /** Canonical name of the package. */
  readonly name: string;
  readonly version: string;
  readonly pythons: readonly string[];
  readonly abis: readonly string[];
  readonly platforms: readonly string[];
}

const NAME =
  /^([A-Za-z0-9._]+)-([A-Za-z0-9._+!]+)(?:-\d[A-Za-z0-9._]*)?-([a-z0-9_.]+)-([a-z0-9_.]+)-([A-Za-z0-9_.]+)\.whl$/;
const MAX_NAME = 240;

/** Throws `invalid` WHEEL_INVALID. */
export function parseWheelName(fileName: string): WheelName {
  const parts = fileName.length > MAX_NAME ? null : NAME.exec(fileName);
  if (parts === null)
    throw wheelInvalid(fileName, 'its name is not <package>-<version>-<python>-<abi>-<platform>.whl');
  const [, name, version, pythons, abis, platforms] = parts;
  return {
    fileName,
    name: canonicalName(name!),
    version: version!,
    pythons: pythons!.split('.'),
    abis: abis!.split('.'),
    platforms: platforms!.split('.'),
  };
}

/** True if the interpreter loads a wheel of these tags. */
export function fitsPython(
  { pythons, abis, platforms }: Pick<WheelName, 'pythons' | 'abis' | 'platforms'>,
  python: PythonDescription,
): boolean {
  const minor = Number(python.version.split('.')[1]);
  const places = new Set(['any', ...python.platforms]);
  return (
    platforms.some((tag) => places.has(tag)) &&
    pythons.some((tag) => abis.some((abi) => fitsVersion(tag, abi, minor, python.abi)))
  );
}

function fitsVersion(tag: string, abi: string, minor: number, own: string): boolean {
  if (tag === 'py3') return abi === 'none';
  const named = /^(cp|py)3(\d+)$/.exec(tag);
  if (named === null) return false;
  const from = Number(named[2]);
  if (abi === 'none') return named[1] === 'py' ? from <= minor : from === minor;
  if (abi === 'abi3') return named[1] === 'cp' && from <= minor && !own.endsWith('t');
  return named[1] === 'cp' && from === minor && abi === own;
}
