import axe from 'axe-core';
import type { Page } from 'playwright-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Runs axe in the page, past its content security policy, and returns what is serious or critical. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await transitionsEnd(page);
  // A page keeps it until it is left.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(async (tags) => {
    const run = (
      globalThis as unknown as {
        axe: {
          run(options: object): Promise<{
            violations: {
              id: string;
              impact: string;
              help: string;
              nodes: { target: string[]; failureSummary: string }[];
            }[];
          }>;
        };
      }
    ).axe;
    return run.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
  }, RULES);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help} – ${nodes
          .slice(0, 4)
          .map(
            ({ target, failureSummary }) =>
              `${target.join(' ')} (${failureSummary.split('\n').slice(1).join(' ').trim()})`,
          )
          .join('; ')}`,
    );
}

/** Waits until menus and dialogs have their colors: axe measures what a transition shows at this moment. */
const transitionsEnd = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
    // A transition begins some frames after its element appears.
    for (let still = 0; still < 4; ) {
      await frame();
      const running = document
        .getAnimations()
        .filter(
          (one) => one.playState === 'running' && Number.isFinite(one.effect?.getComputedTiming().endTime),
        );
      still = running.length === 0 ? still + 1 : 0;
      await Promise.allSettled(running.map((one) => one.finished));
    }
  });
