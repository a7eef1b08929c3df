import { waitFor } from '@noema/testing';
import type { Locator, Page } from 'playwright-core';

/** Longer than the map rests before names step aside and pictures are chosen, in milliseconds. */
const REST_MS = 250;

/** The population exploration as a person uses it: by its canvas, its legends and its keys. */
export class PopulationView {
  readonly canvas: Locator;

  constructor(private readonly page: Page) {
    this.canvas = page.getByTestId('population-canvas').first();
  }

  /** Waits until every point is drawn. */
  async ready(): Promise<void> {
    await this.page.locator('[data-testid="population-canvas"][data-state="ready"]').first().waitFor();
  }

  /**
   * Waits until nothing moves any more: dots have glided, colours have come, names have found their places, and
   * pictures are chosen. Names and pictures wait for the map to rest, by timers that are shorter than that of the
   * page here: two pictures are the same only if none of these timers has changed anything between them.
   */
  async settled(): Promise<void> {
    const main = this.page.locator('main');
    for (let last = await main.screenshot(); ; ) {
      await this.rest(REST_MS);
      const next = await main.screenshot();
      if (next.equals(last)) return;
      last = next;
    }
  }

  /** Waits until the page has drawn what it had to after that many milliseconds of its own timers. */
  private async rest(milliseconds: number): Promise<void> {
    await this.page.evaluate(
      (ms) =>
        new Promise((resolve) => {
          setTimeout(() => {
            requestAnimationFrame(() => {
              requestAnimationFrame(resolve);
            });
          }, ms);
        }),
      milliseconds,
    );
  }

  async points(): Promise<number> {
    return Number(await this.canvas.getAttribute('data-points'));
  }

  async status(): Promise<string> {
    return (await this.page.getByTestId('population-status').textContent()) ?? '';
  }

  async statusIs(expected: RegExp): Promise<void> {
    await this.page.getByTestId('population-status').filter({ hasText: expected }).waitFor();
  }

  /** Chooses from one of the lists by the name that is shown. */
  async choose(list: string, option: string): Promise<void> {
    await this.page.getByRole('combobox', { name: list }).click();
    const chosen = this.page.getByRole('option', { name: option, exact: true }).first();
    await chosen.click();
    // Until the list is hidden, keys belong to it.
    await chosen.waitFor({ state: 'hidden' });
  }

  /** The middle of the canvas and its size, in pixels of the window. */
  async frame(): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await this.canvas.boundingBox();
    if (box === null) throw new Error('the map has no place on the page');
    return box;
  }

  /** The middle of a class name on the map, in pixels of the window. */
  async findPlace(className: string): Promise<{ x: number; y: number }> {
    const box = await this.page
      .getByTestId('cluster-label')
      .filter({ hasText: new RegExp(`^${className}$`) })
      .first()
      .boundingBox();
    if (box === null) throw new Error(`no cluster is called ${className}`);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /** Turns the wheel over the middle of the map, as an event, so that an open menu stays open. */
  async zoom(deltaY: number): Promise<void> {
    await this.canvas.evaluate((canvas, by) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      canvas.dispatchEvent(
        new WheelEvent('wheel', {
          deltaY: by,
          clientX: left + width / 2,
          clientY: top + height / 2,
          bubbles: true,
          cancelable: true,
        }),
      );
    }, deltaY);
  }

  /** Waits for longer than a moved view takes to be written into the address. */
  async untilWritten(): Promise<void> {
    await this.rest(800);
  }

  /** Moves the pointer around the name of a class at its cluster until a sample is shown. */
  async hoverNear(className: string): Promise<void> {
    const label = this.page
      .getByTestId('cluster-label')
      .filter({ hasText: new RegExp(`^${className}$`) })
      .first();
    const box = await label.boundingBox();
    if (box === null) throw new Error(`no cluster is called ${className}`);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    // The map looks for the dot under a pointer that rests once it has indexed its dots: the first rounds can find
    // nothing.
    let turn = 0;
    await waitFor(
      async () => {
        const [angle, reach] = [turn * 2.4, 14 + (turn % 60)];
        turn++;
        await this.page.mouse.move(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
        await this.rest(0);
        return this.page.getByTestId('hover-preview').isVisible();
      },
      { intervalMs: 0, what: `a sample to be shown near ${className}` },
    );
  }

  /** Draws a lasso around the cluster of a class. */
  async lasso(className: string, reach = 70): Promise<void> {
    const label = this.page
      .getByTestId('cluster-label')
      .filter({ hasText: new RegExp(`^${className}$`) })
      .first();
    const box = await label.boundingBox();
    if (box === null) throw new Error(`no cluster is called ${className}`);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await this.page.getByRole('button', { name: 'Lasso' }).click();
    await this.page.mouse.move(x + reach, y);
    await this.page.mouse.down();
    for (let turn = 1; turn <= 24; turn++)
      await this.page.mouse.move(
        x + reach * Math.cos((turn * Math.PI) / 12),
        y + reach * Math.sin((turn * Math.PI) / 12),
      );
    await this.page.mouse.up();
    await this.page.getByRole('button', { name: 'Move the map' }).click();
  }
}
