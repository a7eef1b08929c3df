import { DomainError } from '@noema/kernel';

/** Location of an S3 bucket, parsed from `s3://bucket?endpoint=…&region=…&path_style=…`. */
export interface S3Location {
  readonly bucket: string;
  /** `http(s)://host[:port]` */
  readonly endpoint: URL;
  readonly region: string;
  /** True if the path has the bucket, as most servers need it; false if the host name has it. */
  readonly pathStyle: boolean;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const KNOWN = new Set(['endpoint', 'region', 'path_style']);
const AMAZON = 'https://s3.amazonaws.com';

/**
 * Parses the URL of a bucket. Without an endpoint it is a bucket of Amazon S3. Throws `invalid`
 * STORE_URL_INVALID.
 */
export function s3Location(url: URL): S3Location {
  const refuse = (why: string): never => {
    throw new DomainError(
      'invalid',
      'STORE_URL_INVALID',
      `store URL "s3://${url.host}" ${why}; write ` +
        's3://<bucket>?endpoint=http(s)://<host>:<port>&region=<region>&path_style=<true|false>',
    );
  };
  if (url.username !== '' || url.password !== '')
    refuse('holds credentials, which belong into storeAccessKey and storeSecretKey');
  if (!BUCKET.test(url.host) || url.host.includes('..'))
    refuse('names no bucket of 3 to 63 lower-case letters, digits, "-" and "."');
  if (url.pathname !== '' && url.pathname !== '/')
    refuse(`has the path "${url.pathname}", but a bucket belongs to one installation`);
  for (const name of url.searchParams.keys())
    if (!KNOWN.has(name)) refuse(`has the unknown parameter "${name}"`);
  const given = url.searchParams.get('endpoint');
  const pathStyle = url.searchParams.get('path_style') ?? String(given !== null);
  if (pathStyle !== 'true' && pathStyle !== 'false') refuse(`has path_style "${pathStyle}"`);
  const endpoint = parseEndpoint(given ?? AMAZON);
  return endpoint === undefined
    ? refuse(`has the endpoint "${given}"`)
    : {
        bucket: url.host,
        endpoint,
        region: url.searchParams.get('region') ?? 'us-east-1',
        pathStyle: pathStyle === 'true',
      };
}

/** Returns `http(s)://host[:port]`, or undefined if the text has anything else. */
export function parseEndpoint(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === '';
  return bare ? url : undefined;
}
