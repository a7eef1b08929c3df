import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '../src/s3/s3-calls.js';
import { s3Location } from '../src/s3/s3-location.js';

export interface StoreDoor {
  readonly storeUrl: string;
  readonly storeKeys: { readonly accessKey?: string; readonly secretKey?: string };
}

/** Changes a stored object behind the store's back, as a broken disk or a hostile hand would. For tests. */
export async function tamper(
  { storeUrl, storeKeys: { accessKey = '', secretKey = '' } }: StoreDoor,
  uri: string,
  change: (bytes: Buffer) => Uint8Array,
): Promise<void> {
  const url = new URL(storeUrl);
  if (url.protocol === 'file:') {
    const path = join(fileURLToPath(url), uri);
    return writeFile(path, change(await readFile(path)));
  }
  const location = s3Location(url);
  const client = await createClient(location, { accessKey, secretKey });
  const chunks: Buffer[] = [];
  for await (const chunk of await client.getObject(location.bucket, uri)) chunks.push(chunk as Buffer);
  await client.putObject(location.bucket, uri, Buffer.from(change(Buffer.concat(chunks))));
}
