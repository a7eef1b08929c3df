import { Component, type ComponentType, lazy, type ReactNode, useState } from 'react';
import { PartFaultView } from './part-fault.view.js';

interface BoundaryProps {
  readonly retry: () => void;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly fault: { readonly error: unknown } | undefined;
}

/** Shows the fault of a part in its place, so that the rest of the page stays. */
class PartBoundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { fault: undefined };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { fault: { error } };
  }

  override render(): ReactNode {
    const { fault } = this.state;
    if (fault === undefined) return this.props.children;
    return (
      <PartFaultView
        error={fault.error}
        retry={() => {
          this.props.retry();
          this.setState({ fault: undefined });
        }}
      />
    );
  }
}

/** A view whose code is loaded later. */
export type LazyPart<P> = ComponentType<P> & {
  /** Loads the code ahead of time. Its failure is reported when the view is drawn. */
  readonly preload: () => Promise<void>;
};

/**
 * Returns a view whose code is loaded when it is first drawn, under a `Suspense` of the caller. If the code cannot be
 * loaded, or the view breaks, it shows the fault in its place and loads again on demand. React's `lazy` alone takes
 * the whole page away, and keeps a failure for ever. Code that was preloaded is drawn at once: `lazy` would show the
 * fallback even then, and React keeps a fallback for 300 ms.
 */
export function lazyPart<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): LazyPart<P> {
  let loaded: ComponentType<P> | undefined;
  const keep = async () => {
    const module = await load();
    loaded = module.default;
    return module;
  };
  let current = lazy(keep);
  function PartView(props: P) {
    const [Part, setPart] = useState(() => loaded ?? current);
    return (
      <PartBoundary
        retry={() => {
          current = lazy(keep);
          setPart(() => current);
        }}
      >
        <Part {...props} />
      </PartBoundary>
    );
  }
  return Object.assign(PartView, {
    preload: async () => {
      await keep().catch(() => undefined);
    },
  });
}
