import { randomBytes } from 'node:crypto';
import { generateSigningKey, type Role, TokenSigner } from '@noema/auth';
import type { TlsFiles } from '@noema/grpc';
import { silentLogger } from '@noema/observability';
import { startPeers } from '@noema/testing';
import { startGateway } from '../src/index.js';
import {
  IdentityController,
  JobController,
  PointController,
  ProjectController,
  SampleController,
  TestResultController,
  TokenController,
} from './platform.controllers.js';

export const TEAM = '01890a5d-ac96-774b-bcce-b302099a8057';

/** A gateway in front of one real gRPC server that plays every service, with state that tests can turn. */
export async function startPlatform(settings: Record<string, string> = {}, tls?: TlsFiles) {
  const key = await generateSigningKey();
  const signer = new TokenSigner({ privateKey: key.privateKey });
  const signToken = async (role: Role, lifetimeS = 600) =>
    (await signer.sign({ teamId: TEAM, subject: 'ann', role }, lifetimeS)).token;
  const behind = await startServer(key.jwks, signToken, tls);
  const env = {
    NOEMA_AUTH_JWKS: key.jwks,
    NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
    NOEMA_HTTP_ADDRESS: '127.0.0.1:0',
    NOEMA_GRPC_ADDRESS: '127.0.0.1:0',
    NOEMA_SERVICES: ['workspace', 'datasets', 'training', 'projection', 'quality']
      .map((s) => `${s}=${behind.address}`)
      .join(','),
    NOEMA_HEARTBEAT_MS: '2000',
    NOEMA_SESSION_SECRET: randomBytes(32).toString('base64'),
    ...settings,
  };
  const gateway = await startGateway(env, { logger: silentLogger });
  return {
    ...behind.controllers,
    env,
    key,
    gateway,
    behind,
    base: `http://${gateway.address}`,
    signToken,
    signer,
    close: async () => {
      await gateway.close();
      await behind.close();
    },
  };
}

async function startServer(
  jwks: string,
  signToken: (role: Role, lifetimeS?: number) => Promise<string>,
  tls: TlsFiles | undefined,
) {
  const tokens = new TokenController(signToken);
  const controllers = {
    tokens,
    identities: new IdentityController(signToken, tokens),
    projects: new ProjectController(),
    jobs: new JobController(),
    samples: new SampleController(),
    points: new PointController(),
    testResults: new TestResultController(),
  };
  return { controllers, ...(await startPeers(jwks, Object.values(controllers), tls)) };
}
