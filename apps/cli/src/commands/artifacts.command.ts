import { Command, Option } from 'commander';
import { ARTIFACT_SERVICES, parseArtifactRef } from '@noema/contracts';
import type { CreateArtifactDownloadResponse } from '@noema/contracts/noema/artifacts/v1/artifact_service';
import { asDomainError, DomainError } from '@noema/kernel';
import { readAddress } from '../download/address.reader.js';
import { downloadArtifact } from '../download/artifact.download.js';
import type { Noema } from '../noema.js';
import type { CommandContext } from './command-context.js';
import { action } from './runner.js';

interface DownloadOptions {
  readonly to?: string;
  readonly service?: string;
  readonly stream?: boolean;
}

export function artifactsCommand(): Command {
  const artifacts = new Command('artifacts').description(
    'files of resources: weights, vectors, matrices, tables',
  );
  artifacts
    .command('download')
    .argument('<uri>', 'artifact, as a resource names it')
    .description('write an artifact to a file; resumes an interrupted download')
    .option('--to <file>', 'file to write (default: the last part of the uri)')
    .addOption(
      new Option('--service <name>', 'service whose resource names it; each is asked when left out').choices(
        ARTIFACT_SERVICES,
      ),
    )
    .option('--stream', 'read through the gateway, even if clients can reach the store')
    .action(action(download));
  return artifacts;
}

async function download(
  { terminal, connect, signal }: CommandContext,
  uri: string,
  { to = uri.slice(uri.lastIndexOf('/') + 1), service, stream = false }: DownloadOptions,
): Promise<void> {
  const noema = await connect();
  const { service: owner, found } = await find(
    noema,
    uri,
    service === undefined ? ARTIFACT_SERVICES : [service],
  );
  const artifact = parseArtifactRef(found.artifact, 'artifact');
  let byAddress = found.url !== '' && !stream;
  let url = found.url;
  await downloadArtifact({
    artifact,
    target: to,
    onProgress: (done) => {
      terminal.redraw(`${to}  ${Math.floor((100 * done) / artifact.sizeBytes)} %`);
    },
    read: async function* (offset) {
      if (!byAddress) {
        for await (const { body } of noema.artifacts.readArtifact(
          { service: owner, uri, offset: BigInt(offset) },
          { signal },
        ))
          yield body!.data;
        return;
      }
      try {
        yield* readAddress(url, offset, signal);
      } catch (error) {
        // The address may have ended to work, or lead to where only others get: a new one, then the gateway.
        if (offset === 0) byAddress = false;
        else ({ url } = await noema.artifacts.createArtifactDownload({ service: owner, uri }));
        throw error;
      }
    },
  });
  terminal.redraw('');
  terminal.document({
    file: to,
    uri,
    sha256: artifact.sha256,
    sizeBytes: artifact.sizeBytes,
    mediaType: artifact.mediaType,
  });
  terminal.line(`${to}: ${artifact.sizeBytes} bytes, sha256 ${artifact.sha256}`);
}

async function find(
  noema: Noema,
  uri: string,
  names: readonly string[],
): Promise<{ service: string; found: CreateArtifactDownloadResponse }> {
  for (const service of names) {
    try {
      return { service, found: await noema.artifacts.createArtifactDownload({ service, uri }) };
    } catch (error) {
      if (asDomainError(error).kind !== 'not-found') throw error;
    }
  }
  throw new DomainError(
    'not-found',
    'ARTIFACT_NOT_FOUND',
    `no resource of this team names an artifact "${uri}" at ${names.join(', ')}; take the uri from a ` +
      'resource with --json',
  );
}
