/** The interpreter of Python that runs integrations, as wheels are chosen for it. */
export interface PythonDescription {
  /** Such as 3.11.7. */
  readonly version: string;
  /** ABI of its extension modules, such as cp311. */
  readonly abi: string;
  /** Platforms whose wheels it loads, such as manylinux_2_17_x86_64, the newest first. */
  readonly platforms: readonly string[];
  /** Versions of the packages that it has, by canonical name. */
  readonly packages: ReadonlyMap<string, string>;
}

/** Token of a function that describes the interpreter of integrations. */
export const PYTHON_INTERPRETER = Symbol('PYTHON_INTERPRETER');

/** Facts that a process of the interpreter reports. */
export interface PythonReport {
  readonly version: readonly [number, number, number];
  /** Letters after the version in the name of its ABI: "t" for free threads. */
  readonly abiFlags: string;
  /** As `sysconfig.get_platform()`, such as linux-x86_64 or macosx-11.0-arm64. */
  readonly platform: string;
  /** Version of the GNU C library, such as 2.36; null for another one. */
  readonly glibc: string | null;
}

const LEGACY: Readonly<Record<string, number>> = { manylinux2014: 17, manylinux2010: 12, manylinux1: 5 };
const OLDEST_GLIBC = 5;
const MUSL = ['musllinux_1_2', 'musllinux_1_1'];

/** Tags of the platforms of an interpreter (PEP 600, PEP 656), the newest first. */
export function platformTags({ platform, glibc }: Pick<PythonReport, 'platform' | 'glibc'>): string[] {
  const mac = /^macosx-(\d+)\.(\d+)-(\w+)$/.exec(platform);
  if (mac !== null) return macTags(Number(mac[1]), mac[3]!);
  const linux = /^linux-(\w+)$/.exec(platform);
  if (linux === null) return [platform.replace(/[-.]/g, '_')];
  const machine = linux[1]!;
  const minor = /^2\.(\d+)/.exec(glibc ?? '')?.[1];
  if (minor === undefined) return [...MUSL, 'linux'].map((name) => `${name}_${machine}`);
  const tags: string[] = [];
  for (let version = Number(minor); version >= OLDEST_GLIBC; version--) {
    tags.push(`manylinux_2_${version}_${machine}`);
    for (const [name, at] of Object.entries(LEGACY)) if (at === version) tags.push(`${name}_${machine}`);
  }
  return [...tags, `linux_${machine}`];
}

function macTags(major: number, machine: string): string[] {
  const kinds = machine === 'arm64' ? ['arm64', 'universal2'] : ['x86_64', 'universal2', 'intel'];
  const versions: string[] = [];
  for (let version = Math.max(major, 11); version >= 11; version--) versions.push(`${version}_0`);
  if (machine !== 'arm64') for (let minor = 16; minor >= 4; minor--) versions.push(`10_${minor}`);
  return versions.flatMap((version) => kinds.map((kind) => `macosx_${version}_${kind}`));
}

/** One line about an interpreter, for messages. */
export const describePython = ({ version, platforms }: PythonDescription): string =>
  `Python ${version} on ${platforms[0] ?? 'an unknown platform'}`;
