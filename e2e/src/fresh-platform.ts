import { noema, noemaJson, startNoemaWith } from './command-line.js';
import { copyRunTemplate } from './run-template.js';

/**
 * Starts a platform in an empty directory, for a test that is neither about the first start nor about insights:
 * the data directory is a copy of what one first start leaves, and runs are not searched for insights.
 * Rejects with what the command printed.
 */
export async function startFresh(directory: string): Promise<{ readonly url: string }> {
  await copyRunTemplate('fresh', directory, async (template) => {
    await noemaJson(template, 'up', '--port', '0');
    await noema(template, 'down');
  });
  const { code, stdout, stderr } = await startNoemaWith(
    { NOEMA_SEARCH_AFTER_RUNS: 'false' },
    directory,
    ...['--json', 'up', '--port', '0'],
  ).result;
  if (code !== 0) throw new Error(`noema up ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as { url: string };
}
