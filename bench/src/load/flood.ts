import { setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { Connection, createClient } from '@noema/grpc';
import { asDomainError } from '@noema/kernel';

/** Options of a flood, as JSON in its first argument. */
export interface FloodOrder {
  readonly url: string;
  readonly workspace: string;
  readonly training: string;
  readonly token: string;
}

/** Messages on its channel: `flowing` when its first calls were answered, this when it is stopped. */
export interface FloodReport {
  readonly answered: number;
  readonly refused: number;
  readonly failed: Readonly<Record<string, number>>;
}

const CONNECTIONS = 4;
/**
 * Calls that may be under way on a connection: more than any server lets in, few enough that the flooder
 * lives.
 */
const OUTSTANDING = 1_000;
const REST_AT_ONCE = 200;

// It stands for machines of others, which would not take processor time from the platform's.
setPriority(19);
const order = JSON.parse(process.argv[2]!) as FloodOrder;
const failed: Record<string, number> = {};
let [answered, refused, stopping, flowing] = [0, 0, false, false];

const note = (fault: string): void => {
  failed[fault] = (failed[fault] ?? 0) + 1;
};

async function loop(call: () => Promise<unknown>): Promise<void> {
  while (!stopping) {
    try {
      await call();
      answered++;
    } catch (thrown) {
      const error = asDomainError(thrown);
      if (error.kind === 'exhausted') refused++;
      else note(error.kind === 'internal' ? error.message : `${error.kind} ${error.reason}`);
      await delay(1);
    }
    if (!flowing && answered + refused > 100) {
      flowing = true;
      process.send?.('flowing');
    }
  }
}

const loops: Promise<void>[] = [];
for (let n = 0; n < CONNECTIONS; n++) {
  const connection = new Connection(n % 2 === 0 ? order.workspace : order.training);
  const call =
    n % 2 === 0
      ? () => createdOn.listProjects({})
      : () => runsOn.listRuns({ projectId: '0190b5a0-0000-7000-8000-000000000000' });
  const createdOn = createClient(ProjectService, {
    address: connection,
    token: order.token,
    timeoutMs: 60_000,
  });
  const runsOn = createClient(RunService, { address: connection, token: order.token, timeoutMs: 60_000 });
  for (let k = 0; k < OUTSTANDING; k++) loops.push(loop(call));
}
for (let n = 0; n < REST_AT_ONCE; n++) {
  loops.push(
    loop(async () => {
      const response = await fetch(`${order.url}/v1/projects`, {
        headers: { authorization: `Bearer ${order.token}` },
      });
      await response.text();
      if (response.status === 429) refused++;
      else if (!response.ok) throw new Error(`HTTP ${response.status}`);
    }),
  );
}
process.once('message', () => {
  stopping = true;
  process.send?.({ answered, refused, failed } satisfies FloodReport, () => {
    process.exit(0);
  });
});
process.once('disconnect', () => {
  process.exit(0);
});
