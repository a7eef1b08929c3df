import { unpackBundle } from '../src/bundle/unpack-bundle.js';
import type { OpenOrder } from '../src/ingestion/ingestion.ports.js';
import { CodeSource } from '../src/runner/code.source.js';
import type { Isolation } from '../src/runner/isolation.js';
import { moduleDigest } from '../src/runner/module-digest.js';
import { ProcessRunner, type ProcessRunnerOptions } from '../src/runner/process-runner.js';

/** A runner of modules of this machine, wherever they are. */
export const moduleRunner = (
  isolation: Isolation,
  options: Partial<ProcessRunnerOptions> = {},
): ProcessRunner =>
  new ProcessRunner({
    isolation,
    code: new CodeSource({
      bundles: { open: () => Promise.reject(new Error('no bundles here')) },
      environments: { open: () => Promise.reject(new Error('no environments here')) },
      data: { open: () => Promise.reject(new Error('no data here')) },
      roots: undefined,
    }),
    ...options,
  });

/** A source of one bundle. */
export const bundleSource = (content: string): CodeSource =>
  new CodeSource({
    bundles: { open: () => unpackBundle(Buffer.from(content)) },
    environments: { open: () => Promise.reject(new Error('no environments here')) },
    data: { open: () => Promise.reject(new Error('no data here')) },
    roots: [],
  });

/** The order to ingest a bundle. */
export const BUNDLE_ORDER: OpenOrder = {
  ingestionId: 'i',
  projectId: 'p',
  modulePath: '',
  bundle: { uri: 'x', sha256: '', sizeBytes: 0, mediaType: 'text/javascript' },
  wheels: [],
  data: null,
  uploadId: null,
  teamId: 't',
  digest: '',
  hosts: [],
  secrets: [],
  shardSize: 40,
  maxSkippedShare: 0,
  openSecrets: () => Promise.resolve({}),
};

/** Makes the order to ingest the current code of a module. */
export const orderOfModule = async (
  modulePath: string,
  shardSize: number,
  ingestionId = 'i',
): Promise<OpenOrder> => ({
  ...BUNDLE_ORDER,
  ingestionId,
  modulePath,
  bundle: null,
  digest: await moduleDigest(modulePath),
  shardSize,
});
