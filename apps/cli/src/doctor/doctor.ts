import { busChecks } from './checks/bus.check.js';
import { directoryChecks } from './checks/directory.checks.js';
import { engineChecks } from './checks/engine.check.js';
import { gatewayChecks } from './checks/gateway.checks.js';
import { isolationChecks } from './checks/isolation.check.js';
import { keyChecks } from './checks/keys.checks.js';
import { oidcChecks } from './checks/oidc.check.js';
import { postgresChecks } from './checks/postgres.checks.js';
import { serviceChecks } from './checks/service.checks.js';
import { storeChecks } from './checks/store.check.js';
import { tlsChecks } from './checks/tls.checks.js';
import type { Finding } from './finding.js';
import { runChecks } from './run-checks.js';
import type { Subject } from './subject.js';

/** Every kind of check; each says for itself what there is to look at. */
const CHECKS = [
  directoryChecks,
  gatewayChecks,
  serviceChecks,
  postgresChecks,
  busChecks,
  storeChecks,
  keyChecks,
  isolationChecks,
  tlsChecks,
  oidcChecks,
  engineChecks,
];

/** Looks at all of an installation that is known. */
export const examine = (subject: Subject): Promise<Finding[]> =>
  runChecks(CHECKS.flatMap((of) => of(subject)));
