import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { needProgram } from './program.js';
import type { ServerSpec } from './server-spec.js';

export interface S3Options {
  /** Eight ports: the port of S3 first, then the ports by which SeaweedFS's parts find each other. */
  readonly ports: readonly number[];
  readonly directory: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** How many ports an S3 server needs. */
export const S3_PORTS = 8;

/** Parts of SeaweedFS that call each other by gRPC. */
const PARTS = ['MASTER', 'VOLUME', 'FILER', 'S3', 'CLIENT'];

/**
 * A SeaweedFS with its S3 gateway on 127.0.0.1; it serves after about three seconds. Only S3 takes callers:
 * the master and the filer answer no HTTP, the volumes only what the master signed, and gRPC only clients
 * with the certificate that lies in the directory. Throws `precondition` SERVER_PROGRAM_MISSING.
 */
export async function s3Server({ ports, directory, accessKey, secretKey }: S3Options): Promise<ServerSpec> {
  const program = needProgram('weed');
  const { writeCertificate } = await import('./store-certificates.js'); // nothing for who starts no store
  const certificate = await writeCertificate(join(directory, 'security'));
  const signingKey = (use: string): string =>
    createHmac('sha256', secretKey).update(`seaweedfs ${use}`).digest('base64url');
  const [s3 = 0, s3Grpc, master, masterGrpc, volume, volumeGrpc, filer, filerGrpc] = ports;
  return {
    name: 's3',
    program,
    env: {
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
      WEED_JWT_SIGNING_KEY: signingKey('write'),
      WEED_JWT_SIGNING_READ_KEY: signingKey('read'),
      WEED_JWT_FILER_SIGNING_KEY: signingKey('filer write'),
      WEED_JWT_FILER_SIGNING_READ_KEY: signingKey('filer read'),
      WEED_GRPC_CA: certificate.ca,
      ...Object.fromEntries(
        PARTS.flatMap((part) => [
          [`WEED_GRPC_${part}_CERT`, certificate.cert],
          [`WEED_GRPC_${part}_KEY`, certificate.key],
        ]),
      ),
    },
    args: [
      '-logtostderr',
      'server',
      `-dir=${directory}`,
      '-ip=127.0.0.1',
      '-ip.bind=127.0.0.1',
      '-s3',
      '-filer',
      '-disableHttp',
      `-s3.port=${s3}`,
      `-s3.port.grpc=${s3Grpc}`,
      '-s3.port.iceberg=0',
      '-s3.port.lance=0',
      '-s3.iam=false',
      `-master.port=${master}`,
      `-master.port.grpc=${masterGrpc}`,
      '-master.volumeSizeLimitMB=512',
      '-master.telemetry=false',
      `-volume.port=${volume}`,
      `-volume.port.grpc=${volumeGrpc}`,
      '-volume.max=0',
      '-volume.preStopSeconds=0',
      `-filer.port=${filer}`,
      `-filer.port.grpc=${filerGrpc}`,
    ],
    // Without credentials it refuses, which is an answer; that it can also keep something, the one who opens
    // a bucket finds out.
    ready: () =>
      fetch(`http://127.0.0.1:${s3}/`, { signal: AbortSignal.timeout(2_000) }).then(
        (answer) => answer.status === 403,
        () => false,
      ),
  };
}
