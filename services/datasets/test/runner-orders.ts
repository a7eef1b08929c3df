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

/** The order to ingest a module as it is now. */
export const orderOfModule = async (
  modulePath: string,
  shardSize: number,
  ingestionId = 'i',
): Promise<OpenOrder> => ({
  ingestionId,
  projectId: 'p',
  modulePath,
  bundle: null,
  wheels: [],
  data: null,
  uploadId: null,
  teamId: 't',
  digest: await moduleDigest(modulePath),
  hosts: [],
  secrets: [],
  shardSize,
  maxSkippedShare: 0,
  openSecrets: () => Promise.resolve({}),
});
