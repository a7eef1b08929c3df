import { requirementsInvalid } from './environment.errors.js';

/** File of the requirements, next to the module of an integration. */
export const REQUIREMENTS_FILE = 'requirements.txt';

/** One line of a requirements.txt. */
export interface Requirement {
  /** Canonical name: lower case, with single dashes (PEP 503). */
  readonly name: string;
  /** The line without comment and hashes, for people. */
  readonly text: string;
  /** Version that `==` pins; undefined for any other condition. */
  readonly version: string | undefined;
  /** SHA-256 of the files that may be installed; none if any may. */
  readonly hashes: readonly string[];
  /** It has a marker and so may not apply. */
  readonly conditional: boolean;
}

const LINE = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*([^;]*)(;.*)?$/;
const PINNED = /^===?\s*([A-Za-z0-9][A-Za-z0-9._+!-]*)$/;
const HASH = /\s+--hash[= ](\S+)/g;
const SHA256 = /^sha256:([0-9a-f]{64})$/;
const MAX_LINES = 2_000;
const MAX_TEXT = 2 ** 20;
/** The platform brings this package. */
const OWN = 'noema';

/**
 * Parses a requirements.txt: names with versions, markers and hashes. Throws `invalid` REQUIREMENTS_INVALID for
 * options, addresses and files, because a list that names other places is not the whole list.
 */
export function parseRequirements(text: string): Requirement[] {
  if (text.length > MAX_TEXT) throw requirementsInvalid(`it has more than ${MAX_TEXT} characters`);
  const lines = text
    .replace(/^\ufeff/, '')
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  if (lines.length > MAX_LINES) throw requirementsInvalid(`it has more than ${MAX_LINES} lines`);
  const requirements = lines.map(parseLine).filter(({ name }) => name !== OWN);
  const names = new Set<string>();
  for (const { name, conditional } of requirements) {
    if (!conditional && names.has(name)) throw requirementsInvalid(`it names ${name} twice`);
    if (!conditional) names.add(name);
  }
  return requirements;
}

function parseLine(line: string): Requirement {
  const hashes = [...line.matchAll(HASH)].map(([, hash]) => {
    const digest = SHA256.exec(hash!.toLowerCase());
    if (digest === null)
      throw requirementsInvalid(`"${shown(hash!)}" is no hash of the form sha256:<64 digits>`);
    return digest[1]!;
  });
  const text = line.replace(HASH, '').trim();
  const parts = LINE.exec(text);
  if (parts === null || text.includes(' @ '))
    throw requirementsInvalid(
      `"${shown(text)}" is no name of a package with a version; options, files and addresses are not read, write ` +
        'one package==version a line',
    );
  const [, name, condition, marker] = parts;
  return {
    name: canonicalName(name!),
    text,
    version: PINNED.exec(condition!.trim())?.[1],
    hashes,
    conditional: marker !== undefined,
  };
}

/** Name of a package as indexes compare it (PEP 503). */
export const canonicalName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** True for two spellings of one version, such as 2.0 and 2.0.0. */
export const sameVersion = (one: string, other: string): boolean =>
  canonicalVersion(one) === canonicalVersion(other);

function canonicalVersion(version: string): string {
  const text = version.toLowerCase().replace(/^v/, '').replace(/[-_]/g, '.');
  const [, release = '', rest = ''] = /^([0-9]+(?:\.[0-9]+)*)?(.*)$/.exec(text)!;
  return release.replace(/(?:\.0)+$/, '') + rest;
}

/** Requirements that packages of these names and versions do not meet; `installed` is by canonical name. */
export const unmetRequirements = (
  requirements: readonly Requirement[],
  installed: ReadonlyMap<string, string>,
): Requirement[] =>
  requirements.filter(({ name, version, conditional }) => {
    const found = installed.get(name);
    if (found === undefined) return !conditional;
    return version !== undefined && !sameVersion(version, found);
  });

const shown = (text: string): string => text.slice(0, 80);
