import { createCloud } from './cloud.js';
import { atlas, type AtlasView, type Contestant, ours, regl } from './contestants.js';

/** Milliseconds of every frame, by contestant. */
export type FrameTimes = Readonly<Record<string, number[]>>;

declare global {
  interface Window {
    contest: typeof contest;
    /** Set by the script of Embedding Atlas where it is installed. */
    EmbeddingView?: AtlasView;
  }
}

/** Animation frames on our own call, so that a frame's work is measured without the wait for the screen. */
class Frames {
  private waiting: FrameRequestCallback[] = [];
  private readonly native = window.requestAnimationFrame.bind(window);
  manual = false;

  constructor() {
    window.requestAnimationFrame = (callback) => {
      if (!this.manual)
        return this.native((now) => {
          if (this.manual) this.waiting.push(callback);
          else callback(now);
        });
      return this.waiting.push(callback);
    };
  }

  async begin(): Promise<void> {
    this.manual = true;
    for (let i = 0; i < 3; i++) await new Promise((resolve) => this.native(resolve));
  }

  run(): void {
    for (const callback of this.waiting.splice(0)) callback(performance.now());
  }

  end(): void {
    this.manual = false;
    for (const callback of this.waiting.splice(0)) window.requestAnimationFrame(callback);
  }
}

const frames = new Frames();
const uploads = new Map<string, number>();

async function frameMs(contestant: Contestant, step: number): Promise<number> {
  const angle = step * 0.7;
  await new Promise((resolve) => {
    setTimeout(resolve);
  });
  const start = performance.now();
  contestant.look(0.2 * Math.cos(angle), 0.2 * Math.sin(angle), 1 + 1.5 * Math.abs(Math.sin(step * 0.45)));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  frames.run();
  contestant.fence();
  return performance.now() - start;
}

export const contest = {
  /** Sets all contestants up with n points and lets them draw the same path of the camera in turns. */
  async frames(
    n: number,
    steps: number,
  ): Promise<{
    frames: FrameTimes;
    uploads: Readonly<Record<string, number>>;
    pick: number[];
    lasso: number[];
  }> {
    const cloud = createCloud(n);
    const plain = ours(n, false);
    const sorted = ours(n, true);
    const contestants = new Map<string, Contestant>([
      ['noema', plain],
      ['noema, sorted', sorted],
      ['regl-scatterplot', regl()],
    ]);
    if (window.EmbeddingView !== undefined) contestants.set('embedding-atlas', atlas(window.EmbeddingView));
    for (const [name, contestant] of contestants) uploads.set(name, await contestant.upload(cloud));
    await frames.begin();
    const times: Record<string, number[]> = Object.fromEntries(
      [...contestants.keys()].map((name) => [name, []]),
    );
    for (let step = -2; step < steps; step++) {
      for (const [name, contestant] of contestants) {
        const ms = await frameMs(contestant, step);
        if (step >= 0) times[name]!.push(ms);
      }
    }
    frames.end();
    return {
      frames: times,
      uploads: Object.fromEntries(uploads),
      pick: await plain.pickMs(200),
      lasso: plain.lassoMs(10),
    };
  },
  /** One contestant alone, for its memory. */
  async alone(name: 'ours' | 'regl', n: number): Promise<void> {
    await (name === 'ours' ? ours(n, true) : regl()).upload(createCloud(n));
  },
};

window.contest = contest;
