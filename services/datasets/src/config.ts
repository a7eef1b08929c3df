import { integer, text } from '@noema/config';
import { heavySettings, trustSettings } from '@noema/host';
import * as z from 'zod';

const folders = () =>
  z.string().transform((list): readonly string[] =>
    list
      .split(',')
      .map((folder) => folder.trim())
      .filter((folder) => folder !== ''),
  );

/** How code of users is kept apart from the platform. */
export const isolationSettings = z.object({
  integrationIsolation: z
    .enum(['none', 'bubblewrap', 'pod'], 'is not one of none, bubblewrap, pod')
    .optional()
    .describe(
      'what user code runs in: `bubblewrap` (default), `none` (default where integrations are trusted, ' +
        'refused elsewhere), `pod` (a pod of its own for each process)',
    ),
  integrationRoots: folders()
    .prefault('')
    .describe(
      'folders, separated by commas, that modules may lie in; only the operator may write there; none: ' +
        'only uploaded bundles, and anywhere where integrations are trusted',
    ),
  integrationNetwork: z
    .enum(['none', 'allowed'], 'is not one of none, allowed')
    .default('none')
    .describe(
      '`allowed` gives integrations that declare hosts the network of the worker; limit it from outside',
    ),
  integrationMemoryMb: integer({ min: 128, max: 1_048_576 })
    .default(2048)
    .describe('MiB of memory of one integration, its children included'),
  integrationCpuSeconds: integer({ min: 1, max: 1_000_000 })
    .default(3600)
    .describe('seconds of CPU time of one step of an integration: a check, a plan, a shard'),
  integrationProcesses: integer({ min: 16, max: 4096 })
    .default(128)
    .describe('processes and threads of one integration; node itself has about 12'),
  integrationTmpMb: integer({ min: 1, max: 1_048_576 })
    .default(256)
    .describe('MiB of files in the /tmp of one integration, held in memory'),
  python: text()
    .optional()
    .describe(
      'interpreter of integrations in Python: a path or a program on the PATH, of Python 3.9 or later with ' +
        'numpy; `python3` when left out',
    ),
  dataHosts: folders()
    .prefault('')
    .describe(
      'hosts, separated by commas, that data may be copied from although their addresses are private, or by plain ' +
        'http, as `minio.storage.svc:9000`; none: only https and public addresses',
    ),
  environmentCacheMb: integer({ min: 64, max: 1_048_576 })
    .default(2048)
    .describe(
      'MiB of unpacked packages of integrations in Python, and of unpacked data, that one process keeps on its disk; ' +
        'what was used least recently is deleted first',
    ),
  podRuntimeClass: text()
    .optional()
    .describe('RuntimeClass of the pods of `pod`, such as `gvisor` or `kata`; without it `pod` refuses'),
  podImage: text().optional().describe('image of the pods of `pod`: the one of this service'),
  podApiUrl: text()
    .default('https://kubernetes.default.svc')
    .describe('Kubernetes API that makes the pods of `pod`'),
  podCredentialsDir: text()
    .default('/var/run/secrets/kubernetes.io/serviceaccount')
    .describe(
      'directory with `token`, `ca.crt` and `namespace` of a service account that may create, get and ' +
        'delete pods',
    ),
});

/** How much user code may take of the API, which runs it for checks. */
export const checkSettings = z.object({
  checksAtOnce: integer({ min: 1, max: 64 })
    .default(2)
    .describe(
      'checks of integrations that one process of the API runs at the same time; one team runs at most ' +
        'half of them, and at least one',
    ),
  checkMemoryMb: integer({ min: 128, max: 1_048_576 })
    .default(1024)
    .describe('MiB of memory of one check; never more than `integrationMemoryMb`'),
  checkSeconds: integer({ min: 1, max: 3600 })
    .default(120)
    .describe('seconds that one check may take, and that it waits for its turn'),
});

/** Settings of the datasets service and its workers. */
export const datasetsSettings = z.object({
  ...heavySettings.shape,
  ...trustSettings.shape,
  ...isolationSettings.shape,
  ...checkSettings.shape,
});

/** Settings that say what user code runs in. */
export type IsolationConfig = z.output<typeof isolationSettings> & z.output<typeof trustSettings>;

export type DatasetsConfig = z.output<typeof datasetsSettings>;
