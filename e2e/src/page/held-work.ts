export interface DoublePress {
  readonly key: string;
  /** Selector of the button that does the same. */
  readonly button: string;
  readonly steps: number;
}

/**
 * Runs in the page. Presses a key twice, as on a busy machine: between the moments at which the page writes its
 * address, only `steps` pieces of React's work are done. Returns `aria-pressed` of the button after each change.
 */
export async function pressTwice({ key, button, steps }: DoublePress): Promise<(string | null)[]> {
  const { prototype } = MessagePort;
  const post = prototype.postMessage;
  const later = globalThis.setTimeout;
  // Each wait is a task of its own, after the released work.
  const nextTask = (): Promise<void> =>
    new Promise((resolve) => {
      later(resolve, 5);
    });
  const messages: (() => void)[] = [];
  const timers: (() => void)[] = [];
  const release = async (held: (() => void)[]): Promise<void> => {
    for (const work of held.splice(0)) work();
    await nextTask();
  };
  prototype.postMessage = new Proxy(post, {
    apply: (method, port, given) => {
      messages.push(() => {
        Reflect.apply(method, port, given);
      });
    },
  });
  Object.assign(globalThis, { setTimeout: (work: () => void) => timers.push(work) });
  const target = document.querySelector(button)!;
  const states: (string | null)[] = [];
  const observer = new MutationObserver((changes) => {
    states.push(...changes.map(() => target.getAttribute('aria-pressed')));
  });
  observer.observe(target, { attributeFilter: ['aria-pressed'] });
  const press = async (): Promise<void> => {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    await Promise.resolve();
  };
  await press();
  await release(timers);
  await press();
  for (let step = 0; step < steps; step++) await release(messages);
  await release(timers);
  prototype.postMessage = post;
  Object.assign(globalThis, { setTimeout: later });
  while (messages.length > 0) await release(messages);
  await nextTask();
  observer.disconnect();
  return states;
}
