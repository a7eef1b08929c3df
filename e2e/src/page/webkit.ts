import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findProgram } from '@noema/local-servers';
import { freePorts, temporaryDirectory, waitFor } from '@noema/testing';

const SCREEN = '1440x900x24';

/** True if WebKit can be started. Otherwise prints what to install. */
export function hasWebKit(): boolean {
  const missing = ['WebKitWebDriver', 'Xvfb'].filter((program) => findProgram(program) === undefined);
  if (missing.length === 0) return true;
  console.warn(
    `no ${missing.join(' and no ')}: \`apt install webkit2gtk-driver xvfb\` to run the page in WebKit`,
  );
  return false;
}

/** A window of WebKit, the engine of Safari, driven by WebDriver (https://www.w3.org/TR/webdriver1/). */
export class WebKitWindow {
  private constructor(
    private readonly session: string,
    readonly close: () => Promise<void>,
  ) {}

  static async open(): Promise<WebKitWindow> {
    const home = await temporaryDirectory();
    const [port = 0] = await freePorts(1);
    const display = `:${port}`;
    const children: ChildProcess[] = [];
    const start = (program: string, ...args: readonly string[]): void => {
      const env = { ...process.env, DISPLAY: display, HOME: home.path, LIBGL_ALWAYS_SOFTWARE: '1' };
      children.push(spawn(program, args, { env, stdio: 'ignore' }));
    };
    const end = async (): Promise<void> => {
      for (const child of children.toReversed()) {
        child.kill();
        await waitFor(() => child.exitCode !== null || child.signalCode !== null);
      }
      await home.remove();
    };
    try {
      start('Xvfb', display, '-screen', '0', SCREEN);
      await waitFor(() => existsSync(`/tmp/.X11-unix/X${port}`), { what: 'the display' });
      start('WebKitWebDriver', `--port=${port}`);
      const driver = `http://127.0.0.1:${port}`;
      await waitFor(() => fetch(`${driver}/status`), { what: 'the driver of WebKit' });
      const options = { args: ['--automation', '--geometry=1440x900'] };
      const { sessionId } = await call<{ sessionId: string }>(`${driver}/session`, {
        capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
      });
      const session = `${driver}/session/${sessionId}`;
      return new WebKitWindow(session, async () => {
        await fetch(session, { method: 'DELETE' });
        await end();
      });
    } catch (error) {
      await end();
      throw error;
    }
  }

  /** Loads an address. */
  async goto(url: string): Promise<void> {
    await call(`${this.session}/url`, { url });
  }

  /** Runs the body of a function in the page, and returns what it returns. */
  evaluate<T>(script: string): Promise<T> {
    return call(`${this.session}/execute/sync`, { script, args: [] });
  }
}

async function call<T>(url: string, body: object): Promise<T> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const { value } = (await answer.json()) as { value: T };
  if (!answer.ok) throw new Error(`${url} failed: ${JSON.stringify(value)}`);
  return value;
}
