import { isIP } from 'node:net';
import { stat } from 'node:fs/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Integration, IntegrationSourceSchema } from '@noema/contracts/noema/datasets/v1/integration';
import { asDomainError } from '@noema/kernel';
import type { Noema } from '../noema.js';
import { packFolder } from './bundle.packer.js';
import type { CommandContext } from './command-context.js';
import { sendData } from './data.upload.js';
import { sendRequirements, type SentEnvironment } from './environment.upload.js';

type Source = NonNullable<MessageInitShape<typeof IntegrationSourceSchema>['source']>;

const MANIFEST = /\.ya?ml$/;

/** An integration, and what was sent of the packages that it needs. */
export interface Registered {
  readonly integration: Integration;
  readonly environment: SentEnvironment;
}

/**
 * Registers a module or a manifest of this machine; returns the id of the integration. A platform on this machine reads
 * it where it lies. To a platform elsewhere the code, or the data of the manifest, are sent.
 */
export async function registerPath(
  context: CommandContext,
  noema: Noema,
  projectId: string,
  path: string,
  displayName: string,
): Promise<string> {
  const { url } = context.options;
  const isHere = await stat(path).then(
    () => true,
    () => false,
  );
  const environment = await sendRequirements(context, noema, projectId, path);
  const register = async (source: Source): Promise<string> =>
    (await createIntegration(noema, { projectId, displayName }, source, environment)).id;
  if (url === undefined || !isHere || isLoopback(url))
    try {
      return await register({ case: 'modulePath', value: path });
    } catch (error) {
      // An address of this machine may lead elsewhere, as `kubectl port-forward` does.
      if (url === undefined || !isHere || asDomainError(error).reason !== 'MODULE_PATH_OUTSIDE_ROOTS')
        throw error;
    }
  return register(await sendSource(context, noema, projectId, path));
}

/** Sends a module or folder as a bundle, or a manifest with its data, and registers it. */
export async function registerSent(
  context: CommandContext,
  noema: Noema,
  projectId: string,
  path: string,
  displayName: string,
): Promise<Registered> {
  const environment = await sendRequirements(context, noema, projectId, path);
  const source = await sendSource(context, noema, projectId, path);
  return {
    integration: await createIntegration(noema, { projectId, displayName }, source, environment),
    environment,
  };
}

async function createIntegration(
  { integrations }: Noema,
  named: { readonly projectId: string; readonly displayName: string },
  source: Source,
  { wheels }: SentEnvironment,
): Promise<Integration> {
  const request = { ...named, source: { source }, wheels: [...wheels] };
  return (await integrations.createIntegration(request)).integration!;
}

async function sendSource(
  context: CommandContext,
  noema: Noema,
  projectId: string,
  path: string,
): Promise<Source> {
  if (MANIFEST.test(path)) return { case: 'data', value: await sendData(context, noema, projectId, path) };
  const { bundle } = await noema.integrations.uploadBundle({ projectId, content: await packFolder(path) });
  return { case: 'bundle', value: bundle! };
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
