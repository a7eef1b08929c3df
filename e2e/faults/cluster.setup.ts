import { temporaryDirectory } from '@noema/testing';
import type { TestProject } from 'vitest/node';
import { RunningCluster } from '../src/cluster/running-cluster.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Data directory of the cluster that all files of the project share. */
    clusterDirectory: string;
  }
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>> | undefined;
let cluster: RunningCluster | undefined;

/**
 * Starts one cluster for all: three teams that may ask as often as they like, two replicas of each service,
 * two workers of each kind.
 */
export async function setup(project: TestProject): Promise<void> {
  directory = await temporaryDirectory();
  cluster = await RunningCluster.up(directory.path, '--teams', '3', '--replicas', '2');
  await Promise.all(['a', 'b', 'c'].map((team) => cluster!.allow(team, 0)));
  project.provide('clusterDirectory', directory.path);
}

export async function teardown(): Promise<void> {
  await cluster?.down();
  await directory?.remove();
}
