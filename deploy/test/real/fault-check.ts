import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '@noema/kernel';
import { checkSameArtifacts, collectArtifacts, createDigitRun, findDigitRun } from './digit-walk.js';
import { patientPlatform } from './gateway-platform.js';
import { NodeFaults } from './node-faults.js';
import type { RealNode } from './real-node.js';
import { checkJobs } from './team-jobs.js';

const PATIENCE_MS = 1_800_000;

/**
 * Trains the digits of the walk again while pods, the kubelet, containerd and etcd end without a warning, for
 * NOEMA_KILL_SECONDS (90) at least, drawn from NOEMA_KILL_SEED. Throws unless every run has all its maps once, its
 * artifacts have the bits of the undisturbed run, and no job has failed. Returns lines for people.
 */
export async function faultCheck(node: RealNode, key: string): Promise<string[]> {
  const seconds = Number(process.env['NOEMA_KILL_SECONDS'] ?? 90);
  const seed = Number(process.env['NOEMA_KILL_SEED'] ?? Date.now() % 1_000_000);
  const platform = await patientPlatform(node, key);
  const undisturbed = await findDigitRun(platform);
  const expected = await collectArtifacts(platform, undisturbed);
  const faults = new NodeFaults(node, seededRandom(seed));
  const tookS: number[] = [];
  const start = performance.now();
  do {
    const run = await createDigitRun(platform, `faults ${seed} ${tookS.length + 1}`);
    const stop = new AbortController();
    const faulty = faults.inject(stop.signal);
    try {
      // A fault that cannot be made ends the wait for the run.
      const found = await Promise.race([
        collectArtifacts(platform, run, PATIENCE_MS),
        faulty.then(() => Promise.reject(new Error('the faults ended before the run'))),
      ]);
      checkSameArtifacts(expected.hashes, found.hashes, 'under faults');
      tookS.push((found.endMs - Date.parse(run.createTime)) / 1000);
      const left = seconds * 1000 - (performance.now() - start);
      if (left > 0 && left < 30_000) await Promise.race([delay(left), faulty]);
    } finally {
      stop.abort();
      await faulty.catch(() => undefined);
    }
    await becomeWhole(node);
  } while (performance.now() - start < seconds * 1000 || !faults.complete);
  const jobs = await checkJobs(platform, PATIENCE_MS);
  if (platform.internalErrors.length > 0) throw new Error(platform.internalErrors.join('; '));
  const total = Object.values(faults.counts).reduce((sum, count) => sum + count, 0);
  const undisturbedS = (expected.endMs - Date.parse(undisturbed.createTime)) / 1000;
  return [
    `seed ${seed} (NOEMA_KILL_SEED), ${seconds} s (NOEMA_KILL_SECONDS): ${total} faults`,
    Object.entries(faults.counts)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([what, count]) => `${what} ${count}`)
      .join(', '),
    `runs took ${tookS.map((s) => s.toFixed(0)).join(', ')} s; undisturbed ${undisturbedS.toFixed(0)} s`,
    `${expected.hashes.size} artifacts of ${tookS.length} runs have the bits of the undisturbed one; ${jobs}`,
  ];
}

/** Waits until every pod that should run is ready. */
async function becomeWhole(node: RealNode): Promise<void> {
  const names = await node.kubectl(['get', 'deployments,statefulsets', '-n', 'noema', '-o', 'name']);
  for (const name of names.trim().split('\n'))
    await node.kubectl(['rollout', 'status', name, '-n', 'noema', '--timeout=900s']);
}
