import { type Environment, loadConfig } from '@noema/config';
import { trustSettings } from '@noema/host';
import * as z from 'zod';
import { isolationSettings } from '../config.js';
import { createIsolation } from './runner.module.js';
import { nodeRuntime } from './runtimes/node.js';

const settings = z.object({ ...trustSettings.shape, ...isolationSettings.shape });

/**
 * Tries what the given settings run the code of users in. Throws `precondition`
 * INTEGRATION_ISOLATION_UNAVAILABLE, with the reason, where it cannot run.
 */
export const requireIsolation = (env: Environment): Promise<void> =>
  createIsolation(loadConfig(settings, env)).require(nodeRuntime);
