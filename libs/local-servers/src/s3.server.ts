import { needProgram } from './program.js';
import type { ServerSpec } from './server-spec.js';

export interface S3Options {
  /** Eight ports: that of S3 first, then those that SeaweedFS's parts find each other by. */
  readonly ports: readonly number[];
  readonly directory: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** How many ports an S3 server needs. */
export const S3_PORTS = 8;

/** A SeaweedFS with its S3 gateway on 127.0.0.1; it serves after about three seconds. Throws `precondition` SERVER_PROGRAM_MISSING. */
export function s3Server({ ports, directory, accessKey, secretKey }: S3Options): ServerSpec {
  const [s3 = 0, s3Grpc, master, masterGrpc, volume, volumeGrpc, filer, filerGrpc] = ports;
  return {
    name: 's3', program: needProgram('weed'), env: { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey },
    args: [
      '-logtostderr', 'server', `-dir=${directory}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1', '-s3', '-filer',
      `-s3.port=${s3}`, `-s3.port.grpc=${s3Grpc}`, '-s3.port.iceberg=0', '-s3.port.lance=0', '-s3.iam=false',
      `-master.port=${master}`, `-master.port.grpc=${masterGrpc}`, '-master.volumeSizeLimitMB=512', '-master.telemetry=false',
      `-volume.port=${volume}`, `-volume.port.grpc=${volumeGrpc}`, '-volume.max=0', '-volume.preStopSeconds=0',
      `-filer.port=${filer}`, `-filer.port.grpc=${filerGrpc}`,
    ],
    // Without credentials it refuses, which is an answer; that it can also keep something, the one who opens a bucket finds out.
    ready: () => fetch(`http://127.0.0.1:${s3}/`, { signal: AbortSignal.timeout(2_000) }).then((answer) => answer.status === 403, () => false),
  };
}
