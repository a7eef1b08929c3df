export {
  CertificateAuthority,
  type CertificateOptions,
  type IssuedCertificate,
  mountCertificate,
  mountFiles,
} from './certificate-authority.js';
export { catchError, catchReason } from './catch-error.js';
export { freePorts } from '@noema/local-servers';
export { findBrowser, startBrowser } from './browser.js';
export {
  startIdentityProvider,
  type TestIdentityProvider,
  type TestIdentityProviderOptions,
  type TestPerson,
} from './identity-provider.js';
export {
  type MemoryResources,
  memoryResources,
  type MemoryTable,
  memoryTable,
  memoryWork,
} from './memory-resources.js';
export { type MemoryStore, memoryStore } from './memory-store.js';
export { type Peer, peer, startPeers } from './peers.js';
export { projectPeer } from './project-peer.js';
export { startPostgres, type TestPostgres } from './postgres.js';
export { holdRows, type RowGate } from './row-gate.js';
export { serviceTest, type ServiceTest, type ServiceUnderTest } from './service-test.js';
export { withStillClock } from './still-clock.js';
export { temporaryDirectory } from './temporary-directory.js';
export { type Caller, startTestbed, type Testbed, type TestbedOptions } from './testbed.js';
export { type Endable, hasEnded, untilEnded } from './until-ended.js';
export { waitFor, type WaitOptions } from './wait-for.js';
export {
  probeRpcs,
  reachedAbove,
  reachedByTrespass,
  reachedWithout,
  requestWith,
  type RpcFinding,
  type ServedRpcs,
  type AccessViolation,
} from './rpc-probe.js';
export { type FaultProxy, type HttpFault, startFaultProxy } from './fault-proxy.js';
export { hasProgram } from './has-program.js';
export { hasNats, startNats, type TestNats } from './nats.js';
export { hasS3, startS3, type TestS3 } from './s3.js';
