import { artifactKeyInvalid } from './artifact.errors.js';

const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}(?:\/[A-Za-z0-9][A-Za-z0-9._-]{0,127}){4,7}$/;

/** The parts of a key. `part` may have up to three further levels, separated by "/". */
export interface ArtifactKeyParts {
  readonly teamId: string;
  readonly projectId: string;
  readonly kind: string;
  readonly id: string;
  readonly part: string;
}

/** Joins the parts to `<team>/<project>/<kind>/<id>/<part>`. Throws `invalid` ARTIFACT_KEY_INVALID. */
export function artifactKey(parts: ArtifactKeyParts): string {
  return checkKey([parts.teamId, parts.projectId, parts.kind, parts.id, parts.part].join('/'));
}

/**
 * Returns the key if it is well formed, so that no key refers to a file outside the store. Throws `invalid`
 * ARTIFACT_KEY_INVALID.
 */
export function checkKey(key: string): string {
  if (!KEY.test(key)) throw artifactKeyInvalid(key);
  return key;
}

/** Returns the uri of an object: its key, with 16 digits of its hash before the file extension. */
export function formatUri(key: string, sha256: string): string {
  const slash = key.lastIndexOf('/');
  const dot = key.indexOf('.', slash);
  const end = dot === -1 ? key.length : dot;
  return `${key.slice(0, end)}.${sha256.slice(0, 16)}${key.slice(end)}`;
}
