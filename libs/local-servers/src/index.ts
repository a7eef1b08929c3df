export { freePorts, isPortFree } from './free-ports.js';
export { launchServer, type RunningServer, serverCommand } from './launch.js';
export { natsConfig, natsServer, type NatsOptions, type NatsUser } from './nats.server.js';
export { findProgram, needProgram } from './program.js';
export { S3_PORTS, s3Server, type S3Options } from './s3.server.js';
export type { ServerSpec } from './server-spec.js';
